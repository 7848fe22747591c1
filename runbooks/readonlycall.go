package runbooks

import (
	"slices"
	"strings"

	"mvdan.cc/sh/v3/syntax"
)

// argument is a word of a command as far as it can be told before it runs.
type argument struct {
	text     string // what is certain of it, quotes and backslashes taken away
	dynamic  bool   // it holds an expansion
	unquoted bool   // of which the shell makes several words
	quoted   bool   // it holds quotes
	begins   bool   // it begins with an expansion, or may become several words: it could be an option
	vars     string // the variables that it holds, separated by blanks
	how      loose  // how an expansion may be that is more than the value of a variable
	coded    bool   // it holds $'\x2d', which is what it does not look like
}

// mayBeSeveral reports whether the shell may make more than one word of it.
func (a argument) mayBeSeveral() bool {
	return a.unquoted || a.begins && (!a.dynamic || strings.Contains(a.text, "{"))
}

func argumentOf(word *syntax.Word) argument {
	var a argument
	for i, part := range word.Parts {
		switch part := part.(type) {
		case *syntax.Lit:
			text := strings.ReplaceAll(part.Value, "\\", "")
			a.begins = a.begins || strings.Contains(text, "{") && strings.Contains(text, ",") || strings.HasPrefix(a.text+text, "-") && strings.ContainsAny(text, "*?[")
			a.text += text
		case *syntax.SglQuoted:
			a.text += part.Value
			a.begins = a.begins || part.Dollar
			if isCoded(part) {
				a.dynamic, a.coded = true, true
			}
		case *syntax.DblQuoted:
			for j, inner := range part.Parts {
				if lit, ok := inner.(*syntax.Lit); ok {
					a.text += lit.Value
					continue
				}
				a.dynamic, a.begins = true, a.begins || i == 0 && j == 0 || isList(inner)
				a.expands(inner)
			}
		default:
			a.dynamic, a.unquoted, a.begins = true, true, true
			a.expands(part)
		}
	}
	return a
}

// isCoded reports whether a quoted text may be another than it looks like.
func isCoded(q *syntax.SglQuoted) bool { return q.Dollar && strings.Contains(q.Value, `\`) }

// isList reports whether a part of a quoted word may become several words.
func isList(part syntax.WordPart) bool {
	p, ok := part.(*syntax.ParamExp)
	if !ok {
		return false
	}
	index, _ := p.Index.(*syntax.Word)
	return p.Excl || p.Param != nil && p.Param.Value == "@" || index != nil && index.Lit() == "@"
}

// expands notes what is known of an expansion. What a command prints is not judged.
func (a *argument) expands(part syntax.WordPart) {
	p, ok := part.(*syntax.ParamExp)
	if !ok || p.Length || p.Param == nil {
		return
	}
	switch p.Param.Value {
	case "#", "?", "$", "!", "-":
	default:
		a.holds(p.Param.Value)
	}
	if p.Slice != nil {
		a.how |= dashes
	}
	if p.Repl != nil {
		a.how = anything
	}
	if p.Exp == nil {
		return
	}
	switch p.Exp.Op {
	case syntax.RemSmallPrefix, syntax.RemLargePrefix:
		a.how |= dashes
	case syntax.AlternateUnset, syntax.AlternateUnsetOrNull, syntax.DefaultUnset, syntax.DefaultUnsetOrNull, syntax.AssignUnset, syntax.AssignUnsetOrNull:
		a.instead(p.Exp.Word)
	}
}

// instead notes what takes the place of a variable, as far as it is simple.
func (a *argument) instead(word *syntax.Word) {
	if word == nil {
		return
	}
	nests := func(part syntax.WordPart) bool {
		p, ok := part.(*syntax.ParamExp)
		return ok && p.Exp != nil
	}
	for _, part := range word.Parts {
		quoted, ok := part.(*syntax.DblQuoted)
		if nests(part) || ok && slices.ContainsFunc(quoted.Parts, nests) {
			a.how = anything
			return
		}
	}
	value := argumentOf(word)
	a.how |= value.how | looseText(value.text)
	a.holds(value.vars)
}

// maxVars bounds the names of the variables of one word, in bytes.
const maxVars = 1 << 10

// holds notes a variable.
func (a *argument) holds(name string) {
	switch {
	case len(a.vars) > maxVars:
		a.how = anything
	case a.vars == "":
		a.vars = name
	case name != "":
		a.vars += " " + name
	}
}

func callReads(n *syntax.CallExpr) bool {
	if len(n.Args) == 0 {
		return true
	}
	for _, assign := range n.Assigns {
		if assign.Name == nil || !harmless(assign.Name.Value) {
			return false // for this command alone: there is always a reason for it
		}
	}
	args := make([]argument, len(n.Args)-1)
	for i, word := range n.Args[1:] {
		args[i] = argumentOf(word)
	}
	return commandReads(n.Args[0].Lit(), args)
}

// commandReads judges a command by its name, "" when it is only known as it runs,
// and its arguments.
func commandReads(name string, args []argument) bool {
	unsaid := func(a argument) bool {
		return a.dynamic && strings.HasPrefix(a.text, "-") && name != "echo" && name != "printf"
	}
	if slices.ContainsFunc(args, unsaid) {
		args = slices.Clone(args) // the caller asks other things of its own
		for i, a := range args {
			args[i].begins = a.begins || unsaid(a) // what follows the dash says which option it is
		}
	}
	if slices.ContainsFunc(args, func(a argument) bool { return isOption(a.text, "output", "ext-diff") }) {
		return false
	}
	if verbs, ok := readingVerbs[name]; ok {
		if name == "git" {
			return gitReads(verbs, args)
		}
		return clientReads(name, verbs, args)
	}
	if name == "set" {
		return setReads(args)
	}
	return readers[name] && readerReads(name, args)
}

// setReads allows the options with which a script fails sooner or says more. Others
// export what is assigned, or take assignments anywhere.
func setReads(args []argument) bool {
	return !slices.ContainsFunc(args, func(a argument) bool {
		switch strings.TrimPrefix(a.text, "+o") {
		case "pipefail", "errexit", "nounset", "xtrace", "":
			return a.dynamic
		}
		return a.dynamic || !strings.HasPrefix(a.text, "-") && !strings.HasPrefix(a.text, "+") || strings.Trim(a.text[1:], "euxvEo") != ""
	})
}

// isOption reports whether a word is one of the long options, or an abbreviation of
// it, with or without a value.
func isOption(word string, options ...string) bool {
	name, _, _ := strings.Cut(word, "=")
	name, long := strings.CutPrefix(name, "--")
	return long && name != "" && slices.ContainsFunc(options, func(o string) bool {
		return strings.HasPrefix(name, o) || strings.HasPrefix(o, name)
	})
}

// readerReads judges the readers that can do more with the right arguments.
func readerReads(name string, args []argument) bool {
	switch name {
	case "[", "test":
		return testReads(args)
	case "printf": // -v NAME assigns, and NAME may be a[$(…)]
		return len(args) == 0 || !args[0].begins && !args[0].unquoted && !strings.HasPrefix(args[0].text, "-")
	case "wait":
		return !slices.ContainsFunc(args, func(a argument) bool { return a.begins || strings.HasPrefix(a.text, "-") })
	case "ss": // -K kills sockets, -D writes a file
		return !slices.ContainsFunc(args, func(a argument) bool {
			return a.begins || isOption(a.text, "kill", "diag") || strings.HasPrefix(a.text, "-") && !strings.HasPrefix(a.text, "--") && strings.ContainsAny(a.text, "KD")
		})
	case "jq": // some that go by this name edit files in their place
		return !slices.ContainsFunc(args, func(a argument) bool {
			return a.text == "-i" || isOption(a.text, "in-place") || a.slack() || a.begins && strings.HasPrefix(a.text, "-")
		})
	case "lsof":
		return !slices.ContainsFunc(args, func(a argument) bool { return a.begins || strings.HasPrefix(a.text, "-D") })
	}
	return true
}

// testReads refuses -v and -R, which evaluate the index of a name, and whatever
// could become them.
func testReads(args []argument) bool {
	for i, a := range args {
		if a.mayBeSeveral() || a.text == "-v" || a.text == "-R" {
			return false
		}
		// An expansion before another operand may be an operator.
		if a.dynamic && i+1 < len(args) && !endsOperand(args[i+1].text) {
			return false
		}
	}
	return true
}

// endsOperand reports whether a word of a test follows an operand.
func endsOperand(word string) bool {
	return slices.Contains([]string{"=", "==", "!=", "<", ">", "-eq", "-ne", "-lt", "-le", "-gt", "-ge", "-nt", "-ot", "-ef", "-a", "-o", ")", "]"}, word)
}

// gitReads allows only options before the subcommand that change no configuration,
// and none after it that runs a program or writes a file.
func gitReads(verbs map[string]bool, args []argument) bool {
	i := 0
	for ; i < len(args); i++ {
		switch a := args[i]; {
		case a.text == "-C" && !a.begins:
			if i++; i < len(args) && args[i].mayBeSeveral() {
				return false
			}
			continue
		case a.text == "--no-pager", a.text == "-P", a.text == "--no-optional-locks":
			continue
		}
		break
	}
	if i >= len(args) || args[i].dynamic || !verbs[args[i].text] {
		return false
	}
	remote := args[i].text == "ls-remote"
	paths := false
	for _, a := range args[i+1:] {
		switch {
		case remote && (a.dynamic || strings.Contains(a.text, "::")):
			return false
		case paths:
		case a.text == "--" && !a.dynamic:
			paths = true
		case a.begins, isOption(a.text, "textconv", "upload-pack", "receive-pack", "exec", "show-signature"):
			return false
		case strings.Contains(a.text, "%G"): // asks gpg, or whatever is configured in its place
			return false
		}
	}
	return true
}
