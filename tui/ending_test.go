package tui

import (
	"strings"
	"testing"

	"genia.ai/bitacora/internal/event"
)

// TestTextInTheWrongPlaceDoesNotEndTheRun types a shell command into the walk: its
// first letter is the key that ends a run.
func TestTextInTheWrongPlaceDoesNotEndTheRun(t *testing.T) {
	d := newDrive(t, "en", event.ModeLive, 80, 24).press("enter")
	d.hammer("e", "c", "h", "o", " ", "y", "e", "s", "enter", "enter")
	if d.recorded(event.KindRunEnded) != 0 {
		t.Fatalf("the run was ended:\n%s", d.screen())
	}
	d.press("esc", "esc")
	// Who typed on after a pause has the rest of it on a line, and ends nothing by it.
	d.press("e", "s").hammer("t", "o", "p", "enter").see("> stop", "Enter, once more, ends the run")
	if d.recorded(event.KindRunEnded) != 0 {
		t.Fatalf("the run was ended:\n%s", d.screen())
	}
	d.press("esc")
}

// TestNoKeyIsSwallowed: the summary ends the run by the key that ends it elsewhere, and of a
// key that is another screen's it is said that it does nothing.
func TestNoKeyIsSwallowed(t *testing.T) {
	d := newDrive(t, "en", event.ModeLive, 80, 24).toSummary()
	d.press("s").see("s is not for this screen: skip the current step").press("tab").see("tab is not for this screen")
	d.press("esc", "k").unseen("is not for this screen").press("e").see(d.a.p.T("tui.end.title")).press("y")
	if d.recorded(event.KindRunEnded) != 1 {
		t.Fatalf("e did not end the run:\n%s", d.screen())
	}
	d.press("e").see("only notes, to-dos and milestones can be added")
}

// TestAYesOrNoIsNoReason: who took the question of an early end for one of yes or no.
func TestAYesOrNoIsNoReason(t *testing.T) {
	for _, lang := range []string{"es", "en"} {
		for _, word := range []string{"n", "no", "N", "y", "yes", "s", "sí"} {
			d := newDrive(t, lang, event.ModeLive, 80, 24).press("enter", "e")
			title := d.a.dialog.title()
			d.see(title).write(word)
			if d.recorded(event.KindRunEnded) != 0 {
				t.Fatalf("%q ended the run:\n%s", word, d.screen())
			}
			if strings.HasPrefix(strings.ToLower(word), "n") {
				d.unseen(title)
				continue
			}
			d.see(title, d.a.p.T("refusal.reason-needed")).write("no queda nadie")
			if d.recorded(event.KindRunEnded) != 1 || d.a.run.state.Reason != "no queda nadie" {
				t.Fatalf("a reason after %q did not end the run:\n%s", word, d.screen())
			}
		}
	}
	d := newDrive(t, "en", event.ModeLive, 80, 24).press("enter", "e", "n").hammer("enter").unseen("Write why the run ends")
	d.hammer("enter", "enter").starts(0)
}

// TestAnEarlyEndIsOneQuestion: by its key and by the menu of a failure.
func TestAnEarlyEndIsOneQuestion(t *testing.T) {
	for name, ask := range map[string]func(d *drive){
		"key":  func(d *drive) { d.press("e") },
		"menu": func(d *drive) { d.press("enter", "y").ends(event.OutcomeFailed).press("8", "enter") },
	} {
		d := newDrive(t, "en", event.ModeLive, 80, 24).toExecution()
		ask(d)
		d.see("Write why the run ends before its last step", "> ", "enter end the run")
		d.press("enter").see("A reason is needed").write("handed to the vendor")
		if d.recorded(event.KindRunEnded) != 1 || d.a.run.state.Reason != "handed to the vendor" {
			t.Fatalf("%s: one question did not end the run:\n%s", name, d.screen())
		}
	}
}
