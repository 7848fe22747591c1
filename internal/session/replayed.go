package session

import (
	"slices"

	"genia.ai/bitacora/internal/event"
	"genia.ai/bitacora/internal/walk"
)

// Replayed tells output that a front end is handed again when it attaches from
// what is printed now, and under which attempt it belongs. It is not safe for
// concurrent use.
type Replayed struct {
	Attempts []walk.Attempt // of the events of the attachment

	at     int // attempt of the last piece
	places map[attemptKey][]int
}

// attemptKey is what output says of its attempt. An inverse that ran twice has two
// attempts of the same number.
type attemptKey struct {
	id     string
	number int
}

// NewReplayed returns the attempts of what an attachment says has happened.
func NewReplayed(events []event.Event) *Replayed {
	r := &Replayed{Attempts: walk.Attempts(events), places: map[attemptKey][]int{}}
	for i, a := range r.Attempts {
		key := attemptKey{a.ID, a.Number}
		r.places[key] = append(r.places[key], i)
	}
	return r
}

// Of returns the index of the attempt that printed a piece. It returns false for
// what an attempt prints that has not ended: that is not over yet. Pieces come
// in the order in which they were printed.
func (r *Replayed) Of(out OutputPrinted) (int, bool) {
	places := r.places[attemptKey{out.Action, out.Attempt}]
	next, _ := slices.BinarySearch(places, r.at)
	if next == len(places) {
		return 0, false
	}
	r.at = places[next]
	return r.at, r.Attempts[r.at].Ended
}
