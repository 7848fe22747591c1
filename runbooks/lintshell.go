package runbooks

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"mvdan.cc/sh/v3/syntax"
)

// shellScript checks one script. It is parsed, never run.
func (l *linter) shellScript(a *placedAction) {
	t := l.textOf(a)
	if t.file == nil {
		l.shellSyntax(a, t)
		return
	}
	l.remarks(a, t)
	l.destroys(a, t)
	l.unguarded(a, t)
	l.unquoted(a, t)
	l.uncheckedSecrets(a, t)
	l.writtenSecrets(a, t)
	for _, c := range t.calls {
		if c.name == "curl" {
			l.curl(a, t, c)
		}
		if c.name == "curl" || c.name == "wget" {
			l.urls(a, c)
		}
	}
}

// at returns where a position of a script stands in the text.
func (l *linter) at(a *placedAction, p syntax.Pos) (spot, bool) {
	return l.atCode(a, int(p.Line())-1, int(p.Col())-1)
}

// meant reports whether the author wrote the block for a tool that runs it, and
// not only for readers.
func meant(a *placedAction, t *shellText) bool { return len(a.Attrs) > 0 || t.shebang }

func (l *linter) shellSyntax(a *placedAction, t *shellText) {
	var parse syntax.ParseError
	if !errors.As(t.err, &parse) || !isShellName[strings.ToLower(a.Lang)] || strings.ToLower(a.Lang) == "zsh" {
		return
	}
	severity := SeverityInfo
	if len(a.Attrs) > 0 || strings.HasPrefix(a.Code, "#!") {
		severity = SeverityWarning
	}
	s, _ := l.at(a, parse.Pos)
	l.report(severity, "shell-syntax", s, "the script is not valid shell: "+parse.Text, "correct it: a shell would run what stands above, and stop here")
}

// unguarded finds scripts that go on after a failure as if nothing had happened.
func (l *linter) unguarded(a *placedAction, t *shellText) {
	if t.guarded || a.Effect == EffectRead || len(a.Alternatives) > 0 || !t.goesOn() {
		return
	}
	severity := SeverityInfo
	if (meant(a, t) || t.flows) && slices.ContainsFunc(t.calls, func(c shellCall) bool { return !neverFails[c.name] && !seemsToRead(c) }) {
		severity = SeverityWarning
	}
	f := l.report(severity, "no-set-e", spot{line: a.Line}, "the script goes on after a command of it has failed, and its last command alone decides whether it counts as done",
		"begin it with set -e, or join what depends on each other with &&")
	if severity == SeverityWarning { // what is typed line by line may well go on
		f.Fix = l.firstLine(a, "set -e\n", "set -e before the first command")
	}
}

// goesOn reports whether a statement may fail unnoticed: one that set -e does not
// stand before, and that is not the last.
func (t *shellText) goesOn() bool {
	g := guard{}
	g.follow(t.file.Stmts)
	return g.missed > 0
}

// guard counts the statements whose failure would pass unnoticed.
type guard struct {
	on     bool // set -e holds
	open   bool // a statement could fail so, unless it is the last
	missed int
}

// follow goes through statements in their order, and into what they hold.
func (g *guard) follow(stmts []*syntax.Stmt) {
	for _, s := range stmts {
		if s.Background {
			continue
		}
		switch cmd := s.Cmd.(type) {
		case *syntax.CallExpr:
			g.call(cmd)
		case *syntax.BinaryCmd:
			if cmd.Op != syntax.OrStmt {
				g.risk()
			}
		case *syntax.Block:
			g.follow(cmd.Stmts)
		case *syntax.Subshell:
			g.follow(cmd.Stmts)
		case *syntax.ForClause:
			g.follow(cmd.Do)
		case *syntax.WhileClause:
			g.follow(cmd.Do)
		case *syntax.FuncDecl:
			g.follow([]*syntax.Stmt{cmd.Body})
		case *syntax.IfClause:
			for branch := cmd; branch != nil; branch = branch.Else {
				g.follow(branch.Then)
			}
		case *syntax.CaseClause:
			for _, item := range cmd.Items {
				g.follow(item.Stmts)
			}
		}
	}
}

func (g *guard) call(cmd *syntax.CallExpr) {
	if len(cmd.Args) == 0 {
		return
	}
	words := make([]string, len(cmd.Args))
	for i, w := range cmd.Args {
		words[i] = argumentOf(w).text
	}
	switch {
	case words[0] == "set":
		for i, w := range words[1:] {
			sign := ""
			if w != "" {
				sign = w[:1]
			}
			if short := sign == "-" || sign == "+"; short && strings.Contains(w, "e") || (w == "-o" || w == "+o") && slices.Contains(words[i+2:], "errexit") {
				g.on = sign == "-"
			}
		}
	case !neverFails[words[0]]:
		g.risk()
	}
}

// risk notes a statement that may fail.
func (g *guard) risk() {
	if g.open {
		g.missed++
	}
	g.open = !g.on
}

var neverFails = wordSet("echo printf : true exit return break continue export local readonly declare unset alias sleep wait pwd clear set trap shift")

// firstLine returns the edit that puts a line before the first command of a block,
// behind what says which program runs it.
func (l *linter) firstLine(a *placedAction, text, does string) *Fix {
	if a.filled != "" && len(a.Alternatives) > 0 || !a.blk.fenced || a.Line != a.blk.codeLine {
		return nil
	}
	for i, line := range strings.Split(a.Code, "\n") {
		if strings.TrimSpace(line) == "" || i == 0 && strings.HasPrefix(line, "#!") {
			continue
		}
		indent := len(line) - len(strings.TrimLeft(line, " \t"))
		s, exact := l.atCode(a, i, 0)
		s.at += indent
		if !exact || strings.Trim(l.src.lines[s.line-1][:s.at], " \t>") != "" {
			return nil
		}
		before := l.src.lines[s.line-1][:s.at]
		fix := l.insert(spot{s.line, 0}, before+text, does)
		if fix != nil {
			fix.At, fix.Before = 0, ""
		}
		return fix
	}
	return nil
}

// curlValues are the short options of curl that take a value.
const curlValues = "AbcCdDeEFhHKmoPQrtTuUwxXyYz"

// curl finds requests of which a refusal counts as success.
func (l *linter) curl(a *placedAction, t *shellText, c shellCall) {
	changes := false
	for i, arg := range c.args {
		text := arg.text
		switch {
		case strings.HasPrefix(text, "--fail"), text == "--head", text == "--version", text == "--help", text == "--manual", strings.HasPrefix(text, "--write-out"):
			return
		case strings.HasPrefix(text, "--data"), strings.HasPrefix(text, "--form"), text == "--upload-file", text == "--json":
			changes = true
		case text == "--request" && i+1 < len(c.args):
			changes = changes || !reads(c.args[i+1].text)
		case strings.HasPrefix(text, "--") || !strings.HasPrefix(text, "-"):
			continue
		}
		for j := 1; j < len(text) && text[0] == '-' && text[1] != '-'; j++ {
			switch text[j] {
			case 'f', 'I', 'w', 'V':
				return
			case 'd', 'F', 'T':
				changes = true
			case 'X':
				method := text[j+1:]
				if method == "" && i+1 < len(c.args) {
					method = c.args[i+1].text
				}
				changes = changes || !reads(method)
			}
			if strings.IndexByte(curlValues, text[j]) >= 0 {
				break
			}
		}
	}
	severity := SeverityInfo
	if changes || meant(a, t) && !c.piped {
		severity = SeverityWarning
	}
	s, exact := l.at(a, c.at)
	f := l.report(severity, "curl-without-fail", s, "curl counts an answer of 404 or 500 as success", "write curl --fail, so that the step fails when the server refuses")
	if exact && severity == SeverityWarning {
		f.Fix = l.insert(spot{s.line, s.at + len("curl")}, " --fail", "curl --fail")
	}
}

func reads(method string) bool {
	return slices.Contains([]string{"GET", "HEAD", "OPTIONS"}, strings.ToUpper(method))
}

// harmlessUnquoted take any number of words.
var harmlessUnquoted = wordSet("echo printf export set unset local readonly declare for")

// unquoted finds variables of which the shell makes several words.
func (l *linter) unquoted(a *placedAction, t *shellText) {
	told := map[string]bool{}
	for _, c := range t.calls {
		words := c.targets
		if !harmlessUnquoted[c.name] {
			words = slices.Concat(c.words, words)
		}
		for _, w := range words {
			l.unquotedIn(a, c, w, told)
		}
	}
}

func (l *linter) unquotedIn(a *placedAction, c shellCall, w *syntax.Word, told map[string]bool) {
	for _, part := range w.Parts {
		p, ok := part.(*syntax.ParamExp)
		if !ok || p.Param == nil || p.Length || told[p.Param.Value] {
			continue
		}
		name := p.Param.Value
		if !validName(name) && name != "@" && name != "*" {
			continue
		}
		told[name] = true
		severity, hint := SeverityInfo, fmt.Sprintf(`write "$%s"`, name)
		if what, _ := destructive(c); what != "" {
			severity, hint = SeverityWarning, hint+": an empty value, or one with a blank, names something else"
		}
		s, _ := l.at(a, p.Pos())
		l.report(severity, "unquoted-variable", s, fmt.Sprintf("$%s stands without quotes: the shell splits its value at blanks and expands * in it", name), hint)
	}
}

// uncheckedSecrets finds secrets that a script uses without looking whether there
// are any.
func (l *linter) uncheckedSecrets(a *placedAction, t *shellText) {
	if t.nounset {
		return
	}
	for _, name := range a.Secrets {
		if t.tested[name] || slices.Contains(l.fm.secrets, name) {
			continue
		}
		severity := SeverityInfo
		if t.shebang || len(t.tested) > 0 {
			severity = SeverityWarning
		}
		index, col := 0, 0
		for i, line := range strings.Split(a.Script(), "\n") {
			if at := strings.Index(line, name); at >= 0 {
				index, col = i, at
				break
			}
		}
		s, _ := l.atCode(a, index, col)
		l.report(severity, "unchecked-secret", s, fmt.Sprintf("the script uses %s without checking that it is set", name),
			fmt.Sprintf("declare secrets: [%s] in the front matter, or begin with : \"${%s:?is not set}\"", name, name))
	}
}

// remarks adds what another program says of a script. They never are errors: what
// lint decides must not depend on which programs are installed.
func (l *linter) remarks(a *placedAction, t *shellText) {
	if l.around.CheckShell == nil {
		return
	}
	dialect := "bash"
	if strings.EqualFold(a.Lang, "sh") || strings.EqualFold(a.Lang, "dash") {
		dialect = "sh"
	}
	lines := strings.Split(a.Script(), "\n")
	for _, r := range l.around.CheckShell(dialect, a.Script()) {
		severity := SeverityInfo
		if r.Severe && meant(a, t) {
			severity = SeverityWarning
		}
		col := 0
		if r.Line >= 1 && r.Line <= len(lines) {
			runes := []rune(lines[r.Line-1])
			col = len(string(runes[:min(max(r.Column-1, 0), len(runes))]))
		}
		s, _ := l.atCode(a, max(r.Line-1, 0), col)
		l.report(severity, "shellcheck", s, r.Message, r.Hint)
	}
}
