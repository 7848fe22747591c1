package runbooks

import (
	"regexp"
	"slices"
	"strconv"
	"strings"

	"mvdan.cc/sh/v3/syntax"
)

// maxShellBytes bounds what is given to the shell parser, which recurses. A
// longer script counts as one that may write, and its variables are found by
// pattern.
const maxShellBytes = 64 << 10

// script is what a shell script tells about the values it needs. It is never run
// to find out.
type script struct {
	endless    bool              // it runs until somebody stops it
	harmless   bool              // every command of it is known to only read
	changes    bool              // what later commands of the same shell mean may be another thing after it
	reads      []string          // variables it refers to, in order of first use
	assigned   map[string]bool   // variables it sets
	fallbacks  map[string]string // ${X:-fallback}
	positional []positional      // in order of position
	usage      []string          // names of its usage line
	spread     []spread          // variables whose values could become options
	feeds      []feed            // where the values of its variables come from, as far as that tells how they may be
}

// positional is an argument of a script.
type positional struct {
	n        int
	name     string // of the variable that takes it, "" when none does
	fallback string
	optional bool
}

// shellReader reads scripts, one after the other.
type shellReader struct{ parser *syntax.Parser }

func newShellReader() *shellReader {
	return &shellReader{syntax.NewParser(syntax.Variant(syntax.LangBash))}
}

// parse returns the syntax tree of a script, nil when it has none, and whether it is that
// of the script as it is written.
func (r *shellReader) parse(code string) (file *syntax.File, asWritten bool) {
	if len(code) > maxShellBytes {
		return nil, false
	}
	file, asWritten, err := parseText(r.parser, endComments(code))
	if err != nil {
		return nil, false
	}
	return file, asWritten
}

func parseShell(code string) *syntax.File {
	file, _ := newShellReader().parse(code)
	return file
}

// variables finds the variables that a text refers to.
func (s *script) variables(code string) {
	if !strings.Contains(code, "$") {
		return
	}
	for _, m := range variableForm().FindAllStringSubmatchIndex(code, -1) {
		if m[0] > 0 && code[m[0]-1] == '\\' {
			continue
		}
		for _, g := range []int{2, 4} {
			if m[g] >= 0 && !slices.Contains(s.reads, code[m[g]:m[g+1]]) {
				s.reads = append(s.reads, code[m[g]:m[g+1]])
			}
		}
	}
}

// read finds the variables and arguments of a script, and whether it only reads.
func (r *shellReader) read(code string) script {
	s := script{usage: usageNames(code)}
	if s.plain(code) {
		return s
	}
	file, asWritten := r.parse(code)
	if file == nil {
		s.byPattern(code)
		s.changes = true
		return s
	}
	s.harmless, s.endless = asWritten && onlyReads(file) && !hidesLines(code) && !doubtful(file, code), neverEnds(file)
	s.walk(file)
	return s
}

// walk finds what the syntax tree of a script tells.
func (s *script) walk(file *syntax.File) {
	depth := 0
	var enter []bool
	syntax.Walk(file, func(n syntax.Node) bool {
		if n == nil {
			if last := len(enter) - 1; last >= 0 {
				if enter[last] {
					depth--
				}
				enter = enter[:last]
			}
			return true
		}
		_, function := n.(*syntax.FuncDecl)
		if function {
			depth++
		}
		enter = append(enter, function)
		s.node(n, depth > 0)
		s.changed(n)
		return true
	})
	slices.SortStableFunc(s.positional, func(a, b positional) int { return a.n - b.n })
	s.settle()
}

// sets notes that a variable is set.
func (s *script) sets(name string) {
	if s.assigned == nil {
		s.assigned = map[string]bool{}
	}
	s.assigned[name] = true
}

// node takes what one node of the syntax tree tells. $1 inside a function is the
// function's, not the script's.
func (s *script) node(n syntax.Node, inFunction bool) {
	switch n := n.(type) {
	case *syntax.Assign:
		if n.Name == nil {
			return
		}
		if !n.Naked {
			s.sets(n.Name.Value)
		}
		s.takesWord(n.Name, n.Value)
		if n.Array != nil {
			for _, e := range n.Array.Elems {
				s.takesWord(n.Name, e.Value)
			}
		}
		if !inFunction && n.Value != nil {
			s.takesArgument(n.Name.Value, n.Value)
		}
	case *syntax.WordIter:
		s.sets(n.Name.Value)
		for _, item := range n.Items {
			s.takesWord(n.Name, item)
		}
	case *syntax.CallExpr:
		s.call(n)
	case *syntax.ParamExp:
		s.expansion(n, inFunction)
	}
}

func (s *script) call(n *syntax.CallExpr) {
	words := make([]string, len(n.Args))
	for i, w := range n.Args {
		words[i] = w.Lit()
	}
	if len(words) == 0 {
		return
	}
	if minds(words[0]) {
		args := make([]argument, len(n.Args)-1)
		for i, w := range n.Args[1:] {
			args[i] = argumentOf(w)
		}
		s.spreads(words[0], args)
	}
	switch words[0] {
	case "read", "mapfile", "readarray", "getopts":
		for _, w := range words[1:] {
			if validName(w) {
				s.sets(w)
				s.feeds = append(s.feeds, feed{"", w, anything})
			}
		}
	case "printf":
		if len(words) > 2 && words[1] == "-v" {
			s.sets(words[2])
			s.feeds = append(s.feeds, feed{"", words[2], anything})
		}
	}
}

func (s *script) expansion(n *syntax.ParamExp, inFunction bool) {
	if n.Param == nil {
		return
	}
	name := n.Param.Value
	if n.Exp != nil && (n.Exp.Op == syntax.AssignUnset || n.Exp.Op == syntax.AssignUnsetOrNull) {
		s.takesWord(n.Param, n.Exp.Word)
	}
	fallback, optional := "", false
	if n.Exp != nil && slices.Contains([]syntax.ParExpOperator{syntax.DefaultUnset, syntax.DefaultUnsetOrNull, syntax.AssignUnset, syntax.AssignUnsetOrNull}, n.Exp.Op) {
		optional = true
		if n.Exp.Word != nil {
			fallback = n.Exp.Word.Lit()
		}
	}
	if position, err := strconv.Atoi(name); err == nil {
		if !inFunction && position > 0 && position < 100 {
			s.position(positional{position, "", fallback, optional})
		}
		return
	}
	if !validName(name) {
		return
	}
	if optional {
		if s.fallbacks == nil {
			s.fallbacks = map[string]string{}
		}
		s.fallbacks[name] = fallback
	}
	if !slices.Contains(s.reads, name) {
		s.reads = append(s.reads, name)
	}
}

func (s *script) position(p positional) {
	for i, known := range s.positional {
		if known.n == p.n {
			if known.name == "" {
				s.positional[i].name = p.name
			}
			return
		}
	}
	s.positional = append(s.positional, p)
}

// takesArgument recognises X=$1, X="$1", X=${1:-fallback}.
func (s *script) takesArgument(name string, value *syntax.Word) {
	parts := value.Parts
	if len(parts) == 1 {
		if quoted, ok := parts[0].(*syntax.DblQuoted); ok {
			parts = quoted.Parts
		}
	}
	if len(parts) != 1 {
		return
	}
	exp, ok := parts[0].(*syntax.ParamExp)
	if !ok || exp.Param == nil || exp.Length || exp.Slice != nil || exp.Repl != nil {
		return
	}
	if n, err := strconv.Atoi(exp.Param.Value); err == nil && n > 0 && n < 100 {
		s.expansion(exp, false)
		s.position(positional{n: n, name: name})
	}
}

var (
	variableForm   = lazily(`\$(?:\{([A-Za-z_][A-Za-z0-9_]*)|([A-Za-z_][A-Za-z0-9_]*))`)
	assignmentForm = lazily(`(?m)(?:^|[\s;&|(])(?:export\s+|local\s+|readonly\s+)?([A-Za-z_][A-Za-z0-9_]*)=`)
	loopForm       = lazily(`(?m)\b(?:for|read(?:\s+-\w+)*)\s+([A-Za-z_][A-Za-z0-9_]*)\b`)
	quotedText     = lazily(`'[^'\n]*'`)
)

// byPattern finds variables in a script that is not valid shell, as those with
// <placeholders> are not.
func (s *script) byPattern(code string) {
	for _, form := range []func() *regexp.Regexp{assignmentForm, loopForm} {
		for _, m := range form().FindAllStringSubmatch(code, -1) {
			s.sets(m[1])
		}
	}
	s.variables(quotedText().ReplaceAllString(code, "''"))
}

var usageWord = lazily(`^[\[<{(]*([A-Za-z][A-Za-z0-9_. -]*?)[\]>})]*$`)

var usageToken = lazily(`\[[^\]\n]*\]|<[^>\n]*>|\{[^}\n]*\}|[^\s"']+`)

// lastWord returns the last of a text's words, folded, in a list of its own; none
// when it has none.
func lastWord(text string) []string {
	if !isASCII(text) {
		words := wordsOf(text)
		return words[max(len(words)-1, 0):]
	}
	alike := func(r rune) bool { return r != '_' && isWordByte(byte(r)) }
	text = strings.TrimRightFunc(text, func(r rune) bool { return !alike(r) })
	start := 1 + strings.LastIndexFunc(text, func(r rune) bool { return !alike(r) })
	if text == "" {
		return nil
	}
	return []string{strings.ToLower(text[start:])}
}

// isUsage reports whether a line says how a script is called: "Usage: …".
func isUsage(line string) bool {
	before, _, ok := strings.Cut(line, ":")
	if !ok || len(line) > 500 {
		return false
	}
	words := lastWord(before)
	return len(words) > 0 && usageCues.is(words)
}

// usageNames returns the argument names of a script's usage line: the words
// behind the command of "Usage: deploy.sh [app] <version>".
func usageNames(code string) []string {
	for line := range strings.SplitSeq(code, "\n") {
		if !strings.Contains(line, ":") || !isUsage(line) {
			continue
		}
		_, rest, _ := strings.Cut(line, ":")
		rest = strings.TrimSpace(rest)
		if end := strings.IndexAny(rest, `"';`); end >= 0 {
			rest = rest[:end]
		}
		var names []string
		for i, token := range usageToken().FindAllString(rest, -1) {
			m := usageWord().FindStringSubmatch(token)
			if i == 0 || m == nil || strings.HasPrefix(token, "-") {
				continue
			}
			names = append(names, strings.TrimSpace(m[1]))
		}
		if len(names) > 0 {
			return names
		}
	}
	return nil
}
