// Package runservertest hosts a run server in the test's own process, for tests
// of front ends that come, go and come back.
//
// It guarantees: actions print and end when the test says so; everything that
// Host started has ended with the test.
package runservertest

import (
	"bytes"
	"context"
	"path/filepath"
	"testing"
	"time"

	"genia.ai/bitacora/actions"
	"genia.ai/bitacora/internal/event"
	"genia.ai/bitacora/internal/redact"
	"genia.ai/bitacora/internal/runserver"
	"genia.ai/bitacora/internal/session"
	"genia.ai/bitacora/internal/transcript"
	"genia.ai/bitacora/internal/walk"
	"genia.ai/bitacora/runbooks"
)

// Text is the runbook that is served: one action, then a step without any.
const Text = "# Night\n\n## Execution\n\n1. One\n\n   ```sh {name=act effect=read}\n   do it\n   ```\n\n2. Two\n"

// Run is the id of the run that is served.
const Run = "20261123T084600Z-night-7f3a"

// Hosted is a served run.
type Hosted struct {
	Session *session.Session

	t       testing.TB
	dir     string
	print   chan string
	release chan actions.Result
	stop    context.CancelFunc
	served  chan error
	ended   bool
}

type clock struct{ transcript.SystemClock }

func (clock) BootID() string { return "boot" }

// Preview implements actions.Executor.
func (h *Hosted) Preview(req actions.Request) (actions.Preview, error) {
	return actions.Preview{Command: req.Action.Code, Where: "/srv"}, nil
}

// Execute implements actions.Executor.
func (h *Hosted) Execute(ctx context.Context, _ actions.Request, sink actions.Sink) actions.Result {
	for {
		select {
		case text := <-h.print:
			sink.Write(actions.StreamOut, []byte(text))
		case result := <-h.release:
			return result
		case <-ctx.Done():
			return actions.Result{Outcome: actions.OutcomeCancelled}
		}
	}
}

// Host serves a new run.
func Host(t testing.TB) *Hosted {
	t.Helper()
	h := &Hosted{
		t: t, dir: filepath.Join(t.TempDir(), "run"), print: make(chan string), release: make(chan actions.Result), served: make(chan error, 1),
	}
	must := func(err error) {
		if err != nil {
			t.Fatal(err)
		}
	}
	writer, err := transcript.Create(transcript.OS{}, h.dir, clock{}, []byte(Text))
	must(err)
	rb, err := runbooks.Parse("night.md", []byte(Text))
	must(err)
	masks, err := redact.New(nil)
	must(err)
	h.Session = session.New(context.Background(), session.Options{
		Plan: walk.NewPlan(rb), Writer: writer, Registry: actions.Registry{runbooks.KindShell: h}, Clock: clock{},
		Random: bytes.NewReader(make([]byte, 64)), Redact: masks, Briefing: session.Briefing{Run: Run, Dir: h.dir},
	})
	_, err = h.Session.Do(context.Background(), walk.Start{RunStarted: event.RunStarted{
		Run: Run, Mode: event.ModeLive, Title: "Night", Operator: "ana", Host: "h-ana",
	}})
	must(err)
	server, err := runserver.Listen(runserver.Options{Session: h.Session, Dir: h.dir, Path: "night.md"})
	must(err)
	ctx, stop := context.WithCancel(context.Background())
	h.stop = stop
	go func() { h.served <- server.Serve(ctx) }()
	t.Cleanup(h.Stop)
	return h
}

// Dial attaches as an operator, to drive or to watch.
func (h *Hosted) Dial(operator string, drive bool) *runserver.Client {
	hello := runserver.Hello{FrontEnd: "tui", Drive: drive}
	if !drive {
		hello.FrontEnd = walk.FrontEndWatch
	}
	return h.dial(operator, hello)
}

// TakeOver attaches as the driver whoever drives.
func (h *Hosted) TakeOver(operator, reason string) *runserver.Client {
	return h.dial(operator, runserver.Hello{FrontEnd: "tui", Drive: true, TakeOver: true, Reason: reason})
}

func (h *Hosted) dial(operator string, hello runserver.Hello) *runserver.Client {
	h.t.Helper()
	hello.Client, hello.Operator, hello.Host = "c-"+operator+"-"+hello.FrontEnd, operator, "h-"+operator
	client, err := runserver.Dial(context.Background(), h.dir, hello)
	if err != nil {
		h.t.Fatalf("dial as %s: %v", operator, err)
	}
	h.t.Cleanup(func() { _ = client.Close() }) // a test may have closed it
	return client
}

// Print lets the running action print.
func (h *Hosted) Print(text string) { h.print <- text }

// Release lets the running action end well, with an exit code.
func (h *Hosted) Release(exit int) {
	h.release <- actions.Result{Outcome: actions.OutcomeOK, Exit: &exit}
}

// Await waits until the record satisfies a condition.
func (h *Hosted) Await(what string, holds func(walk.State) bool) {
	h.t.Helper()
	at, err := h.Session.Attach(context.Background())
	if err != nil {
		h.t.Fatal(err)
	}
	defer at.Feed.Close()
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	for !holds(h.Session.State()) {
		if _, err := at.Feed.Next(ctx); err != nil {
			h.t.Fatalf("waiting for %s: %v", what, err)
		}
	}
}

// Events returns what was recorded so far.
func (h *Hosted) Events() []event.Event {
	h.t.Helper()
	at, err := h.Session.Attach(context.Background())
	if err != nil {
		h.t.Fatal(err)
	}
	at.Feed.Close()
	return at.Events
}

// AwaitLeft waits until so many front ends are on record as gone.
func (h *Hosted) AwaitLeft(count int) {
	h.t.Helper()
	h.Await("a front end to be gone", func(walk.State) bool {
		n := 0
		for _, ev := range h.Events() {
			if ev.Kind == event.KindClientLeft {
				n++
			}
		}
		return n >= count
	})
}

// Stop ends the server as the end of its process would, and waits for it.
func (h *Hosted) Stop() {
	if h.ended {
		return
	}
	h.ended = true
	h.stop()
	if err := <-h.served; err != nil {
		h.t.Errorf("Serve: %v", err)
	}
	_ = h.Session.Close() // its end is all that counts here
}
