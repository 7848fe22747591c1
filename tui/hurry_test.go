package tui

import (
	"testing"

	tea "github.com/charmbracelet/bubbletea"

	"genia.ai/bitacora/internal/event"
)

// TestKeysTypedAheadAreNoReason types a sentence into the walk, where its first letter
// asks for the reason to skip or to accept the step: the rest of it is none.
func TestKeysTypedAheadAreNoReason(t *testing.T) {
	for _, first := range []string{"s", "a"} {
		d := newDrive(t, "en", event.ModeLive, 80, 24).press("enter")
		d.press(first)
		d.hammer("u", "d", "o", " ", "s", "u", "enter", "enter").see("Too soon")
		if d.recorded(event.KindStepSkipped)+d.recorded(event.KindStepAccepted) != 0 {
			t.Fatalf("%s: what was typed ahead became a reason:\n%s", first, d.screen())
		}
		d.press("n").hammer("o", " ", "n", "e", "e", "d").see("> no need").press("enter")
		if d.recorded(event.KindStepSkipped)+d.recorded(event.KindStepAccepted) != 1 {
			t.Fatalf("%s: a reason that was meant is not taken:\n%s", first, d.screen())
		}
	}
}

// TestHeldEnterDecidesNothing: a decision that steers the walk is not made, without a
// reason, by a key that is held down.
func TestHeldEnterDecidesNothing(t *testing.T) {
	d := newDrive(t, "en", event.ModeLive, 80, 24)
	d.press("enter", "enter").ends(event.OutcomeOK).press("enter", "enter", "enter").see("enter choose")
	for range 30 {
		d.hammer("enter")
	}
	if d.recorded(event.KindChoiceMade) != 0 {
		t.Fatalf("a held key decided:\n%s", d.screen())
	}
	d.press("enter").hammer("enter", "enter")
	if d.recorded(event.KindChoiceMade) != 0 {
		t.Fatalf("a double press decided without a reason:\n%s", d.screen())
	}
	d.press("enter")
	if d.recorded(event.KindChoiceMade) != 1 {
		t.Fatalf("a decision that was meant is not taken:\n%s", d.screen())
	}
}

// TestPastedReasonIsMeant: who pastes has read the question.
func TestPastedReasonIsMeant(t *testing.T) {
	d := newDrive(t, "en", event.ModeLive, 80, 24).press("enter", "s")
	d.hammer().send(tea.KeyMsg{Type: tea.KeyRunes, Runes: []rune("out of order"), Paste: true})
	d.see("> out of order").press("enter")
	if d.recorded(event.KindStepSkipped) != 1 {
		t.Fatalf("a pasted reason is not taken:\n%s", d.screen())
	}
}

// TestBareEscapeChangesNothing: over a slow link an arrow key may still come apart, and
// its first piece is an Esc. It closes what is open and never records or leaves.
func TestBareEscapeChangesNothing(t *testing.T) {
	for _, scene := range scenes {
		d := newDrive(t, "en", scene.mode, 80, 24)
		scene.play(d)
		before := len(d.c.events)
		d.press("esc", "esc", "esc")
		if len(d.c.events) != before || d.a.quitting {
			t.Errorf("%s: esc recorded %d events, left: %v", scene.name, len(d.c.events)-before, d.a.quitting)
		}
	}
}
