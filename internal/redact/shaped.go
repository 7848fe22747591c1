package redact

import "encoding/binary"

// shapeIndex finds keywords by windows of three bytes, of which each keyword has
// one at two consecutive places: so every other window of the text is looked at.
type shapeIndex struct {
	windows [1 << sieveBits]bool // by their hash
	byFirst [256][]shape
}

func newShapeIndex(all []shape) *shapeIndex {
	x := &shapeIndex{}
	for _, s := range all {
		s.mask = []byte(Mask(s.name))
		x.byFirst[s.keyword[0]] = append(x.byFirst[s.keyword[0]], s)
		for b := range 256 {
			switch k, b := s.keyword, byte(b); {
			case s.schemed && schemeEnd[b]:
				x.add(b, ':', '/')
				x.add(':', '/', '/')
			case len(k) > 3:
				x.add(k[0], k[1], k[2])
				x.add(k[1], k[2], k[3])
			case len(k) == 3 && base64url[b]: // a longer word of such bytes
				x.add(k[0], k[1], k[2])
				x.add(k[1], k[2], b)
			}
		}
	}
	return x
}

func (x *shapeIndex) add(a, b, c byte) {
	x.windows[hash(uint32(a)|uint32(b)<<8|uint32(c)<<16)] = true
}

// next returns the first position, not before from, where a keyword may begin:
// len(text) when there is none.
func (x *shapeIndex) next(text []byte, from int) int {
	i := from
	for end := min(from+ahead, len(text)); i < end; i++ {
		if x.keywordAt(text[i:]) { // its windows may begin before from
			return i
		}
	}
	i = from
	for ; i+16 <= len(text); i += 8 {
		w := binary.LittleEndian.Uint64(text[i:])
		last := uint32(w>>48) | uint32(text[i+8])<<16
		if x.windows[hash(uint32(w))] || x.windows[hash(uint32(w>>16))] ||
			x.windows[hash(uint32(w>>32))] || x.windows[hash(last)] {
			if at := x.near(text, from, i); at >= 0 {
				return at
			}
		}
	}
	for i = max(from, i-1); i < len(text) && !x.keywordAt(text[i:]); {
		i++
	}
	return i
}

// ahead is how far behind the start of its window a keyword may begin.
const ahead = 2

// near returns the first keyword, not before from, that the windows of the eight
// bytes at i speak of: -1 when there is none.
func (x *shapeIndex) near(text []byte, from, i int) int {
	for end := i + 8; i < end; i += 2 {
		if !x.windows[hash(uint32(text[i])|uint32(text[i+1])<<8|uint32(text[i+2])<<16)] {
			continue
		}
		for at := max(from, i-1); at <= i+ahead; at++ {
			if x.keywordAt(text[at:]) {
				return at
			}
		}
	}
	return -1
}

// keywordAt tells whether text begins with a keyword, or is the beginning of one.
func (x *shapeIndex) keywordAt(text []byte) bool {
	same := x.byFirst[text[0]]
	for i := range same {
		k := same[i].keyword
		n := min(len(k), len(text))
		if (n == 1 || text[1] == k[1]) && string(text[:n]) == k[:n] {
			return true
		}
	}
	return false
}

// shaped finds tokens of well-known shapes. Of several it takes the one whose
// keyword begins first.
type shaped struct {
	start int     // nothing that begins before is undecided
	rest  rest    // of the token that ends at start; nil = it is complete
	eaten int     // how much of that token was masked
	past  [6]byte // the bytes before the text
}

func (s *shaped) find(text []byte, final bool) (match, bool) {
	for s.start < len(text) {
		if s.rest != nil {
			from := s.start
			if !s.eat(text, final) {
				return match{}, false
			}
			if s.start > from {
				return match{start: from, end: s.start}, true
			}
			continue
		}
		if s.start = shapes.next(text, s.start); s.start == len(text) {
			break
		}
		shape, v := s.judge(text, final)
		switch {
		case v.unsure:
			return match{}, false
		case v.to == 0:
			s.start++
		default:
			m := match{start: s.start + v.from, end: s.start + v.to, mask: shape.mask}
			s.start, s.rest, s.eaten = m.end, v.rest, v.to-v.from
			return m, true
		}
	}
	return match{}, false
}

// eat takes what goes on of a token; false when more has to be seen.
func (s *shaped) eat(text []byte, final bool) bool {
	n, next, unsure := s.rest(text[s.start:], final)
	if unsure {
		return false
	}
	if n >= maxToken-s.eaten {
		n, next = maxToken-s.eaten, nil
	}
	s.start, s.eaten, s.rest = s.start+n, s.eaten+n, next
	return true
}

// judge asks the shapes whose keyword stands at start.
func (s *shaped) judge(text []byte, final bool) (*shape, verdict) {
	p := text[s.start:]
	candidates := shapes.byFirst[p[0]]
	for i := range candidates {
		shape := &candidates[i]
		k := shape.keyword
		n := min(len(k), len(p))
		if string(p[:n]) != k[:n] || !s.standsApart(shape, text) {
			continue
		}
		if n == len(k) {
			return shape, shape.judge(p, n, final)
		}
		if !final {
			return shape, verdict{unsure: true}
		}
	}
	return nil, verdict{}
}

func (s *shaped) standsApart(shape *shape, text []byte) bool {
	before := s.before(text, 1)
	if shape.schemed && (before != ':' || !schemeEnd[s.before(text, 2)]) {
		return false
	}
	return shape.apart == nil || !shape.apart[before] || s.escaped(text)
}

// before returns the byte so many before start, 0 before the stream.
func (s *shaped) before(text []byte, n int) byte {
	if n <= s.start {
		return text[s.start-n]
	}
	return s.past[len(s.past)-(n-s.start)]
}

// escaped tells whether the letter or digit before start is the end of an escape:
// \n, %3D, \u003d. What follows is a new word.
func (s *shaped) escaped(text []byte) bool {
	switch s.before(text, 1) {
	case 'n', 'r', 't':
		if s.before(text, 2) == '\\' {
			return true
		}
	}
	return s.before(text, 3) == '%' || s.before(text, 6) == '\\' && s.before(text, 5) == 'u'
}

func (s *shaped) begin() int { return s.start }

func (s *shaped) shift(gone []byte) {
	s.start -= len(gone)
	if n := len(s.past); len(gone) >= n {
		copy(s.past[:], gone[len(gone)-n:])
	} else {
		copy(s.past[:], s.past[len(gone):])
		copy(s.past[n-len(gone):], gone)
	}
}

func (s *shaped) reset() { *s = shaped{} }
