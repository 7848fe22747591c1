package session

import (
	"sync"
	"time"
)

// seat is one front end in the terminal of an interactive action. It implements
// Terminal.
type seat struct {
	console *console
	ready   chan struct{} // holds one token when there is something to read, or the end
	space   chan struct{} // holds one token when there may be room again
	ended   chan struct{} // closed at the end

	mu  sync.Mutex
	out []byte // what was written and not read yet
	err error  // why it ended
}

var _ Terminal = (*seat)(nil)

func newSeat(c *console) *seat {
	return &seat{console: c, ready: make(chan struct{}, 1), space: make(chan struct{}, 1), ended: make(chan struct{})}
}

func (s *seat) signal(token chan struct{}) {
	select {
	case token <- struct{}{}:
	default:
	}
}

// put adds what the action wrote. It waits for who is behind, as any terminal
// does; when that takes too long they are left behind, and it reports false.
func (s *seat) put(p []byte) bool {
	for {
		s.mu.Lock()
		if s.err != nil {
			s.mu.Unlock()
			return false
		}
		n := min(len(p), max(maxAhead-len(s.out), 0))
		s.out = append(s.out, p[:n]...)
		s.mu.Unlock()
		if n > 0 {
			s.signal(s.ready)
		}
		if p = p[n:]; len(p) == 0 {
			return true
		}
		if !s.await() {
			s.end(ErrTerminalBehind)
			return false
		}
	}
}

// await waits for room, or the end, and reports false when neither comes.
func (s *seat) await() bool {
	limit := time.NewTimer(behindLimit)
	defer limit.Stop()
	select {
	case <-s.space:
	case <-s.ended:
	case <-limit.C:
		return false
	}
	return true
}

// end lets Read hand out what is there and then say why nothing more comes.
func (s *seat) end(err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.err == nil {
		s.err = err
		close(s.ended)
	}
	s.signal(s.ready)
}

// why is why it ended, or ErrClosed.
func (s *seat) why() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.err == nil {
		return ErrClosed
	}
	return s.err
}

// Read implements Terminal.
func (s *seat) Read(p []byte) (int, error) {
	for {
		s.mu.Lock()
		n, err := copy(p, s.out), s.err
		s.out = s.out[:copy(s.out, s.out[n:])]
		left := len(s.out)
		s.mu.Unlock()
		switch {
		case n > 0:
			s.signal(s.space)
			if left > 0 || err != nil {
				s.signal(s.ready)
			}
			return n, nil
		case err != nil:
			s.signal(s.ready) // for whoever asks again
			return 0, err
		}
		<-s.ready
	}
}

// Write implements Terminal.
func (s *seat) Write(p []byte) (int, error) {
	if err := s.console.typed(s, p); err != nil {
		return 0, err
	}
	return len(p), nil
}

// Resize implements Terminal.
func (s *seat) Resize(screen Screen) error {
	c := s.console
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.seat != s {
		return s.why()
	}
	c.screen.Cols, c.screen.Rows = screen.Cols, screen.Rows
	c.resize(c.screen)
	return nil
}

// Close implements Terminal.
func (s *seat) Close() error {
	s.end(ErrClosed)
	s.console.leave(s)
	return nil
}
