package ttymode

// state is where in a sequence the next byte stands.
type state uint8

const (
	ground  state = iota
	escape        // behind ESC
	control       // behind CSI
	number        // in the number of an OSC
	text          // in a string whose content does not matter
	closing       // behind ESC in a string
)

// The bytes that matter in every state (ECMA-48).
const (
	bel = 0x07
	so  = 0x0e
	can = 0x18
	sub = 0x1a
	esc = 0x1b
)

// parser tells sequences apart, after the state machine of
// https://vt100.net/emu/dec_ansi_parser. Of 8-bit controls it knows nothing: in
// UTF-8 there are none.
type parser struct {
	state        state
	params       []byte
	intermediate byte
}

func (p *parser) next(m *Modes, c byte) {
	switch {
	case c == can || c == sub:
		p.state = ground
	case c == esc && (p.state == text || p.state == number):
		p.endNumber(m)
		p.state = closing
	case c == esc:
		m.touched = true
		p.state, p.params, p.intermediate = escape, p.params[:0], 0
	default:
		p.within(m, c)
	}
}

func (p *parser) within(m *Modes, c byte) {
	switch p.state {
	case ground:
		if c == so {
			m.touched = true
		}
	case escape:
		p.behindEscape(m, c)
	case control:
		p.behindControl(m, c)
	case number:
		switch {
		case c >= '0' && c <= '9' && len(p.params) < maxParams:
			p.params = append(p.params, c)
		default:
			p.endNumber(m)
			p.state = text
			if c == bel {
				p.state = ground
			}
		}
	case text:
		if c == bel {
			p.state = ground
		}
	case closing:
		p.state = ground
		if c != '\\' { // the string was cut off by another sequence
			p.state, p.params, p.intermediate = escape, p.params[:0], 0
			p.behindEscape(m, c)
		}
	}
}

func (p *parser) behindEscape(m *Modes, c byte) {
	switch {
	case c < 0x20: // carried out within a sequence
	case p.intermediate == 0 && c == '[':
		p.state = control
	case p.intermediate == 0 && c == ']':
		p.state = number
	case p.intermediate == 0 && (c == 'P' || c == 'X' || c == '^' || c == '_'):
		p.state = text
	case c < 0x30:
		p.intermediate = c
	default:
		p.state = ground
		m.escape(p.intermediate, c)
	}
}

func (p *parser) behindControl(m *Modes, c byte) {
	switch {
	case c < 0x20:
	case c < 0x30:
		p.intermediate = c
	case c < 0x40:
		if len(p.params) < maxParams {
			p.params = append(p.params, c)
		}
	default:
		p.state = ground
		m.control(string(p.params), p.intermediate, c)
	}
}

// endNumber hands on the number of an OSC, once.
func (p *parser) endNumber(m *Modes) {
	if p.state == number {
		m.command(string(p.params))
	}
}
