package runbooks

import (
	"bytes"
	"cmp"
	"errors"
	"slices"
	"strings"

	"mvdan.cc/sh/v3/syntax"
)

// endComments takes the backslash off the end of each comment of a script. To a shell a
// comment ends with its line whatever stands there; the parser of shells takes the next line
// for a part of it, and would not see what runs there. Places stay as they are.
func endComments(code string) string {
	if !strings.Contains(code, "\\\n") || !strings.Contains(code, "#") {
		return code
	}
	out := []byte(code)
	var quote byte
	for i := 0; i < len(out); i++ {
		switch c := out[i]; {
		case c == '\\' && quote != '\'':
			i++
		case quote != 0:
			if c == quote {
				quote = 0
			}
		case c == '\'' || c == '"':
			quote = c
		case c == '#' && (i == 0 || strings.IndexByte(" \t\n;&|()`", out[i-1]) >= 0):
			end := strings.IndexByte(code[i:], '\n')
			if end < 0 {
				return string(out)
			}
			i += end
			if out[i-1] == '\\' {
				out[i-1] = ' '
			}
		}
	}
	return string(out)
}

// hidesLines reports whether a line with the sign of a comment ends with a backslash. What
// the next line is may then depend on quotes and documents around it: nothing that is
// inferred of such a script is trusted.
func hidesLines(code string) bool {
	for line := range strings.Lines(code) {
		line = strings.TrimRight(line, "\r\n")
		if strings.HasSuffix(line, "\\") && strings.Contains(line, "#") {
			return true
		}
	}
	return false
}

// standIn takes the place of a # that goes on with a word: it means nothing either.
const standIn = '^'

// parseText parses a script. Within parentheses the parser takes the # of "$A"#b for the
// begin of a comment, and would not see what a shell runs behind it: then it gets to read
// something else in its place. What the tree says then is a warning, never a promise: as
// written is false.
func parseText(parser *syntax.Parser, code string) (file *syntax.File, asWritten bool, err error) {
	inside := insideWords(code)
	if len(inside) == 0 {
		file, err = parser.Parse(strings.NewReader(code), "")
		return file, true, err
	}
	syntax.KeepComments(true)(parser)
	defer syntax.KeepComments(false)(parser)
	file, err = parser.Parse(strings.NewReader(code), "")
	misread := inside
	if err == nil {
		if misread = notRead(file, inside); len(misread) == 0 {
			return file, true, nil
		}
	}
	text := []byte(code)
	for _, at := range misread {
		text[at] = standIn
	}
	again, errAgain := parser.Parse(bytes.NewReader(text), "")
	if errAgain != nil {
		return nil, false, cmp.Or(err, errAgain)
	}
	if len(notRead(again, insideWords(string(text)))) > 0 {
		return nil, false, errHash
	}
	return again, false, nil
}

// errHash says that there is no telling what of a script is a comment.
var errHash = errors.New("a # is read as the begin of a comment where none can begin")

// insideWords finds each # that begins no comment, wherever it stands: a comment begins
// where a word could.
func insideWords(code string) []int {
	var all []int
	for i := 1; i < len(code); i++ {
		if code[i] != '#' {
			continue
		}
		before := i - 1
		for before >= 0 && code[before] == '\n' && escaped(code, before) {
			before -= 2 // the line goes on
		}
		if before >= 0 && (strings.IndexByte(" \t\n;&|(", code[before]) < 0 || escaped(code, before)) {
			all = append(all, i)
		}
	}
	return all
}

// escaped reports whether a backslash stands before a byte that is not itself behind one.
func escaped(code string, at int) bool {
	before := code[:at]
	return (len(before)-len(strings.TrimRight(before, `\`)))%2 == 1
}

// notRead returns which of the places in a script, in their order, are part of no word,
// expansion or proper comment of its tree.
func notRead(file *syntax.File, places []int) []int {
	read := make([]bool, len(places))
	syntax.Walk(file, func(n syntax.Node) bool {
		known := false
		switch n := n.(type) {
		case *syntax.Lit, *syntax.SglQuoted, *syntax.ParamExp, *syntax.ArithmExp, *syntax.ArithmCmd:
			known = true
		case *syntax.Comment:
			_, inside := slices.BinarySearch(places, int(n.Pos().Offset()))
			known = !inside
		case *syntax.CmdSubst, *syntax.ProcSubst: // within what is known
		default:
			return true
		}
		from, _ := slices.BinarySearch(places, int(n.Pos().Offset()))
		to, _ := slices.BinarySearch(places, int(n.End().Offset()))
		for i := from; i < to; i++ {
			read[i] = known
		}
		return true
	})
	var rest []int
	for i, at := range places {
		if !read[i] {
			rest = append(rest, at)
		}
	}
	return rest
}
