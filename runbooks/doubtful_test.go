package runbooks

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// TestNothingThatRunsIsTakenToRead gives scripts to bash that hide a command from the
// parser of shells: bash runs it, so none of them may count as one that only reads.
func TestNothingThatRunsIsTakenToRead(t *testing.T) {
	for _, script := range []string{
		"[[ a == @($(RUN)) ]]", "[[ a == !(x|`RUN`) ]]",
		"ls \"${x:-'$(RUN)'}\"", "ls \"${x:-'`RUN`'}\"", "cat <<E\n${x:-'$(RUN)'}\nE", "ls \"${x:-$'$(RUN)'}\"", "cat <<<\"${x:-'$(RUN)'}\"",
		"ls `ls '`; RUN; `'`", "ls \"`ls '`\"; RUN; ls \"`'`\"",
		"ls \"$\\\n(RUN)\"", "cat <<E\n$\\\n(RUN)\nE",
		"cat <<EO\nE\\\nO\nRUN\nEO", "cat <<E\nE\\\n\nRUN\nE", "cat <<E\n\\\nE\nRUN\ncat <<\\cat\nE\ncat",
		"cat <<\"\\$E\"\n$E\nRUN\ncat <<\\cat\n\\$E\ncat", "cat <<\"a\\\"b\"\na\"b\nRUN\ncat <<\\cat\na\\\"b\ncat",
		"A=$(cat <<E\nx\nE)\nRUN\ncat <<'cat'\nE\n)\ncat",
		"cat <<E\n${x:-\nE\nRUN\ncat <<'cat'\n}\nE\ncat", "cat <<E\n${x:-'}\nE\nRUN\ncat <<E\n'}\nE",
		"ls \\\r\nRUN", "OPTIND='a[$(RUN)]'", "export OPTIND='a[$(RUN)]'", "X='a[$(RUN)]'; OPTIND=$X", "for RANDOM in 'a[$(RUN)]'; do ls; done", "SRANDOM='a[$(RUN)]'", "HISTCMD='a[$(RUN)]'",
		"A=$(ls \"$HOME\"#x; RUN\n)", "(ls ''#; RUN\n)", "ls C:\\\\ # what's on it\nRUN\nls # it's", "(ls a\\\\\t# \"\nRUN\nls) # \"",
	} {
		mark := filepath.Join(t.TempDir(), "ran")
		code := strings.ReplaceAll(script, "RUN", "touch "+mark) + "\n"
		if s := newShellReader().read(code); s.harmless {
			t.Errorf("%q is taken to read", script)
		}
		run := exec.Command("bash", "-c", code)
		run.Dir = t.TempDir()
		_ = run.Run() // whether it succeeds is of no interest
		if _, err := os.Stat(mark); err != nil {
			t.Errorf("bash does not run it: %q", script)
		}
	}
}

// TestWhatHidesNothingIsTakenToRead keeps the doubts from growing.
func TestWhatHidesNothingIsTakenToRead(t *testing.T) {
	for _, code := range []string{
		"cat <<E\nplain $X\nE\n", "cat <<'E'\nx\\\n$(x)\nE\n", "cat <<-\"E\"\n\tx\n\tE\nls\n", "[[ a == x* ]] && ls\n", "ls \"${x:-y}\" ${x%%/*}\n",
		"ls `cat \"x\"` 'it''s'\n", "ls C:\\\\ # what is on it\nls\n", "ls \\\n  # x\n", "echo $'a'\n", "A=$(kubectl get pods)\necho \"$A\"#x\n",
	} {
		if s := newShellReader().read(code); !s.harmless {
			t.Errorf("%q is not taken to read", code)
		}
	}
}
