package actions

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"genia.ai/bitacora/internal/process"
	"genia.ai/bitacora/runbooks"
)

// shellRun is a run whose blocks share a state, with bash or with sh alone.
type shellRun struct {
	t       *testing.T
	exec    *shellExecutor
	dir     string
	state   ShellState
	params  map[string]string
	env     map[string]string
	secrets map[string]string
	out     *recorder
}

func newShellRun(t *testing.T, more ...string) *shellRun {
	env := environ(t, more...)
	return &shellRun{t: t, dir: t.TempDir(), exec: &shellExecutor{environ: env, clock: SystemClock{}, hosts: &sshHosts{clock: SystemClock{}}}}
}

// withoutBash lets the run find a PATH on which sh is dash and bash is missing.
func (s *shellRun) withoutBash() *shellRun {
	bin := s.t.TempDir()
	for name, target := range map[string]string{"sh": "/usr/bin/dash", "cat": "/bin/cat", "touch": "/usr/bin/touch"} {
		if err := os.Symlink(target, filepath.Join(bin, name)); err != nil {
			s.t.Fatal(err)
		}
	}
	s.exec.environ = []string{"PATH=" + bin}
	return s
}

func (s *shellRun) do(action *runbooks.Action) Result {
	s.t.Helper()
	s.out = newRecorder()
	return s.exec.Execute(s.t.Context(), Request{
		Action: action, Params: s.params, Env: s.env, Secrets: s.secrets, Dir: s.dir, Shell: &s.state,
	}, s.out)
}

// prints runs a block that must succeed and print want.
func (s *shellRun) prints(code, want string) {
	s.t.Helper()
	if r := s.do(script(code, runbooks.Settings{})); r.Outcome != OutcomeOK || s.out.text(StreamOut) != want {
		s.t.Errorf("%s\n%s\nprinted %q, want %q; %q %q", code, show(r), s.out.text(StreamOut), want, s.out.text(StreamErr), s.out.text(StreamInfo))
	}
}

func TestShellOutcome(t *testing.T) {
	s := newShellRun(t)
	r := s.do(script("echo out; echo err >&2; exit 3", runbooks.Settings{}))
	if r.Outcome != OutcomeFailed || *r.Exit != 3 || s.out.text(StreamOut) != "out\n" || s.out.text(StreamErr) != "err\n" {
		t.Errorf("got %s %q", show(r), s.out.all())
	}
	if r := s.do(script("exit 3", runbooks.Settings{ExpectExit: []int{0, 3}})); r.Outcome != OutcomeOK {
		t.Errorf("an accepted code: %s", show(r))
	}
	if r := s.do(script("kill -9 $$", runbooks.Settings{})); r.Outcome != OutcomeFailed || r.Signal != "SIGKILL" || r.Exit != nil {
		t.Errorf("a signal: %s", show(r))
	}
	if r := s.do(script("set -e\nfalse\necho on", runbooks.Settings{})); r.Outcome != OutcomeFailed || s.out.text(StreamOut) != "" {
		t.Errorf("set -e: %s %q", show(r), s.out.all())
	}
	if r := s.do(script("echo one\nif", runbooks.Settings{})); r.Outcome != OutcomeFailed || !strings.Contains(s.out.text(StreamErr), "line 3") && !strings.Contains(s.out.text(StreamErr), "line 2") {
		t.Errorf("syntax error: %s %q", show(r), s.out.all())
	}
	s.prints("false\necho still on", "still on\n")
	s.prints("cat; echo end", "end\n")
	s.prints("set -x; : quiet", "")
	if got := s.out.text(StreamErr); strings.Contains(got, "bitacora") {
		t.Errorf("set -x shows our wrapper: %q", got)
	}
}

func TestShellCarriesState(t *testing.T) {
	s := newShellRun(t)
	sub := filepath.Join(s.dir, "sub")
	s.prints(`shopt -s extglob
PLAIN="a 'b' \$c
d"; export EXP=1; LIST=(x "y z" [5]=w); declare -A MAP=([k]="v w"); declare -i N=3
f() { case $1 in @(a|b)) echo "f $1" ;; esac; }
mkdir sub; cd sub; readonly RO=1; set -e -u; trap 'echo trapped' EXIT; alias ll=ls`, "trapped\n")
	if got, want := s.state.Names(), []string{"EXP", "LIST", "MAP", "N", "PLAIN", "f()"}; !reflect.DeepEqual(got, want) {
		t.Errorf("carried %q, want %q", got, want)
	}
	s.prints(`echo "$PLAIN|${LIST[1]}|${LIST[5]}|${MAP[k]}|$((N+1))|$(f a)"; sh -c 'echo $EXP'; pwd; case $- in *e*|*u*) echo options;; esac; echo "${RO-none}"`,
		"a 'b' $c\nd|y z|w|v w|4|f a\n1\n"+sub+"\nnone\n")
	s.prints("PLAIN=new; unset EXP; unset -f f; exit 0", "")
	s.prints(`echo "$PLAIN ${EXP-unset}"; type f >/dev/null 2>&1 || echo no f`, "new unset\nno f\n")
}

func TestShellCarriesNothingOfAFailure(t *testing.T) {
	s := newShellRun(t)
	s.prints("A=1", "")
	s.do(script("A=2; cd /; false", runbooks.Settings{}))
	s.do(script("A=3; echo x", runbooks.Settings{Expect: "something else"}))
	s.do(script("A=4; kill -9 $$", runbooks.Settings{}))
	s.prints("echo $A; pwd", "1\n"+s.dir+"\n")
	if r := s.do(script("A=5; exit 7", runbooks.Settings{ExpectExit: []int{7}})); r.Outcome != OutcomeOK {
		t.Fatal(show(r))
	}
	s.prints("echo $A", "5\n")
	s.prints("A=6; exec true", "")
	if !strings.Contains(s.out.text(StreamInfo), "not kept") {
		t.Errorf("a block that replaced its shell: %q", s.out.text(StreamInfo))
	}
	s.prints("echo $A", "5\n")
}

// TestShellBlanksAreVariables: a value in the place of a blank stays one word,
// whatever it holds and however the blank was quoted.
func TestShellBlanksAreVariables(t *testing.T) {
	const code = "printf '[%s]' <x> \"<x>\" '<x>' \"$(echo <x>)\" \"$(echo \"<x>\")\"\ncat <<E\n<x>\nE\n"
	rb, err := runbooks.Parse("t.md", []byte("# T\n\n## Fix\n\n```sh\n"+code+"```\n"))
	if err != nil {
		t.Fatal(err)
	}
	s := newShellRun(t)
	const value = `a'b"c;  $(touch${IFS}X) & | > Y *`
	s.params = map[string]string{"x": value}
	if r := s.do(rb.Sequence[0].Actions[0]); r.Outcome != OutcomeOK {
		t.Fatal(show(r))
	}
	want := strings.Repeat("["+value+"]", 5) + value + "\n"
	if got := s.out.text(StreamOut); got != want {
		t.Errorf("printed %q, want %q", got, want)
	}
	if left, err := os.ReadDir(s.dir); err != nil || len(left) != 0 {
		t.Errorf("left behind %v, %v", left, err)
	}
}

func TestShellFreshValuesWin(t *testing.T) {
	s := newShellRun(t)
	s.params = map[string]string{"version": "v1"}
	s.secrets = map[string]string{"TOKEN": "hunter2hunter2"}
	use := script(`version=changed; TOKEN=changed; echo ok`, runbooks.Settings{})
	use.Secrets = []string{"TOKEN"}
	s.do(use)
	s.prints("LATER=block", "")
	s.params = map[string]string{"version": "v2", "LATER": "param"}
	s.prints(`echo "$version $LATER ${TOKEN-none}"`, "v2 param none\n")
	use.Code = `echo "$TOKEN"`
	if s.do(use); s.out.text(StreamOut) != "hunter2hunter2\n" {
		t.Errorf("got %q", s.out.all())
	}
	if names := s.state.Names(); len(names) != 0 { // LATER has become a value of the run
		t.Errorf("carried %q", names)
	}
}

func TestShellAnEnvironmentThatWasUnsetStaysSo(t *testing.T) {
	s := newShellRun(t, "LANG=C")
	s.prints("unset LANG", "")
	s.prints("echo ${LANG-unset}; PATH=$PATH:/opt/x", "unset\n")
	s.prints(`echo ${LANG-unset}; case $PATH in *:/opt/x) echo kept;; esac`, "unset\nkept\n")
}

func TestPlainShCarriesExportsAndDirectory(t *testing.T) {
	s := newShellRun(t).withoutBash()
	s.prints("export A=\"it's a\nb\"; B=1; cd /; exit 0", "")
	s.prints(`echo "$A ${B-none}"; pwd`, "it's a\nb none\n/\n")
	s.do(script("export A=no; set -e; false", runbooks.Settings{}))
	s.params = map[string]string{"x": "$(touch X)"}
	s.prints(`echo "$A" "$1" "$x"`, "it's a\nb  $(touch X)\n")
}

func TestShellCleanEnvironment(t *testing.T) {
	rc := filepath.Join(t.TempDir(), "rc")
	if err := os.WriteFile(rc, []byte("echo sourced\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	s := newShellRun(t, "BASH_ENV="+rc, "ENV="+rc, "BASH_FUNC_ls%%=() { echo evil; }", "LD_PRELOAD=/x", "PROMPT_COMMAND=x",
		"FOO=bar", "AWS_PROFILE=prod", "LC_ALL=C", "TERM=xterm", "IFS=x")
	s.env = map[string]string{"GENIA_API": "http://x"}
	s.prints("env | grep -vE '^(PWD|OLDPWD|SHLVL|_|PATH|HOME|BITACORA_ACTION)=' | sort; ls -d /",
		"AWS_PROFILE=prod\nGENIA_API=http://x\nLC_ALL=C\nPYTHONUNBUFFERED=1\nTERM=dumb\n/\n")
	for _, name := range []string{"PATH", "IFS", "BASH_ENV", "LD_PRELOAD", "HOME", "BITACORA_ACTION"} {
		s.params = map[string]string{name: "x"}
		if r := s.do(script("echo ran", runbooks.Settings{})); r.Outcome != OutcomeFailed || s.out.text(StreamOut) != "" {
			t.Errorf("a parameter called %s: %s", name, show(r))
		}
	}
}

func TestShellValuesAreNeverCode(t *testing.T) {
	for _, value := range []string{"'; touch X; '", "$(touch X)", "a[$(touch X)]", "`touch X`", "x\ntouch X", "\"; touch X #", "*", "--upload-pack=touch X", "-rf"} {
		for name, s := range map[string]*shellRun{"bash": newShellRun(t), "sh": newShellRun(t).withoutBash()} {
			s.params = map[string]string{"v": value}
			s.prints(`printf '%s' "$v"`, value)
			r := s.do(script(`printf '%s' "$1"`, runbooks.Settings{Args: []string{"v"}}))
			if strings.HasPrefix(value, "-") {
				if r.Outcome != OutcomeFailed || !strings.Contains(r.Reason, "dash") {
					t.Errorf("%s: %q as an argument: %s", name, value, show(r))
				}
			} else if r.Outcome != OutcomeOK || s.out.text(StreamOut) != value {
				t.Errorf("%s: %q: %s, printed %q", name, value, show(r), s.out.all())
			}
			s.prints(`printf '%s' "$v"`, value) // through the carried state
			if entries, _ := os.ReadDir(s.dir); len(entries) != 0 {
				t.Errorf("%s: %q became code: %v", name, value, entries)
			}
		}
	}
}

func TestShellOtherLanguages(t *testing.T) {
	s := newShellRun(t)
	s.params = map[string]string{"v": "$(touch X)"}
	for lang, code := range map[string]string{
		"python": "import os, sys\nprint(os.environ['v'], sys.argv[1])",
		"node":   "console.log(process.env.v, process.argv[2])",
		"perl":   `print "$ENV{v} $ARGV[0]\n"`,
	} {
		action := script(code, runbooks.Settings{Args: []string{"v"}})
		action.Lang = lang
		if r := s.do(action); r.Outcome != OutcomeOK || s.out.text(StreamOut) != "$(touch X) $(touch X)\n" {
			t.Errorf("%s: %s %q", lang, show(r), s.out.all())
		}
	}
	action := script("x", runbooks.Settings{})
	action.Lang = "cobol"
	if r := s.do(action); r.Outcome != OutcomeFailed || !strings.Contains(r.Reason, "cobol") {
		t.Errorf("got %s", show(r))
	}
}

func TestShellKeepsTheBlockOutOfArguments(t *testing.T) {
	s := newShellRun(t)
	s.prints(`tr '\0' '\n' </proc/$$/cmdline | tail -n +2; ls -A; ls $HOME`, "/dev/fd/3\n")
}

func TestShellDirectory(t *testing.T) {
	s := newShellRun(t)
	if err := os.MkdirAll(filepath.Join(s.dir, "repo", "x"), 0o700); err != nil {
		t.Fatal(err)
	}
	s.env = map[string]string{"REPO": filepath.Join(s.dir, "repo")}
	s.params = map[string]string{"up": "../..", "sub": "x"}
	if r := s.do(script("pwd; cd /", runbooks.Settings{Cwd: "{{REPO}}/{{sub}}"})); r.Outcome != OutcomeOK || s.out.text(StreamOut) != s.env["REPO"]+"/x\n" {
		t.Errorf("got %s %q", show(r), s.out.all())
	}
	s.prints("pwd", s.dir+"\n")
	var refused *RefusedValueError
	if _, err := s.exec.Preview(Request{Action: script("pwd", runbooks.Settings{Cwd: "{{REPO}}/{{up}}"}), Params: s.params, Env: s.env, Dir: s.dir}); !errors.As(err, &refused) {
		t.Errorf("got %v", err)
	}
	if r := s.do(script("pwd", runbooks.Settings{Cwd: "nowhere"})); r.Outcome != OutcomeFailed || !strings.Contains(r.Reason, "nowhere does not exist") {
		t.Errorf("got %s", show(r))
	}
}

func TestShellCapture(t *testing.T) {
	s := newShellRun(t)
	set := runbooks.Settings{Capture: []runbooks.Capture{{Name: "all"}, {Name: "v", Selector: "$.v[1]"}}, Expect: `$.ok == true && $.v[0] < 2`}
	r := s.do(script(`echo noise >&2; echo '{"ok":true,"v":[1,"two"]}'`, set))
	if r.Outcome != OutcomeOK || r.Captured["v"] != "two" || r.Captured["all"] != `{"ok":true,"v":[1,"two"]}` || r.Met == nil || !*r.Met {
		t.Errorf("got %s", show(r))
	}
	if r := s.do(script(`echo '{"ok":true,"v":[1]}'`, set)); r.Outcome != OutcomeFailed || !strings.Contains(r.Reason, "capture v") {
		t.Errorf("got %s", show(r))
	}
	if r := s.do(script(`echo '{"ok":false,"v":[1]}'`, set)); r.Outcome != OutcomeFailed || *r.Met || !strings.Contains(r.Reason, "got false") {
		t.Errorf("got %s", show(r))
	}
}

func TestShellCancelAndTimeout(t *testing.T) {
	s := newShellRun(t)
	r := s.do(script("sleep 100 & wait", runbooks.Settings{Timeout: 100 * time.Millisecond}))
	if r.Outcome != OutcomeTimeout || !strings.Contains(r.Reason, "100ms") {
		t.Errorf("got %s", show(r))
	}
	ctx, cancel := context.WithCancel(t.Context())
	time.AfterFunc(50*time.Millisecond, cancel)
	r = s.exec.Execute(ctx, Request{Action: script("sleep 100", runbooks.Settings{Retries: 5}), Dir: s.dir}, newRecorder())
	if r.Outcome != OutcomeCancelled || r.Attempts != 1 {
		t.Errorf("got %s", show(r))
	}
}

// What a script started ends with it, at its time limit too, whatever it did to get away.
func TestShellEndsEverythingItStarted(t *testing.T) {
	for name, end := range map[string]string{"at the time limit": "sleep 1000", "with the script": "exit 0"} {
		t.Run(name, func(t *testing.T) {
			s := newShellRun(t)
			s.exec.grace = 50 * time.Millisecond
			s.do(script(`for i in 1 2; do setsid sh -c 'trap "" TERM; echo $$ >>pids; sleep 1000 & wait; sleep 1000' & done
(setsid sh -c 'echo $$ >>pids; exec sleep 1000' >/dev/null 2>&1 &)
while [ "$(cat pids 2>/dev/null | wc -l)" != 3 ]; do sleep 0.01; done
`+end, runbooks.Settings{Timeout: 2 * time.Second}))
			pids, err := os.ReadFile(filepath.Join(s.dir, "pids"))
			if err != nil || len(strings.Fields(string(pids))) != 3 {
				t.Fatalf("they did not start: %q, %v", pids, err)
			}
			for _, pid := range strings.Fields(string(pids)) {
				if stat, err := os.ReadFile("/proc/" + pid + "/stat"); err == nil && !strings.Contains(string(stat), ") Z ") {
					t.Errorf("left: %s", stat)
				}
			}
		})
	}
}

func TestShellMarkIsNotCarried(t *testing.T) {
	if markName != process.MarkName {
		t.Errorf("the mark is called %s", process.MarkName)
	}
	s := newShellRun(t)
	s.prints("unset BITACORA_ACTION; echo ok", "ok\n")
	s.prints(`echo "${BITACORA_ACTION:+there}"; BITACORA_ACTION=mine`, "there\n")
	s.prints(`echo "${BITACORA_ACTION/mine/kept}" | grep -c kept || true`, "0\n")
}

func TestShellPreview(t *testing.T) {
	s := newShellRun(t)
	action := script("deploy $version $TOKEN\n", runbooks.Settings{Args: []string{"connector"}})
	action.Uses, action.Secrets = []string{"connector", "version", "TOKEN"}, []string{"TOKEN"}
	p, err := s.exec.Preview(Request{
		Action: action, Dir: "/run/dir", Params: map[string]string{"connector": "facebook", "version": "v1", "copy": "hunter2hunter2"},
		Secrets: map[string]string{"TOKEN": "hunter2hunter2"}, Shell: &s.state,
	})
	want := Preview{
		Command: "deploy $version $TOKEN", Where: "/run/dir", Values: []string{"$1 connector=facebook", "version=v1", "TOKEN=[secret TOKEN]"},
		Wrapper: bashWrapper,
	}
	if err != nil || !reflect.DeepEqual(p, want) {
		t.Errorf("got %+v, %v", p, err)
	}
	for name, set := range map[string]runbooks.Settings{
		"args": {Args: []string{"nothing"}}, "host": {Host: "-db1"}, "interactive": {Interactive: true, Until: "x"}, "expect": {Expect: "body ~ ("},
	} {
		if _, err := s.exec.Preview(Request{Action: script("x", set), Dir: "/"}); err == nil {
			t.Errorf("%s was accepted", name)
		}
	}
	write := script("x", runbooks.Settings{Until: "x"})
	write.Effect = runbooks.EffectWrite
	if _, err := s.exec.Preview(Request{Action: write, Dir: "/"}); err == nil {
		t.Error("a write may not be polled")
	}
}
