package cli_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// checked has in line 7 what shellcheck alone finds, in line 8 what lint finds
// itself, and in line 9 what the script says that it knows.
const checked = `# Restart

## Mitigation

` + "```bash {name=restart effect=write timeout=1m}" + `
set -e
for file in $(ls /srv/*.pid); do cat "$file"; done
restart $SERVICE
# shellcheck disable=SC2046
stop $(cat /srv/pid)
` + "```" + `
`

// lintChecked lints that text with programs of some directories alone.
func lintChecked(t *testing.T, dirs ...string) (printed string, code int) {
	t.Helper()
	c := &compat{dir: t.TempDir()}
	if err := os.WriteFile(filepath.Join(c.dir, "x.md"), []byte(checked), 0o600); err != nil {
		t.Fatal(err)
	}
	c.env = []string{"PATH=" + strings.Join(dirs, string(os.PathListSeparator)), "HOME=" + c.dir, "LC_ALL=en_US.UTF-8"}
	return c.bitacora(t, "lint", "x.md")
}

// TestShellcheckItself asks the program that is installed: what it prints, and
// which options it takes, is its own affair.
func TestShellcheckItself(t *testing.T) {
	program, err := exec.LookPath("shellcheck")
	if err != nil {
		t.Fatal("shellcheck is not installed; on Debian: apt-get install shellcheck (.ci/run does it)")
	}
	printed, code := lintChecked(t, filepath.Dir(program))
	if code != 0 {
		t.Errorf("exit code %d", code)
	}
	check(t, printed, []string{
		"x.md:7:13: warning: SC2045: ", "[shellcheck]\n    https://www.shellcheck.net/wiki/SC2045\n", // where it stands in the text, and what to read
		"x.md:8:9: info: $SERVICE stands without quotes", "!SC2086", // said once
		"!SC2046", "!SC2154", "!SC2148", // what the script, or lint, says is none of its affair
	})
}

// TestWithoutShellcheck says the rest all the same.
func TestWithoutShellcheck(t *testing.T) {
	printed, code := lintChecked(t, t.TempDir())
	if code != 0 {
		t.Errorf("exit code %d", code)
	}
	check(t, printed, []string{"x.md:8:9: info: $SERVICE stands without quotes", "!shellcheck", "!SC2"})
}
