package tui

import (
	"strings"
	"time"

	tea "github.com/charmbracelet/bubbletea"

	"genia.ai/bitacora/internal/status"
	"genia.ai/bitacora/internal/walk"
)

// askComms offers what can be done about the updates to those who wait for news.
func (a *app) askComms() {
	items := []item{{label: a.p.T("tui.comms.draft"), pick: func() tea.Cmd {
		a.editUpdate(status.Draft(a.p, status.Facts{
			State: a.run.state, Events: a.run.events, Now: a.now(), Location: a.opts.Location,
		}))
		return nil
	}}}
	if a.draft != "" {
		items = append(items, item{label: a.p.T("tui.comms.go-on"), pick: func() tea.Cmd {
			a.editUpdate(a.draft)
			return nil
		}})
	}
	plan := func(id string, every bool) item {
		return item{label: a.p.T(id), pick: func() tea.Cmd {
			a.askDue(a.p.T(id), every)
			return nil
		}}
	}
	items = append(items, plan("tui.comms.every", true), plan("tui.comms.once", false),
		item{label: a.p.T("tui.comms.off"), pick: func() tea.Cmd { return a.do(walk.PlanComms{}, a.saved) }})
	d := a.choose(a.p.T("tui.comms.title"), []string{a.commsText()}, items)
	d.harmless()
}

// commsText says how it stands with the updates.
func (a *app) commsText() string {
	c := a.run.state.Comms()
	text := a.p.T("tui.comms.never")
	if c.Sent > 0 {
		text = a.p.T("tui.comms.last", "At", a.clock(c.Last))
	}
	switch late := c.Overdue(a.now()); {
	case c.Due.IsZero():
		text += " " + a.p.T("tui.comms.none")
	case late > 0:
		text += " " + a.p.T("tui.comms.late", "At", a.clock(c.Due), "Time", minutes(late))
	default:
		text += " " + a.p.T("tui.comms.next", "At", a.clock(c.Due))
	}
	if c.Every > 0 {
		text += " " + a.p.T("tui.comms.regular", "Every", a.p.Span(c.Every))
	}
	return text
}

// askDue asks how often, or when, the next update is due.
func (a *app) askDue(heading string, regularly bool) {
	help := "tui.comms.once-help"
	if regularly {
		help = "tui.comms.every-help"
	}
	a.ask(heading, []string{a.p.T(help)}, "", func(text string) tea.Cmd {
		after, ok := walk.Interlude(text, a.now(), a.opts.Location)
		if !ok || after < time.Minute {
			a.refused(a.dialog, a.p.T("tui.comms.invalid"))
			return nil
		}
		cmd := walk.PlanComms{After: after}
		if regularly {
			cmd.Every = after
		}
		return a.do(cmd, a.saved)
	})
}

// editUpdate opens an update to be edited. It is kept until it is sent.
func (a *app) editUpdate(text string) {
	a.dialog = newEditor(a, a.p.T("tui.comms.edit-title"), a.p.T("tui.comms.edit-help"), a.cleanText(text),
		func(text string) { a.draft = text }, a.askSend)
}

// askSend asks what to do with an update that is written.
func (a *app) askSend(text string) {
	send := func(then func() tea.Cmd) func() tea.Cmd {
		return func() tea.Cmd {
			return a.do(walk.SendComms{Text: text}, func() tea.Cmd {
				a.draft = ""
				a.say(false, a.p.T("tui.comms.sent", "Seq", a.run.saved.Seq))
				return then()
			})
		}
	}
	nothing := func() tea.Cmd { return nil }
	items := []item{
		{label: a.p.T("tui.comms.send"), pick: send(nothing)},
		{label: a.p.T("tui.comms.copy-send"), why: a.whyCopy(), pick: send(func() tea.Cmd { return a.copy(a.p.T("tui.copy.update"), text) })},
		{label: a.p.T("tui.comms.copy"), why: a.whyCopy(), pick: func() tea.Cmd { return a.copy(a.p.T("tui.copy.update"), text) }},
		{label: a.p.T("tui.comms.edit"), pick: func() tea.Cmd { a.editUpdate(text); return nil }},
	}
	a.choose(a.p.T("tui.comms.send-title"), strings.Split(text, "\n"), items)
}
