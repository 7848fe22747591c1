// Package process starts a command with everything that belongs to it and ends
// it with everything it started.
//
// The command runs in a session and process group of its own, without a
// controlling terminal: nothing that it starts can read the operator's keys,
// wait for a password there, or write past our filters to the screen. It
// inherits no descriptors but those it is given. Wait returns after the command
// has ended, all that it printed was delivered and its group is gone; a child
// that left the group and keeps the output open is waited for shortly, then the
// pipes are closed. Linux only.
package process

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
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

const pollInterval = 5 * time.Millisecond

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
	Env  []string // "NAME=value"; nothing is inherited
	Dir  string

	Stdin  []byte   // nil = /dev/null
	Inputs [][]byte // each handed over through a pipe: descriptors 3, 4, …
	Return int      // most bytes to take from one more descriptor after Inputs; 0 = none

	// Output takes what is printed, as it comes, from one goroutine at a time. p is
	// not kept. It may be nil.
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

	exited   chan struct{} // the command has ended
	done     chan struct{} // and everything is cleaned up
	state    State
	err      error
	returned []byte
}

// Start starts a command. When ctx ends before it does, its group gets TERM,
// and KILL after the grace.
func Start(ctx context.Context, spec Spec) (*Process, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	if spec.Grace == 0 {
		spec.Grace = DefaultGrace
	}
	if spec.Linger == 0 {
		spec.Linger = DefaultLinger
	}
	p := &Process{spec: spec, exited: make(chan struct{}), done: make(chan struct{})}
	p.cmd = &exec.Cmd{
		Path: spec.Path, Args: append([]string{spec.Path}, spec.Args...),
		Env: append([]string{}, spec.Env...), Dir: spec.Dir,
		SysProcAttr: &syscall.SysProcAttr{Setsid: true},
	}
	keepDescriptors()
	wiring, err := p.wire()
	if err != nil {
		return nil, fmt.Errorf("start %s: %w", spec.Path, err)
	}
	err = p.cmd.Start()
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

// Wait returns how the command ended, after everything that belongs to it has.
func (p *Process) Wait() (State, error) {
	<-p.done
	return p.state, p.err
}

// Returned is what came through the returning descriptor. It may only be called
// after Wait.
func (p *Process) Returned() []byte { return p.returned }

// supervise owns the process from start to end.
func (p *Process) supervise(ctx context.Context) {
	defer close(p.done)
	go p.reap()
	select {
	case <-p.exited:
	case <-ctx.Done():
		p.endGroup()
	}
	p.settle()
	p.endGroup()
	p.closeEnds()
}

// reap waits for the command itself.
func (p *Process) reap() {
	defer close(p.exited)
	err := p.cmd.Wait()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		p.state, p.err = State{Exit: -1}, fmt.Errorf("wait for %s: %w", p.spec.Path, err)
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
	deadline := time.Now().Add(p.spec.Linger)
	for _, f := range p.ends {
		_ = f.SetDeadline(deadline) // fails only for what is closed already
	}
	p.inout.Wait()
}

// endGroup ends what is there of the group: TERM, and KILL to what is left after
// the grace. It returns when the command was reaped and no member is left.
func (p *Process) endGroup() {
	pid := p.cmd.Process.Pid
	limit := time.NewTimer(p.spec.Grace)
	defer limit.Stop()
	poll := time.NewTicker(pollInterval)
	defer poll.Stop()

	for sig := unix.SIGTERM; groupAlive(pid); sig = unix.SIGKILL {
		// An error means that the last member has just ended.
		_ = unix.Kill(-pid, sig)
		if sig == unix.SIGKILL {
			break
		}
		for waiting := true; waiting && groupAlive(pid); {
			select {
			case <-limit.C:
				waiting = false
			case <-poll.C:
			}
		}
	}
	<-p.exited
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
