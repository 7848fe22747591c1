package session

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"genia.ai/bitacora/actions"
	"genia.ai/bitacora/internal/event"
	"genia.ai/bitacora/internal/walk"
)

// launch runs what was just recorded as started. It needs s.mu.
func (s *Session) launch(st start) {
	ctx, cancel := context.WithCancel(s.base)
	s.cancel, s.stopped = cancel, false
	attempt := s.state.Running.Attempt
	if st.interactive() && !s.state.Rehearsal() {
		s.console = newConsole()
		st.request.Terminal = s.console
	}
	console := s.console
	s.running.Go(func() {
		defer cancel()
		ending := s.execute(ctx, st, attempt)
		if console != nil {
			console.close() // who is in there sees the last words, then the end on record
		}
		s.finish(st, ending)
	})
}

// execute runs an action with a file for its output and says how it ended.
func (s *Session) execute(ctx context.Context, st start, attempt int) event.Ending {
	output, err := s.opts.Writer.Output()
	if err != nil {
		// Its output could not be recorded, so it is not run.
		return s.ending(actions.Result{Outcome: actions.OutcomeFailed, Reason: "not run: " + err.Error()}, 0)
	}
	sink := newSink(s, output, st.id, attempt)
	began := s.opts.Clock.MonoMS()
	held := s.shell.Names()
	result := guarded(ctx, s.opts.Registry[st.kind], st.request, sink)
	ending := s.ending(result, s.opts.Clock.MonoMS()-began)
	summary, dropped, masked, err := sink.close()
	ending.Output, ending.Bytes, ending.SHA256 = summary.Path, summary.Bytes, summary.SHA256
	ending.Redactions, ending.Dropped = masked, dropped
	ending.Vars = newNames(held, s.shell.Names())
	if err != nil && ending.Reason == "" {
		ending.Reason = s.scrub.text("its output could not be kept whole: " + err.Error())
	}
	return ending
}

// guarded turns a panic of an executor into a failure of the action: the run and
// the operator's screen go on.
func guarded(ctx context.Context, executor actions.Executor, request actions.Request, sink actions.Sink) (result actions.Result) {
	defer func() {
		if p := recover(); p != nil {
			result = actions.Result{Outcome: actions.OutcomeFailed, Reason: fmt.Sprintf("internal error: %v", p)}
		}
	}()
	return executor.Execute(ctx, request, sink)
}

func (s *Session) ending(result actions.Result, durationMS int64) event.Ending {
	for _, name := range slices.Sorted(maps.Keys(result.Captured)) {
		if s.checkStorable("", name, result.Captured[name]) != nil {
			result.Outcome, result.Captured = actions.OutcomeFailed, nil
			result.Reason = "capture " + name + ": " + holdsSecret
			break
		}
	}
	return event.Ending{
		Outcome: string(result.Outcome), Exit: result.Exit, Signal: result.Signal, Status: result.Status,
		Met: result.Met, Reason: s.scrub.text(result.Reason), Tries: max(result.Attempts, 1),
		EndedAt:    s.opts.Clock.Now().UTC().Truncate(time.Microsecond),
		DurationMS: durationMS, Captured: result.Captured,
	}
}

// finish records the end of an action. On a medium that failed it tries again in
// the epoch that was rescued. If that fails too the operator is told: the
// transcript then ends with the start, and the outcome counts as unknown.
func (s *Session) finish(st start, ending event.Ending) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.cancel, s.console = nil, nil
	id := st.id
	if st.endless {
		ending = s.watched(ending)
	}
	end := walk.Ended{Action: id, Ending: ending}
	err := s.carryOut("", end)
	var storage *StorageError
	if errors.As(err, &storage) {
		err = s.carryOut("", end)
	}
	if err != nil && !errors.As(err, &storage) {
		s.publish(StorageFailed{Err: &StorageError{Op: "record the end of " + id, Err: err}})
	}
}

// watched says how a block that never ends by itself ended: that the operator
// stopped it, or its time was over, is what was meant to happen and no failure. A
// server that ends stops it too, but nobody meant that. It needs s.mu.
func (s *Session) watched(ending event.Ending) event.Ending {
	switch {
	case ending.Outcome == event.OutcomeCancelled && s.stopped:
		ending.Outcome, ending.Stopped, ending.Reason = event.OutcomeOK, event.StoppedByOperator, "the operator stopped it"
	case ending.Outcome == event.OutcomeTimeout:
		ending.Outcome, ending.Stopped, ending.Reason = event.OutcomeOK, event.StoppedByTimeout, "it was watched for as long as its timeout allows"
	}
	return ending
}

// newNames returns the names that only after holds. Both are sorted.
func newNames(before, after []string) []string {
	var names []string
	for _, name := range after {
		if _, held := slices.BinarySearch(before, name); !held {
			names = append(names, name)
		}
	}
	return names
}
