package runbooks

import (
	"cmp"
	"slices"
	"strings"
	"time"
)

// Finding is a diagnostic with, where it is mechanical, the edit that ends it.
type Finding struct {
	Diagnostic
	Fix     *Fix     // nil when a person has to think
	Ignored *Ignored // nil unless the author wants nothing said of it
}

// Ignored is where a runbook says that a finding is to be left out. Both count from
// 1, the column in characters.
type Ignored struct{ Line, Column int }

// Fix is one edit of a runbook: a text that is put into a line. It is only good
// for the very text that was inspected.
type Fix struct {
	Line   int    // 1-based
	At     int    // bytes of the line before the text
	Before string // what these bytes are, to be compared before they are relied on
	Text   string // what is put there; LF ends a line
	Does   string // in a few words
}

// Surroundings is what an inspection knows besides the text. The zero value knows
// nothing: no review is overdue and no link is broken.
type Surroundings struct {
	Now, Modified time.Time // of the check, and of the last change of the text

	// Read returns a Markdown file that a link leads to, by its path relative to
	// the runbook's directory, with slashes; the error is fs.ErrNotExist when there
	// is nothing. Of what is no Markdown it returns no bytes and no error.
	Read func(path string) ([]byte, error)

	// CheckShell asks another program about a script in sh or bash; nil asks none.
	CheckShell func(dialect, script string) []ShellRemark

	// More returns what else is found, by who knows more than this package; nil
	// finds nothing more. Where both find the same code in a line, this one counts.
	More func(*Runbook) []Diagnostic
}

// ShellRemark is what another program says of a script. Line and Column count from
// 1, in characters.
type ShellRemark struct {
	Line, Column int
	Severe       bool   // it is likely to be wrong, not a matter of style
	Message      string // with the code that the program gives it
	Hint         string
}

// linter looks at a runbook that was read, longer than Parse has the time for.
type linter struct {
	*builder
	around   Surroundings
	findings []Finding
	walk     []*placedAction // every action in the order of the walk
	order    map[*Action]int // place in walk
	scripts  map[*Action]*shellText
	named    map[string]*placedAction
	codes    map[*Action]*codeLines
	asked    map[string]bool // names that a choice steers to
	ignores  []ignore
}

// Inspect returns everything there is to say about a runbook, in the order of its
// lines: what Parse and Lint say, and what takes longer to find out. What the author
// wants to be left out is marked as such, unless it is an error. It runs
// nothing, and reads nothing but what around.Read gives it. The error is Parse's.
func Inspect(path string, src []byte, around Surroundings) ([]Finding, error) {
	b := parse(path, src, false)
	if len(b.f.problems) > 0 {
		_, err := Parse(path, src)
		return nil, err
	}
	l := &linter{builder: b, around: around, order: map[*Action]int{}, scripts: map[*Action]*shellText{}, named: map[string]*placedAction{}, codes: map[*Action]*codeLines{}}
	for _, d := range b.rb.Lint(around.Now, around.Modified) {
		l.findings = append(l.findings, Finding{Diagnostic: d})
	}
	l.gatherIgnores()
	l.lineUp()
	for _, a := range l.walk {
		l.inspectAction(a)
	}
	l.flow()
	l.undos()
	l.outcome()
	l.orphans()
	l.textSecrets()
	l.links()
	l.fixEffects()
	l.more()
	l.leaveOut()
	l.gather()
	l.lintIgnores()
	return l.result(), nil
}

// more adds what others find.
func (l *linter) more() {
	if l.around.More == nil {
		return
	}
	for _, d := range l.around.More(l.rb) {
		l.findings = slices.DeleteFunc(l.findings, func(f Finding) bool { return f.Code == d.Code && f.Line == d.Line })
		l.findings = append(l.findings, Finding{Diagnostic: d})
	}
}

// lineUp puts the actions in the order of the walk.
func (l *linter) lineUp() {
	byAction := make(map[*Action]*placedAction, len(l.actions))
	for _, a := range l.actions {
		byAction[a.Action] = a
	}
	l.rb.visit(func(s *Step) bool {
		for _, action := range s.Actions {
			if a := byAction[action]; a != nil {
				a.step = s
				l.order[action] = len(l.walk)
				l.walk = append(l.walk, a)
				if a.Name != "" {
					l.named[a.Name] = a
				}
			}
		}
		return true
	})
}

func (l *linter) inspectAction(a *placedAction) {
	l.remoteHost(a)
	l.request(a)
	l.sample(a)
	l.deletes(a)
	l.destroysOtherwise(a)
	if a.isShell() {
		l.shellScript(a)
	}
	l.scriptAfterUse(a)
}

// result sorts the findings and drops those that say the same twice.
func (l *linter) result() []Finding {
	slices.SortStableFunc(l.findings, func(a, b Finding) int {
		return cmp.Or(cmp.Compare(a.Line, b.Line), cmp.Compare(a.Column, b.Column), cmp.Compare(a.Code, b.Code))
	})
	return slices.CompactFunc(l.findings, func(a, b Finding) bool { return a.Diagnostic == b.Diagnostic })
}

// report adds a finding. at counts bytes in the line.
func (l *linter) report(severity Severity, code string, s spot, message, hint string) *Finding {
	line := min(max(s.line, 1), max(len(l.src.lines), 1))
	l.findings = append(l.findings, Finding{Diagnostic: Diagnostic{severity, code, line, l.src.column(line, s.at), message, hint}})
	return &l.findings[len(l.findings)-1]
}

// atCode returns where a place of an action's script stands in the text: index is
// the line of the script from 0, col a byte of it. exact tells whether the very
// byte was found: what stands before a blank that was filled in is.
func (l *linter) atCode(a *placedAction, index, col int) (s spot, exact bool) {
	code, script := l.linesOf(a)
	s = spot{line: a.Line}
	if index >= len(code) || index >= len(script) {
		return s, false
	}
	text := strings.Trim(code[index], " \t\r")
	if text == "" {
		return spot{line: min(a.Line+index, len(l.src.lines))}, false
	}
	// The output of a transcript stands between its commands.
	for line := a.Line + index; line <= min(max(a.blk.last, a.Line+index), len(l.src.lines)); line++ {
		source := l.src.lines[line-1]
		begin := strings.LastIndex(source, text)
		if begin < 0 {
			continue
		}
		indent := len(code[index]) - len(strings.TrimLeft(code[index], " \t"))
		same := commonPrefix(code[index], script[index])
		s = spot{line, max(begin+min(col, same)-indent, 0)}
		return s, col <= same && strings.TrimRight(source[begin:], " \t\r`") == text
	}
	return s, false
}

// codeLines are the lines of an action, as written and as run.
type codeLines struct{ code, script []string }

func (l *linter) linesOf(a *placedAction) (code, script []string) {
	lines := l.codes[a.Action]
	if lines == nil {
		lines = &codeLines{code: strings.Split(a.Code, "\n")}
		if lines.script = lines.code; a.filled != "" {
			lines.script = strings.Split(a.filled, "\n")
		}
		l.codes[a.Action] = lines
	}
	return lines.code, lines.script
}

func commonPrefix(a, b string) int {
	n := 0
	for n < len(a) && n < len(b) && a[n] == b[n] {
		n++
	}
	return n
}

// insert returns the edit that puts a text at a place, nil when the text there is
// not the file's own.
func (l *linter) insert(s spot, text, does string) *Fix {
	if s.line < 1 || s.line > len(l.src.lines) || l.src.shifted[s.line] != 0 || s.at > len(l.src.lines[s.line-1]) {
		return nil
	}
	return &Fix{Line: s.line, At: s.at, Before: l.src.lines[s.line-1][:s.at], Text: text, Does: does}
}

// sameWalk reports whether two scenarios can be part of one walk.
func sameWalk(a, b string) bool { return a == "" || b == "" || a == b }
