// Package runserver keeps a run in a process of its own, as tmux keeps a
// session, and lets front ends attach to it over a Unix socket in the run's
// directory.
//
// The package guarantees: what happens to a front end — hung up, cut off, killed
// — does not touch the run; one front end drives and any number follow; a
// command of one that does not drive is refused; only processes of the same user
// are let in; a front end that does not read is dropped after a while and never
// holds up the run or the others.
package runserver

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"sync"
	"time"

	"genia.ai/bitacora/internal/event"
	"genia.ai/bitacora/internal/session"
	"genia.ai/bitacora/internal/walk"
)

// SocketName is the socket's name in the run's directory.
const SocketName = "socket"

// DefaultIdle is how long a server waits without a front end and without a
// running action before it pauses the run and ends.
const DefaultIdle = 10 * time.Minute

// Options is what a server works with.
type Options struct {
	Session *session.Session
	Dir     string // the run's directory
	Path    string // where the runbook was read from
	Idle    time.Duration
	Now     func() time.Time
	Lost    []event.LostVars // told to who resumes a paused run
}

// Server serves one run.
type Server struct {
	opts     Options
	listener net.Listener
	conns    sync.WaitGroup

	mu      sync.Mutex
	linked  map[*peer]struct{} // every connection, also of guests and who is not let in yet
	open    map[*peer]struct{} // who is attached
	met     bool               // somebody was attached already
	driver  *peer
	ending  bool // nobody is let in any more
	since   time.Time
	gone    chan struct{} // closed, and replaced, when somebody leaves
	changed chan struct{} // holds one token when somebody came or went
}

// leaveLimit is how long a newcomer waits for a driver that is just leaving: the
// end of its connection may be noticed a moment later.
const leaveLimit = 500 * time.Millisecond

// Listen opens the socket of a run. The caller holds the run's lock, so that a
// socket that is already there is a dead one.
func Listen(opts Options) (*Server, error) {
	if opts.Idle <= 0 {
		opts.Idle = DefaultIdle
	}
	if opts.Now == nil {
		opts.Now = time.Now
	}
	if err := os.Remove(filepath.Join(opts.Dir, SocketName)); err != nil && !errors.Is(err, os.ErrNotExist) {
		return nil, fmt.Errorf("remove the old socket: %w", err)
	}
	address, release, err := socketAddress(opts.Dir)
	if err != nil {
		return nil, err
	}
	defer release()
	listener, err := net.ListenUnix("unix", &net.UnixAddr{Name: address, Net: "unix"})
	if err != nil {
		return nil, fmt.Errorf("open the run's socket: %w", err)
	}
	listener.SetUnlinkOnClose(false)
	if err := os.Chmod(filepath.Join(opts.Dir, SocketName), 0o600); err != nil {
		listener.Close()
		return nil, fmt.Errorf("protect the run's socket: %w", err)
	}
	return &Server{
		opts: opts, listener: listener, linked: map[*peer]struct{}{}, open: map[*peer]struct{}{},
		changed: make(chan struct{}, 1), gone: make(chan struct{}),
	}, nil
}

// Serve lets front ends in until the run has ended and everybody left, until it
// was idle for long enough (the run is then paused), or until ctx ends (likewise).
// The session is left to the caller to close.
func (s *Server) Serve(ctx context.Context) error {
	var accepting sync.WaitGroup
	accepting.Go(func() { s.accept(ctx) })
	reason := s.wait(ctx)
	s.retire(func() bool { return true })
	err := s.listener.Close()
	accepting.Wait()
	if reason != "" {
		err = errors.Join(err, s.pause(reason))
	}
	s.disconnect()
	s.conns.Wait()
	if rerr := os.Remove(filepath.Join(s.opts.Dir, SocketName)); rerr != nil && !errors.Is(rerr, os.ErrNotExist) {
		err = errors.Join(err, rerr)
	}
	return err
}

// Reasons for a pause.
const (
	pauseIdle = "nobody was attached"
	pauseStop = "the run server was told to end"
)

// wait returns why to stop serving: "" when the run has ended or its storage
// failed.
func (s *Server) wait(ctx context.Context) string {
	at, err := s.opts.Session.Attach(ctx)
	if err != nil {
		return pauseStop
	}
	defer at.Feed.Close()
	s.conns.Go(func() { s.watchEnd(ctx, at.Feed) })
	idle := time.NewTimer(s.patience())
	defer idle.Stop()
	for {
		select {
		case <-ctx.Done():
			return pauseStop
		case <-s.changed:
			idle.Reset(s.patience())
		case <-idle.C:
			if s.retire(s.quiet) {
				return pauseIdle
			}
			idle.Reset(s.patience())
		}
		if s.retire(s.finished) {
			return ""
		}
	}
}

// firstIdle is how long a server waits at least for its first front end, which is on its
// way: it started the server.
const firstIdle = 5 * time.Second

// patience is how long the server waits from now on without a front end.
func (s *Server) patience() time.Duration {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.met {
		return s.opts.Idle
	}
	return max(s.opts.Idle, firstIdle)
}

// watchEnd wakes wait when something is recorded, so that the end of the run and
// of an action are noticed.
func (s *Server) watchEnd(ctx context.Context, feed session.Feed) {
	for {
		updates, err := feed.Next(ctx)
		if err != nil {
			return
		}
		for _, u := range updates {
			switch u.(type) {
			case session.EventRecorded, session.StorageFailed: // the end of an action that cannot be recorded is one, too
				s.signal()
			}
		}
	}
}

func (s *Server) signal() {
	select {
	case s.changed <- struct{}{}:
	default:
	}
}

// retire lets nobody in any more if the condition holds: who came between the
// look at it and the end would attach to a server that is going.
func (s *Server) retire(holds func() bool) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.ending = s.ending || holds()
	return s.ending
}

// quiet reports whether nobody is attached and nothing runs. It needs s.mu.
func (s *Server) quiet() bool {
	return len(s.open) == 0 && !s.opts.Session.Busy()
}

// finished reports whether nobody looks at the run any more and there is nothing
// to wait for: it has ended, or its storage failed, so that only another server
// can go on with it when there is room again. It needs s.mu.
func (s *Server) finished() bool {
	return s.quiet() && (s.opts.Session.State().Status == walk.StatusEnded || s.opts.Session.Failed() != nil)
}

// pause records that the run waits. A server that is told to end ends what runs.
func (s *Server) pause(reason string) error {
	if reason == pauseStop {
		return s.opts.Session.Halt(reason)
	}
	state := s.opts.Session.State()
	if state.Status == walk.StatusEnded || state.Status == walk.StatusPaused || state.Running != nil {
		return nil
	}
	// The context that ended must not keep the pause out of the record.
	_, err := s.opts.Session.DoAs(context.Background(), "", walk.Pause{Reason: reason})
	return err
}

// accept lets front ends in until the listener is closed.
func (s *Server) accept(ctx context.Context) {
	for {
		conn, err := s.listener.Accept()
		if err != nil {
			return
		}
		unix, ok := conn.(*net.UnixConn)
		if !ok || !sameUser(unix) {
			conn.Close()
			continue
		}
		p := &peer{server: s, link: newLink(conn)}
		s.mu.Lock()
		s.linked[p] = struct{}{}
		s.mu.Unlock()
		s.conns.Go(func() { p.serve(ctx) })
	}
}

func (s *Server) disconnect() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for p := range s.linked {
		p.link.conn.Close()
	}
}

// admitPatiently is admit, but lets a driver that is just leaving be gone first.
func (s *Server) admitPatiently(ctx context.Context, p *peer) (*session.Attachment, error) {
	limit := time.NewTimer(leaveLimit)
	defer limit.Stop()
	for {
		s.mu.Lock()
		gone := s.gone
		s.mu.Unlock()
		at, err := s.admit(ctx, p)
		var driven *session.NotDriverError
		if !errors.As(err, &driven) {
			return at, err
		}
		select {
		case <-gone:
		case <-limit.C:
			return nil, err
		case <-ctx.Done():
			return nil, err
		}
	}
}

// admit takes a front end in and attaches it. It returns *session.NotDriverError
// when somebody else drives and is not to be replaced.
func (s *Server) admit(ctx context.Context, p *peer) (*session.Attachment, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.ending {
		return nil, session.ErrClosed
	}
	state := s.opts.Session.State()
	if p.hello.Drive && s.driver != nil {
		if !p.hello.TakeOver {
			return nil, &session.NotDriverError{Operator: s.driver.hello.Operator, Host: s.driver.hello.Host, Since: s.since}
		}
		former := s.driver
		s.driver = nil
		s.opts.Session.Evict()
		former.demote(p.hello)
	}
	join := event.ClientJoined{Client: p.hello.Client, FrontEnd: p.hello.FrontEnd, Operator: p.hello.Operator, Host: p.hello.Host}
	commands := []walk.Command{walk.Join{ClientJoined: join}}
	if p.hello.Drive {
		if state.Status == walk.StatusPaused {
			commands = append(commands, walk.Resume{Operator: p.hello.Operator, Host: p.hello.Host, Lost: s.opts.Lost})
		}
		if state.Status != walk.StatusEnded && (p.hello.TakeOver || p.hello.Operator != state.Operator) {
			commands = append(commands, walk.HandOver{To: p.hello.Operator, Reason: p.hello.Reason})
		}
	}
	for _, cmd := range commands {
		_, err := s.opts.Session.DoAs(ctx, p.hello.Operator, cmd)
		var storage *session.StorageError
		if err != nil && !errors.As(err, &storage) {
			return nil, err
		}
		// A transcript that cannot be written any more can still be looked at.
	}
	at, err := s.opts.Session.Attach(ctx)
	if err != nil {
		return nil, err
	}
	if p.hello.Drive {
		s.driver, s.since = p, s.opts.Now()
	}
	p.feed = at.Feed
	s.open[p], s.met = struct{}{}, true
	s.signal()
	return at, nil
}

// dismiss notes that a front end is gone.
func (s *Server) dismiss(p *peer, reason string) {
	s.mu.Lock()
	_, known := s.open[p]
	delete(s.open, p)
	if s.driver == p {
		s.driver = nil
	}
	close(s.gone)
	s.gone = make(chan struct{})
	s.mu.Unlock()
	if known {
		left := event.ClientLeft{Client: p.hello.Client, Reason: reason}
		// When the transcript cannot be written any more there is nobody to tell.
		_, _ = s.opts.Session.DoAs(context.Background(), p.hello.Operator, walk.Leave{ClientLeft: left})
	}
	s.signal()
}

// unlink forgets a connection that is closed.
func (s *Server) unlink(p *peer) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.linked, p)
}

// carryOut does what a front end asks for, if it may. Who drives does not change
// meanwhile: nothing of a former driver is recorded behind a take-over.
func (s *Server) carryOut(ctx context.Context, p *peer, cmd walk.Command) (session.Ack, error) {
	if !anyonesCommand(cmd) {
		s.mu.Lock()
		defer s.mu.Unlock()
	}
	if err := s.allowed(p, cmd); err != nil {
		return session.Ack{}, err
	}
	from := session.Origin{Actor: p.hello.Operator, Terminal: p.hello.Terminal}
	return s.opts.Session.DoFrom(ctx, from, cmd)
}

// entrust hands a secret to the session, if who gives it drives.
func (s *Server) entrust(ctx context.Context, p *peer, given *secret) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.allowed(p, nil); err != nil {
		return err
	}
	return s.opts.Session.GiveSecret(ctx, given.Name, given.Value)
}

// allowed returns an error when the front end may not send the command. It needs
// s.mu, but for what anyone may send.
func (s *Server) allowed(p *peer, cmd walk.Command) error {
	if anyonesCommand(cmd) {
		return nil
	}
	if s.driver == p {
		return nil
	}
	return s.notDriver()
}

// notDriver says who drives instead. It needs s.mu.
func (s *Server) notDriver() error {
	refusal := &session.NotDriverError{Operator: s.opts.Session.State().Operator, Since: s.since}
	if s.driver != nil {
		refusal.Operator, refusal.Host = s.driver.hello.Operator, s.driver.hello.Host
	}
	return refusal
}
