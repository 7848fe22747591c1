// Package plain walks a runbook line by line: for dumb terminals, screen
// readers, bad links and pipes. It can do everything that the full screen can.
//
// It guarantees: no escape sequence and no control character other than a line
// feed is ever written, except by an interactive action while the operator is in
// its terminal; nothing that changes anything starts before its exact
// command was shown and confirmed, and in a terminal what was typed ahead never
// confirms it; the end of the input leaves a run as it is.
package plain

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"genia.ai/bitacora/internal/i18n"
	"genia.ai/bitacora/internal/relay"
	"genia.ai/bitacora/internal/session"
	"genia.ai/bitacora/internal/walk"
)

// Options of a plain walk.
type Options struct {
	In      io.Reader
	Out     io.Writer
	Printer *i18n.Printer
	// Interactive says that somebody types: prompts end without a line feed, and
	// lines typed while an action runs are commands. Otherwise each line of In
	// answers the next prompt.
	Interactive bool
	// Hide makes the terminal not show what is typed, and throws away what was typed
	// before, until show is called. nil: there is no terminal, and secrets are not
	// asked for.
	Hide func() (show func(), err error)
	// Discard throws away what was typed and not read yet, a line that was only begun
	// included; nil: there is no terminal.
	Discard func()
	// Width returns how many cells the terminal is wide, 0 when that is not known. nil:
	// the output goes elsewhere, and lines are as long as they are.
	Width func() int
	// Checks looks at what the run will need of this machine, once the briefing is
	// told; nil = there is nothing to look at.
	Checks func(ctx context.Context) []session.Check
	// Tty is the operator's terminal, for interactive actions; nil = there is none.
	Tty *relay.Tty
	// Watch says that the run is only followed: nothing is asked.
	Watch bool

	// What was given on the command line. Params are recorded; Scenario and
	// Answers are what an empty line answers where they are asked.
	Params   map[string]string
	Scenario string
	Answers  map[string]string

	// Export writes a run for the post-mortem and returns where; nil = it cannot be.
	Export func(ctx context.Context, run string) (path string, err error)
	// Copy asks the terminal to copy a text; nil = it is only shown.
	Copy func(text string) error

	Location *time.Location   // of the times shown; nil: UTC
	Now      func() time.Time // nil: time.Now
	// After is time.After if nil: how long an action has been silent goes by it.
	After func(time.Duration) <-chan time.Time
	// Interrupt delivers presses of ctrl+c: what runs is cancelled, at a question
	// the operator is asked. The end of the context then means that nobody will
	// answer any more: the run is left as it is, what runs goes on. With nil the
	// end of the context counts as the one press of ctrl+c.
	Interrupt <-chan os.Signal
}

// Left says why the operator is gone although the run goes on.
type Left string

// The ways to leave a run.
const (
	LeftNot      Left = ""          // the run was ended
	LeftInput    Left = "input"     // the input ended
	LeftAsked    Left = "asked"     // the operator said so
	LeftDetached Left = "detached"  // the operator said so, perhaps while an action runs
	LeftBreak    Left = "interrupt" // interrupted for good
	LeftLost     Left = "lost"      // the connection to the run was lost
)

// Result is how the walk went.
type Result struct {
	Outcome   string // of the run; "" when it was not ended
	Left      Left
	LastSaved session.Saved
}

// Run walks a run that was started, until it is ended or the operator leaves; the
// run goes on then. It returns a *session.StorageError when the transcript can no
// longer be written, and ErrLost when the run's server is gone.
//
// The goroutine that reads In ends with Run if In has a
// working SetReadDeadline, else with the next line or the end of In.
func Run(ctx context.Context, client session.Client, opts Options) (Result, error) {
	attached, err := client.Attach(ctx)
	if err != nil {
		return Result{}, fmt.Errorf("attach to the run: %w", err)
	}
	if opts.Location == nil {
		opts.Location = time.UTC
	}
	if opts.Now == nil {
		opts.Now = time.Now
	}
	if opts.After == nil {
		opts.After = time.After
	}
	work, cancel := context.WithCancel(context.WithoutCancel(ctx))
	t := &talk{
		ctx: work, client: client, opts: opts, p: opts.Printer, broken: ctx.Done(),
		state: walk.Replay(attached.Plan, attached.Events), saved: attached.Saved,
		plan: attached.Plan, briefing: attached.Briefing, events: attached.Events, asked: map[string]bool{},
		replay: replay{past: session.NewReplayed(attached.Events), current: -1}, following: opts.Watch,
		lines: startReader(opts.In), updates: startPump(work, attached.Feed),
	}
	for _, ev := range attached.Events {
		t.company = t.company.Apply(ev)
	}
	t.commands = commands(t.p)
	defer func() {
		cancel()
		attached.Feed.Close()
		t.updates.wait()
		t.lines.stop()
	}()
	err = t.lead()
	result := Result{Outcome: t.state.Outcome, LastSaved: t.saved}
	var left *leftError
	if errors.As(err, &left) {
		result.Left, err = left.how, nil
		t.sayLeft(left.how)
		if left.how == LeftLost {
			err = ErrLost
		}
	}
	return result, err
}

// leftError ends the talk without ending the run.
type leftError struct{ how Left }

func (e *leftError) Error() string { return "left the run (" + string(e.how) + ")" }

// demoted reports whether somebody else took the run over and drives it.
func (t *talk) demoted() bool {
	_, driven := t.company.Driver()
	return t.following && !t.opts.Watch && driven && t.state.Status != walk.StatusEnded
}

func (t *talk) sayLeft(how Left) {
	t.say("")
	if how == LeftInput {
		t.say(t.p.T("plain.left.input"))
	}
	switch {
	case how == LeftLost:
		t.say(t.p.T("attach.lost", "Run", t.state.Run, "Seq", t.saved.Seq))
	case t.demoted():
		driver, _ := t.company.Driver()
		t.say(t.p.T("attach.driven", "Operator", oneLine(driver.Operator), "Host", oneLine(driver.Host), "Run", t.state.Run))
	case t.following:
		t.say(t.p.T("plain.watch.left", "Run", t.state.Run))
	default:
		t.say(t.p.T("plain.left", "Run", t.state.Run))
	}
}
