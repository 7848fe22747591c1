package walk

import (
	"genia.ai/bitacora/internal/event"
)

// Attempt is one time that an action, or an ad-hoc command, was started.
type Attempt struct {
	ID     string // of the action or the ad-hoc command
	Number int    // from 1
	Start  event.Event
	Ended  bool
	Ending event.Ending // valid when it ended
	EndSeq uint64
}

// Attempts returns every attempt of a record, in order.
func Attempts(events []event.Event) []Attempt {
	var attempts []Attempt
	ended := func(id string, ending event.Ending, seq uint64) {
		if last := len(attempts) - 1; last >= 0 && attempts[last].ID == id {
			attempts[last].Ended, attempts[last].Ending, attempts[last].EndSeq = true, ending, seq
		}
	}
	for _, ev := range events {
		switch data := ev.Data.(type) {
		case event.ActionStarted:
			attempts = append(attempts, Attempt{ID: data.Action, Number: data.Attempt, Start: ev})
		case event.AdhocStarted:
			attempts = append(attempts, Attempt{ID: data.ID, Number: 1, Start: ev})
		case event.ActionEnded:
			ended(data.Action, data.Ending, ev.Seq)
		case event.AdhocEnded:
			ended(data.ID, data.Ending, ev.Seq)
		}
	}
	return attempts
}
