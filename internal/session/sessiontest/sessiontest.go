// Package sessiontest holds a session that keeps everything in memory, for the
// tests of front ends.
//
// It decides with internal/walk like the real one, so a front end meets the same
// refusals and the same events. It runs nothing: how an action ends is scripted.
// It starts no goroutine and reads no clock of its own.
package sessiontest

import (
	"context"
	"errors"
	"io"
	"strconv"
	"strings"
	"sync"
	"time"

	"genia.ai/bitacora/internal/event"
	"genia.ai/bitacora/internal/session"
	"genia.ai/bitacora/internal/walk"
)

// Attempt is how one attempt of an action goes.
type Attempt struct {
	Output string       // printed on standard output
	Stderr string       // printed on standard error
	Ending event.Ending // Outcome "" counts as ok, or as simulated in a rehearsal
	Hold   bool         // goes on until it is cancelled or released
}

// Options of a Session.
type Options struct {
	Clock    func() time.Time     // nil: a clock that advances a second at each event
	Attempts map[string][]Attempt // by action name or id; the last one repeats, none counts as ok
	Previews map[string]error     // by action name or id: what is wrong with its values
	Lands    []session.Fact       // of every preview
	Sandbox  bool                 // the run is against the practice service
	FailAt   uint64               // the event of this number cannot be stored; 0 = never
	Briefing session.Briefing
	Terminal func(session.Screen) (session.Terminal, error) // of interactive actions; nil: there is none to go into
}

// Session is a session.Client in memory. It is safe for concurrent use.
type Session struct {
	mu       sync.Mutex
	plan     *walk.Plan
	opts     Options
	clock    func() time.Time
	state    walk.State
	events   []event.Event
	feeds    []*feed
	attempts map[string]int
	adhocs   int    // how many ids were given
	held     string // action that waits for its end
	storage  *session.StorageError
	secrets  map[string]string // as given
}

var _ session.Client = (*Session)(nil)

// Epoch is the first instant of the default clock.
func Epoch() time.Time { return time.Date(2026, 11, 23, 8, 46, 0, 0, time.UTC) }

// New returns a session of which nothing is recorded yet.
func New(plan *walk.Plan, opts Options) *Session {
	s := &Session{plan: plan, opts: opts, clock: opts.Clock, state: walk.New(plan), attempts: map[string]int{}}
	if s.clock == nil {
		ticks := 0
		s.clock = func() time.Time {
			ticks++
			return Epoch().Add(time.Duration(ticks-1) * time.Second)
		}
	}
	return s
}

// Start records the start of a run with the usual facts.
func (s *Session) Start(ctx context.Context, mode string) error {
	_, err := s.Do(ctx, walk.Start{RunStarted: event.RunStarted{
		Run: "20261123T084600Z-test-7f3a", Mode: mode, Title: s.plan.Runbook().Title,
		Path: "test.md", SHA256: s.plan.Runbook().Source.SHA256, Lang: "en", Operator: "ana", Host: "bastion", Bitacora: "test",
		Sandbox: s.opts.Sandbox,
	}})
	return err
}

// Events returns everything recorded so far.
func (s *Session) Events() []event.Event {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]event.Event(nil), s.events...)
}

// State returns the state after everything recorded so far.
func (s *Session) State() walk.State {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.state
}

// Attach implements session.Client.
func (s *Session) Attach(context.Context) (*session.Attachment, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	f := &feed{session: s, wake: make(chan struct{}, 1)}
	s.feeds = append(s.feeds, f)
	return &session.Attachment{
		Plan: s.plan, Events: append([]event.Event(nil), s.events...), Saved: s.saved(), Briefing: s.opts.Briefing, Feed: f,
	}, nil
}

// Do implements session.Client.
func (s *Session) Do(_ context.Context, cmd walk.Command) (session.Ack, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if adhoc, ok := cmd.(walk.Adhoc); ok {
		s.adhocs++
		adhoc.ID = "adhoc-" + strconv.Itoa(s.adhocs)
		cmd = adhoc
	}
	events, err := walk.Decide(s.state, cmd)
	if err != nil {
		return session.Ack{}, err
	}
	if starts(events) {
		if err := s.valuesError(events[len(events)-1]); err != nil {
			return session.Ack{}, err
		}
	}
	recorded, err := s.record(events)
	ack := session.Ack{Seq: s.state.Seq, At: s.saved().At, Events: recorded}
	if err != nil {
		return ack, err
	}
	if _, ok := cmd.(walk.Cancel); ok && s.held != "" {
		err = s.finish(event.Ending{Outcome: event.OutcomeCancelled, Reason: "cancelled"})
	}
	if s.state.Running != nil && s.held == "" {
		err = s.play()
	}
	return ack, err
}

// Terminal implements session.Client.
func (s *Session) Terminal(_ context.Context, screen session.Screen) (session.Terminal, error) {
	if s.opts.Terminal == nil {
		return nil, &walk.Refusal{Code: walk.CodeNotRunning}
	}
	return s.opts.Terminal(screen)
}

// Preview implements session.Client.
func (s *Session) Preview(_ context.Context, id string) (session.Preview, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if command, adhoc := strings.CutPrefix(id, session.AdhocPreview("")); adhoc {
		return session.Preview{Command: command, Where: "/srv/run", Lands: s.opts.Lands}, nil
	}
	whole, _, _ := strings.Cut(id, "#")
	for _, step := range s.plan.Steps() {
		for _, action := range s.state.StepActions(step.ID) {
			if action.ID != whole && action.Name != whole {
				continue
			}
			if part := s.plan.Part(id); part != nil {
				action = part
			}
			if err := scripted(s.opts.Previews, action.ID, action.Name); err != nil {
				return session.Preview{}, &session.ValuesError{Action: id, Err: err}
			}
			preview := session.Preview{Command: action.Code, Where: "/srv/run", Lands: s.opts.Lands}
			for _, name := range action.Uses {
				if value, ok := s.state.Value(name); ok {
					preview.Values = append(preview.Values, name+"="+value.Text)
				}
			}
			return preview, nil
		}
	}
	return session.Preview{}, &walk.Refusal{Code: walk.CodeUnknown, ID: id}
}

// GiveSecret implements session.Client: the secret is there from now on, and what
// was wrong with values because it was missing is right.
func (s *Session) GiveSecret(_ context.Context, name, value string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(value) < 6 {
		return &session.SecretError{Name: name, Reason: session.SecretShort}
	}
	if s.secrets == nil {
		s.secrets = map[string]string{}
	}
	s.secrets[name] = value
	for action, err := range s.opts.Previews {
		var missing *session.MissingSecretError
		if errors.As(err, &missing) && missing.Name == name {
			delete(s.opts.Previews, action)
		}
	}
	return nil
}

// Secret returns what was given as a secret.
func (s *Session) Secret(name string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.secrets[name]
}

// Release ends the action that is held.
func (s *Session) Release(ending event.Ending) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.finish(ending)
}

// Print hands out output of the action that is held.
func (s *Session) Print(text string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if running := s.state.Running; running != nil {
		s.publish(session.OutputPrinted{
			Action: running.Action, Attempt: running.Attempt, Stream: session.StreamOut, Text: text,
		})
	}
}

// Close ends the session: feeds return ErrClosed.
func (s *Session) Close() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, f := range s.feeds {
		f.over = true
		f.signal()
	}
}

func (s *Session) saved() session.Saved {
	if len(s.events) == 0 {
		return session.Saved{}
	}
	last := s.events[len(s.events)-1]
	return session.Saved{Seq: last.Seq, At: last.At}
}

// record appends and publishes; the caller holds the lock.
func (s *Session) record(events []event.Event) ([]event.Event, error) {
	if s.storage != nil {
		return nil, s.storage
	}
	if last := s.state.Seq + uint64(len(events)); s.opts.FailAt != 0 && last >= s.opts.FailAt {
		s.storage = &session.StorageError{Op: "append event " + strconv.FormatUint(last, 10), Err: io.ErrShortWrite}
		s.publish(session.StorageFailed{Err: s.storage})
		return nil, s.storage
	}
	var recorded []event.Event
	for _, ev := range events {
		ev.V, ev.Epoch, ev.Seq, ev.At = event.Version, 1, s.state.Seq+1, s.clock()
		ev.Actor = "ana"
		s.events = append(s.events, ev)
		s.state = walk.Apply(s.state, ev)
		recorded = append(recorded, ev)
	}
	for _, ev := range recorded {
		s.publish(session.EventRecorded{Event: ev, Saved: s.saved()})
	}
	return recorded, nil
}

// play lets the attempt that was just started print and end as scripted.
func (s *Session) play() error {
	running := s.state.Running
	name := ""
	for _, ev := range s.events {
		if started, ok := ev.Data.(event.ActionStarted); ok && started.Action == running.Action {
			name = started.Name
		}
	}
	script := scripted(s.opts.Attempts, running.Action, name)
	attempt := Attempt{}
	if n := s.attempts[running.Action]; len(script) > 0 {
		attempt = script[min(n, len(script)-1)]
	}
	s.attempts[running.Action]++
	for _, out := range []session.OutputPrinted{
		{Stream: session.StreamOut, Text: attempt.Output}, {Stream: session.StreamErr, Text: attempt.Stderr},
	} {
		if out.Text != "" {
			out.Action, out.Attempt = running.Action, running.Attempt
			s.publish(out)
		}
	}
	if attempt.Hold {
		s.held = running.Action
		return nil
	}
	return s.finish(attempt.Ending)
}

// finish records the end of the running action.
func (s *Session) finish(ending event.Ending) error {
	if s.state.Running == nil {
		return nil
	}
	s.held = ""
	if ending.Outcome == "" {
		ending.Outcome = event.OutcomeOK
		if s.state.Rehearsal() {
			ending.Outcome = event.OutcomeSimulated
		}
	}
	if ending.DurationMS == 0 {
		ending.DurationMS = 1200
	}
	events, err := walk.Decide(s.state, walk.Ended{Action: s.state.Running.Action, Ending: ending})
	if err != nil {
		return err
	}
	_, err = s.record(events)
	return err
}

func (s *Session) valuesError(ev event.Event) error {
	started, ok := ev.Data.(event.ActionStarted)
	if !ok {
		return nil
	}
	if err := scripted(s.opts.Previews, started.Action, started.Name); err != nil {
		return &session.ValuesError{Action: started.Action, Err: err}
	}
	return nil
}

func starts(events []event.Event) bool {
	return len(events) > 0 && events[len(events)-1].Kind == event.KindActionStarted
}

// scripted finds what was scripted for an action by its id, else by its name.
func scripted[V any](by map[string]V, id, name string) V {
	if v, ok := by[id]; ok {
		return v
	}
	return by[name]
}

func (s *Session) publish(update session.Update) {
	for _, f := range s.feeds {
		if !f.closed {
			f.queue = append(f.queue, update)
			f.signal()
		}
	}
}
