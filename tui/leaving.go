package tui

import (
	"errors"

	tea "github.com/charmbracelet/bubbletea"
	"golang.org/x/sys/unix"

	"genia.ai/bitacora/internal/walk"
)

// leaving is what Run may read while the program still runs.
type leaving struct {
	result Result
	crash  *PanicError
	failed error // why there is no run
}

// leave ends the program; what is on disk stays as it is, and the run goes on.
func (a *app) leave(how Left) tea.Cmd {
	if !a.quitting {
		a.quitting, a.departed = true, how
		close(a.quit)
	}
	return tea.Quit
}

func (a *app) crash(err *PanicError) tea.Cmd {
	l := &leaving{crash: err}
	if old := a.left.Load(); old != nil {
		l.result = old.result
	}
	a.left.Store(l)
	return a.leave("")
}

func (a *app) publish() {
	l := &leaving{result: Result{Client: a.client, Left: a.departed}}
	if old := a.left.Load(); old != nil {
		l.crash, l.failed = old.crash, old.failed
	}
	if r := a.run; r != nil && !a.early {
		l.result.Run, l.result.Dir, l.result.Saved = r.state.Run, r.briefing.Dir, r.saved
		l.result.Ended, l.result.Outcome = r.state.Status == walk.StatusEnded, r.state.Outcome
		l.result.Driven = a.driven()
	}
	a.left.Store(l)
}

func (a *app) outcome() Result { return a.left.Load().result }

// failure is the error of Run: a panic of ours, what the terminal reports, or
// why it was interrupted.
func (a *app) failure(interrupted, err error) error {
	switch l := a.left.Load(); {
	case l.crash != nil:
		return l.crash
	case l.failed != nil:
		return l.failed
	case errors.Is(interrupted, ErrGone):
		return ErrGone // that it cannot be restored either says nothing new
	case interrupted != nil && errors.Is(err, unix.EIO):
		return interrupted // likewise: SIGHUP told first
	}
	if err != nil {
		return err
	}
	if interrupted == nil && a.outcome().Left == LeftLost {
		return ErrLost
	}
	return interrupted
}

// farewell says why the screen is gone when the operator did not want it so, and
// how to go on, or who drives the run now; "" otherwise.
func (a *app) farewell() string {
	l := a.left.Load().result
	if l.Left != LeftLost {
		return l.Driven
	}
	return a.p.T("attach.lost", "Run", a.clean(l.Run), "Seq", l.Saved.Seq)
}

// driven says who took the run over and how to follow it, "" when nobody did or there is
// nothing to follow any more.
func (a *app) driven() string {
	if a.following() != followingDemoted || a.run.state.Status == walk.StatusEnded {
		return ""
	}
	driver, ok := a.driver()
	if !ok {
		return "" // nobody drives: it can be gone on with
	}
	return a.p.T("attach.driven", "Operator", a.clean(driver.Operator), "Host", a.clean(driver.Host), "Run", a.clean(a.run.state.Run))
}
