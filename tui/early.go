package tui

import (
	"context"

	tea "github.com/charmbracelet/bubbletea"
)

// The early screen: the server of a run takes as long to start as this program did.
// Meanwhile the operator already reads the briefing. Nothing of the run is recorded
// yet, so nothing can be done but read on and leave, and nothing is called saved.

// showEarly shows the briefing of a run that is about to be opened.
func (a *app) showEarly() {
	a.early = true
	a.run = newRun(a.opts.Early, a.p, a.clean)
	a.base = newBriefing(a)
}

// openEarly opens it meanwhile.
func (a *app) openEarly() tea.Cmd {
	return a.task(func(ctx context.Context) tea.Msg {
		opened, err := a.opts.Start(ctx)
		if err != nil {
			return openedMsg{err: err}
		}
		attachment, err := opened.Client.Attach(ctx)
		return openedMsg{opened: opened, attachment: attachment, err: err}
	})
}

// failedEarly ends the program: why there is no run is the error of Run.
func (a *app) failedEarly(err error) tea.Cmd {
	l := &leaving{result: a.outcome(), failed: err}
	a.left.Store(l)
	return a.leave("")
}

// actEarly does what can be done before the run is there.
func (a *app) actEarly(id keyID) tea.Cmd {
	switch id {
	case keyCancel, keyLeave, keyDetach:
		return a.leave(LeftQuit)
	case keyRedraw:
		a.fresh = true
	case keyHelp:
		a.open(newHelp(a))
	case keyClose:
		a.closeScreen()
	case keyUp, keyDown, keyPageUp, keyPageDown, keyTop, keyBottom:
		return a.top().act(id)
	}
	return nil
}

// hold takes from the foot what cannot be done yet; whoever presses such a key is
// told why.
func (a *app) hold(offers []offer) {
	for i := range offers {
		switch offers[i].id {
		case keyCancel, keyLeave, keyDetach, keyHelp, keyRedraw, keyClose, keyUp, keyDown, keyPageUp, keyPageDown, keyTop, keyBottom:
		default:
			offers[i].quiet, offers[i].why = true, a.p.T("tui.msg.opening")
		}
	}
}
