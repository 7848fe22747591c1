package walk

import (
	"slices"
	"testing"

	"genia.ai/bitacora/internal/event"
)

func TestLeftoversAreCountedBesideTheOutcome(t *testing.T) {
	r := newRun(t, plan(), event.ModeLive)
	if left := r.state.Leftovers(); len(left) != 0 {
		t.Errorf("a fresh run leaves %v", left)
	}
	r.do(SetParam{Name: "service", Value: "web"})
	r.decided("a")
	r.succeed("stop")
	r.do(WriteTodo{ID: "todo-1", Text: "tell legal"})
	r.do(WriteTodo{ID: "todo-2", Text: "tell support"})
	r.do(WriteTodo{ID: "todo-3", Text: "tell nobody"})
	r.do(WriteTodo{ID: "todo-3", Text: "tell nobody", Done: true})
	r.do(End{Reason: "the rest is for tomorrow"})
	want := []Leftover{{LeftoverUndo, 1}, {LeftoverTodo, 2}}
	if left := r.state.Leftovers(); !slices.Equal(left, want) {
		t.Errorf("left %v, want %v", left, want)
	}
	if r.state.Outcome != event.RunStopped {
		t.Errorf("the outcome is %s", r.state.Outcome)
	}
}

func TestARehearsalLeavesNothingToUndo(t *testing.T) {
	r := newRun(t, plan(), event.ModeRehearsal)
	r.do(SetParam{Name: "service", Value: "web"})
	r.decided("a")
	r.succeed("stop")
	r.do(WriteTodo{ID: "todo-1", Text: "tell legal"})
	if left, want := r.state.Leftovers(), []Leftover{{LeftoverTodo, 1}}; !slices.Equal(left, want) || len(r.state.Undoable()) != 1 {
		t.Errorf("left %v, want %v; to undo %v", left, want, r.state.Undoable())
	}
}
