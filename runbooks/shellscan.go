package runbooks

import (
	"strings"
)

// shellScanner walks over a script byte by byte and knows how a shell would read
// each place. Scripts with placeholders are not valid shell, so that a parser
// cannot tell. Its cost is linear in the script.
type shellScanner struct {
	code  string
	at    int
	stack []byte         // open contexts: ' " ( ` and, for here-documents, h
	doc   int            // how deep in it the h stands, from 1; 0 = there is none
	docs  []hereDocument // that begin on the next line; the first is the open one
}

// hereDocument says how a here-document ends.
type hereDocument struct {
	mark string
	raw  bool // variables in it are not replaced
	tabs bool // its lines may be indented by tabs
}

// scan calls visit for every place of the script that a shell reads, but not for
// comments and raw here-documents. visit returns how many bytes it took.
func (s *shellScanner) scan(visit func(in quoting) int) {
	for s.at < len(s.code) {
		if s.doc > 0 && (s.at == 0 || s.code[s.at-1] == '\n') && s.docLine() {
			continue
		}
		if n := visit(s.quoting()); n > 0 {
			s.at += n
			continue
		}
		s.step()
	}
}

func (s *shellScanner) top() byte {
	if len(s.stack) == 0 {
		return 0
	}
	return s.stack[len(s.stack)-1]
}

func (s *shellScanner) push(c byte) { s.stack = append(s.stack, c) }

func (s *shellScanner) pop() { s.stack = s.stack[:len(s.stack)-1] }

func (s *shellScanner) quoting() quoting {
	switch s.top() {
	case '\'':
		return singleQuoted
	case '"':
		return doubleQuoted
	case 'h':
		return inDocument
	}
	return unquoted
}

// docLine reads the start of a line of a here-document: it ends it, or skips the
// line of a raw one. It reports whether it moved on.
func (s *shellScanner) docLine() bool {
	doc := s.docs[0]
	line := s.code[s.at:]
	end := strings.IndexByte(line, '\n') + 1
	if end == 0 {
		end = len(line)
	}
	line = strings.TrimSuffix(line[:end], "\n")
	if doc.tabs {
		line = strings.TrimLeft(line, "\t")
	}
	if line == doc.mark {
		s.docs, s.stack = s.docs[1:], s.stack[:s.doc] // whatever is open in it ends, too
		if len(s.docs) == 0 {
			s.pop()
			s.doc = 0
		}
	} else if !doc.raw {
		return false
	}
	s.at += end
	return true
}

// step reads one byte, or what belongs to it.
func (s *shellScanner) step() {
	c := s.code[s.at]
	switch top := s.top(); {
	case top == '\'':
		if c == '\'' {
			s.pop()
		}
	case c == '\\':
		s.at++
	case c == '`' && top == '`', c == '"' && top == '"', c == ')' && top == '(':
		s.pop()
	case c == '`':
		s.push(c)
	case c == '$' && strings.HasPrefix(s.code[s.at:], "$("):
		s.at++
		s.push('(')
	case top == '"' || top == 'h':
	case c == '\'' || c == '"' || c == '(':
		s.push(c)
	case c == '#' && (s.at == 0 || strings.IndexByte(" \t\n;|&(", s.code[s.at-1]) >= 0):
		if end := strings.IndexByte(s.code[s.at:], '\n'); end >= 0 {
			s.at += end
			return
		}
		s.at = len(s.code)
	case c == '<' && strings.HasPrefix(s.code[s.at:], "<<"):
		s.heredoc()
		return
	case c == '\n' && len(s.docs) > 0 && s.doc == 0:
		s.push('h')
		s.doc = len(s.stack)
	}
	s.at++
}

var heredocStart = lazily(`^<<-?[ \t]*(['"\\]?)([A-Za-z_][A-Za-z0-9_]*)['"]?`)

// heredoc reads <<EOF, <<-EOF or <<'EOF'. One within another is only text until that ends.
func (s *shellScanner) heredoc() {
	rest := s.code[s.at:]
	m := heredocStart().FindStringSubmatch(rest)
	if strings.HasPrefix(rest, "<<<") || m == nil || s.doc > 0 {
		s.at += len("<<")
		return
	}
	s.docs = append(s.docs, hereDocument{mark: m[2], raw: m[1] != "", tabs: strings.HasPrefix(rest, "<<-")})
	s.at += len(m[0])
}
