package redact

import "bytes"

// Limits of a private key, in bytes.
const (
	maxArmour    = 64  // of the line before and after a key
	maxPreamble  = 512 // of the headers between the first line and the key
	firstOfKey   = 16  // so much of it must be there
	unbrokenBody = 64  // a run of this length needs no line end to be a key's
)

var (
	armourChars = chars(upper + digit + " ")
	headerChars = chars(letter + digit + " -:,./()@<>")
)

// judgePrivateKey wants the first line of a key (RFC 7468, and OpenPGP's) and the
// beginning of its body; line breaks may be written as in a string literal.
func judgePrivateKey(p []byte, keyword int, final bool) verdict {
	label := keyword + armourChars.run(p[keyword:], maxArmour)
	if label < len(p) && !bytes.Contains(p[keyword:label], []byte("PRIVATE KEY")) {
		return verdict{}
	}
	dashes := label
	for dashes < len(p) && dashes < label+5 && p[dashes] == '-' {
		dashes++
	}
	if dashes == len(p) {
		return verdict{unsure: !final}
	}
	if dashes != label+5 {
		return verdict{}
	}
	for at := dashes; at < dashes+maxPreamble; {
		n, _, more := skipBreaks(p[at:], final)
		if more {
			return verdict{unsure: true}
		}
		at += n
		body := base64std.run(p[at:], firstOfKey)
		if body == firstOfKey {
			return verdict{to: at + body, rest: eatBody}
		}
		header := headerChars.run(p[at:], maxPreamble)
		if at+max(body, header) == len(p) {
			return verdict{unsure: !final}
		}
		if bytes.IndexByte(p[at:at+header], ':') < 0 {
			return verdict{}
		}
		at += header
	}
	return verdict{}
}

func breaks(c byte) bool { return c == '\n' || c == '\r' || c == '\\' }

// skipBreaks returns the length of the line breaks and of the indentation at the
// start of p, also of those that a string literal holds; broken says that there
// is a line break, more that it could go on.
func skipBreaks(p []byte, final bool) (n int, broken, more bool) {
	for n < len(p) && n < maxPreamble {
		switch {
		case blanks[p[n]]:
			n++
			continue
		case p[n] == '\n' || p[n] == '\r':
			n++
		case p[n] == '\\' && n+1 == len(p):
			return n, broken, !final
		case p[n] == '\\' && (p[n+1] == 'n' || p[n+1] == 'r'):
			n += 2
		default:
			return n, broken, false
		}
		broken = true
	}
	return n, broken, n == len(p) && !final
}

// eatBody takes what goes on of a line of a key.
func eatBody(p []byte, _ bool) (n int, next rest, unsure bool) {
	if n = base64std.run(p, len(p)); n == len(p) {
		return n, eatBody, false
	}
	return n, eatLine, false
}

// eatLine takes a line break and the line after it, if that is of a key: nothing
// but its characters, or the last line.
func eatLine(p []byte, final bool) (n int, next rest, unsure bool) {
	start, broken, more := skipBreaks(p, final)
	switch {
	case more:
		return 0, eatLine, true
	case !broken:
		return 0, nil, false
	}
	line := p[start:]
	if end, known := lastLine(line, final); known {
		if end == 0 {
			return 0, eatLine, true
		}
		return start + end, nil, false
	}
	body := base64std.run(line, unbrokenBody)
	switch {
	case body == unbrokenBody:
		return start + body, eatBody, false
	case body == len(line) && !final:
		return 0, eatLine, true
	case body > 0 && (body == len(line) || breaks(line[body])):
		return start + body, eatLine, false
	}
	return 0, nil, false
}

// lastLine returns the length of the line that ends a key, 0 when more has to be
// seen; known is false when the line is another.
func lastLine(line []byte, final bool) (n int, known bool) {
	const end = "-----END "
	if m := min(len(line), len(end)); string(line[:m]) != end[:m] || m == 0 {
		return 0, false
	}
	if len(line) < len(end) {
		return 0, !final
	}
	label := len(end) + armourChars.run(line[len(end):], maxArmour)
	for n = label; n < len(line) && n < label+5 && line[n] == '-'; n++ {
	}
	if n == len(line) && n < label+5 && !final {
		return 0, true
	}
	return n, true
}
