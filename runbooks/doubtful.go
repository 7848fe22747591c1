package runbooks

import (
	"strings"

	"mvdan.cc/sh/v3/syntax"
)

// What bash may read otherwise than the parser of shells does. A script that holds it is
// never inferred to read: what the parser takes for a text bash may run.

// doubtful reports whether a script holds any of it.
func doubtful(file *syntax.File, code string) bool {
	if strings.Contains(code, "\r") || strings.Contains(code, "$\\\n") {
		return true // which the parser leaves out; where bash sees a $( of two lines
	}
	found := false
	syntax.Walk(file, func(n syntax.Node) bool {
		switch n := n.(type) {
		case *syntax.ExtGlob: // its pattern is not taken apart, but may hold a substitution
			found = true
		case *syntax.ParamExp: // within double quotes a ' does not quote there
			found = found || strings.Contains(sourceOf(n, code), "'")
		case *syntax.CmdSubst: // to bash a backquote ends it within quotes, too
			inside := strings.Trim(sourceOf(n, code), "`")
			found = found || n.Backquotes && strings.Contains(inside, "`")
		case *syntax.Redirect:
			found = found || n.Hdoc != nil && doubtfulDocument(n, code)
		}
		return !found
	})
	return found
}

// sourceOf is the text of a node.
func sourceOf(n syntax.Node, code string) string {
	from, to := int(n.Pos().Offset()), int(n.End().Offset())
	if from < 0 || from > to || to > len(code) {
		return code // of no known place
	}
	return code[from:to]
}

// doubtfulDocument reports whether bash may see the end of a here-document elsewhere: lines
// are joined before they are compared, within a substitution a line only has to begin with
// the mark, and what is open in the text does not keep it from ending.
func doubtfulDocument(n *syntax.Redirect, code string) bool {
	mark, quoted := markOf(n.Word)
	if mark == "" || strings.ContainsAny(mark, "\\$`\n") {
		return true
	}
	text := sourceOf(n.Hdoc, code) // with its last line
	end := strings.LastIndexByte(text, '\n') + 1
	if strings.TrimLeft(text[end:], "\t") != mark {
		return true
	}
	text = text[:end]
	if !quoted && strings.Contains(text, "\\\n") {
		return true
	}
	for line := range strings.Lines(text) {
		if strings.HasPrefix(strings.TrimLeft(line, "\t"), mark) {
			return true
		}
	}
	return false
}

// markOf is the word that ends a here-document, "" when it is no plain one, and whether it
// is quoted.
func markOf(word *syntax.Word) (mark string, quoted bool) {
	if len(word.Parts) != 1 {
		return "", false
	}
	switch part := word.Parts[0].(type) {
	case *syntax.Lit:
		return part.Value, false
	case *syntax.SglQuoted:
		if !part.Dollar {
			return part.Value, true
		}
	case *syntax.DblQuoted:
		if !part.Dollar {
			return (&syntax.Word{Parts: part.Parts}).Lit(), true
		}
	}
	return "", false
}
