package tui

import (
	"strings"

	"genia.ai/bitacora/runbooks"
)

// What runs without a question of its own was read before: a command that enter starts
// at once stands on the screen when enter is pressed, or is shown in the dialog of those
// that need a yes.

// codeSpan is which lines a command takes, and its text.
type codeSpan struct {
	start, end int
	text       string
}

// below is the span when so many lines stand before it.
func (c codeSpan) below(lines int) codeSpan {
	c.start, c.end = c.start+lines, c.end+lines
	return c
}

// sight is the command of the next action as far as the last frame showed it.
type sight struct{ text string }

// see notes whether the command is in the rows that are drawn of so many lines: all of
// it, or where there are fewer rows than it takes, what most of them hold. The detail
// begins with the beginning of such a long one, and its last row counts those that follow.
func (w *walkScreen) see(code codeSpan, lines int) {
	from, to := w.detail.offset, w.detail.offset+w.detail.height
	if to < lines {
		to-- // that row says how many follow
	}
	whole := from <= code.start && code.end <= to
	long := code.end-code.start > to-from
	most := min(to, code.end)-max(from, code.start) > (to-from)/2
	if code.end > code.start && (whole || long && most) {
		w.sight = sight{text: code.text}
	}
}

// inSight is the command that enter would start, as it stands on the screen; "" when it
// does not.
func (w *walkScreen) inSight() string { return w.sight.text }

// sameCommand reports whether what was seen is what would run.
func sameCommand(seen, command string) bool {
	return seen != "" && strings.TrimRight(seen, "\n") == strings.TrimRight(command, "\n")
}

// listed is an alternative as the list to pick from shows it; "" when it is longer than
// the line it has there.
func listed(part runbooks.Alternative) string {
	code := strings.TrimSpace(part.Code)
	if strings.Contains(code, "\n") {
		return ""
	}
	return code
}
