package tui

import (
	"strings"

	"github.com/charmbracelet/lipgloss"
)

// Bounds of what is kept for the screen; the transcript has everything.
const (
	outputLines    = 5000
	outputLineSize = 4096 // bytes
)

// outputKind says what a line of the output pane is.
type outputKind uint8

const (
	outputPrinted outputKind = iota
	outputError
	outputInfo
	outputHeading // of ours: an action starts
	outputAside   // of ours: a command beside the runbook starts
	outputGood    // of ours: an action ended well
	outputBad     // of ours: an action ended badly, output was left out
)

type outputLine struct {
	text string
	kind outputKind
}

// output is a bounded ring of the lines that actions printed. Only what is
// visible is ever wrapped and styled.
type output struct {
	ring   []outputLine
	first  int // index of the oldest line
	open   bool
	search search
	back   int // logical lines scrolled back from the end; 0 = follows
}

func (o *output) len() int { return len(o.ring) }

func (o *output) at(i int) *outputLine { return &o.ring[(o.first+i)%len(o.ring)] }

// push adds a line and forgets the oldest one when the ring is full. A view that
// was scrolled back stays where it is.
func (o *output) push(line outputLine) {
	if len(o.ring) < outputLines {
		o.ring = append(o.ring, line)
	} else {
		*o.at(0) = line
		o.first = (o.first + 1) % len(o.ring)
	}
	if o.back > 0 {
		o.back = min(o.back+1, len(o.ring)-1)
	}
}

// mark adds a line of ours.
func (o *output) mark(kind outputKind, text string) {
	o.open = false
	o.push(outputLine{text: text, kind: kind})
}

// print adds text as it came: a line may be continued by the next call, and of a
// line that was drawn over with \r only its last state is kept.
func (o *output) print(kind outputKind, text string) {
	for text != "" {
		line, rest, whole := strings.Cut(text, "\n")
		text = rest
		if !o.open || o.at(o.len()-1).kind != kind {
			o.push(outputLine{kind: kind})
		}
		last := o.at(o.len() - 1)
		last.text = overwrite(last.text, line)
		o.open = !whole
	}
}

// overwrite continues a line. Only whole states count: a \r at the very end
// leaves what stands there until something follows it.
func overwrite(line, more string) string {
	more = strings.ReplaceAll(more, "\t", "    ")
	if strings.HasSuffix(line, "\r") && more != "" {
		line = ""
	}
	if trimmed := strings.TrimRight(more, "\r"); strings.Contains(trimmed, "\r") {
		line, more = "", more[strings.LastIndex(trimmed, "\r")+1:]
	}
	if room := outputLineSize - len(line); len(more) > room {
		more = strings.ToValidUTF8(more[:max(room, 0)], "")
	}
	return line + more
}

// tail returns the last n lines that the last action printed itself; what was run beside
// the runbook since then is passed over.
func (o *output) tail(n int) []string {
	var lines []string
	for i := o.len() - 1; i >= 0 && len(lines) < n; i-- {
		line := o.at(i)
		if line.kind == outputHeading {
			break
		}
		if line.kind == outputAside {
			lines = nil
		}
		if line.kind <= outputError && strings.TrimSpace(line.text) != "" {
			lines = append([]string{shown(strings.TrimRight(line.text, "\r"))}, lines...)
		}
	}
	return lines
}

// scrollBy moves the view, positive towards the end.
func (o *output) scrollBy(lines int) { o.back = max(0, min(o.back-lines, o.len()-1)) }

// view returns exactly height lines, wrapped from the end backwards.
func (o *output) view(l *look, cells, height int) []string {
	var rows []string
	for i := o.len() - 1 - o.back; i >= 0 && len(rows) < height; i-- {
		line := o.at(i)
		parts := l.broken(shown(strings.TrimRight(line.text, "\r")), cells-2)
		prefix, style := "", l.outputStyle(line.kind)
		if o.holds(i) {
			prefix, style = l.sym.cursor+" ", l.strong
			if i == o.search.found {
				style = l.cursor
			}
		}
		styled := make([]string, len(parts))
		for j, part := range parts {
			if styled[j] = prefix; prefix == "" {
				styled[j] = l.outputPrefix(line.kind, j == 0)
			}
			styled[j] += style.Render(part)
		}
		rows = append(styled, rows...)
	}
	if extra := len(rows) - height; extra > 0 {
		rows = rows[extra:]
	}
	return block(rows, height)
}

// outputPrefix tells the kinds apart without colour.
func (l *look) outputPrefix(kind outputKind, first bool) string {
	switch {
	case !first:
		return "  "
	case kind == outputError:
		return l.dim.Render("e") + " "
	case kind == outputHeading, kind == outputAside:
		return l.sym.active + " "
	case kind == outputGood:
		return l.sym.done + " "
	case kind == outputBad:
		return l.sym.failed + " "
	}
	return "  "
}

func (l *look) outputStyle(kind outputKind) lipgloss.Style {
	switch kind {
	case outputHeading, outputAside:
		return l.strong
	case outputGood:
		return l.good
	case outputBad:
		return l.bad
	case outputInfo:
		return l.dim
	case outputPrinted, outputError:
	}
	return l.plain
}
