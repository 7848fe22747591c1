package tui

import (
	"slices"
	"strings"

	"github.com/charmbracelet/lipgloss"

	"genia.ai/bitacora/internal/session"
	"genia.ai/bitacora/runbooks"
)

// foldedSample is how many lines of what is usually printed are shown beside a
// command; the rest has the whole screen.
const foldedSample = 3

// isNext reports whether an action is what enter would deal with now.
func (w *walkScreen) isNext(action *runbooks.Action) bool {
	next := w.a.run.state.NextAction()
	return next != nil && w.here() && next.ID == action.ID
}

// actionLines draws an action: what it is, what it may change, exactly what it
// would run, and how it went. It returns as well which of the lines are the command.
func (w *walkScreen) actionLines(action *runbooks.Action, cells int) ([]string, codeSpan) {
	a := w.a
	symbol, style := w.actionMark(action)
	head := symbol + " " + w.heading(action)
	lines := wrap(head, cells)
	for i := range lines {
		lines[i] = style.Render(lines[i])
	}
	if action.Caption != "" {
		lines = append(lines, indent("  ", wrap(a.run.text(action.Caption), cells-2))...)
	}
	var code codeSpan
	switch action.Kind {
	case runbooks.KindChoice:
		lines = append(lines, w.choiceLines(action, cells)...)
	case runbooks.KindConfirm, runbooks.KindInput:
		for _, text := range a.asked(action) {
			lines = append(lines, indent("  ", wrap(text, cells-2))...)
		}
	case runbooks.KindShell, runbooks.KindHTTP, runbooks.KindMail, runbooks.KindPromQL:
		drawn, shown := w.commandLines(action, cells)
		code = shown.below(len(lines))
		lines = append(lines, drawn...)
	}
	if text := a.partText(action); text != "" {
		lines = append(lines, indent("  ", wrap(text, cells-2))...)
	}
	for _, text := range w.outcomeText(action) {
		lines = append(lines, indent("  ", wrap(text, cells-2))...)
	}
	return lines, code
}

// sampleLines is what the next action usually prints, folded.
func (w *walkScreen) sampleLines(action *runbooks.Action, cells int) []string {
	if action.SampleOutput == "" || !w.isNext(action) {
		return nil
	}
	a, l := w.a, w.a.look
	lines := []string{l.dim.Render("  " + a.p.T("tui.action.sample"))}
	sample := strings.Split(strings.TrimSpace(action.SampleOutput), "\n")
	folded := len(sample) - foldedSample
	if w.zoomed && w.focus == paneDetail || folded < 2 {
		folded = 0
	}
	for _, line := range sample[:len(sample)-folded] {
		lines = append(lines, l.dim.Render(l.cut("  "+l.sym.bar+" "+a.clean(line), cells)))
	}
	if folded > 0 {
		lines = append(lines, l.dim.Render(l.cut("  "+l.sym.bar+" "+a.p.T("tui.action.sample-more", "Count", folded), cells)))
	}
	return lines
}

// heading is what an action is called and is; the name of a question is not, where its
// words follow or are the step's own.
func (w *walkScreen) heading(action *runbooks.Action) string {
	a, step := w.a, w.selected()
	if action.Kind.Asks() && (len(a.question(action)) > 0 || step != nil && a.run.plan.Wording(action) == step.Text) {
		return w.kindText(action)
	}
	return a.run.actionName(action) + " · " + w.kindText(action)
}

// kindText says what kind of action it is and what it may change.
func (w *walkScreen) kindText(action *runbooks.Action) string {
	p := w.a.p
	text := p.T("tui.kind." + string(action.Kind))
	if !action.Kind.Asks() {
		text += " · " + p.T("effect."+string(action.Effect))
	}
	if role := w.roleText(action.Settings.Role); role != "" {
		text += " · " + role
	}
	if after := action.Settings.After; after != "" && !w.a.run.state.Action(after).Succeeded() {
		text += " · " + p.T("tui.action.after", "Name", w.a.run.nameOf(after))
	}
	return text
}

// actionMark is an action's state by symbol and by style.
func (w *walkScreen) actionMark(action *runbooks.Action) (string, lipgloss.Style) {
	l := w.a.look
	as := w.a.run.state.Action(action.ID)
	switch {
	case as.Running:
		return l.sym.active, l.strong
	case as.Failed():
		return l.sym.failed, l.bad
	case as.Succeeded():
		return l.sym.done, l.good
	case w.isNext(action):
		return l.sym.active, l.strong
	}
	return l.sym.pending, l.plain
}

func (w *walkScreen) choiceLines(action *runbooks.Action, cells int) []string {
	l := w.a.look
	answer := w.a.run.state.Action(action.ID).Answer
	var lines []string
	for _, o := range action.Options {
		mark := "  - "
		if o.Key == answer {
			mark = "  " + l.sym.done + " "
		}
		text := w.a.optionText(o)
		if steer := w.a.steerText(o.Steer); steer != "" {
			text += " " + steer
		}
		lines = append(lines, indent(mark, wrap(text, cells-4))...)
	}
	return lines
}

// commandLines shows what would run: as previewed with the values in place, else
// as the runbook has it; and which of its lines are the command.
func (w *walkScreen) commandLines(action *runbooks.Action, cells int) ([]string, codeSpan) {
	a, l, p := w.a, w.a.look, w.a.p
	slot := a.run.previews[action.ID]
	if slot == nil || !slot.known || slot.err != nil {
		lines := a.codeLines(action.Code, cells)
		code := codeSpan{end: len(lines), text: action.Code}
		var missing []string
		for _, name := range a.run.state.Missing(action) {
			missing = append(missing, a.paramLabel(name))
		}
		if len(missing) == 0 && (slot == nil || slot.err == nil) {
			return w.awaited(action, cells)
		}
		switch {
		case len(missing) > 0:
			lines = append(lines, indent("  ", wrap(p.T("tui.action.missing", "Names", strings.Join(missing, ", ")), cells-2))...)
		case slot != nil && slot.err != nil:
			for _, line := range wrap("! "+a.explain(slot.err), cells-2) {
				lines = append(lines, "  "+l.warn.Render(line))
			}
		}
		return lines, code
	}
	lines := a.codeLines(slot.preview.Command, cells)
	code := codeSpan{end: len(lines), text: slot.preview.Command}
	return append(lines, w.factLines(slot.preview, cells)...), code
}

// factLines say where an action would run, where it lands and what it is given.
func (w *walkScreen) factLines(preview session.Preview, cells int) []string {
	cells = max(cells-2, 8)
	return indent("  ", slices.Concat(w.a.whereLines(preview, cells), w.a.landsLines(preview.Lands, cells), w.a.givenLines(preview, cells)))
}

// awaited stands for a command until its preview is there: what is known of it, or as
// many empty rows as it will take, never a placeholder that flashes up. Below it there is
// room for what else the preview says, as far as can be told, so that little moves then.
func (w *walkScreen) awaited(action *runbooks.Action, cells int) ([]string, codeSpan) {
	r := w.a.run
	text := r.state.Fill(action.Code)
	before, known := r.outdated[action.ID]
	if !known {
		before = session.Preview{Command: text, Where: "-"}
		if len(action.Uses) > 0 {
			before.Values = []string{"-"}
		}
	}
	facts := block(nil, len(w.factLines(before, cells)))
	if strings.Contains(text, "{{") {
		return append(block(nil, len(w.a.codeLines(before.Command, cells))), facts...), codeSpan{}
	}
	lines := w.a.codeLines(text, cells)
	return append(lines, facts...), codeSpan{end: len(lines), text: text}
}

// outcomeText says how an action went, in words.
func (w *walkScreen) outcomeText(action *runbooks.Action) []string {
	a, p := w.a, w.a.p
	as := a.run.state.Action(action.ID)
	switch {
	case as.Running && w.a.run.cut:
		return []string{p.T("tui.action.was-running")}
	case as.Running:
		return []string{p.T("tui.action.running")}
	case action.Kind == runbooks.KindConfirm && as.Answer != "":
		return []string{p.T("tui.action.answered", "Answer", p.T("answer."+as.Answer))}
	case action.Kind == runbooks.KindInput && as.Answer != "":
		return []string{p.T("tui.action.answered", "Answer", a.clean(as.Answer))}
	case as.Ending.Outcome != "":
		return []string{a.run.ending(as.Ending)}
	}
	return nil
}
