package actions

import (
	"slices"
	"testing"

	"genia.ai/bitacora/runbooks"
)

// TestWhatIsAnActionHasAnInterpreter compares the languages that make a block an
// action with those that can be run: a block that is offered and then refused is
// found out during an incident.
func TestWhatIsAnActionHasAnInterpreter(t *testing.T) {
	for _, lang := range []string{
		"sh", "bash", "zsh", "ksh", "dash", "shell", "console", "command", "terminal", "shell-session", "shellsession", "shellscript",
		"azurecli", "azurecli-interactive", "python", "python3", "py", "ruby", "rb", "perl", "node", "javascript", "js", "php",
	} {
		rb, err := runbooks.Parse("x.md", []byte("# T\n\n## Fix\n\n```"+lang+" {name=a}\necho 1\n```\n"))
		if err != nil {
			t.Fatal(err)
		}
		a, ok := rb.Action("a")
		if a == nil || a.Kind != runbooks.KindShell {
			t.Errorf("%s: the block is no action (%v)", lang, ok)
			continue
		}
		if _, err := interpreterOf(a.Lang); err != nil {
			t.Errorf("%s: %v", lang, err)
		}
	}
}

// TestLintKnowsWhichInterpretersAreRefused: what it says nothing of can be run, and what
// it warns of is refused, not run by another one.
func TestLintKnowsWhichInterpretersAreRefused(t *testing.T) {
	for _, command := range []string{"bash", "sh", "zsh", "ksh", "dash", "fish", "python3", "python", "ruby", "perl", "node", "nodejs", "php", "lua", "env -S bash", "sudo bash", "env X=Y bash", "env -i bash", "bash -n", "awk", "python3.12"} {
		rb, err := runbooks.Parse("x.md", []byte("# T\n\n## Fix\n\n```sh {name=a interpreter=\""+command+"\"}\necho 1\n```\n"))
		if err != nil {
			t.Fatal(err)
		}
		warned := slices.ContainsFunc(rb.Diagnostics, func(d runbooks.Diagnostic) bool { return d.Code == "interpreter" })
		a, _ := rb.Action("a")
		if _, err := interpreterOf(a.Settings.Interpreter); (err != nil) != warned {
			t.Errorf("%s: warned of: %t, run: %v", command, warned, err)
		}
	}
}
