package actions

import (
	"context"
	"crypto/rand"
	"fmt"
	"strings"
	"sync"
	"time"

	"genia.ai/bitacora/internal/process"
	"genia.ai/bitacora/runbooks"
)

// How long is waited, beyond the grace, for a host to say that all has ended, and
// for ssh to end once it did: something on the host may keep the output open.
const (
	farewellLimit = 5 * time.Second
	lingerLimit   = 2 * time.Second
)

// attemptOnHost runs the script once on another host.
func (e *shellExecutor) attemptOnHost(ctx context.Context, req Request, plan shellPlan, sink Sink) (Result, *observation) {
	failed := func(err error) (Result, *observation) {
		return Result{Outcome: OutcomeFailed, Reason: err.Error()}, nil
	}
	env, err := environment(nil, req) // nothing of the operator's goes there
	if err != nil {
		return failed(err)
	}
	ours, err := environment(e.environ, Request{Action: &runbooks.Action{}}) // and ssh itself gets no value of the run
	if err != nil {
		return failed(err)
	}
	ssh, err := findProgram(lookupEnv(ours, "PATH"), []string{"ssh"})
	if err != nil {
		return failed(err)
	}
	socket, err := e.hosts.connect(ctx, ssh, ours, plan.host)
	if err != nil {
		return failed(err)
	}
	block := newRemoteBlock(plan, req.Action.Code, env, e.graceTime(), rand.Text(), rand.Text())
	run := &remoteRun{
		plan: plan, sink: sink, marks: remoteMarks{nonce: []byte(block.nonce)}, told: make(chan struct{}),
		clock: e.clock, grace: e.graceTime(),
	}
	spec := process.Spec{Path: ssh, Env: ours, Dir: "/", Stdin: block.input, Hold: true, Grace: time.Second, Output: run.take}
	// Without the socket ssh would make a connection of its own; ProxyCommand keeps
	// it from that.
	spec.Args = append(sshOptions(socket), "-o", "ControlMaster=no", "-o", "ProxyCommand=false", "--", plan.host, remoteCommand)
	state, err := run.wait(ctx, spec)
	if err != nil {
		return failed(err)
	}
	return run.result(ctx, req, state)
}

func (e *shellExecutor) graceTime() time.Duration {
	if e.grace > 0 {
		return e.grace
	}
	return process.DefaultGrace
}

// remoteRun is one attempt on another host.
type remoteRun struct {
	plan  shellPlan
	sink  Sink
	clock Clock
	grace time.Duration

	out, both kept
	marks     remoteMarks
	told      chan struct{} // closed when the host said how it ended
	once      sync.Once
}

// take gets what ssh prints: what the block did, and our own lines.
func (r *remoteRun) take(s process.Stream, p []byte) {
	stream := StreamOut
	if s == process.Stderr {
		stream = StreamErr
		p = r.marks.filter(p)
		if r.marks.ended {
			r.once.Do(func() { close(r.told) })
		}
	} else {
		r.out.add(p)
	}
	r.print(stream, p)
}

func (r *remoteRun) print(stream Stream, p []byte) {
	if len(p) > 0 {
		r.both.add(p)
		r.sink.Write(stream, p)
	}
}

// wait runs ssh to its end. When ctx ends first the host is told, by the end of
// its input, and has the grace to end the block and say so; only then is ssh ended.
func (r *remoteRun) wait(ctx context.Context, spec process.Spec) (process.State, error) {
	running, end := context.WithCancel(context.WithoutCancel(ctx))
	defer end()
	p, err := process.Start(running, spec)
	if err != nil {
		return process.State{}, err
	}
	var watcher sync.WaitGroup
	watcher.Go(func() {
		limit := lingerLimit
		select {
		case <-running.Done():
			return
		case <-r.told:
		case <-ctx.Done():
			p.EndInput()
			limit = r.grace + farewellLimit
		}
		pause(running, r.clock, limit)
		end()
	})
	state, err := p.Wait()
	end()
	watcher.Wait()
	r.print(StreamErr, r.marks.flush())
	return state, err
}

// result says how the block ended. 255 is ssh's own code only when the host did
// not tell another.
func (r *remoteRun) result(ctx context.Context, req Request, state process.State) (Result, *observation) {
	failed := func(outcome Outcome, format string, args ...any) (Result, *observation) {
		return Result{Outcome: outcome, Reason: fmt.Sprintf(format, args...)}, nil
	}
	host, why := r.plan.host, lastLine(r.marks.tail)
	switch {
	case r.marks.problem == "dir":
		return failed(OutcomeFailed, "the working directory %s does not exist on %s", r.plan.dir, host)
	case r.marks.problem == "program":
		return failed(OutcomeFailed, "%s is not installed on %s", strings.Join(r.plan.interpreter.programs, " or "), host)
	case r.marks.ended:
		result := outcomeOf(process.State{Exit: r.marks.exit}, req.Action.Settings.ExpectExit)
		return result, &observation{kind: req.Action.Kind, body: r.out.bytes(), output: r.both.bytes(), cut: r.out.cut}
	case !r.marks.begun && why == "":
		return failed(OutcomeFailed, "could not reach host %s: ssh ended with exit code %d", host, state.Exit)
	case !r.marks.begun:
		return failed(OutcomeFailed, "could not reach host %s: %s", host, why)
	case ctx.Err() != nil:
		return failed(OutcomeFailed, "%s did not say that all of it has ended: it may still run there", host)
	}
	return failed(OutcomeUnknown, "the connection to %s was lost while it ran: check there what it did before going on", host)
}
