package session

import (
	"context"
	"testing"

	"genia.ai/bitacora/actions"
	"genia.ai/bitacora/internal/event"
	"genia.ai/bitacora/internal/transcript"
	"genia.ai/bitacora/internal/walk"
	"genia.ai/bitacora/runbooks"
)

// TestExecutorsKnowWhatIsAskedAbout: they say where an action lands, of a read too
// when it has to be confirmed.
func TestExecutorsKnowWhatIsAskedAbout(t *testing.T) {
	for declared, asked := range map[bool]bool{true: false, false: true} {
		plan := walk.NewPlan(&runbooks.Runbook{Sequence: []*runbooks.Step{{ID: "1", Actions: []*runbooks.Action{
			{ID: "look", Kind: runbooks.KindShell, Code: "ls", Effect: runbooks.EffectRead, Declared: declared},
		}}}})
		got := make(chan bool, 1)
		f := openPlan(t, transcript.OS{}, plan, func(_ context.Context, req actions.Request, _ actions.Sink) actions.Result {
			got <- req.Asked
			return actions.Result{Outcome: actions.OutcomeOK}
		})
		f.do(walk.Start{RunStarted: event.RunStarted{Run: "r", Mode: event.ModeLive, Operator: "ana"}})
		f.do(walk.Begin{})
		f.do(walk.Run{Action: "look", Confirmed: true})
		if <-got != asked {
			t.Errorf("declared %t: the executor was told %t", declared, !asked)
		}
		if err := f.Close(); err != nil {
			t.Error(err)
		}
	}
}
