package cli

import (
	"maps"
	"slices"
	"testing"

	"genia.ai/bitacora/internal/event"
	"genia.ai/bitacora/internal/redact"
	"genia.ai/bitacora/internal/walk"
	"genia.ai/bitacora/runbooks"
)

// TestVariablesOutliveAFailedWrite loses a server that had gone on in a new epoch
// after a failed write: its variables are lost only now, and are told once.
func TestVariablesOutliveAFailedWrite(t *testing.T) {
	rb, err := runbooks.Parse("t.md", []byte("# T\n\n## Execution\n\n1. One\n\n   ```sh {name=act}\n   A=1\n   ```\n"))
	if err != nil {
		t.Fatal(err)
	}
	events := []event.Event{
		{Data: event.ActionEnded{Action: "act", Ending: event.Ending{Outcome: event.OutcomeOK, Vars: []string{"A"}}}},
		{Data: event.Recovered{Lost: []event.LostVars{}}},
	}
	lost := lostVars(walk.NewPlan(rb), events)
	if len(lost) != 1 || !slices.Equal(lost[0].Names, []string{"A"}) {
		t.Fatalf("lost = %+v", lost)
	}
	for _, told := range []event.Data{event.Recovered{Lost: lost}, event.Superseded{Lost: lost}, event.RunResumed{Lost: lost}} {
		if again := lostVars(walk.NewPlan(rb), append(events[:2:2], event.Event{Data: told})); len(again) != 0 {
			t.Errorf("after %s: told again: %+v", told.Kind(), again)
		}
	}
}

func TestWhatGoesOnKeepsItsEnv(t *testing.T) {
	p := &preparation{env: map[string]string{"DB": "other", "URL": "https://now", "NEW": "x"}}
	p.keepEnv(map[string]string{"DB": "prod", "URL": "https://" + redact.Mask("TOKEN") + "@host"})
	if want := map[string]string{"DB": "prod", "URL": "https://now", "NEW": "x"}; !maps.Equal(p.env, want) {
		t.Errorf("the env is %v, want %v", p.env, want)
	}
}
