package session

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"sync"
	"time"

	"genia.ai/bitacora/actions"
	"genia.ai/bitacora/internal/ttymode"
	"genia.ai/bitacora/internal/walk"
)

// Screen is what an interactive action may know of the driver's terminal.
type Screen = actions.Screen

// Terminal is the driver's way into the interactive action that runs. What comes
// out is what the action wrote, control sequences and secrets included: it is for
// the driver's own terminal and nothing else. Whether somebody is in there does
// not matter to the action, which goes on either way.
type Terminal interface {
	// Read returns what the action wrote. Errors: io.EOF when it has ended,
	// ErrTerminalTaken, ErrTerminalBehind, ErrClosed.
	Read(p []byte) (int, error)
	// Write hands on what the driver types. What the action does not read is lost
	// beyond a bound, as with a keyboard.
	Write(p []byte) (int, error)
	Resize(screen Screen) error
	// Close leaves; the action goes on.
	Close() error
}

// Why somebody is in a terminal no longer.
var (
	ErrTerminalTaken  = errors.New("somebody else went into the action's terminal")
	ErrTerminalBehind = errors.New("the terminal took what the action wrote too slowly")
)

// ErrNoTerminal says that an interactive action needs somebody at a terminal.
var ErrNoTerminal = actions.ErrNoTerminal

// Bounds of a console.
const (
	maxAhead     = 64 << 10         // bytes that the action may be ahead of who reads
	maxEarly     = 4 << 10          // bytes typed before the action has started
	maxContext   = 4 << 10          // bytes of what was printed before, for who comes back
	behindLimit  = 5 * time.Second  // how long the action waits for who does not read
	comeLimit    = 30 * time.Second // how long an action waits for who started it
	maxScreenRow = 1000             // cells; more is no terminal
)

// console is the terminal of one interactive action, seen from the session. It
// implements actions.Terminal.
type console struct {
	came chan struct{} // closed when somebody is there for the first time

	mu       sync.Mutex
	seat     *seat // of who is in it, nil = nobody
	screen   Screen
	keyboard actions.Keyboard // nil until the action has started
	early    []byte           // typed before that
	entered  bool
	over     bool
	modes    ttymode.Modes
}

var _ actions.Terminal = (*console)(nil)

func newConsole() *console { return &console{came: make(chan struct{})} }

// Await implements actions.Terminal.
func (c *console) Await(ctx context.Context) (Screen, error) {
	limit := time.NewTimer(comeLimit)
	defer limit.Stop()
	select {
	case <-c.came:
		c.mu.Lock()
		defer c.mu.Unlock()
		return c.screen, nil
	case <-ctx.Done():
		return Screen{}, ctx.Err()
	case <-limit.C:
		return Screen{}, fmt.Errorf("nobody came within %s: %w", comeLimit, ErrNoTerminal)
	}
}

// Connect implements actions.Terminal.
func (c *console) Connect(to actions.Keyboard) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.keyboard = to
	_ = to.Resize(c.screen) // it may have ended already
	if len(c.early) > 0 {
		to.Type(c.early)
		c.early = nil
	}
}

// Show implements actions.Terminal.
func (c *console) Show(p []byte) {
	c.mu.Lock()
	_, _ = c.modes.Write(p) // never fails
	s := c.seat
	c.mu.Unlock()
	if s != nil && !s.put(p) {
		c.leave(s)
	}
}

// enter lets somebody in, and whoever was there out. Who comes back is shown what
// was printed last, as it is recorded, and finds the terminal in the modes that the
// action left it in.
func (c *console) enter(screen Screen, before string) (*seat, error) {
	if screen.Cols == 0 || screen.Rows == 0 || screen.Cols > maxScreenRow || screen.Rows > maxScreenRow {
		return nil, fmt.Errorf("a terminal of %d by %d cells: %w", screen.Cols, screen.Rows, ErrNoTerminal)
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.over {
		return nil, io.EOF
	}
	if c.seat != nil {
		c.seat.end(ErrTerminalTaken)
	}
	s := newSeat(c)
	if c.entered {
		if !c.modes.Alternate() {
			s.out = append(s.out, strings.ReplaceAll(before, "\n", "\r\n")...)
		}
		s.out = append(s.out, c.modes.Again()...)
		s.signal(s.ready)
	}
	c.seat, c.screen = s, screen
	if !c.entered {
		c.entered = true
		close(c.came)
	}
	c.resize(screen)
	return s, nil
}

// resize needs c.mu.
func (c *console) resize(screen Screen) {
	if c.keyboard != nil {
		_ = c.keyboard.Resize(screen) // it may have ended already
	}
}

// leave lets somebody out. The action's terminal becomes a row smaller: so a
// program that fills the screen draws it anew for whoever comes next.
func (c *console) leave(s *seat) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.seat != s {
		return
	}
	c.seat = nil
	if screen := c.screen; screen.Rows > 1 {
		screen.Rows--
		c.resize(screen)
	}
}

// evict lets out who is there, because they may drive no longer.
func (c *console) evict() {
	c.mu.Lock()
	s := c.seat
	c.mu.Unlock()
	if s != nil {
		s.end(ErrTerminalTaken)
		c.leave(s)
	}
}

// close ends the terminal with its action. What was written can still be read.
func (c *console) close() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.over = true
	if c.seat != nil {
		c.seat.end(io.EOF)
		c.seat = nil
	}
}

// typed hands on what somebody typed, if they are in there.
func (c *console) typed(s *seat, p []byte) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	switch {
	case c.seat != s:
		return s.why()
	case c.keyboard != nil:
		c.keyboard.Type(p)
	default:
		c.early = append(c.early, p[:min(len(p), maxEarly-len(c.early))]...)
	}
	return nil
}

// Terminal implements Client.
func (s *Session) Terminal(ctx context.Context, screen Screen) (Terminal, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.console == nil || s.state.Running == nil {
		return nil, &walk.Refusal{Code: walk.CodeNotRunning}
	}
	entered, err := s.console.enter(screen, s.printed(s.state.Running.Action, s.state.Running.Attempt))
	if err != nil {
		return nil, err
	}
	return entered, nil
}

// Evict lets out who is in the terminal of the running action.
func (s *Session) Evict() {
	s.mu.Lock()
	c := s.console
	s.mu.Unlock()
	if c != nil {
		c.evict()
	}
}

// printed is the end of what an attempt printed, from the beginning of a line, as
// it is recorded.
func (s *Session) printed(action string, attempt int) string {
	s.feedsMu.Lock()
	defer s.feedsMu.Unlock()
	var text strings.Builder
	for _, piece := range s.recent.pieces {
		if piece.Action == action && piece.Attempt == attempt {
			text.WriteString(piece.Text)
		}
	}
	end := text.String()
	if len(end) > maxContext {
		_, end, _ = strings.Cut(end[len(end)-maxContext:], "\n")
	}
	return end
}
