package runbooks

import (
	"strings"

	"github.com/yuin/goldmark/text"
)

// written is a text for the parser of Markdown. What is kept of it are parts of
// one string: most of a text ends up in its runbook.
type written struct {
	bytes []byte // the parser's own
	text  string // the same; "" when nobody keeps anything of it
}

// value returns what a segment stands for.
func (d written) value(s text.Segment) string {
	if d.stands(s) {
		return d.text[s.Start:s.Stop]
	}
	return string(s.Value(d.bytes))
}

// stands reports whether a segment stands in the text as it is: nothing is put before
// it, nor a line end behind it.
func (d written) stands(s text.Segment) bool {
	return s.Padding == 0 && d.text != "" && (!s.ForceNewline || s.Start == s.Stop || d.text[s.Stop-1] == '\n')
}

// lines returns what segments stand for. Those that follow each other without a gap,
// as those of a fence that is not indented, are not copied.
func (d written) lines(list *text.Segments) string {
	if list.Len() == 0 {
		return ""
	}
	first, last := list.At(0), list.At(list.Len()-1)
	end, joined := first.Start, true
	for i := range list.Len() {
		s := list.At(i)
		joined = joined && s.Start == end && d.stands(s)
		end = s.Stop
	}
	if joined {
		return d.text[first.Start:last.Stop]
	}
	var b strings.Builder
	b.Grow(last.Stop - first.Start)
	for i := range list.Len() {
		b.WriteString(d.value(list.At(i)))
	}
	return b.String()
}

// text returns the lines as one text.
func (s *source) text() []byte { return s.document().bytes }

// document returns the lines as one document. They change no more.
func (s *source) document() written {
	if s.doc.bytes != nil {
		return s.doc
	}
	if s.untouched() {
		s.doc = written{bytes: s.bytes, text: s.read}
		if len(s.bytes) != len(s.read) { // CRLF
			s.doc.bytes = []byte(s.read)
		}
		return s.doc
	}
	size := 0
	for _, line := range s.lines {
		size += len(line) + 1
	}
	whole := make([]byte, 0, size)
	for _, line := range s.lines {
		whole = append(append(whole, line...), '\n')
	}
	s.doc = written{bytes: whole, text: string(whole)}
	return s.doc
}

// untouched reports whether the lines are those that were read, all with an end, so
// that they need not be joined again.
func (s *source) untouched() bool {
	rest := s.read
	for _, line := range s.lines {
		// Parts of one string are equal at a glance.
		if len(line) >= len(rest) || rest[len(line)] != '\n' || rest[:len(line)] != line {
			return false
		}
		rest = rest[len(line)+1:]
	}
	return rest == ""
}
