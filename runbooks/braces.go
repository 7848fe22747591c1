package runbooks

import (
	"strings"
	"unicode"
)

// braced is the place of a {{name}} in a text: byte offsets of the whole and of the
// name.
type braced struct{ start, end, name, behind int }

// inBraces finds the {{name}} of a text, in order. named returns how many bytes of a
// name a text begins with.
func inBraces(text string, named func(string) int) []braced {
	var list []braced
	for at := 0; ; {
		next := strings.Index(text[at:], "{{")
		if next < 0 {
			return list
		}
		b := braced{start: at + next}
		b.name = afterSpace(text, b.start+len("{{"))
		b.behind = b.name + named(text[b.name:])
		b.end = afterSpace(text, b.behind)
		if b.behind == b.name || !strings.HasPrefix(text[b.end:], "}}") {
			at = b.start + 1
			continue
		}
		b.end += len("}}")
		list = append(list, b)
		at = b.end
	}
}

// afterSpace returns the offset of what follows the white space at an offset.
func afterSpace(text string, at int) int {
	for at < len(text) && strings.IndexByte(" \t\n\f\r", text[at]) >= 0 {
		at++
	}
	return at
}

// replaceBraced puts what value returns in the place of each {{name}} that templates
// know.
func replaceBraced(text string, value func(name string) string) string {
	list := inBraces(text, templateName)
	if len(list) == 0 {
		return text
	}
	var b strings.Builder
	at := 0
	for _, p := range list {
		b.WriteString(text[at:p.start])
		b.WriteString(value(text[p.name:p.behind]))
		at = p.end
	}
	return b.String() + text[at:]
}

// templateName returns how many bytes of a name, as templates know it, a text begins
// with: letters, digits, dots and dashes of any language.
func templateName(text string) int {
	for i, r := range text {
		if r != '_' && !unicode.IsLetter(r) && (i == 0 || r != '.' && r != '-' && !unicode.IsNumber(r)) {
			return i
		}
	}
	return len(text)
}
