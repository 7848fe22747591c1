package session

import (
	"context"
	"errors"
	"io"
	"slices"
	"strings"
	"sync"
	"testing"

	"genia.ai/bitacora/actions"
	"genia.ai/bitacora/internal/event"
	"genia.ai/bitacora/internal/transcript"
	"genia.ai/bitacora/internal/walk"
	"genia.ai/bitacora/runbooks"
)

// keys notes what is typed and which sizes it is given.
type keys struct {
	mu    sync.Mutex
	typed string
	sizes []Screen
}

func (k *keys) Type(p []byte) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.typed += string(p)
}

func (k *keys) Resize(s Screen) error {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.sizes = append(k.sizes, s)
	return nil
}

var wide = Screen{Cols: 100, Rows: 30, Term: "xterm"}

func readAll(t *testing.T, from Terminal, want string) {
	t.Helper()
	got, buffer := "", make([]byte, 7)
	for len(got) < len(want) {
		n, err := from.Read(buffer)
		if err != nil {
			t.Fatalf("%v behind %q, want %q", err, got, want)
		}
		got += string(buffer[:n])
	}
	if got != want {
		t.Errorf("read %q, want %q", got, want)
	}
}

func TestConsoleRelays(t *testing.T) {
	c, k := newConsole(), &keys{}
	ana, err := c.enter(wide, "")
	if err != nil {
		t.Fatal(err)
	}
	if screen, err := c.Await(t.Context()); err != nil || screen != wide {
		t.Errorf("%+v, %v", screen, err)
	}
	if _, err := ana.Write([]byte("early ")); err != nil {
		t.Error(err)
	}
	c.Connect(k)
	_, _ = ana.Write([]byte("late"))
	if err := ana.Resize(Screen{Cols: 50, Rows: 20}); err != nil {
		t.Error(err)
	}
	c.Show([]byte("\x1b[31mred"))
	readAll(t, ana, "\x1b[31mred")
	c.Show([]byte("the end"))
	c.close()
	readAll(t, ana, "the end")
	if _, err := ana.Read(make([]byte, 9)); !errors.Is(err, io.EOF) {
		t.Errorf("behind the end: %v", err)
	}
	if _, err := ana.Write([]byte("x")); err == nil {
		t.Error("typed behind the end")
	}
	if _, err := c.enter(wide, ""); !errors.Is(err, io.EOF) {
		t.Errorf("let in behind the end: %v", err)
	}
	if k.typed != "early late" || !slices.Equal(k.sizes, []Screen{wide, {Cols: 50, Rows: 20, Term: "xterm"}}) {
		t.Errorf("typed %q, sizes %v", k.typed, k.sizes)
	}
}

// TestWhoComesBackFindsTheScreen: what was printed, the modes, and a size that makes
// the program draw anew. What was printed meanwhile is not kept for them raw: the
// record has it.
func TestWhoComesBackFindsTheScreen(t *testing.T) {
	c, k := newConsole(), &keys{}
	ana, _ := c.enter(wide, "")
	c.Connect(k)
	c.Show([]byte("\x1b[?1h\x1b[?2004hone\r\n"))
	readAll(t, ana, "\x1b[?1h\x1b[?2004hone\r\n")
	if err := ana.Close(); err != nil {
		t.Error(err)
	}
	c.Show([]byte("\x1b[6n\x1b]0;unseen\atwo\r\n")) // a terminal would answer it into the program
	again, err := c.enter(wide, "one\ntwo\n")
	if err != nil {
		t.Fatal(err)
	}
	readAll(t, again, "one\r\ntwo\r\n\x1b[?1h\x1b[?2004h")
	if n := len(k.sizes); k.sizes[n-2].Rows != wide.Rows-1 || k.sizes[n-1] != wide {
		t.Errorf("sizes %v", k.sizes)
	}
	c.Show([]byte("\x1b[?1049h"))
	readAll(t, again, "\x1b[?1049h")
	third, _ := c.enter(wide, "one\ntwo\n")
	readAll(t, third, "\x1b[?1049h\x1b[?1h\x1b[?2004h")
	if _, err := again.Read(make([]byte, 9)); !errors.Is(err, ErrTerminalTaken) {
		t.Errorf("who was there before: %v", err)
	}
	if _, err := again.Write([]byte("x")); !errors.Is(err, ErrTerminalTaken) || k.typed != "" {
		t.Errorf("who was there before typed %q: %v", k.typed, err)
	}
	c.evict()
	if _, err := third.Read(make([]byte, 9)); !errors.Is(err, ErrTerminalTaken) {
		t.Errorf("who was evicted: %v", err)
	}
}

// TestWhoDoesNotReadIsLeftBehind: the action waits for a slow terminal, and goes on
// without one that takes nothing; memory stays bounded.
func TestWhoDoesNotReadIsLeftBehind(t *testing.T) {
	c := newConsole()
	slow, _ := c.enter(wide, "")
	piece := []byte(strings.Repeat("x", 10<<10))
	for range 20 { // returns, although nobody reads
		c.Show(piece)
	}
	got, err := io.ReadAll(struct{ io.Reader }{slow})
	if !errors.Is(err, ErrTerminalBehind) || len(got) == 0 || len(got) > maxAhead {
		t.Errorf("%d bytes, %v", len(got), err)
	}
	quick, _ := c.enter(wide, "")
	var all sync.WaitGroup
	all.Go(func() {
		for range 50 {
			c.Show(piece)
		}
		c.close()
	})
	got, err = io.ReadAll(quick)
	all.Wait()
	if err != nil || len(got) != 50*len(piece) {
		t.Errorf("%d bytes of %d, %v", len(got), 50*len(piece), err)
	}
}

func TestImpossibleScreensAreRefused(t *testing.T) {
	for _, screen := range []Screen{{}, {Cols: 80}, {Rows: 24}, {Cols: 65535, Rows: 24}} {
		if _, err := newConsole().enter(screen, ""); !errors.Is(err, actions.ErrNoTerminal) {
			t.Errorf("%+v: %v", screen, err)
		}
	}
}

func TestThereIsNoTerminalWithoutAnInteractiveAction(t *testing.T) {
	s := &Session{}
	_, err := s.Terminal(t.Context(), wide)
	var refusal *walk.Refusal
	if !errors.As(err, &refusal) || refusal.Code != walk.CodeNotRunning {
		t.Errorf("%v", err)
	}
	s.Evict()
}

func TestShellOfTheOperatorNeedsTheirTerminalAndIsRecorded(t *testing.T) {
	f := open(t, transcript.OS{}, ok)
	f.begin()
	var values *ValuesError
	if _, err := f.Do(t.Context(), walk.Adhoc{Interactive: true}); !errors.As(err, &values) || !errors.Is(err, ErrNoTerminal) {
		t.Fatalf("without a terminal: %v", err)
	}
	ack, err := f.DoFrom(t.Context(), Origin{Terminal: true}, walk.Adhoc{Interactive: true})
	if err != nil {
		t.Fatal(err)
	}
	if len(ack.Events) != 1 {
		t.Fatalf("recorded %v", ack.Events)
	}
	started, ok := ack.Events[0].Data.(event.AdhocStarted)
	if !ok || !started.Interactive || started.Command != adhocShell {
		t.Errorf("recorded %+v", ack.Events[0].Data)
	}
}

// TestNothingIsLentTheTerminalInARehearsal: whatever runs an action then, it gets no
// terminal, and nobody finds one to go into while it runs.
func TestNothingIsLentTheTerminalInARehearsal(t *testing.T) {
	plan := walk.NewPlan(&runbooks.Runbook{Sequence: []*runbooks.Step{{ID: "1", Actions: []*runbooks.Action{
		{ID: "talk", Kind: runbooks.KindShell, Code: "sudo -i", Effect: runbooks.EffectRead, Declared: true, Settings: runbooks.Settings{Interactive: true}},
	}}}})
	for _, mode := range []string{event.ModeLive, event.ModeRehearsal} {
		lent, goOn := make(chan bool, 1), make(chan struct{})
		f := openPlan(t, transcript.OS{}, plan, func(_ context.Context, req actions.Request, _ actions.Sink) actions.Result {
			lent <- req.Terminal != nil
			<-goOn
			return actions.Result{Outcome: actions.OutcomeOK}
		})
		f.do(walk.Start{RunStarted: event.RunStarted{Run: "r", Mode: mode, Operator: "ana"}})
		f.do(walk.Begin{})
		if _, err := f.DoFrom(t.Context(), Origin{Terminal: true}, walk.Run{Action: "talk", Confirmed: true}); err != nil {
			t.Fatal(err)
		}
		if got, want := <-lent, mode == event.ModeLive; got != want {
			t.Errorf("%s: lent the terminal %v, want %v", mode, got, want)
		}
		if _, err := f.Terminal(t.Context(), wide); (err == nil) != (mode == event.ModeLive) {
			t.Errorf("%s: going into the terminal: %v", mode, err)
		}
		close(goOn)
		if err := f.Close(); err != nil {
			t.Error(err)
		}
	}
}
