package transcript

import (
	"unicode/utf8"
)

// canonical reports whether JSON is spelled in the one way in which it is
// written here: no white space, and no escape that is not needed, apart from
// those of U+2028, U+2029 and of what was not UTF-8. Whether it is JSON at all is
// for a parser to say.
func canonical(raw []byte) bool {
	for i := 0; i < len(raw); {
		switch c := raw[i]; {
		case c == '"':
			end, _ := stringEnd(raw[i:])
			if end < 0 {
				return false
			}
			i += end
		case c <= ' ':
			return false
		default:
			i++
		}
	}
	return len(raw) > 0
}

// stringEnd returns how long the JSON string is that text begins with, its quotes
// included, or -1 when it is not in its canonical spelling. plain says that its
// value is just what stands between the quotes, in ASCII.
func stringEnd(text []byte) (end int, plain bool) {
	plain = true
	for i := 1; i < len(text); {
		c := text[i]
		switch {
		case c == '"':
			return i + 1, plain
		case c < 0x20:
			return -1, false
		case c == '\\':
			n := escapeLen(text[i:])
			if n == 0 {
				return -1, false
			}
			plain = false
			i += n
		case c < utf8.RuneSelf:
			i++
		default:
			r, n := utf8.DecodeRune(text[i:])
			if r == utf8.RuneError && n == 1 || r == '\u2028' || r == '\u2029' {
				return -1, false
			}
			plain = false
			i += n
		}
	}
	return -1, false
}

// escapeLen returns the length of a canonical escape, or 0.
func escapeLen(text []byte) int {
	const long = len(`\u0000`)
	if len(text) < 2 {
		return 0
	}
	switch text[1] {
	case '"', '\\', 'b', 'f', 'n', 'r', 't':
		return 2
	case 'u':
	default:
		return 0
	}
	if len(text) < long {
		return 0
	}
	switch code := string(text[2:long]); code {
	case "2028", "2029", "fffd":
		return long
	case "0008", "0009", "000a", "000c", "000d": // these have shorter ones
		return 0
	default:
		if code[:2] != "00" || code[2] > '1' || code[2] < '0' || !lowerHex(text[2:long]) {
			return 0
		}
		return long
	}
}
