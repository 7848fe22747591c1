package process

import (
	"errors"
	"os"
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// unprivileged is set in a run of this test binary that may not signal the process
// it names.
const unprivileged = "BITACORA_TEST_UNPRIVILEGED"

// What may not be signalled, as what a step started through sudo, is named.
func TestLeftIsWhatMayNotBeSignalled(t *testing.T) {
	if victim := os.Getenv(unprivileged); victim != "" {
		pid, err := strconv.Atoi(victim)
		if err != nil {
			t.Fatal(err)
		}
		leavesIt(t, pid)
		return
	}
	if os.Getuid() != 0 {
		leavesIt(t, 1)
		return
	}
	victim := exec.CommandContext(t.Context(), "sleep", "1000")
	if err := victim.Start(); err != nil {
		t.Fatal(err)
	}
	// The binary may lie where others may not look, but its descriptor is open to all.
	cmd := exec.CommandContext(t.Context(), "/proc/self/exe", "-test.run=^TestLeftIsWhatMayNotBeSignalled$", "-test.v")
	cmd.Env = append(os.Environ(), unprivileged+"="+strconv.Itoa(victim.Process.Pid))
	cmd.Dir = "/"
	const nobody = 65534
	cmd.SysProcAttr = &unix.SysProcAttr{Credential: &syscall.Credential{Uid: nobody, Gid: nobody}}
	if out, err := cmd.CombinedOutput(); err != nil || !strings.Contains(string(out), "--- PASS") {
		t.Errorf("%v\n%s", err, out)
	}
	if e, err := readEntry(victim.Process.Pid); err != nil || !e.alive() {
		t.Errorf("%+v, %v", e, err)
	}
	_ = victim.Process.Kill()
	_ = victim.Wait()
}

// leavesIt ends a tree to which a process belongs that is not ours to signal.
func leavesIt(t *testing.T, pid int) {
	t.Helper()
	if os.Getuid() == 0 {
		t.Fatal("root may signal everything")
	}
	victim, err := readEntry(pid)
	if err != nil {
		t.Fatal(err)
	}
	self, err := readEntry(os.Getpid())
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), "sleep", "1000")
	cmd.SysProcAttr = &unix.SysProcAttr{Setsid: true}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	tree := &tree{
		command: identity{pid: cmd.Process.Pid, start: self.start}, self: self, mark: MarkName + "=x",
		known: map[identity]bool{victim.identity: false},
	}
	if err := tree.kill([]entry{victim}); !errors.Is(err, unix.EPERM) {
		t.Errorf("got %v", err)
	}
	_ = cmd.Wait()
	if pid == 1 {
		return // everything descends from it
	}
	left := tree.endNow("/bin/x")
	if left == nil || !slices.Equal(left.Left, []string{strconv.Itoa(pid) + " (sleep)"}) || !errors.Is(left, unix.EPERM) {
		t.Fatalf("got %#v", left)
	}
	if got, want := left.Error(), "/bin/x: these processes could not be ended: "+strconv.Itoa(pid)+
		" (sleep) (operation not permitted); end them by hand"; got != want {
		t.Errorf("got %q", got)
	}
}

func TestLeftWithTheCommandItself(t *testing.T) {
	p := &Process{exited: make(chan struct{})}
	began := time.Now()
	p.conclude(&LeftError{Path: "/bin/x", Left: []string{"7 (x)"}})
	var left *LeftError
	if !errors.As(p.err, &left) || !left.Running || p.state.Exit != -1 || time.Since(began) > 5*reapLimit {
		t.Errorf("got %+v, %v", p.state, p.err)
	}
}

func TestNamesCannotForgeEntries(t *testing.T) {
	const stat = `7 (a) Z 1 (b) S 3 4 5 0 -1 4194304 1 0 0 0 0 0 0 0 20 0 2 0 99 1000 1`
	e, err := parseStat(7, []byte(stat))
	want := entry{identity: identity{7, 99}, ppid: 3, session: 5, state: 'S', threads: 2, name: "a) Z 1 (b"}
	if err != nil || e != want {
		t.Errorf("got %+v, %v", e, err)
	}
	for _, bad := range []string{"", "7 (a", "7 )a( S", "7 (a) S 1", strings.ReplaceAll(stat, "99", "x")} {
		if e, err := parseStat(7, []byte(bad)); err == nil {
			t.Errorf("%q: got %+v", bad, e)
		}
	}
}

// A number that was given to another process since must not be signalled.
func TestSignalReachesOnlyTheProcessThatWasMeant(t *testing.T) {
	p, err := Start(t.Context(), sh("exec sleep 1000"))
	if err != nil {
		t.Fatal(err)
	}
	e, err := readEntry(p.cmd.Process.Pid)
	if err != nil {
		t.Fatal(err)
	}
	earlier := e
	earlier.start--
	if err := earlier.signal(unix.SIGKILL); err != nil {
		t.Error(err)
	}
	if err := e.signal(unix.SIGTERM); err != nil {
		t.Error(err)
	}
	if state, err := p.Wait(); err != nil || state.Signal != "SIGTERM" {
		t.Errorf("got %+v, %v", state, err)
	}
	if err := e.signal(unix.SIGKILL); err != nil {
		t.Errorf("one that has ended: %v", err)
	}
}
