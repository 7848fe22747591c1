package actions

import (
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
