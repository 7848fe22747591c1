package plain

import (
	"strings"
	"testing"

	"genia.ai/bitacora/internal/event"
	"genia.ai/bitacora/internal/session/sessiontest"
	"genia.ai/bitacora/internal/walk"
	"genia.ai/bitacora/runbooks"
)

// runText starts a run of a runbook given as text.
func runText(t *testing.T, text, mode string) *sessiontest.Session {
	t.Helper()
	rb, err := runbooks.Parse("r.md", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	fake := sessiontest.New(walk.NewPlan(rb), sessiontest.Options{})
	if err := fake.Start(t.Context(), mode); err != nil {
		t.Fatal(err)
	}
	return fake
}

func TestWhatOnlySeemsToReadIsAskedAbout(t *testing.T) {
	const undeclared = "# Look\n\n1. Look\n\n```sh\nls\n```\n"
	for _, mode := range []string{event.ModeLive, event.ModeRehearsal} {
		got := talkTo(t, runText(t, undeclared, mode), nil, "", "", "", "y")
		got.must(t, "It seems only to read, but the runbook does not say so.", "Run exactly this?", "Not run.")
		if n := len(of(got.events, event.KindActionStarted)); n != 1 {
			t.Errorf("%s: started %d times", mode, n)
		}
		got = talkTo(t, runText(t, undeclared, mode), nil, "", "")
		if n := len(of(got.events, event.KindActionStarted)); n != 0 {
			t.Errorf("%s: Enter alone ran it", mode)
		}
	}
	got := talkTo(t, runText(t, undeclared+"\n```sh {effect=write}\ntrue\n```\n", event.ModeLive), nil, "", "")
	got.must(t, "Enter runs it")
	if n := len(of(got.events, event.KindActionStarted)); n != 1 || strings.Contains(got.out, "seems") {
		t.Errorf("a read of a runbook that declares effects: started %d times\n%s", n, got.out)
	}
}

func TestWhatLooksDestructiveNeedsItsTargetTyped(t *testing.T) {
	const undeclared = "# Clean\n\n1. Clean\n\n```sh {name=clean}\nrm -rf old\n```\n"
	for _, mode := range []string{event.ModeLive, event.ModeRehearsal} {
		got := talkTo(t, runText(t, undeclared, mode), nil, "", "sure", "clean")
		got.must(t, "rm -r cannot be taken back, and the runbook does not say so.", "Type clean to run it", "Not understood")
		if n := len(of(got.events, event.KindActionStarted)); n != 1 {
			t.Errorf("%s: started %d times", mode, n)
		}
		got = talkTo(t, runText(t, undeclared, mode), nil, "", "y", "yes", "")
		if n := len(of(got.events, event.KindActionStarted)); n != 0 {
			t.Errorf("%s: a yes was enough", mode)
		}
	}
	got := talkTo(t, runText(t, "# Clean\n\n1. Clean\n\n```sh {name=clean}\necho one\n# or\nrm -rf old\n```\n", event.ModeLive), nil, "", "2", "clean")
	if got.must(t, "rm -r cannot be taken back"); len(of(got.events, event.KindActionStarted)) != 1 {
		t.Errorf("the alternative did not run:\n%s", got.out)
	}
}
