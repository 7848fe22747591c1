package runbooks

import (
	"slices"
	"strings"

	"mvdan.cc/sh/v3/syntax"
)

// shellText is a script as the checks look at it.
type shellText struct {
	file    *syntax.File // nil when it is no valid shell
	err     error
	shebang bool
	calls   []shellCall
	nested  []shellCall // that others of them run
	guarded bool        // it ends at its first failure, whatever it holds
	nounset bool        // it ends at the first variable without a value
	tested  map[string]bool
	flows   bool                    // it branches, repeats or defines
	pipes   map[*syntax.Stmt]bool   // whose output goes into another command
	fed     map[*syntax.Stmt]string // what comes out of the command before it, where that is known
}

// shellCall is one command of a script.
type shellCall struct {
	name  string // the program, looked up behind sudo and the like
	args  []argument
	words []*syntax.Word // of args
	at    syntax.Pos     // of the program's name
	piped bool           // its output goes into another command
	fed   string         // what a here-document or an echo gives it
	many  bool           // xargs gives it its arguments

	unknown bool // only its run tells the name of the program

	targets []*syntax.Word // files that its output goes to
	empties bool           // it does nothing but empty one of them
	emptied string         // that one, as far as it can be told
	nested  bool           // another command runs it
}

// text returns the arguments, as far as they can be told, separated by blanks.
func (c shellCall) text() string {
	parts := make([]string, len(c.args))
	for i, a := range c.args {
		parts[i] = a.text
	}
	return strings.Join(parts, " ")
}

// has reports whether one of the arguments is one of the words.
func (c shellCall) has(words ...string) bool {
	return slices.ContainsFunc(c.args, func(a argument) bool { return slices.Contains(words, a.text) })
}

// short reports whether a letter stands in one of the clusters of short options.
func (c shellCall) short(letters string) bool {
	return slices.ContainsFunc(c.args, func(a argument) bool {
		return len(a.text) > 1 && a.text[0] == '-' && a.text[1] != '-' && strings.ContainsAny(a.text[1:], letters)
	})
}

// verb returns the n-th argument that is no option.
func (c shellCall) verb(n int) string {
	for i := 0; i < len(c.args); i++ {
		switch text := c.args[i].text; {
		case globalFlags[text], cloudFlags[text]:
			i++
		case strings.HasPrefix(text, "-"):
		case n == 0:
			return text
		default:
			n--
		}
	}
	return ""
}

// cloudFlags take a value before the subcommand, too.
var cloudFlags = wordSet("--profile --region --output --endpoint-url --query --project --account --subscription --chdir --log-level")

// textOf reads a script once.
func (l *linter) textOf(a *placedAction) *shellText {
	if t := l.scripts[a.Action]; t != nil {
		return t
	}
	t := readShellText(l.shell, a.Script())
	l.scripts[a.Action] = t
	return t
}

func readShellText(shell *shellReader, code string) *shellText {
	t := &shellText{tested: map[string]bool{}, pipes: map[*syntax.Stmt]bool{}, fed: map[*syntax.Stmt]string{}}
	if len(code) > maxShellBytes {
		return t
	}
	if t.file, _, t.err = parseText(shell.parser, endComments(code)); t.err != nil {
		t.file = nil
		return t
	}
	first, _, _ := strings.Cut(code, "\n")
	if t.shebang = strings.HasPrefix(first, "#!"); t.shebang {
		words := strings.Fields(first)
		t.guarded = slices.ContainsFunc(words[1:], func(w string) bool {
			return strings.HasPrefix(w, "-") && strings.Contains(w, "e")
		})
	}
	syntax.Walk(t.file, t.node)
	t.nest()
	return t
}

// nest notes what the commands of a script run.
func (t *shellText) nest() {
	for _, c := range t.calls {
		t.nested = append(t.nested, nestedIn(c, 0)...)
	}
}

func (t *shellText) node(n syntax.Node) bool {
	switch n := n.(type) {
	case *syntax.BinaryCmd:
		if n.Op == syntax.Pipe || n.Op == syntax.PipeAll {
			t.pipes[n.X] = true
			t.fed[n.Y] = printed(n.X)
			if left, ok := n.X.Cmd.(*syntax.BinaryCmd); ok {
				t.pipes[left.Y] = true
			}
		}
	case *syntax.Stmt:
		t.statement(n)
	case *syntax.IfClause, *syntax.ForClause, *syntax.WhileClause, *syntax.CaseClause, *syntax.FuncDecl:
		t.flows = true
	case *syntax.UnaryTest:
		if word, ok := n.X.(*syntax.Word); ok {
			t.tests(word)
		}
	case *syntax.ParamExp:
		if n.Exp != nil && (n.Exp.Op == syntax.ErrorUnset || n.Exp.Op == syntax.ErrorUnsetOrNull) && n.Param != nil {
			t.tested[n.Param.Value] = true
		}
	}
	return true
}

func (t *shellText) statement(s *syntax.Stmt) {
	call, ok := s.Cmd.(*syntax.CallExpr)
	if s.Cmd != nil && (!ok || len(call.Args) == 0) {
		return
	}
	c := shellCall{piped: t.pipes[s], fed: t.fed[s], at: s.Pos()}
	if s.Cmd == nil { // > file
		c.redirected(s)
		t.calls = append(t.calls, c)
		return
	}
	words, many := unwrapped(call.Args)
	c.many, c.at, c.words = many, words[0].Pos(), words[1:]
	name := argumentOf(words[0])
	if c.unknown = name.dynamic; !c.unknown {
		c.name = name.text // also of \rm and "rm"
	}
	if cut := strings.LastIndexByte(c.name, '/'); cut >= 0 && !strings.ContainsAny(c.name, ifsBlanks) {
		c.name = c.name[cut+1:]
	}
	for _, w := range c.words {
		c.args = append(c.args, argumentOf(w))
	}
	c.redirected(s)
	switch c.name {
	case "set":
		t.nounset = t.nounset || c.short("u") || c.has("nounset")
	case "trap":
		t.guarded = t.guarded || c.has("ERR")
	case "[", "test":
		for _, w := range c.words {
			t.tests(w)
		}
	}
	t.calls = append(t.calls, c)
}

// redirected notes what comes from elsewhere, and where the output goes.
func (c *shellCall) redirected(s *syntax.Stmt) {
	for _, r := range s.Redirs {
		if r.Hdoc != nil {
			c.fed += argumentOf(r.Hdoc).text
		}
		switch r.Op {
		case syntax.WordHdoc:
			if r.Word != nil {
				c.fed += argumentOf(r.Word).text
			}
		case syntax.RdrOut, syntax.AppOut, syntax.RdrClob, syntax.RdrAll, syntax.AppAll:
			c.targets = append(c.targets, r.Word)
			nothing := c.name == "" && !c.unknown || c.name == ":" || c.name == "true" || c.name == "cat" && c.text() == "/dev/null"
			target := argumentOf(r.Word).text
			if empties := nothing && r.Op != syntax.AppOut && r.Op != syntax.AppAll && !strings.HasPrefix(target, "/dev/") && !strings.HasPrefix(target, "/tmp/"); empties {
				c.empties, c.emptied = true, target
			}
		}
	}
}

// tests notes the variables that a test looks at.
func (t *shellText) tests(word *syntax.Word) {
	syntax.Walk(word, func(n syntax.Node) bool {
		if p, ok := n.(*syntax.ParamExp); ok && p.Param != nil {
			t.tested[p.Param.Value] = true
		}
		return true
	})
}
