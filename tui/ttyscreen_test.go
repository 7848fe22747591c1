package tui

import (
	"bytes"
	"context"
	"errors"
	"io"
	"strings"
	"testing"

	tea "github.com/charmbracelet/bubbletea"
	"github.com/creack/pty"
	"golang.org/x/sys/unix"
)

// TestModesOfTheTerminal: they are those of when it was last taken, and stay so once it
// was left for good, however late somebody wants it back.
func TestModesOfTheTerminal(t *testing.T) {
	near, far, err := pty.Open()
	if err != nil {
		t.Fatal(err)
	}
	defer near.Close()
	defer far.Close()
	modes := func() uint32 {
		now, err := unix.IoctlGetTermios(int(far.Fd()), unix.TCGETS)
		if err != nil {
			t.Fatal(err)
		}
		return now.Lflag & (unix.ECHO | unix.ICANON | unix.TOSTOP)
	}
	tty := &ttyModes{in: far}
	is := func(when string, err error, want uint32) {
		t.Helper()
		if got := modes(); err != nil || got != want {
			t.Errorf("%s: modes %x, want %x; %v", when, got, want, err)
		}
	}
	is("never taken", tty.restore(), unix.ECHO|unix.ICANON)
	is("taken", tty.raw(), 0)
	is("given back", tty.restore(), unix.ECHO|unix.ICANON)
	now, err := unix.IoctlGetTermios(int(far.Fd()), unix.TCGETS)
	if err != nil {
		t.Fatal(err)
	}
	now.Lflag |= unix.TOSTOP
	if err := unix.IoctlSetTermios(int(far.Fd()), unix.TCSETS, now); err != nil {
		t.Fatal(err)
	}
	is("taken again", tty.raw(), unix.TOSTOP)
	is("taken twice", tty.raw(), unix.TOSTOP)
	now.Lflag |= unix.ECHO | unix.ICANON
	if err := unix.IoctlSetTermios(int(far.Fd()), unix.TCSETS, now); err != nil { // by a shell, unasked
		t.Fatal(err)
	}
	is("taken again from who changed it", tty.again(), unix.TOSTOP)
	is("given back as it was last", tty.restore(), unix.ECHO|unix.ICANON|unix.TOSTOP)
	is("taken once more", tty.raw(), unix.TOSTOP)
	is("left", tty.leave(), unix.ECHO|unix.ICANON|unix.TOSTOP)
	is("wanted back too late", tty.raw(), unix.ECHO|unix.ICANON|unix.TOSTOP)
	is("and once more", tty.again(), unix.ECHO|unix.ICANON|unix.TOSTOP)
}

// borrowed is a time away in which something happens.
type borrowed struct {
	tea.ExecCommand
	during func() error
}

func (b borrowed) Run() error { return b.during() }

// TestTheScreenComesBackUnlessItIsLeft: not when the program was told to end meanwhile, but
// also when the terminal did not take that it was lent.
func TestTheScreenComesBackUnlessItIsLeft(t *testing.T) {
	for name, test := range map[string]struct {
		end   bool
		fails error
		want  bool
	}{
		"back": {want: true}, "ended": {end: true}, "not lent": {fails: io.ErrShortWrite, want: true},
	} {
		t.Run(name, func(t *testing.T) {
			s := &slowTerminal{writes: make(chan string, 9), fails: test.fails}
			p := newPainter(s, s, false, &pace{})
			ctx, cancel := context.WithCancel(context.Background())
			defer cancel()
			back, ran := false, false
			err := away{ctx: ctx, painter: p, ended: func() { back = true }, ExecCommand: borrowed{during: func() error {
				ran = true
				if test.end {
					cancel()
				}
				return nil
			}}}.Run()
			if !errors.Is(err, test.fails) || ran != (test.fails == nil) || back != test.want || p.away == test.want {
				t.Errorf("%v, ran %v, back %v, away %v", err, ran, back, p.away)
			}
			var all bytes.Buffer
			for len(s.writes) > 0 {
				all.WriteString(<-s.writes)
			}
			if got := strings.Contains(all.String(), screenOn); got != test.want {
				t.Errorf("wrote %q", all.String())
			}
		})
	}
}

// TestClosedTerminalIsAnInterruption: that it cannot be given back says no more than the
// signal that told of its end.
func TestClosedTerminalIsAnInterruption(t *testing.T) {
	a := newDrive(t, "en", "live", 80, 24).a
	if err := a.failure(context.Canceled, unix.EIO); !errors.Is(err, context.Canceled) {
		t.Errorf("after a signal: %v", err)
	}
	if err := a.failure(nil, unix.EIO); !errors.Is(err, unix.EIO) {
		t.Errorf("without one: %v", err)
	}
	if err := a.failure(context.Canceled, ErrStalled); !errors.Is(err, ErrStalled) {
		t.Errorf("stalled: %v", err)
	}
}
