package actions_test

import (
	"bytes"
	"context"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"genia.ai/bitacora/actions"
	"genia.ai/bitacora/actions/actionstest"
	"genia.ai/bitacora/internal/event"
	"genia.ai/bitacora/internal/redact"
	"genia.ai/bitacora/internal/session"
	"genia.ai/bitacora/internal/transcript"
	"genia.ai/bitacora/internal/walk"
	"genia.ai/bitacora/runbooks"
)

// record walks through a runbook that holds the one action, on a real disk, and
// returns what is left of it.
func record(t *testing.T, e actions.Executor, req actions.Request, mode string) actionstest.Recorded {
	t.Helper()
	clock, err := transcript.NewSystemClock()
	if err != nil {
		t.Fatal(err)
	}
	dir := filepath.Join(t.TempDir(), "run")
	writer, err := transcript.Create(transcript.OS{}, dir, clock, nil)
	if err != nil {
		t.Fatal(err)
	}
	masks, err := redact.New(req.Secrets)
	if err != nil {
		t.Fatal(err)
	}
	plan := walk.NewPlan(&runbooks.Runbook{Sequence: []*runbooks.Step{{ID: "1", Phase: runbooks.PhaseExecution, Actions: []*runbooks.Action{req.Action}}}})
	s := session.New(t.Context(), session.Options{
		Plan: plan, Writer: writer, Registry: actions.Registry{req.Action.Kind: e}, Clock: clock, Random: bytes.NewReader(make([]byte, 64)),
		Env: maps.Clone(req.Env), Hosts: req.Hosts, Secrets: req.Secrets, Redact: masks, Dir: req.Dir,
	})
	at, err := s.Attach(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, cmd := range []walk.Command{
		walk.Start{RunStarted: event.RunStarted{Run: "r", Mode: mode, Operator: "ana"}}, walk.Begin{},
		walk.Run{Action: req.Action.ID, Confirmed: true, How: event.HowOperator},
	} {
		if _, err := s.Do(t.Context(), cmd); err != nil {
			t.Fatalf("%T: %v", cmd, err)
		}
	}
	r := follow(t, at.Feed)
	at.Feed.Close()
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if r.Output, err = os.ReadFile(filepath.Join(dir, r.Ended.Output)); err != nil {
		t.Fatal(err)
	}
	if r.Journal, err = os.ReadFile(filepath.Join(dir, "journal-0001.jsonl")); err != nil {
		t.Fatal(err)
	}
	return r
}

// follow reads a feed up to the end of the action.
func follow(t *testing.T, feed session.Feed) actionstest.Recorded {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	defer cancel()
	var r actionstest.Recorded
	var shown strings.Builder
	for {
		updates, err := feed.Next(ctx)
		if err != nil {
			t.Fatalf("waiting for the end: %v", err)
		}
		for _, u := range updates {
			switch u := u.(type) {
			case session.OutputPrinted:
				if shown.Len() < 1<<20 {
					shown.WriteString(u.Text)
				}
			case session.EventRecorded:
				switch data := u.Event.Data.(type) {
				case event.ActionStarted:
					r.Started = data
				case event.ActionEnded:
					r.Ended, r.Shown = data, shown.String()
					return r
				}
			}
		}
	}
}
