package runbooks

import (
	"fmt"
	"slices"
	"strings"
)

// action makes an action of a block that was classified as one.
func (b *builder) action(blk *block, c *codeReading, step *Step, caption string) *Action {
	a := b.madeActions.next()
	a.Kind, a.Lang, a.Code, a.Line, a.Scenario = c.kind, c.info.word, c.code, min(blk.codeLine+c.skipped, len(b.src.lines)), step.Scenario
	a.Attrs, a.SampleOutput, a.Caption = map[string]string{}, c.sample, caption
	if c.err != nil {
		b.f.fatal("attributes", blk.line, b.src.column(blk.line, blk.infoAt+c.err.at), c.err.message, c.err.hint)
	}
	placed := b.place(a, blk)
	d := &placed.declaring
	for _, attr := range c.info.attrs {
		d.attribute(attr)
	}
	d.runme(b.fm)
	if a.isShell() && !b.outline {
		d.script = c.scriptOf(a.Code, b.shell)
	}
	for _, note := range blk.notes {
		b.similarity(a, note)
	}
	d.settings()
	a.Name = a.Attrs["name"]
	if id := a.Attrs["scenario"]; id != "" {
		at := d.spotOf("scenario")
		a.Scenario = b.require(id, at.line, at.at)
		if step.Scenario != "" && step.Scenario != a.Scenario {
			b.error("unknown-scenario", at.line, at.at, fmt.Sprintf("the action belongs to scenario %q but its step to %q: it can never run", a.Scenario, step.Scenario), "remove one of the two")
		}
	}
	if a.Name != "" {
		d.claim()
	}
	if b.task != nil && a.Kind == KindShell {
		d.perform(b.task)
	}
	switch a.Kind {
	case KindChoice:
		d.choice()
	case KindInput:
		d.input()
	case KindConfirm:
		if strings.TrimSpace(a.Code) == "" {
			d.fail("empty-confirm", "name", "the confirm asks nothing", "write the question between the fences")
		}
	}
	b.actions = append(b.actions, placed)
	return a
}

func (b *builder) place(a *Action, blk *block) *placedAction {
	p := b.madePlaced.next()
	p.Action, p.builder, p.a, p.blk = a, b, a, blk
	return p
}

// spanAction makes a shell action of a code span that stands alone.
func (b *builder) spanAction(blk *block, step *Step, command string) *Action {
	a := b.madeActions.next()
	a.Kind, a.Code, a.Line, a.Scenario, a.Attrs = KindShell, command+"\n", blk.line, step.Scenario, map[string]string{}
	placed := b.place(a, blk)
	if !b.outline {
		placed.script = b.shell.read(a.Code)
	}
	a.Effect = inferEffect(a, placed.script.harmless)
	b.actions = append(b.actions, placed)
	return a
}

// placedAction is an action with what is needed to say where its attributes stand.
type placedAction struct {
	*Action
	declaring

	step  *Step
	sect  *sect
	fills []filled // the blanks of its code
}

// spot is a place in the text.
type spot struct{ line, at int }

// namedSpot is where the attribute of a name stands.
type namedSpot struct {
	name string
	spot
}

// declaring reads the attributes of one action.
type declaring struct {
	*builder
	a       *Action
	blk     *block
	places  []namedSpot
	script  script // of a shell action
	prompts bool   // export X=message asks for X
}

// spotOf returns where an attribute stands, the fence when it is not given.
func (d *declaring) spotOf(name string) spot {
	for _, p := range d.places {
		if p.name == name {
			return p.spot
		}
	}
	return spot{d.blk.line, d.blk.infoAt}
}

func (d *declaring) fail(code, attribute, message, hint string) {
	s := d.spotOf(attribute)
	d.error(code, s.line, s.at, message, hint)
}

func (d *declaring) note(code, attribute, message, hint string) {
	s := d.spotOf(attribute)
	d.warn(code, s.line, s.at, message, hint)
}

func (d *declaring) attribute(attr attribute) {
	at := spot{attr.line, attr.at}
	if attr.line == 0 {
		at = spot{d.blk.line, d.blk.infoAt + attr.at}
	}
	if _, twice := d.a.Attrs[attr.key]; twice {
		if attr.line == 0 {
			d.error("duplicate-attribute", at.line, at.at, fmt.Sprintf("the attribute %q is given twice", attr.key), "keep one of them")
		}
		return
	}
	d.places = append(d.places, namedSpot{attr.key, at})
	spec := slices.IndexFunc(attributeSpecs, func(s attributeSpec) bool { return s.name == attr.key })
	switch {
	case spec < 0 && runmeAttributes[attr.key]:
	case spec < 0 && keptAttributes[attr.key]:
		d.keepAttribute(attr.key, at)
	case spec < 0:
		d.warn("unknown-attribute", at.line, at.at, fmt.Sprintf("unknown attribute %q", attr.key), didYouMean(attr.key, attributeNames))
	case !slices.Contains(attributeSpecs[spec].kinds, d.a.Kind):
		d.warn("misplaced-attribute", at.line, at.at, fmt.Sprintf("the attribute %q means nothing on %s", attr.key, d.a.Kind), "")
	case attr.bare:
		d.warn("bare-attribute", at.line, at.at, fmt.Sprintf("the attribute %q has no value; true is taken", attr.key), "write "+attr.key+"=true")
	}
	if attr.bare {
		attr.value = "true"
	}
	d.a.Attrs[attr.key] = attr.value
}

// claim notes a name; two actions cannot share one.
func (d *declaring) claim() {
	if first, taken := d.names[d.a.Name]; taken {
		d.fail("duplicate-name", "name", fmt.Sprintf("the name %q is already used in line %d", d.a.Name, first), "choose another name")
		return
	}
	d.names[d.a.Name] = d.blk.line
}

// claimStep notes an explicit step id; two steps cannot share one.
func (b *builder) claimStep(step *Step, line, at int) {
	if first, taken := b.stepIDs[step.ID]; taken {
		b.error("duplicate-id", line, at, fmt.Sprintf("the id %q is already used in line %d", step.ID, first), "choose another id")
		step.ID = ""
		return
	}
	b.stepIDs[step.ID] = line
}

// similarity reads an expected_similarity comment: a share of the sample output
// that must match, or a regular expression.
func (b *builder) similarity(a *Action, d directive) {
	if d.similarity == "" {
		return
	}
	s := d.similarity
	if unquoted := strings.Trim(s, `"'`); unquoted != s {
		a.Settings.SampleRegex = unquoted
		if err := compiles(unquoted); err != nil {
			b.error("bad-pattern", d.line, 0, fmt.Sprintf("expected_similarity is not a regular expression: %v", err), "")
		}
		return
	}
	var share float64
	if n, err := fmt.Sscanf(s, "%g", &share); n != 1 || err != nil || !(share >= 0 && share <= 1) {
		b.warn("bad-similarity", d.line, 0, fmt.Sprintf("expected_similarity %q is not a number from 0 to 1", s), "")
		return
	}
	a.Settings.Similarity = share
}

// lintFence says what may be wrong with a block that is no action.
func (b *builder) lintFence(blk *block, c *codeReading) {
	word := strings.ToLower(c.info.word)
	if c.class != codeContext || word == "" {
		return
	}
	ours := false
	for _, attr := range c.info.attrs {
		ours = ours || slices.Contains(attributeNames, attr.key)
	}
	if knownLanguages[word] {
		if ours {
			b.warn("not-an-action", blk.line, blk.infoAt, fmt.Sprintf("a block of %s is not an action: its attributes do nothing", c.info.word), "")
		}
		return
	}
	near := nearest(word, slices.Concat(askWords, shellWords, []string{"output"}))
	message := fmt.Sprintf("unknown kind of action %q", c.info.word)
	switch {
	case near != "" && (ours || len(word) > 3):
		severity := SeverityWarning
		if ours {
			severity = SeverityError
		}
		b.f.add(severity, "unknown-fence", blk.line, b.src.column(blk.line, blk.infoAt), message, didYouMean(word, []string{near}))
	case ours:
		b.warn("unknown-fence", blk.line, blk.infoAt, message, "actions are "+strings.Join(askWords, ", ")+", sh, bash, python")
	}
}

// knownLanguages are info strings of blocks that are meant to be read.
var knownLanguages = wordSet(`yaml yml json jsonc json5 hcl terraform tf ini toml conf nginx diff patch dockerfile docker makefile make xml html css scss
	go golang java kotlin scala rust c cpp csharp cs swift ts tsx jsx typescript vue lua r julia elixir erlang haskell ocaml clojure groovy properties
	env dotenv text txt log logs tree mermaid markdown md plaintext none sql csv tsv http-response regex rego jinja erb liquid awk sed vim systemd service
	puml plantuml dot graphviz latex tex bibtex proto protobuf graphql prometheus rules apache cron crontab ascii bat batch fish`)
