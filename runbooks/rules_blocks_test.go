package runbooks

import (
	"strings"
	"testing"
)

// TestRuleLanguages says what a block is by its info string, else by its content.
func TestRuleLanguages(t *testing.T) {
	for _, tc := range []struct {
		info, code, cue string
		want            codeClass
	}{
		{"bash", "frob x\n", "", codeAction}, {"sh {a=b}", "key: v\n", "", codeAction}, {"shell-session", "$ ls\n", "", codeAction}, {"azurecli-interactive", "az x\n", "", codeAction},
		{"console", "sum(rate(x[5m]))\n", "", codeQuery}, {"console", "ls -l\n", "", codeAction}, {"console", "some words\n", "", codeContext},
		{"sql", "select 1\n", "", codeQuery}, {"ruby", "puts 1\n", "", codeQuery}, {"powershell", "Get-Item x\n", "", codeQuery}, {"promql", "up\n", "", codeAction},
		{"yaml", "a: b\n", "", codeContext}, {"json", "{}\n", "You should see:", codeContext}, {"text", "x\n", "", codeContext}, {"text", "x\n", "The output is:", codeOutput},
		{"", "kubectl get x\n", "", codeAction}, {"", "X=1\n", "", codeAction}, {"", "./run.sh now\n", "", codeAction}, {"", "frob x\n", "", codeContext}, {"", "frob x\n", "It returns:", codeOutput},
		{"", "notAfter=Aug  6 13:11\n", "", codeContext}, {"", "SELECT a FROM b\n", "", codeQuery}, {"", "mysql> select 1;\n", "", codeQuery}, {"", "db=# \\dt\n", "", codeQuery}, {"", "irb(main):001> x\n", "", codeQuery},
		{"bash", "cluster:\n  id: x\n", "", codeOutput}, {"bash", "notAfter=Aug  6 13:11\n", "The output should be", codeOutput}, {"bash", "frob x\n", "The output:", codeOutput},
		{"bash", "user@host:/tmp$\n", "", codeOutput}, {"bash", "[-h]   help\n", "", codeOutput}, {"bash", "# only a comment\n", "", codeContext}, {"bash", "\n", "", codeContext},
	} {
		b := &block{kind: blockCode, verbatim: &verbatim{fenced: true, info: tc.info, code: tc.code, cue: tc.cue}}
		if got := b.reading().class; got != tc.want {
			t.Errorf("%s %q below %q is %d, want %d", tc.info, tc.code, tc.cue, got, tc.want)
		}
	}
}

// TestRulePrompts takes transcripts apart.
func TestRulePrompts(t *testing.T) {
	for _, tc := range []struct{ name, block, code, sample string }{
		{"dollar", "$ kubectl get pods\nNAME\n", "kubectl get pods\n", "NAME\n"},
		{"host, user, root, version", "web $ a\nme@web:~/x$ b\n[root@web ~]# c\nsh-5.1# d\nme@web ~ % e\n", "a\nb\nc\nd\ne\n", ""},
		{"glued and other signs", "$kubectl get a\n% git pull\n~ ls -l\n", "kubectl get a\ngit pull\nls -l\n", ""},
		{"indented", "    $ ls\n\n    a\n", "ls\n", "a\n"},
		{"goes on", "$ a \\\n  b |\n  c &&\n  d\nout\n$ echo 'x\ny'\nz\n", "a \\\n  b |\n  c &&\n  d\necho 'x\ny'\n", "out\nz\n"},
		{"here-document, second prompt", "$ cat <<E\n> a\n> E\nout\n", "cat <<E\na\nE\n", "out\n"},
		{"an open quote ends at the next prompt", "$ echo don't\nout\n$ ls\n", "echo don't\nls\n", "out\n"},
		{"comments go with their command", "# look\n\n$ ls\na\n# and then\n$ pwd\n# done\n", "# look\n\nls\n# and then\npwd\n# done\n", "a\n"},
		{"a bare # is a comment", "# ps aux\nout\n$ ls\n", "ls\n", "# ps aux\nout\n"},
		{"the command that opens the session", "kubectl exec -it x -- sh\nroot@x:/# ls\nbin\n", "kubectl exec -it x -- sh\nls\n", "bin\n"},
		{"a console within", "$ sudo db\ndb=# show x;\ny\n", "sudo db\n", "db=# show x;\ny\n"},
	} {
		got, ok := readTranscript(tc.block)
		if !ok || got.code != tc.code || got.sample != tc.sample {
			t.Errorf("%s: code %q, sample %q, %v; want %q, %q", tc.name, got.code, got.sample, ok, tc.code, tc.sample)
		}
	}
	for _, script := range []string{
		"$VAR x\n", "$CMD --flag\n", "ls | grep $x\n", "cat <<E\n$ ls\nE\n", "echo 'a\n$ b\n'\n", "# $ ls\n", "echo $\n", "PS1='$ '\n", "",
	} {
		if got, ok := readTranscript(script); ok {
			t.Errorf("%q is no transcript, but reads %+v", script, got)
		}
	}
}

// TestRulePrinted splits what was printed off a script without prompts.
func TestRulePrinted(t *testing.T) {
	for _, tc := range []struct{ name, info, block, code, sample string }{
		{"unlabelled", "", "kubectl get pods\nNAME READY\n", "kubectl get pods\n", "NAME READY\n"},
		{"options go on", "", "curl x \\\n  -k\n--fail\nok\n", "curl x \\\n  -k\n--fail\n", "ok\n"},
		{"a quote goes on", "", "psql -c 'select\n  1'\n 1 row\n", "psql -c 'select\n  1'\n", " 1 row\n"},
		{"labelled is one script", "bash", "frob a\nfrob b\n", "frob a\nfrob b\n", ""},
		{"labelled, a key", "bash", "ceph status\n  cluster:\n    id: x\n", "ceph status\n", "  cluster:\n    id: x\n"},
		{"labelled, the head of a table", "bash", "kubectl get x\nNAME   READY   AGE\na      1       2\n", "kubectl get x\n", "NAME   READY   AGE\na      1       2\n"},
		{"labelled, a console", "bash", "sftp a@b\nsftp> ls\n", "sftp a@b\n", "sftp> ls\n"},
		{"a here-document is no output", "bash", "cat <<E\nkey: v\nE\nls\n", "cat <<E\nkey: v\nE\nls\n", ""},
	} {
		b := &block{kind: blockCode, verbatim: &verbatim{fenced: true, info: tc.info, code: tc.block}}
		if r := b.reading(); r.class != codeAction || r.code != tc.code || r.sample != tc.sample {
			t.Errorf("%s: class %d, code %q, sample %q; want %q, %q", tc.name, r.class, r.code, r.sample, tc.code, tc.sample)
		}
	}
}

func TestRuleOutputs(t *testing.T) {
	checkRule(t, []ruleCase{
		{"configuration, queries and outputs are not run", "# T\n\n## Fix\n\n1. one\n\n   ```yaml\n   a: b\n   ```\n\n   ```sql\n   select 1\n   ```\n\n   ```sh\n   a\n   ```\n\n   You should see:\n\n   ```\n   done\n   ```\n", "execution execution.1 1|one [shell a]"},
		{"an unknown block is shown", "# T\n\n## Fix\n\n```\nkubectl get pods\nNAME READY\n```\n\nText of no use here.\n\n```\nfoo: bar\n```\n", "execution execution.1 |Fix [shell kubectl get pods]"},
		{"a fence indented too far", "# T\n\n## Fix\n\nLook at all of it:\n\n    ```sh\n    ls\n    ```\n", "execution execution.1 |Look at all of it: [shell ls]"},
	})
}

// TestRuleBlanks finds the blanks of scripts and what is run in their place.
func TestRuleBlanks(t *testing.T) {
	for _, tc := range []struct{ code, want string }{
		{"kubectl logs <pod-name> -n <ns>", `kubectl logs "${pod_name}" -n "${ns}"`},
		{"echo \"<pod>\" '<pod>'", `echo "${pod}" ''"${pod}"''`},
		{"curl \"http://x/$(get <id>)\"", `curl "http://x/$(get "${id}")"`},
		{"cat <<E\n<pod>\nE", "cat <<E\n${pod}\nE"},
		{"cat <<'E'\n<pod>\nE\nls <pod>", "cat <<'E'\n<pod>\nE\nls \"${pod}\""},
		{"a {name} {{ other }} x-{id}", `a "${name}" "${other}" x-"${id}"`},
		{"psql --host [rds-hostname] x", `psql --host "${rds_hostname}" x`},
		{"a YOUR_POD your-cluster MY_POD i-XXX", `a "${YOUR_POD}" "${your_cluster}" "${MY_POD}" i-XXX`},
		{"a XXX", `a "${XXX}"`},
		{"ssh <USER>@<HOSTNAME>", `ssh "${user}"@"${hostname}"`},
		{"x <the name of a pod, e.g. web-1>", `x "${the_name_of_a_pod_e}"`},
	} {
		if got := filledIn(t, tc.code); got != tc.want {
			t.Errorf("%q is run as\n%s, want\n%s", tc.code, got, tc.want)
		}
	}
	for _, code := range []string{
		"cat <<EOF\nx\nEOF", "diff <(ls a) b", "mysql db < dump.sql", "mysql db <dump.sql>log", "a <- b", "if [ $a -lt 3 ]; then b; fi", "echo '<b>x</b>'", "grep '<none>'",
		"git commit --author 'A <a@b>'", "open <https://x>", "echo ${name} $x @{u} %{http_code}", "awk '{print $1}'", "jq '{name}'", "cp a{b,c} {1..3}",
		"docker inspect --format '{{name}}' x", "kubectl get x -o jsonpath='{name}'", "helm template '{{ .Values.x }}'", "ls [a-z]* arr[index]", "[[ a == b ]]", "grep [error]",
		"echo 'Usage: x <pod>'", "MY_VAR=1; echo MY_VAR", "export YOUR_X=1", "mktemp x.XXXXXX", "echo $YOUR_X ${MY_Y}", "# ask for <pod>", "python -c 'f({x})'",
	} {
		if got := filledIn(t, code); got != code {
			t.Errorf("%q has no blank, but is run as %q", code, got)
		}
	}
}

// filledIn returns what is run of a script.
func filledIn(t *testing.T, code string) string {
	t.Helper()
	rb, err := Parse("t.md", []byte("# T\n\n## Fix\n\n```sh {effect=write}\n"+code+"\n```\n"))
	if err != nil {
		t.Fatal(err)
	}
	return strings.TrimSuffix(rb.Sequence[0].Actions[0].Script(), "\n")
}

// TestRuleSessionState asks for a variable only where no block above sets it.
func TestRuleSessionState(t *testing.T) {
	for _, tc := range []struct{ name, src, want string }{
		{"set above", "1. a\n\n   ```sh\n   POD=$(kubectl get pods)\n   ```\n2. b\n\n   ```sh\n   kubectl logs $POD -n $NS\n   ```\n", "NS"},
		{"set below", "1. a\n\n   ```sh\n   kubectl logs $POD\n   ```\n2. b\n\n   ```sh\n   POD=x\n   ```\n", "POD"},
		{"set in the same block", "```sh\nfor p in a b; do echo $p; done; read X; echo $X\n```\n", ""},
		{"a blank of that name", "```sh\nPOD=x\n```\n\n```sh\nkubectl logs <POD>\n```\n", ""},
		{"set in another alternative", "### Option 1\n\n```sh\nA=1\n```\n\n### Option 2\n\n```sh\necho $A\n```\n", "A"},
	} {
		rb, err := Parse("t.md", []byte("# T\n\n## Fix\n\n"+tc.src))
		if err != nil {
			t.Fatal(err)
		}
		if got := strings.Join(paramNames(rb.Params), " "); got != tc.want {
			t.Errorf("%s: asks for %q, want %q", tc.name, got, tc.want)
		}
	}
}

// TestRuleExplainedBlanks quotes what the text says about a value.
func TestRuleExplainedBlanks(t *testing.T) {
	for _, tc := range []struct{ name, src, label, note string }{
		{"a sentence", "Look first. Replace `<pod>` with the broken one. Then wait.\n\n```sh\nkubectl logs <pod>\n```\n", "pod", "Replace <pod> with the broken one."},
		{"a later paragraph", "Read the log:\n\n```sh\nkubectl logs <pod>\n```\n\nHere <pod> is the one that fails.\n", "pod", "Here <pod> is the one that fails."},
		{"a comment", "```sh\n# the pod that fails\nkubectl logs <pod>\n```\n", "pod", "the pod that fails"},
		{"the step", "1. Read the log of the pod:\n\n   ```sh\n   kubectl logs $POD\n   ```\n", "POD", "Read the log of the pod:"},
	} {
		rb, err := Parse("t.md", []byte("# T\n\n## Fix\n\n"+tc.src))
		if err != nil {
			t.Fatal(err)
		}
		if len(rb.Params) != 1 || rb.Params[0].Label != tc.label || rb.Params[0].Note != tc.note {
			t.Errorf("%s: %+v, want %q", tc.name, rb.Params, tc.note)
		}
	}
	rb, err := Parse("t.md", []byte("# T\n\n## Fix\n\n```promql\nup{pod=\"<pod>\"} < 1\n```\n"))
	if err != nil {
		t.Fatal(err)
	}
	if a := rb.Sequence[0].Actions[0]; a.Script() != "up{pod=\"{{pod}}\"} < 1\n" || strings.Join(a.Uses, " ") != "pod" {
		t.Errorf("query %q uses %v", a.Script(), a.Uses)
	}
}

// TestRuleSecretNames never asks for what is called like a secret.
func TestRuleSecretNames(t *testing.T) {
	rb, err := Parse("t.md", []byte("# T\n\n## Fix\n\n```sh\ncurl -u $DB_PASSWORD:$API_KEY -H <auth-token> $MONKEY_ID\n```\n"))
	if err != nil {
		t.Fatal(err)
	}
	if got := strings.Join(rb.Secrets, " "); got != "DB_PASSWORD API_KEY auth_token" || strings.Join(paramNames(rb.Params), " ") != "MONKEY_ID" {
		t.Errorf("secrets %s, params %v", got, paramNames(rb.Params))
	}
}
