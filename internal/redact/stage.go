package redact

// match is what is masked: the bytes from start to end of a text.
type match struct {
	start, end int
	mask       []byte // nil when the bytes belong to the match before
}

// finder looks through one stream for what must be masked. Positions count from
// the start of the text that it is given, which is always the same text with
// more after it, until shift.
type finder interface {
	// find reads on until it knows a match that nothing which follows can change;
	// false when there is none in text. Nothing follows text when final is set.
	find(text []byte, final bool) (match, bool)
	// begin is, after find has returned false, the position from which on bytes
	// may still belong to a match.
	begin() int
	// shift says that these bytes, the first of the text, are gone.
	shift(gone []byte)
	// reset makes it ready for another stream.
	reset()
}

// stage masks in a stream what its finder finds.
type stage struct {
	finder finder
	held   []byte // what a match could still include
	spare  []byte
	count  int
}

// pass takes more of the stream and returns what is certain, masked. That is
// part of src or of the stage, and stands until the next call.
func (s *stage) pass(src []byte, final bool) []byte {
	work := src
	if len(s.held) > 0 {
		s.held = append(s.held, src...)
		work = s.held
	}
	out, done := s.spare[:0], 0
	for m, ok := s.finder.find(work, final); ok; m, ok = s.finder.find(work, final) {
		out = append(append(out, work[done:m.start]...), m.mask...)
		if done = m.end; m.mask != nil {
			s.count++
		}
	}
	keep := len(work)
	if !final {
		keep = s.finder.begin()
	}
	s.finder.shift(work[:keep])
	if final {
		s.finder.reset()
	}
	switch {
	case done > 0: // something was masked
		out = append(out, work[done:keep]...)
		s.held, s.spare = append(s.held[:0], work[keep:]...), out
		return out
	case len(s.held) == 0: // work is src
		s.held = append(s.held, work[keep:]...)
	case keep > 0: // what is returned stays where it is
		out = append(out, work[keep:]...)
		s.held, s.spare = out, s.held
	}
	return work[:keep]
}
