package actions

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"genia.ai/bitacora/internal/process"
)

// shellExecutor runs scripts. The bytes of the block reach the interpreter
// through a pipe: they are never part of a command line, nor a file that
// somebody could swap.
type shellExecutor struct {
	environ []string
	clock   Clock
	grace   time.Duration
	hosts   *sshHosts // of blocks that run elsewhere
}

var _ Executor = (*shellExecutor)(nil)

// Close ends the connections to other hosts.
func (e *shellExecutor) Close() error { return e.hosts.Close() }

// Preview implements Executor.
func (e *shellExecutor) Preview(req Request) (Preview, error) {
	plan, g, err := e.plan(req)
	if err != nil {
		return Preview{}, g.err(err)
	}
	preview := plan.preview(req)
	preview.Lands = e.lands(req, plan)
	preview = g.preview(preview)
	preview.Wrapper = e.wrapper(req, plan)
	return preview, nil
}

// wrapper is what would run around the script, as far as that can be told without
// running anything.
func (e *shellExecutor) wrapper(req Request, plan shellPlan) string {
	env, err := environment(e.environ, req)
	if err != nil || !plan.interpreter.wrapped {
		return ""
	}
	program, err := findProgram(lookupEnv(env, "PATH"), plan.interpreter.programs)
	if err != nil {
		return "" // it will not run, and say why
	}
	return wrapperFor(program)
}

// wrapperFor is the wrapper of a shell, by the path of its program.
func wrapperFor(program string) string {
	if filepath.Base(program) == "bash" {
		return bashWrapper
	}
	return posixWrapper
}

// plan checks everything that can be checked without touching anything.
func (e *shellExecutor) plan(req Request) (shellPlan, guard, error) {
	g, err := newGuard(req)
	if err != nil {
		return shellPlan{}, g, err
	}
	v := e.values(req)
	plan, err := planShell(v)
	if err != nil {
		return shellPlan{}, g, err
	}
	if _, err := environment(e.environ, req); err != nil {
		return shellPlan{}, g, err
	}
	_, err = newControl(v, e.clock, g, nil, true)
	return plan, g, err
}

func (e *shellExecutor) values(req Request) values {
	home := lookupEnv(e.environ, "HOME")
	return values{req: req, home: home}
}

// Execute implements Executor.
func (e *shellExecutor) Execute(ctx context.Context, req Request, sink Sink) Result {
	if req.Shell == nil {
		req.Shell = &ShellState{}
	}
	plan, g, err := e.plan(req)
	if err == nil && req.Action.Settings.Interactive && req.Terminal == nil {
		err = ErrNoTerminal
	}
	if err != nil {
		return refused(g, err)
	}
	control, err := newControl(e.values(req), e.clock, g, sink, true)
	if err != nil {
		return refused(g, err)
	}
	return control.run(ctx, func(ctx context.Context) (Result, *observation) {
		return e.attempt(ctx, req, plan, sink)
	})
}

// attempt runs the script once.
func (e *shellExecutor) attempt(ctx context.Context, req Request, plan shellPlan, sink Sink) (Result, *observation) {
	if plan.host != "" {
		return e.attemptOnHost(ctx, req, plan, sink)
	}
	failed := func(format string, args ...any) (Result, *observation) {
		return Result{Outcome: OutcomeFailed, Reason: fmt.Sprintf(format, args...)}, nil
	}
	spec, wrapped, err := e.spec(req, plan)
	if err != nil {
		return failed("%v", err)
	}
	if info, err := os.Stat(plan.dir); err != nil || !info.IsDir() {
		return failed("the working directory %s does not exist", plan.dir)
	}
	var out, both kept
	judged := looksAtOutput(req.Action.Settings)
	spec.Output = func(s process.Stream, p []byte) {
		stream := StreamErr
		if s == process.Stdout {
			stream = StreamOut
		}
		if judged && stream == StreamOut {
			out.add(p)
		}
		if judged {
			both.add(p)
		}
		sink.Write(stream, p)
	}
	start := process.Start
	if req.Action.Settings.Interactive {
		start = func(ctx context.Context, spec process.Spec) (*process.Process, error) {
			return startInTerminal(ctx, spec, req.Terminal)
		}
	}
	p, err := start(ctx, spec)
	if err != nil {
		return failed("%v", err)
	}
	state, err := p.Wait()
	var left *process.LeftError
	switch {
	case errors.As(err, &left) && !left.Running:
		// How the script itself ended is known, and counts.
		sink.Write(StreamInfo, fmt.Appendf(nil, "%v\n", err))
	case err != nil:
		return failed("%v", err)
	}
	r := outcomeOf(state, req.Action.Settings.ExpectExit)
	o := &observation{kind: req.Action.Kind, body: out.bytes(), output: both.bytes(), cut: out.cut}
	if wrapped {
		o.commit = func() { keepState(req, plan, p.Returned(), sink) }
	}
	return r, o
}

// spec is the process that runs the script, and whether our wrapper is around it.
func (e *shellExecutor) spec(req Request, plan shellPlan) (process.Spec, bool, error) {
	env, err := environment(e.environ, req)
	if err != nil {
		return process.Spec{}, false, err
	}
	path := lookupEnv(env, "PATH")
	program, err := findProgram(path, plan.interpreter.programs)
	if err != nil {
		return process.Spec{}, false, err
	}
	spec := process.Spec{Path: program, Env: env, Dir: plan.dir, Grace: e.grace}
	code := []byte(req.Action.Script())
	switch {
	case plan.interpreter.stdin:
		spec.Stdin = code
		spec.Args = append([]string{"-"}, plan.args...)
	case plan.interpreter.wrapped:
		state, options := req.Shell.script(notCarried(req))
		if filepath.Base(program) == "bash" {
			// Functions are read with all patterns known, whatever the block will know.
			state = append(append(state, "builtin shopt -u extglob\n"...), options...)
		}
		spec.Inputs = [][]byte{[]byte(wrapperFor(program)), code, state}
		spec.Return = maxState
		spec.Args = append([]string{"/dev/fd/3"}, plan.args...)
	default:
		spec.Inputs = [][]byte{code}
		spec.Args = append([]string{"/dev/fd/3"}, plan.args...)
	}
	return spec, plan.interpreter.wrapped, nil
}

// keepState takes over what a block left for the next one.
func keepState(req Request, plan shellPlan, returned []byte, sink Sink) {
	l, err := parseLeft(returned)
	if err != nil {
		sink.Write(StreamInfo, fmt.Appendf(nil, "the variables of this block are not kept: %v\n", err))
		return
	}
	if plan.ownDir {
		l.dir = ""
	}
	req.Shell.commit(l.before, l.after, l.dir, notCarried(req))
}

// notCarried names what the run itself gives a value: it stays out of the carried
// state, so that the fresh value counts and no secret outlives its block.
func notCarried(req Request) func(string) bool {
	return func(name string) bool {
		_, param := req.Params[name]
		_, secret := req.Secrets[name]
		return param || secret
	}
}

// outcomeOf judges how a script ended. Empty accepted means 0.
func outcomeOf(state process.State, accepted []int) Result {
	if state.Signal != "" {
		return Result{Outcome: OutcomeFailed, Signal: state.Signal, Reason: "it was ended by " + state.Signal}
	}
	r := Result{Outcome: OutcomeOK, Exit: &state.Exit}
	if slices.Contains(accepted, state.Exit) || len(accepted) == 0 && state.Exit == 0 {
		return r
	}
	r.Outcome, r.Reason = OutcomeFailed, fmt.Sprintf("it ended with exit code %d", state.Exit)
	switch state.Exit {
	case 126:
		r.Reason += " (a command could not be run)"
	case 127:
		r.Reason += " (a command was not found)"
	}
	return r
}

// findProgram returns the path of the first of the programs that is there.
func findProgram(path string, programs []string) (string, error) {
	for _, name := range programs {
		for _, dir := range filepath.SplitList(path) {
			if !filepath.IsAbs(dir) {
				continue // never out of the working directory
			}
			file := filepath.Join(dir, name)
			if info, err := os.Stat(file); err == nil && info.Mode().IsRegular() && info.Mode()&0o111 != 0 {
				return file, nil
			}
		}
	}
	if path == "" {
		return "", errors.New("the environment has no PATH")
	}
	return "", fmt.Errorf("%s is not installed here; install it or run the step by hand", strings.Join(programs, " or "))
}
