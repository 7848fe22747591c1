package runbooks

import (
	"strings"
)

// Lines that a command prints and nobody types, by what they start with.
var (
	printedKey    = lazily(`^[\w./-]*\w:(?:\s|$)`)
	printedLabel  = lazily(`^[A-Z][A-Za-z]*(?: [A-Za-z]+){1,4}:(?:\s|$)`)
	printedHead   = lazily(`^[A-Z][A-Z0-9_()%/.-]*(?: [A-Z0-9_()%/.-]+)*(?:\s{2,}[A-Z(%#][A-Z0-9_()%/ .-]*)+$`)
	printedRule   = lazily(`^(?:[+|][-=+|]{2,}|-{3,}[-+]|={4,}$|\|.*\|$)`)
	printedTime   = lazily(`^\d{4}-\d\d-\d\d[T ]\d\d:\d\d`)
	printedMember = lazily(`^"[\w.-]+"\s*:`)
	printedOption = lazily(`^\[--?[A-Za-z]`)
	waitingPrompt = lazily(`\S@[\w.-]+:[^\s$#]*[$#]$`)
)

// isPrinted reports whether a line can only have been printed by a command: "key:
// value", the head or a rule of a table, a time stamp, a member of JSON, an option
// of a usage text, a prompt that waits.
func isPrinted(line string) bool {
	if line == "" {
		return false
	}
	word, _, _ := strings.Cut(line, " ")
	if strings.HasSuffix(word, ":") && printedKey().MatchString(line) {
		return true
	}
	switch c := line[0]; {
	case strings.IndexByte("+|-=", c) >= 0 && printedRule().MatchString(line):
		return true
	case c == '"' && printedMember().MatchString(line), c == '[' && printedOption().MatchString(line):
		return true
	case c >= '0' && c <= '9' && printedTime().MatchString(line):
		return true
	case c >= 'A' && c <= 'Z' && (strings.Contains(line, ":") && printedLabel().MatchString(line) || strings.Contains(line, "  ") && printedHead().MatchString(line)):
		return true
	}
	return strings.IndexByte("$#", line[len(line)-1]) >= 0 && waitingPrompt().MatchString(line)
}

// splitPrinted splits a script without prompts where lines begin that can only
// have been printed, or typed into a console that a command of it opened.
func splitPrinted(code string) (commands, sample string) {
	suspect := false
	for line := range strings.SplitSeq(code, "\n") {
		t := strings.TrimSpace(line)
		suspect = suspect || isPrinted(t) || isConsole(t)
	}
	if !suspect {
		return code, ""
	}
	return splitAt(code, func(line string) bool { return isPrinted(line) || isConsole(line) })
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
