package runbooks

import (
	"maps"
	"path"
	"slices"
	"strings"

	"mvdan.cc/sh/v3/syntax"
)

// Word is a word of a script, or a value that it uses. What only its run can tell
// is not Known.
type Word struct {
	Text  string
	Known bool
}

// Call is a command that a script would start, as far as reading it tells.
type Call struct {
	Words []Word // the command's own first; at least one
	Dir   Word   // where cd led, relative to where the script starts; "" = there

	vars map[string]Word // what the script assigned, and the call itself
	base func(name string) Word
}

// Var returns a variable as the command would see it; an unset one is "".
func (c Call) Var(name string) Word {
	if w, ok := c.vars[name]; ok {
		return w
	}
	return c.base(name)
}

// maxCalls bounds what Calls returns.
const maxCalls = 200

// Calls returns the commands of a script in the order of its text, with the
// variables and the directory that each would see. base tells the variables that
// the script begins with. What was assigned in a branch counts in it alone; behind
// it, it is not known. The script is read, never run.
func Calls(code string, base func(name string) Word) []Call {
	file := parseShell(code)
	if file == nil {
		return nil
	}
	t := &tracker{base: base, vars: map[string]Word{}, dir: Word{Known: true}, functions: map[string]bool{}}
	syntax.Walk(file, t.visit)
	return slices.DeleteFunc(t.calls, func(c Call) bool { return t.functions[c.Words[0].Text] })
}

// tracker follows a script through its text.
type tracker struct {
	base      func(string) Word
	vars      map[string]Word
	dir       Word
	functions map[string]bool
	calls     []Call
	open      []scope
}

// scope is a node that is being visited.
type scope struct {
	branches bool // what is assigned in it may not be
	assigned map[string]bool
	moved    bool

	saved map[string]Word // of a subshell: what comes back behind it
	dir   Word
}

func (t *tracker) visit(n syntax.Node) bool {
	if n == nil {
		t.leave()
		return true
	}
	s := scope{}
	switch n := n.(type) {
	case *syntax.Subshell, *syntax.CmdSubst, *syntax.ProcSubst:
		s.saved, s.dir = maps.Clone(t.vars), t.dir
	case *syntax.IfClause, *syntax.CaseItem:
		t.doubt()
		s.branches, s.assigned = true, map[string]bool{}
	case *syntax.CaseClause, *syntax.WhileClause:
		s.branches, s.assigned = true, map[string]bool{}
	case *syntax.FuncDecl:
		s.branches, s.assigned = true, map[string]bool{}
		if n.Name != nil {
			t.functions[n.Name.Value] = true
		}
	case *syntax.ForClause:
		s.branches, s.assigned = true, map[string]bool{}
	case *syntax.WordIter:
		t.assign(n.Name.Value, Word{})
	case *syntax.DeclClause:
		for _, a := range n.Args {
			t.assignment(a)
		}
	case *syntax.CallExpr:
		t.call(n)
	}
	t.open = append(t.open, s)
	return true
}

func (t *tracker) leave() {
	s := t.open[len(t.open)-1]
	if s.branches {
		for name := range s.assigned {
			t.vars[name] = Word{}
		}
		if s.moved {
			t.dir = Word{}
		}
	}
	if s.saved != nil {
		t.vars, t.dir = s.saved, s.dir
	}
	t.open = t.open[:len(t.open)-1]
}

// doubt makes unknown what the branch before assigned.
func (t *tracker) doubt() {
	for i := len(t.open) - 1; i >= 0; i-- {
		if s := t.open[i]; s.branches {
			for name := range s.assigned {
				t.vars[name] = Word{}
			}
			if s.moved {
				t.dir = Word{}
			}
			return
		}
	}
}

func (t *tracker) assign(name string, value Word) {
	t.vars[name] = value
	for i := range t.open {
		if t.open[i].branches {
			t.open[i].assigned[name] = true
		}
	}
}

func (t *tracker) assignment(a *syntax.Assign) {
	if a.Name == nil || a.Naked {
		return
	}
	t.assign(a.Name.Value, t.assigned(a))
}

func (t *tracker) assigned(a *syntax.Assign) Word {
	switch {
	case a.Append || a.Array != nil || a.Index != nil:
		return Word{}
	case a.Value == nil:
		return Word{Known: true}
	}
	return t.word(a.Value)
}

func (t *tracker) call(n *syntax.CallExpr) {
	if len(n.Args) == 0 {
		for _, a := range n.Assigns {
			t.assignment(a)
		}
		return
	}
	words := make([]Word, len(n.Args))
	for i, w := range n.Args {
		words[i] = t.word(w)
	}
	if t.builtin(words[0].Text, words[1:]) || !words[0].Known || words[0].Text == "" || len(t.calls) >= maxCalls {
		return
	}
	c := Call{Words: words, Dir: t.dir, vars: maps.Clone(t.vars), base: t.base}
	for _, a := range n.Assigns {
		if a.Name != nil {
			c.vars[a.Name.Value] = t.assigned(a)
		}
	}
	t.calls = append(t.calls, c)
}

// builtin follows the commands that change the shell itself.
func (t *tracker) builtin(name string, args []Word) bool {
	switch name {
	case "cd", "pushd":
		t.moveTo(args)
	case "popd":
		t.moveTo([]Word{{}})
	case "unset":
		for _, w := range args {
			t.assign(w.Text, Word{Known: true})
		}
	case "read", "mapfile", "readarray", "getopts", "printf":
		for _, w := range args {
			if validName(w.Text) && (name != "printf" || args[0].Text == "-v") {
				t.assign(w.Text, Word{})
			}
		}
	case "source", ".", "eval":
		// What it assigns is not known; that it assigns is not likely enough to doubt all.
	default:
		return false
	}
	return true
}

func (t *tracker) moveTo(args []Word) {
	if len(args) > 0 && args[0].Text == "--" {
		args = args[1:]
	}
	to := Word{}
	if len(args) == 1 && args[0].Known && !strings.HasPrefix(args[0].Text, "-") {
		to = args[0]
		if !path.IsAbs(to.Text) {
			to = Word{path.Join(t.dir.Text, to.Text), t.dir.Known}
		}
	}
	t.dir = to
	for i := range t.open {
		t.open[i].moved = t.open[i].moved || t.open[i].branches
	}
}

// With returns the call with a variable of its own.
func (c Call) With(name string, value Word) Call {
	c.vars = maps.Clone(c.vars)
	c.vars[name] = value
	return c
}

// Unknown returns the call as it is when it sees no variable that can be told.
func (c Call) Unknown() Call {
	c.vars, c.base = map[string]Word{}, func(string) Word { return Word{} }
	return c
}
