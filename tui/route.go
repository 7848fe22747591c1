package tui

import (
	tea "github.com/charmbracelet/bubbletea"

	"genia.ai/bitacora/internal/session"
	"genia.ai/bitacora/internal/walk"
)

// opened starts to follow a run that was opened.
func (a *app) opened(msg openedMsg) tea.Cmd {
	if msg.err != nil && a.early {
		return a.failedEarly(msg.err)
	}
	if a.early {
		a.early, a.note = false, notice{} // what was said to wait is said no longer
	}
	if msg.err != nil {
		a.say(true, a.explain(msg.err))
		if w, ok := a.base.(*waiting); ok {
			w.failed = a.explain(msg.err)
		}
		if p, ok := a.base.(*picker); ok {
			p.opening = false
		}
		return nil
	}
	a.client = msg.opened.Client
	if msg.opened.Printer != nil {
		a.p = msg.opened.Printer
	}
	a.run, a.ended = newRun(msg.attachment, a.p, a.clean), nil
	a.reroute()
	a.welcome()
	cmds := []tea.Cmd{a.listen(msg.attachment.Feed)}
	if msg.opened.Checks != nil {
		cmds = append(cmds, a.check(msg.opened.Checks))
	}
	if w, ok := a.base.(*walkScreen); ok {
		cmds = append(cmds, w.refresh()) // who comes back sees at once what would be run
	}
	return tea.Batch(cmds...)
}

// arrived applies a batch of the feed and waits for the next one.
func (a *app) arrived(msg updatesArrivedMsg) tea.Cmd {
	if a.run == nil {
		return nil
	}
	for _, u := range msg.updates {
		running := a.run.state.Running
		a.run.take(u)
		if running != nil && a.run.state.Running == nil {
			a.ended = running // it may have started in this very batch
		}
		if _, printed := u.(session.OutputPrinted); printed {
			a.run.silent = a.now()
		}
	}
	a.run.lay()
	if msg.ended {
		a.run.cut, a.run.cutErr = true, msg.err
	}
	cmds := []tea.Cmd{a.settle()}
	a.reroute()
	cmds = append(cmds, a.followUp())
	if w, ok := a.base.(*walkScreen); ok {
		cmds = append(cmds, w.refresh())
	}
	if !msg.ended {
		cmds = append(cmds, a.batch())
	}
	return tea.Batch(cmds...)
}

// followUp says what ended, and goes on with what waited for it. An action that ends at
// once may be told to have ended before the command that started it is answered: then the
// answer comes first, which closes the dialog, or the menu, that the command came from.
func (a *app) followUp() tea.Cmd {
	ended := a.ended
	if ended == nil || a.flight > 0 && !a.run.cut {
		return nil
	}
	a.ended = nil
	a.notice(ended)
	return a.undoNext(ended)
}

// settle runs what waited for the state to hold an acknowledged command.
func (a *app) settle() tea.Cmd {
	var cmds []tea.Cmd
	waiters := a.waiters
	a.waiters = nil
	for _, w := range waiters {
		if a.run.state.Seq < w.seq && !a.run.cut {
			a.waiters = append(a.waiters, w)
			continue
		}
		cmds = append(cmds, w.fn())
	}
	return tea.Batch(cmds...)
}

// reroute picks the base screen that the state calls for.
func (a *app) reroute() {
	s := a.run.state
	want := "walk"
	switch {
	case s.Status == walk.StatusBriefing, s.Status == walk.StatusNew:
		want = "briefing"
	case s.Status == walk.StatusEnded, s.Complete():
		want = "summary"
	}
	if a.base.name() == want {
		return
	}
	switch want {
	case "briefing":
		a.base = newBriefing(a)
	case "summary":
		a.base = newSummary(a)
	default:
		a.base = newWalk(a)
	}
	a.over = nil
	a.resize()
}
