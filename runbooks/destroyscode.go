package runbooks

import (
	"cmp"
	"path"
	"slices"
	"strings"
)

// What destroys in scripts that are not for a shell, and in such as no parser of shells
// understands.

// destroyingCode is what removes trees and tables in scripts of other languages.
var destroyingCode = lazily(`(?i)(?:\bshutil\.)?\brmtree\b|FileUtils\.rm_rf?\b|\brmSync\(|\brm(?:dir)?(?:Sync)?\([^\n]*\brecursive:\s*true|\brimraf\b|\bremove_tree\b` +
	`|\bdrop\s+(?:table|database|schema)\b|\btruncate\s+table\b|\.drop_all\(|\.dropDatabase\(`)

// runsProgram is what begins the command line, or the list of words, that a script of
// another language runs.
var runsProgram = lazily(`\b(?:system|[Pp]open[234]?|exec[lv]?p?e?|execSync|execFile(?:Sync)?|execute|execa|spawn[lv]?p?e?|spawnSync|run|call|check_call|check_output|getoutput|getstatusoutput` +
	`|create_subprocess_\w+|shell_exec|passthru|proc_open|capture[23]e?|sh)\s*[( ]\s*(?:os\.P_\w+,\s*)?[\[(]?\s*[rbfuRBFU]{0,2}["'` + "`" + `]|(?:\bqx|%x|\bsystem\s*\(?\s*qw)\s*[({\[/|!]|` + "`")

// maxProgram bounds how much of a script is taken for one command line, in bytes, and
// maxPrograms how many of them are read. What runs more than that may do anything.
const (
	maxProgram  = 400
	maxPrograms = 5000
)

// destroysInCode looks at a script that is not for a shell: it returns what destroys in
// it, and the line and byte where that stands, both from 0.
func (a *Action) destroysInCode(code string) (what string, line, at int) {
	if strings.ToLower(cmp.Or(a.Settings.Interpreter, a.Lang)) == "fish" {
		return destroysByWords(code)
	}
	python := slices.Contains(scriptWords, strings.ToLower(cmp.Or(a.Settings.Interpreter, a.Lang)))
	all := slices.Concat(destroyingCode().FindAllStringIndex(code, -1), runsProgram().FindAllStringIndex(code, -1))
	slices.SortFunc(all, func(a, b []int) int { return cmp.Compare(a[0], b[0]) })
	start, programs := 0, 0 // of the line, and how many were read
	for _, m := range all {
		for end := strings.IndexByte(code[start:m[0]], '\n'); end >= 0; end = strings.IndexByte(code[start:m[0]], '\n') {
			start += end + 1
			line++
		}
		before := strings.TrimSpace(code[start:min(m[1], start+maxProgram)])
		if strings.HasPrefix(before, "#") || strings.HasPrefix(before, "//") || python && code[m[0]] == '`' {
			continue // nothing is run there
		}
		what, _, _ := strings.Cut(code[m[0]:m[1]], "(")
		if programs < maxPrograms && !destroyingCode().MatchString(code[m[0]:m[1]]) {
			programs++
			what = destroysInProgram(code[m[1]:])
		}
		if what != "" {
			return what, line, m[0] - start
		}
	}
	return "", 0, 0
}

// destroysInProgram judges the command at the start of a text, which goes on behind it.
func destroysInProgram(text string) string {
	text = text[:min(len(text), maxProgram)]
	if end := strings.IndexByte(text, ')'); end >= 0 {
		text = text[:end]
	}
	text = strings.Map(func(r rune) rune {
		if strings.ContainsRune("[]{},\n", r) {
			return ' '
		}
		return r
	}, text)
	if !mayDestroy(text) {
		return ""
	}
	what, _, _ := destroysByWords(text)
	return what
}

func destroysByWords(code string) (what string, line, at int) {
	for text := range strings.SplitSeq(code, "\n") {
		t := &shellText{}
		t.byWords(text)
		t.nest()
		if what, _ := t.destroyer(); what != "" {
			return what, line, len(text) - len(strings.TrimLeft(text, " \t"))
		}
		line++
	}
	return "", 0, 0
}

// byWords takes every run of words for a command, in a text that no parser of shells
// understands: too much is found rather than too little.
func (t *shellText) byWords(code string) {
	for line := range strings.SplitSeq(code, "\n") {
		if strings.HasPrefix(strings.TrimSpace(line), "#") {
			continue
		}
		for _, part := range strings.FieldsFunc(line, func(r rune) bool { return strings.ContainsRune(";|&()`", r) }) {
			t.calls = append(t.calls, callOf(strings.Fields(bareNames.Replace(part))))
		}
	}
}

// keywords stand before a command.
var keywords = wordSet("{ } ! do then else elif if while until begin and or not")

// callOf returns the command that words make. A shell before them, an assignment or a
// variable is nothing of it.
func callOf(words []string) (c shellCall) {
	for len(words) > 0 {
		at, many := unwrap(words)
		words, c.many = words[at:], c.many || many
		name := path.Base(words[0])
		runs := shells[name] || name == "eval"
		if !runs && !keywords[name] && !isAssignment(words[0]) && words[0][0] != '$' {
			break
		}
		words = words[1:]
		if i := slices.IndexFunc(words, givesText); runs && i >= 0 {
			words = words[i+1:]
		}
		for runs && len(words) > 0 && words[0][0] == '-' {
			words = words[1:]
		}
	}
	if len(words) == 0 {
		return c
	}
	c.name = path.Base(words[0])
	for _, word := range words[1:] {
		c.args = append(c.args, argument{text: word})
	}
	return c
}
