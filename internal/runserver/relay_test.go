package runserver

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"genia.ai/bitacora/actions"
	"genia.ai/bitacora/internal/event"
	"genia.ai/bitacora/internal/session"
	"genia.ai/bitacora/internal/walk"
)

const password = "hunter2/hunter2"

// talk hosts a run of one interactive block.
func talk(t *testing.T, code string) *hosted {
	t.Helper()
	text := "---\nsecrets: [PASSWORD]\n---\n# T\n\n## Execution\n\n1. Talk\n\n   ```bash {name=talk effect=read interactive=true}\n   " +
		strings.ReplaceAll(code, "\n", "\n   ") + "\n   ```\n"
	registry := actions.Live(actions.LiveOptions{Environ: []string{"PATH=" + os.Getenv("PATH")}, Grace: 200 * time.Millisecond})
	return hostOf(t, 0, text, map[string]string{"PASSWORD": password}, registry)
}

// atTerminal attaches as a driver who has a terminal.
func (h *hosted) atTerminal(operator string) *front {
	h.t.Helper()
	hello := h.hello(operator, true)
	hello.Terminal = true
	return h.front(hello)
}

// starts runs the block and goes into its terminal.
func (f *front) starts() *sitting {
	f.t.Helper()
	f.do(walk.Begin{})
	f.do(walk.Run{Action: "talk", Confirmed: true})
	return f.enter()
}

func (f *front) enter() *sitting {
	f.t.Helper()
	terminal, err := f.Terminal(f.t.Context(), session.Screen{Cols: 101, Rows: 31, Term: "xterm"})
	if err != nil {
		f.t.Fatal(err)
	}
	return &sitting{Terminal: terminal, t: f.t}
}

// sitting reads what an action writes.
type sitting struct {
	session.Terminal
	t   *testing.T
	got string
}

func (s *sitting) see(want string) *sitting {
	s.t.Helper()
	buffer := make([]byte, 4096)
	for !strings.Contains(s.got, want) {
		n, err := s.Read(buffer)
		if s.got += string(buffer[:n]); err != nil {
			s.t.Fatalf("%v behind %q, waiting for %q", err, s.got, want)
		}
	}
	return s
}

func (s *sitting) types(keys string) {
	s.t.Helper()
	if _, err := io.WriteString(s, keys); err != nil {
		s.t.Fatal(err)
	}
}

// ends reads on and returns why nothing more comes.
func (s *sitting) ends() error {
	s.t.Helper()
	late := time.AfterFunc(20*time.Second, func() {
		s.t.Error("it did not end")
		_ = s.Close()
	})
	defer late.Stop()
	buffer := make([]byte, 4096)
	for {
		n, err := s.Read(buffer)
		if s.got += string(buffer[:n]); err != nil {
			return err
		}
	}
}

func TestDriverTalksWithTheAction(t *testing.T) {
	h := talk(t, `printf '\033[35mname? '; read -r name; stty size; echo "hello $name $PASSWORD $TERM"`)
	watcher := h.front(h.hello("bea", false))
	f := h.atTerminal("ana")
	in := f.starts().see("\x1b[35mname? ")
	in.types("ana\r")
	in.see("31 101\r\nhello ana " + password + " xterm\r\n")
	if err := in.ends(); !errors.Is(err, io.EOF) {
		t.Errorf("behind the end: %v", err)
	}
	f.event(event.KindActionEnded)
	watcher.output("hello ana [secret PASSWORD] xterm\n")
	for _, u := range append(watcher.seen, f.seen...) {
		if text := fmt.Sprintf("%+v", u); strings.Contains(text, password) || strings.ContainsRune(text, 0x1b) {
			t.Errorf("a feed holds %q", text)
		}
	}
	_ = filepath.WalkDir(h.dir, func(path string, d os.DirEntry, _ error) error {
		if data, err := os.ReadFile(path); err == nil && d.Type().IsRegular() && strings.Contains(string(data), password) {
			t.Errorf("%s holds the password", path)
		}
		return nil
	})
	if _, err := f.Terminal(t.Context(), session.Screen{Cols: 80, Rows: 24}); err == nil {
		t.Error("let into the terminal of an action that has ended")
	}
}

// TestTheTerminalIsTheDriversAlone: who watches, or drives without a terminal, is
// refused.
func TestTheTerminalIsTheDriversAlone(t *testing.T) {
	h := talk(t, `echo ready; read -r nothing`)
	bare := h.front(h.hello("ana", true))
	bare.do(walk.Begin{})
	_, err := bare.Do(t.Context(), walk.Run{Action: "talk", Confirmed: true})
	var values *session.ValuesError
	if !errors.As(err, &values) || !errors.Is(err, session.ErrNoTerminal) {
		t.Errorf("started without a terminal: %v", err)
	}
	if _, err := bare.Preview(t.Context(), "talk"); err != nil {
		t.Errorf("its preview: %v", err)
	}
	_ = bare.Close()
	h.awaitLeft(1)

	f := h.atTerminal("ana")
	f.do(walk.Run{Action: "talk", Confirmed: true})
	in := f.enter().see("ready")
	hello := h.hello("bea", false)
	hello.Terminal = true
	var other *session.NotDriverError
	if _, err := h.front(hello).Terminal(t.Context(), session.Screen{Cols: 80, Rows: 24}); !errors.As(err, &other) || other.Operator != "ana" {
		t.Errorf("a watcher was let in: %v", err)
	}
	in.types("\r")
	f.event(event.KindActionEnded)
}

// TestDroppedTerminalIsGoneBackTo: the program does not notice; the next driver is
// relayed to it and it is told to draw anew.
func TestDroppedTerminalIsGoneBackTo(t *testing.T) {
	// In sh: a timed read of bash 5.2 and WINCH do not always go together.
	h := talk(t, `sh -c 'trap "stty size" WINCH; echo ready; until read -r line; do :; done; echo "read $line"'`)
	f := h.atTerminal("ana")
	f.starts().see("ready")
	_ = f.Close()
	h.awaitLeft(1)
	f = h.atTerminal("ana")
	if r := f.state.Running; r == nil || !r.Interactive {
		t.Fatalf("running %+v", r)
	}
	in := f.enter().see("ready").see("31 101")
	if err := in.Resize(session.Screen{Cols: 70, Rows: 20}); err != nil {
		t.Error(err)
	}
	in.see("20 70")
	if err := in.Close(); err != nil { // left, and back over the same connection
		t.Error(err)
	}
	in = f.enter().see("31 101")
	in.types("back\r")
	in.see("read back")
	f.event(event.KindActionEnded)
}

// TestTakeOverTakesTheTerminal: the former driver is out of it at once.
func TestTakeOverTakesTheTerminal(t *testing.T) {
	h := talk(t, `echo ready; read -r line; echo "read $line"`)
	ana := h.atTerminal("ana").starts().see("ready")
	hello := h.hello("bea", true)
	hello.Terminal, hello.TakeOver, hello.Reason = true, true, "asleep"
	bea := h.front(hello)
	if err := ana.ends(); !errors.Is(err, session.ErrTerminalTaken) {
		t.Errorf("the former driver: %v", err)
	}
	_, _ = io.WriteString(ana, "of ana\r") // nobody reads it
	in := bea.enter()
	in.types("of bea\r")
	in.see("read of bea")
	bea.event(event.KindActionEnded)
}

// TestFloodInATerminalWaitsForWhoReads: what is not read yet holds up neither the
// commands nor the memory, and all of it arrives.
func TestFloodInATerminalWaitsForWhoReads(t *testing.T) {
	h := talk(t, `seq 1 200000; echo done`)
	f := h.atTerminal("ana")
	in := f.starts()
	for range 20 {
		if _, err := f.Preview(t.Context(), "talk"); err != nil {
			t.Fatal(err)
		}
	}
	if err := in.ends(); !errors.Is(err, io.EOF) {
		t.Errorf("%v", err)
	}
	if !strings.Contains(in.got, "\r\n199999\r\n200000\r\ndone\r\n") || strings.Count(in.got, "\n") != 200001 {
		t.Errorf("%d lines arrived", strings.Count(in.got, "\n"))
	}
}

// TestCancelEndsWhatTalks: ctrl-c outside of the terminal ends the action as any other.
func TestCancelEndsWhatTalks(t *testing.T) {
	h := talk(t, `trap '' HUP; echo ready; read -r nothing`)
	f := h.atTerminal("ana")
	in := f.starts().see("ready")
	f.do(walk.Cancel{Action: "talk"})
	if err := in.ends(); !errors.Is(err, io.EOF) {
		t.Errorf("%v", err)
	}
	f.event(event.KindActionEnded)
	if got := f.state.Action("talk").Ending.Outcome; got != event.OutcomeCancelled {
		t.Errorf("outcome %s", got)
	}
}

// TestKeysOutOfBoundsEndTheConnection: a front end that sends too much is none of ours.
func TestKeysOutOfBoundsEndTheConnection(t *testing.T) {
	h := talk(t, `echo ready; read -r nothing`)
	f := h.atTerminal("ana")
	f.starts().see("ready")
	if err := f.link.send(frame{ID: 3, Typed: &typed{Keys: make([]byte, relayPiece+1)}}); err != nil {
		t.Fatal(err)
	}
	<-f.read
	h.awaitLeft(1)
	f = h.atTerminal("ana")
	f.enter().types(strings.Repeat("a long line ", relayPiece/4) + "\x03") // in pieces
	f.event(event.KindActionEnded)
}

func (h *hosted) awaitLeft(count int) {
	h.t.Helper()
	at, err := h.session.Attach(h.t.Context())
	if err != nil {
		h.t.Fatal(err)
	}
	defer at.Feed.Close()
	left := 0
	for _, ev := range at.Events {
		if ev.Kind == event.KindClientLeft {
			left++
		}
	}
	for left < count {
		updates, err := at.Feed.Next(h.t.Context())
		if err != nil {
			h.t.Fatal(err)
		}
		for _, u := range updates {
			if r, ok := u.(session.EventRecorded); ok && r.Event.Kind == event.KindClientLeft {
				left++
			}
		}
	}
}
