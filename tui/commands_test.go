package tui

import (
	"strings"
	"testing"

	tea "github.com/charmbracelet/bubbletea"

	"genia.ai/bitacora/internal/event"
)

func TestEveryCommandIsFoundByItsName(t *testing.T) {
	for _, lang := range []string{"es", "en"} {
		d := newDrive(t, lang, event.ModeLive, 80, 24).press("enter")
		for _, b := range bindings {
			if b.id == keyCommands {
				continue
			}
			d.press(":")
			for _, r := range string(b.id) {
				d.press(string(r))
			}
			d.see(string(b.id)).press("esc")
		}
	}
}

func TestCommandByWhatItDoesInTheLanguageOfTheScreen(t *testing.T) {
	d := newDrive(t, "es", event.ModeLive, 80, 24).press("enter", ":")
	d.press("h", "i", "t", "o").see("› milestone").press("enter").see(d.a.p.T("tui.milestone.title"))
	if rank, ok := rankOf(command{id: keyMilestone}, []string{"mlst"}); !ok || rank != 8 {
		t.Errorf("letters in their order: %d %v", rank, ok)
	}
}

func TestDisabledCommandSaysWhy(t *testing.T) {
	d := newDrive(t, "en", event.ModeLive, 80, 24).press("enter", ":")
	for _, r := range "undo" {
		d.press(string(r))
	}
	d.see("nothing to undo").press("enter").see("! "+d.a.p.T("tui.why.nothing-to-undo"), ":undo")
	d.press("esc", ":")
	for _, r := range "rehearse" {
		d.press(string(r))
	}
	d.see("not on this screen").press("esc", ":", "q", "x", "q").see("No command is called so.").press("enter", "esc")
	d.unseen("No command")
}

func TestCommandsTypedAheadDoNothing(t *testing.T) {
	d := newDrive(t, "en", event.ModeLive, 80, 24).press("enter")
	before := len(d.c.events)
	d.press(":").hammer("d", "o", "enter", "enter").see("Too soon")
	if len(d.c.events) != before {
		t.Fatalf("a burst ran a command:\n%s", d.screen())
	}
	d.press("enter").starts(0) // now it was read, but nobody saw what it would run
	if d.see("GET https://cola.example/api/alerts").press("enter"); d.recorded(event.KindActionStarted) != 1 {
		t.Fatalf("the command did nothing:\n%s", d.screen())
	}
}

func TestMouseSelectsAndScrollsButStartsNothing(t *testing.T) {
	d := newDrive(t, "en", event.ModeLive, 80, 24).press("enter")
	before := len(d.c.events)
	at := func(text string) (cell, row int) {
		for i, line := range strings.Split(d.screen(), "\n") {
			if n := strings.Index(line, text); n >= 0 {
				return width(line[:n]), i
			}
		}
		t.Fatalf("%q is not on the screen:\n%s", text, d.screen())
		return 0, 0
	}
	mouse := func(button tea.MouseButton, cell, row int) {
		d.send(tea.MouseMsg{X: cell, Y: row, Action: tea.MouseActionPress, Button: button})
	}
	cell, row := at("Anotar desde")
	mouse(tea.MouseButtonLeft, cell, row)
	d.see("›○ 2. Anotar")
	mouse(tea.MouseButtonWheelDown, 0, 5)
	d.unseen("›○ 2. Anotar")
	mouse(tea.MouseButtonWheelUp, 0, 5)
	d.see("›○ 2. Anotar")
	for row := range 24 {
		for _, cell := range []int{0, 20, 50, 79} {
			mouse(tea.MouseButtonLeft, cell, row)
			mouse(tea.MouseButtonRight, cell, row)
			d.fits()
		}
	}
	if len(d.c.events) != before || d.a.dialog != nil {
		t.Errorf("clicks recorded %d events, dialog %v", len(d.c.events)-before, d.a.dialog)
	}
}
