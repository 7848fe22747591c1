// Package actionstest holds the conformance suite of executors: whatever kind of
// action they run, they must behave the same towards whoever runs them. Cancel,
// timeout, cap, redaction, sanitising, exit mapping, a rehearsal that touches
// nothing, a complete record: each is a test of its own.
package actionstest

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"genia.ai/bitacora/actions"
)

// prompt is how long an executor may take to end once it must.
const prompt = 5 * time.Second

// Subject is an executor under test with requests that show what it does. Each
// function is called once a test and may start what the request needs; it says
// with t.Cleanup how that ends.
type Subject struct {
	Executor actions.Executor

	// Succeeds makes a request that ends well and prints something. If it uses a
	// secret, that must not appear in its preview.
	Succeeds func(t *testing.T) actions.Request
	// Fails makes a request that is carried out and refused.
	Fails func(t *testing.T) actions.Request
	// Hangs makes a request that does not end by itself; the channel tells that it
	// has reached the outside.
	Hangs func(t *testing.T) (actions.Request, <-chan struct{})
	// Floods makes a request that prints, or is answered, more than is kept.
	Floods func(t *testing.T) actions.Request
	// Repeats makes a request of which the outside repeats a text: on a line of its
	// output, or of the reason why it failed. The text holds no line break.
	Repeats func(t *testing.T, text string) actions.Request
	// Touched counts how often the outside was reached so far.
	Touched func() int

	// Exits and Statuses are what Result says of Succeeds and of Fails, in that
	// order; Exits is empty for a kind without exit codes.
	Exits    []int
	Statuses [2]int
	// Kept bounds what is kept of an output, in bytes.
	Kept int64
	// Record runs a request through the recorder, as a run does.
	Record func(t *testing.T, e actions.Executor, req actions.Request) Recorded

	// Simulates is set for an executor of a rehearsal: it must never touch
	// anything, whatever it is asked for.
	Simulates bool
}

// Suite fails t unless s behaves as every executor must.
func Suite(t *testing.T, s Subject) {
	t.Run("preview touches nothing", s.preview)
	t.Run("success", s.success)
	t.Run("nobody wants it any more", s.unwanted)
	t.Run("record is complete", s.complete)
	t.Run("redaction", s.redaction)
	t.Run("sanitising", s.sanitising)
	if s.Simulates {
		t.Run("rehearsal touches nothing", s.rehearsal)
		return
	}
	t.Run("failure", s.failure)
	t.Run("timeout", s.timeout)
	t.Run("cancel", s.cancel)
	t.Run("exit mapping", s.mapping)
	t.Run("cap", s.capped)
}

func (s Subject) preview(t *testing.T) {
	req := s.Succeeds(t)
	before := s.Touched()
	first, err := s.Executor.Preview(req)
	if err != nil {
		t.Fatal(err)
	}
	second, err := s.Executor.Preview(req)
	if err != nil || fmt.Sprint(first) != fmt.Sprint(second) {
		t.Errorf("the second preview differs: %+v, %v; first %+v", second, err, first)
	}
	if first.Command == "" || first.Where == "" {
		t.Errorf("the preview does not say what runs where: %+v", first)
	}
	secretFree(t, req, fmt.Sprint(first))
	if n := s.Touched() - before; n != 0 {
		t.Errorf("the preview reached the outside %d times", n)
	}
}

func (s Subject) success(t *testing.T) {
	req := s.Succeeds(t)
	before := s.Touched()
	r, sink := s.run(t, t.Context(), req)
	want, touches := actions.OutcomeOK, 1
	if s.Simulates {
		want, touches = actions.OutcomeSimulated, 0
	}
	if r.Outcome != want || r.Reason != "" {
		t.Errorf("outcome %s (%s), want %s", r.Outcome, r.Reason, want)
	}
	if r.Attempts != 1 || r.Duration < 0 {
		t.Errorf("%d attempts in %v", r.Attempts, r.Duration)
	}
	if n := s.Touched() - before; n != touches {
		t.Errorf("it reached the outside %d times, want %d", n, touches)
	}
	if sink.text() == "" {
		t.Error("nothing was printed")
	}
}

func (s Subject) failure(t *testing.T) {
	req := s.Fails(t)
	r, _ := s.run(t, t.Context(), req)
	if r.Outcome != actions.OutcomeFailed || r.Reason == "" {
		t.Errorf("outcome %s, reason %q", r.Outcome, r.Reason)
	}
	if len(r.Captured) != 0 {
		t.Errorf("a failure left values: %v", r.Captured)
	}
	secretFree(t, req, r.Reason)
}

func (s Subject) timeout(t *testing.T) {
	req, _ := s.Hangs(t)
	action := *req.Action
	action.Settings.Timeout = 200 * time.Millisecond
	req.Action = &action
	r, _ := s.run(t, t.Context(), req)
	if r.Outcome != actions.OutcomeTimeout || !strings.Contains(r.Reason, "200ms") {
		t.Errorf("outcome %s, reason %q", r.Outcome, r.Reason)
	}
}

func (s Subject) cancel(t *testing.T) {
	req, reached := s.Hangs(t)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	go func() {
		select {
		case <-reached:
		case <-time.After(prompt): // it is cancelled all the same, and the time says so
		}
		cancel()
	}()
	r, _ := s.run(t, ctx, req)
	if r.Outcome != actions.OutcomeCancelled || r.Reason == "" {
		t.Errorf("outcome %s, reason %q", r.Outcome, r.Reason)
	}
}

func (s Subject) unwanted(t *testing.T) {
	req := s.Succeeds(t)
	before := s.Touched()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	r, _ := s.run(t, ctx, req)
	if r.Outcome != actions.OutcomeCancelled {
		t.Errorf("outcome %s, reason %q", r.Outcome, r.Reason)
	}
	if n := s.Touched() - before; n != 0 {
		t.Errorf("it reached the outside %d times", n)
	}
}

// run executes a request and checks what holds for all of them: it ends in time,
// leaves no goroutine, and uses its sink as it must.
func (s Subject) run(t *testing.T, ctx context.Context, req actions.Request) (actions.Result, *sink) {
	t.Helper()
	others := goleak.IgnoreCurrent()
	out := &sink{t: t}
	began := time.Now()
	r := s.Executor.Execute(ctx, req, out)
	if took := time.Since(began); took > 2*prompt {
		t.Errorf("it took %v to end", took)
	}
	out.end()
	if err := goleak.Find(others); err != nil {
		t.Errorf("it left goroutines: %v", err)
	}
	return r, out
}

// secretFree fails t if text holds the value of a secret.
func secretFree(t *testing.T, req actions.Request, text string) {
	t.Helper()
	for name, value := range req.Secrets {
		if strings.Contains(text, value) {
			t.Errorf("it tells the secret %s: %q", name, text)
		}
	}
}

// sink checks the contract of actions.Sink.
type sink struct {
	t     *testing.T
	using sync.Mutex // held during a Write
	ended bool
	all   strings.Builder
}

var _ actions.Sink = (*sink)(nil)

// Write implements actions.Sink.
func (s *sink) Write(stream actions.Stream, p []byte) {
	if !s.using.TryLock() {
		s.t.Error("two goroutines write at a time")
		s.using.Lock()
	}
	defer s.using.Unlock()
	if s.ended {
		s.t.Errorf("it wrote %q after it had ended", p)
	}
	if len(p) == 0 || stream > actions.StreamInfo {
		s.t.Errorf("it wrote %q to stream %d", p, stream)
	}
	s.all.Write(p)
}

func (s *sink) end() {
	s.using.Lock()
	defer s.using.Unlock()
	s.ended = true
}

func (s *sink) text() string {
	s.using.Lock()
	defer s.using.Unlock()
	return s.all.String()
}
