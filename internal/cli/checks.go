package cli

import (
	"context"
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
			Dir: dir, Env: p.env, Getenv: func(name string) string { value, _ := a.env(name); return value },
		})
	}
}
