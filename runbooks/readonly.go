package runbooks

import (
	"slices"
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
// none of its output goes to a file. What cannot be told, writes; so does whatever
// makes the shell take data for code, as arithmetic does with a variable that holds
// "a[$(rm x)]".
func onlyReads(file *syntax.File) bool {
	if len(file.Stmts) == 0 {
		return false
	}
	reads := true
	syntax.Walk(file, func(n syntax.Node) bool {
		reads = reads && nodeReads(n)
		return reads
	})
	return reads
}

func nodeReads(n syntax.Node) bool {
	switch n := n.(type) {
	case *syntax.CallExpr:
		return callReads(n)
	case *syntax.Redirect:
		return redirectReads(n)
	case *syntax.Assign:
		return n.Index == nil && (n.Name == nil || !steersTools(n.Name.Value)) && !hidden(n.Value)
	case *syntax.WordIter:
		return (n.Name == nil || !steersTools(n.Name.Value)) && !slices.ContainsFunc(n.Items, hidden)
	case *syntax.ArrayElem:
		return n.Index == nil && !hidden(n.Value)
	case *syntax.DeclClause:
		return declares(n)
	case *syntax.SglQuoted:
		return !isCoded(n)
	case *syntax.ParamExp:
		return expansionReads(n)
	case *syntax.ArithmExp:
		return onlyNumbers(n.X)
	case *syntax.BinaryTest:
		return !slices.Contains([]syntax.BinTestOperator{syntax.TsEql, syntax.TsNeq, syntax.TsLeq, syntax.TsGeq, syntax.TsLss, syntax.TsGtr}, n.Op)
	case *syntax.UnaryTest:
		return n.Op != syntax.TsVarSet && n.Op != syntax.TsRefVar
	case *syntax.CoprocClause, *syntax.FuncDecl, *syntax.ArithmCmd, *syntax.LetClause, *syntax.CStyleLoop:
		return false
	}
	return true
}

// declares reports whether a declaration only names and exports variables: options
// such as -i and -n make the shell evaluate what is assigned, and words that are no
// assignments hide which variable is meant.
func declares(n *syntax.DeclClause) bool {
	if n.Variant == nil || n.Variant.Value == "nameref" {
		return false
	}
	return !slices.ContainsFunc(n.Args, func(a *syntax.Assign) bool { return a.Name == nil })
}

// expansionReads refuses what evaluates the value of a variable: ${!x}, ${x@P}, and
// indexes and slices that are no numbers; and options that take the place of a value.
func expansionReads(n *syntax.ParamExp) bool {
	switch {
	case n.Exp != nil && hidden(n.Exp.Word), n.Repl != nil && hidden(n.Repl.With):
		return false
	case n.Excl, n.Exp != nil && n.Exp.Op == syntax.OtherParamOps:
		return false
	case n.Slice != nil && (!onlyNumbers(n.Slice.Offset) || !onlyNumbers(n.Slice.Length)):
		return false
	case n.Index == nil:
		return true
	}
	word, ok := n.Index.(*syntax.Word)
	return ok && (word.Lit() == "@" || word.Lit() == "*" || isDigits(word.Lit()))
}

// onlyNumbers reports whether arithmetic holds no variable.
func onlyNumbers(expr syntax.ArithmExpr) bool {
	numbers := true
	if expr != nil {
		syntax.Walk(expr, func(n syntax.Node) bool {
			if word, ok := n.(*syntax.Word); ok {
				numbers = numbers && isDigits(word.Lit())
			}
			return numbers
		})
	}
	return numbers
}

// steering are beginnings and ends of the names of variables that change what a
// reading command runs or where it looks for its configuration.
var (
	steeringPrefixes = []string{"GIT_", "KUBE", "DOCKER_", "CONTAINER", "PODMAN", "HELM_", "OPENSSL", "LESS", "SYSTEMD_", "SSL_", "SSH_", "XDG_", "RES_", "LOCALDOMAIN"}
	steeringSuffixes = []string{"PAGER", "EDITOR", "BROWSER", "_OPTS", "_OPTIONS", "_PLUGINS", "_ASKPASS", "_CONFIG"}
	harmlessPrefixes = []string{"LC_", "LANG", "TZ", "NO_COLOR", "COLUMNS", "LINES", "TERM"}
	// runbooks call their values so, and no tool reads them.
	ordinaryNames = wordSet("CONTAINER CONTAINER_NAME CONTAINER_ID KUBE_CONTEXT KUBE_NAMESPACE")
	// of these bash evaluates what is assigned, as arithmetic.
	countingNames = wordSet("OPTIND RANDOM SRANDOM HISTCMD SECONDS LINENO BASHPID EPOCHSECONDS EPOCHREALTIME")
)

// steersTools reports whether a variable changes what a reading command does.
func steersTools(name string) bool {
	switch {
	case harmless(name), ordinaryNames[name]:
		return false
	case refusedName(name), countingNames[name]:
		return true
	}
	return slices.ContainsFunc(steeringPrefixes, func(p string) bool { return strings.HasPrefix(name, p) }) ||
		slices.ContainsFunc(steeringSuffixes, func(p string) bool { return strings.HasSuffix(name, p) })
}

func harmless(name string) bool {
	return slices.ContainsFunc(harmlessPrefixes, func(p string) bool { return strings.HasPrefix(name, p) })
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
