package runbooks

import (
	"slices"
	"strings"
	"unicode/utf8"
)

// plainScript reads a script of nothing but commands: words, quoted words,
// variables, pipes, substitutions, assignments, comments. Most scripts are that, and
// it tells the same of them as the parser of shells in a tenth of the time
// (FuzzScript). It gives up on everything else, and on whatever it is not sure of.
type plainScript struct {
	code  string
	at    int
	depth int  // of substitutions
	plus  bool // there is more in it than words, quoted words and variables

	commands int
	harmless bool
	reads    []string
	assigned []string
	words    []argument // of the commands that are being read, the innermost last
}

// maxPlainDepth bounds substitutions within each other.
const maxPlainDepth = 8

// notPlain are words with which a line of words is more than a command.
var notPlain = wordSet(`if then elif else fi for in do done while until case esac select function time coproc read mapfile readarray getopts
	printf declare local typeset readonly nameref let alias unset eval`)

// plain reads a script as long as it is plain.
func (s *script) plain(code string) bool {
	p := plainScript{code: code, harmless: true, words: make([]argument, 0, 8)}
	endless, ok := p.list()
	if !ok || p.at < len(code) || p.plus && len(code) > maxShellBytes || !utf8.ValidString(code) {
		return false
	}
	s.harmless, s.endless, s.reads = p.commands > 0 && p.harmless, endless, p.reads
	for _, name := range p.assigned {
		s.sets(name)
	}
	return true
}

// list reads commands up to the end of the script, or of a substitution. It reports
// whether one of them runs until somebody stops it, and false when it gives up.
func (p *plainScript) list() (endless, ok bool) {
	for first := true; ; first = false {
		if !p.blanks() {
			return false, false
		}
		switch c := p.next(); {
		case c == 0:
			return endless, p.depth == 0
		case c == ')':
			return endless, p.depth > 0 && !first
		case p.depth > 0 && (c == '\n' || c == '#'):
			return false, false
		case c == '\n':
			p.at++
			continue
		case c == '#':
			if !p.comment() {
				return false, false
			}
			continue
		}
		never, ok := p.pipeline()
		if !ok || !p.separator() {
			return false, false
		}
		endless = endless || never
	}
}

// next returns the byte that comes next, 0 at the end. Scripts hold no byte 0.
func (p *plainScript) next() byte {
	if p.at == len(p.code) {
		return 0
	}
	return p.code[p.at]
}

// blanks skips blanks, and line ends behind a backslash. It gives up where those
// stand before nothing.
func (p *plainScript) blanks() bool {
	for ; p.at < len(p.code); p.at++ {
		switch c := p.code[p.at]; {
		case c == ' ':
		case c == '\t':
			p.plus = true
		case c == '\\' && strings.HasPrefix(p.code[p.at:], "\\\n"):
			p.plus = true
			p.at++
			if rest := p.code[p.at+1:]; rest == "" || strings.IndexByte("\n#\\", rest[0]) >= 0 {
				return false
			}
		default:
			return true
		}
	}
	return true
}

// comment skips a comment. One that ends in a backslash is left to the parser.
func (p *plainScript) comment() bool {
	p.plus = true
	end := strings.IndexByte(p.code[p.at:], '\n')
	if end < 0 {
		end = len(p.code) - p.at
	}
	text := p.code[p.at : p.at+end]
	p.at += end
	return text[len(text)-1] != '\\' && !hasControl(text)
}

func hasControl(text string) bool {
	for i := range len(text) {
		if c := text[i]; c < ' ' && c != '\t' || c == 0x7f {
			return true
		}
	}
	return false
}

// separator reads what may stand between pipelines.
func (p *plainScript) separator() bool {
	if !p.blanks() {
		return false
	}
	switch rest := p.code[p.at:]; {
	case rest == "", rest[0] == '\n', rest[0] == '#':
		return true
	case rest[0] == ')':
		return p.depth > 0
	case strings.HasPrefix(rest, "&&"), strings.HasPrefix(rest, "||"):
		p.plus = true
		p.at += len("&&")
		return p.blanks() && strings.IndexByte("\n#;)", p.next()) < 0 && p.next() != 0
	case rest[0] == ';':
		p.plus = true
		p.at++
		return p.next() != ';' && p.next() != '&'
	}
	return false
}

// pipeline reads commands that are joined by pipes.
func (p *plainScript) pipeline() (endless, ok bool) {
	endless, _, ok = p.command()
	for ok && p.next() == '|' && !strings.HasPrefix(p.code[p.at:], "||") && !strings.HasPrefix(p.code[p.at:], "|&") {
		p.plus = true
		p.at++
		if !p.blanks() {
			return false, false
		}
		var never, ends bool
		never, ends, ok = p.command()
		endless = !ends && (endless || never)
	}
	return endless, ok
}

// command reads one command, and whether it runs until somebody stops it or, behind
// a pipe, ends what writes to it.
func (p *plainScript) command() (endless, ends, ok bool) {
	base := len(p.words)
	defer func() { p.words = p.words[:base] }()
	if name := p.assignment(); name != "" {
		return false, false, p.assign(name) && p.assignsOnly()
	}
	for {
		if !p.blanks() {
			return false, false, false
		}
		if p.endsCommand() {
			break
		}
		if digits := digitsOf(p.code[p.at:]); p.redirects(digits) {
			if len(p.words) == base || !p.redirect(digits) {
				return false, false, false
			}
			continue
		}
		word, ok := p.word(len(p.words) == base)
		if !ok {
			return false, false, false
		}
		if p.words = append(p.words, word); len(p.words) == base+1 && word.literal() == "export" {
			return false, false, p.assignsOnly()
		}
	}
	if len(p.words) == base {
		return false, false, false
	}
	return p.judge(p.words[base:])
}

// judge says what a command does.
func (p *plainScript) judge(words []argument) (endless, ends, ok bool) {
	name := words[0].literal()
	if name == "" || name[0] == '-' || notPlain[name] || strings.Contains(name, "=") {
		return false, false, false
	}
	p.commands++
	p.harmless = p.harmless && commandReads(name, words[1:])
	ends = name == "head" || name == "timeout" || strings.HasSuffix(name, "grep") && endsInput(literals(words))
	return mayNeverEnd[name] && callNeverEnds(literals(words)) || prefixes[name] && callNeverEnds(literals(words)), ends, true
}

// endsCommand reports whether no word comes next.
func (p *plainScript) endsCommand() bool {
	switch p.next() {
	case 0, '\n', '#', ';', '&', '|', ')':
		return true
	}
	return false
}

// literal returns a word that is certain as it stands, else "".
func (a argument) literal() string {
	if a.dynamic || a.quoted {
		return ""
	}
	return a.text
}

func literals(words []argument) []string {
	list := make([]string, len(words))
	for i, w := range words {
		list[i] = w.literal()
	}
	return list
}

// assignment returns the variable that is set next, "" when none is.
func (p *plainScript) assignment() string {
	rest := p.code[p.at:]
	end := nameLength(rest)
	if end == 0 || end == len(rest) || rest[end] != '=' {
		return ""
	}
	return rest[:end]
}

// nameLength returns how many bytes of a variable's name a text begins with.
func nameLength(text string) int {
	end := 0
	for end < len(text) && isWordByte(text[end]) && (end > 0 || text[0] > '9') {
		end++
	}
	return end
}

// assign reads NAME=value.
func (p *plainScript) assign(name string) bool {
	p.plus = true
	p.at += len(name) + len("=")
	p.assigned = append(p.assigned, name)
	p.harmless = p.harmless && !steersTools(name)
	if c := p.next(); c == '#' || c == '(' {
		return false
	}
	_, ok := p.word(false)
	return ok
}

// assignsOnly reads the names and assignments to the end of a command.
func (p *plainScript) assignsOnly() bool {
	p.commands++
	p.plus = true
	for {
		if !p.blanks() {
			return false
		}
		if p.endsCommand() {
			return true
		}
		if name := p.assignment(); name != "" {
			if !p.assign(name) {
				return false
			}
			continue
		}
		return false
	}
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
			w.begins = w.begins || p.plus && text[0] == '-' && strings.ContainsAny(text, "*?[")
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
		switch c := p.code[p.at]; {
		case c == '"':
			p.at++
			return true
		case c == '$':
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
