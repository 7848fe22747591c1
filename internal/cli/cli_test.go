package cli_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"genia.ai/bitacora/internal/cli"
)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){
		"bitacora": func() { os.Exit(cli.Main(os.Args[1:])) },
	})
}

// TestScripts runs the command scripts of testdata/script, each in a directory
// and with a state directory of its own.
func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir:                 filepath.Join("testdata", "script"),
		RequireExplicitExec: true,
		RequireUniqueNames:  true,
		Setup: func(env *testscript.Env) error {
			env.Setenv("HOME", env.WorkDir)
			env.Setenv("XDG_STATE_HOME", filepath.Join(env.WorkDir, "state"))
			env.Setenv("XDG_DATA_DIRS", filepath.Join(env.WorkDir, "none"))
			env.Setenv("LC_ALL", "en_US.UTF-8")
			env.Setenv("TERM", "dumb")
			env.Setenv("BITACORA_OPERATOR", "ana")
			env.Setenv("BITACORA_IDLE", "2s") // no server outlives its script for long
			// The machine's own values must not leak into the runs.
			for _, name := range []string{"ADMIN_TOKEN", "GENIA_API", "GENIA_REPO", "PROMETHEUS_URL", "SMTP_URL"} {
				env.Vars = append(env.Vars, name+"=")
			}
			return nil
		},
	})
}
