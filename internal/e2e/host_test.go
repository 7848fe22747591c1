package e2e

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"

	"genia.ai/bitacora/internal/transcript"
)

// remote is a host that is reached through an alias of an ssh configuration.
type remote struct {
	env []string
	log string // of its sshd
	dir string // for what blocks leave there
}

// remoteHost starts an sshd and makes db1 an alias for it. ssh looks for its
// configuration in the home of the account, not in HOME: the ssh on the PATH is
// one that is told where it is, and else the system's.
func remoteHost(t *testing.T) remote {
	t.Helper()
	port, key := sshServer(t)
	bin := t.TempDir()
	config := filepath.Join(bin, "config")
	text := fmt.Sprintf("Host db1\n  HostName 127.0.0.1\n  Port %s\n  IdentityFile %s\n  IdentitiesOnly yes\n  StrictHostKeyChecking accept-new\n"+
		"  UserKnownHostsFile %s/known\n  ForwardAgent yes\nHost gone\n  HostName 127.0.0.1\n  Port 1\n  LogLevel QUIET\n", port, key, bin)
	ssh, err := exec.LookPath("ssh")
	if err != nil {
		t.Fatal("openssh-client is not installed: .ci/run has to install it")
	}
	for name, text := range map[string]string{config: text, filepath.Join(bin, "ssh"): "#!/bin/sh\nexec " + ssh + " -F " + config + " \"$@\"\n"} {
		if err := os.WriteFile(name, []byte(text), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	r := remote{log: filepath.Join(filepath.Dir(key), "log"), dir: t.TempDir()}
	for _, pair := range home(t) {
		if path, ok := strings.CutPrefix(pair, "PATH="); ok {
			pair = "PATH=" + bin + ":" + path
		}
		r.env = append(r.env, pair)
	}
	runtime := t.TempDir()
	r.env = append(r.env, "XDG_RUNTIME_DIR="+runtime, "OUT="+r.dir)
	t.Cleanup(func() {
		if left, _ := os.ReadDir(runtime); len(left) != 0 {
			t.Errorf("left in the runtime directory: %v", left)
		}
	})
	return r
}

// logins counts the connections that were let in.
func (r remote) logins(t *testing.T) int {
	t.Helper()
	data, err := os.ReadFile(r.log)
	if err != nil {
		t.Fatal(err)
	}
	return bytes.Count(data, []byte("Accepted publickey"))
}

// runbook makes a runbook whose steps are blocks with attributes.
func hostRunbook(t *testing.T, blocks ...string) string {
	t.Helper()
	var b strings.Builder
	b.WriteString("---\ntitle: Remote\nlang: en\nsecrets: [TOKEN]\nenv:\n  OUT: /nonexistent\nparams:\n" +
		"  - {name: v, type: text, default: v1}\n  - {name: target, pattern: \".*\", default: db1}\n---\n# Remote\n\n## Execution\n")
	for i, block := range blocks {
		attrs, code, _ := strings.Cut(block, "\n")
		fmt.Fprintf(&b, "\n%d. Step %d.\n\n   ```bash {%s}\n   %s\n   ```\n", i+1, i+1, attrs, strings.ReplaceAll(code, "\n", "\n   "))
	}
	return write(t, "remote.md", b.String())
}

func (r remote) read(t *testing.T, name string) string {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(r.dir, name))
	if err != nil {
		t.Error(err)
	}
	return string(data)
}

const remoteToken = "hunter2-hunter2"

// TestBlocksOnAnotherHost runs blocks through a real sshd, by an alias of the ssh
// configuration and over one connection.
func TestBlocksOnAnotherHost(t *testing.T) {
	r := remoteHost(t)
	hostile := "'; touch " + r.dir + "/X; ' $(touch " + r.dir + "/X)"
	book := hostRunbook(t,
		`name=one effect=read host="{{target}}"`+"\n"+`printf %s "$v" >"$OUT/value"; { printenv SSH_CONNECTION >/dev/null && echo remote; printenv SSH_AUTH_SOCK || echo no agent; } >"$OUT/one"
echo ${#TOKEN} >>"$OUT/one"; for i in $(seq 20); do cat /proc/[0-9]*/cmdline; sleep 0.02; done >"$OUT/cmdlines" 2>/dev/null`,
		"name=two effect=write host=db1 cwd=/usr\npwd >\"$OUT/two\"; printenv TOKEN || echo unset >>\"$OUT/two\"",
		"name=three effect=read host=db1\necho printed there; exit 7",
	)
	out, errs, code := command(t, append(r.env, "TOKEN="+remoteToken), "run", book, "--auto", "--param", "v="+hostile)
	if code != 4 || !strings.Contains(out+errs, "exit code 7") {
		t.Fatalf("exit %d\n%s%s", code, out, errs)
	}
	if got := r.read(t, "value"); got != hostile {
		t.Errorf("the value arrived as %q", got)
	}
	if got := r.read(t, "one") + r.read(t, "two"); got != "remote\nno agent\n15\n/usr\nunset\n" {
		t.Errorf("the blocks saw %q", got)
	}
	if _, err := os.Stat(filepath.Join(r.dir, "X")); err == nil {
		t.Error("a value became code")
	}
	cmdlines := r.read(t, "cmdlines")
	if !strings.Contains(cmdlines, "ControlMaster=no") || strings.Contains(cmdlines, remoteToken) {
		t.Errorf("the arguments of processes hold more than they should, or were not seen (%d bytes)", len(cmdlines))
	}
	if n := r.logins(t); n != 1 {
		t.Errorf("%d connections for three blocks", n)
	}
	text, _, _ := command(t, r.env, "export", "last", "--format", "md")
	for _, want := range []string{"where: db1:/usr", "lands on: host db1; user not known", "where: db1\n", "printed there"} {
		if !strings.Contains(text, want) {
			t.Errorf("the record lacks %q", want)
		}
	}
}

// TestHostsThatAreNone: what is no host never reaches ssh, and what cannot be
// reached is told as that.
func TestHostsThatAreNone(t *testing.T) {
	r := remoteHost(t)
	book := hostRunbook(t, "name=one effect=read host=\"{{target}}\"\ntouch \"$OUT/ran\"")
	env := slices.Concat(r.env, []string{"TOKEN=" + remoteToken})
	for host, want := range map[string]string{
		"-oProxyCommand=touch " + r.dir + "/X": "begins with a dash",
		"$(touch " + r.dir + "/X)":             "not a host name",
		"db1;touch " + r.dir + "/X":            "not a host name",
		"gone":                                 "could not reach host gone: ",
		"no-such-host.invalid":                 "could not reach host no-such-host.invalid: ssh: Could not resolve hostname",
	} {
		out, errs, code := command(t, env, "run", book, "--auto", "--param", "target="+host)
		if code != 4 || !strings.Contains(out+errs, want) {
			t.Errorf("%s: exit %d\n%s%s", host, code, out, errs)
		}
	}
	if left, _ := os.ReadDir(r.dir); len(left) != 0 {
		t.Errorf("it had an effect: %v", left)
	}
	if n := r.logins(t); n != 0 {
		t.Errorf("%d connections", n)
	}
}

// remotePatience is how long the end of a block on a host may take. Its grace passes there
// in rounds, fifty of them, that look at every process: on a busy machine they last longer
// than the five seconds that they are meant to be. Only who kills the run sees all of that,
// the others wait for its end first.
const remotePatience = 4 * patience

// TestRemoteBlockEndsWithItsRun: what a block started on a host ends there when it
// takes too long, when the run is interrupted, and when the run's process is killed.
func TestRemoteBlockEndsWithItsRun(t *testing.T) {
	const block = `setsid sh -c 'trap "" TERM; echo $$ >>"$OUT/pids"; while :; do sleep 1; done' &
(setsid sh -c 'echo $$ >>"$OUT/pids"; exec sleep 1000' >/dev/null 2>&1 &)
echo $$ >>"$OUT/pids"; sleep 1000`
	for name, how := range map[string]struct {
		attrs string
		end   func(*os.Process) error
	}{
		"timeout":   {attrs: " timeout=10s", end: func(*os.Process) error { return nil }},
		"interrupt": {end: func(p *os.Process) error { return p.Signal(syscall.SIGINT) }},
		"kill -9":   {end: (*os.Process).Kill},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := remoteHost(t)
			if name == "kill -9" { // leaves an empty directory, and nothing else
				t.Cleanup(func() {
					for _, pair := range r.env {
						if dir, ok := strings.CutPrefix(pair, "XDG_RUNTIME_DIR="); ok {
							left, _ := filepath.Glob(filepath.Join(dir, "*"))
							for _, path := range left {
								pollFor(t, remotePatience, "the end of the connection", func() bool {
									err := os.Remove(path)
									return err == nil || errors.Is(err, fs.ErrNotExist)
								})
							}
						}
					}
				})
			}
			cmd := exec.Command(binary, "run", hostRunbook(t, "name=one effect=read host=db1"+how.attrs+"\n"+block), "--auto")
			cmd.Env, cmd.Dir = slices.Concat(r.env, []string{"TOKEN=" + remoteToken}), t.TempDir()
			if err := cmd.Start(); err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { _ = cmd.Process.Kill() })
			var pids []string
			pollFor(t, remotePatience, "the block's processes", func() bool {
				data, _ := os.ReadFile(filepath.Join(r.dir, "pids"))
				pids = strings.Fields(string(data))
				return len(pids) == 3
			})
			if err := how.end(cmd.Process); err != nil {
				t.Fatal(err)
			}
			_ = cmd.Wait() // how it ended is not the point
			for _, pid := range pids {
				pollFor(t, remotePatience, "the end of "+pid, func() bool {
					stat, err := os.ReadFile("/proc/" + pid + "/stat")
					return err != nil || bytes.Contains(stat, []byte(") Z "))
				})
			}
			if name == "kill -9" {
				return
			}
			got, err := transcript.Read(runDir(t, r.env))
			if err != nil || !hasKind(got, "action.ended") {
				t.Errorf("the end is not on record: %v", err)
			}
		})
	}
}
