package cli

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/charmbracelet/x/ansi"

	"genia.ai/bitacora/internal/i18n"
	"genia.ai/bitacora/internal/sanitize"
	"genia.ai/bitacora/runbooks"
)

// printedWidth is how wide prose is printed, in cells. Commands keep their lines:
// they are there to be read exactly.
const printedWidth = 80

// printWalk prints the runbook for a reader, in the order of the walk, from the
// section on that was asked for.
func (a *app) printWalk(rb *loaded) error {
	w := &walkPrinter{p: a.printer(rb.Lang)}
	w.wrapped("", rb.Title)
	w.line(strings.Repeat("=", min(ansi.StringWidth(sanitize.Line(rb.Title)), printedWidth)))
	if rb.Summary != "" {
		w.line("")
		w.wrapped("", rb.Summary)
	}
	w.asked(rb.Runbook)
	steps := rb.Sequence
	if rb.section != "" {
		place, err := rb.Find(rb.section)
		if err != nil {
			return err
		}
		at := slices.IndexFunc(steps, func(s *runbooks.Step) bool { return s.ID == place.Step })
		steps = steps[max(at, 0):]
		w.line("")
		w.wrapped("", w.p.T("cli.show.from", "Heading", rb.heading))
	}
	if len(steps) == 0 {
		w.line("")
		w.wrapped("", w.p.T("cli.show.no-steps"))
	}
	phase := runbooks.Phase("")
	for _, step := range steps {
		if step.Phase != phase {
			phase = step.Phase
			w.heading(w.p.T("phase." + string(phase)))
		}
		w.step(step, "")
	}
	_, err := fmt.Fprint(a.out, sanitize.String(w.b.String()))
	return err
}

// walkPrinter writes a walk as text.
type walkPrinter struct {
	b strings.Builder
	p *i18n.Printer
}

func (w *walkPrinter) line(text string) { w.b.WriteString(strings.TrimRight(text, " ") + "\n") }

func (w *walkPrinter) heading(text string) {
	w.line("")
	w.line(text)
	w.line(strings.Repeat("-", ansi.StringWidth(text)))
}

// wrapped writes prose behind a prefix, its further lines below the first.
func (w *walkPrinter) wrapped(prefix, text string) {
	indent := strings.Repeat(" ", ansi.StringWidth(prefix))
	room := max(printedWidth-len(indent), 20)
	for i, line := range strings.Split(ansi.Wrap(sanitize.String(text), room, ""), "\n") {
		if i == 0 {
			w.line(prefix + line)
			continue
		}
		w.line(indent + line)
	}
}

// asked tells what a run needs to know: parameters, secrets, roles, scenarios.
func (w *walkPrinter) asked(rb *runbooks.Runbook) {
	w.list("cli.show.params", len(rb.Params), func(i int) { w.param(rb.Params[i]) })
	w.list("cli.show.secrets", len(rb.Secrets), func(i int) { w.wrapped("  - ", rb.Secrets[i]) })
	w.list("cli.show.roles", len(rb.Roles), func(i int) {
		role := rb.Roles[i]
		w.wrapped("  - ", joined(" · ", cmp.Or(role.Title, role.ID), role.Holder))
	})
	w.list("cli.show.scenarios", len(rb.Scenarios), func(i int) {
		s := rb.Scenarios[i]
		w.wrapped("  ◇ "+s.ID+": ", joined(" — ", s.Title, s.Condition))
	})
}

func (w *walkPrinter) list(heading string, count int, each func(int)) {
	if count > 0 {
		w.heading(w.p.T(heading))
	}
	for i := range count {
		each(i)
	}
}

func (w *walkPrinter) param(param runbooks.Param) {
	w.wrapped("  - "+param.Name+"  ", param.Label)
	var facts []string
	if !param.Required {
		facts = append(facts, w.p.T("cli.show.optional"))
	}
	for _, fact := range []struct{ id, value string }{
		{"cli.show.default", param.Default}, {"cli.show.example", param.Example}, {"cli.show.pattern", param.Pattern},
		{"cli.show.options", strings.Join(param.Options, ", ")},
	} {
		if fact.value != "" {
			facts = append(facts, w.p.T(fact.id, "Value", fact.value))
		}
	}
	if len(facts) > 0 {
		w.wrapped("      ", joined(" · ", facts...))
	}
	if param.Note != "" {
		w.wrapped("      ", param.Note)
	}
}

func (w *walkPrinter) step(step *runbooks.Step, indent string) {
	w.line("")
	w.wrapped(indent+step.ID+"  ", step.Text+mark(step.Scenario))
	inner := indent + "    "
	if step.Role != "" {
		w.wrapped(inner, w.p.T("cli.show.role", "Role", step.Role))
	}
	for _, part := range []string{step.Body, step.Context} {
		if part != "" {
			w.text(inner, part)
		}
	}
	if step.AsksScenario {
		w.wrapped(inner, w.p.T("cli.show.asks-scenario"))
	}
	for _, action := range step.Actions {
		w.action(action, inner)
	}
	for _, sub := range step.Substeps {
		w.step(sub, indent+"  ")
	}
}

// text writes Markdown as it stands: its lists and tables are read best unchanged.
func (w *walkPrinter) text(indent, markdown string) {
	for line := range strings.SplitSeq(markdown, "\n") {
		rest := strings.TrimLeft(line, " ")
		w.wrapped(indent+line[:len(line)-len(rest)], rest)
	}
}

func (w *walkPrinter) action(action *runbooks.Action, indent string) {
	w.line("")
	symbol := "▸ "
	if action.Kind.Asks() {
		symbol = "? "
	}
	facts := []string{string(action.Kind), cmp.Or(action.Name, action.ID)}
	if !action.Kind.Asks() {
		facts = append(facts, w.p.T("effect."+string(action.Effect)))
	}
	for _, attr := range []string{"target", "host", "timeout", "until", "expect", "undo", "after"} {
		if value := action.Attrs[attr]; value != "" {
			facts = append(facts, attr+"="+value)
		}
	}
	if len(action.Uses) > 0 {
		facts = append(facts, w.p.T("cli.show.uses", "Names", strings.Join(action.Uses, ", ")))
	}
	if len(action.Secrets) > 0 {
		facts = append(facts, w.p.T("cli.show.uses-secrets", "Names", strings.Join(action.Secrets, ", ")))
	}
	if action.Endless {
		facts = append(facts, w.p.T("cli.show.endless"))
	}
	if len(action.Alternatives) > 0 {
		facts = append(facts, w.p.T("cli.show.alternatives", "Count", len(action.Alternatives)))
	}
	w.wrapped(indent+symbol, joined(" · ", facts...)+mark(action.Scenario))
	for line := range strings.SplitSeq(strings.TrimRight(action.Script(), "\n"), "\n") {
		w.line(indent + "  | " + strings.ReplaceAll(line, "\r", ""))
	}
}

func mark(scenario string) string {
	if scenario == "" {
		return ""
	}
	return " ◇" + scenario
}

// joined joins what is not empty.
func joined(separator string, parts ...string) string {
	return strings.Join(slices.DeleteFunc(parts, func(s string) bool { return s == "" }), separator)
}
