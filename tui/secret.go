package tui

import (
	"context"
	"errors"

	"github.com/charmbracelet/bubbles/textinput"
	tea "github.com/charmbracelet/bubbletea"

	"genia.ai/bitacora/internal/session"
)

// nextSecret is a secret that a live run lacks and that was not asked for yet; nil
// when there is none.
func (a *app) nextSecret() *session.SecretFact {
	r := a.run
	if r.state.Rehearsal() {
		return nil
	}
	for i, fact := range r.briefing.Secrets {
		if !fact.Present && !r.offered[fact.Name] {
			return &r.briefing.Secrets[i]
		}
	}
	return nil
}

// askSecret asks for the value of a secret, which is not shown while it is typed.
// An empty line leaves it open: then is called all the same when later is set.
func (a *app) askSecret(name string, later bool, then func() tea.Cmd) {
	r := a.run
	r.offered[name] = true
	help := []string{a.p.T("secret.help")}
	for _, fact := range r.briefing.Secrets {
		if fact.Name == name && fact.Problem != "" {
			help = append(help, a.p.T("secret.problem", "Detail", a.clean(fact.Problem)))
		}
	}
	if later {
		help = append(help, a.p.T("secret.later"))
	}
	a.ask(a.p.T("secret.title", "Name", a.clean(name)), help, "", func(value string) tea.Cmd {
		switch {
		case value != "":
			return a.giveSecret(name, value, then)
		case later:
			a.dialog = nil
			return then()
		}
		a.refused(a.dialog, a.p.T("tui.value.needed"))
		return nil
	})
	if d, ok := a.dialog.(*prompt); ok {
		d.line.EchoMode = textinput.EchoNone
	}
}

// giveSecret hands a secret to the run. It is in no command: those are recorded.
func (a *app) giveSecret(name, value string, then func() tea.Cmd) tea.Cmd {
	from := a.dialog
	if why := a.readOnly(); why != "" {
		a.refused(from, why)
		return nil
	}
	a.nextID++
	id := a.nextID
	a.flight++
	a.replies[id] = func(msg commandDoneMsg) tea.Cmd {
		a.demotedBy(msg.err)
		if msg.err != nil {
			a.refused(from, a.explain(msg.err))
			return nil
		}
		a.run.given(name)
		if a.dialog == from {
			a.dialog = nil
		}
		a.say(false, a.p.T("secret.given", "Name", a.clean(name)))
		if then == nil {
			return nil
		}
		return then()
	}
	client := a.client
	return a.task(func(ctx context.Context) tea.Msg {
		return commandDoneMsg{id: id, err: client.GiveSecret(ctx, name, value)}
	})
}

// given notes that a secret is there now.
func (r *run) given(name string) {
	for i, fact := range r.briefing.Secrets {
		if fact.Name == name {
			r.briefing.Secrets[i] = session.SecretFact{Name: name, Present: true, Origin: session.SecretAsked}
		}
	}
	r.outdate()
}

// unready deals with a preview that was refused: for a secret that is missing it
// asks, and then tries again; the rest it tells.
func (a *app) unready(err error, again func() tea.Cmd) tea.Cmd {
	var missing *session.MissingSecretError
	if errors.As(err, &missing) && a.readOnly() == "" {
		a.askSecret(missing.Name, false, again)
		return nil
	}
	a.say(true, a.explain(err))
	return nil
}

// secretItems offers each secret to be typed, also one that is there: it may be
// the wrong one.
func (a *app) secretItems(then func() tea.Cmd) []item {
	var items []item
	for _, fact := range a.run.briefing.Secrets {
		items = append(items, item{label: a.clean(fact.Name) + ": " + a.secretText(fact), pick: func() tea.Cmd {
			a.askSecret(fact.Name, false, then)
			return nil
		}})
	}
	return items
}

// secretText says whether a secret is there and where it came from.
func (a *app) secretText(fact session.SecretFact) string {
	if !fact.Present {
		return a.p.T("tui.brief.missing")
	}
	return a.p.T("secret.from." + string(fact.Origin))
}
