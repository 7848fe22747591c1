package tui

import (
	"context"

	tea "github.com/charmbracelet/bubbletea"

	"genia.ai/bitacora/internal/session"
)

// check looks at this machine in the background: the briefing stands already, and
// the walk may begin before the answer is there.
func (a *app) check(look func(context.Context) []session.Check) tea.Cmd {
	a.checking = true
	return a.task(func(ctx context.Context) tea.Msg { return checkedMsg{checks: look(ctx)} })
}

// checkLines are what the briefing says of it.
func (a *app) checkLines() []string {
	if a.checking {
		return []string{a.look.sym.more + " " + a.p.T("check.running")}
	}
	lines := make([]string, 0, len(a.checks))
	for _, c := range a.checks {
		why := ""
		if c.Why != "" {
			why = a.p.T("check.why."+c.Why, "Detail", a.clean(c.Detail))
		}
		text := a.p.T("check."+string(c.Kind)+"."+string(c.State), "Name", a.clean(c.Name), "Count", c.Count, "Why", why)
		switch c.State {
		case session.CheckGood:
			text = a.look.good.Render(a.look.sym.done) + " " + text
		case session.CheckBad:
			text = a.look.bad.Render(a.look.sym.failed) + " " + text
		case session.CheckUnknown:
			text = a.look.warn.Render("?") + " " + text
		}
		lines = append(lines, text)
	}
	return lines
}
