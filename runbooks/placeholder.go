package runbooks

import (
	"regexp"
	"strings"
)

// placeholder is a blank in a script that somebody has to fill in: <pod>, {pod},
// {{pod}}, [pod-name], YOUR_POD, your-pod, MY_POD, XXX.
type placeholder struct {
	start, end int // byte offsets in the script
	text       string
	name       string // of the variable that it sets, "" when its text names it
	template   bool   // {{pod}}
	in         quoting
}

// quoting says how a shell reads a place in a script.
type quoting int

const (
	unquoted quoting = iota
	doubleQuoted
	singleQuoted
	inDocument // a here-document in which variables are replaced
)

// variable returns what refers to a variable at a place, so that its value stays
// one word and is never read as code.
func (q quoting) variable(name string) string {
	switch q {
	case doubleQuoted, inDocument:
		return "${" + name + "}"
	case singleQuoted:
		return `'"${` + name + `}"'`
	}
	return `"${` + name + `}"`
}

var (
	angleForm   = lazily(`^<([A-Za-z][A-Za-z0-9 _.,:/'-]{0,80}?[A-Za-z0-9.)']|[A-Za-z])>`)
	doubleForm  = lazily(`^\{\{\s*([A-Za-z_][A-Za-z0-9_-]*)\s*\}\}`)
	braceForm   = lazily(`^\{([A-Za-z][A-Za-z0-9_-]*)\}`)
	bracketForm = lazily(`^\[([A-Za-z]{3,}(?:[ _-][A-Za-z]{2,})*)\]`)
	wordForm    = lazily(`^(YOUR[_-][A-Za-z0-9_-]*[A-Za-z0-9]|your[_-][a-z0-9_-]*[a-z0-9]|MY_[A-Z0-9_]*[A-Z0-9]|X{3,})`)

	fileName = lazily(`^[\w-]+\.\w{1,5}$`)
	// templateOption ends in an option whose argument is a template of the tool's.
	templateOption = lazily(`(?:^|\s)(?:-o|-f|-w|--output|--format|--template|--write-out|--jsonpath)(?:\s+|=)(?:'[^']*|"[^"]*|[^\s'"]*)$`)
	// patternTools read brackets and braces as patterns or as code.
	patternTools = lazily(`\b(?:e?grep|rg|sed|g?awk|jq|yq|perl|python3?|ruby|find|tr|xargs|expr|usage|uso)\b|\[\[|-I`)
)

// notBlanks are words in angle brackets that tools print.
var notBlanks = wordSet("none nil null unset unknown empty pending invalid undefined")

var templateKeywords = wordSet("range end else if with define block break continue template")

// placeholders finds the blanks of a script, in order. What stands in comments, in
// a quoted here-document or for a tool's own template is none.
func placeholders(code string) []placeholder {
	if strings.IndexByte(code, '<') < 0 && strings.IndexByte(code, '{') < 0 && strings.IndexByte(code, '[') < 0 && !strings.Contains(code, "YOUR") && !strings.Contains(code, "your") &&
		!strings.Contains(code, "MY_") && !strings.Contains(code, "XXX") {
		return nil
	}
	s := &shellScanner{code: code}
	var list []placeholder
	s.scan(func(in quoting) int {
		p, ok := s.placeholder(in)
		if !ok || isUsage(s.line()) {
			return 0
		}
		list = append(list, p)
		return p.end - p.start
	})
	return list
}

// placeholder reads the blank at the scanner's place.
func (s *shellScanner) placeholder(in quoting) (placeholder, bool) {
	rest := s.code[s.at:]
	if strings.IndexByte("<{[YyMX", rest[0]) < 0 {
		return placeholder{}, false
	}
	p := placeholder{start: s.at, in: in}
	before := byte(' ')
	if s.at > 0 {
		before = s.code[s.at-1]
	}
	found := func(form func() *regexp.Regexp) bool {
		m := form().FindStringSubmatch(rest)
		if m == nil {
			return false
		}
		p.text, p.end = m[1], s.at+len(m[0])
		return true
	}
	switch rest[0] {
	case '<':
		return p, !isWordByte(before) && before != '<' && found(angleForm) && s.isBlank(p)
	case '{':
		if found(doubleForm) {
			p.template = true
			return p, !templateKeywords[p.text] && before != '$' && before != '{' && !s.inTemplate()
		}
		return p, !isWordByte(before) && !strings.ContainsRune(`$@%\^{#`, rune(before)) && p.in != singleQuoted &&
			found(braceForm) && !s.inTemplate() && !patternTools().MatchString(s.line())
	case '[':
		return p, !isWordByte(before) && !strings.ContainsRune(`$@\^[]}`, rune(before)) && p.in != singleQuoted &&
			found(bracketForm) && !strings.HasPrefix(s.code[p.end:], "]") && !patternTools().MatchString(strings.ToLower(s.line()))
	case 'Y', 'y', 'M', 'X':
		return p, !isWordByte(before) && before != '$' && before != '{' && before != '-' && found(wordForm) && s.isWord(p)
	}
	return p, false
}

// isBlank reports whether <text> is a blank: no tag, no address, no file that is
// read from, nothing that a tool prints.
func (s *shellScanner) isBlank(p placeholder) bool {
	first := strings.ToLower(p.text)
	switch {
	case notBlanks[first], strings.Contains(p.text, "://"), strings.Contains(s.code, "</"+p.text):
		return false
	case p.in == unquoted && fileName().MatchString(p.text):
		return false
	case htmlTags[first] && strings.Contains(s.code, "</"):
		return false
	}
	return true
}

// isWord reports whether a word such as YOUR_POD is a blank: not the name of a
// variable that is set here, nor a file name that is made up.
func (s *shellScanner) isWord(p placeholder) bool {
	rest := s.code[p.end:]
	if rest != "" && (isWordByte(rest[0]) || rest[0] == '=' && p.in == unquoted) {
		return false
	}
	return p.text[0] != 'X' || !strings.Contains(s.line(), "mktemp")
}

func (s *shellScanner) inTemplate() bool {
	start := s.lineStart()
	return templateOption().MatchString(s.code[max(start, s.at-500):s.at])
}

func (s *shellScanner) lineStart() int { return 1 + strings.LastIndexByte(s.code[:s.at], '\n') }

// line returns the line of the scanner's place.
func (s *shellScanner) line() string {
	start := s.lineStart()
	end := strings.IndexByte(s.code[s.at:], '\n')
	if end < 0 {
		return s.code[start:]
	}
	return s.code[start : s.at+end]
}

func isWordByte(c byte) bool {
	return c == '_' || c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z'
}

// blankName makes the name of a variable of a placeholder's text: its first words.
// A name that the shell or the system uses is written in lower case.
func blankName(text string) string {
	words := strings.FieldsFunc(text, func(c rune) bool { return c > 127 || !isWordByte(byte(c)) })
	name := variableName(strings.Join(words[:min(len(words), 6)], "_"))
	if refusedName(name) || environment[name] {
		name = strings.ToLower(name)
	}
	return name
}
