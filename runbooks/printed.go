package runbooks

import (
	"regexp"
	"strings"
)

// printedForms match lines that a command prints and nobody types: "key: value",
// the head and the rules of a table, a time stamp, a member of JSON, the options
// of a usage text, a prompt that waits.
var printedForms = []*regexp.Regexp{
	regexp.MustCompile(`^[\w./-]*\w:(?:\s|$)`),
	regexp.MustCompile(`^[A-Z][A-Za-z]*(?: [A-Za-z]+){1,4}:(?:\s|$)`),
	regexp.MustCompile(`^[A-Z][A-Z0-9_()%/.-]*(?: [A-Z0-9_()%/.-]+)*(?:\s{2,}[A-Z(%#][A-Z0-9_()%/ .-]*)+$`),
	regexp.MustCompile(`^(?:[+|][-=+|]{2,}|-{3,}[-+]|={4,}$|\|.*\|$)`),
	regexp.MustCompile(`^\d{4}-\d\d-\d\d[T ]\d\d:\d\d`),
	regexp.MustCompile(`^"[\w.-]+"\s*:`),
	regexp.MustCompile(`^\[--?[A-Za-z]`),
	regexp.MustCompile(`\S@[\w.-]+:[^\s$#]*[$#]$`),
}

// isPrinted reports whether a line can only have been printed by a command.
func isPrinted(line string) bool {
	if !strings.ContainsAny(line, ":|=+[@") && !strings.Contains(line, "  ") && !strings.HasPrefix(line, "---") {
		return false
	}
	for _, form := range printedForms {
		if form.MatchString(line) {
			return true
		}
	}
	return false
}

// splitPrinted splits a script without prompts where lines begin that can only
// have been printed, or typed into a console that a command of it opened.
func splitPrinted(code string) (commands, sample string) {
	suspect := false
	for line := range strings.SplitSeq(code, "\n") {
		t := strings.TrimSpace(line)
		suspect = suspect || isPrinted(t) || consolePrompts.MatchString(t)
	}
	if !suspect {
		return code, ""
	}
	return splitAt(code, func(line string) bool { return isPrinted(line) || consolePrompts.MatchString(line) })
}

// leadingCommands splits a block without prompts into the commands that it starts
// with and the output that follows.
func leadingCommands(code string) (commands, sample string) {
	return splitAt(code, func(line string) bool {
		return !strings.HasPrefix(line, "--") && !likeCommand(line) && strings.Trim(line, "})") != "" || isPrinted(line)
	})
}

// splitAt splits code before the first line that starts a command and for which
// output holds. Lines that go on with the command above start none.
func splitAt(code string, output func(line string) bool) (commands, sample string) {
	lines := strings.SplitAfter(code, "\n")
	goesOn := newContinuations(code)
	for i := 0; i < len(lines); i++ {
		t := strings.TrimSpace(lines[i])
		if t == "" || strings.HasPrefix(t, "#") {
			continue
		}
		if output(t) {
			return strings.Join(lines[:i], ""), strings.Trim(strings.Join(lines[i:], ""), "\n") + "\n"
		}
		i += goesOn.after(lines[i:], lines[i])
	}
	return code, ""
}
