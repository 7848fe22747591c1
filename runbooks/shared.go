package runbooks

import (
	"cmp"
	"slices"
	"strings"

	"mvdan.cc/sh/v3/syntax"
)

// What an earlier block did to the shell that the blocks of a run share decides what a
// later one runs: a PATH, a function or an alias makes another program of "ls". So the
// effect of a block is only inferred to be read where no block before it may have done
// so. Ordinary variables do not count, unless options are hidden in their values.

// sharesShell reports whether an action runs in the shell whose state goes from block to
// block. Those on another host and in other interpreters have one of their own.
func (a *Action) sharesShell() bool { return a.Settings.Host == "" && a.inBash() }

// inBash reports whether an action is a script that bash runs, which is the shell that
// scripts are read as. Others take the same text for something else: zsh runs code in the
// qualifiers of a pattern.
func (a *Action) inBash() bool {
	lang := strings.ToLower(cmp.Or(a.Settings.Interpreter, a.Lang))
	return a.Kind == KindShell && (slices.Contains(shellLangs, lang) || strings.HasPrefix(lang, "azurecli"))
}

// ChangesShell reports whether a script may change what later scripts of the same shell
// mean: a PATH, a function, an alias, a text that was sourced. What cannot be told, may.
func ChangesShell(code string) bool { return newShellReader().read(code).changes }

// distrust takes back that undeclared blocks only read, where the shell that they run in
// may have been changed: by a block before them in the order of the walk, whatever its
// scenario, or by a value of the run that every block is given. So it does where one of the
// values that the block itself uses may become an option.
func (r *resolver) distrust(inOrder []*placedAction) {
	steered, changed, values := r.givesSteering(), false, r.values(inOrder)
	for _, a := range inOrder {
		if a.Kind != KindShell {
			continue
		}
		if a.Effect == EffectRead && !a.Declared && (steered || changed && a.sharesShell() || a.script.mayGiveOptions(values) || slices.ContainsFunc(a.Secrets, steersTools)) {
			a.Effect = EffectWrite
			a.repeats()
		}
		a.ChangesShell = a.sharesShell() && a.script.changes
		changed = changed || a.ChangesShell
	}
}

// givesSteering reports whether a value that all blocks get in their environment changes
// what a reading command does.
func (r *resolver) givesSteering() bool {
	if slices.ContainsFunc(r.rb.Params, func(p Param) bool { return steersTools(p.Name) }) {
		return true
	}
	for name := range r.rb.Env {
		if steersTools(name) {
			return true
		}
	}
	return slices.ContainsFunc(r.actions, func(a *placedAction) bool {
		return slices.ContainsFunc(a.Settings.Capture, func(c Capture) bool { return steersTools(c.Name) })
	})
}

// values tells how the values of variables may be that could become options of commands,
// by all that the runbook says of them; nil when none could.
func (r *resolver) values(inOrder []*placedAction) map[string]loose {
	asked := func(a *placedAction) bool { return a.Effect == EffectRead && !a.Declared && len(a.script.spread) > 0 }
	if !slices.ContainsFunc(inOrder, asked) {
		return nil
	}
	scripts := make([]script, len(inOrder))
	var given loose // to scripts as their arguments
	for i, a := range inOrder {
		scripts[i] = a.script
		for _, name := range a.Settings.Args {
			given |= r.value(name)
		}
	}
	return flow(scripts, func(name string) loose {
		if isDigits(name) || name == "@" || name == "*" {
			return given | ofShell(name)
		}
		return r.value(name)
	})
}

// value tells how the value of a variable may be, by itself. Nothing is known of a secret.
// What was captured from an output is not judged, nor the operator's own environment.
func (r *resolver) value(name string) loose {
	how := ofShell(name)
	if r.secret[name] {
		how = anything
	}
	if i, ok := r.index[name]; ok {
		how |= r.rb.Params[i].loose()
	}
	if text, ok := r.fm.env[name]; ok {
		how |= looseText(text)
	}
	return how
}

// shellChangers are commands that change how the shell takes later commands, or run text
// of which nothing is known.
var shellChangers = wordSet(". source eval alias unalias hash enable builtin shopt trap complete compopt bind history fc")

// changesShell reports whether a command may change what later commands of the same
// shell mean; name is "" when it is only known as it runs.
func changesShell(name string, args []argument) bool {
	if shellChangers[name] || name == "" {
		return true
	}
	switch name {
	case "command":
		if i := slices.IndexFunc(args, func(a argument) bool { return a.dynamic || !strings.HasPrefix(a.text, "-") }); i == 0 {
			return args[0].dynamic || changesShell(args[0].text, args[1:])
		}
		return slices.ContainsFunc(args, func(a argument) bool { return a.text == "-p" })
	case "set":
		return !setReads(args)
	case "printf":
		return len(args) > 0 && (args[0].begins || strings.HasPrefix(args[0].text, "-v")) && (names(args[:min(len(args), 2)], "") || slices.ContainsFunc(args[1:], hidesOptions))
	case "wait":
		return slices.ContainsFunc(args, func(a argument) bool { return strings.HasPrefix(a.text, "-") }) && names(args, "")
	case "unset", "getopts":
		return names(args, "")
	case "read":
		return names(args, "ptunNdi")
	case "mapfile", "readarray": // -C calls what it is told, every so many lines
		return names(args, "dnOsuc") || slices.ContainsFunc(args, func(a argument) bool { return strings.HasPrefix(a.text, "-") && strings.Contains(a.text, "C") })
	}
	return false
}

// names reports whether one of the words may be the name of a variable that changes what
// tools do, perhaps behind the letter of its option. valued are the letters of options
// whose value is no name.
func names(args []argument, valued string) bool {
	for i, a := range args {
		text := strings.TrimPrefix(a.text, "-")
		if text != a.text && len(text) > 1 {
			text = text[1:]
		}
		value := false
		if i > 0 {
			before := args[i-1].text
			value = len(before) > 1 && before[0] == '-' && strings.IndexByte(valued, before[len(before)-1]) >= 0
		}
		if !value && (a.dynamic || steersTools(a.text) || steersTools(text)) {
			return true
		}
	}
	return false
}

// hidesOptions reports whether a value holds what would be an option wherever the variable
// is written. No value that is asked for may begin so.
func hidesOptions(value argument) bool {
	if !strings.Contains(value.text, "-") || value.coded {
		return value.coded
	}
	if strings.Trim(value.text, "-"+ifsBlanks) == "" {
		return true // with another such value, or a name behind it
	}
	return slices.ContainsFunc(strings.Fields(value.text), func(word string) bool { return len(word) > 1 && word[0] == '-' })
}

func hidden(word *syntax.Word) bool { return word != nil && hidesOptions(argumentOf(word)) }

// specials are the builtins of which a POSIX shell keeps the assignments before them.
var specials = wordSet(": break continue exec exit export readonly return set shift times unset")

// changed notes what one node of the syntax tree does to the shell.
func (s *script) changed(n syntax.Node) {
	if s.changes {
		return
	}
	switch n := n.(type) {
	case *syntax.FuncDecl, *syntax.CoprocClause:
		s.changes = true
	case *syntax.CallExpr:
		s.calls(n)
	case *syntax.DeclClause:
		s.changes = !declares(n) || slices.ContainsFunc(n.Args, steers)
	case *syntax.WordIter:
		s.changes = n.Name != nil && steersTools(n.Name.Value) || slices.ContainsFunc(n.Items, hidden)
	case *syntax.ArrayElem:
		s.changes = hidden(n.Value)
	case *syntax.ParamExp:
		assigns := n.Exp != nil && (n.Exp.Op == syntax.AssignUnset || n.Exp.Op == syntax.AssignUnsetOrNull)
		s.changes = assigns && (n.Excl || n.Param == nil || steersTools(n.Param.Value) || hidden(n.Exp.Word))
	case *syntax.BinaryArithm:
		s.changes = steersArithm(n.X)
	case *syntax.UnaryArithm:
		s.changes = steersArithm(n.X)
	case *syntax.Redirect:
		s.changes = n.N != nil && strings.HasPrefix(n.N.Value, "{") && steersTools(strings.Trim(n.N.Value, "{}"))
	}
}

// calls notes what a command, or what is only assigned, does to the shell.
func (s *script) calls(n *syntax.CallExpr) {
	var args []argument
	for _, word := range n.Args {
		args = append(args, argumentOf(word))
	}
	if len(args) == 0 || specials[args[0].text] {
		s.changes = slices.ContainsFunc(n.Assigns, steers)
	}
	if len(args) == 0 || s.changes {
		return
	}
	name := args[0].text
	if args[0].dynamic && !strings.Contains(name, "/") {
		name = "" // it may be any builtin
	}
	s.changes = changesShell(name, args[1:])
}

// steers reports whether an assignment changes what later commands do.
func steers(a *syntax.Assign) bool {
	return a.Name == nil || steersTools(a.Name.Value) || hidden(a.Value)
}

func steersArithm(x syntax.ArithmExpr) bool {
	word, ok := x.(*syntax.Word)
	return ok && steersTools(word.Lit())
}
