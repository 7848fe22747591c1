package relay

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/creack/pty"
	"go.uber.org/goleak"
	"golang.org/x/sys/unix"

	"genia.ai/bitacora/internal/session"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestTheKeyThatLeaves(t *testing.T) {
	for typed, want := range map[string]struct {
		before string
		leave  bool
	}{
		"abc":                 {"abc", false},
		"":                    {"", false},
		"\x1d":                {"", true},
		"ab\x1dcd":            {"ab", true},
		"ab\x1b[93;5ucd":      {"ab", true},
		"\x1b[27;5;93~":       {"", true},
		"a\x1b[93;5u\x1db":    {"a", true},
		"a\x1db\x1b[93;5u":    {"a", true},
		"\x1b[A\x1b[93;6u[5u": {"\x1b[A\x1b[93;6u[5u", false},
	} {
		before, leave := cut([]byte(typed))
		if string(before) != want.before || leave != want.leave {
			t.Errorf("%q: %q, %v", typed, before, leave)
		}
	}
}

// action is an action's terminal made of a pipe.
type action struct {
	*io.PipeReader
	typed bytes.Buffer
	sizes []session.Screen
}

func (a *action) Write(p []byte) (int, error)   { return a.typed.Write(p) }
func (a *action) Resize(s session.Screen) error { a.sizes = append(a.sizes, s); return nil }
func (a *action) Close() error                  { return a.CloseWithError(session.ErrClosed) }
func newAction() (a *action, prints *io.PipeWriter) {
	r, w := io.Pipe()
	return &action{PipeReader: r}, w
}

// TestTheTerminalIsGivenBack: its modes and what the action left on, however it ends.
func TestTheTerminalIsGivenBack(t *testing.T) {
	for name, test := range map[string]struct {
		end  func(prints *io.PipeWriter, keys chan<- []byte, stop chan struct{})
		want Left
	}{
		"ended": {func(w *io.PipeWriter, _ chan<- []byte, _ chan struct{}) { w.Close() }, LeftEnded},
		"taken": {func(w *io.PipeWriter, _ chan<- []byte, _ chan struct{}) { w.CloseWithError(session.ErrTerminalTaken) }, LeftTaken},
		"behind": {func(w *io.PipeWriter, _ chan<- []byte, _ chan struct{}) {
			w.CloseWithError(session.ErrTerminalBehind)
		}, LeftBehind},
		"lost": {func(w *io.PipeWriter, _ chan<- []byte, _ chan struct{}) { w.CloseWithError(session.ErrClosed) }, LeftLost},
		"key":  {func(_ *io.PipeWriter, k chan<- []byte, _ chan struct{}) { k <- []byte("x\x1dy") }, LeftKey},
		"hung": {func(_ *io.PipeWriter, k chan<- []byte, _ chan struct{}) { close(k) }, LeftLost},
		"stop": {func(_ *io.PipeWriter, _ chan<- []byte, stop chan struct{}) { close(stop) }, LeftLost},
	} {
		t.Run(name, func(t *testing.T) {
			master, slave, err := pty.Open()
			if err != nil {
				t.Fatal(err)
			}
			defer master.Close()
			defer slave.Close()
			before, err := unix.IoctlGetTermios(int(slave.Fd()), unix.TCGETS)
			if err != nil {
				t.Fatal(err)
			}
			var out bytes.Buffer
			tty := Tty{File: slave, Out: &out}
			keys, stop := make(chan []byte), make(chan struct{})
			a, prints := newAction()
			go func() {
				_, _ = io.WriteString(prints, "\x1b[?25l\x1b[?1049hhello")
				keys <- []byte("typed ")
				test.end(prints, keys, stop)
			}()
			left, err := tty.Run(stop, keys, a)
			if err != nil || left != test.want {
				t.Errorf("left %s, %v", left, err)
			}
			if got := a.typed.String(); got != "typed " && got != "typed x" {
				t.Errorf("typed %q", got)
			}
			shown := out.String()
			if !strings.HasPrefix(shown, "\x1b[?25l\x1b[?1049hhello") || !strings.Contains(shown, "\x1b[?1049l") || !strings.HasSuffix(shown, "\x1b[?25h\r\n") {
				t.Errorf("shown %q", shown)
			}
			if after, err := unix.IoctlGetTermios(int(slave.Fd()), unix.TCGETS); err != nil || *after != *before {
				t.Errorf("the terminal's modes: %+v, %v; were %+v", after, err, before)
			}
		})
	}
}

// TestTheTerminalIsTakenAgainAfterAStop: a shell has made it echo what is typed.
func TestTheTerminalIsTakenAgainAfterAStop(t *testing.T) {
	master, slave, err := pty.Open()
	if err != nil {
		t.Fatal(err)
	}
	defer master.Close()
	defer slave.Close()
	if err := pty.Setsize(master, &pty.Winsize{Cols: 90, Rows: 20}); err != nil {
		t.Fatal(err)
	}
	modes := func() *unix.Termios {
		now, err := unix.IoctlGetTermios(int(slave.Fd()), unix.TCGETS)
		if err != nil {
			t.Fatal(err)
		}
		return now
	}
	before := modes()
	keys, a := make(chan []byte), &action{}
	a.PipeReader, _ = io.Pipe()
	ended := make(chan error, 1)
	go func() {
		_, err := Tty{File: slave, Out: io.Discard}.Run(nil, keys, a)
		ended <- err
	}()
	keys <- []byte("x") // the terminal is taken
	raw := modes()
	if err := unix.IoctlSetTermios(int(slave.Fd()), unix.TCSETS, before); err != nil {
		t.Fatal(err)
	}
	if err := unix.Kill(os.Getpid(), unix.SIGCONT); err != nil {
		t.Fatal(err)
	}
	for deadline := time.Now().Add(10 * time.Second); *modes() != *raw; runtime.Gosched() {
		if time.Now().After(deadline) {
			t.Fatal("the terminal still echoes what is typed")
		}
	}
	keys <- []byte("y\x1d")
	if err := <-ended; err != nil || *modes() != *before {
		t.Errorf("%v; modes %+v, were %+v", err, modes(), before)
	}
	if n := len(a.sizes); n < 2 || a.sizes[n-1] != (session.Screen{Cols: 90, Rows: 20}) || a.sizes[n-2] == a.sizes[n-1] {
		t.Errorf("sizes %+v", a.sizes)
	}
}

func TestNoTerminalIsNotTakenOver(t *testing.T) {
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer w.Close()
	a, _ := newAction()
	if _, err := (Tty{File: r, Out: io.Discard}).Run(nil, nil, a); err == nil {
		t.Error("a pipe was taken for a terminal")
	}
	if _, err := a.Read(make([]byte, 1)); !errors.Is(err, io.ErrClosedPipe) && !errors.Is(err, session.ErrClosed) {
		t.Errorf("the action's terminal was not left: %v", err)
	}
}

// TestKeysEnd: with the context although nobody types, and with the terminal.
func TestKeysEnd(t *testing.T) {
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	keys, err := Keys(ctx, r)
	if err != nil {
		t.Fatal(err)
	}
	_, _ = io.WriteString(w, "abc")
	if got := string(<-keys); got != "abc" {
		t.Errorf("got %q", got)
	}
	cancel()
	if _, ok := <-keys; ok {
		t.Error("more came")
	}
	keys, err = Keys(t.Context(), r)
	if err != nil {
		t.Fatal(err)
	}
	w.Close()
	if _, ok := <-keys; ok {
		t.Error("more came")
	}
}
