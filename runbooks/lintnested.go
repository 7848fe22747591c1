package runbooks

import (
	"slices"
	"strings"

	"mvdan.cc/sh/v3/syntax"
)

// Commands that other commands run: on another host, in a container, by a shell of
// their own. They are only looked at for what destroys.

// maxNested bounds how deep one command is looked for in another.
const maxNested = 4

// shells run the text behind -c.
var shells = wordSet("sh bash rbash dash zsh ksh ash fish su runuser")

// sshValues are the short options of ssh that take a value.
const sshValues = "BbcDEeFIiJLlmOopQRSWw"

// nestedIn returns the commands that a command runs. Each stands where the outer one
// stands: that is what the reader sees.
func nestedIn(c shellCall, depth int) []shellCall {
	if depth == maxNested {
		return nil
	}
	text, fed := c.runs()
	if text == "" {
		return nil
	}
	inner := &shellText{tested: map[string]bool{}, pipes: map[*syntax.Stmt]bool{}, fed: map[*syntax.Stmt]string{}}
	if file, _, err := parseText(syntax.NewParser(), text); err == nil {
		syntax.Walk(file, inner.node)
	} else {
		inner.byWords(text)
	}
	var all []shellCall
	for i, call := range inner.calls {
		if i == 0 && call.fed == "" {
			call.fed = fed
		}
		call.at = c.at
		call.nested = true
		all = append(append(all, call), nestedIn(call, depth+1)...)
	}
	return all
}

// runs returns the text that a command gives to a shell, and what of its own input goes
// to the command in it; "" when it runs nothing else.
func (c shellCall) runs() (text, fed string) {
	switch {
	case c.unknown: // perhaps sudo
		return spelled(behindUnknown(c.args)), c.fed
	case strings.HasPrefix(c.name, "-"): // sudo -s
		return c.fed, ""
	case strings.ContainsAny(c.name, ifsBlanks): // of watch, xargs, parallel
		return c.name + " " + c.text(), c.fed
	case shells[c.name]:
		return c.runsInShell()
	case c.name == "eval":
		return c.text(), c.fed
	case c.name == "ssh":
		words := behindOptions(c.args, sshValues, 1)
		if len(words) == 0 {
			return c.fed, ""
		}
		return shellCall{args: words}.text(), c.fed
	case c.name == "parallel":
		words := behindOptions(c.args, "jNnIaLsPSCd", 0)
		if i := slices.IndexFunc(words, func(a argument) bool { return strings.HasPrefix(a.text, ":::") }); i >= 0 {
			words = words[:i]
		}
		return shellCall{args: words}.text(), ""
	case c.name == "find":
		return spelled(behindWord(c.args, "-exec", "-execdir", "-ok", "-okdir")), ""
	case (c.name == "kubectl" || c.name == "oc") && (c.verb(0) == "exec" || c.verb(0) == "run"):
		return spelled(behindWord(c.args, "--")), c.fed
	case c.name == "docker" || c.name == "podman" || c.name == "docker-compose" || c.name == "podman-compose":
		if i := slices.IndexFunc(c.args, func(a argument) bool { return a.text == "exec" }); i >= 0 && i < 3 {
			return spelled(behindOptions(c.args[i+1:], "euw", 1)), c.fed
		}
	}
	return "", ""
}

// runsInShell returns what a shell runs: the text behind -c, else what it is fed.
func (c shellCall) runsInShell() (text, fed string) {
	file, other := false, c.name == "su" || c.name == "runuser" // another account's shell
	if words := behindWord(c.args, "--"); c.name == "runuser" && len(words) > 0 {
		return spelled(words), c.fed
	}
	for i, a := range c.args {
		switch {
		case strings.HasPrefix(a.text, "--command="):
			return a.text[len("--command="):], c.fed
		case a.text == "--command", givesText(a.text):
			if i+1 < len(c.args) {
				return c.args[i+1].text, c.fed
			}
		case a.text == "-s" && !other:
			return c.fed, ""
		}
		file = file || !strings.HasPrefix(a.text, "-") && !other
	}
	if file {
		return "", ""
	}
	return c.fed, ""
}

// givesText reports whether an option of a shell says that a text follows.
func givesText(option string) bool {
	return len(option) > 1 && option[0] == '-' && option[1] != '-' && strings.Contains(option, "c")
}

// spelled returns words as a shell would have to read them.
func spelled(words []argument) string {
	if len(words) == 1 {
		return words[0].text
	}
	texts := make([]string, len(words))
	for i, w := range words {
		texts[i] = shellWord(w.text)
	}
	return strings.Join(texts, " ")
}

// behindUnknown returns the words that are a command, where a variable before them is
// one that runs it, or nothing.
func behindUnknown(args []argument) []argument {
	i := slices.IndexFunc(args, func(a argument) bool { return !a.dynamic && !strings.HasPrefix(a.text, "-") })
	if i < 0 {
		return nil
	}
	return args[i:]
}

// behindWord returns the words behind the first of some words.
func behindWord(args []argument, words ...string) []argument {
	i := slices.IndexFunc(args, func(a argument) bool { return slices.Contains(words, a.text) })
	if i < 0 {
		return nil
	}
	return args[i+1:]
}

// behindOptions returns the words from the n-th on that belongs to no option.
func behindOptions(args []argument, valued string, n int) []argument {
	for i := 0; i < len(args); i++ {
		text := args[i].text
		switch {
		case len(text) > 1 && text[0] == '-' && text[1] != '-':
			if strings.IndexByte(valued, text[len(text)-1]) >= 0 {
				i++
			}
		case strings.HasPrefix(text, "--"):
		case n == 0:
			return args[i:]
		default:
			n--
		}
	}
	return nil
}

// printed returns what a command prints that only repeats its arguments, or what it is fed.
func printed(stmt *syntax.Stmt) string {
	call, ok := stmt.Cmd.(*syntax.CallExpr)
	if !ok || len(call.Args) == 0 {
		return ""
	}
	switch call.Args[0].Lit() {
	case "cat", "tee":
		c := shellCall{}
		c.redirected(stmt)
		return c.fed
	case "echo", "printf":
	default:
		return ""
	}
	var b strings.Builder
	for _, w := range call.Args[1:] {
		b.WriteString(argumentOf(w).text + " ")
	}
	return strings.TrimSpace(b.String())
}
