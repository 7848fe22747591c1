package walk

import (
	"strings"
	"time"

	"genia.ai/bitacora/internal/event"
)

// decideAfterEnd handles a run that has ended: it can be gone on with for what it
// left to do. Nothing of what it switched off is switched on by that.
func decideAfterEnd(s State, cmd Command) ([]event.Event, error) {
	reopen, ok := cmd.(ReopenRun)
	if !ok {
		return refuse(CodeEnded, "")
	}
	if strings.TrimSpace(reopen.Reason) == "" {
		return refuse(CodeReasonNeeded, "")
	}
	lost := reopen.Lost
	if lost == nil {
		lost = []event.LostVars{}
	}
	return []event.Event{s.make(event.RunReopened{
		Operator: reopen.Operator, Host: reopen.Host, Reason: reopen.Reason, Lost: lost,
	})}, nil
}

// reopened is the state of a run that goes on after its end. The time in between
// is none of the run's.
func (s State) reopened(ev event.Event, data event.RunReopened) State {
	s = s.resumed(event.RunResumed{Operator: data.Operator, Host: data.Host, Lost: data.Lost})
	s.between += max(ev.At.Sub(s.EndedAt), 0)
	s.EndedAt, s.Outcome, s.Reason = time.Time{}, "", ""
	s.Reopened++
	if s.current != none {
		s.phaseSince = ev.At
	}
	return s
}
