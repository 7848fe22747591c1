package actions

import (
	"bytes"
	"strconv"
	"strings"

	"genia.ai/bitacora/internal/sanitize"
)

// remoteMarks takes our own lines out of what a block on a host prints to standard
// error, and remembers what they tell. Nothing else is changed, whatever the
// chunks; what could still become one of our lines is held back.
type remoteMarks struct {
	nonce []byte
	held  []byte

	begun   bool   // the host began to run the block
	ended   bool   // and told how it ended
	exit    int    // its exit code, when it did
	problem string // "dir" or "program": why the block did not start

	tail []byte // the end of what was printed, for telling why a connection failed
}

// maxTail bounds what is kept of the end of standard error, in bytes.
const maxTail = 2 << 10

// filter returns what of p, and of what was held back, is the block's own.
func (m *remoteMarks) filter(p []byte) []byte {
	m.held = append(m.held, p...)
	var own []byte
	for {
		at := bytes.Index(m.held, m.nonce)
		if at < 0 {
			break
		}
		end := bytes.IndexByte(m.held[at:], '\n')
		if end < 0 {
			own = append(own, m.held[:at]...)
			m.held = append(m.held[:0], m.held[at:]...)
			return m.keep(own)
		}
		own = append(own, m.held[:at]...)
		m.told(string(m.held[at+len(m.nonce) : at+end]))
		m.held = append(m.held[:0], m.held[at+end+1:]...)
	}
	keep := len(m.held) - m.undecided()
	own = append(own, m.held[:keep]...)
	m.held = append(m.held[:0], m.held[keep:]...)
	return m.keep(own)
}

// flush returns what was held back in vain.
func (m *remoteMarks) flush() []byte {
	own := m.held
	m.held = nil
	return m.keep(own)
}

// undecided is the length of the longest end of held that begins the nonce.
func (m *remoteMarks) undecided() int {
	for n := min(len(m.held), len(m.nonce)-1); n > 0; n-- {
		if bytes.HasSuffix(m.held, m.nonce[:n]) {
			return n
		}
	}
	return 0
}

func (m *remoteMarks) told(text string) {
	word, rest, _ := strings.Cut(strings.TrimSpace(text), " ")
	switch word {
	case "begin":
		m.begun = true
	case "end":
		if code, err := strconv.Atoi(rest); err == nil {
			m.ended, m.exit = true, code
		}
	case "dir", "program":
		m.problem = word
	}
}

func (m *remoteMarks) keep(own []byte) []byte {
	m.tail = append(m.tail, own...)
	if n := len(m.tail) - maxTail; n > 0 {
		m.tail = append(m.tail[:0], m.tail[n:]...)
	}
	return own
}

// lastLine is the last line that says something, fit to be told.
func lastLine(text []byte) string {
	lines := strings.Split(string(text), "\n")
	for i := len(lines) - 1; i >= 0; i-- {
		if line := strings.TrimSpace(sanitize.Line(strings.TrimRight(lines[i], "\r"))); line != "" {
			return line
		}
	}
	return ""
}
