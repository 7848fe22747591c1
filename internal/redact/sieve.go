package redact

import "encoding/binary"

// A pattern's first MinLength bytes hold a window of three bytes at each of four
// consecutive places. So one window in four of the text is enough to see that no
// pattern begins nearby, which is so nearly everywhere. (The idea is that of Wu
// and Manber, "A fast algorithm for multi-pattern searching", 1994.)
const (
	window = 3
	stride = MinLength - window + 1
)

// sieve says quickly where no pattern begins. It errs to one side only: where it
// says that one may begin, a walk through the tries decides.
type sieve struct {
	places [1 << sieveBits]uint8 // by the hash of a window: bit i when it stands at place i of a pattern
	first  [256]bool             // bytes that patterns begin with

	// The same for folded patterns, whose windows line breaks may take apart.
	folds bool
	opens [256]bool      // bytes that they begin with
	pairs [256][4]uint64 // by the first byte: a set of the second bytes
}

const sieveBits = 14

func (s *sieve) add(p pattern, folded bool) {
	s.first[p.text[0]] = true
	for i := range stride {
		w := uint32(p.text[i]) | uint32(p.text[i+1])<<8 | uint32(p.text[i+2])<<16
		s.places[hash(w)] |= 1 << i
	}
	if folded {
		s.folds, s.opens[p.text[0]] = true, true
		s.pairs[p.text[0]][p.text[1]>>6] |= 1 << (p.text[1] & 63)
	}
}

// hash mixes the lower three bytes of w.
func hash(w uint32) uint32 { return w << 8 * 0x9e3779b1 >> (32 - sieveBits) }

// next returns the first position, not before from, where a pattern may begin:
// len(text) when there is none.
func (s *sieve) next(text []byte, from int) int {
	const reach = stride - 1      // a window at i is in every pattern that begins from i-reach to i
	const broken = MinLength      // a line break at i is near the start of what begins from i-broken on
	const newlines = '\n' * one   // eight of them
	i, folded := from+reach, from // folded: no folded pattern begins before
	for ; i+8 <= len(text); i += 2 * stride {
		w := binary.LittleEndian.Uint64(text[i:])
		hits := s.places[hash(uint32(w))] | s.places[hash(uint32(w>>32))]
		lines := w ^ newlines
		lines = (lines - one) &^ lines & (one << 7) // not zero if there is a newline
		if hits == 0 && (lines == 0 || !s.folds) {
			continue
		}
		at := i + stride + 1
		if hits != 0 {
			at = s.between(text, i-reach, at)
		}
		if lines == 0 && at == i+stride+1 {
			continue
		}
		if folded = s.foldedBetween(text, max(folded, i-broken), at); folded < i+stride+1 {
			return folded
		}
	}
	at := s.between(text, i-reach, len(text))
	return s.foldedBetween(text, max(folded, i-broken), at)
}

const one = 0x0101010101010101

// between returns the first position from i on where a pattern may begin, line
// breaks being bytes like all others: end when there is none before it.
func (s *sieve) between(text []byte, i, end int) int {
	for i < end && !s.at(text, i) {
		i++
	}
	return min(i, end)
}

// foldedBetween is between for folded patterns.
func (s *sieve) foldedBetween(text []byte, i, end int) int {
	if !s.folds {
		return end
	}
	for ; i < end; i++ {
		if !s.opens[text[i]] {
			continue
		}
		next := i + 1
		for next < len(text) && (text[next] == '\n' || text[next] == '\r') {
			next++
		}
		if next == len(text) || s.pairs[text[i]][text[next]>>6]>>(text[next]&63)&1 != 0 && s.foldedAt(text, i) {
			return i
		}
	}
	return end
}

// at tells whether a pattern may begin at i.
func (s *sieve) at(text []byte, i int) bool {
	if i+MinLength > len(text) {
		return s.first[text[i]] // too little to tell
	}
	p := text[i : i+MinLength]
	return s.fits(uint32(p[0])|uint32(p[1])<<8|uint32(p[2])<<16, uint32(p[3])|uint32(p[4])<<8|uint32(p[5])<<16)
}

// foldedAt tells whether a folded pattern may begin at i.
func (s *sieve) foldedAt(text []byte, i int) bool {
	var w [2 * window]uint32
	n := 0
	for ; n < len(w) && i < len(text); i++ {
		if c := text[i]; c != '\n' && c != '\r' {
			w[n] = uint32(c)
			n++
		}
	}
	return n < len(w) || s.fits(w[0]|w[1]<<8|w[2]<<16, w[3]|w[4]<<8|w[5]<<16)
}

// fits tells whether a pattern may begin with these two windows.
func (s *sieve) fits(a, b uint32) bool {
	return s.places[hash(a)]&1 != 0 && s.places[hash(b)]&(1<<(stride-1)) != 0
}
