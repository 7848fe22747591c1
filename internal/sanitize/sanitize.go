// Package sanitize makes outside bytes safe to show and to store: what an action
// prints, what stands in a runbook, file names, parameters, HTTP headers, errors.
//
// It guarantees that its output is valid UTF-8 which holds no control character
// but newline, tab and carriage return, no escape sequence (unless SGR colours
// were asked for), and no character that reorders or hides text. Bytes are
// decoded strictly before escape sequences are looked for, so that a broken
// encoding cannot hide one. How the input is cut into chunks never matters.
package sanitize

import "unicode/utf8"

// Limits of an escape sequence, in runes. What goes on longer is no sequence:
// its introducer is gone, and what follows the limit is text again.
const (
	maxControl = 64
	maxString  = 4096
	maxSGR     = 32 // bytes of the parameters of a colour that is kept
)

const escape = 0x1b

// Options choose what a Filter keeps.
type Options struct {
	KeepSGR bool // colours and attributes (CSI … m); off for what goes into a file
}

// state is where in an escape sequence the Filter stands.
type state uint8

const (
	ground       state = iota
	escaped            // after ESC
	intermediate       // after ESC and an intermediate byte
	control            // in a CSI sequence
	text               // in a string sequence: OSC, DCS, SOS, PM, APC
)

// Filter removes from a stream of bytes what could drive a terminal. The zero
// value keeps no colours. A Filter is not safe for concurrent use.
type Filter struct {
	opts  Options
	state state
	seen  int // runes of the present sequence

	tail  [utf8.UTFMax]byte // an encoding that is not complete yet
	ntail int

	sgr     [maxSGR]byte // parameters of a CSI sequence that may be a colour
	nsgr    int
	plain   bool // the present CSI sequence can still be a colour
	removed int

	out []byte // of Next
}

// New returns a Filter.
func New(opts Options) *Filter { return &Filter{opts: opts} }

// Removed tells how many characters and sequences were taken out, and bytes
// replaced by U+FFFD, so far.
func (f *Filter) Removed() int { return f.removed }

// Next takes more of the stream and returns its clean form, as far as that can be
// judged. What it returns is src itself where nothing had to change, else of the
// Filter; it stands until the next call.
func (f *Filter) Next(src []byte) []byte {
	n := 0
	if f.state == ground && f.ntail == 0 {
		if n = visiblePrefix(src); n == len(src) {
			return src
		}
	}
	f.out = f.Append(append(f.out[:0], src[:n]...), src[n:])
	return f.out
}

// Append adds the clean form of src to dst and returns it. What cannot be judged
// yet stays in the Filter until more comes or Flush is called.
func (f *Filter) Append(dst, src []byte) []byte {
	for f.ntail > 0 && len(src) > 0 {
		f.tail[f.ntail] = src[0]
		f.ntail++
		src = src[1:]
		dst = f.drainTail(dst)
	}
	for len(src) > 0 {
		if f.state == ground {
			n := visiblePrefix(src)
			dst, src = append(dst, src[:n]...), src[n:]
			if len(src) == 0 {
				break
			}
			if n = colour(src); n > 0 {
				dst, src = f.colour(dst, src[:n]), src[n:]
				continue
			}
		}
		if src[0] < utf8.RuneSelf {
			dst, src = f.rune(dst, rune(src[0])), src[1:]
			continue
		}
		if !utf8.FullRune(src) {
			f.ntail = copy(f.tail[:], src)
			break
		}
		r, size := utf8.DecodeRune(src)
		dst, src = f.decoded(dst, r, size), src[size:]
	}
	return dst
}

// Flush adds what is still held at the end of the stream and makes the Filter
// ready for another one. An unfinished escape sequence is dropped.
func (f *Filter) Flush(dst []byte) []byte {
	for ; f.ntail > 0; f.ntail-- {
		dst = f.decoded(dst, utf8.RuneError, 1)
	}
	f.state, f.seen = ground, 0
	return dst
}

// drainTail decodes as much of the held bytes as is complete.
func (f *Filter) drainTail(dst []byte) []byte {
	for f.ntail > 0 && utf8.FullRune(f.tail[:f.ntail]) {
		r, size := utf8.DecodeRune(f.tail[:f.ntail])
		f.ntail = copy(f.tail[:], f.tail[size:f.ntail])
		dst = f.decoded(dst, r, size)
	}
	return dst
}

// decoded takes a rune as utf8.DecodeRune returns it.
func (f *Filter) decoded(dst []byte, r rune, size int) []byte {
	if r == utf8.RuneError && size == 1 {
		f.removed++
	}
	return f.rune(dst, r)
}

// rune takes the next rune of the stream.
func (f *Filter) rune(dst []byte, r rune) []byte {
	if f.state == ground {
		return f.ground(dst, r)
	}
	f.seen++
	switch r {
	case '\n', 0x18, 0x1a: // a newline, CAN and SUB end any sequence
		f.state = ground
		return f.ground(dst, r)
	case escape:
		f.begin(escaped)
		return dst
	}
	if next, ok := introduced(r); ok {
		f.begin(next)
		return dst
	}
	switch f.state {
	case escaped:
		return f.afterEscape(dst, r)
	case intermediate:
		return f.afterIntermediate(dst, r)
	case control:
		return f.inControl(dst, r)
	default:
		return f.inString(dst, r)
	}
}

// ground takes a rune outside any sequence.
func (f *Filter) ground(dst []byte, r rune) []byte {
	switch next, ok := introduced(r); {
	case r == escape:
		f.begin(escaped)
	case ok:
		f.begin(next)
	case hidden(r):
		f.removed++
	default:
		return utf8.AppendRune(dst, r)
	}
	return dst
}

// begin starts a sequence.
func (f *Filter) begin(s state) {
	f.state, f.seen = s, 0
	f.nsgr, f.plain = 0, f.opts.KeepSGR
	f.removed++
}

// abandon ends a sequence at a rune that does not belong to it.
func (f *Filter) abandon(dst []byte, r rune) []byte {
	f.state = ground
	return f.ground(dst, r)
}

func (f *Filter) afterEscape(dst []byte, r rune) []byte {
	switch {
	case r == '[':
		f.state, f.seen = control, 0
	case r == ']' || r == 'P' || r == 'X' || r == '^' || r == '_':
		f.state, f.seen = text, 0
	case r >= 0x20 && r <= 0x2f:
		f.state = intermediate
	case r >= 0x30 && r <= 0x7e: // a sequence of two bytes
		f.state = ground
	default:
		return f.abandon(dst, r)
	}
	return dst
}

func (f *Filter) afterIntermediate(dst []byte, r rune) []byte {
	switch {
	case f.seen > maxControl:
		return f.abandon(dst, r)
	case r >= 0x20 && r <= 0x2f:
	case r >= 0x30 && r <= 0x7e:
		f.state = ground
	default:
		return f.abandon(dst, r)
	}
	return dst
}

func (f *Filter) inControl(dst []byte, r rune) []byte {
	switch {
	case f.seen > maxControl:
		return f.abandon(dst, r)
	case r >= 0x40 && r <= 0x7e:
		f.state = ground
		if r == 'm' && f.plain {
			f.removed--
			dst = append(dst, escape, '[')
			dst = append(dst, f.sgr[:f.nsgr]...)
			dst = append(dst, 'm')
		}
	case r >= 0x20 && r <= 0x3f:
		f.keepParameter(r)
	case r < 0x20 || r == 0x7f: // a terminal would act on it; nothing of it is kept
		f.plain = false
	default:
		return f.abandon(dst, r)
	}
	return dst
}

// keepParameter remembers the parameters of what may be a colour: digits and
// their separators only.
func (f *Filter) keepParameter(r rune) {
	if f.plain = f.plain && r >= '0' && r <= ';' && f.nsgr < maxSGR; f.plain {
		f.sgr[f.nsgr] = byte(r)
		f.nsgr++
	}
}

func (f *Filter) inString(dst []byte, r rune) []byte {
	switch {
	case f.seen > maxString:
		return f.abandon(dst, r)
	case r == 0x07 || r == 0x9c: // BEL and ST; ESC \ goes through afterEscape
		f.state = ground
	}
	return dst
}

// introduced tells whether a C1 character begins a sequence, and which.
func introduced(r rune) (state, bool) {
	switch r {
	case 0x9b:
		return control, true
	case 0x90, 0x98, 0x9d, 0x9e, 0x9f:
		return text, true
	}
	return ground, false
}
