package tui

import (
	"strings"

	tea "github.com/charmbracelet/bubbletea"

	"genia.ai/bitacora/internal/walk"
	"genia.ai/bitacora/runbooks"
)

// whyScenario says why the scenario cannot be changed now, or "".
func (a *app) whyScenario(blocked string) string {
	switch {
	case blocked != "":
		return blocked
	case len(a.run.book().Scenarios) < 2:
		return a.p.T("tui.why.one-scenario")
	case a.run.state.Scenario == "":
		return a.p.T("tui.why.no-scenario")
	}
	return ""
}

// askChangeScenario asks for another scenario, says what was done under the one
// that is walked, and asks for the reason.
func (a *app) askChangeScenario() {
	var items []item
	for _, s := range a.run.book().Scenarios {
		if s.ID == a.run.state.Scenario {
			continue
		}
		title := a.clean(s.Title)
		items = append(items, item{label: title, detail: a.run.text(s.Condition), pick: func() tea.Cmd {
			a.ask(a.p.T("tui.scenario.reason-title", "Name", title), a.doneText(), "", func(reason string) tea.Cmd {
				if reason == "" {
					a.refused(a.dialog, a.p.T("refusal.reason-needed"))
					return nil
				}
				return a.do(walk.ChooseScenario{Scenario: s.ID, Reason: reason}, a.closeFailure)
			})
			return nil
		}})
	}
	a.choose(a.p.T("tui.scenario.change-title"), a.doneText(), items)
}

// doneText says what was done under the scenario that is walked, and what of it
// can still be undone: a change reverts nothing.
func (a *app) doneText() []string {
	s := a.run.state
	done, begun := s.DoneUnder(s.Scenario)
	name := a.scenarioTitle(s.Scenario)
	if len(done)+len(begun) == 0 {
		return []string{a.p.T("tui.scenario.nothing-done", "Name", name)}
	}
	var text, undo []string
	if len(done) > 0 {
		text = append(text, a.p.T("tui.scenario.done", "Name", name, "Steps", a.labels(done)))
	}
	if len(begun) > 0 {
		text = append(text, a.p.T("tui.scenario.begun", "Name", name, "Steps", a.labels(begun)))
	}
	for _, entry := range s.Undoable() {
		undo = append(undo, a.run.nameOf(entry.Action))
	}
	if len(undo) > 0 {
		text = append(text, a.p.T("tui.scenario.undo", "Names", strings.Join(undo, ", ")))
	}
	return text
}

// labels names steps, one after the other.
func (a *app) labels(steps []*runbooks.Step) string {
	labels := make([]string, len(steps))
	for i, step := range steps {
		labels[i] = a.run.stepLabel(step)
	}
	return strings.Join(labels, "; ")
}
