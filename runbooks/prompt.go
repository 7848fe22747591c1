package runbooks

import (
	"regexp"
	"slices"
	"strings"

	"mvdan.cc/sh/v3/syntax"
)

// shellPrompts match what a shell prints before a command: "$ ", "host $ ",
// "user@host:~$ ", "[root@host ~]# ", "sh-5.1# ". A bare "# " is a comment.
var shellPrompts = []func() *regexp.Regexp{
	lazily(`^(?:[\w.@:~/-]+ ?)?\$(?: |$)`),
	lazily(`^[\w.-]+@[\w.-]+(?::[^\s$#]*| [^\s$#]+)? ?[$#%](?: |$)`),
	lazily(`^\[[^\]\s]+@[^\]]+\] ?[$#%](?: |$)`),
	lazily(`^(?:ba|z|k|da)?sh-\d+(?:\.\d+)*[$#](?: |$)`),
}

// looseWord is what stands behind a sign that is a prompt only when a known
// command follows: "$kubectl get", "% kubectl get", "~ kubectl get".
var looseWord = lazily(`^(?:\$|[%~➜❯] +)([a-z][a-z0-9_-]*)(?:\s|$)`)

// consolePrompts match what the console of a database or a language prints: what
// follows is for that console and not for a shell.
var consolePrompts = lazily(`^(?:\[\d+\] )?(?:[A-Za-z][\w.:()-]*(?:=[#>*]|\*?>)|redis [\w.:-]+>|>>>|PS [A-Z]:[^>]*>)(?:\s|$)`)

// isConsole reports whether a line is typed into a console.
func isConsole(line string) bool {
	return strings.Contains(line, ">") && consolePrompts().MatchString(line) || strings.Contains(line, "=#") && consolePrompts().MatchString(line) ||
		strings.Contains(line, "=*") && consolePrompts().MatchString(line)
}

// promptOf returns the length of the prompt that a line starts with, 0 when there
// is none. $VAR at the start of a line is no prompt.
func promptOf(line string) int {
	line = strings.TrimRight(line, "\r\n")
	if line == "" || strings.HasPrefix(line, "# ") || !strings.ContainsAny(line, "$#%~➜❯") {
		return 0
	}
	waits := strings.IndexByte("$#%", line[len(line)-1]) >= 0
	for _, form := range shellPrompts {
		if !waits && !strings.Contains(line, "$ ") && !strings.Contains(line, "# ") && !strings.Contains(line, "% ") {
			break
		}
		// "echo $" ends with a sign, too.
		if m := form().FindString(line); m != "" && !knownCommands[strings.TrimRight(m, " $")] {
			return len(m)
		}
	}
	if strings.IndexByte("$%~\xe2", line[0]) < 0 { // the last begins an arrow
		return 0
	}
	if m := looseWord().FindStringSubmatchIndex(line); m != nil && knownCommands[line[m[2]:m[3]]] {
		return m[2]
	}
	return 0
}

// transcript is a block of a terminal, taken apart.
type transcript struct {
	code, sample string
	skipped      int // lines above the first of code
	commands     int
}

// readTranscript takes apart a block in which commands stand behind prompts: they
// and what continues them are its code, comments above them included; everything
// else is what was printed. It reports false when no line starts with a prompt.
func readTranscript(code string) (transcript, bool) {
	if !strings.ContainsAny(code, "$#%~➜❯") {
		return transcript{}, false
	}
	lines := strings.SplitAfter(code, "\n")
	t := &transcriptReader{lines: lines, shift: sharedIndent(lines), goesOn: newContinuations(code)}
	if !t.prompted() {
		return transcript{}, false
	}
	for t.next < len(t.lines) {
		t.step()
	}
	if t.printed || t.code.Len() == 0 {
		t.print(t.comments)
	} else {
		t.types(t.comments)
	}
	t.transcript.code = oneEnd(strings.TrimRight(t.code.String(), "\n"))
	t.transcript.sample = oneEnd(strings.Trim(t.sample.String(), "\n"))
	return t.transcript, true
}

type transcriptReader struct {
	transcript
	code     strings.Builder
	sample   strings.Builder
	lines    []string
	shift    int // columns that all lines share
	next     int
	comments []string // that may belong to a command below
	begun    bool
	printed  bool // since the last command
	goesOn   *continuations
}

func (t *transcriptReader) line(i int) string {
	line := t.lines[i]
	return line[min(t.shift, len(line)-len(strings.TrimLeft(line, " \t"))):]
}

// prompted reports whether the block is one: some line starts with a prompt, and
// not only inside of a here-document or a quoted text.
func (t *transcriptReader) prompted() bool {
	if !slices.ContainsFunc(t.lines, func(line string) bool { return promptOf(strings.TrimLeft(line, " \t")) > 0 }) {
		return false
	}
	for i := 0; i < len(t.lines); i++ {
		line := t.line(i)
		if promptOf(line) > 0 {
			return true
		}
		if likeCommand(strings.TrimSpace(line)) {
			i += t.goesOn.after(t.lines[i:], line)
		}
	}
	return false
}

// step reads the next command, or the next line of what was printed.
func (t *transcriptReader) step() {
	line := t.line(t.next)
	prompt := promptOf(line)
	text := strings.TrimSpace(line)
	switch {
	case prompt == 0 && (strings.HasPrefix(text, "#") || text == "" && len(t.comments) > 0) && len(t.comments) < 100:
		t.comments = append(t.comments, line)
		t.next++
		return
	// A command without a prompt opens the session that the prompts are of.
	case prompt == 0 && !t.begun && likeCommand(text):
	case prompt == 0:
		if text != "" {
			t.begun, t.printed = true, true
		}
		t.print(append(t.comments, line))
		t.comments = nil
		t.next++
		return
	case strings.TrimSpace(line[prompt:]) == "":
		t.begun = true
		t.next++
		return
	}
	t.begun, t.printed = true, false
	if t.code.Len() == 0 {
		t.skipped = t.next - len(t.comments)
	}
	more := t.goesOn.after(t.lines[t.next:], line[prompt:])
	t.types(append(t.comments, line[prompt:]))
	t.comments = nil
	for range more {
		t.next++
		t.types([]string{strings.TrimPrefix(t.line(t.next), "> ")})
	}
	t.commands++
	t.next++
}

func (t *transcriptReader) print(lines []string) {
	for _, line := range lines {
		t.sample.WriteString(line)
	}
}

func (t *transcriptReader) types(lines []string) {
	for _, line := range lines {
		t.code.WriteString(line)
	}
}

// oneEnd ends a text that is not empty with one line end.
func oneEnd(s string) string {
	if s == "" {
		return ""
	}
	return s + "\n"
}

// sharedIndent returns the columns of blanks that all lines start with.
func sharedIndent(lines []string) int {
	shared := -1
	for _, line := range lines {
		if t := strings.TrimLeft(line, " \t"); strings.TrimSpace(t) != "" && (shared < 0 || len(line)-len(t) < shared) {
			shared = len(line) - len(t)
		}
	}
	return max(shared, 0)
}

// maxContinuation bounds how many lines one command may go on for.
const maxContinuation = 200

// continuations finds the lines that go on with a command. What it may give to
// the shell parser for one block is bounded, so that its cost stays in proportion.
type continuations struct{ budget int }

func newContinuations(code string) *continuations {
	return &continuations{budget: min(8*len(code)+256, 4*maxShellBytes)}
}

// after returns how many of the lines below lines[0] continue the command that
// starts there as first, its text without a prompt; behind a prompt its lines may
// have prompts of their own ("> "), and end at the next command's. A quote that is never closed
// continues nothing.
func (c *continuations) after(lines []string, first string) int {
	command := first
	prompted := first != lines[0]
	for n := 0; ; {
		end := c.end(command)
		if end == closed {
			return n
		}
		if n+1 >= len(lines) || n == maxContinuation {
			if end == operator {
				return n
			}
			return 0
		}
		n++
		line := lines[n]
		if prompted {
			if end == quoted && promptOf(strings.TrimLeft(line, " \t")) > 0 {
				return 0
			}
			line = strings.TrimPrefix(line, "> ")
		}
		command += line
	}
}

// ending says how a command ends.
type ending int

const (
	closed   ending = iota
	operator        // with an operator or a backslash that wants more
	quoted          // within a quote, a here-document or a compound command
)

// end says whether a command wants another line.
func (c *continuations) end(command string) ending {
	t := strings.TrimRight(command, " \t\n")
	if goesOn(command) || strings.HasSuffix(t, "|") || strings.HasSuffix(t, "&&") {
		return operator
	}
	if !strings.ContainsAny(t, "'\"`(){}<") && !compoundStart().MatchString(t) {
		return closed
	}
	if c.budget -= len(command); c.budget < 0 {
		return closed
	}
	if _, _, err := parseText(syntax.NewParser(syntax.Variant(syntax.LangBash)), command); err != nil && syntax.IsIncomplete(err) {
		return quoted
	}
	return closed
}

// goesOn reports whether a command ends with a backslash that joins the next line: one that
// is not itself behind a backslash, nor in a comment, which ends with its line.
func goesOn(command string) bool {
	line := strings.TrimRight(command, "\n")
	bare := strings.TrimRight(line, `\`)
	return (len(line)-len(bare))%2 == 1 && endComments(line+"\n") == line+"\n"
}

var compoundStart = lazily(`^(?:for|while|until|if|case|select|function)\s`)
