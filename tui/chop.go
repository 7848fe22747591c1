package tui

import (
	"strings"

	"github.com/charmbracelet/x/ansi"
)

// chop breaks a text without styles into parts of at most so many cells and keeps
// every character of it: behind a space where there is one not too far back, else
// behind what separates the parts of addresses, paths and lists, else where the row is
// full. A part that goes on in the next one in mid-word does not end in a space.
func chop(s string, cells int) []string {
	cells = max(cells, 1)
	var parts []string
	for {
		n := fitting(s, cells)
		if n == len(s) {
			return append(parts, s)
		}
		for _, chars := range []string{" ", "/,;&="} {
			if at := strings.LastIndexAny(s[:n], chars); s[n] != ' ' && at >= n/2 {
				n = at + 1
				break
			}
		}
		parts = append(parts, s[:n])
		s = s[n:]
	}
}

// broken is chop for what is only read: it marks every part that does not begin where
// a word does, and drops the space that a row has no room for.
func (l *look) broken(s string, cells int) []string {
	if width(s) <= cells {
		return []string{s}
	}
	mark := l.sym.ellipsis
	parts := chop(s, cells-width(mark))
	for i := 1; i < len(parts); i++ {
		switch rest, spaced := strings.CutPrefix(parts[i], " "); {
		case strings.HasSuffix(parts[i-1], " "):
		case spaced && !strings.HasPrefix(rest, " "):
			parts[i] = rest // a word ended where the row did
		default:
			parts[i] = mark + parts[i]
		}
	}
	return parts
}

// fitting is how many bytes at the beginning of a text fill at most so many cells, at
// least one character.
func fitting(s string, cells int) int {
	n, used := 0, 0
	for n < len(s) {
		c := s[n]
		if c >= 0x20 && c < 0x7f && (n+1 == len(s) || s[n+1] < 0x80) {
			if used == cells {
				return n
			}
			n++
			used++
			continue
		}
		// A character may be joined with the next ones: the toolkit knows.
		cluster, size := ansi.FirstGraphemeCluster(s[n:], ansi.GraphemeWidth)
		if used+size > cells && n > 0 {
			return n
		}
		n += len(cluster)
		used += size
	}
	return n
}

// valueLines lays out what an action is given: as many values on a row as fit, none
// broken that fits on one.
func (l *look) valueLines(values []string, cells int) []string {
	var lines []string
	for _, value := range values {
		if n := len(lines); n > 0 && width(lines[n-1])+2+width(value) <= cells {
			lines[n-1] += "  " + value
			continue
		}
		lines = append(lines, l.broken(value, cells)...)
	}
	return lines
}
