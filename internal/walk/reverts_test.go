package walk

import (
	"slices"
	"testing"

	"genia.ai/bitacora/internal/event"
	"genia.ai/bitacora/runbooks"
)

// besides is a plan whose first step holds these actions, each with the one that
// reverts it, and whose second one holds one due after "back".
func besides(undo ...[2]string) *Plan {
	act := func(id string, settings runbooks.Settings) *runbooks.Action {
		return &runbooks.Action{ID: id, Name: id, Kind: runbooks.KindShell, Effect: runbooks.EffectWrite, Declared: true, Settings: settings}
	}
	first := &runbooks.Step{ID: "1", Phase: runbooks.PhaseExecution}
	for _, pair := range undo {
		first.Actions = append(first.Actions, act(pair[0], runbooks.Settings{Undo: pair[1]}))
	}
	return NewPlan(&runbooks.Runbook{Sequence: []*runbooks.Step{
		first,
		{ID: "2", Phase: runbooks.PhaseExecution, Actions: []*runbooks.Action{act("check", runbooks.Settings{After: "back"})}},
	}})
}

// TestWhatRevertsIsNotWalkedBesideWhatItReverts: a step that says how to go back
// does not go back by itself.
func TestWhatRevertsIsNotWalkedBesideWhatItReverts(t *testing.T) {
	for name, undo := range map[string][][2]string{
		"below":      {{"restart", "back"}, {"back", ""}},
		"above":      {{"back", ""}, {"restart", "back"}},
		"each other": {{"restart", "back"}, {"back", "restart"}},
	} {
		t.Run(name, func(t *testing.T) {
			r := newRun(t, besides(undo...), event.ModeLive)
			r.do(Begin{})
			if next := r.state.NextAction(); next == nil || next.ID != "restart" {
				t.Fatalf("next is %+v", next)
			}
			r.refused(Run{Action: "back", Confirmed: true}, CodeNotDue)
			r.succeed("restart")
			if next := r.state.NextAction(); next != nil {
				t.Fatalf("%s is walked", next.ID)
			}
			if got := r.state.Undoable(); !slices.Equal(got, []UndoEntry{{Action: "restart", Undo: "back"}}) {
				t.Fatalf("undoable = %v", got)
			}
			r.do(Undo{Action: "restart", Run: Run{Confirmed: true}})
			r.ends("back", event.OutcomeOK)
			if len(r.state.Undoable()) != 0 {
				t.Error("nothing was undone")
			}
			r.do(Done{Step: "1"})
			r.at("2")
			r.do(Done{Step: "2"}) // nothing waits for what is no part of the way
			if !r.state.Complete() {
				t.Error("the walk waits")
			}
		})
	}
}

// TestInversesAreKeptInOrder: one can be run before those that were pushed after it,
// and a state from before knows all of them still.
func TestInversesAreKeptInOrder(t *testing.T) {
	r := newRun(t, besides([2]string{"a", "-a"}, [2]string{"-a", ""}, [2]string{"b", "-b"}, [2]string{"-b", ""}, [2]string{"c", "-c"}, [2]string{"-c", ""}), event.ModeLive)
	r.do(Begin{})
	for _, action := range []string{"a", "b", "c"} {
		r.succeed(action)
	}
	before := r.state
	r.do(Undo{Action: "b", Run: Run{Confirmed: true}})
	r.ends("-b", event.OutcomeOK)
	r.succeed("a") // again: now it is the last one
	if got := r.state.Undoable(); !slices.Equal(got, []UndoEntry{{"a", "-a"}, {"c", "-c"}}) {
		t.Errorf("undoable = %v", got)
	}
	if got := before.Undoable(); !slices.Equal(got, []UndoEntry{{"c", "-c"}, {"b", "-b"}, {"a", "-a"}}) {
		t.Errorf("before, undoable was %v", got)
	}
	r.refused(Undo{Action: "b", Run: Run{Confirmed: true}}, CodeNothingToUndo)
}
