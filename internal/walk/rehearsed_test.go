package walk

import (
	"testing"

	"genia.ai/bitacora/internal/event"
	"genia.ai/bitacora/runbooks"
)

// TestOnlyALiveTalkIsOne: in a rehearsal nothing prints into a terminal, so that
// nobody may be led into one.
func TestOnlyALiveTalkIsOne(t *testing.T) {
	talk := &runbooks.Action{ID: "talk", Kind: runbooks.KindShell, Effect: runbooks.EffectRead, Declared: true, Settings: runbooks.Settings{Interactive: true}}
	p := NewPlan(&runbooks.Runbook{Sequence: []*runbooks.Step{{ID: "1", Phase: runbooks.PhaseExecution, Actions: []*runbooks.Action{talk}}}})
	for mode, want := range map[string]bool{event.ModeLive: true, event.ModeRehearsal: false} {
		r := newRun(t, p, mode)
		r.do(Begin{})
		r.refused(Run{Action: "talk"}, CodeConfirmNeeded) // although it only reads
		r.do(Run{Action: "talk", Confirmed: true})
		if got := r.state.Running.Interactive; got != want {
			t.Errorf("%s: interactive = %v", mode, got)
		}
	}
}
