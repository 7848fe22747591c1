package walk

import (
	"slices"
	"testing"

	"genia.ai/bitacora/internal/event"
	"genia.ai/bitacora/runbooks"
)

func TestOneAlternativeMustBePicked(t *testing.T) {
	fix := &runbooks.Action{ID: "fix", Kind: runbooks.KindShell, Effect: runbooks.EffectWrite, Declared: true, Code: "a\n# or\ntail -f b\n",
		Alternatives: []runbooks.Alternative{{Line: 1, Code: "a\n"}, {Line: 3, Code: "tail -f b\n", Endless: true}}}
	p := NewPlan(&runbooks.Runbook{Sequence: []*runbooks.Step{{ID: "1", Phase: runbooks.PhaseExecution, Actions: []*runbooks.Action{fix}}}})
	r := newRun(t, p, event.ModeLive)
	r.do(Begin{})
	for _, n := range []int{0, 3, -1} {
		if got := r.refused(Run{Action: "fix", Confirmed: true, Alternative: n}, CodePickNeeded); !slices.Equal(got.Names, []string{"1", "2"}) {
			t.Errorf("names = %v", got.Names)
		}
	}
	r.refused(Run{Action: "fix", Alternative: 2}, CodeConfirmNeeded)
	r.do(Run{Action: "fix", Alternative: 2, Confirmed: true})
	started := r.events[len(r.events)-1].Data.(event.ActionStarted)
	if started.Alternative != 2 || !started.Endless || !r.state.Running.Endless {
		t.Errorf("started: %+v", started)
	}
	for id, want := range map[string]string{"fix": fix.Code, "fix#1": "a\n", "fix#2": "tail -f b\n"} {
		if part := p.Part(id); part == nil || part.Code != want {
			t.Errorf("%s: %+v", id, part)
		}
	}
	for _, id := range []string{"fix#0", "fix#3", "fix#x", "#1", "other#1"} {
		if part := p.Part(id); part != nil {
			t.Errorf("%s: %+v", id, part)
		}
	}
	if PartID("fix", 0) != "fix" || PartID("fix", 2) != "fix#2" {
		t.Error(PartID("fix", 2))
	}
}

func TestActionWithoutAlternativesTakesNone(t *testing.T) {
	r := newRun(t, plan(), event.ModeLive)
	r.do(Begin{})
	r.refused(Run{Action: "look", Alternative: 1}, CodePickNeeded)
}
