package e2e

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"genia.ai/bitacora/internal/event"
	"genia.ai/bitacora/internal/transcript"
)

// slow is a runbook whose action prints for five seconds, sets a variable, and
// ends with a code of its own.
const slow = "---\ntitle: Slow\nlang: es\n---\n# Slow\n\n## Execution\n\n1. Print for a while.\n\n" +
	"   ```bash {name=print effect=read expect-exit=\"7\"}\n" +
	"   for i in $(seq 1 25); do echo \"line $i\"; sleep 0.2; done; exit 7\n   ```\n\n2. Afterwards.\n"

func write(t *testing.T, name, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// poll waits until a condition holds that shows nowhere on a screen.
func poll(t testing.TB, what string, holds func() bool) {
	t.Helper()
	pollFor(t, patience, what, holds)
}

// pollFor is poll for what may take longer than the usual.
func pollFor(t testing.TB, limit time.Duration, what string, holds func() bool) {
	t.Helper()
	again := time.NewTicker(20 * time.Millisecond)
	defer again.Stop()
	deadline := time.NewTimer(limit)
	defer deadline.Stop()
	for !holds() {
		select {
		case <-again.C:
		case <-deadline.C:
			t.Fatalf("waited for %s", what)
		}
	}
}

// runDir returns the directory of the only run of a home.
func runDir(t testing.TB, env []string) string {
	t.Helper()
	var dirs []string
	poll(t, "the run's directory", func() bool {
		dirs, _ = filepath.Glob(filepath.Join(stateDir(env), "runs", "*"))
		return len(dirs) == 1
	})
	return dirs[0]
}

func stateDir(env []string) string {
	for _, pair := range env {
		if dir, ok := strings.CutPrefix(pair, "XDG_STATE_HOME="); ok {
			return filepath.Join(dir, "bitacora")
		}
	}
	return ""
}

// serverOf returns the process that serves a run.
func serverOf(t testing.TB, dir string) int {
	t.Helper()
	holder, err := transcript.ReadHolder(dir)
	if err != nil {
		t.Fatal(err)
	}
	return holder.PID
}

// TestRunSurvivesItsTerminal drops the front end in several ways while an action
// prints: the action goes on to its own end, and resume shows all of its output
// and its exit code.
func TestRunSurvivesItsTerminal(t *testing.T) {
	for name, drop := range map[string]func(t *testing.T, term *terminal){
		"SIGHUP":  func(t *testing.T, term *terminal) { signal(t, term, syscall.SIGHUP) },
		"kill -9": func(t *testing.T, term *terminal) { signal(t, term, syscall.SIGKILL) },
		"kill -9 of all its processes": func(t *testing.T, term *terminal) { // the server is not among them
			if err := unix.Kill(-term.cmd.Process.Pid, unix.SIGKILL); err != nil {
				t.Fatal(err)
			}
		},
		"closed terminal": func(t *testing.T, term *terminal) {
			if err := term.pty.Close(); err != nil {
				t.Fatal(err)
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			env := append(home(t), "BITACORA_IDLE=60s")
			term := open(t, options{cols: 100, rows: 30, env: env}, "run", write(t, "slow.md", slow))
			startSlow(term)
			drop(t, term)
			<-term.ended
			checkComesBack(t, env)
		})
	}
}

func startSlow(term *terminal) {
	term.t.Helper()
	term.see("enter empezar")
	trustAndBegin(term)
	term.at("1 Print").see("enter ejecutar print")
	term.starts(shows("line 2\n"))
}

// trustAndBegin begins a run whose text this operator never accepted before.
func trustAndBegin(term *terminal) {
	term.t.Helper()
	screen := term.until("the briefing", func(screen string) bool {
		// Before the run is open the briefing stands there too, and enter does nothing.
		return strings.Contains(screen, "enter empezar") && strings.Contains(screen, "guardado #") ||
			strings.Contains(screen, "enter begin") && strings.Contains(screen, "saved #")
	})
	yes := "y"
	if strings.Contains(screen, "enter empezar") {
		yes = "s"
	}
	term.act("enter", func(screen string) bool {
		return strings.Contains(screen, "¿Ejecutar este texto?") || strings.Contains(screen, "Run this text?")
	})
	term.act(yes, shows("›▶"))
}

func signal(t *testing.T, term *terminal, sig syscall.Signal) {
	t.Helper()
	if err := term.cmd.Process.Signal(sig); err != nil {
		t.Fatal(err)
	}
}

// checkComesBack resumes the only run of a home and looks for what its action
// printed and how it ended.
func checkComesBack(t *testing.T, env []string) {
	t.Helper()
	dir := runDir(t, env)
	poll(t, "the end of the action on disk", func() bool {
		got, err := transcript.Read(dir)
		return err == nil && hasKind(got, "action.ended")
	})
	again := open(t, options{cols: 100, rows: 40, env: env}, "resume", filepath.Base(dir))
	again.see("1 Print")
	screen := again.until("what the action printed and its exit code", func(screen string) bool {
		return strings.Contains(screen, "line 25") && regexp.MustCompile(`código (de salida )?7`).MatchString(screen) ||
			strings.Contains(screen, "Mientras no estabas")
	})
	if strings.Contains(screen, "Mientras no estabas") {
		again.insist("esc", shows("line 25"))
	}
	out, errs, code := command(t, env, "export", filepath.Base(dir))
	for i := 1; i <= 25; i++ {
		if !strings.Contains(out, fmt.Sprintf("line %d\n", i)) {
			t.Fatalf("line %d is not in the export (exit %d)\n%s%s", i, code, out, errs)
		}
	}
}

func hasKind(t *transcript.Transcript, kind string) bool {
	for _, ev := range t.Events {
		if string(ev.Kind) == kind {
			return true
		}
	}
	return false
}

// TestTwoOperators: the second is told who drives and may watch; taking over
// tells both, and the former driver's keys change nothing.
func TestTwoOperators(t *testing.T) {
	env := append(home(t), "BITACORA_IDLE=60s")
	ana := open(t, options{cols: 100, rows: 30, env: env}, "run", write(t, "slow.md", slow))
	ana.see("enter empezar")
	trustAndBegin(ana)
	ana.at("1 Print")
	id := filepath.Base(runDir(t, env))
	bea := slices.Concat(env, []string{"BITACORA_OPERATOR=bea"})

	_, errs, code := command(t, bea, "resume", id)
	if code != 5 || !strings.Contains(errs, "ana") {
		t.Fatalf("a second driver: exit %d\n%s", code, errs)
	}
	watcher := open(t, options{cols: 100, rows: 30, env: bea}, "watch", id)
	watcher.at("1 Print")
	ana.starts(shows("line 1\n"))
	watcher.see("line 1\n")

	over := open(t, options{cols: 100, rows: 30, env: bea}, "resume", id, "--take-over", "--reason", "ana is asleep")
	over.see("1 Print")
	ana.see("bea")
	watcher.see("bea")
	if _, errs, code := command(t, bea, "note", id, "seen from outside"); code != 0 {
		t.Errorf("note: exit %d\n%s", code, errs)
	}
	out, _, _ := command(t, env, "export", id)
	for _, want := range []string{"ana is asleep", "seen from outside", "bea"} {
		if !strings.Contains(out, want) {
			t.Errorf("the record lacks %q", want)
		}
	}
}

// TestTakeOverOfAStoppedServer stops the server, takes over, and lets the stopped
// one go on: it appends nothing that counts.
func TestTakeOverOfAStoppedServer(t *testing.T) {
	env := append(home(t), "BITACORA_IDLE=60s")
	ana := open(t, options{cols: 100, rows: 30, env: env}, "run", write(t, "slow.md", slow))
	startSlow(ana)
	dir := runDir(t, env)
	pid := serverOf(t, dir)
	if err := unix.Kill(pid, unix.SIGSTOP); err != nil {
		t.Fatal(err)
	}
	_, errs, code := command(t, env, "resume", filepath.Base(dir))
	if code != 5 {
		t.Fatalf("resume of a run whose server does not answer: exit %d\n%s", code, errs)
	}
	over := open(t, options{cols: 100, rows: 40, env: append(env, "BITACORA_OPERATOR=bea")}, "resume", filepath.Base(dir), "--take-over", "--reason", "it hangs")
	over.see("No se sabe cómo terminó print")
	_ = unix.Kill(pid, unix.SIGCONT) // it may be gone: that is the point
	poll(t, "the end of the old server", func() bool { return unix.Kill(pid, 0) != nil || zombie(pid) })
	if got := serverOf(t, dir); got == pid {
		t.Error("the old server still holds the run")
	}
	got, err := transcript.Read(dir)
	if err != nil || got.Damage != nil {
		t.Fatalf("the transcript: %v, %v", err, got.Damage)
	}
	if !hasKind(got, "superseded") {
		t.Error("the take-over is not on record")
	}
	out, _, _ := command(t, env, "export", filepath.Base(dir))
	if !strings.Contains(out, "it hangs") {
		t.Errorf("the export does not say why:\n%s", out)
	}
	if out, errs, code := command(t, env, "verify", filepath.Base(dir)); code != 0 {
		t.Errorf("verify: exit %d\n%s%s", code, out, errs)
	}
}

// TestTakeOverOfAServerWithoutASocket removes the socket of a live server: nobody
// can reach it any more, and only a take-over frees the run.
func TestTakeOverOfAServerWithoutASocket(t *testing.T) {
	env := append(home(t), "BITACORA_IDLE=60s")
	ana := open(t, options{cols: 100, rows: 30, env: env}, "run", write(t, "slow.md", slow))
	startSlow(ana)
	dir := runDir(t, env)
	pid := serverOf(t, dir)
	if err := os.Remove(filepath.Join(dir, "socket")); err != nil {
		t.Fatal(err)
	}
	over := open(t, options{cols: 100, rows: 40, env: env}, "resume", filepath.Base(dir), "--take-over", "--reason", "no socket")
	over.see("No se sabe cómo terminó print")
	if got := serverOf(t, dir); got == pid {
		t.Error("the old server still holds the run")
	}
}

func zombie(pid int) bool {
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	return err == nil && strings.Contains(string(stat), ") Z ")
}

// TestLostServerLeavesAnUnknownEnd kills the server in the middle of an action:
// the outcome is unknown, nothing is rerun by itself, and the variables that went
// with it are named.
func TestLostServerLeavesAnUnknownEnd(t *testing.T) {
	env := append(home(t), "BITACORA_IDLE=60s")
	text := strings.Replace(slow, "1. Print", "1. Set.\n\n   ```bash {name=set effect=read}\n   COLOUR=blue\n   ```\n\n2. Print", 1)
	term := open(t, options{cols: 100, rows: 30, env: env}, "run", write(t, "slow.md", text))
	term.see("enter empezar")
	trustAndBegin(term)
	term.at("1 Set").reads("set")
	term.done()
	term.at("2 Print").see("enter ejecutar print")
	term.starts(shows("line 2\n"))
	dir := runDir(t, env)
	if err := unix.Kill(serverOf(t, dir), unix.SIGKILL); err != nil {
		t.Fatal(err)
	}
	<-waitGone(t, term)
	again := open(t, options{cols: 100, rows: 40, env: env}, "resume", filepath.Base(dir))
	again.see("print")
	poll(t, "the recovery on record", func() bool {
		got, err := transcript.Read(dir)
		return err == nil && got.Damage == nil && hasKind(got, "recovered") && hasKind(got, "action.ended")
	})
	out, _, _ := command(t, env, "export", filepath.Base(dir), "--format", "json")
	if !strings.Contains(out, `"unknown"`) || strings.Count(out, `"attempt": 2`) > 0 {
		t.Errorf("the export says\n%s", out)
	}
	got, err := transcript.Read(dir)
	unknown := func(ev event.Event) bool {
		ended, ok := ev.Data.(event.ActionEnded)
		return ok && ended.Action == "print" && ended.Outcome == event.OutcomeUnknown
	}
	if err != nil || !slices.ContainsFunc(got.Events, unknown) {
		t.Errorf("the unknown end is not on record: %v", err)
	}
	if err != nil || !strings.Contains(fmt.Sprintf("%+v", got.Events), "COLOUR") {
		t.Errorf("the lost variable is not named: %v", err)
	}
}

// waitGone lets the front end notice that its server is gone, and leaves it.
func waitGone(t *testing.T, term *terminal) chan struct{} {
	t.Helper()
	_ = term.cmd.Process.Kill() // whatever it shows, it is of no use any more
	return term.ended
}

// TestOverSSH cuts a real SSH connection while an action prints.
func TestOverSSH(t *testing.T) {
	env := append(home(t), "BITACORA_IDLE=60s")
	port, key := sshServer(t)
	script := write(t, "remote.sh", "#!/bin/sh\nexport "+strings.Join(quoted(env), " ")+"\nexec "+binary+" run "+write(t, "slow.md", slow)+"\n")
	ssh := openCommand(t, options{cols: 100, rows: 30, env: env}, exec.Command("ssh", "-tt", "-F", "none", "-i", key, "-p", port,
		"-o", "StrictHostKeyChecking=no", "-o", "UserKnownHostsFile=/dev/null", "-o", "LogLevel=ERROR", "-o", "BatchMode=yes",
		"127.0.0.1", "sh", script))
	startSlow(ssh)
	signal(t, ssh, syscall.SIGKILL)
	<-ssh.ended
	checkComesBack(t, env)
}

func quoted(env []string) []string {
	pairs := make([]string, len(env))
	for i, pair := range env {
		name, value, _ := strings.Cut(pair, "=")
		pairs[i] = name + "='" + value + "'"
	}
	return pairs
}
