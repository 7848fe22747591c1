package session

import "strings"

// Line is one line that an action printed, without its end.
type Line struct {
	Stream Stream
	Text   string
}

// Lines cuts what actions print into lines, for front ends that show whole
// lines. Of a line that was written over with carriage returns only the last
// state counts. The zero value is ready; it is not safe for concurrent use.
type Lines struct {
	open map[Stream]string
}

// Add returns the lines that the printed text completes.
func (l *Lines) Add(printed OutputPrinted) []Line {
	text := printed.Text
	lines := make([]Line, 0, strings.Count(text, "\n"))
	overwritten := strings.IndexByte(text, '\r') >= 0
	if open := l.open[printed.Stream]; open != "" {
		// Only the line that goes on is copied, not all that was printed.
		first, rest, whole := strings.Cut(text, "\n")
		if whole {
			lines = append(lines, Line{printed.Stream, lastState(open + first)})
			text = rest
		} else {
			text = open + text
		}
	}
	for {
		line, rest, whole := strings.Cut(text, "\n")
		if !whole {
			break
		}
		if overwritten {
			line = lastState(line)
		}
		lines = append(lines, Line{printed.Stream, line})
		text = rest
	}
	if i := strings.LastIndexByte(strings.TrimSuffix(text, "\r"), '\r'); i >= 0 {
		text = text[i+1:]
	}
	if l.open == nil {
		l.open = map[Stream]string{}
	}
	l.open[printed.Stream] = text
	return lines
}

// Flush returns the lines that were never ended.
func (l *Lines) Flush() []Line {
	var lines []Line
	for _, stream := range []Stream{StreamOut, StreamErr, StreamInfo} {
		if text := l.open[stream]; text != "" {
			lines = append(lines, Line{stream, lastState(text)})
		}
	}
	clear(l.open)
	return lines
}

func lastState(line string) string {
	line = strings.TrimRight(line, "\r")
	return line[strings.LastIndexByte(line, '\r')+1:]
}
