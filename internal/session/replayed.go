package session

import (
	"genia.ai/bitacora/internal/event"
	"genia.ai/bitacora/internal/walk"
)

// Replayed tells output that a front end is handed again when it attaches from
// what is printed now, and under which attempt it belongs. It is not safe for
// concurrent use.
type Replayed struct {
	Attempts []walk.Attempt // of the events of the attachment

	at int // attempt of the last piece
}

// NewReplayed returns the attempts of what an attachment says has happened.
func NewReplayed(events []event.Event) *Replayed {
	return &Replayed{Attempts: walk.Attempts(events)}
}

// Of returns the index of the attempt that printed a piece. It returns false for
// what an attempt prints that has not ended: that is not over yet. Pieces come
// in the order in which they were printed.
func (r *Replayed) Of(out OutputPrinted) (int, bool) {
	for i := r.at; i < len(r.Attempts); i++ {
		if a := r.Attempts[i]; a.ID == out.Action && a.Number == out.Attempt {
			r.at = i
			return i, a.Ended
		}
	}
	return 0, false
}
