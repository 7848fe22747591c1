package runbooks

import (
	"strings"
	"testing"
)

// TestWhatChangesTheSharedShell holds scripts after which "ls" or "git log" in a later
// block may be another program, or be told something else.
func TestWhatChangesTheSharedShell(t *testing.T) {
	for _, code := range []string{
		"PATH=.:$PATH", "export PATH=/opt/x/bin:$PATH", "export GIT_PAGER=./x", "PAGER=x\nmake", "KUBECONFIG=~/x", "declare -x PATH=x", "readonly GIT_DIR=x", "export PATH", "export -n PATH", "export \"$X\"",
		"ls() { rm x; }", "function kubectl { echo; }", "if true; then ls() { :; }; fi", "alias ls='rm x'", "unalias ls", ". ./env.sh", "source env.sh", "eval \"$X\"", "hash -p /tmp/x ls", "enable -f x ls", "enable -n test",
		"shopt -s expand_aliases", "builtin eval x", "command . x", "command -p eval x", "command eval x", "\\source x", "'source' x", "\"eval\" x", "$CMD x", "\"$CMD\" x", "$(echo eval) x", "trap 'PATH=x' EXIT", "coproc PATH { cat; }",
		"read PATH < x", "read -r PATH <<< x", "read -p PATH GIT_PAGER", "read \"$X\"", "while read -r PATH; do :; done < x", "printf -v PATH %s x", "printf -vPATH x", "printf -v \"$X\" y", "mapfile PATH < x", "mapfile -C x -c 1 a", "mapfile -t \"$A\"",
		"getopts a PATH", "unset PATH", "unset \"$X\"", "wait -p PATH", "for PATH in a; do :; done", "select PATH in a; do :; done", ": ${PATH:=x}", ": ${GIT_PAGER=x}", "((PATH=1))", "let PATH=1", "echo $((KUBECONFIG=1))", "cat {PATH}< x",
		"set -a", "set -k", "set -o posix", "PATH=x :", "GIT_PAGER=x export Y", "declare -n r=PATH", "declare -i x", "typeset -f ls", "if (", "echo 'open", strings.Repeat("#\n", 40<<10) + "'",
		"OPTS=--log-file=/etc/x", "OPTS=\"-n x --log-file=y\"\nmake", "OPTS=(--log-file=x)", "export OPTS=-x", "for o in --log-file=x; do :; done", "printf -v o -- --log-file=x", ": ${o:=--log-file=x}", "while true; do\n X=-o\ndone",
		"X=$'\\x2dk'", "D=-", "D=\"--\"", "read $'\\x50ATH' < x", "$'\\x65val' x", "for d in --; do :; done", ": ${D:=-}",
	} {
		if !newShellReader().read(code).changes {
			t.Errorf("%.60q leaves the shell as it was", code)
		}
	}
	for _, code := range []string{
		"ls", "make x", "X=1", "export NS=shop", "export NS=shop\nkubectl get pods -n $NS", "PATH=x make", "KUBECONFIG=x kubectl get pods", "cd /srv", "set -euo pipefail", "set -x", "command -v kubectl", "read -r -p 'Go on? ' answer",
		"read -rp \"$QUESTION\" answer", "for x in a b; do ls $x; done", "POD=$(kubectl get pods -o name | head -1)", "printf '%s' PATH", "echo PATH", "kubectl delete pod x", "unset X", "./deploy.sh -x", "\"$DIR/run.sh\" x", "sudo rm x",
		"env PATH=x make", "TITLE=\"stop - now\"", "D=2026-01-02", "sed -i s/PATH/x/ y", "if [ -n \"$X\" ]; then make; fi", "time make", "CONTAINER=x", "[[ -f x ]]", "i=$((i + 1))", "X=a-", "X='a - b'", "((i++))", ": ${NS:=shop}",
	} {
		if newShellReader().read(code).changes {
			t.Errorf("%q changes the shell", code)
		}
	}
}

// effects are those of the actions of a runbook, in the order of the walk.
func effects(t *testing.T, text string) string {
	t.Helper()
	rb, err := Parse("r.md", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	var all []string
	for _, step := range rb.Sequence {
		for _, a := range step.Actions {
			all = append(all, string(a.Effect))
		}
	}
	return strings.Join(all, " ")
}

// steps is a runbook of one step a block, each as "info|code".
func steps(front string, blocks ...string) string {
	var b strings.Builder
	b.WriteString("---\ntitle: x\n" + front + "---\n# x\n\n## Steps\n")
	for i, block := range blocks {
		info, code, _ := strings.Cut(block, "|")
		b.WriteString("\n" + string(rune('1'+i)) + ". Do\n\n   ```" + info + "\n   " + strings.ReplaceAll(code, "\n", "\n   ") + "\n   ```\n")
	}
	return b.String()
}

func TestNothingIsInferredToReadInAChangedShell(t *testing.T) {
	const said, list = "sh {effect=write}|make x", "sh|ls"
	for name, tc := range map[string]struct{ text, want string }{
		"before and after":     {steps("", said, list, "sh|export PATH=.:$PATH", list, "bash|git log"), "write read write write write"},
		"declared":             {steps("", "sh {effect=write}|ls() { :; }", list, "sh {effect=read}|ls"), "write write read"},
		"declared to read":     {steps("", "sh {effect=read}|. ./env.sh", list), "read write"},
		"other kinds":          {steps("hosts: [x.example]\n", said, "sh|. ./env.sh", "http|GET https://x.example/", "promql|up"), "write write read read"},
		"nothing changed":      {steps("", said, list, "sh|export NS=a", list), "write read read read"},
		"another host":         {steps("", said, "sh {host=h}|. ./env.sh", list), "write write read"},
		"another interpreter":  {steps("", said, "zsh|. ./env.sh", "python|x = 1", list), "write write write read"},
		"read on another host": {steps("", said, "sh|. ./env.sh", "sh {host=h}|ls", "zsh|ls"), "write write read write"},
		"other shells":         {steps("", said, "zsh|ls", "zsh|ls *(e:'touch /tmp/x':)", "zsh|[ \"a[\\$(touch /tmp/z)]\" -eq 1 ]", "ksh|ls", "dash|ls", "sh {interpreter=zsh}|ls", "bash {interpreter=fish}|ls", "zsh|ls <x>"), "write write write write write write write write write"},
		"the same shell":       {steps("", said, "bash|ls", "console|$ ls", "shell|ls", "zsh {interpreter=bash}|ls", "zsh {effect=read}|ls", "azurecli|ls"), "write read read read read read read"},
		"zsh for all":          {steps("shell: zsh\n", said, list), "write write"},
		"of a blank":           {steps("", said, "sh|. ./<file>", list), "write write write"},
		"no valid shell":       {steps("", said, "sh|if (", list), "write write write"},
		"another scenario":     {"# x\n\n## Scenario 1\n\n1. Do\n\n```sh\n. ./env.sh\n```\n\n## Scenario 2\n\n1. Do\n\n```sh\nls\n```\n", "write write"},
		"env":                  {steps("env: {KUBECONFIG: /srv/x}\n", said, list, "sh {host=h}|ls", "zsh|ls"), "write write write write"},
		"env of no tool":       {steps("env: {KUBE_CONTEXT: prod}\n", said, list), "write read"},
		"a parameter":          {steps("params: [{name: DOCKER_HOST}]\n", said, list), "write write"},
		"a variable asked for": {steps("", said, list, "sh|echo $HELM_PLUGINS"), "write write write"},
		"a capture":            {steps("", "sh {effect=write capture=HELM_PLUGINS}|make x", list), "write write"},
		"a secret":             {steps("secrets: [GIT_TOKEN]\n", said, "sh|echo $GIT_TOKEN", list), "write write read"},
		"options in env":       {steps("env: {OPTS: \"--kubeconfig=/tmp/kc.yaml\"}\n", said, "sh|kubectl get pods $OPTS", "sh|kubectl get pods \"$OPTS\"", list), "write write write read"},
		"blanks in env":        {steps("env: {OPTS: a --kubeconfig=x}\n", said, "sh|kubectl get pods $OPTS", "sh|kubectl get pods x$OPTS", "sh|kubectl get pods \"$OPTS\""), "write write write read"},
		"an ordinary env":      {steps("env: {NS: shop}\n", said, "sh|kubectl get pods -n $NS"), "write read"},
		"options in a default": {steps("params: [{name: O, default: --kubeconfig=x, pattern: '[a-z=-]+'}]\n", said, "sh|kubectl get pods $O", list), "write write read"},
		"options to choose":    {steps("params: [{name: O, options: [a, \"-A\"]}]\n", said, "sh|kubectl get pods \"$O\""), "write write"},
		"blanks to choose":     {steps("params: [{name: O, options: [a, b c]}]\n", said, "sh|kubectl get pods $O", "sh|kubectl get pods \"$O\""), "write write read"},
		"names to choose":      {steps("params: [{name: O, options: [a, b-c]}]\n", said, "sh|kubectl get pods $O"), "write read"},
		"a pattern of options": {steps("params: [{name: O, pattern: '-?[a-z]+'}]\n", said, "sh|kubectl get pods $O", "sh|echo $O", "sh|kubectl get pods \"x$O\""), "write write read read"},
		"a pattern of blanks":  {steps("params: [{name: O, pattern: '[a-z]+[ -]+[a-z]+'}]\n", said, "sh|kubectl get pods $O", "sh|kubectl get pods \"$O\""), "write write read"},
		"any pattern":          {steps("params: [{name: O, pattern: '.*'}]\n", said, "sh|kubectl get pods \"$O\""), "write write"},
		"a pattern of names":   {steps("params: [{name: O, pattern: '^(web|api)-[a-z0-9-]{1,5}$'}]\n", said, "sh|kubectl get pods $O"), "write read"},
		"the default pattern":  {steps("params: [{name: O}]\n", said, "sh|kubectl get pods $O", "sh|kubectl get pods <other>"), "write read read"},
		"free text":            {steps("params: [{name: O, type: text}]\n", said, "sh|kubectl get pods $O", "sh|kubectl get pods \"$O\"", "sh|kubectl get pods \"x$O\"", "sh|kubectl get pods <O>"), "write write write read write"},
		"through another":      {steps("params: [{name: O, type: text}]\n", said, "sh|kubectl get pods $P", "sh|P=$O", "sh|Q=\"$P\"; kubectl logs \"$Q\""), "write write read write"},
		"read before":          {steps("", "sh {effect=write}|read -r P < x", "sh|kubectl get pods $P", "sh|kubectl get pods \"x$P\"", "sh|ls $P"), "write write read read"},
		"cut out before":       {steps("", "sh {effect=write}|P=${X#a}", "sh|kubectl get pods $P"), "write write"},
		"captured":             {steps("", "sh {effect=write capture=P}|make x", "sh|kubectl get pods $P"), "write read"},
		"an argument":          {steps("params: [{name: O, pattern: '-.*'}]\n", said, "sh {args=O}|kubectl get pods $1", "sh {args=NS}|P=$1; kubectl get pods $P"), "write write write"},
		"a plain argument":     {steps("", said, "sh {args=NS}|kubectl get pods -n $1"), "write read"},
		"a secret of a client": {steps("secrets: [S]\n", said, "sh|kubectl get pods $S", "sh|kubectl get pods -n \"$S\"", "sh|kubectl get pods \"x$S\"", "sh|echo $S"), "write write write read read"},
		"a token of a client":  {steps("", said, "sh|kubectl get pods $API_TOKEN"), "write write"},
		"in a mixed order":     {steps("", said, "sh|x=1", "sh|f() { ls; }", "sh|x=2", list), "write read write write write"},
	} {
		if got := effects(t, tc.text); got != tc.want {
			t.Errorf("%s: %q, want %q", name, got, tc.want)
		}
	}
}

func TestWhatNoLongerOnlyReadsIsNotRepeated(t *testing.T) {
	rb, err := Parse("r.md", []byte(steps("", "sh {effect=write}|. ./env.sh", "sh {retries=3}|ls")))
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range rb.Diagnostics {
		if d.Code == "repeats-a-change" && d.Severity == SeverityError {
			return
		}
	}
	t.Errorf("%+v", rb.Diagnostics)
}

func TestOptionsInValuesAreNoReading(t *testing.T) {
	for _, code := range []string{
		"X=--log-file=/etc/x\nkubectl get pods $X", "X=\"a --log-file=/x\"\nls $X", "export X=--log-file=/x", "for x in --log-file=/x; do kubectl get pods $x; done", "X=(--log-file=/x)\nkubectl get pods ${X[@]}",
		"kubectl get pods ${X:---log-file=/x}", "kubectl get pods ${X/#/--log-file=/x}", "kubectl get pods ${X:+--log-file=/x}",
	} {
		if newShellReader().read(code).harmless {
			t.Errorf("%q only reads", code)
		}
	}
}

func TestPatternsThatLetOptionsThrough(t *testing.T) {
	for pattern, want := range map[string]loose{
		"[a-z]+": 0, "^[a-z][a-z-]*$": 0, "a|b-c": 0, "(?:web)?api": 0, "[^ -]+": 0, `\w+`: 0, `\d{1,3}`: 0, "(?i)A": 0, `\bx-`: 0,
		"-?[0-9]+": dashes, `[\w-]+`: dashes, "x?-": dashes, "(x|-y)": dashes, "x{0,2}-": dashes, "(-)+": dashes, "x*-": dashes, "": 0, "[^ ]": dashes, `\x2d`: dashes, "^(|a)-": dashes, "[+-/]": dashes,
		"a b": splits, "a[ -]b": splits, `[a-z\s]`: splits, "[^-]+": splits, "a.*": splits,
		".*": anything, "[ -~]+": anything, "(": anything, `\S* `: anything,
	} {
		if got := (Param{Pattern: pattern}).loose(); got != want {
			t.Errorf("%q: %d, want %d", pattern, got, want)
		}
	}
}
