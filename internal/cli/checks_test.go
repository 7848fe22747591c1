package cli

import (
	"maps"
	"testing"

	"genia.ai/bitacora/internal/transcript"
	"genia.ai/bitacora/runbooks"
)

// TestATextThatIsNotAcceptedLooksUpNothingOfTheOperators: a text could put any variable
// of the operator's into the name of a host, and have it looked up at the briefing.
func TestATextThatIsNotAcceptedLooksUpNothingOfTheOperators(t *testing.T) {
	rb, err := runbooks.Parse("x.md", []byte("---\nenv: {API: \"https://api.example\", MINE: \"https://own.example\"}\n---\n# T\n\n1. a\n"))
	if err != nil {
		t.Fatal(err)
	}
	env := map[string]string{"MINE": "private-value", "XDG_STATE_HOME": t.TempDir(), "HOME": t.TempDir()}
	a := &app{clock: transcript.SystemClock{}, env: func(name string) (string, bool) { value, ok := env[name]; return value, ok }}
	p := &preparation{rb: &loaded{Runbook: rb, name: "x", path: "/r/x.md"}, env: a.authorsEnv(rb)}
	if got, want := p.lookedUp(a), map[string]string{"API": "https://api.example"}; !maps.Equal(got, want) {
		t.Errorf("not accepted: %v, want %v", got, want)
	}
	p.rb.shipped = true
	if got := p.lookedUp(a); got["MINE"] != "private-value" {
		t.Errorf("accepted: %v", got)
	}
	if p.checks(a, runFlags{dryRun: true}) != nil || p.checks(a, runFlags{sandbox: true}) != nil || p.checks(a, runFlags{}) == nil {
		t.Error("a rehearsal or a practice run looks at the machine, or a live one does not")
	}
}
