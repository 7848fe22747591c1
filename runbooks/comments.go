package runbooks

import (
	"slices"
	"strings"
)

// foldedTags are tags whose content stays: they only fold text away on a screen.
var foldedTags = lazily(`(?i)</?(?:details|summary)(?:\s[^<>]*)?>`)

// blankComments blanks HTML comments outside fences, except the annotations that
// the parser reads, and the tags that only fold text. Its cost is linear in the
// text, whatever that holds.
func (s *source) blankComments(f *findings) {
	ends := s.commentEnds()
	var code fence
	open := 0 // line of a comment that is still open
	for i, line := range s.lines {
		if open == 0 && code.next(line, i+1) {
			continue
		}
		if open == 0 && !strings.Contains(line, "<") {
			continue
		}
		c := &commentLine{line: line, end: strings.LastIndex(line, "-->"), endsBelow: ends[i]}
		c.broken = func(at int) {
			f.fatal("directive", i+1, column(line, at), "the directive is not closed on its line", "end it with -->")
		}
		wasOpen := open > 0
		stillOpen := c.read(wasOpen)
		s.lines[i] = trimFolds(c.kept.String(), line, c.blanked)
		switch {
		case !stillOpen:
			open = 0
		case !wasOpen || c.reopened:
			open = i + 1
		}
	}
	if open > 0 {
		f.add(SeverityWarning, "open-comment", open, 1, "a comment is never closed: everything below it is ignored", "close it with -->")
	}
}

// commentEnds tells for each line whether the paragraph that it belongs to holds
// the end of a comment further down.
func (s *source) commentEnds() []bool {
	ends := make([]bool, len(s.lines))
	for i, next := range slices.Backward(s.lines) {
		if i > 0 && strings.TrimSpace(next) != "" {
			ends[i-1] = ends[i] || strings.Contains(next, "-->")
		}
	}
	return ends
}

// commentLine takes the comments out of one line.
type commentLine struct {
	line      string
	end       int // offset of the last --> of the line, -1 when there is none
	endsBelow bool
	broken    func(at int) // is told of a directive that is not closed

	kept     strings.Builder
	ticks    int  // backticks kept so far: an odd number is within a code span
	blanked  bool // something was taken out
	prose    bool // a <!-- that opens no comment was kept
	reopened bool // the comment that is open at the end began on this line
}

// read reports whether a comment is open at the end of the line; open tells
// whether one is at its beginning.
func (c *commentLine) read(open bool) bool {
	for i := 0; i < len(c.line); {
		rest := c.line[i:]
		if open {
			c.blanked = true
			end := strings.Index(rest, "-->")
			if end < 0 {
				return true
			}
			open = false
			i += end + 3
			continue
		}
		next := strings.Index(rest, "<!--")
		if next < 0 {
			c.keep(rest)
			return false
		}
		c.keep(rest[:next])
		i += next
		switch rest = rest[next:]; {
		case !c.isComment(i):
			c.keep("<")
			c.prose = true
			i++
		case isAnnotation(rest):
			end := strings.Index(rest, "-->")
			if end < 0 {
				c.broken(i)
				end = len(rest) - 3
			}
			c.keep(rest[:end+3])
			i += end + 3
		default:
			open, c.reopened = true, true
		}
	}
	return open
}

func (c *commentLine) keep(text string) {
	c.kept.WriteString(text)
	c.ticks += strings.Count(text, "`")
}

// isComment reports whether the <!-- at that offset opens a comment, as CommonMark
// has it: not in a code span nor behind a backslash, and within a paragraph only
// when it ends before the paragraph does. One that begins a line may stay open.
func (c *commentLine) isComment(at int) bool {
	if c.ticks%2 == 1 || escapedAt(c.line, at) {
		return false
	}
	if c.end > at || c.endsBelow || isAnnotation(c.line[at:]) {
		return true
	}
	if c.prose {
		return false
	}
	before := c.kept.String()
	for m := containerMark(before); m > 0; m = containerMark(before) {
		before = before[m:]
	}
	return strings.TrimSpace(before) == ""
}

// escapedAt reports whether an odd number of backslashes stands before at.
func escapedAt(line string, at int) bool {
	n := 0
	for n < at && line[at-1-n] == '\\' {
		n++
	}
	return n%2 == 1
}

// mayFold reports whether a line may hold such a tag. Where case does not count, ſ is
// a form of s.
func mayFold(line string) bool {
	for {
		_, rest, found := strings.Cut(line, "<")
		if !found {
			return false
		}
		line = strings.TrimPrefix(rest, "/")
		if strings.HasPrefix(line, "ſ") || line != "" && strings.IndexByte("dDsS", line[0]) >= 0 {
			return true
		}
	}
}

// trimFolds removes the tags that fold text. What stood behind something that was
// taken out moves to the left: an indentation must not make it code.
func trimFolds(line, original string, blanked bool) string {
	clean := line
	if mayFold(line) {
		clean = foldedTags().ReplaceAllString(line, "")
	}
	if !blanked && clean == line {
		return line
	}
	body := strings.TrimSpace(clean)
	if body == "" {
		return ""
	}
	return original[:len(original)-len(strings.TrimLeft(original, " \t"))] + body
}
