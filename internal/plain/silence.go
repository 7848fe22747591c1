package plain

import (
	"slices"
	"time"

	"genia.ai/bitacora/internal/session"
)

// firstSilence is how long an action may print nothing before that is said. It is
// said again each time that this has lasted twice as long: a screen reader should
// not have to read it every few seconds.
const firstSilence = 30 * time.Second

// silence measures how long what runs has printed nothing.
type silence struct {
	after func(time.Duration) <-chan time.Time
	lasts time.Duration    // when over fires
	over  <-chan time.Time // fires when the silence is worth a word
}

func newSilence(after func(time.Duration) <-chan time.Time) *silence {
	s := &silence{after: after}
	s.broken()
	return s
}

// broken begins anew: something was printed.
func (s *silence) broken() { s.lasts, s.over = firstSilence, s.after(firstSilence) }

// told waits for as long again, and returns how long it has lasted.
func (s *silence) told() time.Duration {
	lasted := s.lasts
	s.lasts, s.over = 2*lasted, s.after(lasted)
	return lasted
}

// prints reports whether an action printed something among the updates.
func prints(batch []session.Update) bool {
	return slices.ContainsFunc(batch, func(u session.Update) bool {
		_, printed := u.(session.OutputPrinted)
		return printed
	})
}
