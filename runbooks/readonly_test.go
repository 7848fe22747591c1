package runbooks

import "testing"

// TestNothingThatMayWriteCountsAsReading holds scripts that look harmless. Each may
// change something, or run what nobody sees in it.
func TestNothingThatMayWriteCountsAsReading(t *testing.T) {
	for _, code := range []string{
		// what is run within something that reads
		"echo $(rm x)", "echo `rm x`", "echo \"a $(rm x) b\"", "cat <(rm x)", "ls > >(tee x)", "cat <<E\n$(rm x)\nE", "cat <<< $(rm x)",
		"ls ${X:-$(rm x)}", "echo $((a[$(rm x)]))", "[ -n \"$(rm x)\" ]", "case $(rm x) in *) ls;; esac", "for x in $(rm y); do ls; done",
		"if rm x; then ls; fi", "while ls; do rm x; done", "{ ls; rm x; }", "(rm x)", "! rm x", "time rm x", "ls && rm x", "ls || rm x", "rm x &", "ls & rm x",
		"ls | xargs rm", "ls | tee x", "cat x | sh", "sh <<E\nrm x\nE", "sh <<< 'rm x'", "kubectl get -o yaml x | kubectl delete -f -", "coproc rm x",
		// redirections
		"ls > x", "ls >> x", "ls &> x", "ls >| x", "ls <> x", "ls > $X", "ls > \"/dev/null/../x\"", "ls 2> x", "ls >& x", "ls >& $X", "ls >&\"x\"", "> x", "ls > /dev/tcp/h/1",
		// commands that run or change what they are given
		"xargs rm", "find . -delete", "find . -exec rm {} +", "sed -i s/a/b/ x", "sed 'w x' y", "awk 'BEGIN{system(\"rm x\")}'", "env rm x", "sudo ls", "curl -X POST u",
		"curl -o x u", "curl u", "wget u", "tee x", "command rm x", "command ls", "exec ls", "exec > x", "eval ls", "builtin eval ls", ". x", "source x", "nohup ls", "timeout 1 rm x", "watch rm x",
		"sort -o x y", "date -s 12:00", "hostname x", "ss -K dst 1.2.3.4", "ss --kill", "ss \"-K\"", "ss {-K,x}", "ss \\-K", "sh -c ls", "bash x", "./ls", "/tmp/ls", "python3 -c 1",
		// commands that are not what they are called
		"cat() { rm x; }\ncat", "function ls { rm x; }; ls", "alias ls='rm x'\nls", "unalias ls", "hash -p /tmp/x ls", "enable -f x ls", "shopt -s expand_aliases", "trap 'rm x' EXIT",
		"$CMD", "\"$CMD\" x", "$(echo rm) x", "${X}ls", "r''m x", "\\rm x", "'rm' x", "$'rm' x", "l?", "~/ls",
		// variables that change what a reading command does
		"PAGER='rm x' git log", "GIT_PAGER=x git log", "GIT_EXTERNAL_DIFF=x git diff", "GIT_SSH_COMMAND=x git ls-remote", "PATH=/tmp ls", "export PATH=/tmp\nls", "LD_PRELOAD=x ls",
		"BASH_ENV=x ls", "IFS=x ls", "declare \"PAGER=x\"", "export \"GIT_PAGER=x\"", "declare -n a=PATH", "export $X", "KUBECONFIG=x kubectl get pods", "DOCKER_HOST=x docker ps", "LESSOPEN=x ls",
		"printf -v PAGER x", "printf -v 'a[$(rm x)]' y", "read PAGER", "mapfile x", "HELM_PLUGINS=x helm list", "OPENSSL_CONF=x git log", "ENV=x ls", "env=x\nexport -n $env",
		// subcommands and options that write or run something
		"git -c alias.log='!rm x' log", "git -c core.pager=x log", "git --exec-path=/tmp log", "git --exec-path=/tmp status", "git --git-dir=/tmp/x log", "git --config-env=a=b log",
		"git log --output=x", "git log \"--output=x\"", "git log '--output=x'", "git log --out''put=x", "git log \\--output=x", "git log {--output=x,}", "git log $'--output=x'", "git log $OPTS", "git log \"$OPTS\"",
		"git diff --ext-diff", "git diff --ext-d", "git show --textconv", "git ls-remote --upload-pack='rm x' h:r", "git ls-remote --exec=x h:r", "git ls-remote 'ext::sh -c rm'", "git ls-remote ext::x", "git ls-remote --upload-p=x h:r",
		"git log a$x", "git push", "git checkout x", "git branch -D x", "git stash", "git $VERB", "git \"log\" --output=x",
		"kubectl delete pod x", "kubectl $VERB", "kubectl get --profile=cpu --profile-output=x pods", "kubectl logs --profile cpu x", "kubectl exec x -- ls", "kubectl --kubeconfig x delete y", "kubectl -n get delete x", "kubectl --namespace=x delete y",
		"docker rm x", "docker exec x ls", "docker $X ps", "docker --config x rm y", "systemctl restart x", "systemctl -H h restart x", "helm uninstall x", "oc delete x",
		"kubectl get pods --log-file=/etc/x", "kubectl get pods --log-file /etc/x", "kubectl --log-dir=/etc get pods", "kubectl logs x --log_file=y", "kubectl get pods --cache-dir=x", "kubectl get -k ./x", "kubectl get pods --kuberc=x", "kubectl get pods --kubeconfig=x",
		"kubectl get pods -Ak x", "kubectl get pods --unknown", "oc get pods --log-file=x", "kubectl get pods --logtostderr=false", "kubectl get pods --client-certificate=x --profile=cpu",
		"podman ps --out=x", "podman --out=x ps", "podman info --runtime=/tmp/x", "podman --runtime=/tmp/x info", "podman --conmon=/tmp/x info", "podman ps --module=x", "podman images --memory-profile=x", "podman ps --sync", "podman --url=ssh://x ps",
		"docker --config=x ps", "docker -H ssh://x ps", "docker --host=ssh://x ps", "docker ps --tlscert x", "systemctl status --root=x", "systemctl status --image=x", "helm list --kubeconfig x", "helm list --registry-config=x", "helm status x --post-renderer y", "helm list --unknown",
		"git log --show-signature", "git log --format=%G?", "git log --show-sig", "jq -i .x f", "jq --in-place .x f",
		// values that a shell evaluates as code
		"test -v 'a[$(rm x)]'", "op=-v\n[ \"$op\" 'a[$(rm x)]' ]", "[ $x ]", "[ -n x -a \"$op\" 'a[$(rm x)]' ]", "[ ! \"$op\" 'a[$(rm x)]' ]", "test \"$op\" 'a[$(rm x)]'", "[ -v 'a[$(rm x)]' ]", "[[ -v 'a[$(rm x)]' ]]", "[[ 'a[$(rm x)]' -eq 0 ]]", "[[ $X -gt 0 ]]", "x='a[$(rm y)]'\necho $((x))", "((x))", "let x", "let 'a[$(rm x)]=1'",
		"echo ${!x}", "x='$(rm y)'\necho ${x@P}", "echo ${a[$x]}", "echo ${x:y:1}", "a[$x]=1", "declare -i x='a[$(rm y)]'", "for ((i=x; i<3; i++)); do ls; done", "wait -p 'a[$(rm x)]'", "unset 'a[$(rm x)]'",
		// the line behind a comment that ends with a backslash
		"ls # all \\\nrm -rf /data", "ls | wc # a \\\nrm x", "echo $(ls # \\\nrm x\n)", "export A=1 # \\\nrm x", "if ls; then ls # a \\\nrm x\nfi", "kubectl get pods # see \\\nkubectl delete pod x",
		// options whose value becomes several words, and words that are options after all
		"kubectl -n {a,delete,pod,x} get", "X='a delete pod x'\nkubectl -n $X get", "helm -n {a,uninstall,b} list", "git -C {.,-c,core.fsmonitor=./evil} status", "git -C $X status",
		"git diff --outpu[t]=f", "jq -[i] . x", "git diff -'-'outpu?=f", "[ -ZI[", "[ {-v,'a[$(rm x)]'} ]", "test {-v,'a[$(rm x)]'}", "X=output=f\ngit log --\"$X\"", "git diff -\"$X\"", "kubectl get --\"$X\"", "kubectl get {--kubeconfig=evil,pods}", "docker ps {--config=x,}",
		// loops and options of the shell that set what steers a command
		"for PATH in /tmp/evil; do ls; done", "select GIT_PAGER in ./evil; do git log; done", "set -a; : ${GIT_PAGER:=./evil}; git log", "set -o allexport\n: ${GIT_PAGER:=x}\ngit log", "set -k\ngit log GIT_PAGER=x",
		// options that are not what they look like, or come out of the value of a variable
		"kubectl get pods $'\\x2d\\x2dkubeconfig=/tmp/kc.yaml'", "X=$'\\x2d\\x2dkubeconfig=x'; kubectl get pods $X", "X=\"a\"$'\\x20'; ls $X", "for x in $'\\055k'; do kubectl get pods $x; done", "echo $'\\x2d'", "kubectl get pods ${X:-$'\\x2dk'}", "[[ $x == $'\\t' ]]",
		"D=-; E=\"$D$D\"; kubectl get pods ${E}kubeconfig=x", "D=--; kubectl get pods ${D}kubeconfig=x", "D=' - '; kubectl get pods $D", "for d in - --; do kubectl get pods ${d}kubeconfig=x; done", "D=(- -); kubectl get pods ${D[0]}${D[1]}kubeconfig=x",
		"X='@@kubeconfig=x'; kubectl get pods ${X//@/-}", "X='@@kubeconfig=x'; kubectl get pods \"${X//@/-}\"", "X='x--kubeconfig=y'; kubectl get pods ${X#x}", "X='x--kubeconfig=y'; kubectl get pods \"${X##x}\"", "X='x--kubeconfig=y'; kubectl get pods ${X:1}", "X='x--kubeconfig=y'; Y=${X#x}; kubectl get pods $Y",
		"X='x--kubeconfig=y'; Y=${X:1}; Z=\"$Y\"; kubectl get pods \"$Z\"", "X='a@@kubeconfig=y'; Y=\"${X//@@/ --}\"\nkubectl get pods $Y", "kubectl get pods x${IFS}--kubeconfig=y", "X='a '; kubectl get pods x${X}--kubeconfig=y", "X=a\\ ; kubectl get pods x$X--kubeconfig=y", "export X='a '; kubectl get pods x$X--kubeconfig=y",
		"kubectl get pods x${X:-a }--kubeconfig=y", "for x in 'a '; do kubectl get pods x$x--kubeconfig=y; done", ": --kubeconfig=x; kubectl get pods $_", ": ${X:=a }; kubectl get pods x$X--kubeconfig=y", "kubectl get pods x${PS4}--kubeconfig=y", "kubectl get pods $BASH_COMMAND", "kubectl get pods $0", "kubectl get pods ${X:-${Y:-a }}--kubeconfig=y",
		"X='a b c'; kubectl get pods x${X%b c}--kubeconfig=y", "X='x -i'; jq ${X#x }", "X='x--config=y'; docker ps ${X#x}", "X='@@root=y'; systemctl status ${X//@/-}",
		// not to be told
		"", "# only a comment", "ls <pod>", "ls 'unterminated",
	} {
		if got := inferEffect(&Action{Kind: KindShell, Lang: "bash", Code: code}, newShellReader().read(code).harmless); got != EffectWrite {
			t.Errorf("%q counts as %s", code, got)
		}
	}
}

func TestWhatOnlyReadsNeedsNoConfirmation(t *testing.T) {
	for _, code := range []string{
		"ls -l", "cat x | grep y | wc -l", "kubectl get pods -n shop", "kubectl get pods -n $NS -o wide", "kubectl --context prod logs deploy/x --tail=50", "kubectl describe pod \"$POD\"",
		"POD=$(kubectl get pods -o name | head -1)\nkubectl logs $POD", "export NS=shop\nkubectl get pods", "git log --oneline -5", "git -C /srv/app status", "git diff HEAD~1 -- x", "git show HEAD@{1}", "git ls-remote --heads origin",
		"docker ps -a", "docker logs --tail 5 api 2>&1", "systemctl status nginx", "df -h; free -m; uptime", "ping -c 3 h", "for x in a b; do ls $x; done", "if [ -f x ]; then cat x; fi", "[[ -f x && $y == z* ]] && ls",
		"ls 2>/dev/null", "ls > /dev/null 2>&1", "LC_ALL=C ls", "echo ${X:-y} ${#Y} ${Z%.*}", "test \"$n\" -gt 3 && echo many", "[ -n \"$x\" ] && ls", "[ \"$a\" = b ] || ls", "kubectl logs x --container=api --previous", "kubectl get pods --context=prod", "jq .x <<< \"$BODY\"", "ss -tlnp", "echo $((1 + 2))", "helm list -A", "tail -f x", "kubectl get pods -A --sort-by=.status --no-headers", "kubectl get po -owide -lapp=x", "kubectl logs -f deploy/x -c api --since=10m --tail 5", "kubectl get events -n x --field-selector type=Warning -w", "kubectl top pods --containers", "kubectl get -f x.yaml", "kubectl get secret x -o jsonpath='{.data.x}'",
		"oc get pods -n x", "docker ps --format '{{.Names}}' --filter name=x", "docker inspect -f '{{.State}}' x", "docker logs -f --since 5m x", "podman ps -a --noheading", "docker stats --no-stream", "docker --context=prod ps", "systemctl status nginx --no-pager -l", "systemctl show -p ActiveState x", "systemctl list-units --failed --type=service",
		"helm history x -n y --max 5", "helm get values x --all", "helm status x --namespace=y", "helm list --all-namespaces --filter x", "D=2026-01-02; kubectl logs x-$D", "NS=shop; POD=x-$NS; kubectl logs \"$POD\" -n $NS", "kubectl logs ${POD%%.*}", "SEL='app in (a, b)'; kubectl get pods -l \"$SEL\"", "kubectl get pods -n ${NS:-shop}",
		"docker ps --format \"${FORMAT:-x}\"", "X='a b'; echo $X ${X#a} ${X//a/_}", "for p in a b; do kubectl logs $p; done", "grep -c $'x' y", "kubectl get pods -n ${NS,,}", "kubectl get pod x-$HOSTNAME", "POD=$(kubectl get pods -o name | head -1); P=$POD; kubectl logs $P", "POD=$1; kubectl logs \"$POD\"", "cat <<E\nplain $X\nE",
	} {
		if got := inferEffect(&Action{Kind: KindShell, Lang: "bash", Code: code}, newShellReader().read(code).harmless); got != EffectRead {
			t.Errorf("%q counts as %s", code, got)
		}
	}
}
