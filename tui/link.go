package tui

import (
	"bytes"
	"os"
	"regexp"
	"sync"
	"time"
)

// Cadence of the frames that follow what actions print. Frames of keys are not
// held back by it.
const (
	slowestInterval = 250 * time.Millisecond // on a link that drains slowly
	streamBudget    = 80 << 10               // bytes a second at most, on any link
	stalledWrite    = 4 * time.Millisecond   // a write that takes as long waited for the terminal
)

// link is the terminal as the toolkit writes to it. It stays a terminal to the
// toolkit: size and modes work on it. Of a frame it sends only what differs from
// the row as it stands, where the toolkit rewrites rows whole; what it does not
// recognise as a frame, or of what it does not know what stands there, goes
// through as it is. It also learns how fast the other end takes what is sent.
type link struct {
	*os.File
	pace *pace
	rows []string // as they stand, as the toolkit wrote them; nil = not known
}

func newLink(f *os.File, pace *pace) *link { return &link{File: f, pace: pace} }

// Write sends a frame, or whatever else the toolkit writes. It reports the
// length of what it was given.
func (l *link) Write(b []byte) (int, error) {
	short := l.shorten(b)
	began := time.Now()
	_, err := l.File.Write(short)
	l.pace.wrote(len(short), time.Since(began))
	if err != nil {
		l.rows = nil
		return 0, err
	}
	return len(b), nil
}

// Visibility of the cursor and bracketed paste leave the rows as they are.
var harmless = regexp.MustCompile(`^(\x1b\[\?(25|2004)[hl])*$`)

// frameEnd is what the toolkit puts behind the last row: perhaps it erases what
// is below, then it places the cursor.
var frameEnd = regexp.MustCompile(`(\x1b\[J)?\x1b\[\d*(;\d*)?H$`)

// shorten returns what has the same effect as b on the terminal.
func (l *link) shorten(b []byte) []byte {
	if harmless.Match(b) {
		return b
	}
	rows, end, ok := frameRows(b)
	if !ok {
		l.rows = nil
		return b
	}
	known, whole := l.rows, true
	for _, row := range rows {
		whole = whole && row.written
	}
	if whole { // the first frame, or one after a change of size: nothing is certain
		known = nil
	}
	l.rows = make([]string, len(rows))
	var out bytes.Buffer
	for i, row := range rows {
		before := ""
		if i < len(known) {
			before = known[i]
		}
		if !row.written {
			l.rows[i] = before
			continue
		}
		l.rows[i] = row.text
		if !whole && before != "" {
			rowPatch(&out, i, before, row.text)
		} else {
			place(&out, i, 0)
			out.WriteString(row.text)
		}
	}
	out.Write(end)
	if out.Len() > len(b) {
		return b
	}
	return out.Bytes()
}

// frameRow is a row of a frame; one that the toolkit did not write stays.
type frameRow struct {
	text    string
	written bool
}

// frameRows takes a frame of the toolkit's standard renderer apart: home, then
// each row, a bare line feed standing for one that has not changed.
func frameRows(b []byte) (rows []frameRow, end []byte, ok bool) {
	rest, home := bytes.CutPrefix(b, []byte("\x1b[H"))
	at := frameEnd.FindIndex(rest)
	if !home || at == nil {
		return nil, nil, false
	}
	rest, end = rest[:at[0]], rest[at[0]:]
	rest = bytes.TrimPrefix(rest, []byte("\r")) // before the very first row
	for len(rest) > 0 {
		line, more, found := bytes.Cut(rest, []byte("\n"))
		text, written := bytes.CutSuffix(line, []byte("\r"))
		switch {
		case found && len(line) == 0:
			rows = append(rows, frameRow{})
		case found && !written, bytes.ContainsAny(text, "\r\b\t"):
			return nil, nil, false
		default:
			rows = append(rows, frameRow{text: string(text), written: true})
		}
		rest = more
	}
	return rows, end, len(rows) > 0
}

// pace is the cadence that the terminal bears.
type pace struct {
	mu    sync.Mutex
	bytes int // of the frames since the last batch was handed out
	hold  time.Duration
}

// wrote takes note of a write. One that had to wait doubles the interval, each
// that had not lets it come down again.
func (p *pace) wrote(n int, took time.Duration) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.bytes += n
	if took >= stalledWrite {
		p.hold = min(2*max(p.hold, frameInterval), slowestInterval)
	} else {
		p.hold = p.hold * 15 / 16
	}
}

// interval is how long to wait between the last batch of output and the next.
func (p *pace) interval() time.Duration {
	p.mu.Lock()
	defer p.mu.Unlock()
	spent := time.Duration(p.bytes) * time.Second / streamBudget
	p.bytes = 0
	return min(max(frameInterval, p.hold, spent), slowestInterval)
}
