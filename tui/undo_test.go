package tui

import (
	"slices"
	"testing"
	"time"

	"genia.ai/bitacora/internal/event"
	"genia.ai/bitacora/internal/walk"
	"genia.ai/bitacora/runbooks"
)

// twice is a walk in which two actions can be undone, up to the step after them.
func twice(t *testing.T) *drive {
	rb := queueRunbook()
	rb.Sequence[3].Actions[1].Settings.Undo = "restore"
	rb.Sequence[4].Actions = append(rb.Sequence[4].Actions, &runbooks.Action{
		ID: "restore", Name: "restore", Kind: runbooks.KindShell, Effect: runbooks.EffectWrite, Declared: true, Lang: "sh", Code: "colactl restore {{queue}}\n", Uses: []string{"queue"},
	})
	d := &drive{t: t, now: morning()}
	d.c = newFakeClient(rb, event.ModeLive, func() time.Time { return d.now })
	d.begin(Options{Client: d.c, Printer: printer(t, "es")}, 80, 24)
	d.toExecution()
	d.press("enter", "y").ends(event.OutcomeOK)
	d.press("enter").write("pedidos").ends(event.OutcomeOK)
	if got := len(d.c.state.Undoable()); got != 2 {
		t.Fatalf("%d actions can be undone:\n%s", got, d.screen())
	}
	return d
}

func undone(d *drive) []string {
	var all []string
	for _, ev := range d.c.events {
		if done, ok := ev.Data.(event.UndoDone); ok {
			all = append(all, done.Action)
		}
	}
	return all
}

func TestUndoAllRunsTheStackInReverse(t *testing.T) {
	d := twice(t)
	d.press("u").see("restore (deshace purge)", "start (deshace stop)", "Todas, la última primero")
	d.press("j", "j", "enter").see("colactl restore").press("y").ends(event.OutcomeOK)
	// The next one is shown and waits for its own yes; keys typed ahead do not give it.
	d.see("systemctl start").hammer("y")
	if d.c.state.Running != nil {
		t.Fatal("a key typed ahead started it")
	}
	d.press("y").ends(event.OutcomeOK)
	if got := undone(d); !slices.Equal(got, []string{"purge", "stop"}) || d.a.dialog != nil {
		t.Fatalf("undone %v:\n%s", got, d.screen())
	}
}

func TestUndoAllGoesOnWhenTheEndComesBeforeTheAnswer(t *testing.T) {
	d := twice(t)
	d.c.instant, d.fast = event.OutcomeOK, true
	d.press("u", "j", "j", "enter").see("colactl restore").press("y").see("systemctl start").press("y")
	if got := undone(d); !slices.Equal(got, []string{"purge", "stop"}) || d.a.dialog != nil {
		t.Fatalf("undone %v:\n%s", got, d.screen())
	}
}

func TestUndoAllStopsAtAFailure(t *testing.T) {
	d := twice(t)
	d.press("u", "j", "j", "enter", "y").ends(event.OutcomeFailed)
	d.see("purge no se deshizo")
	if got := undone(d); len(got) != 0 || d.a.dialog != nil || len(d.c.state.Undoable()) != 2 {
		t.Fatalf("undone %v:\n%s", got, d.screen())
	}
	// Undone alone later, it leads to nothing else.
	d.press("u", "enter", "y").ends(event.OutcomeOK)
	if got := undone(d); !slices.Equal(got, []string{"purge"}) || d.a.dialog != nil {
		t.Fatalf("undone %v:\n%s", got, d.screen())
	}
}

func TestUndoAllLeavesADialogAlone(t *testing.T) {
	d := twice(t)
	d.press("u", "j", "j", "enter", "y").press("n")
	d.ends(event.OutcomeOK).see("sigue cuando quieras")
	d.write("un apunte")
	if d.recorded(event.KindNote) != 1 || len(d.c.state.Undoable()) != 1 {
		t.Fatalf("the note was lost:\n%s", d.screen())
	}
}

// TestUndoFromTheFailureMenuAndTheEnd: both offer what can be undone.
func TestUndoFromTheFailureMenuAndTheEnd(t *testing.T) {
	d := newDrive(t, "es", event.ModeLive, 80, 24).toExecution()
	d.press("enter", "y").ends(event.OutcomeOK)
	d.press("enter").write("pedidos").ends(event.OutcomeFailed)
	d.press("j", "j", "j", "j", "j", "enter").see("start (deshace stop)").press("enter").see("systemctl start").press("y").ends(event.OutcomeOK)
	if got := undone(d); !slices.Equal(got, []string{"stop"}) {
		t.Fatalf("undone %v:\n%s", got, d.screen())
	}
	if d.c.state.Status != walk.StatusWalking {
		t.Errorf("status %s", d.c.state.Status)
	}
}

func TestUndoAtTheEnd(t *testing.T) {
	d := newDrive(t, "es", event.ModeLive, 100, 40).toSummary()
	d.see("Queda por deshacer", "start (deshace stop)").press("u", "enter").see("systemctl start").press("y").ends(event.OutcomeOK)
	if got := undone(d); !slices.Equal(got, []string{"stop"}) {
		t.Fatalf("undone %v:\n%s", got, d.screen())
	}
}
