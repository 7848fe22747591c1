package tui

import (
	"context"
	"testing"

	tea "github.com/charmbracelet/bubbletea"

	"genia.ai/bitacora/internal/event"
	"genia.ai/bitacora/internal/session"
)

func TestBriefingShowsWhatWasFoundOut(t *testing.T) {
	d := &drive{t: t, now: morning()}
	d.c = newFakeClient(queueRunbook(), event.ModeLive, morning)
	asked := 0
	d.begin(Options{Client: d.c, Printer: printer(t, "es"), Checks: func(context.Context) []session.Check {
		asked++
		return []session.Check{
			{Kind: session.CheckHost, Name: "api.example", State: session.CheckGood},
			{Kind: session.CheckHost, Name: "gone.example", State: session.CheckBad},
			{Kind: session.CheckTree, Name: "/srv/x", State: session.CheckBad, Count: 3},
			{Kind: session.CheckHost, Name: "db1", State: session.CheckUnknown, Why: "resolver"},
		}
	}}, 120, 60)
	d.send(tea.WindowSizeMsg{Width: 120, Height: 60})
	if asked != 1 {
		t.Fatalf("looked %d times", asked)
	}
	d.see("Esta máquina", "api.example tiene dirección", "gone.example: ese nombre no existe", "/srv/x: ficheros sin confirmar: 3", "db1: no se sabe (el servidor de nombres no responde)")
}

func TestTheBriefingDoesNotWaitForTheLook(t *testing.T) {
	d := newDrive(t, "en", event.ModeLive, 80, 40).unseen("This machine")
	cmd := d.a.check(func(context.Context) []session.Check { return nil })
	d.a.draw()
	d.see("This machine", "looking …")
	d.run(cmd)
	d.unseen("This machine")
}
