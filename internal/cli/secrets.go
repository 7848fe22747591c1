package cli

import (
	"context"
	"maps"
	"os"
	"slices"
	"strings"

	"genia.ai/bitacora/internal/config"
	"genia.ai/bitacora/internal/redact"
	"genia.ai/bitacora/internal/secrets"
	"genia.ai/bitacora/internal/session"
	"genia.ai/bitacora/runbooks"
)

// checkSecrets refuses what could be recorded only in part because a secret's
// value stands in it: a value given on the command line, which the actions would
// then get masked, and the names that the runbook gives its parts, by which the
// record tells them apart.
func (p *preparation) checkSecrets() error {
	for _, given := range []struct {
		flag   string
		values map[string]string
	}{{"param", p.params}, {"answer", p.answers}} {
		for _, name := range slices.Sorted(maps.Keys(given.values)) {
			if _, n := p.masks.String(given.values[name]); n > 0 {
				return wrongUse("error.secret-value", "Flag", given.flag, "Name", name)
			}
		}
	}
	if masked, held := session.NameHoldingSecret(p.rb.Runbook, p.masks); held {
		return wrongUse("error.secret-name", "Name", masked)
	}
	return nil
}

// findSecrets looks for the secrets of a runbook where the operator says they are.
// A rehearsal needs none and a walk against the practice service gets its own: of
// these only what the environment holds anyway is looked at, to mask it.
func (a *app) findSecrets(ctx context.Context, rb *runbooks.Runbook, practise bool) ([]secrets.Found, error) {
	if len(rb.Secrets) == 0 {
		return nil, nil
	}
	finder := secrets.Finder{Lookup: a.env, Environ: os.Environ()}
	finder.Home, _ = a.env("HOME")
	if practise {
		finder.Lookup = func(name string) (string, bool) {
			if !slices.Contains(rb.Secrets, name) {
				return "", false // the name of a file
			}
			return a.env(name)
		}
	} else if path := config.SecretsFile(a.env); path != "" {
		var err error
		if finder.Config, err = secrets.Load(path); err != nil {
			return nil, &usageError{err}
		}
	}
	var all []secrets.Found
	for _, name := range rb.Secrets {
		found, err := finder.Find(ctx, name)
		if err != nil {
			return nil, err
		}
		all = append(all, found)
	}
	a.keepForMasks(all)
	return all, nil
}

// envSecrets are the secrets that the environment holds: what a process masks that
// runs nothing.
func (a *app) envSecrets(rb *runbooks.Runbook) []secrets.Found {
	var all []secrets.Found
	for _, name := range rb.Secrets {
		found := secrets.Found{Name: name}
		if value, ok := a.env(name); ok && value != "" {
			found.Value, found.Origin = value, secrets.OriginEnv
		}
		all = append(all, found)
	}
	return all
}

// keepSecrets takes over what was found.
func (p *preparation) keepSecrets(found []secrets.Found) error {
	p.found, p.secrets = found, map[string]string{}
	for _, f := range found {
		if f.Value != "" {
			p.secrets[f.Name] = f.Value
		}
	}
	var err error
	if p.masks, err = redact.New(p.secrets); err != nil {
		return &usageError{err}
	}
	return nil
}

// secretFacts say what is there, and where it came from.
func (p *preparation) secretFacts() []session.SecretFact {
	var facts []session.SecretFact
	for _, name := range p.rb.Secrets {
		fact := session.SecretFact{Name: name, Present: p.secrets[name] != ""}
		for _, f := range p.found {
			if f.Name == name {
				fact.Origin, fact.Problem = session.SecretOrigin(f.Origin), f.Problem
			}
		}
		if fact.Present && fact.Origin == "" {
			fact.Origin = session.SecretFromPractice
		}
		facts = append(facts, fact)
	}
	return facts
}

// environOfActions is the environment of which actions inherit what is harmless.
// The server's own lacks the secrets, which came to it through a pipe; a tool that
// knows one by its usual name, as those of the clouds do, finds it all the same.
func (p *preparation) environOfActions() []string {
	environ := os.Environ()
	for _, f := range p.found {
		if f.Origin == secrets.OriginEnv {
			environ = append(environ, f.Name+"="+f.Value)
		}
	}
	return environ
}

// serverEnviron is the environment that a run server is started with: without the
// values of secrets.
func serverEnviron(found []secrets.Found) []string {
	return slices.DeleteFunc(os.Environ(), func(entry string) bool {
		name, _, _ := strings.Cut(entry, "=")
		return slices.ContainsFunc(found, func(f secrets.Found) bool { return f.Name == name })
	})
}
