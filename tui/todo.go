package tui

import (
	"strings"

	tea "github.com/charmbracelet/bubbletea"

	"genia.ai/bitacora/internal/event"
	"genia.ai/bitacora/internal/walk"
	"genia.ai/bitacora/runbooks"
)

// askTodo asks for something that is left to do; where there is some already, it
// can be ticked off, or opened again.
func (a *app) askTodo() {
	todos := a.run.state.Todos()
	if len(todos) == 0 {
		a.askNewTodo()
		return
	}
	items := []item{{label: a.p.T("tui.todo.new"), pick: func() tea.Cmd { a.askNewTodo(); return nil }}}
	for _, todo := range todos {
		items = append(items, item{label: box(todo.Done) + " " + a.clean(todo.Text), pick: func() tea.Cmd {
			return a.do(walk.WriteTodo{ID: todo.ID, Text: todo.Text, Done: !todo.Done}, a.saved)
		}})
	}
	a.choose(a.p.T("tui.todo.list"), []string{a.p.T("tui.todo.list-help")}, items)
}

func (a *app) askNewTodo() {
	a.ask(a.p.T("tui.todo.title"), []string{a.p.T("tui.todo.help")}, "", func(text string) tea.Cmd {
		if text == "" {
			a.dialog = nil
			return nil
		}
		return a.do(walk.WriteTodo{ID: a.run.counted("todo", event.KindTodo), Text: text}, a.saved)
	})
}

// box is a box to tick.
func box(ticked bool) string {
	if ticked {
		return "[x]"
	}
	return "[ ]"
}

// whyTick says why no substep can be ticked now, or "".
func (a *app) whyTick() string {
	step := a.run.state.Current()
	switch {
	case a.readOnly() != "":
		return a.readOnly()
	case step == nil || a.run.state.Step(step.ID).Status != walk.StepActive:
		return a.p.T("refusal.not-now")
	case len(a.run.state.Substeps(step.ID)) == 0:
		return a.p.T("tui.why.no-substeps")
	}
	return ""
}

// tickNext ticks the next substep of the current step.
func (a *app) tickNext() tea.Cmd {
	next := a.run.state.NextTick()
	if next == nil {
		a.askTicks()
		return nil
	}
	return a.tickSubstep(next, true)
}

func (a *app) tickSubstep(sub *runbooks.Step, done bool) tea.Cmd {
	step := a.run.state.Current()
	return a.do(walk.Tick{Step: step.ID, Substep: sub.ID, Done: done}, func() tea.Cmd {
		ticked, total := a.ticks(step)
		a.say(false, a.p.T("tui.tick.said", "Done", ticked, "Total", total, "Seq", a.run.saved.Seq))
		return nil
	})
}

// askTicks lists the substeps of the current step, to tick any or take one back.
func (a *app) askTicks() {
	step := a.run.state.Current()
	var items []item
	at := -1
	for i, sub := range a.run.state.Substeps(step.ID) {
		ticked := a.run.state.Ticked(sub.ID)
		if !ticked && at < 0 {
			at = i
		}
		items = append(items, item{label: box(ticked) + " " + strings.TrimSpace(a.clean(sub.Number)+" "+a.run.text(sub.Text)), pick: func() tea.Cmd {
			return a.tickSubstep(sub, !ticked)
		}})
	}
	a.choose(a.p.T("tui.tick.title", "Step", a.run.stepLabel(step)), nil, items).startAt(at)
}

// markDone marks the current step as done. Parts that are not ticked are said; where
// others are, they may have been forgotten, and are asked about.
func (a *app) markDone(step *runbooks.Step) tea.Cmd {
	open, some := a.run.state.Unticked(step.ID)
	if len(open) == 0 {
		return a.do(walk.Done{Step: step.ID}, nil)
	}
	names := make([]string, len(open))
	for i, sub := range open {
		names[i] = a.run.text(sub.Text)
	}
	text := a.p.T("tui.tick.open", "Count", len(open), "Names", strings.Join(names, "; "))
	if !some {
		return a.do(walk.Done{Step: step.ID}, func() tea.Cmd {
			a.say(false, text)
			return nil
		})
	}
	a.choose(a.p.T("tui.tick.done-title", "Step", a.run.stepLabel(step)), []string{text}, []item{
		{label: a.p.T("tui.tick.done-no"), keys: []string{"n"}, pick: func() tea.Cmd { a.askTicks(); return nil }},
		{label: a.p.T("tui.tick.done-yes"), keys: a.yesKeys(), pick: func() tea.Cmd { return a.do(walk.Done{Step: step.ID}, nil) }},
	})
	return nil
}

// doneLabel says that the current step would be marked as done, and with how many of its
// parts open.
func (a *app) doneLabel() string {
	text := a.p.T("tui.next.done")
	if step := a.run.state.Current(); step != nil {
		if open, _ := a.run.state.Unticked(step.ID); len(open) > 0 {
			text += " " + a.p.T("tui.next.unticked", "Open", len(open))
		}
	}
	return text
}

// ticks counts the substeps of a step.
func (a *app) ticks(step *runbooks.Step) (ticked, total int) {
	for _, sub := range a.run.state.Substeps(step.ID) {
		total++
		if a.run.state.Ticked(sub.ID) {
			ticked++
		}
	}
	return ticked, total
}
