package cli

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"runtime/debug"
	"syscall"
	"time"

	"golang.org/x/term"

	"genia.ai/bitacora/internal/clipboard"
	"genia.ai/bitacora/internal/config"
	"genia.ai/bitacora/internal/i18n"
	"genia.ai/bitacora/internal/plain"
	"genia.ai/bitacora/internal/relay"
	"genia.ai/bitacora/internal/runserver"
	"genia.ai/bitacora/internal/session"
	"genia.ai/bitacora/tui"
)

// view is a front end over a run: what it is, and what its flags say.
type view struct {
	plain    bool
	printer  *i18n.Printer
	scenario string
	answers  map[string]string
	watch    bool // only follow
	checks   func(context.Context) []session.Check
}

// left is how a front end left a run.
type left struct {
	run, dir string
	seq      uint64
	outcome  string        // "" when the run goes on
	idle     time.Duration // how long its server waits for somebody
	told     bool          // the front end has said already how to come back, or that it was lost
	meant    bool          // the operator wanted to go
}

// launch starts a run server and returns where its run is.
func (a *app) launch(ctx context.Context, spec serveSpec, p *i18n.Printer) (runserver.Ready, error) {
	exe, err := os.Executable()
	if err != nil {
		return runserver.Ready{}, fmt.Errorf("find this program: %w", err)
	}
	command, notes := a.serverCommand(ctx, exe, p)
	spec.Lang, spec.Wish, spec.Idle, spec.Notes = a.lang, a.wish, config.Idle(a.env), notes
	return runserver.Spawn(ctx, command, serverEnviron(spec.Secrets), spec)
}

// copier asks the terminal to copy a text, nil when there is none that could, or
// the operator does not want it.
func (a *app) copier() func(string) error {
	if !a.terminal() || !config.FullScreen(a.env) || !config.Clipboard(a.env) {
		return nil
	}
	return func(text string) error {
		sequence, err := clipboard.Sequence(text)
		if err == nil {
			_, err = io.WriteString(a.out, sequence)
		}
		return err
	}
}

// tty is the terminal that interactive actions are relayed to, nil when there is
// none.
func (a *app) tty() *relay.Tty {
	if !a.terminal() {
		return nil
	}
	kind, _ := a.env("TERM")
	return &relay.Tty{File: a.in, Out: a.out, Term: kind}
}

// hello introduces this process to a run server.
func (a *app) hello(frontEnd string) runserver.Hello {
	return runserver.Hello{
		FrontEnd: frontEnd, Client: clientName(), Operator: config.Operator(a.env), Host: config.Host(),
		Terminal: a.tty() != nil,
	}
}

// drive attaches to the run in a directory as its driver and hands it to a front
// end.
func (a *app) drive(ctx context.Context, dir string, hello runserver.Hello, v view) error {
	client, err := runserver.Dial(ctx, dir, hello)
	if err != nil {
		return err
	}
	return a.hand(ctx, client, hello, v)
}

// hand gives an attached run to a front end and says how it was left.
func (a *app) hand(ctx context.Context, client *runserver.Client, hello runserver.Hello, v view) error {
	l, err := a.show(ctx, client, v)
	return a.part(client, v.printer, l, hello.Drive, err)
}

// show runs a front end until it is left.
func (a *app) show(ctx context.Context, client session.Client, v view) (left, error) {
	at, err := client.Attach(ctx)
	if err != nil {
		return left{}, err
	}
	l := left{run: at.Briefing.Run, dir: at.Briefing.Dir, seq: at.Saved.Seq, idle: at.Briefing.Idle}
	if v.plain || !a.terminal() {
		return a.showPlain(ctx, client, v, l)
	}
	// Beside a flood of output the screen is to stay small.
	debug.SetGCPercent(lastingGC)
	opts := a.screenOptions()
	opts.Client, opts.Printer = client, v.printer
	opts.Scenario, opts.Answers, opts.Watch = v.scenario, v.answers, v.watch
	result, err := a.screen(ctx, opts)
	l.seq = max(l.seq, result.Saved.Seq)
	l.outcome, l.told, l.meant = result.Outcome, v.watch || told(result), meant(result.Left)
	if errors.Is(err, tui.ErrLost) {
		err = &exitError{exitIncomplete} // the screen has said so
	}
	return l, a.screenError(err)
}

func (a *app) showPlain(ctx context.Context, client session.Client, v view, l left) (left, error) {
	interrupts := make(chan os.Signal, 1)
	signal.Notify(interrupts, os.Interrupt)
	defer signal.Stop(interrupts)
	// Presses of ctrl+c are answered one by one; only these end the walk.
	ctx, stop := signal.NotifyContext(context.WithoutCancel(ctx), syscall.SIGTERM, syscall.SIGHUP)
	defer stop()
	result, err := plain.Run(ctx, client, plain.Options{
		In: a.in, Out: a.out, Printer: v.printer, Interactive: term.IsTerminal(int(a.in.Fd())), Hide: hideFor(a.in), Tty: a.tty(),
		Discard: discardFor(a.in), Width: widthOf(a.out),
		Scenario: v.scenario, Answers: v.answers, Watch: v.watch, Checks: v.checks,
		Location: time.Local, Now: a.clock.Now, Interrupt: interrupts, Export: a.exportHere, Copy: a.copier(),
	})
	switch {
	case errors.Is(err, plain.ErrLost):
		err = &exitError{exitIncomplete} // it has said so
	case err == nil && result.Left == plain.LeftBreak:
		err = &exitError{exitInterrupted}
	}
	l.seq = max(l.seq, result.LastSaved.Seq)
	l.outcome, l.told = result.Outcome, true
	l.meant = result.Left == plain.LeftAsked || result.Left == plain.LeftDetached || result.Outcome != ""
	return l, err
}

// meant reports whether a screen is gone because its operator wanted to leave.
func meant(left tui.Left) bool {
	return left == tui.LeftDetached || left == tui.LeftQuit || left == tui.LeftClosed
}

// told reports whether a screen has said itself what became of its run.
func told(result tui.Result) bool { return result.Left == tui.LeftLost || result.Driven != "" }

// whereabouts says where the record is, whatever happened.
func (a *app) whereabouts(p *i18n.Printer, l left) {
	if l.run == "" {
		return
	}
	fmt.Fprintln(a.err, p.T("cli.transcript", "Dir", l.dir, "Run", l.run, "Seq", l.seq))
	if l.outcome == "" && !l.told {
		fmt.Fprintln(a.err, p.T("cli.not-ended", "Run", l.run, "Idle", p.Span(cmp.Or(l.idle, runserver.DefaultIdle))))
	}
}
