package plain

import (
	"slices"
	"strings"
	"testing"

	"genia.ai/bitacora/internal/event"
	"genia.ai/bitacora/internal/session/sessiontest"
	"genia.ai/bitacora/internal/walk"
)

// twice starts a run in which two actions can be undone.
func twice(t *testing.T, attempts map[string][]sessiontest.Attempt) *sessiontest.Session {
	t.Helper()
	rb := sessiontest.Runbook()
	for _, step := range rb.Sequence {
		if step.ID == "3.2" {
			step.Actions[0].Settings.Undo = "enable"
		}
	}
	fake := sessiontest.New(walk.NewPlan(rb), captured(attempts))
	if err := fake.Start(t.Context(), event.ModeLive); err != nil {
		t.Fatal(err)
	}
	return fake
}

func undone(events []event.Event) []string {
	var all []string
	for _, ev := range of(events, event.KindUndoDone) {
		all = append(all, ev.Data.(event.UndoDone).Action)
	}
	return all
}

func TestUndoAllRunsTheStackInReverse(t *testing.T) {
	lines := slices.Concat(connector()[:13], []string{"undo", "*", "y", "y", "undo", "leave"})
	got := talkTo(t, twice(t, nil), nil, lines...)
	if want := []string{"3.2/1", "3.1/1"}; !slices.Equal(undone(got.events), want) {
		t.Fatalf("undone %v\n%s", undone(got.events), got.out)
	}
	got.must(t, "  1. checkout, by enable", "  2. disable, by enable", "  3. all of them, the last first (*)", "There is nothing to undo.")
	// Each is shown before it is asked for; what stands above unchanged is named.
	for _, shown := range []string{`$ curl -X POST "$API/on/$connector"`, "Action enable (changes), exactly as shown above."} {
		if n := strings.Count(got.out, shown); n != 1 {
			t.Errorf("%q was shown %d times:\n%s", shown, n, got.out)
		}
	}
}

func TestUndoAllStops(t *testing.T) {
	for name, lines := range map[string][]string{"at a no": {"undo", "*", "n", "leave"}, "at a failure": {"undo", "*", "y", "leave"}} {
		got := talkTo(t, twice(t, map[string][]sessiontest.Attempt{"enable": {{Ending: event.Ending{Outcome: event.OutcomeFailed, Reason: "it broke"}}}}), nil,
			slices.Concat(connector()[:13], lines)...)
		if all := undone(got.events); len(all) != 0 {
			t.Errorf("%s: undone %v\n%s", name, all, got.out)
		}
		got.must(t, "It stops here; 2 can still be undone.")
	}
}

// TestUndoIsOfferedAfterAFailureAndAtTheEnd: the menu has it, and the end names
// what is left.
func TestUndoIsOfferedAfterAFailureAndAtTheEnd(t *testing.T) {
	fails := map[string][]sessiontest.Attempt{"checkout": {{Ending: event.Ending{Outcome: event.OutcomeFailed, Reason: "it broke"}}}}
	got := talkTo(t, twice(t, fails), nil, slices.Concat(connector()[:12], []string{"6", "1", "y", "leave"})...)
	if want := []string{"3.1/1"}; !slices.Equal(undone(got.events), want) {
		t.Fatalf("undone %v\n%s", undone(got.events), got.out)
	}
	got.must(t, "6. undo an earlier action")

	end := slices.Concat(connector()[:17], []string{"skip not yet", "", "undo", "*", "y", "y", ""})
	got = talkTo(t, twice(t, nil), nil, end...)
	got.must(t, "Can still be undone, with undo: checkout, disable.")
	if want := []string{"3.2/1", "3.1/1"}; !slices.Equal(undone(got.events), want) || got.result.Outcome == "" {
		t.Fatalf("undone %v, %+v\n%s", undone(got.events), got.result, got.out)
	}
}
