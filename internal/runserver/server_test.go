package runserver

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"genia.ai/bitacora/actions"
	"genia.ai/bitacora/internal/event"
	"genia.ai/bitacora/internal/redact"
	"genia.ai/bitacora/internal/session"
	"genia.ai/bitacora/internal/transcript"
	"genia.ai/bitacora/internal/walk"
	"genia.ai/bitacora/runbooks"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const text = "# T\n\n## Execution\n\n1. One && <two>\n\n   ```sh {name=act effect=read}\n   do it\n   ```\n\n2. Two\n"

// executor runs until it is released, printing what it is told.
type executor struct {
	print   chan string
	release chan struct{}
}

func (e executor) Preview(req actions.Request) (actions.Preview, error) {
	return actions.Preview{Command: req.Action.Code, Where: "here"}, nil
}

func (e executor) Execute(ctx context.Context, _ actions.Request, sink actions.Sink) actions.Result {
	for {
		select {
		case text := <-e.print:
			sink.Write(actions.StreamOut, []byte(text))
		case <-e.release:
			return actions.Result{Outcome: actions.OutcomeOK}
		case <-ctx.Done():
			return actions.Result{Outcome: actions.OutcomeCancelled}
		}
	}
}

type clock struct{ transcript.SystemClock }

func (clock) BootID() string { return "boot" }

// hosted is a server in this process and what it serves.
type hosted struct {
	t       *testing.T
	dir     string
	session *session.Session
	writer  *transcript.Writer
	exec    executor
	server  *Server
	served  chan error
	tell    func(event.Event) // told every event, set before anybody comes
	stop    context.CancelFunc
}

func host(t *testing.T, idle time.Duration) *hosted {
	t.Helper()
	exec := executor{make(chan string), make(chan struct{})}
	h := hostOf(t, idle, text, nil, actions.Registry{runbooks.KindShell: exec})
	h.exec = exec
	return h
}

// hostOf hosts a run of any runbook with any executors.
func hostOf(t *testing.T, idle time.Duration, text string, secrets map[string]string, registry actions.Registry) *hosted {
	t.Helper()
	// A state directory with a long name: the socket's address is longer than a
	// Unix address may be.
	dir := filepath.Join(t.TempDir(), strings.Repeat("long", 30))
	if err := os.MkdirAll(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	dir = filepath.Join(dir, "run")
	writer, err := transcript.Create(transcript.OS{}, dir, clock{}, []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	rb, err := runbooks.Parse("t.md", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	masks, err := redact.New(secrets)
	if err != nil {
		t.Fatal(err)
	}
	h := &hosted{t: t, dir: dir, writer: writer, served: make(chan error, 1)}
	h.session = session.New(t.Context(), session.Options{
		Plan: walk.NewPlan(rb), Writer: writer, Registry: registry, Clock: clock{}, Secrets: secrets, Dir: dir,
		Recorded: func(ev event.Event) {
			if h.tell != nil {
				h.tell(ev)
			}
		},
		Random: bytes.NewReader(make([]byte, 64)), Redact: masks, Briefing: session.Briefing{Run: "r", Dir: dir},
	})
	if _, err := h.session.Do(t.Context(), walk.Start{RunStarted: event.RunStarted{Run: "r", Mode: event.ModeLive, Operator: "ana"}}); err != nil {
		t.Fatal(err)
	}
	server, err := Listen(Options{Session: h.session, Dir: dir, Path: "t.md", Idle: idle})
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	h.stop, h.server = stop, server
	go func() { h.served <- server.Serve(ctx) }()
	t.Cleanup(func() {
		stop()
		if err := <-h.served; err != nil {
			t.Errorf("Serve: %v", err)
		}
		_ = h.session.Close() // a test may have closed it
	})
	return h
}

func (h *hosted) hello(operator string, drive bool) Hello {
	return Hello{FrontEnd: "tui", Client: "c-" + operator, Operator: operator, Host: "h-" + operator, Drive: drive}
}

func (h *hosted) dial(hello Hello) *Client {
	h.t.Helper()
	c, err := Dial(h.t.Context(), h.dir, hello)
	if err != nil {
		h.t.Fatalf("dial as %s: %v", hello.Operator, err)
	}
	h.t.Cleanup(func() { _ = c.Close() }) // a test may have closed it
	return c
}

// front is a front end: the state that it derives from what it is told.
type front struct {
	*Client
	t     *testing.T
	feed  session.Feed
	state walk.State
	seen  []session.Update
}

func (h *hosted) front(hello Hello) *front {
	h.t.Helper()
	c := h.dial(hello)
	at, err := c.Attach(h.t.Context())
	if err != nil {
		h.t.Fatal(err)
	}
	return &front{Client: c, t: h.t, feed: at.Feed, state: walk.Replay(at.Plan, at.Events)}
}

// until reads the feed until the condition holds for what was seen.
func (f *front) until(what string, holds func(u session.Update) bool) {
	f.t.Helper()
	ctx, cancel := context.WithTimeout(f.t.Context(), 20*time.Second)
	defer cancel()
	for _, u := range f.seen {
		if holds(u) {
			return
		}
	}
	for {
		updates, err := f.feed.Next(ctx)
		if err != nil {
			f.t.Fatalf("waiting for %s: %v", what, err)
		}
		met := false
		for _, u := range updates {
			if r, ok := u.(session.EventRecorded); ok {
				f.state = walk.Apply(f.state, r.Event)
			}
			f.seen = append(f.seen, u)
			met = met || holds(u)
		}
		if met {
			return
		}
	}
}

func (f *front) event(kind event.Kind) {
	f.t.Helper()
	f.until(string(kind), func(u session.Update) bool {
		r, ok := u.(session.EventRecorded)
		return ok && r.Event.Kind == kind
	})
}

func (f *front) output(text string) {
	f.t.Helper()
	f.until(text, func(u session.Update) bool {
		out, ok := u.(session.OutputPrinted)
		return ok && strings.Contains(out.Text, text)
	})
}

func (f *front) do(cmd walk.Command) session.Ack {
	f.t.Helper()
	ack, err := f.Do(f.t.Context(), cmd)
	if err != nil {
		f.t.Fatalf("%T: %v", cmd, err)
	}
	return ack
}

func TestFrontEndSeesTheRunAsTheServerDoes(t *testing.T) {
	h := host(t, 0)
	f := h.front(h.hello("ana", true))
	f.do(walk.Begin{})
	if p, err := f.Preview(t.Context(), "act"); err != nil || p.Command != "do it\n" || p.Where != "here" {
		t.Errorf("Preview = %+v, %v", p, err)
	}
	if ack := f.do(walk.Run{Action: "act"}); ack.Seq == 0 || len(ack.Events) == 0 || ack.At.IsZero() {
		t.Errorf("ack = %+v", ack)
	}
	h.exec.print <- "hello && <b>\n"
	f.output("hello && <b>\n")
	close(h.exec.release)
	f.event(event.KindActionEnded)
	if !reflect.DeepEqual(f.state, h.session.State()) {
		t.Error("the front end's state differs from the server's")
	}
	var refusal *walk.Refusal
	if _, err := f.Do(t.Context(), walk.Done{Step: "nine"}); !errors.As(err, &refusal) || refusal.Code != walk.CodeUnknown {
		t.Errorf("a refusal came through as %v", err)
	}
	if _, err := f.Do(t.Context(), walk.Start{}); err == nil {
		t.Error("a front end could send a command of the server's own")
	}
}

// TestDroppedFrontEndLosesNothing cuts the connection while an action runs: it
// goes on, and whoever attaches afterwards sees what it printed and how it ended.
func TestDroppedFrontEndLosesNothing(t *testing.T) {
	h := host(t, 0)
	f := h.front(h.hello("ana", true))
	f.do(walk.Begin{})
	f.do(walk.Run{Action: "act"})
	h.exec.print <- "before\n"
	f.output("before")
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	h.exec.print <- "while away\n"
	close(h.exec.release)
	h.waitFor(func(s walk.State) bool { return s.Running == nil })
	again := h.front(h.hello("ana", true))
	again.output("before")
	again.output("while away")
	if got := again.state.Action("act").Ending.Outcome; got != event.OutcomeOK {
		t.Errorf("outcome = %q", got)
	}
}

// waitFor polls the server's own state.
func (h *hosted) waitFor(holds func(walk.State) bool) {
	h.t.Helper()
	at, err := h.session.Attach(h.t.Context())
	if err != nil {
		h.t.Fatal(err)
	}
	defer at.Feed.Close()
	ctx, cancel := context.WithTimeout(h.t.Context(), 20*time.Second)
	defer cancel()
	for !holds(h.session.State()) {
		if _, err := at.Feed.Next(ctx); err != nil {
			h.t.Fatalf("waiting for the run: %v", err)
		}
	}
}

func TestOnlyOneDrives(t *testing.T) {
	h := host(t, 0)
	ana := h.front(h.hello("ana", true))
	ana.do(walk.Begin{})
	var driven *session.NotDriverError
	if _, err := Dial(t.Context(), h.dir, h.hello("bea", true)); !errors.As(err, &driven) ||
		driven.Operator != "ana" || driven.Host != "h-ana" || driven.Since.IsZero() {
		t.Fatalf("a second driver was told %v", err)
	}
	watcher := h.front(h.hello("bea", false))
	if _, err := watcher.Do(t.Context(), walk.Run{Action: "act"}); !errors.As(err, &driven) {
		t.Errorf("a watcher's command: %v", err)
	}
	watcher.do(walk.WriteNote{Text: "seen by bea"})
	ana.event(event.KindNote)

	over := h.hello("bea", true)
	over.TakeOver, over.Reason = true, "ana does not answer"
	bea := h.front(over)
	ana.until("the demotion", func(u session.Update) bool {
		d, ok := u.(session.Demoted)
		return ok && d == session.Demoted{By: "bea", Host: "h-bea", Reason: "ana does not answer"}
	})
	ana.event(event.KindDriverChanged)
	if _, err := ana.Do(t.Context(), walk.Run{Action: "act"}); !errors.As(err, &driven) || driven.Operator != "bea" {
		t.Errorf("the former driver's command: %v", err)
	}
	bea.do(walk.Run{Action: "act"})
	close(h.exec.release)
	bea.event(event.KindActionEnded)
	if got := h.session.State().Operator; got != "bea" {
		t.Errorf("the record says that %s drives", got)
	}
}

func TestGuestLeavesANote(t *testing.T) {
	h := host(t, 0)
	ana := h.front(h.hello("ana", true))
	guest := h.hello("bea", false)
	guest.Guest = true
	g := h.dial(guest)
	if _, err := g.Do(t.Context(), walk.WriteNote{Text: "from outside"}); err != nil {
		t.Fatal(err)
	}
	ana.until("the note", func(u session.Update) bool {
		r, ok := u.(session.EventRecorded)
		note, isNote := r.Event.Data.(event.Note)
		return ok && isNote && note.Text == "from outside" && r.Event.Actor == "bea"
	})
}

func TestIdleRunIsPausedAndGoesOn(t *testing.T) {
	h := host(t, 50*time.Millisecond)
	f := h.front(h.hello("ana", true))
	f.do(walk.Begin{})
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	if err := <-h.served; err != nil {
		t.Fatal(err)
	}
	h.served <- nil // for the cleanup
	if got := h.session.State().Status; got != walk.StatusPaused {
		t.Errorf("status = %s", got)
	}
	if _, err := os.Lstat(filepath.Join(h.dir, SocketName)); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the socket is still there: %v", err)
	}
	if _, err := Dial(t.Context(), h.dir, h.hello("ana", true)); !errors.Is(err, ErrNoServer) {
		t.Errorf("dial: %v", err)
	}
}

func TestServerWithARunningActionIsNotIdle(t *testing.T) {
	h := host(t, 20*time.Millisecond)
	f := h.front(h.hello("ana", true))
	f.do(walk.Begin{})
	f.do(walk.Run{Action: "act"})
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	for range 10 { // each takes longer than the idle time to arrive and be printed
		h.exec.print <- "still here\n"
		again := h.front(h.hello("ana", true))
		again.output("still here")
		if err := again.Close(); err != nil {
			t.Fatal(err)
		}
	}
	close(h.exec.release)
	if err := <-h.served; err != nil {
		t.Fatal(err)
	}
	h.served <- nil
}

func TestEndedRunEndsTheServer(t *testing.T) {
	h := host(t, 0)
	f := h.front(h.hello("ana", true))
	f.do(walk.Begin{})
	f.do(walk.End{Reason: "enough"})
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	if err := <-h.served; err != nil {
		t.Fatal(err)
	}
	h.served <- nil
	if got := h.session.State().Status; got != walk.StatusEnded {
		t.Errorf("status = %s", got)
	}
}

// TestNonsenseIsTurnedAway sends what is no frame, too much, or another version.
func TestNonsenseIsTurnedAway(t *testing.T) {
	h := host(t, 0)
	for name, line := range map[string]string{
		"nonsense": "GET / HTTP/1.0\r\n\r\n", "no hello": "{}\n", "other version": `{"v":99,"hello":{"drive":true}}` + "\n",
		"a server's command": `{"v":1,"hello":{"drive":false,"operator":"x"}}` + "\n" + `{"id":1,"do":{"name":"Ended","fields":{}}}` + "\n",
	} {
		t.Run(name, func(t *testing.T) {
			conn, err := connect(t.Context(), h.dir)
			if err != nil {
				t.Fatal(err)
			}
			defer conn.Close()
			if _, err := fmt.Fprint(conn, line); err != nil {
				t.Fatal(err)
			}
			l := newLink(conn)
			for {
				f, err := l.receive()
				if err != nil {
					t.Fatalf("ended without an error frame: %v", err)
				}
				if f.Error != nil {
					break
				}
			}
		})
	}
	f := h.front(h.hello("ana", true)) // and the server is still well
	f.do(walk.Begin{})
}

func TestEndlessLineIsCutOff(t *testing.T) {
	a, b := net.Pipe()
	defer b.Close()
	go func() {
		chunk := bytes.Repeat([]byte("x"), 1<<20)
		for {
			if _, err := a.Write(chunk); err != nil {
				return
			}
		}
	}()
	if _, err := newLink(b).receive(); !errors.Is(err, errFrame) {
		t.Errorf("receive = %v", err)
	}
	a.Close()
}

// TestEveryCommandSurvivesTheWire sends each command through its encoding.
func TestEveryCommandSurvivesTheWire(t *testing.T) {
	when := time.Date(2026, 11, 23, 8, 46, 0, 0, time.UTC)
	for _, cmd := range []walk.Command{
		walk.Begin{}, walk.SetParam{Name: "a", Value: "b\u2028<&", Source: "operator"}, walk.Run{Action: "a", Confirmed: true, Target: "t"},
		walk.Undo{Action: "a", Run: walk.Run{Confirmed: true, Target: "t"}}, walk.MarkMilestone{Name: "resolved", When: when},
		walk.Choose{Action: "a", Key: "k", Reason: "r"}, walk.Trust{RunbookTrusted: event.RunbookTrusted{SHA256: "x"}},
	} {
		wire, err := encodeCommand(cmd)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := wire.decode(); err != nil || !reflect.DeepEqual(got, cmd) {
			t.Errorf("%T came out as %+v, %v", cmd, got, err)
		}
	}
}

// TestServerToldToEndPausesTheRun ends the server while an action runs: the end of
// the action is on record, and that the run waits.
func TestServerToldToEndPausesTheRun(t *testing.T) {
	h := host(t, 0)
	f := h.front(h.hello("ana", true))
	f.do(walk.Begin{})
	f.do(walk.Run{Action: "act"})
	h.stop()
	if err := <-h.served; err != nil {
		t.Fatal(err)
	}
	h.served <- nil
	state := h.session.State()
	if state.Status != walk.StatusPaused || state.Action("act").Ending.Outcome != event.OutcomeCancelled {
		t.Errorf("status %s, the action ended %q", state.Status, state.Action("act").Ending.Outcome)
	}
}
