package process

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// grace is short, so that the tests are; children beat several times in it.
const grace = 200 * time.Millisecond

// ways are the two ways to know a tree. Where no control group can be made the
// first is the second, and TestCgroupIsUsedWhereItCanBe says that it is.
var ways = map[string]func(string) (*cgroup, error){
	"cgroup": newCgroup,
	"proc":   func(string) (*cgroup, error) { return nil, errNoCgroup },
}

// forest is a place where scripts of a test leave notes. What runs for it is found
// by a variable of its own, independent of how the package finds it.
type forest struct {
	t   *testing.T
	dir string
	way func(string) (*cgroup, error)
	out *printed

	grace  time.Duration
	groups []string // control groups that were made
}

// eachWay runs a test in both ways; whatever it does, nothing may be left.
func eachWay(t *testing.T, test func(f *forest)) {
	for name, way := range ways {
		t.Run(name, func(t *testing.T) {
			f := &forest{t: t, dir: t.TempDir(), way: way, grace: grace}
			for file, script := range map[string]string{
				// notes TERM and goes on; it forks nothing, for some shells lose a signal then
				"stubborn": `trap 'echo TERM >>"$1"' TERM; exec 9<> <(:); echo ready >>"$1"; while :; do read -rt 0.01 -u 9; echo beat >>"$1"; done`,
				// notes TERM and ends
				"polite": `trap 'echo TERM >>"$1"; exit' TERM; exec 9<> <(:); echo ready >>"$1"; while :; do read -rt 0.01 -u 9; done`,
				// forks while it is killed, every child in a session of its own
				"breeding": `trap "" TERM; echo ready >>"$1"; while :; do setsid sleep 1000 & sleep 0.01; done`,
				// is another process in another session all the time
				"hopping": `trap "" TERM; [ -e "$1" ] || echo ready >>"$1"; sleep 0.01; setsid sh "$0" "$1" & exit`,
			} {
				if err := os.WriteFile(filepath.Join(f.dir, file), []byte(script), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			test(f)
			f.nothingLeft()
		})
	}
}

func (f *forest) start(ctx context.Context, script string) *Process {
	f.t.Helper()
	f.out = newPrinted()
	spec := sh("cd " + f.dir + "\n" + script)
	spec.Env = append(spec.Env, "FOREST="+f.dir)
	spec.Grace, spec.Linger, spec.Output = f.grace, 50*time.Millisecond, f.out.take
	p, err := start(ctx, spec, f.way)
	if err != nil {
		f.t.Fatal(err)
	}
	if p.tree.group != nil {
		f.groups = append(f.groups, p.tree.group.path)
	}
	return p
}

// notes returns the lines of a note.
func (f *forest) notes(name string) []string {
	text, err := os.ReadFile(filepath.Join(f.dir, name))
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		f.t.Fatal(err)
	}
	return strings.Fields(string(text))
}

func (f *forest) awaitReady(names ...string) {
	f.t.Helper()
	for _, name := range names {
		until(f.t, name+" is ready", func() bool { return len(f.notes(name)) > 0 })
	}
}

func (f *forest) nothingLeft() {
	f.t.Helper()
	table, _, err := processes()
	if err != nil {
		f.t.Fatal(err)
	}
	for _, e := range table {
		if ours, _ := e.carries("FOREST=" + f.dir); ours && e.alive() {
			f.t.Errorf("%d (%s) is left", e.pid, e.name)
			_ = e.signal(unix.SIGKILL)
		}
		if !e.alive() && e.ppid == os.Getpid() {
			f.t.Errorf("%d (%s) was not reaped", e.pid, e.name)
		}
	}
	for _, group := range f.groups {
		if _, err := os.Stat(group); !errors.Is(err, os.ErrNotExist) {
			f.t.Errorf("the group %s was not removed: %v", group, err)
		}
	}
}

func until(t *testing.T, what string, holds func() bool) {
	t.Helper()
	limit := time.After(10 * time.Second)
	poll := time.NewTicker(2 * time.Millisecond)
	defer poll.Stop()
	for !holds() {
		select {
		case <-poll.C:
		case <-limit:
			t.Fatalf("it never came that %s", what)
		}
	}
}

// oneOfEach starts a child in the group, one in another session, one whose parent
// is gone, and one of both that has lost its output too.
func oneOfEach(program string) string {
	return strings.ReplaceAll(`bash PROGRAM plain &
setsid bash PROGRAM session &
(bash PROGRAM orphan &)
setsid sh -c 'setsid bash PROGRAM both >/dev/null 2>&1 </dev/null & exit' &
`, "PROGRAM", program)
}

var kinds = []string{"plain", "session", "orphan", "both"}

func TestTreeIsToldThenKilled(t *testing.T) {
	eachWay(t, func(f *forest) {
		ctx, cancel := context.WithCancel(t.Context())
		p := f.start(ctx, oneOfEach("stubborn")+`trap 'echo TERM >>command' TERM; while :; do wait; done`)
		f.awaitReady(kinds...)
		began := time.Now()
		cancel()
		state, err := p.Wait()
		if took := time.Since(began); err != nil || state.Signal != "SIGKILL" || took < grace || took > 10*grace {
			f.t.Errorf("got %+v, %v after %v", state, err, took)
		}
		if got := f.notes("command"); len(got) != 1 {
			f.t.Errorf("the command was told %q", got)
		}
		for _, kind := range kinds {
			_, after, told := strings.Cut(strings.Join(f.notes(kind), " "), "TERM")
			if !told || strings.Contains(after, "TERM") || !strings.Contains(after, "beat") {
				f.t.Errorf("%s was to be told once and to live on until it was killed: told %v, then %q", kind, told, after)
			}
		}
	})
}

func TestTreeThatEndsWhenTold(t *testing.T) {
	eachWay(t, func(f *forest) {
		f.grace = time.Minute
		ctx, cancel := context.WithCancel(t.Context())
		p := f.start(ctx, oneOfEach("polite")+"wait")
		f.awaitReady(kinds...)
		cancel()
		state, err := p.Wait()
		if err != nil || state.Signal != "SIGTERM" {
			f.t.Errorf("got %+v, %v", state, err)
		}
		for _, kind := range kinds {
			if got := strings.Join(f.notes(kind), " "); got != "ready TERM" {
				f.t.Errorf("%s noted %q", kind, got)
			}
		}
	})
}

func TestTreeOfACommandThatEndedItself(t *testing.T) {
	eachWay(t, func(f *forest) {
		p := f.start(t.Context(), oneOfEach("stubborn")+
			`for name in plain session orphan both; do while ! [ -e $name ]; do sleep 0.01; done; done; echo done; exit 3`)
		state, err := p.Wait()
		if err != nil || state != (State{Exit: 3}) || f.out.out.String() != "done\n" {
			f.t.Errorf("got %+v, %v, %q", state, err, f.out.out.String())
		}
		for _, kind := range kinds {
			if got := strings.Join(f.notes(kind), " "); !strings.Contains(got, "TERM beat") {
				f.t.Errorf("%s noted %q", kind, got)
			}
		}
	})
}

func TestTreeThatForksWhileItIsKilled(t *testing.T) {
	for _, program := range []string{"breeding", "hopping"} {
		t.Run(program, func(t *testing.T) {
			eachWay(t, func(f *forest) {
				ctx, cancel := context.WithCancel(t.Context())
				p := f.start(ctx, "sh "+program+" child & wait; sleep 1000")
				f.awaitReady("child")
				cancel()
				if _, err := p.Wait(); err != nil {
					f.t.Error(err)
				}
			})
		})
	}
}

// A script whose running command is told to end must not go on with the next one.
func TestTreeDoesNotGoOn(t *testing.T) {
	eachWay(t, func(f *forest) {
		f.grace = time.Minute
		for range 10 {
			ctx, cancel := context.WithCancel(t.Context())
			p := f.start(ctx, `echo ready; setsid -w sh -c 'sleep 1000; echo on >>on'; echo on >>on`)
			f.out.await(t, "ready")
			cancel()
			if state, err := p.Wait(); err != nil || state.Signal != "SIGTERM" || len(f.notes("on")) != 0 {
				f.t.Errorf("got %+v, %v, %q", state, err, f.notes("on"))
			}
		}
	})
}

func TestTreeThatIsStopped(t *testing.T) {
	eachWay(t, func(f *forest) {
		f.grace = time.Minute
		ctx, cancel := context.WithCancel(t.Context())
		p := f.start(ctx, `bash polite child & while ! [ -e child ]; do sleep 0.01; done; kill -STOP $!; echo stopped; wait`)
		f.out.await(t, "stopped")
		cancel()
		if _, err := p.Wait(); err != nil {
			f.t.Error(err)
		}
		if got := strings.Join(f.notes("child"), " "); got != "ready TERM" {
			f.t.Errorf("it noted %q", got)
		}
	})
}
