// Package redact masks secrets in streams of bytes.
//
// It looks for known values only, so that an error text is never destroyed by a
// guess: each secret as it is, trimmed, line by line, and in the encodings in
// which programs repeat what they were given. It guarantees that the output is
// the same however the stream is cut, that where matches overlap the leftmost
// and then the longest wins, and that no byte is let go while a match that
// includes it could still be completed: a Stream holds back exactly that much,
// and only the end of the stream (Flush) lets it go, never a timer.
package redact

import (
	"fmt"
	"maps"
	"slices"
)

// MinLength is the length in bytes below which a value is no secret that can be
// masked: it would stand in half of all output by chance.
const MinLength = 6

// ShortSecretError says that a secret is too short to be masked. Its text never
// holds the value.
type ShortSecretError struct {
	Name string
}

func (e *ShortSecretError) Error() string {
	return fmt.Sprintf("secret %s is shorter than %d bytes and cannot be masked; use a longer one", e.Name, MinLength)
}

// Set is what to look for. It never changes and is safe for concurrent use.
type Set struct {
	machine *machine
	masks   [][]byte // by index of the secret
}

// Mask returns what stands in place of the secret called name.
func Mask(name string) string { return "[secret " + name + "]" }

// New returns the set of the secrets given by name. A value shorter than
// MinLength bytes, white space around it not counted, is a *ShortSecretError.
func New(secrets map[string]string) (*Set, error) {
	s := &Set{}
	var patterns []pattern
	for i, name := range slices.Sorted(maps.Keys(secrets)) {
		forms := forms(secrets[name])
		if forms == nil {
			return nil, &ShortSecretError{Name: name}
		}
		s.masks = append(s.masks, []byte(Mask(name)))
		for _, f := range forms {
			patterns = append(patterns, pattern{text: f, secret: i})
		}
	}
	s.machine = compile(patterns)
	return s, nil
}

// String masks the secrets in a whole text and tells how many there were.
func (s *Set) String(text string) (string, int) {
	stream := s.Stream()
	out := stream.Flush(stream.Append(make([]byte, 0, len(text)), []byte(text)))
	if stream.count == 0 {
		return text, 0
	}
	return string(out), stream.count
}

// Stream returns a filter for one stream.
func (s *Set) Stream() *Stream { return &Stream{set: s} }

// Stream masks secrets in one stream of bytes. It is not safe for concurrent use.
type Stream struct {
	set   *Set
	held  []byte // what a match could still include
	scan  scan   // positions count from the start of held
	count int
}

// Count tells how many secrets were masked so far.
func (s *Stream) Count() int { return s.count }

// Append adds the masked form of src to dst and returns it, as far as it is
// certain.
func (s *Stream) Append(dst, src []byte) []byte {
	if len(s.set.masks) == 0 {
		return append(dst, src...) // nothing is secret
	}
	work := src
	if len(s.held) > 0 {
		s.held = append(s.held, src...)
		work = s.held
	}
	dst, done := s.mask(dst, work, false)
	if done > 0 || len(s.held) == 0 {
		s.held = append(s.held[:0], work[done:]...)
	}
	return dst
}

// Flush adds what was held back and makes the Stream ready for another one; the
// count goes on.
func (s *Stream) Flush(dst []byte) []byte {
	dst, _ = s.mask(dst, s.held, true)
	s.held, s.scan = s.held[:0], scan{}
	return dst
}

// mask adds to dst what is certain of work and tells how much of work that was.
// Nothing follows work when final is set.
func (s *Stream) mask(dst, work []byte, final bool) ([]byte, int) {
	done := 0
	for s.set.machine.find(&s.scan, work) || final && s.scan.found {
		dst = append(dst, work[done:s.scan.start]...)
		dst = append(dst, s.set.masks[s.scan.secret]...)
		s.count++
		done = s.scan.end
		s.scan = scan{pos: done}
	}
	keep := len(work)
	if !final {
		keep = s.set.machine.begin(&s.scan)
	}
	dst = append(dst, work[done:keep]...)
	s.scan.shift(keep)
	return dst, keep
}
