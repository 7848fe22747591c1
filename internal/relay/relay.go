// Package relay lends the operator's terminal to the interactive action that runs,
// and takes it back.
//
// It is the one place where what an action prints reaches the terminal as it is.
// It guarantees: that ends with the action, with the key that leaves, and when the
// run or the terminal is gone; the terminal is then as it was, whatever modes the
// action left on, in the middle of whatever sequence it stopped; what is typed goes
// to the action and nowhere else, also after the program was stopped and goes on.
package relay

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"
	"time"

	"golang.org/x/term"

	"genia.ai/bitacora/internal/session"
	"genia.ai/bitacora/internal/ttymode"
)

// LeaveKey is how the key that leaves is called.
const LeaveKey = "ctrl-]"

// leaveKeys are what a terminal may send for it: the control character, and what
// the protocols of kitty and xterm's modifyOtherKeys make of it.
var leaveKeys = [][]byte{{0x1d}, []byte("\x1b[93;5u"), []byte("\x1b[27;5;93~")}

// stallLimit is how long a terminal that takes nothing may delay the end.
const stallLimit = 2 * time.Second

// Left says why the operator is out of the action's terminal.
type Left string

// The ways out.
const (
	LeftEnded  Left = "ended"  // the action has ended
	LeftKey    Left = "key"    // the operator wanted it; the action goes on
	LeftTaken  Left = "taken"  // somebody else went in
	LeftBehind Left = "behind" // the operator's terminal was too slow; the action goes on
	LeftLost   Left = "lost"   // the run is not heard of any more, or nobody types any more
)

// Tty is the operator's terminal.
type Tty struct {
	File *os.File  // its modes and its size
	Out  io.Writer // what is shown
	Term string    // what kind it is, as in the variable TERM
}

// Screen is what an action may know of the terminal.
func (t Tty) Screen() (session.Screen, error) {
	cols, rows, err := term.GetSize(int(t.File.Fd()))
	if err != nil {
		return session.Screen{}, fmt.Errorf("ask for the size of the terminal: %w", err)
	}
	return session.Screen{Cols: uint16(cols), Rows: uint16(rows), Term: t.Term}, nil
}

// Run relays between the operator's terminal and an action's until one of both is
// gone, stop is closed, or the operator leaves. It closes the action's terminal.
// keys are what is typed; it is closed when nobody types any more.
func (t Tty) Run(stop <-chan struct{}, keys <-chan []byte, action session.Terminal) (Left, error) {
	state, err := term.MakeRaw(int(t.File.Fd()))
	if err != nil {
		return LeftLost, errors.Join(fmt.Errorf("take over the terminal: %w", err), action.Close())
	}
	shown := &shown{out: t.Out}
	over, drained := make(chan error, 1), make(chan struct{})
	go func() { // ends with the action's terminal
		defer close(drained)
		_, err := io.Copy(shown, action)
		over <- err
	}()
	left := t.converse(stop, keys, action, over)
	_ = action.Close() // its connection may be gone
	limit := time.NewTimer(stallLimit)
	defer limit.Stop()
	select {
	case <-drained:
		shown.restore()
	case <-limit.C: // the terminal takes nothing
	}
	return left, term.Restore(int(t.File.Fd()), state)
}

// converse passes on what is typed, and sizes, until something ends it.
func (t Tty) converse(stop <-chan struct{}, keys <-chan []byte, action session.Terminal, over <-chan error) Left {
	sizes := make(chan os.Signal, 1)
	signal.Notify(sizes, syscall.SIGWINCH)
	defer signal.Stop(sizes)
	goesOn := make(chan os.Signal, 1) // nobody tells of a stop
	signal.Notify(goesOn, syscall.SIGCONT)
	defer signal.Stop(goesOn)
	background := time.NewTimer(0)
	defer background.Stop()
	background.Stop()
	for {
		select {
		case <-goesOn:
			if !t.wentOn(action) {
				background.Reset(BackgroundWait)
			}
		case <-background.C:
			if !t.wentOn(action) {
				_ = Stop() // it shows and takes nothing there
			}
		case err := <-over:
			return leftBy(err)
		case <-stop:
			return LeftLost
		case <-sizes:
			if screen, err := t.Screen(); err == nil {
				_ = action.Resize(screen) // that it ended is told by the other way
			}
		case typed, ok := <-keys:
			if !ok {
				return LeftLost
			}
			before, leave := cut(typed)
			if len(before) > 0 {
				_, _ = action.Write(before)
			}
			if leave {
				return LeftKey
			}
		}
	}
}

// wentOn takes the terminal once more after the program was stopped: a shell has changed
// its modes meanwhile, and would leave what is typed to be seen. A program that fills the
// screen draws it anew, being told of another size first. It reports false where the
// terminal is somebody else's.
func (t Tty) wentOn(action session.Terminal) bool {
	if !Foreground(t.File) {
		return false
	}
	_, _ = term.MakeRaw(int(t.File.Fd())) // a terminal that is gone is noticed where its keys are read
	if screen, err := t.Screen(); err == nil {
		smaller := screen
		smaller.Rows = max(screen.Rows-1, 1)
		_ = action.Resize(smaller) // that it ended is told by the other way
		_ = action.Resize(screen)
	}
	return true
}

// cut returns what was typed before the key that leaves, if that is among it.
func cut(typed []byte) (before []byte, leave bool) {
	at := len(typed)
	for _, key := range leaveKeys {
		if i := bytes.Index(typed[:at], key); i >= 0 {
			at, leave = i, true
		}
	}
	return typed[:at], leave
}

// leftBy says what the end of an action's terminal means.
func leftBy(err error) Left {
	switch {
	case err == nil: // io.EOF
		return LeftEnded
	case errors.Is(err, session.ErrTerminalTaken):
		return LeftTaken
	case errors.Is(err, session.ErrTerminalBehind):
		return LeftBehind
	}
	return LeftLost
}

// shown follows what reaches the terminal.
type shown struct {
	out   io.Writer
	modes ttymode.Modes
	last  byte
}

// Write implements io.Writer.
func (s *shown) Write(p []byte) (int, error) {
	if len(p) == 0 {
		return 0, nil
	}
	s.last = p[len(p)-1]
	_, _ = s.modes.Write(p) // never fails
	return s.out.Write(p)
}

// restore makes the terminal what it was, with the cursor on a new line.
func (s *shown) restore() {
	end := s.modes.Reset()
	if s.last != 0 && s.last != '\n' {
		end = append(end, "\r\n"...)
	}
	_, _ = s.out.Write(end) // a terminal that is gone needs nothing
}

// Keys reads what is typed in a terminal until ctx ends or nobody types any more;
// the channel is closed then.
func Keys(ctx context.Context, from *os.File) (<-chan []byte, error) {
	woken, wake, err := os.Pipe()
	if err != nil {
		return nil, fmt.Errorf("read the terminal: %w", err)
	}
	keys := make(chan []byte)
	stop := context.AfterFunc(ctx, func() { wake.Close() })
	go func() {
		defer close(keys)
		defer woken.Close()
		defer func() {
			if stop() {
				wake.Close()
			}
		}()
		buffer := make([]byte, 4096)
		for awaitKeys(from, woken) {
			n, err := from.Read(buffer)
			if err != nil || n == 0 {
				return
			}
			select {
			case keys <- bytes.Clone(buffer[:n]):
			case <-ctx.Done():
				return
			}
		}
	}()
	return keys, nil
}
