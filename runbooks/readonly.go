package runbooks

import (
	"strings"

	"mvdan.cc/sh/v3/syntax"
)

// readers are commands that only read, whatever their arguments.
var readers = wordSet(`: [ basename cat cd cmp comm cut df diff dirname dig du echo egrep exit false fgrep free grep head id jq ls lsof
	netstat nslookup pgrep ping printf ps pwd return set shift sleep ss stat tail test tr true type uname uptime wait wc whoami which`)

// readingVerbs are subcommands that only read, by command.
var readingVerbs = map[string]map[string]bool{
	"git":       wordSet("status log diff show rev-parse describe ls-files ls-remote blame shortlog"),
	"kubectl":   wordSet("get describe logs top version explain api-resources api-versions"),
	"oc":        wordSet("get describe logs version explain api-resources whoami status"),
	"docker":    wordSet("ps images inspect logs version info stats top"),
	"podman":    wordSet("ps images inspect logs version info stats top"),
	"systemctl": wordSet("status show is-active is-enabled is-failed list-units list-timers cat"),
	"helm":      wordSet("list ls status history get version"),
}

// globalFlags take a value before the subcommand.
var globalFlags = wordSet("-n --namespace --context --kubeconfig -C -H --host")

// onlyReads reports whether every command of a script is known to only read and
// none of its output goes to a file. What cannot be told, writes.
func onlyReads(file *syntax.File) bool {
	if len(file.Stmts) == 0 {
		return false
	}
	reads := true
	syntax.Walk(file, func(n syntax.Node) bool {
		switch n := n.(type) {
		case *syntax.CallExpr:
			reads = reads && callReads(n)
		case *syntax.Redirect:
			reads = reads && redirectReads(n)
		case *syntax.Assign:
			reads = reads && (n.Name == nil || !steersTools(n.Name.Value))
		case *syntax.CoprocClause, *syntax.FuncDecl:
			reads = false
		}
		return reads
	})
	return reads
}

// steersTools reports whether a variable changes what a reading command does.
func steersTools(name string) bool {
	return refusedName(name) || strings.HasPrefix(name, "GIT_") || strings.HasSuffix(name, "PAGER")
}

func callReads(n *syntax.CallExpr) bool {
	if len(n.Args) == 0 {
		return true
	}
	words := make([]string, len(n.Args))
	for i, w := range n.Args {
		words[i] = w.Lit()
	}
	return wordsRead(words)
}

// wordsRead reports whether a command of these words is known to only read; "" is
// a word that is only known when it runs.
func wordsRead(words []string) bool {
	for _, w := range words {
		if strings.HasPrefix(w, "--output") || strings.HasPrefix(w, "--ext-diff") {
			return false
		}
	}
	verbs, ok := readingVerbs[words[0]]
	if !ok {
		return readers[words[0]]
	}
	for i := 1; i < len(words); i++ {
		switch w := words[i]; {
		case w == "":
			return false
		case globalFlags[w]:
			i++
		case strings.HasPrefix(w, "--") && strings.Contains(w, "="):
		default:
			return verbs[w]
		}
	}
	return false
}

func redirectReads(n *syntax.Redirect) bool {
	switch n.Op {
	case syntax.RdrIn, syntax.Hdoc, syntax.DashHdoc, syntax.WordHdoc, syntax.DplIn:
		return true
	case syntax.DplOut:
		// 2>&1 joins two streams, but >&name writes a file.
		return n.Word != nil && (isDigits(n.Word.Lit()) || n.Word.Lit() == "-")
	}
	return n.Word != nil && n.Word.Lit() == "/dev/null"
}
