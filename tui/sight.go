package tui

import (
	"strings"
	"time"

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

// sight is the command of the next action as far as the last frame showed it, and since
// when the frames did. The zero value shows none.
type sight struct {
	text  string
	since time.Time
}

// see notes the command when the rows that are drawn of so many lines hold all of it. The
// last of those rows counts the lines that follow. What is longer than that enter shows in
// a sheet, where it can be scrolled to its end.
func (w *walkScreen) see(code codeSpan, lines int) {
	from, to := w.detail.offset, w.detail.offset+w.detail.height
	if to < lines {
		to-- // that row says how many follow
	}
	if code.end > code.start && from <= code.start && code.end <= to {
		w.a.sight.text = code.text
	}
}

// behold goes on from what the frame before showed: a command that stood there stands
// there for longer now, unless it has to be drawn anew. A sheet may cover it, and so does
// who has the terminal meanwhile.
func (a *app) behold(before sight) {
	if a.dialog != nil || a.lent {
		a.sight = sight{}
		return
	}
	a.sight.since = a.now()
	if !a.fresh && sameCommand(before.text, a.sight.text) {
		a.sight.since = before.since
	}
}

// inSight is the command that enter would start, if it has stood on the screen for long
// enough to be read; else "". What a sheet covers does not stand there, nor does what is
// drawn only in answer to the key before.
func (a *app) inSight() string {
	if a.now().Sub(a.sight.since) < quietTime {
		return ""
	}
	return a.sight.text
}

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
