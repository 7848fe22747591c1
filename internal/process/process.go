// Package process starts a command with everything that belongs to it and ends
// it with everything it started.
//
// The command runs in a session and process group of its own, without a
// controlling terminal: nothing that it starts can read the operator's keys,
// wait for a password there, or write past our filters to the screen. One that is
// to talk with somebody is given a pseudo-terminal of its own, whose other end is
// ours. It inherits no descriptors but those it is given, and no environment but
// that and the mark of MarkName.
//
// However a command ends (by itself, at a time limit, cancelled), everything that
// it started ends with it: each process is told TERM, and what is left after the
// grace is killed. That includes background children, such as left the session,
// and such as were orphaned; what should outlive a command must be started by
// somebody else for it, as with systemd-run. What cannot be ended is named in a
// *LeftError. Where a control group can be made, the kernel knows who belongs to a
// command; else parents, sessions and the mark tell.
//
// Wait returns after all that, and after what was printed was delivered; a child
// that keeps the output open is waited for shortly. Linux only.
package process

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"slices"
	"sync"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// Defaults of a Spec.
const (
	DefaultGrace  = 5 * time.Second
	DefaultLinger = 500 * time.Millisecond
)

// watchInterval is how often a running command's descendants are looked at: what
// was seen once is still known when its parent is gone, and what ended is reaped.
const watchInterval = 2 * time.Second

// Stream tells apart what a command prints.
type Stream uint8

// The streams of a command.
const (
	Stdout Stream = iota
	Stderr
)

// Spec is what to start.
type Spec struct {
	Path string   // of the program
	Args []string // without the program's name
	Env  []string // "NAME=value"; nothing else is inherited but MarkName
	Dir  string

	Stdin    []byte   // nil = /dev/null
	Terminal *Size    // a terminal for standard input, output and error instead: see Type and Resize
	Hold     bool     // Stdin stays open behind its bytes, until EndInput or the command's end
	Inputs   [][]byte // each handed over through a pipe: descriptors 3, 4, …
	Return   int      // most bytes to take from one more descriptor after Inputs; 0 = none

	// Output takes what is printed, as it comes, from one goroutine at a time. p is
	// not kept. It may be nil. All that comes out of a terminal is Stdout.
	Output func(s Stream, p []byte)

	Grace  time.Duration // from TERM to KILL; 0 = DefaultGrace
	Linger time.Duration // how long to read on after the command has ended; 0 = DefaultLinger
}

// State is how a command ended.
type State struct {
	Exit   int    // exit code, -1 when a signal ended it
	Signal string // "SIGKILL", or ""
}

// Process is a started command.
type Process struct {
	cmd   *exec.Cmd
	spec  Spec
	ends  []*os.File // our ends of the pipes
	mu    sync.Mutex // one Output at a time
	inout sync.WaitGroup

	stdin    *os.File  // our end of it when it is held
	terminal *terminal // nil when it was given none

	tree     *tree
	exited   chan struct{} // the command has ended
	release  chan struct{} // and may be reaped
	reaped   chan struct{} // and was
	waitErr  error
	done     chan struct{} // everything is cleaned up
	state    State
	err      error
	returned []byte
}

// Start starts a command. When ctx ends before it does, its whole tree gets TERM,
// and KILL after the grace.
func Start(ctx context.Context, spec Spec) (*Process, error) {
	return start(ctx, spec, newCgroup)
}

// start is Start with what makes control groups; it may fail to.
func start(ctx context.Context, spec Spec, group func(name string) (*cgroup, error)) (*Process, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	if spec.Grace == 0 {
		spec.Grace = DefaultGrace
	}
	if spec.Linger == 0 {
		spec.Linger = DefaultLinger
	}
	self, err := readEntry(os.Getpid())
	if err != nil {
		return nil, fmt.Errorf("start %s: what it starts could not be found again: %w", spec.Path, err)
	}
	id := rand.Text()
	p := &Process{
		spec: spec, tree: &tree{self: self, mark: MarkName + "=" + id},
		exited: make(chan struct{}), release: make(chan struct{}), reaped: make(chan struct{}), done: make(chan struct{}),
	}
	p.cmd = &exec.Cmd{
		Path: spec.Path, Args: append([]string{spec.Path}, spec.Args...),
		Env: append(slices.Clone(spec.Env), p.tree.mark), Dir: spec.Dir,
	}
	keepDescriptors()
	wiring, err := p.wire()
	if err != nil {
		return nil, fmt.Errorf("start %s: %w", spec.Path, err)
	}
	err = p.launch("bitacora-"+id, group)
	wiring.closeTheirs()
	if err != nil {
		p.closeEnds()
		return nil, fmt.Errorf("start %s: %w", spec.Path, err)
	}
	for _, move := range wiring.moves {
		p.inout.Go(move)
	}
	go p.supervise(ctx)
	return p, nil
}

// launch starts the command, in a control group where that is possible.
func (p *Process) launch(name string, group func(name string) (*cgroup, error)) error {
	// A terminal is the command's standard input, and controls its session.
	attr := syscall.SysProcAttr{Setsid: true, Setctty: p.terminal != nil}
	outside := *p.cmd
	outside.SysProcAttr = &attr
	inside := *p.cmd
	g, err := group(name)
	if err == nil {
		within := attr
		within.UseCgroupFD, within.CgroupFD = true, int(g.dir.Fd())
		inside.SysProcAttr = &within
		err = inside.Start()
	}
	if err == nil {
		p.cmd, p.tree.group = &inside, g
	} else { // not delegated after all, or it cannot start anywhere
		g.remove()
		if err := outside.Start(); err != nil {
			return err
		}
		p.cmd = &outside
	}
	p.tree.command.pid = p.cmd.Process.Pid
	if e, err := readEntry(p.tree.command.pid); err == nil { // it is not reaped: it is there
		p.tree.command = e.identity
	}
	return nil
}

// Wait returns how the command ended, after everything that belongs to it has. A
// *LeftError says that not everything did; the state holds unless it is Running.
func (p *Process) Wait() (State, error) {
	<-p.done
	return p.state, p.err
}

// EndInput lets a command whose Stdin is held read its end.
func (p *Process) EndInput() {
	if p.stdin != nil {
		_ = p.stdin.Close() // a second close is no harm
	}
}

// Returned is what came through the returning descriptor. It may only be called
// after Wait.
func (p *Process) Returned() []byte { return p.returned }

// supervise owns the process from start to end.
func (p *Process) supervise(ctx context.Context) {
	defer close(p.done)
	go p.hold()
	var left *LeftError
	if p.watch(ctx) {
		p.settle()
		left = p.tree.end(p.spec.Path, p.spec.Grace)
	} else {
		left = p.tree.end(p.spec.Path, p.spec.Grace)
		p.settle()
	}
	p.closeEnds()
	p.tree.group.remove()
	close(p.release)
	p.conclude(left)
}

// watch waits for the command. It reports false when ctx ended first.
func (p *Process) watch(ctx context.Context) bool {
	look := time.NewTicker(watchInterval)
	defer look.Stop()
	for {
		select {
		case <-p.exited:
			return true
		case <-ctx.Done():
			return false
		case <-look.C:
			_, _ = p.tree.look() // at the next time, or at the end
		}
	}
}

// hold waits for the command, and keeps it from being reaped until its tree is
// done with. It ends with the command.
func (p *Process) hold() {
	for {
		err := unix.Waitid(unix.P_PID, p.tree.command.pid, nil, unix.WEXITED|unix.WNOWAIT, nil)
		if !errors.Is(err, unix.EINTR) {
			break // what is wrong is told again below
		}
	}
	close(p.exited)
	<-p.release
	p.waitErr = p.cmd.Wait()
	close(p.reaped)
}

// conclude notes how everything ended.
func (p *Process) conclude(left *LeftError) {
	if left != nil {
		p.err = left
		limit := time.NewTimer(reapLimit)
		defer limit.Stop()
		select {
		case <-p.exited:
		case <-limit.C:
			left.Running, p.state.Exit = true, -1
			return // hold reaps it when it ends after all
		}
	}
	<-p.reaped
	var exit *exec.ExitError
	if err := p.waitErr; err != nil && !errors.As(err, &exit) {
		p.state.Exit, p.err = -1, errors.Join(fmt.Errorf("wait for %s: %w", p.spec.Path, err), p.err)
		return
	}
	p.state.Exit = p.cmd.ProcessState.ExitCode()
	if ws, ok := p.cmd.ProcessState.Sys().(syscall.WaitStatus); ok && ws.Signaled() {
		p.state.Signal = unix.SignalName(ws.Signal())
	}
}

// settle lets the movers finish with what the command printed, and bounds how
// long they wait for children that keep its output open.
func (p *Process) settle() {
	p.terminal.close()
	deadline := time.Now().Add(p.spec.Linger)
	for _, f := range p.ends {
		_ = f.SetDeadline(deadline) // fails only for what is closed already
	}
	p.inout.Wait()
}

func (p *Process) closeEnds() {
	for _, f := range p.ends {
		_ = f.Close() // a second close of what a writer has closed is no harm
	}
}

// emit hands a piece of output on.
func (p *Process) emit(s Stream, b []byte) {
	if p.spec.Output == nil || len(b) == 0 {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.spec.Output(s, b)
}
