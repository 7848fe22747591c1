package runbooks

import (
	"slices"
	"strings"
)

// Alternative is one of several ways that a block offers, of which the operator
// picks one to run: the lines between comments such as "# or".
type Alternative struct {
	Line    int    `json:"line"`    // of the first line of Code
	Code    string `json:"code"`    // the exact lines; nothing else of the block runs
	Endless bool   `json:"endless"` // it runs until somebody stops it
}

// orComment matches a comment line that says "or": "# or", "# OR:", "# Or, with
// helm", "# alternatively", "# o bien", "# O con vim", "# ou".
var orComment = lazily(`(?i)^\s*#+\s*(?:\W*\b(?:or|or else|alternatively|alternative|o|o bien|alternativamente|ou|ou bien|oder)\b\W*)(.*)$`)

// mayBeOr reports whether a line may be such a comment: its first word starts as one
// of theirs does. Most comments do not.
func mayBeOr(line string) bool {
	rest := strings.TrimLeft(line, " \t\n\v\f\r")
	if rest == "" || rest[0] != '#' {
		return false
	}
	for i := range len(rest) {
		if isWordByte(rest[i]) {
			return strings.IndexByte("oOaA", rest[i]) >= 0
		}
	}
	return false
}

// maxOrWords is how much a comment that says "or" may go on to say: more is prose
// that happens to begin so.
const maxOrWords = 6

// alternativesOf returns the alternatives of a shell script, or nothing when it is
// to be run as a whole. Each must be a script of its own that holds a command:
// comments within a loop, a quotation or a here-document separate nothing.
func alternativesOf(a *Action) []Alternative {
	none := []Alternative{}
	code := a.Script()
	if !inShell(a) || !strings.Contains(code, "#") {
		return none
	}
	all := cutAtOr(code, a.Line)
	if len(all) < 2 || parseShell(code) == nil {
		return none
	}
	for i, alternative := range all {
		file := parseShell(alternative.Code)
		if file == nil || len(file.Stmts) == 0 {
			return none
		}
		all[i].Endless = neverEnds(file)
	}
	return all
}

// cutAtOr cuts a script, whose first line has that number, at the comments that say
// "or". A comment that goes on from the line before is a sentence and no separator.
// Without any nothing is returned.
func cutAtOr(code string, number int) []Alternative {
	var all []Alternative
	part := Alternative{Line: number}
	start, commented := 0, false
	for at := 0; at < len(code); number++ {
		line := code[at:]
		if end := strings.IndexByte(line, '\n'); end >= 0 {
			line = line[:end+1]
		}
		if !commented && saysOr(line) {
			part.Code = code[start:at]
			all = append(all, part)
			start, part.Line = at+len(line), number+1
		}
		commented = strings.HasPrefix(strings.TrimSpace(line), "#")
		at += len(line)
	}
	if len(all) > 0 {
		part.Code = code[start:]
		all = append(all, part)
	}
	return all
}

// saysOr reports whether a line is such a comment.
func saysOr(line string) bool {
	if !mayBeOr(line) {
		return false
	}
	m := orComment().FindStringSubmatch(strings.TrimRight(line, "\r\n"))
	return m != nil && len(strings.Fields(m[1])) <= maxOrWords
}

// inShell reports whether the code is in a language of which the shell parser
// knows what it means.
func inShell(a *Action) bool {
	lang := strings.ToLower(a.Lang)
	return a.Kind == KindShell && (slices.Contains(shellLangs, lang) || strings.HasPrefix(lang, "azurecli"))
}

var shellLangs = []string{"", "sh", "bash", "shell", "console", "command", "terminal", "shell-session", "sh-session", "shellsession", "shellscript"}

// recognise finds the alternatives of a block, and whether it ends by itself. A
// block that waits for something, or keeps something of what it prints, is meant
// to end. endless says what the whole script, with its blanks filled in, does.
func (a *Action) recognise(endless bool) {
	a.Alternatives = alternativesOf(a)
	set := a.Settings
	if set.Until != "" || set.Expect != "" || len(set.Capture) > 0 || set.Retries > 0 {
		for i := range a.Alternatives {
			a.Alternatives[i].Endless = false
		}
		return
	}
	a.Endless = len(a.Alternatives) == 0 && (endless && inShell(a) || a.inBackground())
}

// Part returns the action as it runs when the alternative of a number, from 1, is
// picked: with the code of that alternative and nothing else. The number 0 stands
// for the whole of a block without alternatives. It returns false for a number that
// the block does not have.
func (a *Action) Part(n int) (*Action, bool) {
	if n == 0 {
		return a, len(a.Alternatives) == 0
	}
	if n < 0 || n > len(a.Alternatives) {
		return nil, false
	}
	part := *a
	part.Code, part.Line, part.Endless = a.Alternatives[n-1].Code, a.Alternatives[n-1].Line, a.Alternatives[n-1].Endless
	part.Alternatives, part.filled = nil, ""
	return &part, true
}
