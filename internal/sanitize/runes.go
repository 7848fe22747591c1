package sanitize

import (
	"fmt"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// hidden reports whether r must not reach a screen or a file: it is a control
// character, or it changes or hides the text around it without being seen
// (Unicode Standard, chapter 23.2–23.9). The joiners U+200C and U+200D stay:
// Persian, the scripts of India and emoji are spelt with them.
func hidden(r rune) bool {
	switch {
	case r == '\n' || r == '\t' || r == '\r':
		return false
	case r < 0x20 || r >= 0x7f && r <= 0x9f: // C0, DEL, C1
		return true
	case r < 0x61c:
		return false
	case r >= 0x202a && r <= 0x202e, r >= 0x2066 && r <= 0x2069, // embeddings, overrides, isolates
		r == 0x200e, r == 0x200f, r == 0x61c: // direction marks
		return true
	case r == 0x2028, r == 0x2029: // line and paragraph separator
		return true
	case r == 0x200b, r == 0x180e, r == 0xfeff, // zero width
		r >= 0x2060 && r <= 0x2064, r >= 0x206a && r <= 0x206f,
		r >= 0xfff9 && r <= 0xfffb: // interlinear annotation
		return true
	}
	return r >= 0xe0000 && r <= 0xe007f // tags
}

// Hidden reports whether r is a character that the filters take out: one that
// acts on a terminal, or changes or hides the text around it without being seen.
func Hidden(r rune) bool { return hidden(r) }

// IndexHidden returns the byte offset of the first such character of s, or -1.
func IndexHidden(s string) int {
	if plain(s) {
		return -1
	}
	return strings.IndexFunc(s, hidden)
}

// JSON returns a JSON text with the characters that must not reach a terminal
// written as escapes. The value that it encodes stays the same: outside strings
// JSON has none of them.
func JSON(text []byte) []byte {
	out := make([]byte, 0, len(text))
	for rest := text; len(rest) > 0; {
		r, n := utf8.DecodeRune(rest)
		if hidden(r) && r > 0x1f {
			for _, unit := range utf16.Encode([]rune{r}) {
				out = fmt.Appendf(out, `\u%04x`, unit)
			}
		} else {
			out = append(out, rest[:n]...)
		}
		rest = rest[n:]
	}
	return out
}

// String returns the clean form of a whole text, without colours.
func String(s string) string {
	if plain(s) {
		return s
	}
	var f Filter
	return string(f.Flush(f.Append(make([]byte, 0, len(s)), []byte(s))))
}

// Line returns the clean form of a text that must stay on one line: newlines,
// carriage returns and tabs become spaces.
func Line(s string) string {
	return breaks.Replace(String(s))
}

// breaks is never changed; a Replacer is safe for concurrent use.
var breaks = strings.NewReplacer("\r\n", " ", "\n", " ", "\r", " ", "\t", " ")

// plain reports whether s is printable ASCII with line breaks and tabs only.
func plain(s string) bool {
	for i := range len(s) {
		if c := s[i]; c-0x20 > 0x7e-0x20 && c != '\n' && c != '\t' && c != '\r' {
			return false
		}
	}
	return true
}
