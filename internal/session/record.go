package session

import (
	"genia.ai/bitacora/internal/event"
	"genia.ai/bitacora/internal/transcript"
	"genia.ai/bitacora/internal/walk"
)

// carryOut decides, records, syncs and only then applies and tells. It needs s.mu.
func (s *Session) carryOut(actor string, cmd walk.Command) error {
	events, err := walk.Decide(s.state, cmd)
	if err != nil || len(events) == 0 {
		return err
	}
	for i := range events {
		events[i].Data = s.scrub.data(events[i].Data)
	}
	stamped, err := s.opts.Writer.Append(s.scrub.text(s.actorOf(actor, cmd)), "", events...)
	if err != nil {
		return s.storageFailed("append", err)
	}
	if _, err := s.opts.Writer.Sync(); err != nil {
		return s.storageFailed("sync", err)
	}
	s.accept(stamped)
	return nil
}

// accept applies and tells what is on disk. It needs s.mu.
func (s *Session) accept(events []event.Event) {
	for _, ev := range events {
		s.state = walk.Apply(s.state, ev)
		if s.opts.Recorded != nil {
			s.opts.Recorded(ev)
		}
	}
	s.events = append(s.events, events...)
	s.saved.Seq, s.saved.At = events[len(events)-1].Seq, s.opts.Clock.Now()
	s.anchor(events)
	s.publishAll(recorded(events, s.saved))
}

// anchored are the kinds after which the head of the transcript is recorded
// outside of it: decisions, what changes something, and the end.
var anchored = map[event.Kind]bool{
	event.KindChoiceMade: true, event.KindScenarioChanged: true, event.KindActionConfirmed: true,
	event.KindStepSkipped: true, event.KindStepAccepted: true, event.KindStepReopened: true,
	event.KindDriverChanged: true, event.KindRunPaused: true, event.KindRunEnded: true, event.KindRunReopened: true, event.KindCommsSent: true,
	event.KindRecovered: true, event.KindSuperseded: true,
}

// anchor records the head elsewhere after a decision. That it failed is no reason
// to stop: verify says how many heads there are.
func (s *Session) anchor(events []event.Event) {
	for _, ev := range events {
		if !anchored[ev.Kind] {
			continue
		}
		if head, err := s.opts.Writer.Anchor(); err == nil {
			s.saved.Code = head.Code()
			if s.opts.Anchored != nil {
				s.opts.Anchored(head)
			}
		}
		return
	}
}

// storageFailed notes the first failure of storage, tells everybody, and tries to
// go on recording in a new epoch, so that what runs can still be recorded. It
// needs s.mu.
func (s *Session) storageFailed(op string, err error) error {
	failure := &StorageError{Op: op, Err: err}
	if s.failed == nil {
		s.failed = failure
	}
	s.publish(StorageFailed{Err: failure})
	s.rescue(failure)
	return failure
}

// rescue goes on in a new epoch if the medium allows it. What was not acknowledged
// does not count.
func (s *Session) rescue(failure *StorageError) {
	ev, err := s.opts.Writer.Rescue(func(_ *transcript.Transcript, seal event.Seal) event.Data {
		return event.Recovered{
			Seal: seal, Reason: s.scrub.text("a write failed: " + failure.Err.Error()), Unknown: []string{}, Lost: []event.LostVars{},
		}
	})
	if err != nil {
		return // nothing more can be recorded; every command says so
	}
	s.accept([]event.Event{ev})
}
