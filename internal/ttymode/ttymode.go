// Package ttymode follows which modes a program switches on in a terminal, so that
// they can be switched off when somebody else gets the screen, or on again in the
// terminal of who takes over.
//
// It guarantees: what it writes depends on the modes alone, never on any other
// text of the program; memory is bounded whatever the program prints; a program
// that printed no control sequence leaves nothing to reset. Modes and sequences
// are those of xterm's control sequences (ECMA-48, DEC VT420) and of the kitty
// keyboard protocol.
package ttymode

import (
	"bytes"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
)

// Bounds of what is remembered.
const (
	maxModes  = 64  // private modes that differ from the default
	maxParams = 128 // bytes of the parameters of one sequence
)

// Private modes that are treated in a way of their own.
const (
	modeColumns   = 3 // DECCOLM: setting and resetting it clear the screen
	modeAutowrap  = 7
	modeBlink     = 12
	modeCursor    = 25
	modeAltOld    = 47
	modeAltClear  = 1047
	modeAltScreen = 1049
)

// Modes is what a program made of a terminal. The zero value is a terminal as it
// should be; it is not safe for concurrent use.
type Modes struct {
	parser
	touched bool // a control sequence was seen

	private  map[int]bool // private modes that are not as they should be
	alt      int          // the mode that switched the alternate screen on; 0 = it is off
	insert   bool
	keypad   bool
	margins  bool
	shape    string   // of the cursor, as a parameter; "" = the user's
	keyboard []string // flags of the kitty keyboard protocol, as pushed
	others   bool     // modifyOtherKeys
	colours  map[int]bool
}

// Alternate reports whether the alternate screen is shown.
func (m *Modes) Alternate() bool { return m.alt != 0 }

// Write follows what the program prints. It never fails.
func (m *Modes) Write(p []byte) (int, error) {
	for _, c := range p {
		m.next(m, c)
	}
	return len(p), nil
}

// usual reports whether a private mode is on in a terminal as it should be.
func usual(mode int) bool { return mode == modeAutowrap || mode == modeCursor }

// Reset makes a terminal again what it should be, and forgets what it was. It is
// empty when no control sequence was seen.
func (m *Modes) Reset() []byte {
	if !m.touched {
		*m = Modes{}
		return nil
	}
	var b bytes.Buffer
	if m.state != ground {
		b.WriteString("\x18\x1b\\") // it stopped within a sequence, perhaps within a string
	}
	for _, mode := range slices.Sorted(maps.Keys(m.private)) {
		fmt.Fprintf(&b, "\x1b[?%d%c", mode, setOrReset(usual(mode)))
	}
	for range m.keyboard {
		b.WriteString("\x1b[<u")
	}
	if m.others {
		b.WriteString("\x1b[>4;0m")
	}
	if m.margins {
		b.WriteString("\x1b7\x1b[r\x1b8") // the cursor stays: without saving it would go home
	}
	if m.alt != 0 {
		fmt.Fprintf(&b, "\x1b[?%dl", m.alt)
	}
	// These say nothing that a terminal does not know, and move nothing.
	b.WriteString("\x1b[0m\x1b[4l\x1b[?1l\x1b>\x1b(B\x0f\x1b[?7h\x1b[?25h")
	if m.shape != "" {
		b.WriteString("\x1b[0 q")
	}
	for _, code := range slices.Sorted(maps.Keys(m.colours)) {
		fmt.Fprintf(&b, "\x1b]%d\x1b\\", 100+code)
	}
	*m = Modes{}
	return b.Bytes()
}

// Again makes of a terminal as it should be one that the program can go on with.
func (m *Modes) Again() []byte {
	var b bytes.Buffer
	if m.alt != 0 {
		fmt.Fprintf(&b, "\x1b[?%dh", m.alt)
	}
	for _, mode := range slices.Sorted(maps.Keys(m.private)) {
		fmt.Fprintf(&b, "\x1b[?%d%c", mode, setOrReset(m.private[mode]))
	}
	for _, flags := range m.keyboard {
		fmt.Fprintf(&b, "\x1b[>%su", flags)
	}
	if m.insert {
		b.WriteString("\x1b[4h")
	}
	if m.keypad {
		b.WriteString("\x1b=")
	}
	if m.shape != "" {
		fmt.Fprintf(&b, "\x1b[%s q", m.shape)
	}
	return b.Bytes()
}

func setOrReset(on bool) byte {
	if on {
		return 'h'
	}
	return 'l'
}

// escape takes an escape sequence without parameters.
func (m *Modes) escape(intermediate, final byte) {
	switch {
	case intermediate != 0: // of character sets: Reset puts the usual one back anyway
	case final == '=':
		m.keypad = true
	case final == '>':
		m.keypad = false
	case final == 'c':
		m.clear()
	}
}

// control takes a control sequence.
func (m *Modes) control(params string, intermediate, final byte) {
	prefix := byte(0)
	if params != "" && strings.IndexByte("<=>?", params[0]) >= 0 {
		prefix, params = params[0], params[1:]
	}
	switch {
	case intermediate == 0 && prefix == '?' && (final == 'h' || final == 'l'):
		for field := range strings.SplitSeq(params, ";") {
			if mode, err := strconv.Atoi(field); err == nil {
				m.setPrivate(mode, final == 'h')
			}
		}
	case intermediate == 0 && prefix == 0 && (final == 'h' || final == 'l') && params == "4":
		m.insert = final == 'h'
	case intermediate == 0 && prefix == 0 && final == 'r':
		m.margins = params != ""
	case intermediate == 0 && final == 'u':
		m.setKeyboard(prefix, params)
	case intermediate == 0 && prefix == '>' && final == 'm' && strings.HasPrefix(params, "4"):
		_, level, _ := strings.Cut(params, ";")
		m.others = level != "" && level != "0"
	case intermediate == ' ' && prefix == 0 && final == 'q':
		m.shape = ""
		if len(params) == 1 && params != "0" {
			m.shape = params
		}
	case intermediate == '!' && final == 'p':
		m.clear()
	}
}

func (m *Modes) setPrivate(mode int, on bool) {
	switch mode {
	case modeAltOld, modeAltClear, modeAltScreen:
		m.alt = 0
		if on {
			m.alt = mode
		}
		return
	case modeColumns, modeBlink:
		return
	}
	if on == usual(mode) {
		delete(m.private, mode)
		return
	}
	if m.private == nil {
		m.private = map[int]bool{}
	}
	if len(m.private) < maxModes {
		m.private[mode] = on
	}
}

// setKeyboard follows the stack of the kitty keyboard protocol.
func (m *Modes) setKeyboard(prefix byte, params string) {
	switch prefix {
	case '>':
		if len(params) <= 2 && len(m.keyboard) < 8 {
			m.keyboard = append(m.keyboard, params)
		}
	case '<':
		n, err := strconv.Atoi(params)
		if err != nil {
			n = 1
		}
		m.keyboard = m.keyboard[:max(0, len(m.keyboard)-max(n, 0))]
	}
}

// command takes the number that a string for the operating system begins with.
func (m *Modes) command(number string) {
	code, err := strconv.Atoi(number)
	if err != nil || code != 4 && (code < 10 || code > 19) {
		return
	}
	if m.colours == nil {
		m.colours = map[int]bool{}
	}
	m.colours[code] = true
}

// clear is what a program's own reset does.
func (m *Modes) clear() { *m = Modes{touched: true, parser: m.parser} }
