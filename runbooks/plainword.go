package runbooks

import (
	"slices"
	"strings"
)

// nameLength returns how many bytes of a variable's name a text begins with.
func nameLength(text string) int {
	end := 0
	for end < len(text) && isWordByte(text[end]) && (end > 0 || text[0] > '9') {
		end++
	}
	return end
}

// What a byte is in a word that is not quoted.
const (
	plainByte   = 1 + iota // it stands for itself, in quotes as well
	literalByte            // it stands for itself
	patternByte            // so it does, but not in the name of a command
	endByte                // it ends the word
)

var byteKinds = [256]uint8{
	'.': plainByte, '/': plainByte, ':': plainByte, ',': plainByte, '@': plainByte, '%': plainByte, '+': plainByte, '=': plainByte, '-': plainByte, '_': plainByte,
	'0': plainByte, '1': plainByte, '2': plainByte, '3': plainByte, '4': plainByte, '5': plainByte, '6': plainByte, '7': plainByte, '8': plainByte, '9': plainByte,
	'a': plainByte, 'b': plainByte, 'c': plainByte, 'd': plainByte, 'e': plainByte, 'f': plainByte, 'g': plainByte, 'h': plainByte, 'i': plainByte, 'j': plainByte,
	'k': plainByte, 'l': plainByte, 'm': plainByte, 'n': plainByte, 'o': plainByte, 'p': plainByte, 'q': plainByte, 'r': plainByte, 's': plainByte, 't': plainByte,
	'u': plainByte, 'v': plainByte, 'w': plainByte, 'x': plainByte, 'y': plainByte, 'z': plainByte,
	'A': plainByte, 'B': plainByte, 'C': plainByte, 'D': plainByte, 'E': plainByte, 'F': plainByte, 'G': plainByte, 'H': plainByte, 'I': plainByte, 'J': plainByte,
	'K': plainByte, 'L': plainByte, 'M': plainByte, 'N': plainByte, 'O': plainByte, 'P': plainByte, 'Q': plainByte, 'R': plainByte, 'S': plainByte, 'T': plainByte,
	'U': plainByte, 'V': plainByte, 'W': plainByte, 'X': plainByte, 'Y': plainByte, 'Z': plainByte,
	'^': literalByte, '~': literalByte, '*': patternByte, '?': patternByte, '[': patternByte, ']': patternByte, '!': patternByte, '#': patternByte,
	' ': endByte, '\t': endByte, '\n': endByte, ';': endByte, '&': endByte, '|': endByte, ')': endByte, '<': endByte, '>': endByte,
}

// word reads a word, which may be empty; name tells that it is a command's.
func (p *plainScript) word(name bool) (argument, bool) {
	var w argument
	if name && strings.HasPrefix(p.code[p.at:], "[ ") {
		p.plus = true
		p.at++
		return argument{text: "["}, true
	}
	for start := p.at; p.at < len(p.code); {
		switch c := p.code[p.at]; {
		case byteKinds[c] == endByte:
			return w, true
		case c == '#' && p.depth > 0 && p.at > start: // the parser takes it for a comment there
			return w, false
		case c == '"':
			if !p.doubleQuoted(&w, p.at == start) {
				return w, false
			}
		case c == '\'':
			if !p.singleQuoted(&w) {
				return w, false
			}
		case c == '$':
			w.unquoted, w.begins = true, true
			if !p.expansion(&w) || p.next() == '[' {
				return w, false
			}
		default:
			text := p.literal(name)
			if text == "" {
				return w, false
			}
			w.text += text
			w.begins = w.begins || p.plus && w.text[0] == '-' && strings.ContainsAny(text, "*?[")
		}
	}
	return w, true
}

// literal reads the bytes that stand for themselves.
func (p *plainScript) literal(name bool) string {
	end := p.at
	for ; end < len(p.code); end++ {
		kind := byteKinds[p.code[end]]
		if kind == 0 || kind == endByte || kind == patternByte && name {
			break
		}
		p.plus = p.plus || kind != plainByte
	}
	text := p.code[p.at:end]
	p.at = end
	return text
}

func (p *plainScript) singleQuoted(w *argument) bool {
	p.plus, w.quoted = true, true
	end := strings.IndexByte(p.code[p.at+1:], '\'')
	if end < 0 {
		return false
	}
	text := p.code[p.at+1 : p.at+1+end]
	w.text += text
	p.at += end + len("''")
	return !hasControl(text)
}

// doubleQuoted reads a quoted part of a word; first tells that it begins it.
func (p *plainScript) doubleQuoted(w *argument, first bool) bool {
	w.quoted = true
	p.at++
	for start := p.at; p.at < len(p.code); {
		switch p.code[p.at] {
		case '"':
			p.at++
			return true
		case '$':
			w.begins = w.begins || first && p.at == start
			if !p.expansion(w) || p.next() == '[' {
				return false
			}
		default:
			end := strings.IndexAny(p.code[p.at:], "\"$\\`")
			if end <= 0 {
				return false
			}
			text := p.code[p.at : p.at+end]
			if hasControl(text) {
				return false
			}
			for i := 0; i < len(text) && !p.plus; i++ {
				p.plus = text[i] != ' ' && byteKinds[text[i]] != plainByte
			}
			w.text += text
			p.at += end
		}
	}
	return false
}

// expansion reads $NAME, ${NAME} or $(commands).
func (p *plainScript) expansion(w *argument) bool {
	w.dynamic = true
	if strings.HasPrefix(p.code[p.at:], "$(") {
		return p.substitution()
	}
	end := variableEnd(p.code, p.at)
	if end == 0 {
		return false
	}
	name := strings.Trim(p.code[p.at+1:end], "{}")
	p.at = end
	w.holds(name)
	if validName(name) && !slices.Contains(p.reads, name) {
		p.reads = append(p.reads, name)
	}
	return true
}

func (p *plainScript) substitution() bool {
	if p.depth == maxPlainDepth || strings.HasPrefix(p.code[p.at:], "$((") {
		return false
	}
	p.plus = true
	p.at += len("$(")
	p.depth++
	_, ok := p.list()
	p.depth--
	if !ok || p.next() != ')' {
		return false
	}
	p.at++
	return true
}

// variableEnd returns the offset behind $NAME or ${NAME} at i, 0 when neither
// stands there.
func variableEnd(code string, i int) int {
	start := i + 1
	braced := strings.HasPrefix(code[start:], "{")
	if braced {
		start++
	}
	end := start + nameLength(code[start:])
	if end == start {
		return 0
	}
	if !braced {
		return end
	}
	if end == len(code) || code[end] != '}' {
		return 0
	}
	return end + 1
}

// digitsOf returns how many digits a text begins with.
func digitsOf(text string) int {
	return len(text) - len(strings.TrimLeft(text, "0123456789"))
}

// redirects reports whether a redirection begins behind that many digits.
func (p *plainScript) redirects(digits int) bool {
	at := p.at + digits
	return at < len(p.code) && (p.code[at] == '>' || p.code[at] == '<')
}

// redirect reads a redirection to or from a file of a certain name, or to another
// stream.
func (p *plainScript) redirect(digits int) bool {
	p.plus = true
	p.at += digits
	op := p.code[p.at]
	p.at++
	joins := op == '>' && p.next() == '&'
	if joins || op == '>' && p.next() == '>' {
		p.at++
	}
	if !joins && !p.blanks() {
		return false
	}
	start := p.at
	for p.at < len(p.code) && byteKinds[p.code[p.at]] == plainByte {
		p.at++
	}
	target := p.code[start:p.at]
	if target == "" || p.at < len(p.code) && strings.IndexByte(" \t\n;&|)", p.code[p.at]) < 0 {
		return false
	}
	if joins {
		return isDigits(target)
	}
	p.harmless = p.harmless && (op == '<' || target == "/dev/null")
	return true
}
