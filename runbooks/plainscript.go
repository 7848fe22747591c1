package runbooks

import (
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
	changes  bool
	reads    []string
	assigned []string
	values   script     // its spread and feeds alone
	words    []argument // of the commands that are being read, the innermost last
	called   []string   // a command's name, in the order in which they begin; "" of what only assigns
}

// maxPlainDepth bounds substitutions within each other.
const maxPlainDepth = 8

// notPlain are words with which a line of words is more than a command.
var notPlain = wordSet(`if then elif else fi for in do done while until case esac select function time coproc read mapfile readarray getopts
	printf declare local typeset readonly nameref let alias unset eval`)

// plain reads a script as long as it is plain.
func (s *script) plain(code string) bool {
	p, endless, ok := readPlain(code)
	if !ok {
		return false
	}
	s.harmless, s.changes, s.endless, s.reads = p.commands > 0 && p.harmless, p.changes, endless, p.reads
	for _, name := range p.assigned {
		s.sets(name)
	}
	s.spread, s.feeds = p.values.spread, p.values.feeds
	s.settle()
	return true
}

func readPlain(code string) (p plainScript, endless, ok bool) {
	p = plainScript{code: code, harmless: true, words: make([]argument, 0, 8)}
	endless, ok = p.list()
	return p, endless, ok && p.at == len(code) && (!p.plus || len(code) <= maxShellBytes) && utf8.ValidString(code)
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
	base, place := len(p.words), len(p.called)
	defer func() { p.words = p.words[:base] }()
	p.called = append(p.called, "")
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
	p.called[place] = p.words[base].literal()
	return p.judge(p.words[base:])
}

// judge says what a command does.
func (p *plainScript) judge(words []argument) (endless, ends, ok bool) {
	name := words[0].literal()
	if name == "" || name[0] == '-' || notPlain[name] || strings.Contains(name, "=") {
		return false, false, false
	}
	p.commands++
	p.changes = p.changes || changesShell(name, words[1:])
	p.harmless = p.harmless && commandReads(name, words[1:])
	p.values.spreads(name, words[1:])
	ends = name == "head" || name == "timeout" || strings.HasSuffix(name, "grep") && endsInput(literals(words))
	endless = (mayNeverEnd[name] || prefixes[name]) && callNeverEnds(literals(words))
	return endless, ends, true
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

// assign reads NAME=value.
func (p *plainScript) assign(name string) bool {
	p.plus = true
	p.at += len(name) + len("=")
	p.assigned = append(p.assigned, name)
	steers := steersTools(name)
	if c := p.next(); c == '#' || c == '(' {
		return false
	}
	value, ok := p.word(false)
	p.values.takes(name, value)
	steers = steers || hidesOptions(value)
	p.harmless, p.changes = p.harmless && !steers, p.changes || steers
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
