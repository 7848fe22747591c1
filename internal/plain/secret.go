package plain

import (
	"errors"
	"slices"

	"genia.ai/bitacora/internal/session"
)

// askSecrets asks once for each secret that a live run lacks. Only at a terminal,
// which can be told not to show it.
func (t *talk) askSecrets() error {
	if t.opts.Hide == nil || t.state.Rehearsal() {
		return nil
	}
	for _, fact := range t.briefing.Secrets {
		if fact.Present || t.asked[fact.Name] {
			continue
		}
		if _, err := t.askSecret(fact.Name); err != nil {
			return err
		}
	}
	return nil
}

// askSecret asks for one secret until it is taken or put off by an empty line.
func (t *talk) askSecret(name string) (given bool, err error) {
	t.asked[name] = true
	for {
		value, err := t.hidden(t.p.T("secret.prompt", "Name", name))
		if err != nil || value == "" {
			return false, err
		}
		err = t.client.GiveSecret(t.ctx, name, value)
		var refused *session.SecretError
		var other *session.NotDriverError
		switch {
		case err == nil:
			t.say(t.p.T("secret.given", "Name", name))
			t.briefing.Secrets = slices.Clone(t.briefing.Secrets)
			for i := range t.briefing.Secrets {
				if t.briefing.Secrets[i].Name == name {
					t.briefing.Secrets[i] = session.SecretFact{Name: name, Present: true, Origin: session.SecretAsked}
				}
			}
			return true, nil
		case errors.As(err, &refused):
			t.say(t.p.T("secret.refused."+string(refused.Reason), "Name", name))
			if refused.Reason != session.SecretShort && refused.Reason != session.SecretRecorded {
				return false, nil
			}
		case errors.As(err, &other):
			return false, &demotedError{session.Demoted{By: other.Operator, Host: other.Host}}
		case errors.Is(err, session.ErrClosed):
			return false, t.lost()
		default:
			return false, err
		}
	}
}

// hidden reads a line that the terminal does not show. What was typed before is
// thrown away: it is on the screen.
func (t *talk) hidden(question string) (string, error) {
	show, err := t.opts.Hide()
	if err != nil {
		t.say(t.p.T("secret.no-terminal", "Detail", oneLine(err.Error())))
		return "", nil
	}
	defer show()
	t.lines.discard()
	return t.read(question)
}

// secret is the command that gives a secret, also in the place of a wrong one.
func (t *talk) secret(name string) error {
	if t.opts.Hide == nil {
		t.say(t.p.T("secret.no-terminal", "Detail", ""))
		return nil
	}
	names := make([]string, len(t.briefing.Secrets))
	for i, fact := range t.briefing.Secrets {
		names[i] = fact.Name
		t.sayFact(fact)
	}
	if name == "" && len(names) == 1 {
		name = names[0]
	}
	if name == "" {
		var err error
		if name, err = t.text(t.p.T("plain.ask.secret")); err != nil || name == "" {
			return err
		}
	}
	if !slices.Contains(names, name) {
		t.say(t.p.T("secret.refused.unknown", "Name", oneLine(name)))
		return nil
	}
	_, err := t.askSecret(name)
	return err
}

// sayFact says whether a secret is there and where it came from.
func (t *talk) sayFact(fact session.SecretFact) {
	id, from := "plain.briefing.secret.missing", ""
	if fact.Present {
		id = "plain.briefing.secret"
	}
	if fact.Origin != "" {
		from = t.p.T("secret.from." + string(fact.Origin))
	}
	t.say(t.p.T(id, "Name", fact.Name, "From", from))
	if fact.Problem != "" {
		t.say("  " + t.p.T("secret.problem", "Detail", oneLine(fact.Problem)))
	}
}

// wantsSecret asks for the secret that a preview lacked, and reports whether it is
// there now.
func (t *talk) wantsSecret(err error) (bool, error) {
	var missing *session.MissingSecretError
	if !errors.As(err, &missing) || t.opts.Hide == nil {
		return false, nil
	}
	t.say(t.p.T("secret.title", "Name", missing.Name))
	return t.askSecret(missing.Name)
}

// lacks says why an action cannot run with what it has.
func (t *talk) lacks(err error) string {
	var missing *session.MissingSecretError
	if errors.As(err, &missing) {
		return t.p.T("plain.secret.missing", "Name", missing.Name)
	}
	return err.Error()
}
