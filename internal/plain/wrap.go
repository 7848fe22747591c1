package plain

import (
	"strings"

	"github.com/charmbracelet/x/ansi"
)

// narrowest is how many cells a line keeps, however narrow the terminal is.
const narrowest = 20

// wrapped breaks the lines of a text at spaces, so that none is wider than so many
// cells with a prefix of the given width; 0 leaves them as they are. A line goes on below
// where its own text begins. Longer words, such as paths and ids, stay whole, and so do
// code and tables: there the terminal may break, and nothing that is copied changes.
func wrapped(text string, prefix, cells int) []string {
	lines := strings.Split(text, "\n")
	if cells <= 0 {
		return lines
	}
	room := max(cells-prefix, narrowest)
	var out []string
	code := false
	for _, line := range lines {
		bare := strings.TrimLeft(line, " ")
		fence := strings.HasPrefix(bare, "```") || strings.HasPrefix(bare, "~~~")
		if code || fence || strings.HasPrefix(bare, "|") || ansi.StringWidth(line) <= room {
			out = append(out, line)
		} else {
			out = append(out, fold(line, room)...)
		}
		code = code != fence
	}
	return out
}

// fold breaks one line at its spaces.
func fold(line string, room int) []string {
	bare := strings.TrimLeft(line, " ")
	indent := len(line) - len(bare)
	hang := strings.Repeat(" ", min(indent+len(mark(bare)), room/2))
	var out []string
	at, used := line[:indent], indent
	for i, word := range strings.Fields(bare) {
		cells := ansi.StringWidth(word)
		switch {
		case i == 0:
		case used+1+cells > room:
			out = append(out, at)
			at, used = hang, len(hang)
		default:
			at += " "
			used++
		}
		at += word
		used += cells
	}
	return append(out, at)
}

// mark is what begins an item of a list, with its space: "- ", "3. ", "[x] ".
func mark(line string) string {
	word, _, ok := strings.Cut(line, " ")
	number := strings.TrimRight(word, ".)")
	switch {
	case !ok:
	case word == "-", word == "*", word == "+", word == "[x]", word == "!":
		return word + " "
	case number != word && strings.Trim(number, "0123456789") == "":
		return word + " "
	}
	if strings.HasPrefix(line, "[ ] ") {
		return "[ ] "
	}
	return ""
}
