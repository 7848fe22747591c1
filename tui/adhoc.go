package tui

import (
	tea "github.com/charmbracelet/bubbletea"

	"genia.ai/bitacora/internal/event"
	"genia.ai/bitacora/internal/relay"
	"genia.ai/bitacora/internal/session"
	"genia.ai/bitacora/internal/walk"
	"genia.ai/bitacora/runbooks"
)

// askAdhoc asks for a command that the runbook does not hold, then for a yes.
func (a *app) askAdhoc() {
	a.ask(a.p.T("tui.adhoc.title"), []string{a.p.T("tui.adhoc.help")}, "", func(command string) tea.Cmd {
		if command == "" {
			return a.askShell()
		}
		cmd := walk.Adhoc{ID: a.run.counted("adhoc", event.KindAdhocStarted), Command: command}
		return a.openingAdhoc(command, func(where session.Preview) tea.Cmd {
			where.Command = command
			a.confirm(&confirm{
				heading: a.p.T("tui.adhoc.confirm"), effect: runbooks.EffectWrite, yes: a.p.T("tui.foot.run"), preview: where,
				submit: func(string) tea.Cmd { return a.do(cmd, a.closeFailure) },
			})
			return nil
		})
	})
}

// openingAdhoc asks where a command that the runbook does not hold would run, for the
// dialog that shows it. What is wrong with it is told when it is to be run.
func (a *app) openingAdhoc(command string, show func(where session.Preview) tea.Cmd) tea.Cmd {
	a.dialog = nil
	return a.opening(session.AdhocPreview(command), func(msg previewedMsg) tea.Cmd {
		return show(session.Preview{Where: msg.preview.Where, Lands: msg.preview.Lands})
	})
}

// askShell offers a shell of the operator's own. What it shows is recorded.
func (a *app) askShell() tea.Cmd {
	cmd := walk.Adhoc{ID: a.run.counted("adhoc", event.KindAdhocStarted), Command: "shell", Interactive: true}
	return a.openingAdhoc("", func(where session.Preview) tea.Cmd {
		where.Command = "$SHELL -i"
		a.confirm(&confirm{
			heading: a.p.T("tui.adhoc.shell"), effect: runbooks.EffectWrite, yes: a.p.T("tui.foot.open"), preview: where,
			notices: []string{a.p.T("terminal.notice", "Key", relay.LeaveKey)},
			submit:  func(string) tea.Cmd { return a.do(cmd, a.started) },
		})
		return nil
	})
}
