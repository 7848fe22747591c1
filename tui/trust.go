package tui

import (
	tea "github.com/charmbracelet/bubbletea"

	"genia.ai/bitacora/internal/event"
	"genia.ai/bitacora/internal/session"
	"genia.ai/bitacora/internal/walk"
)

// untrusted reports whether the operator has to accept the text before it is
// run. A rehearsal runs nothing.
func (a *app) untrusted() bool {
	t := a.run.briefing.Trust
	return t.Asks() && !a.run.state.Rehearsal() && a.run.state.Trusted != t.SHA256
}

// begin leaves the briefing: it asks whether the text is trusted, for
// secrets that are missing, and which scenario applies, where that is open.
func (a *app) begin() tea.Cmd {
	if a.untrusted() {
		a.askTrust()
		return nil
	}
	if secret := a.nextSecret(); secret != nil {
		a.askSecret(secret.Name, true, a.begin)
		return nil
	}
	if a.run.state.NeedsScenario() {
		a.askScenario(func() tea.Cmd { return a.do(walk.Begin{}, nil) })
		return nil
	}
	return a.do(walk.Begin{}, nil)
}

func (a *app) askTrust() {
	t := a.run.briefing.Trust
	trust := walk.Trust{RunbookTrusted: event.RunbookTrusted{SHA256: t.SHA256, Path: t.Path, Previous: t.Previous}}
	about := a.trustText()
	if t.State != session.TrustChanged {
		about = about[1:] // the briefing has said that it is new
	}
	d := a.choose(a.p.T("tui.trust.title"), about, []item{
		{label: a.p.T("tui.trust.yes"), keys: a.yesKeys(), pick: func() tea.Cmd { return a.do(trust, a.begin) }},
		{label: a.p.T("tui.trust.no"), keys: []string{"n"}, pick: func() tea.Cmd { a.dialog = nil; return nil }},
	})
	d.keep = true
}

// trustText says what is known of the text that is run, a paragraph each.
func (a *app) trustText() []string {
	t := a.run.briefing.Trust
	id := "tui.trust.new"
	if t.State == session.TrustChanged {
		id = "tui.trust.changed"
	}
	return []string{a.p.T(id, "SHA", short(a.clean(t.SHA256)), "Previous", short(a.clean(t.Previous))), a.p.T("tui.trust.path", "Path", a.clean(t.Path))}
}

// short is the beginning of a hash that people compare.
func short(sha string) string { return sha[:min(len(sha), 12)] }
