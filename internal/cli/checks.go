package cli

import (
	"context"
	"maps"
	"os"

	"genia.ai/bitacora/internal/preflight"
	"genia.ai/bitacora/internal/session"
)

// checks looks at what a live run will need of this machine; nil where nothing of it
// is touched: in a rehearsal, and against the practice service.
func (p *preparation) checks(a *app, flags runFlags) func(context.Context) []session.Check {
	if flags.dryRun || flags.sandbox {
		return nil
	}
	return func(ctx context.Context) []session.Check {
		dir, err := os.Getwd()
		if err != nil {
			return nil // the run itself says that it has no working directory
		}
		return preflight.Run(ctx, p.rb.Runbook, preflight.Options{
			Dir: dir, Env: p.lookedUp(a), Getenv: func(name string) string { value, _ := a.env(name); return value },
		})
	}
}

// lookedUp are the values that may stand in the names that are looked up. A text
// that nobody accepted yet does not make the operator's own values leave the machine,
// were it only as the name of a host: until then only those count that it brings
// along.
func (p *preparation) lookedUp(a *app) map[string]string {
	if !p.trust(a).Asks() {
		return p.env
	}
	own := maps.Clone(p.rb.Env)
	maps.DeleteFunc(own, func(name, _ string) bool { _, set := a.env(name); return set })
	return own
}
