package runserver

import (
	"context"
	"errors"
	"fmt"
	"io"
	"sync"

	"genia.ai/bitacora/internal/session"
)

// The terminal of an interactive action is relayed to the front end that drives,
// and to no other. What the action writes is sent only as far as the front end has
// taken what was sent before: so commands, events and what is typed never wait
// behind it, and neither end holds more than the window.
const (
	relayWindow = 64 << 10 // bytes that may be on their way
	relayPiece  = 16 << 10 // bytes of one frame
)

// typed is what a front end in a terminal sends; it is not answered.
type typed struct {
	Keys   []byte          `json:"keys,omitempty"`
	Screen *session.Screen `json:"screen,omitempty"` // its terminal has another size
	Taken  int             `json:"taken,omitempty"`  // bytes of what was written
	Leave  bool            `json:"leave,omitempty"`
}

// written is what comes out of a terminal.
type written struct {
	Bytes []byte     `json:"bytes,omitempty"`
	End   *wireError `json:"end,omitempty"` // nothing more comes
}

// relay is a front end's way into a terminal, seen from the server.
type relay struct {
	id       uint64 // of the request
	terminal session.Terminal
	sent     chan struct{} // closed when nothing more is sent
	left     chan struct{} // closed when the front end has left

	mu     sync.Mutex
	gone   bool
	credit int
	more   chan struct{} // holds one token when there may be credit
}

// enter lets the front end into the terminal of the running action.
func (p *peer) enter(ctx context.Context, id uint64, screen session.Screen) frame {
	terminal, err := p.server.terminal(ctx, p, screen)
	if err != nil {
		return frame{Error: encodeError(err)}
	}
	p.leaveTerminal() // there is only one to be in
	p.relay = &relay{
		id: id, terminal: terminal, credit: relayWindow,
		sent: make(chan struct{}), left: make(chan struct{}), more: make(chan struct{}, 1),
	}
	return frame{Entered: true}
}

// terminal opens the terminal of the running action for who drives. That does not
// change meanwhile.
func (s *Server) terminal(ctx context.Context, p *peer, screen session.Screen) (session.Terminal, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.driver != p {
		return nil, s.notDriver()
	}
	if !p.hello.Terminal {
		return nil, session.ErrNoTerminal
	}
	return s.opts.Session.Terminal(ctx, screen)
}

// leaveTerminal ends the relay, if there is one, and waits for it.
func (p *peer) leaveTerminal() {
	if p.relay == nil {
		return
	}
	p.relay.leave()
	<-p.relay.sent
	p.relay = nil
}

func (r *relay) leave() {
	r.mu.Lock()
	defer r.mu.Unlock()
	if !r.gone {
		r.gone = true
		close(r.left)
		_ = r.terminal.Close() // has no error
	}
}

// typed hands on what the front end sent. What is meant for a terminal that it has
// left is passed over.
func (p *peer) typed(id uint64, in *typed) error {
	r := p.relay
	switch {
	case len(in.Keys) > relayPiece || in.Taken < 0 || in.Taken > relayWindow:
		return fmt.Errorf("%w: a frame for a terminal out of bounds", errFrame)
	case r == nil || r.id != id:
		return nil
	case in.Leave:
		p.leaveTerminal()
		return nil
	}
	// Their errors say that it has ended: the front end is told by the other way.
	if in.Screen != nil {
		_ = r.terminal.Resize(*in.Screen)
	}
	if len(in.Keys) > 0 {
		_, _ = r.terminal.Write(in.Keys)
	}
	r.grant(in.Taken)
	return nil
}

func (r *relay) grant(n int) {
	r.mu.Lock()
	r.credit = min(r.credit+n, relayWindow)
	r.mu.Unlock()
	select {
	case r.more <- struct{}{}:
	default:
	}
}

// spend waits for credit and takes at most limit of it; 0 when the front end left.
func (r *relay) spend(limit int) int {
	for {
		r.mu.Lock()
		n := min(r.credit, limit)
		if r.gone {
			n = 0
		}
		r.credit -= n
		gone := r.gone
		r.mu.Unlock()
		if n > 0 || gone {
			return n
		}
		select {
		case <-r.more:
		case <-r.left:
		}
	}
}

// run sends what comes out of the terminal until it, or the connection, ends.
func (r *relay) run(l *link) {
	defer close(r.sent)
	buffer := make([]byte, relayPiece)
	for {
		allowed := r.spend(len(buffer))
		if allowed == 0 {
			return
		}
		n, err := r.terminal.Read(buffer[:allowed])
		r.grant(allowed - n)
		out := &written{Bytes: buffer[:n]}
		if err != nil {
			out = &written{End: encodeError(err)}
		}
		if serr := l.send(frame{ID: r.id, Written: out}); serr != nil || err != nil {
			return
		}
	}
}

// remote is a terminal in another process. It implements session.Terminal.
type remote struct {
	client *Client
	id     uint64

	ready chan struct{} // holds one token when there is something to read, or the end

	mu  sync.Mutex
	out []byte
	err error
}

var _ session.Terminal = (*remote)(nil)

// Terminal implements session.Client.
func (c *Client) Terminal(ctx context.Context, screen session.Screen) (session.Terminal, error) {
	t := &remote{client: c, ready: make(chan struct{}, 1)}
	f, err := c.exchange(ctx, frame{Enter: &screen}, func(id uint64) {
		t.id = id
		c.terminals[id] = t
	})
	if err == nil && !f.Entered {
		err = errFrame
	}
	if err != nil {
		_ = t.Close() // it may have been opened all the same
		return nil, err
	}
	return t, nil
}

// take takes what the server sent.
func (t *remote) take(w *written) {
	t.mu.Lock()
	defer t.mu.Unlock()
	switch {
	case t.err != nil:
	case w.End != nil:
		t.err = w.End.decode()
	case len(t.out)+len(w.Bytes) > relayWindow:
		t.err = errFrame
	default:
		t.out = append(t.out, w.Bytes...)
	}
	t.signal()
}

func (t *remote) signal() {
	select {
	case t.ready <- struct{}{}:
	default:
	}
}

// Read implements session.Terminal.
func (t *remote) Read(p []byte) (int, error) {
	for {
		t.mu.Lock()
		n, err := copy(p, t.out), t.err
		t.out = t.out[:copy(t.out, t.out[n:])]
		t.mu.Unlock()
		switch {
		case n > 0:
			t.signal() // there may be more
			if err == nil {
				_ = t.send(typed{Taken: n}) // that the connection ended is told by the other way
			}
			return n, nil
		case err != nil:
			t.signal()
			return 0, err
		}
		<-t.ready
	}
}

// Write implements session.Terminal.
func (t *remote) Write(p []byte) (int, error) {
	done := 0
	for done < len(p) {
		n := min(len(p)-done, relayPiece)
		if err := t.send(typed{Keys: p[done : done+n]}); err != nil {
			return done, err
		}
		done += n
	}
	return done, nil
}

// Resize implements session.Terminal.
func (t *remote) Resize(screen session.Screen) error { return t.send(typed{Screen: &screen}) }

// Close implements session.Terminal.
func (t *remote) Close() error {
	t.client.forget(t.id)
	err := t.send(typed{Leave: true})
	t.end(session.ErrClosed)
	return err
}

func (t *remote) end(err error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.err == nil {
		t.err = err
	}
	t.signal()
}

// send returns why the terminal ended, when it has.
func (t *remote) send(in typed) error {
	t.mu.Lock()
	err := t.err
	t.mu.Unlock()
	if err == nil {
		if serr := t.client.link.send(frame{ID: t.id, Typed: &in}); serr != nil {
			err = session.ErrClosed
		}
	}
	if errors.Is(err, io.EOF) {
		return io.ErrClosedPipe // a writer has no use for it
	}
	return err
}

// forget drops a terminal that was left.
func (c *Client) forget(id uint64) {
	c.mu.Lock()
	defer c.mu.Unlock()
	delete(c.terminals, id)
}
