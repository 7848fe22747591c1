package sandbox

import (
	"fmt"
	"regexp"
	"strings"
	"testing"

	"genia.ai/bitacora/runbooks/library"
)

// fence is a fenced block of the shipped runbook, read line by line: the tests
// of this package must not depend on the parser.
type fence struct {
	line     int
	lang     string
	attrs    map[string]string
	scenario string // of its heading, its item or its own
	phase    string // the number in the heading "Paso N"
	code     string
	sample   string // the output fence after it
}

func (f fence) name() string { return f.attrs["name"] }

var (
	fenceForm     = regexp.MustCompile("^( *)```(.*)$")
	infoForm      = regexp.MustCompile(`^([a-z]+)(?: \{(.*)\})?$`)
	attrForm      = regexp.MustCompile(`^([a-z-]+)=("[^"]*"|[^\s"]+)(?: +|$)`)
	directiveForm = regexp.MustCompile(`<!-- bitacora (.*?) -->`)
	phaseForm     = regexp.MustCompile(`^## Paso (\d)`)
	itemForm      = regexp.MustCompile(`^\d+\. `)
)

// attributes reads key=value pairs, or fails the test.
func attributes(t *testing.T, line int, text string) map[string]string {
	t.Helper()
	attrs := map[string]string{}
	for rest := strings.TrimSpace(text); rest != ""; {
		found := attrForm.FindStringSubmatch(rest)
		if found == nil {
			t.Fatalf("line %d: not an attribute: %s", line, rest)
		}
		if _, twice := attrs[found[1]]; twice {
			t.Fatalf("line %d: %s is given twice", line, found[1])
		}
		attrs[found[1]] = strings.Trim(found[2], `"`)
		rest = rest[len(found[0]):]
	}
	return attrs
}

// fenceReader keeps where it is in the document.
type fenceReader struct {
	t                      *testing.T
	phase                  string
	heading, pending, item string // scenarios: of the heading, of the comment above the next heading, of the item
	found                  []fence
	open                   *fence
	indent                 string
}

// shippedFences reads every fence of the rollback runbook.
func shippedFences(t *testing.T) []fence {
	t.Helper()
	text, err := library.Read("rollback-conectores")
	if err != nil {
		t.Fatal(err)
	}
	r := &fenceReader{t: t}
	for i, line := range strings.Split(string(text), "\n") {
		r.take(i+1, line)
	}
	if r.open != nil {
		t.Fatalf("line %d: the fence is not closed", r.open.line)
	}
	return r.found
}

func (r *fenceReader) take(number int, line string) {
	marker := fenceForm.FindStringSubmatch(line)
	switch {
	case r.open != nil && marker != nil && marker[2] == "":
		r.close()
	case r.open != nil:
		r.open.code += strings.TrimPrefix(line, r.indent) + "\n"
	case marker != nil:
		r.begin(number, marker)
	default:
		r.prose(number, line)
	}
}

func (r *fenceReader) begin(number int, marker []string) {
	info := infoForm.FindStringSubmatch(marker[2])
	if info == nil {
		r.t.Fatalf("line %d: not an info string: %s", number, marker[2])
	}
	f := fence{line: number, lang: info[1], attrs: attributes(r.t, number, info[2]), phase: r.phase, scenario: r.heading}
	for _, narrower := range []string{r.item, f.attrs["scenario"]} {
		if narrower != "" {
			f.scenario = narrower
		}
	}
	r.open, r.indent = &f, marker[1]
}

func (r *fenceReader) close() {
	if r.open.lang == "output" {
		if len(r.found) == 0 {
			r.t.Fatalf("line %d: output of nothing", r.open.line)
		}
		r.found[len(r.found)-1].sample = r.open.code
	} else {
		r.found = append(r.found, *r.open)
	}
	r.open = nil
}

func (r *fenceReader) prose(number int, line string) {
	directive := map[string]string{}
	if found := directiveForm.FindStringSubmatch(line); found != nil {
		directive = attributes(r.t, number, found[1])
	}
	switch {
	case strings.HasPrefix(line, "## "):
		r.phase, r.heading, r.item, r.pending = "", "", "", ""
		if found := phaseForm.FindStringSubmatch(line); found != nil {
			r.phase = found[1]
		}
	case strings.HasPrefix(line, "### "):
		r.heading, r.item, r.pending = r.pending, "", ""
	case itemForm.MatchString(line):
		r.item = directive["scenario"]
	case directive["scenario"] != "":
		r.pending = directive["scenario"]
	}
}

func TestShippedRunbookIsWellFormed(t *testing.T) {
	keys := map[string]string{ // what docs/runbook-format.md allows, by kind
		"http":    "name effect timeout interval retries until expect capture undo role after scenario",
		"promql":  "name effect timeout interval retries until expect capture role after scenario",
		"mail":    "name effect timeout role after scenario",
		"bash":    "name effect timeout cwd args expect expect-exit undo role after scenario",
		"choice":  "name default role scenario",
		"input":   "name default role scenario",
		"confirm": "name default role scenario",
	}
	names := map[string]bool{}
	all := shippedFences(t)
	for _, f := range all {
		allowed, known := keys[f.lang]
		if !known {
			t.Errorf("line %d: unknown kind %s", f.line, f.lang)
		}
		for key := range f.attrs {
			if !strings.Contains(" "+allowed+" ", " "+key+" ") {
				t.Errorf("line %d: %s has no attribute %s", f.line, f.lang, key)
			}
		}
		if f.name() == "" || names[f.name()] {
			t.Errorf("line %d: the name %q is missing or taken", f.line, f.name())
		}
		names[f.name()] = true
		asks := f.lang == "choice" || f.lang == "input" || f.lang == "confirm"
		if !asks && (f.sample == "" || f.attrs["effect"] == "") {
			t.Errorf("line %d: %s needs a sample output and a declared effect", f.line, f.name())
		}
		if f.phase == "" {
			t.Errorf("line %d: %s stands in no phase", f.line, f.name())
		}
		if f.lang == "bash" && strings.Contains(f.code, "{{") {
			t.Errorf("line %d: a template in a script is not filled in", f.line)
		}
		if lines := strings.Count(f.code, "\n"); f.lang == "bash" && lines > 1 && !strings.HasPrefix(f.code, "set -euo pipefail\n") {
			t.Errorf("line %d: a script of %d lines goes on after a failure", f.line, lines)
		}
	}
	for _, f := range all {
		for _, key := range []string{"after", "undo"} {
			if to := f.attrs[key]; to != "" && !names[to] {
				t.Errorf("line %d: %s=%s names no action", f.line, key, to)
			}
		}
	}
}

// Whatever does not ask for a decision must be answerable by itself, and without
// a rollback nothing may be written.
func TestShippedRunbookDecisions(t *testing.T) {
	noDefault := map[string]bool{"rollback": true, "scenario": true}
	for _, f := range shippedFences(t) {
		switch f.lang {
		case "choice", "input", "confirm":
			if has := f.attrs["default"] != ""; has == noDefault[f.name()] {
				t.Errorf("line %d: %s: default given: %v", f.line, f.name(), has)
			}
		default:
			free := f.scenario == "" && f.phase != "3" && f.phase != "4"
			if free && f.attrs["effect"] != "read" {
				t.Errorf("line %d: %s would write without a rollback", f.line, f.name())
			}
		}
		if f.lang == "confirm" && f.attrs["default"] != "no" {
			t.Errorf("line %d: %s would re-enable by itself", f.line, f.name())
		}
		if f.phase == "5" && f.attrs["effect"] == "write" && f.attrs["after"] == "" {
			t.Errorf("line %d: %s writes in the follow-up without a yes", f.line, f.name())
		}
		if f.scenario != "connector" && strings.Contains(f.code, "{{connector}}") {
			t.Errorf("line %d: %s needs a connector outside its scenario", f.line, f.name())
		}
	}
}

func TestShippedRunbookUsesOnlySuppliedAddresses(t *testing.T) {
	text, err := library.Read("rollback-conectores")
	if err != nil {
		t.Fatal(err)
	}
	s := start(t, Options{NPMStandIn: true})
	env := s.Env()
	front := strings.SplitN(string(text), "---\n", 3)[1]
	declared := regexp.MustCompile(`(?m)^  ([A-Z_]+): `).FindAllStringSubmatch(front, -1)
	if len(declared) == 0 {
		t.Fatal("no env in the front matter")
	}
	known := map[string]bool{"ADMIN_TOKEN": true}
	for _, name := range declared {
		known[name[1]] = true
		if env[name[1]] == "" {
			t.Errorf("the front matter's %s is not supplied", name[1])
		}
	}
	for _, used := range regexp.MustCompile(`\{\{([A-Z_]+)\}\}`).FindAllStringSubmatch(string(text), -1) {
		if !known[used[1]] {
			t.Errorf("{{%s}} is declared nowhere", used[1])
		}
	}
	for _, needed := range []string{"SMTP_URL", "PROMETHEUS_URL"} {
		if !known[needed] {
			t.Errorf("mail and queries need %s", needed)
		}
	}
}

func TestSampleOutputsMeetTheirConditions(t *testing.T) {
	checked := 0
	for _, f := range shippedFences(t) {
		for _, key := range []string{"expect", "until"} {
			if condition := f.attrs[key]; condition != "" {
				checked++
				if err := meets(condition, f.sample); err != nil {
					t.Errorf("line %d: %s: %v", f.line, f.name(), err)
				}
			}
		}
		if f.attrs["capture"] != "" && !strings.Contains(f.sample, `"total":1`) {
			t.Errorf("line %d: nothing to capture in %s", f.line, f.sample)
		}
	}
	if checked < 10 {
		t.Errorf("only %d conditions were found", checked)
	}
}

// meets evaluates the two forms of condition that the shipped runbook uses.
func meets(condition, output string) error {
	if re, is := strings.CutPrefix(condition, "body ~ "); is {
		if !regexp.MustCompile(re).MatchString(output) {
			return fmt.Errorf("%q does not match %s", output, re)
		}
		return nil
	}
	var op string
	var limit, value float64
	if _, err := fmt.Sscanf(condition, "%s %g", &op, &limit); err != nil {
		return fmt.Errorf("condition %q: %w", condition, err)
	}
	if _, err := fmt.Sscanf(output, "%g\n", &value); err != nil {
		return fmt.Errorf("no number in %q: %w", output, err)
	}
	if !compares(value, op, limit) {
		return fmt.Errorf("%v %s %v does not hold", value, op, limit)
	}
	return nil
}
