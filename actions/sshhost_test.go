package actions

import (
	"bytes"
	"context"
	"errors"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"genia.ai/bitacora/runbooks"
)

// fakeSSH notes its arguments and runs the remote command here, as a host would.
const fakeSSH = `#!/bin/sh
printf '%s\0' "$@" END >>"$LOGNAME"
env >>"$LOGNAME.env"
while [ "$1" != -- ]; do shift; done
case $2 in
unreachable) echo "banner" >&2; echo "ssh: connect to host unreachable port 22: No route to host" >&2; exit 255 ;;
lost) case $3 in echo*) exec sh -c "$3" ;; esac; read -r a b g m z; echo "$z begin" >&2; echo half; exit 255 ;;
nologin) case $3 in echo*) exec sh -c "$3" ;; esac; echo "This account is not available." >&2; exit 1 ;;
silent) exec sleep 1000 ;;
esac
shift 2
cd "$HOME" && exec sh -c "$*"
`

// newHostRun is a run whose ssh is the fake one; remoteShell is the sh of hosts.
func newHostRun(t *testing.T, remoteShell string) (s *shellRun, log string) {
	t.Helper()
	bin := t.TempDir()
	if err := os.WriteFile(filepath.Join(bin, "ssh"), []byte(fakeSSH), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(remoteShell, filepath.Join(bin, "sh")); err != nil {
		t.Fatal(err)
	}
	log = filepath.Join(t.TempDir(), "log")
	s = newShellRun(t)
	s.exec.environ = []string{"PATH=" + bin + ":" + os.Getenv("PATH"), "HOME=" + t.TempDir(), "LOGNAME=" + log}
	s.exec.grace = 500 * time.Millisecond
	t.Cleanup(func() {
		if err := s.exec.Close(); err != nil {
			t.Error(err)
		}
	})
	return s, log
}

func onHost(code string, set runbooks.Settings) *runbooks.Action {
	if set.Host == "" {
		set.Host = "db1"
	}
	return script(code, set)
}

// calls returns the arguments of each call of the fake ssh.
func calls(t *testing.T, log string) [][]string {
	t.Helper()
	data, err := os.ReadFile(log)
	if err != nil {
		t.Fatal(err)
	}
	var all [][]string
	for call := range strings.SplitSeq(strings.TrimSuffix(string(data), "\x00END\x00"), "\x00END\x00") {
		all = append(all, strings.Split(call, "\x00"))
	}
	return all
}

// shells are those that a host may have as sh.
var shells = map[string]string{"dash": "/usr/bin/dash", "bash": "/bin/bash"}

func TestHostOutcome(t *testing.T) {
	for name, shell := range shells {
		t.Run(name, func(t *testing.T) {
			s, _ := newHostRun(t, shell)
			r := s.do(onHost("echo out; echo err >&2; cat; exit 3", runbooks.Settings{}))
			if r.Outcome != OutcomeFailed || r.Exit == nil || *r.Exit != 3 || s.out.text(StreamOut) != "out\n" || s.out.text(StreamErr) != "err\n" {
				t.Errorf("got %s %q", show(r), s.out.all())
			}
			if r := s.do(onHost("exit 255", runbooks.Settings{ExpectExit: []int{255}})); r.Outcome != OutcomeOK || *r.Exit != 255 {
				t.Errorf("the script's own 255: %s", show(r))
			}
			if r := s.do(onHost("printf part >&2; kill -9 $$", runbooks.Settings{})); r.Outcome != OutcomeFailed || r.Exit == nil || *r.Exit != 137 || s.out.text(StreamErr) != "part" {
				t.Errorf("killed: %s %q", show(r), s.out.text(StreamErr))
			}
			if r := s.do(onHost("pwd", runbooks.Settings{Cwd: "/usr"})); r.Outcome != OutcomeOK || s.out.text(StreamOut) != "/usr\n" {
				t.Errorf("cwd: %s %q", show(r), s.out.all())
			}
			if r := s.do(onHost("pwd", runbooks.Settings{Cwd: "~/no such"})); r.Outcome != OutcomeFailed || r.Reason != "the working directory ~/no such does not exist on db1" {
				t.Errorf("no cwd: %s", show(r))
			}
			capture := runbooks.Settings{Capture: []runbooks.Capture{{Name: "v"}}}
			if r := s.do(onHost("A=1; echo noise >&2; echo value", capture)); r.Outcome != OutcomeOK || r.Captured["v"] != "value" || len(s.state.Names()) != 0 {
				t.Errorf("capture: %s, carried %q", show(r), s.state.Names())
			}
		})
	}
}

func TestHostOtherLanguages(t *testing.T) {
	s, _ := newHostRun(t, "/usr/bin/dash")
	s.params = map[string]string{"v": "$(touch X)'"}
	for lang, code := range map[string]string{
		"python": "import os, sys\nprint(os.environ['v'], sys.argv[1])",
		"node":   "console.log(process.env.v, process.argv[2])",
		"perl":   `print "$ENV{v} $ARGV[0]\n"`,
	} {
		action := onHost(code, runbooks.Settings{Args: []string{"v"}})
		action.Lang = lang
		if r := s.do(action); r.Outcome != OutcomeOK || s.out.text(StreamOut) != "$(touch X)' $(touch X)'\n" {
			t.Errorf("%s: %s %q", lang, show(r), s.out.all())
		}
	}
	action := onHost("x", runbooks.Settings{})
	action.Lang = "fish"
	if r := s.do(action); r.Outcome != OutcomeFailed || r.Reason != "fish is not installed on db1" {
		t.Errorf("got %s", show(r))
	}
}

// Every byte that a value may hold arrives as it is, as a variable and as an
// argument, whatever the host's shell, and no value becomes code.
func TestHostValuesAreNeverCode(t *testing.T) {
	var every []byte
	for c := 1; c < 256; c++ {
		every = append(every, byte(c))
	}
	every = append(every, '\n')
	shuffled := slices.Clone(every)
	rand.New(rand.NewPCG(1, 2)).Shuffle(len(shuffled), func(i, j int) { shuffled[i], shuffled[j] = shuffled[j], shuffled[i] })
	for name, shell := range shells {
		s, _ := newHostRun(t, shell)
		for _, value := range []string{string(every), "x" + string(shuffled), "'; touch X; '", "$(touch X)", "a[$(touch X)]", "`touch X`", "x\ntouch X", "\\", "''", "\n\n", "-rf"} {
			s.params = map[string]string{"v": value, "z": "1", "p": "2", "i": "3", "n": "4"}
			r := s.do(onHost(`printf %s "$v"; [ "$z$p$i$n" = 1234 ]`, runbooks.Settings{}))
			if r.Outcome != OutcomeOK || s.out.text(StreamOut) != value {
				t.Errorf("%s: %q: %s, printed %q", name, value, show(r), s.out.all())
			}
			r = s.do(onHost(`printf %s "$1"`, runbooks.Settings{Args: []string{"v"}}))
			if strings.HasPrefix(value, "-") {
				if r.Outcome != OutcomeFailed || !strings.Contains(r.Reason, "dash") {
					t.Errorf("%s: %q as an argument: %s", name, value, show(r))
				}
			} else if r.Outcome != OutcomeOK || s.out.text(StreamOut) != value {
				t.Errorf("%s: %q: %s, printed %q", name, value, show(r), s.out.all())
			}
		}
		if entries, _ := os.ReadDir(lookupEnv(s.exec.environ, "HOME")); len(entries) != 0 {
			t.Errorf("%s: a value became code: %v", name, entries)
		}
	}
}

func TestHostIsADestinationOrRefused(t *testing.T) {
	s, log := newHostRun(t, "/usr/bin/dash")
	for value, accepted := range map[string]bool{
		"db1": true, "ana@db1.example.com": true, "10.0.0.7": true, "ana@::1": true, "2001:db8::1": true, "under_score": true,
		"-oProxyCommand=touch X": false, "-vvv": false, "a b": false, "a;b": false, "$(x)": false, "": false, "a@-oX": false, "-a@b": false,
		"a@b@c": false, "ssh://a": false, "a\nb": false, "%h": false, "a:22": false, "[::1]": false, "fe80::1%eth0": false, "@a": false, "a@": false,
		strings.Repeat("a", 400): false,
	} {
		req := Request{Action: onHost("x", runbooks.Settings{Host: "{{h}}"}), Params: map[string]string{"h": value}, Dir: "/"}
		for kind, exec := range map[string]Executor{"live": s.exec, "rehearsal": Rehearsal()[runbooks.KindShell]} {
			p, err := exec.Preview(req)
			var refused *RefusedValueError
			if accepted && (err != nil || p.Where != value) || !accepted && (!errors.As(err, &refused) || refused.Name != "h" || refused.Place != "host") {
				t.Errorf("%s: %q: %+v, %v", kind, value, p, err)
			}
		}
	}
	if _, err := os.Stat(log); err == nil {
		t.Error("ssh was started")
	}
	if _, err := s.exec.Preview(Request{Action: onHost("x", runbooks.Settings{Host: "-oX=y"}), Dir: "/"}); err == nil || !strings.Contains(err.Error(), "dash") {
		t.Errorf("literal: %v", err)
	}
	if _, err := s.exec.Preview(Request{Action: onHost("x", runbooks.Settings{Interactive: true}), Dir: "/"}); err == nil || !strings.Contains(err.Error(), "interactive") {
		t.Errorf("interactive: %v", err)
	}
	p, err := Rehearsal()[runbooks.KindShell].Preview(Request{Action: onHost("x", runbooks.Settings{Host: "ana@{{h}}", Cwd: "~/x"}), Dir: "/"})
	if err != nil || p.Where != "ana@<h>:~/x" {
		t.Errorf("an invented host: %+v, %v", p, err)
	}
}

func TestHostHasOneConnectionAndNothingInArguments(t *testing.T) {
	s, log := newHostRun(t, "/usr/bin/dash")
	s.secrets, s.params = map[string]string{"TOKEN": "hunter2/hunter2"}, map[string]string{"v": "private-value"}
	action := onHost("echo ${#TOKEN} unique-code", runbooks.Settings{})
	action.Secrets = []string{"TOKEN"}
	for range 2 {
		if r := s.do(action); r.Outcome != OutcomeOK || s.out.text(StreamOut) != "15 unique-code\n" {
			t.Fatalf("got %s %q", show(r), s.out.all())
		}
	}
	other := onHost("echo x", runbooks.Settings{Host: "ana@db2"})
	if r := s.do(other); r.Outcome != OutcomeOK {
		t.Fatal(show(r))
	}
	masters := map[string]int{}
	for _, call := range calls(t, log) {
		end := slices.Index(call, "--")
		if !slices.Contains(call, "BatchMode=yes") || slices.Contains(call, "-A") || end < 0 || end != len(call)-3 {
			t.Errorf("arguments %q", call)
		}
		if slices.Contains(call, "ControlMaster=yes") {
			masters[call[end+1]]++
		}
	}
	if len(masters) != 2 || masters["db1"] != 1 || masters["ana@db2"] != 1 || len(calls(t, log)) != 5 {
		t.Errorf("connections %v, %d calls", masters, len(calls(t, log)))
	}
	for _, file := range []string{log, log + ".env"} {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, private := range []string{"hunter2", "private-value", "unique-code"} {
			if bytes.Contains(data, []byte(private)) {
				t.Errorf("%s holds %s", filepath.Base(file), private)
			}
		}
	}
}

func TestHostThatFails(t *testing.T) {
	s, _ := newHostRun(t, "/usr/bin/dash")
	for host, want := range map[string]Result{
		"unreachable": {Outcome: OutcomeFailed, Reason: "could not reach host unreachable: ssh: connect to host unreachable port 22: No route to host"},
		"nologin":     {Outcome: OutcomeFailed, Reason: "could not reach host nologin: This account is not available."},
		"lost":        {Outcome: OutcomeUnknown, Reason: "the connection to lost was lost while it ran: check there what it did before going on"},
		"silent":      {Outcome: OutcomeTimeout, Reason: "it did not end within 300ms; could not reach host silent: nobody waits for it any more"},
	} {
		r := s.do(onHost("echo x", runbooks.Settings{Host: host, Timeout: map[bool]time.Duration{true: 300 * time.Millisecond}[host == "silent"]}))
		if r.Outcome != want.Outcome || r.Reason != want.Reason || r.Exit != nil {
			t.Errorf("%s: %s", host, show(r))
		}
	}
}

// What a block started on a host ends with it, however it ends and whatever it did
// to get away; and that the host said so is waited for.
func TestHostEndsEverythingItStarted(t *testing.T) {
	for name, shell := range shells {
		for how, end := range map[string]string{"at the time limit": "sleep 1000", "with the script": "exit 0"} {
			t.Run(name+" "+how, func(t *testing.T) {
				s, _ := newHostRun(t, shell)
				r := s.do(onHost(`for i in 1 2; do setsid sh -c 'trap "" TERM; echo $$ >>pids; sleep 1000 & wait; sleep 1000' & done
(setsid sh -c 'echo $$ >>pids; exec sleep 1000' >/dev/null 2>&1 &)
while [ "$(cat pids 2>/dev/null | wc -l)" != 3 ]; do sleep 0.01; done
`+end, runbooks.Settings{Timeout: 2 * time.Second}))
				if strings.Contains(r.Reason, "did not say") {
					t.Errorf("the host did not tell the end: %s", show(r))
				}
				pids, err := os.ReadFile(filepath.Join(lookupEnv(s.exec.environ, "HOME"), "pids"))
				if err != nil || len(strings.Fields(string(pids))) != 3 {
					t.Fatalf("they did not start: %q, %v; %s %q", pids, err, show(r), s.out.all())
				}
				for _, pid := range strings.Fields(string(pids)) {
					if stat, err := os.ReadFile("/proc/" + pid + "/stat"); err == nil && !strings.Contains(string(stat), ") Z ") {
						t.Errorf("left: %s", stat)
					}
				}
			})
		}
	}
}

func TestHostAfterClose(t *testing.T) {
	s, _ := newHostRun(t, "/usr/bin/dash")
	if r := s.do(onHost("echo x", runbooks.Settings{})); r.Outcome != OutcomeOK {
		t.Fatal(show(r))
	}
	dir := s.exec.hosts.dir
	if info, err := os.Stat(dir); err != nil || info.Mode().Perm() != 0o700 {
		t.Errorf("%s: %v, %v", dir, info, err)
	}
	if err := s.exec.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(dir); err == nil {
		t.Error("the directory of the sockets is still there")
	}
	if r := s.do(onHost("echo x", runbooks.Settings{})); r.Outcome != OutcomeFailed || !strings.Contains(r.Reason, "the run is over") {
		t.Errorf("after Close: %s", show(r))
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if r := s.exec.Execute(ctx, Request{Action: onHost("x", runbooks.Settings{}), Dir: s.dir}, newRecorder()); r.Outcome != OutcomeCancelled {
		t.Errorf("got %s", show(r))
	}
}

// Our lines are taken out of any text, for any chunks, and nothing else is.
func TestRemoteMarksChunks(t *testing.T) {
	const nonce = "abacab"
	text := func(from ...string) *rapid.Generator[string] {
		return rapid.Map(rapid.SliceOf(rapid.SampledFrom(from)), func(pieces []string) string { return strings.Join(pieces, "") })
	}
	before := text("a", "b", "ab", "aba", "abac", "abaca", "c", "\n", "x").Filter(func(s string) bool {
		return strings.Index(s+nonce, nonce) == len(s) // the first nonce is ours
	})
	rapid.Check(t, func(t *rapid.T) {
		before, after := before.Draw(t, "before"), text("a", "ab", "\n", "abaca").Draw(t, "after")
		rest := []byte(before + nonce + " begin\n" + nonce + " end 7\n" + after)
		m := &remoteMarks{nonce: []byte(nonce)}
		var own []byte
		for len(rest) > 0 {
			n := rapid.IntRange(1, len(rest)).Draw(t, "n")
			own = append(own, m.filter(rest[:n])...)
			rest = rest[n:]
		}
		own = append(own, m.flush()...)
		if string(own) != before+after || !m.begun || !m.ended || m.exit != 7 {
			t.Fatalf("own %q, want %q; %+v", own, before+after, m)
		}
	})
}
