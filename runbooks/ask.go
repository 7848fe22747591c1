package runbooks

import (
	"fmt"
	"strings"
)

var steerForm = lazily(`\s+->\s*(\S+)\s*$`)

// steered returns what of a label says where it leads, and where to.
func steered(label string) []string {
	if !strings.Contains(label, "->") {
		return nil
	}
	return steerForm().FindStringSubmatch(label)
}

// choice reads the options of a choice: "key: label -> scenario:x".
func (d *declaring) choice() {
	seen := map[string]bool{}
	for i, line := range strings.Split(strings.TrimSuffix(d.a.Code, "\n"), "\n") {
		if strings.TrimSpace(line) == "" {
			continue
		}
		at := d.inCode(i)
		key, label, ok := strings.Cut(line, ":")
		o := Option{Key: strings.TrimSpace(key), Label: strings.TrimSpace(label)}
		if !ok || o.Key == "" || strings.ContainsAny(o.Key, " \t") {
			d.error("bad-option", at.line, at.at, "this line of a choice is not an option", "write key: label, with a key of one word")
			continue
		}
		if seen[o.Key] {
			d.error("duplicate-option", at.line, at.at, fmt.Sprintf("the option %q is given twice", o.Key), "choose another key")
		}
		seen[o.Key] = true
		if m := steered(o.Label); m != nil {
			o.Label = strings.TrimSpace(strings.TrimSuffix(o.Label, m[0]))
			at.at += strings.LastIndex(strings.TrimLeft(line, " \t"), m[1])
			o.Steer = d.steer(m[1], at)
		}
		if o.Label == "" {
			o.Label = o.Key
		}
		d.a.Options = append(d.a.Options, o)
	}
	switch def := d.a.Settings.Default; {
	case len(d.a.Options) == 0:
		d.fail("no-options", "name", "the choice has no options", "write lines of key: label between the fences")
	case def != "" && !seen[def]:
		keys := []string{}
		for _, o := range d.a.Options {
			keys = append(keys, o.Key)
		}
		d.fail("invalid-default", "default", fmt.Sprintf("the default %q is not one of the options", def), orList(didYouMean(def, keys), keys))
	}
}

// steer reads where an option leads. Scenarios are checked once all are known.
func (d *declaring) steer(s string, at spot) Steer {
	kind, target, _ := strings.Cut(s, ":")
	switch SteerKind(kind) {
	case SteerEnd:
		return Steer{Kind: SteerEnd}
	case SteerScenario:
		d.steers = append(d.steers, steering{target, at})
		return Steer{Kind: SteerScenario, Target: target}
	case SteerPhase:
		phase, ok := parsePhase(target)
		if !ok || phase == PhaseNone {
			d.error("unknown-phase", at.line, at.at, fmt.Sprintf("the option leads to an unknown phase %q", target), orList(didYouMean(target, phaseNames()[1:]), phaseNames()[1:]))
			return Steer{}
		}
		return Steer{Kind: SteerPhase, Target: string(phase)}
	}
	kinds := []string{"scenario", "phase", "end"}
	d.error("bad-steer", at.line, at.at, fmt.Sprintf("%q leads nowhere", s), orList(didYouMean(kind, kinds), []string{"scenario:ID", "phase:PHASE", "end"}))
	return Steer{}
}

// steering is an option that leads to a scenario.
type steering struct {
	target string
	spot
}

// checkSteering reports options that lead to scenarios which do not exist.
func (b *builder) checkSteering() {
	var known []string
	for _, a := range b.alternatives {
		known = append(known, a.ID)
	}
	for _, s := range b.steers {
		if b.alternativeByID(s.target) == nil {
			b.error("unknown-scenario", s.line, s.at, fmt.Sprintf("the option leads to an unknown scenario %q", s.target), orList(didYouMean(s.target, known), known))
		}
	}
	for _, act := range b.actions {
		for _, o := range act.Options {
			if a := b.alternativeByID(o.Steer.Target); o.Steer.Kind == SteerScenario && a != nil && !a.headed {
				a.Title = o.Label
			}
		}
	}
}

// Question returns what an input asks, without the lines that say what an answer
// must look like; of a confirm, its whole text; "" of any other kind.
func (a *Action) Question() string {
	text := strings.TrimSpace(a.Code)
	switch a.Kind {
	case KindConfirm:
		return text
	case KindInput:
		for line := range strings.SplitSeq(text, "\n") {
			if line = strings.TrimSpace(line); line != "" && !strings.HasPrefix(line, "pattern:") {
				return line
			}
		}
	}
	return ""
}

// input reads an input: the question, and a pattern for its answer.
func (d *declaring) input() {
	name := d.a.Attrs["name"]
	p := Param{Name: name, Required: true, Options: []string{}, Origin: OriginCapture, Line: d.a.Line, Default: d.a.Settings.Default}
	for i, line := range strings.Split(d.a.Code, "\n") {
		line = strings.TrimSpace(line)
		if pattern, ok := strings.CutPrefix(line, "pattern:"); ok {
			p.Pattern = strings.TrimSpace(pattern)
			if err := compiles(p.Pattern); err != nil {
				at := d.inCode(i)
				d.error("bad-pattern", at.line, at.at, fmt.Sprintf("the pattern is not a regular expression: %v", err), "patterns are RE2: no look-around, no back-references")
			}
		} else if p.Label == "" {
			p.Label = line
		}
	}
	if p.Label == "" {
		p.Label = name
	}
	switch {
	case name == "":
		d.fail("no-name", "name", "the input has no name: its answer would be lost", "give it {name=PARAMETER}")
	case !validName(name):
		d.fail("invalid-name", "name", fmt.Sprintf("input %q cannot be the name of a variable", name), "use letters, digits and _")
	case refusedName(name):
		d.fail("refused-name", "name", fmt.Sprintf("input %q would change how the shell itself works", name), "choose another name")
	default:
		d.inputs = append(d.inputs, p)
	}
}
