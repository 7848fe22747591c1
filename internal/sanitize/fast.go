package sanitize

import (
	"encoding/binary"
	"math/bits"
	"unicode/utf8"
)

// What an action prints is nearly always visible text with a few colours. The
// functions here find the ends of such runs without the state machine; what they
// leave over it decides as before.

// visiblePrefix returns how many bytes from the start can pass as they are: whole
// runes, none of them hidden.
func visiblePrefix(p []byte) int {
	i := 0
	for {
		i += plainPrefix(p[i:])
		n := visibleRune(p[i:])
		if n == 0 {
			return i
		}
		i += n
	}
}

// Constants of a word of eight equal bytes.
const (
	ones  = 0x0101010101010101
	tops  = 0x80 * ones
	space = ' ' * ones
)

// plainPrefix returns how many bytes from the start are printable ASCII, line
// breaks and tabs.
func plainPrefix(p []byte) int {
	i := 0
	for i+8 <= len(p) {
		w := binary.LittleEndian.Uint64(p[i:])
		// A byte's top bit is set by what is not ASCII (w), below the space (w less
		// 0x20) or DEL (w and one); a borrow or a carry comes out of such a byte
		// only, so the lowest bit that is set is right.
		odd := (w | (w - space) | (w + ones)) & tops
		if odd == 0 {
			i += 8
			continue
		}
		i += bits.TrailingZeros64(odd) / 8
		if !blank(p[i]) {
			return i
		}
		i++
	}
	for i < len(p) && (p[i] >= ' ' && p[i] < 0x7f || blank(p[i])) {
		i++
	}
	return i
}

// blank tells whether c is one of the three control characters that stay.
func blank(c byte) bool { return c == '\n' || c == '\t' || c == '\r' }

// visibleRune returns the length of the rune at the start of p if it is complete,
// not ASCII and not hidden, else 0.
func visibleRune(p []byte) int {
	if len(p) < 2 || p[0] < utf8.RuneSelf {
		return 0
	}
	if c := p[0]; c >= 0xc3 && c <= 0xd7 { // U+00C0 to U+05FF: two bytes, none hidden
		if p[1]&0xc0 == 0x80 {
			return 2
		}
		return 0
	}
	r, n := utf8.DecodeRune(p)
	if r == utf8.RuneError && n <= 1 || hidden(r) {
		return 0
	}
	return n
}

// colour returns the length of the short CSI sequence at the start of p that has
// digits and separators only, as nearly all have that set a colour; else 0.
func colour(p []byte) int {
	if len(p) < 3 || p[0] != escape || p[1] != '[' {
		return 0
	}
	for i, c := range p[2:min(len(p), 2+maxSGR+1)] {
		switch {
		case c >= '0' && c <= ';':
		case c >= 0x40 && c <= 0x7e:
			return 2 + i + 1
		default:
			return 0
		}
	}
	return 0
}

// colour takes what colour found.
func (f *Filter) colour(dst, sequence []byte) []byte {
	if f.opts.KeepSGR && sequence[len(sequence)-1] == 'm' {
		return append(dst, sequence...)
	}
	f.removed++
	return dst
}
