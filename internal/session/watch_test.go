package session

import (
	"context"
	"testing"

	"genia.ai/bitacora/actions"
	"genia.ai/bitacora/internal/event"
	"genia.ai/bitacora/internal/transcript"
	"genia.ai/bitacora/internal/walk"
)

// TestOnlyTheOperatorAndTheTimeEndAWatchWell: a server that ends stops a watch too,
// but nobody meant that, and a block that is to end is no watch.
func TestOnlyTheOperatorAndTheTimeEndAWatchWell(t *testing.T) {
	for name, test := range map[string]struct {
		endless       bool
		end           func(f *fixture)
		result        actions.Outcome
		want, stopped string
	}{
		"stopped": {true, func(f *fixture) { f.do(walk.Cancel{Action: "act"}) }, actions.OutcomeCancelled, event.OutcomeOK, event.StoppedByOperator},
		"halted": {true, func(f *fixture) {
			if err := f.Halt("the run server was told to end"); err != nil {
				f.t.Error(err)
			}
		}, actions.OutcomeCancelled, event.OutcomeCancelled, ""},
		"not endless": {false, func(f *fixture) { f.do(walk.Cancel{Action: "act"}) }, actions.OutcomeCancelled, event.OutcomeCancelled, ""},
		"time over":   {true, func(*fixture) {}, actions.OutcomeTimeout, event.OutcomeOK, event.StoppedByTimeout},
		"late":        {false, func(*fixture) {}, actions.OutcomeTimeout, event.OutcomeTimeout, ""},
		"failed":      {true, func(*fixture) {}, actions.OutcomeFailed, event.OutcomeFailed, ""},
	} {
		t.Run(name, func(t *testing.T) {
			f := open(t, transcript.OS{}, func(ctx context.Context, _ actions.Request, _ actions.Sink) actions.Result {
				if test.result == actions.OutcomeCancelled {
					<-ctx.Done()
				}
				return actions.Result{Outcome: test.result, Reason: "it was so"}
			})
			f.begin()
			f.action("act").Endless = test.endless
			at, err := f.Attach(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			defer at.Feed.Close()
			f.do(walk.Run{Action: "act"})
			test.end(f)
			until(t, at.Feed, event.KindActionEnded)
			if ending := f.State().Action("act").Ending; ending.Outcome != test.want || ending.Stopped != test.stopped {
				t.Errorf("ending = %+v", ending)
			}
		})
	}
}
