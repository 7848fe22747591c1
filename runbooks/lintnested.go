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
var shells = wordSet("sh bash dash zsh ksh ash su")

// sshValues are the short options of ssh that take a value.
const sshValues = "BbcDEeFIiJLlmOopQRSWw"

// nestedIn returns the commands that a command runs. Each stands where the outer one
// stands: that is what the reader sees.
func (t *shellText) nestedIn(c shellCall, depth int) []shellCall {
	if depth == maxNested {
		return nil
	}
	var words []argument
	switch {
	case shells[c.name]:
		i := slices.IndexFunc(c.args, func(a argument) bool {
			return len(a.text) > 1 && a.text[0] == '-' && a.text[1] != '-' && strings.HasSuffix(a.text, "c")
		})
		if i >= 0 && i+1 < len(c.args) {
			words = c.args[i+1 : i+2]
		}
	case c.name == "eval":
		words = c.args
	case c.name == "ssh":
		words = behindOptions(c.args, sshValues, 1)
	case c.name == "kubectl" || c.name == "oc":
		if i := slices.IndexFunc(c.args, func(a argument) bool { return a.text == "--" }); i >= 0 && (c.verb(0) == "exec" || c.verb(0) == "run") {
			words = c.args[i+1:]
		}
	case c.name == "docker" || c.name == "podman" || c.name == "docker-compose":
		if i := slices.IndexFunc(c.args, func(a argument) bool { return a.text == "exec" }); i >= 0 && i < 3 {
			words = behindOptions(c.args[i+1:], "euw", 1)
		}
	}
	if len(words) == 0 {
		return nil
	}
	texts := make([]string, len(words))
	for i, w := range words {
		if texts[i] = w.text; c.name != "ssh" && c.name != "eval" && len(words) > 1 {
			texts[i] = shellWord(w.text) // these run words, the others a text
		}
	}
	file, err := syntax.NewParser().Parse(strings.NewReader(strings.Join(texts, " ")), "")
	if err != nil {
		return nil
	}
	inner := &shellText{tested: map[string]bool{}, pipes: map[*syntax.Stmt]bool{}, fed: map[*syntax.Stmt]string{}}
	syntax.Walk(file, inner.node)
	var all []shellCall
	for _, call := range inner.calls {
		call.at = c.at
		call.nested = true
		all = append(append(all, call), t.nestedIn(call, depth+1)...)
	}
	return all
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

// printed returns what a command prints that only repeats its arguments.
func printed(stmt *syntax.Stmt) string {
	call, ok := stmt.Cmd.(*syntax.CallExpr)
	if !ok || len(call.Args) == 0 || !slices.Contains([]string{"echo", "printf"}, call.Args[0].Lit()) {
		return ""
	}
	var b strings.Builder
	for _, w := range call.Args[1:] {
		b.WriteString(argumentOf(w).text + " ")
	}
	return strings.TrimSpace(b.String())
}
