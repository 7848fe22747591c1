package tui

import (
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/charmbracelet/x/ansi"
)

// shown drops what bubbletea v1 and many terminals measure differently: joiners,
// variation selectors, skin tones, keycaps, tags and characters without any width. What
// is left has the same width everywhere, so that no row is lost. Flags, on which terminals
// do not agree either, become the letters that they are made of. Only the screen drops
// anything; the record keeps every character.
func shown(s string) string {
	if isASCII(s) || strings.IndexFunc(s, unsteady) < 0 {
		return s
	}
	return strings.Map(func(r rune) rune {
		switch {
		case r >= flagA && r <= flagZ:
			return 'A' + r - flagA
		case unsteady(r):
			return -1
		}
		return r
	}, s)
}

// The letters that flags are made of, two by two.
const flagA, flagZ = 0x1f1e6, 0x1f1ff

// unsteady reports whether terminals do not agree on the width of a character, or on
// that of the one before it.
func unsteady(r rune) bool {
	switch {
	case r < 0x2000:
		return r == 0xad
	case r >= flagA && r <= flagZ, r >= 0x200b && r <= 0x200f, r >= 0x2060 && r <= 0x2064, r == 0x20e3, r >= 0xfe00 && r <= 0xfe0f, r == 0xfeff,
		r >= 0x1f3fb && r <= 0x1f3ff, r >= 0xe0000 && r <= 0xe01ef:
		return true
	}
	return false
}

func isASCII(s string) bool {
	for i := range len(s) {
		if s[i] >= 0x80 {
			return false
		}
	}
	return true
}

// width returns how many cells a text takes; styles take none. Almost every text is made
// of letters that stand alone: these are counted here, the rest is measured as the
// toolkit does, which costs ten times as much.
func width(s string) int {
	cells := 0
	for i := 0; i < len(s); {
		c := s[i]
		switch {
		case c >= 0x20 && c < 0x7f:
			i++
			cells++
		case c == 0x1b:
			n := styleBytes(s[i:])
			if n == 0 {
				return ansi.StringWidth(s)
			}
			i += n
		default:
			r, n := utf8.DecodeRuneInString(s[i:])
			if !single(r) {
				return ansi.StringWidth(s)
			}
			i += n
			cells++
		}
	}
	return cells
}

// single reports whether a character takes one cell and joins with nothing that single
// is true of: accented Latin, box drawing, and the signs of our own texts.
func single(r rune) bool {
	return r >= 0xa1 && r <= 0x24f && r != 0xad && r != 0xa9 && r != 0xae || r >= 0x2500 && r <= 0x257f || r == '…'
}

// styleBytes is how long the style sequence is that a text begins with, 0 when it
// begins with anything else.
func styleBytes(s string) int {
	if len(s) < 3 || s[1] != '[' {
		return 0
	}
	for i := 2; i < len(s); i++ {
		switch c := s[i]; {
		case c == 'm':
			return i + 1
		case c != ';' && (c < '0' || c > '9'):
			return 0
		}
	}
	return 0
}

// cut shortens a text to so many cells and says so with an ellipsis.
func (l *look) cut(s string, cells int) string {
	if cells <= 0 {
		return ""
	}
	if width(s) <= cells {
		return s
	}
	return ansi.Truncate(s, cells, l.sym.ellipsis)
}

// fit cuts a text or fills it with spaces to exactly so many cells.
func (l *look) fit(s string, cells int) string {
	s = l.cut(s, cells)
	if gap := cells - width(s); gap > 0 {
		s += strings.Repeat(" ", gap)
	}
	return s
}

// wrap breaks a text into lines of at most so many cells, at spaces where there
// are any. Newlines of the text stay.
func wrap(s string, cells int) []string {
	if cells < 1 {
		cells = 1
	}
	var lines []string
	for line := range strings.SplitSeq(s, "\n") {
		if width(line) <= cells {
			lines = append(lines, line)
			continue
		}
		for part := range strings.SplitSeq(ansi.Wrap(line, cells, ""), "\n") {
			lines = append(lines, strings.TrimRight(part, " "))
		}
	}
	return closed(lines)
}

// closed ends every style at the end of its line and takes it up again on the
// next one: each row is drawn by itself.
func closed(lines []string) []string {
	open := ""
	for i, line := range lines {
		line = open + line
		if at := strings.LastIndex(line, "\x1b["); at >= 0 {
			open = line[at : at+strings.IndexByte(line[at:], 'm')+1]
			if open == ansi.ResetStyle || open == "\x1b[0m" {
				open = ""
			}
		}
		if open != "" {
			line += ansi.ResetStyle
		}
		lines[i] = line
	}
	return lines
}

// indent puts a prefix before the first line and as many spaces before the others.
func indent(prefix string, lines []string) []string {
	pad := strings.Repeat(" ", width(prefix))
	out := make([]string, len(lines))
	for i, line := range lines {
		if i == 0 {
			out[i] = prefix + line
		} else {
			out[i] = pad + line
		}
	}
	return out
}

// block makes exactly height lines out of some, cutting or filling at the end.
func block(lines []string, height int) []string {
	out := make([]string, max(height, 0))
	copy(out, lines)
	return out
}

// cutOff keeps at most so many lines; the last one says that there were more.
func (a *app) cutOff(lines []string, rows, cells int) []string {
	rows = max(rows, 0)
	if len(lines) <= rows {
		return lines
	}
	lines = slices.Clone(lines[:rows])
	if rows > 0 {
		mark := " " + a.look.sym.ellipsis
		lines[rows-1] = a.look.cut(lines[rows-1], cells-width(mark)) + mark
	}
	return lines
}

// window returns the height lines that start at offset.
func window(lines []string, offset, height int) []string {
	offset = max(0, min(offset, len(lines)-height))
	return block(lines[offset:min(len(lines), offset+max(height, 0))], height)
}

// stopwatch prints a duration as h:mm:ss, or mm:ss below an hour.
func stopwatch(d time.Duration) string {
	total := int(max(d, 0) / time.Second)
	text := two(total/60%60) + ":" + two(total%60)
	if hours := total / 3600; hours > 0 {
		return two(hours) + ":" + text
	}
	return text
}

// two prints a number with at least two digits.
func two(n int) string {
	if n < 10 {
		return "0" + strconv.Itoa(n)
	}
	return strconv.Itoa(n)
}

// ansiFree takes our own styles out again, where a style encloses another.
func ansiFree(s string) string { return ansi.Strip(s) }
