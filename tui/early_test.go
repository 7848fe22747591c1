package tui

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	tea "github.com/charmbracelet/bubbletea"

	"genia.ai/bitacora/internal/event"
	"genia.ai/bitacora/internal/session"
)

// newEarly draws the first frame of a run that start opens.
func newEarly(t *testing.T, start func(context.Context) (Opened, error)) *drive {
	t.Helper()
	d := &drive{t: t, now: morning()}
	d.c = newFakeClient(queueRunbook(), event.ModeLive, func() time.Time { return d.now })
	at, err := d.c.Attach(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	d.a = newApp(t.Context(), Options{
		Printer: printer(t, "en"), Now: func() time.Time { return d.now }, Location: time.UTC, Getenv: func(string) string { return "" },
		Early: &session.Attachment{Plan: at.Plan, Events: at.Events, Briefing: at.Briefing}, Start: start,
	}.withDefaults())
	d.a.listen = func(session.Feed) tea.Cmd { return nil }
	d.a.prepare(t.Context(), 80, 24)
	return d
}

// TestEarlyBriefingIsReadAndNothingElse: until the run is there its briefing can be
// read, nothing is called saved, and no key does anything to the run.
func TestEarlyBriefingIsReadAndNothingElse(t *testing.T) {
	var d *drive
	d = newEarly(t, func(context.Context) (Opened, error) { return Opened{Client: d.c}, nil })
	d.see("opening…", queueRunbook().Title)
	if screen := d.screen(); strings.Contains(screen, "saved") || strings.Contains(screen, "begin") {
		t.Fatalf("a run that is not there is called saved, or can be begun:\n%s", screen)
	}
	for _, key := range []string{"enter", "n", "m", "p", "!"} {
		d.a.Update(keyMsg(key))
		d.now = d.now.Add(time.Second)
	}
	if d.a.dialog != nil || d.a.outcome().Run != "" {
		t.Fatalf("a key did something to a run that is not there:\n%s", d.screen())
	}
	d.a.Update(keyMsg("enter"))
	d.see("One moment")

	d.a.Update(d.a.first())
	d.see("saved #", "enter begin")
	if strings.Contains(d.screen(), "One moment") || d.a.outcome().Run == "" {
		t.Errorf("the run is there, and the screen does not say so:\n%s", d.screen())
	}
}

func TestEarlyBriefingEndsWithWhyThereIsNoRun(t *testing.T) {
	why := errors.New("no room")
	d := newEarly(t, func(context.Context) (Opened, error) { return Opened{}, why })
	d.a.Update(d.a.first())
	if err := d.a.failure(nil, nil); !errors.Is(err, why) || !d.a.quitting {
		t.Errorf("ended with %v", err)
	}
}
