package tui

import (
	"errors"

	tea "github.com/charmbracelet/bubbletea"

	"genia.ai/bitacora/internal/session"
	"genia.ai/bitacora/internal/walk"
)

// following says why this front end only follows the run.
type following uint8

const (
	followingNot     following = iota // it drives
	followingWatch                    // it was opened to watch
	followingDemoted                  // somebody took over
	followingLost                     // nothing is heard of the run any more
)

func (a *app) following() following {
	switch r := a.run; {
	case r == nil:
		return followingNot
	case r.cut && r.state.Status != walk.StatusEnded:
		return followingLost
	case r.demoted != nil:
		return followingDemoted
	case a.opts.Watch:
		return followingWatch
	}
	return followingNot
}

// readOnly says why what changes the run does nothing here, or "".
func (a *app) readOnly() string {
	switch a.following() {
	case followingWatch:
		return a.p.T("tui.why.watching", "Driver", a.driverName())
	case followingDemoted:
		return a.p.T("tui.why.demoted", "Driver", a.driverName())
	case followingLost:
		return a.p.T("tui.why.lost")
	case followingNot:
	}
	return ""
}

// driver is who drives: as the record has it, once that says more than the word
// that somebody took over.
func (a *app) driver() (walk.Attached, bool) {
	r := a.run
	driver, ok := r.company.Driver()
	if r.demoted != nil && driver == r.former {
		return walk.Attached{Operator: r.demoted.By, Host: r.demoted.Host, Since: r.demotedAt}, true
	}
	return driver, ok
}

func (a *app) driverName() string {
	if driver, ok := a.driver(); ok {
		return a.clean(driver.Operator)
	}
	return a.clean(a.run.state.Operator)
}

// alert says across the whole screen that nothing can be changed here, and why.
func (a *app) alert() string {
	kind := a.following()
	if kind == followingNot {
		return ""
	}
	r, id := a.run, a.clean(a.run.state.Run)
	if kind == followingLost {
		return a.look.sym.failed + " " + a.p.T("tui.alert.lost", "Seq", r.saved.Seq, "At", a.clock(r.saved.At), "Run", id)
	}
	if r.state.Status == walk.StatusEnded {
		return a.look.sym.watch + " " + a.p.T("tui.alert.ended")
	}
	text := a.p.T("tui.alert.watch")
	if kind == followingDemoted {
		text = a.p.T("tui.alert.demoted")
	}
	if driver, ok := a.driver(); ok {
		text += " " + a.p.T("tui.alert.driver", "Operator", a.clean(driver.Operator), "Host", a.clean(driver.Host), "At", a.clock(driver.Since))
	} else {
		text += " " + a.p.T("tui.alert.nobody", "Run", id)
	}
	if kind == followingDemoted && r.demoted.Reason != "" {
		text += " " + a.p.T("tui.alert.reason", "Reason", a.clean(r.demoted.Reason))
	}
	return a.look.sym.watch + " " + text
}

// maxAlertRows bounds the rows that the alert takes from the screen.
const maxAlertRows = 3

// alertLines draws the alert, each row over the whole width.
func (a *app) alertLines() []string {
	text := a.alert()
	if text == "" {
		return nil
	}
	style := a.look.rehearsal
	if a.following() == followingLost {
		style = a.look.live
	}
	lines := wrap(text, a.width-2)
	lines = lines[:min(len(lines), maxAlertRows)]
	for i, line := range lines {
		lines[i] = style.Render(" " + a.look.fit(line, a.width-2) + " ")
	}
	return lines
}

// anyones reports whether somebody who does not drive may send a command: what
// only adds to the record.
func anyones(cmd walk.Command) bool {
	switch cmd.(type) {
	case walk.WriteNote, walk.WriteTodo, walk.MarkMilestone, walk.PlanComms, walk.SendComms:
		return true
	}
	return false
}

// demotedBy takes note of a refusal that says that somebody else drives: who
// reads nothing for a while learns it so.
func (a *app) demotedBy(err error) {
	var other *session.NotDriverError
	if a.run != nil && a.run.demoted == nil && errors.As(err, &other) && !a.opts.Watch {
		a.run.demote(session.Demoted{By: other.Operator, Host: other.Host}, other.Since)
	}
}

// detach leaves at once. The run goes on.
func (a *app) detach() tea.Cmd {
	if a.following() == followingLost {
		return a.leave(LeftLost)
	}
	return a.leave(LeftDetached)
}
