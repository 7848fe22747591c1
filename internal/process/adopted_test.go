package process

import (
	"bytes"
	"context"
	"errors"
	"os"
	"os/exec"
	"strconv"
	"testing"

	"golang.org/x/sys/unix"
)

// The children of other packages are of no concern, however alike they look.
func TestTreeLeavesOthersAlone(t *testing.T) {
	eachWay(t, func(f *forest) {
		var others []*exec.Cmd
		for _, setsid := range []bool{false, true} {
			cmd := exec.CommandContext(t.Context(), "sleep", "1000")
			cmd.SysProcAttr = &unix.SysProcAttr{Setsid: setsid}
			if err := cmd.Start(); err != nil {
				t.Fatal(err)
			}
			others = append(others, cmd)
		}
		pids := f.otherOrphans()
		other, err := start(t.Context(), sh("exec sleep 1000"), f.way)
		if err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithCancel(t.Context())
		p := f.start(ctx, "bash stubborn child & wait")
		f.awaitReady("child")
		cancel()
		if _, err := p.Wait(); err != nil {
			f.t.Error(err)
		}
		for _, pid := range append(pids, others[0].Process.Pid, others[1].Process.Pid, other.cmd.Process.Pid) {
			e, err := readEntry(pid)
			if err != nil || !e.alive() {
				f.t.Errorf("%d was ended: %+v, %v", pid, e, err)
			}
			_ = e.signal(unix.SIGKILL)
		}
		_ = others[0].Wait()
		_ = others[1].Wait()
		if state, err := other.Wait(); err != nil || state.Signal != "SIGKILL" {
			f.t.Errorf("got %+v, %v", state, err)
		}
		f.end(pids)
	})
}

// otherOrphans returns processes that another package's child has orphaned, in its
// session and in one of their own.
func (f *forest) otherOrphans() []int {
	out, err := exec.CommandContext(f.t.Context(), "sh", "-c",
		`sleep 1000 >/dev/null 2>&1 & echo $!; setsid sh -c 'echo $$; exec sleep 1000 >/dev/null 2>&1' & while ! [ "$(ps -o comm= $!)" = sleep ]; do sleep 0.01; done`).Output()
	if err != nil {
		f.t.Fatal(err)
	}
	var pids []int
	for _, field := range bytes.Fields(out) {
		pid, err := strconv.Atoi(string(field))
		if err != nil {
			f.t.Fatal(err)
		}
		pids = append(pids, pid)
	}
	return pids
}

// end waits until processes that were killed are reaped; in a subreaper by the
// package, when it looks the next time.
func (f *forest) end(pids []int) {
	for _, pid := range pids {
		until(f.t, "it ended", func() bool { e, err := readEntry(pid); return err != nil || !e.alive() })
	}
	if _, err := f.start(f.t.Context(), "exit").Wait(); err != nil {
		f.t.Error(err)
	}
}

func TestTreeLeavesOthersTheirExitStatus(t *testing.T) {
	eachWay(t, func(f *forest) {
		var others []*exec.Cmd
		for _, setsid := range []bool{false, true} {
			cmd := exec.CommandContext(t.Context(), "sh", "-c", "exit 7")
			cmd.SysProcAttr = &unix.SysProcAttr{Setsid: setsid}
			if err := cmd.Start(); err != nil {
				t.Fatal(err)
			}
			pid := cmd.Process.Pid
			until(t, "it ended", func() bool { e, err := readEntry(pid); return err == nil && !e.alive() })
			others = append(others, cmd)
		}
		if _, err := f.start(t.Context(), oneOfEach("polite")+"exit").Wait(); err != nil {
			f.t.Error(err)
		}
		for _, cmd := range others {
			var exit *exec.ExitError
			if err := cmd.Wait(); !errors.As(err, &exit) || exit.ExitCode() != 7 {
				f.t.Errorf("got %v", err)
			}
		}
	})
}

// TestTreeAsSubreaper runs the tests of trees in a process that is the parent of
// all orphans below it.
func TestTreeAsSubreaper(t *testing.T) {
	if os.Getenv(asSubreaper) != "" {
		orphansComeToUs(t)
		return
	}
	cmd := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestTree|^TestReap", "-test.count=1", "-test.v")
	cmd.Env = append(os.Environ(), asSubreaper+"=1")
	out, err := cmd.CombinedOutput()
	if err != nil || !bytes.Contains(out, []byte("--- PASS: TestTreeAsSubreaper")) {
		t.Errorf("%v\n%s", err, out)
	}
}

func orphansComeToUs(t *testing.T) {
	eachWay(t, func(f *forest) {
		ctx, cancel := context.WithCancel(t.Context())
		p := f.start(ctx, `setsid sh -c 'sh -c "echo pid \$\$; exec bash polite child" &' & wait; sleep 1000`)
		pid := awaitPID(t, f.out)
		f.awaitReady("child")
		until(t, "the orphan is ours", func() bool { e, err := readEntry(pid); return err == nil && e.ppid == os.Getpid() })
		cancel()
		if _, err := p.Wait(); err != nil {
			f.t.Error(err)
		}
	})
}

// What is orphaned and ends while its command runs on must not pile up.
func TestReapWhileTheCommandRuns(t *testing.T) {
	eachWay(t, func(f *forest) {
		ctx, cancel := context.WithCancel(t.Context())
		p := f.start(ctx, `for i in 1 2 3; do setsid sh -c '(setsid true &) ; exit' & wait; done; echo ran; sleep 1000`)
		f.out.await(t, "ran")
		until(t, "no orphan is left", func() bool {
			table, _, err := processes()
			if err != nil {
				f.t.Fatal(err)
			}
			for _, e := range table {
				if e.ppid == os.Getpid() && e.pid != p.cmd.Process.Pid {
					return false
				}
			}
			return true
		})
		cancel()
		if _, err := p.Wait(); err != nil {
			f.t.Error(err)
		}
	})
}
