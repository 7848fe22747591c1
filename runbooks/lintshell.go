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
	if t.guarded || a.Effect == EffectRead || len(a.Alternatives) > 0 || t.risks() < 2 {
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

// risks counts the statements whose failure would pass unnoticed, and the last.
func (t *shellText) risks() int {
	n := 0
	for _, s := range t.file.Stmts {
		if s.Background {
			continue
		}
		switch cmd := s.Cmd.(type) {
		case *syntax.CallExpr:
			if len(cmd.Args) > 0 && !neverFails[cmd.Args[0].Lit()] {
				n++
			}
		case *syntax.BinaryCmd:
			if cmd.Op != syntax.OrStmt {
				n++
			}
		case *syntax.ForClause, *syntax.WhileClause, *syntax.Block, *syntax.Subshell:
			n++
		}
	}
	return n
}

var neverFails = wordSet("echo printf : true exit return export unset alias sleep wait pwd clear")

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
var harmlessUnquoted = wordSet("echo printf export set [ test unset local readonly declare for")

// unquoted finds variables of which the shell makes several words.
func (l *linter) unquoted(a *placedAction, t *shellText) {
	told := map[string]bool{}
	for _, c := range t.calls {
		if harmlessUnquoted[c.name] {
			continue
		}
		for _, w := range c.words {
			for _, part := range w.Parts {
				p, ok := part.(*syntax.ParamExp)
				if !ok || p.Param == nil || p.Length || !validName(p.Param.Value) || told[p.Param.Value] {
					continue
				}
				told[p.Param.Value] = true
				severity, hint := SeverityInfo, fmt.Sprintf(`write "$%s"`, p.Param.Value)
				if what, _ := destructive(c); what != "" {
					severity, hint = SeverityWarning, hint+": an empty value, or one with a blank, names something else"
				}
				s, _ := l.at(a, p.Pos())
				l.report(severity, "unquoted-variable", s, fmt.Sprintf("$%s stands without quotes: the shell splits its value at blanks and expands * in it", p.Param.Value), hint)
			}
		}
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

// writtenSecrets finds secrets whose value stands in a script or the front matter.
func (l *linter) writtenSecrets(a *placedAction, t *shellText) {
	syntax.Walk(t.file, func(n syntax.Node) bool {
		assign, ok := n.(*syntax.Assign)
		if !ok || assign.Name == nil || assign.Value == nil || !secretName(assign.Name.Value) {
			return true
		}
		value := argumentOf(assign.Value)
		if value.dynamic || !looksSecret(value.text) {
			return true
		}
		s, _ := l.at(a, assign.Pos())
		l.report(SeverityWarning, "secret-in-text", s, fmt.Sprintf("the value of %s stands in the text", assign.Name.Value),
			"replace it, declare the name in secrets, and change the secret: whoever read the text has it")
		return true
	})
}

// placeholders of secrets that people write into texts.
var madeUpSecrets = newLexicon([]row{{"xxx*, change*, example*, your*, my*, password*, passw*, secret*, token*, test*, dummy, fake, sample, todo, placeholder, redacted, foo*, bar, abc*, value, here", "ejemplo*, tu, contrasena, secreto", "exemplo*, senha", "exemple*"}})

// looksSecret tells a value from what only stands for one.
func looksSecret(s string) bool {
	if len(s) < 8 || strings.ContainsAny(s, "<>{}$ /.") || madeUpSecrets.in(wordsOf(s)) {
		return false
	}
	return strings.ContainsAny(s, "0123456789") && strings.ContainsAny(strings.ToLower(s), "abcdefghijklmnopqrstuvwxyz")
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
