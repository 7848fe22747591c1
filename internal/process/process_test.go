package process

import (
	"context"
	"fmt"
	"os"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"
)

// asSubreaper is set in a run of this test binary that is to be one: it holds for
// the whole process and cannot be undone test by test.
const asSubreaper = "BITACORA_TEST_SUBREAPER"

func TestMain(m *testing.M) {
	if os.Getenv(asSubreaper) != "" {
		if err := BecomeSubreaper(); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
	}
	goleak.VerifyTestMain(m)
}

// printed collects what a command prints.
type printed struct {
	mu       sync.Mutex
	out, err strings.Builder
	change   chan struct{}
}

func newPrinted() *printed { return &printed{change: make(chan struct{}, 1)} }

func (p *printed) take(s Stream, b []byte) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if s == Stderr {
		p.err.Write(b)
	} else {
		p.out.Write(b)
	}
	select {
	case p.change <- struct{}{}:
	default:
	}
}

// await returns stdout once it holds want.
func (p *printed) await(t *testing.T, want string) string {
	t.Helper()
	limit := time.After(10 * time.Second)
	for {
		p.mu.Lock()
		got := p.out.String()
		p.mu.Unlock()
		if strings.Contains(got, want) {
			return got
		}
		select {
		case <-p.change:
		case <-limit:
			t.Fatalf("%q was not printed; got %q", want, got)
		}
	}
}

func sh(script string, args ...string) Spec {
	return Spec{Path: "/bin/sh", Args: append([]string{"-c", script, "sh"}, args...), Env: []string{"PATH=" + os.Getenv("PATH")}}
}

func run(t *testing.T, ctx context.Context, spec Spec) (State, *printed, *Process) {
	t.Helper()
	out := newPrinted()
	spec.Output = out.take
	p, err := Start(ctx, spec)
	if err != nil {
		t.Fatal(err)
	}
	state, err := p.Wait()
	if err != nil {
		t.Fatal(err)
	}
	return state, out, p
}

func TestStreamsAndExit(t *testing.T) {
	state, out, _ := run(t, t.Context(), sh("echo one; echo two >&2; exit 3"))
	if state.Exit != 3 || state.Signal != "" || out.out.String() != "one\n" || out.err.String() != "two\n" {
		t.Errorf("got %+v, %q, %q", state, out.out.String(), out.err.String())
	}
	state, _, _ = run(t, t.Context(), sh("kill -9 $$"))
	if state.Exit != -1 || state.Signal != "SIGKILL" {
		t.Errorf("killed: got %+v", state)
	}
}

func TestNothingIsInherited(t *testing.T) {
	t.Setenv("LEAKED", "yes")
	_, out, _ := run(t, t.Context(), sh(`env; cat; ls /proc/self/fd; cat </dev/tty || echo no terminal`))
	got := out.out.String()
	if strings.Contains(got, "LEAKED") || !strings.Contains(got, "no terminal") {
		t.Errorf("got %q", got)
	}
	for _, fd := range strings.Fields(got[strings.LastIndex(got, "PATH"):]) {
		if n, err := strconv.Atoi(fd); err == nil && n > 3 { // 3 is ls's own
			t.Errorf("descriptor %d was inherited", n)
		}
	}
}

func TestInputsAndReturn(t *testing.T) {
	spec := sh(`cat <&3; cat; cat <&4 | wc -c; echo back >&5; echo more >&5`)
	big := strings.Repeat("x", 300_000)
	spec.Stdin, spec.Inputs, spec.Return = []byte("stdin "), [][]byte{[]byte("three "), []byte(big)}, 7
	state, out, p := run(t, t.Context(), spec)
	if got := out.out.String(); state.Exit != 0 || got != "three stdin 300000\n" {
		t.Errorf("got %+v %q %q", state, got, out.err.String())
	}
	if got := string(p.Returned()); got != "back\nmo" {
		t.Errorf("returned %q", got)
	}
}

func TestInputThatNobodyReads(t *testing.T) {
	spec := sh("exit 0")
	spec.Inputs = [][]byte{make([]byte, 1<<20)}
	if state, _, _ := run(t, t.Context(), spec); state.Exit != 0 {
		t.Errorf("got %+v", state)
	}
}

func TestCancelEndsTheWholeGroup(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	out := newPrinted()
	spec := sh(`sleep 1000 & echo pid $!; wait`)
	spec.Output = out.take
	p, err := Start(ctx, spec)
	if err != nil {
		t.Fatal(err)
	}
	child := awaitPID(t, out)
	began := time.Now()
	cancel()
	state, err := p.Wait()
	if err != nil || state.Signal != "SIGTERM" {
		t.Errorf("got %+v, %v", state, err)
	}
	if took := time.Since(began); took > 2*time.Second {
		t.Errorf("took %v", took)
	}
	if alive(child) {
		t.Errorf("the child %d is left", child)
	}
}

func TestCancelKillsWhatIgnoresTERM(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	out := newPrinted()
	spec := sh(`trap "" TERM; sleep 1000 & echo pid $!; wait; wait; sleep 1000`)
	spec.Output, spec.Grace = out.take, 50*time.Millisecond
	p, err := Start(ctx, spec)
	if err != nil {
		t.Fatal(err)
	}
	child := awaitPID(t, out)
	cancel()
	state, err := p.Wait()
	if err != nil || state.Signal != "SIGKILL" || alive(child) {
		t.Errorf("got %+v, %v, child alive: %v", state, err, alive(child))
	}
}

func TestCancelLetsChildrenCleanUp(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	out := newPrinted()
	spec := sh(`(trap "sleep 0.2; echo cleaned; exit" TERM; echo ready; while :; do sleep 0.05; done) & wait`)
	spec.Output = out.take
	p, err := Start(ctx, spec)
	if err != nil {
		t.Fatal(err)
	}
	out.await(t, "ready")
	cancel()
	if _, err := p.Wait(); err != nil {
		t.Fatal(err)
	}
	if got := out.out.String(); !strings.Contains(got, "cleaned") {
		t.Errorf("a child was not given the grace: %q", got)
	}
}

func TestBackgroundChildDoesNotHang(t *testing.T) {
	for name, script := range map[string]string{
		"in the group":      `sleep 1000 & echo pid $!`,
		"silent":            `sleep 1000 >/dev/null 2>&1 & echo pid $!`,
		"printing for ever": `yes & echo pid $!`,
	} {
		t.Run(name, func(t *testing.T) {
			spec := sh(script)
			spec.Linger = 50 * time.Millisecond
			began := time.Now()
			state, out, _ := run(t, t.Context(), spec)
			if state.Exit != 0 || time.Since(began) > 3*time.Second {
				t.Errorf("got %+v after %v", state, time.Since(began))
			}
			if alive(awaitPID(t, out)) {
				t.Error("the child is left")
			}
		})
	}
}

func TestChildThatLeftTheGroupDoesNotHang(t *testing.T) {
	spec := sh(`setsid sleep 1000 & echo pid $!`)
	spec.Linger = 50 * time.Millisecond
	began := time.Now()
	state, out, _ := run(t, t.Context(), spec)
	if state.Exit != 0 || time.Since(began) > 3*time.Second {
		t.Errorf("got %+v after %v", state, time.Since(began))
	}
	if alive(awaitPID(t, out)) {
		t.Error("the child is left")
	}
}

func TestSlowReaderLosesNothing(t *testing.T) {
	spec := sh(`head -c 200000 /dev/zero`)
	spec.Linger = time.Millisecond
	got, hold := 0, make(chan struct{})
	time.AfterFunc(100*time.Millisecond, func() { close(hold) })
	spec.Output = func(_ Stream, b []byte) { <-hold; got += len(b) }
	p, err := Start(t.Context(), spec)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := p.Wait(); err != nil || got != 200000 {
		t.Errorf("got %d bytes, %v", got, err)
	}
}

func TestStartFails(t *testing.T) {
	for _, spec := range []Spec{{Path: "/nonexistent"}, {Path: "/bin/sh", Dir: "/nonexistent", Inputs: [][]byte{nil}, Return: 1}} {
		if _, err := Start(t.Context(), spec); err == nil || !strings.HasPrefix(err.Error(), "start /") {
			t.Errorf("got %v", err)
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := Start(ctx, sh("true")); err == nil {
		t.Error("it started although nobody wanted it")
	}
}

// awaitPID returns the number after "pid " once it was printed.
func awaitPID(t *testing.T, out *printed) int {
	t.Helper()
	got := out.await(t, "pid ")
	_, after, _ := strings.Cut(got, "pid ")
	pid, err := strconv.Atoi(strings.Fields(after)[0])
	if err != nil {
		t.Fatal(err)
	}
	return pid
}

// alive reports whether pid is a process that still does something.
func alive(pid int) bool {
	stat, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/stat")
	return err == nil && !strings.Contains(string(stat), ") Z ")
}

// A held input ends when it is told to, and with the command.
func TestHeldInput(t *testing.T) {
	out := newPrinted()
	p, err := Start(t.Context(), Spec{
		Path: "/bin/sh", Args: []string{"-c", "read line; echo got $line; cat; echo end"}, Env: []string{"PATH=/bin:/usr/bin"}, Dir: "/",
		Stdin: []byte("first\n"), Hold: true, Output: out.take,
	})
	if err != nil {
		t.Fatal(err)
	}
	if got := out.await(t, "got first\n"); got != "got first\n" {
		t.Errorf("it did not wait for the end of its input: %q", got)
	}
	p.EndInput()
	p.EndInput()
	out.await(t, "end\n")
	if state, err := p.Wait(); err != nil || state.Exit != 0 {
		t.Errorf("%+v, %v", state, err)
	}
	p, err = Start(t.Context(), Spec{Path: "/bin/sh", Args: []string{"-c", "exit 3"}, Dir: "/", Stdin: make([]byte, 1<<20), Hold: true})
	if err != nil {
		t.Fatal(err)
	}
	if state, err := p.Wait(); err != nil || state.Exit != 3 {
		t.Errorf("%+v, %v", state, err)
	}
}
