package session

import (
	"context"
	"errors"
	"fmt"
	"io"
	"sync"
	"time"

	"genia.ai/bitacora/actions"
	"genia.ai/bitacora/internal/event"
	"genia.ai/bitacora/internal/redact"
	"genia.ai/bitacora/internal/transcript"
	"genia.ai/bitacora/internal/walk"
)

// actorSelf is the actor of what nobody in particular caused.
const actorSelf = "bitacora"

// Options is what a session works with.
type Options struct {
	Plan     *walk.Plan
	Writer   *transcript.Writer
	Registry actions.Registry // Rehearsal's for a rehearsal
	Clock    transcript.Clock
	Random   io.Reader         // for ids of ad-hoc commands
	Env      map[string]string // the author's env, merged with the process's
	Hosts    []string
	Secrets  map[string]string // values by name
	Redact   *redact.Set       // of those values
	Dir      string            // working directory of the scripts
	Briefing Briefing

	// Of a run that goes on: what is recorded and saved already, and the end of
	// what its actions printed.
	Events []event.Event
	Saved  Saved
	Recent []OutputPrinted

	// Anchored, if set, is told every head that was anchored outside of the
	// journal. It must not wait.
	Anchored func(transcript.Head)
	// Recorded, if set, is told every event that is on disk. It must not call the
	// session.
	Recorded func(event.Event)
}

// Session is one run in this process. It implements Client and is safe for
// concurrent use.
type Session struct {
	opts  Options
	scrub scrubber
	shell *actions.ShellState

	base    context.Context // of everything that runs
	stop    context.CancelFunc
	running sync.WaitGroup

	mu      sync.Mutex
	state   walk.State
	events  []event.Event
	saved   Saved
	cancel  context.CancelFunc // of the running action, nil when none runs
	stopped bool               // the operator asked the running action to end
	console *console           // of the running action, nil unless it is interactive
	closing bool               // no command is taken any more
	closed  bool

	replaced map[string]string // secrets that the operator gave another value for

	failed *StorageError // the first failure of storage, nil while all is well

	feedsMu sync.Mutex
	feeds   map[*Queue]struct{}
	recent  recent
}

var _ Client = (*Session)(nil)

// New returns the session of a run. Of a new one nothing is recorded yet: the
// first command is walk.Start. One that goes on begins with the state that its
// events give. The session takes over the writer and the registry. Close ends it; so does the end
// of ctx, for the action that runs.
func New(ctx context.Context, opts Options) *Session {
	base, stop := context.WithCancel(ctx)
	s := &Session{
		opts: opts, scrub: scrubber{opts.Redact}, shell: &actions.ShellState{},
		base: base, stop: stop, state: walk.Replay(opts.Plan, opts.Events), events: opts.Events, saved: opts.Saved,
		feeds: map[*Queue]struct{}{},
	}
	for _, out := range opts.Recent {
		s.recent.add(out)
	}
	return s
}

// Attach implements Client.
func (s *Session) Attach(context.Context) (*Attachment, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return nil, ErrClosed
	}
	f := NewQueue(s.leave)
	s.feedsMu.Lock()
	for _, out := range s.recent.pieces {
		f.Put(out)
	}
	s.feeds[f] = struct{}{}
	s.feedsMu.Unlock()
	if s.failed != nil {
		f.Put(StorageFailed{Err: s.failed})
	}
	return &Attachment{
		Plan: s.opts.Plan, Events: s.events[:len(s.events):len(s.events)], Saved: s.saved,
		Briefing: s.opts.Briefing, Feed: f,
	}, nil
}

func (s *Session) leave(f *Queue) {
	s.feedsMu.Lock()
	defer s.feedsMu.Unlock()
	delete(s.feeds, f)
}

func (s *Session) publish(u Update) { s.publishAll([]Update{u}) }

func (s *Session) publishAll(updates []Update) {
	s.feedsMu.Lock()
	defer s.feedsMu.Unlock()
	for _, u := range updates {
		if out, ok := u.(OutputPrinted); ok {
			s.recent.add(out)
		}
	}
	for f := range s.feeds {
		f.Put(updates...)
	}
}

// Do implements Client. The operator who drives the run is the actor.
func (s *Session) Do(ctx context.Context, cmd walk.Command) (Ack, error) {
	return s.DoAs(ctx, "", cmd)
}

// DoAs is Do with another actor than the driver.
func (s *Session) DoAs(ctx context.Context, actor string, cmd walk.Command) (Ack, error) {
	return s.DoFrom(ctx, Origin{Actor: actor}, cmd)
}

// Origin is where a command comes from.
type Origin struct {
	Actor    string // "" = the operator who drives
	Terminal bool   // there is a terminal that an interactive action can be relayed to
}

// DoFrom is Do for a command from somewhere else than this process.
func (s *Session) DoFrom(ctx context.Context, from Origin, cmd walk.Command) (Ack, error) {
	if err := ctx.Err(); err != nil {
		return Ack{}, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closing {
		return Ack{}, ErrClosed
	}
	if _, ok := cmd.(walk.Ended); ok {
		return Ack{}, errors.New("only the session says how an action ended")
	}
	if starts(cmd) && s.failed != nil {
		// Even if recording goes on in a new epoch: nothing starts on a medium
		// that failed.
		return Ack{}, s.failed
	}
	before := len(s.events)
	cmd, start, err := s.prepare(cmd)
	if err != nil {
		return Ack{}, err
	}
	if start.interactive() && !s.state.Rehearsal() && !from.Terminal {
		return Ack{}, &ValuesError{Action: start.id, Err: ErrNoTerminal}
	}
	if err := s.carryOut(from.Actor, cmd); err != nil {
		return Ack{}, err
	}
	switch cmd.(type) {
	case walk.Cancel:
		if s.cancel != nil { // it has ended, but its end could not be recorded
			s.stopped = true
			s.cancel()
		}
	case walk.Run, walk.Undo, walk.Adhoc:
		s.launch(start)
	}
	return Ack{Seq: s.saved.Seq, At: s.saved.At, Events: s.events[before:len(s.events):len(s.events)]}, nil
}

// starts reports whether a command starts something.
func starts(cmd walk.Command) bool {
	switch cmd.(type) {
	case walk.Run, walk.Undo, walk.Adhoc:
		return true
	}
	return false
}

// actorOf says who causes what a command records.
func (s *Session) actorOf(actor string, cmd walk.Command) string {
	switch cmd := cmd.(type) {
	case walk.Ended, walk.Pause:
		return actorSelf
	case walk.Start:
		actor = cmd.Operator
	}
	if actor == "" {
		actor = s.state.Operator
	}
	if actor == "" {
		return actorSelf
	}
	return actor
}

// Interrupted records that the action that ran when the session before this one
// was lost has an unknown end, with the output that it left. It does nothing when
// none did.
func (s *Session) Interrupted(left transcript.OutputSummary) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.state.Running == nil {
		return nil
	}
	return s.carryOut("", walk.Ended{Action: s.state.Running.Action, Ending: event.Ending{
		Outcome: event.OutcomeUnknown, Tries: 1, Reason: "the run server ended while it ran: check what it did before going on",
		EndedAt:    s.opts.Clock.Now().UTC().Truncate(time.Microsecond),
		DurationMS: s.opts.Clock.Now().Sub(s.state.Running.StartedAt).Milliseconds(),
		Output:     left.Path, Bytes: left.Bytes, SHA256: left.SHA256,
	}})
}

// Failed returns the first failure of storage, or nil.
func (s *Session) Failed() *StorageError {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.failed
}

// Busy reports whether an action runs. The state may say so for longer: when the
// end of one could not be recorded.
func (s *Session) Busy() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.cancel != nil
}

// State returns the state of the run.
func (s *Session) State() walk.State {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.state
}

// Halt ends the running action, records its end, and pauses the run. What is
// started afterwards is cancelled at once. It does nothing to a run that has ended.
func (s *Session) Halt(reason string) error {
	s.stop()
	s.running.Wait()
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed || s.state.Status == walk.StatusEnded || s.state.Status == walk.StatusPaused || s.state.Running != nil {
		return nil
	}
	return s.carryOut("", walk.Pause{Reason: reason})
}

// Close ends the running action, records its end, and closes the transcript and
// the feeds. It may be called more than once.
func (s *Session) Close() error {
	s.mu.Lock()
	s.closing = true // nothing is launched behind Wait's back
	s.mu.Unlock()
	s.stop()
	s.running.Wait()
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return nil
	}
	s.closed = true
	lasting := s.opts.Registry.Close()
	err := s.opts.Writer.Close()
	s.feedsMu.Lock()
	defer s.feedsMu.Unlock()
	for f := range s.feeds {
		f.End()
	}
	if err != nil {
		return errors.Join(fmt.Errorf("close the transcript: %w", err), lasting)
	}
	return lasting
}
