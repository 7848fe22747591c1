package walk

import (
	"slices"
	"time"

	"genia.ai/bitacora/internal/event"
)

// Absence is the part of a record that somebody who comes back has not seen.
type Absence struct {
	Operator string    // who left; somebody else when the one who comes was never here
	Own      bool      // who comes back is who left
	Since    time.Time // when
	Seq      uint64    // of the last event before
	Events   []event.Event
}

// AbsenceBefore returns what happened between the last time that a front end
// left, or was lost with its server, and the last one that joined: that of who
// asks. It looks for a front end of the same operator, else for anybody's. Of the
// events only those are returned that tell of something done or decided. It
// returns false when nobody was away.
func AbsenceBefore(events []event.Event) (Absence, bool) {
	own := lastJoin(events, func(event.ClientJoined) bool { return true })
	if own < 0 {
		return Absence{}, false
	}
	who := events[own].Data.(event.ClientJoined)
	from := lastJoin(events[:own], func(j event.ClientJoined) bool { return j.Operator == who.Operator })
	if from < 0 {
		from = lastJoin(events[:own], func(j event.ClientJoined) bool { return j.FrontEnd != FrontEndWatch })
	}
	if from < 0 {
		return Absence{}, false
	}
	was := events[from].Data.(event.ClientJoined)
	for i := from + 1; i < own; i++ {
		if !endsPresence(events[i], was.Client) {
			continue
		}
		// What a server did after its last event, if anything, nobody saw either.
		left := events[i-1]
		if events[i].Kind == event.KindClientLeft {
			left = events[i]
		}
		a := Absence{Operator: was.Operator, Own: was.Operator == who.Operator, Since: left.At, Seq: left.Seq}
		for _, ev := range events[i:own] {
			if tells(ev) {
				a.Events = append(a.Events, ev)
			}
		}
		return a, true
	}
	return Absence{}, false
}

func lastJoin(events []event.Event, wanted func(event.ClientJoined) bool) int {
	for i, ev := range slices.Backward(events) {
		if joined, ok := ev.Data.(event.ClientJoined); ok && wanted(joined) {
			return i
		}
	}
	return none
}

// endsPresence reports whether the client was gone with this event.
func endsPresence(ev event.Event, client string) bool {
	switch data := ev.Data.(type) {
	case event.ClientLeft:
		return data.Client == client
	case event.RunPaused, event.Recovered, event.Superseded:
		return true
	}
	return false
}

// tells reports whether an event is worth telling to who was away.
func tells(ev event.Event) bool {
	switch ev.Kind {
	case event.KindClientJoined, event.KindClientLeft, event.KindRunResumed, event.KindActionConfirmed,
		event.KindActionStarted, event.KindAdhocStarted, event.KindPhaseEntered, event.KindStepStarted,
		event.KindUndoPushed, event.KindRunbookTrusted:
		return false
	}
	return true
}
