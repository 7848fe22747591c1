// Package auto walks a runbook without asking anybody: for continuous
// integration, for scheduled drills, and for an operator who has decided already.
//
// It guarantees: Check names everything that the walk would have to ask, all at
// once and before anything is recorded, by walking the very same moves that Run
// makes; nothing destructive runs on an assumption unless nothing real can be
// destroyed (a rehearsal, the practice service); the first failure stops the
// run; an interrupted run cancels what is running and says so in the record.
package auto

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"genia.ai/bitacora/internal/event"
	"genia.ai/bitacora/internal/i18n"
	"genia.ai/bitacora/internal/session"
	"genia.ai/bitacora/internal/walk"
)

// Options are what the operator decided beforehand.
type Options struct {
	Params   map[string]string // --param NAME=VALUE
	Scenario string            // --scenario ID
	Answers  map[string]string // --answer NAME=VALUE: choices, inputs, confirms, targets

	// These are of use to Check; Run takes them from the record.
	Rehearsal bool
	Sandbox   bool
	Section   string            // at which the walk is entered
	Env       map[string]string // the runbook's env, as the run has it
	// HasSecret tells Check which secrets are there; nil: do not look.
	HasSecret func(name string) bool

	Out     io.Writer
	Printer *i18n.Printer
	// Grace is how long a cancelled action may take to end; 0: 30 s.
	Grace time.Duration
}

const defaultGrace = 30 * time.Second

// Result is how the run went.
type Result struct {
	Outcome      string // of the run: event.RunCompleted, RunIncomplete or RunStopped; "" when it was not ended
	FailedAction string // name, else id, of the action that stopped the run, or ""
	FailedReason string
	LastSaved    session.Saved
}

// ErrInterrupted is returned when the context ended before the run did. The run
// was closed with that reason.
var ErrInterrupted = errors.New("interrupted: the run was stopped and recorded as such")

// Run walks a run that was started and not begun, to its end. A failed action is
// told in the Result, with a nil error. Errors: *MissingError (nothing was
// recorded), ErrInterrupted, *session.StorageError, and refusals that a changed
// run causes.
func Run(ctx context.Context, client session.Client, opts Options) (Result, error) {
	attached, err := client.Attach(ctx)
	if err != nil {
		return Result{}, fmt.Errorf("attach to the run: %w", err)
	}
	defer attached.Feed.Close()
	w := &walker{client: client, feed: attached.Feed, state: walk.Replay(attached.Plan, attached.Events)}
	w.saved = attached.Saved
	w.opts = opts
	w.opts.Rehearsal, w.opts.Sandbox, w.opts.Section = w.state.Rehearsal(), w.state.Sandbox, w.state.Section
	w.report = newReporter(opts.Out, opts.Printer)
	if err := Check(attached.Plan, w.opts); err != nil {
		return Result{LastSaved: w.saved}, err
	}
	w.report.banner(w.state)
	defer w.report.show()
	result, err := w.walk(ctx)
	result.LastSaved = w.saved
	result.Outcome = w.state.Outcome
	w.report.close(w.state, result)
	return result, err
}

// walker is one walk: the state as the feed told it, and who to tell.
type walker struct {
	client session.Client
	feed   session.Feed
	state  walk.State
	saved  session.Saved
	opts   Options
	report *reporter
}

// failure says that an action stopped the run.
type failure struct{ action, reason string }

func (f *failure) Error() string { return f.action + ": " + f.reason }

func (w *walker) walk(ctx context.Context) (Result, error) {
	for w.state.Status != walk.StatusEnded {
		err := w.move(ctx)
		var failed *failure
		switch {
		case err == nil:
		case errors.As(err, &failed):
			w.report.failed(failed)
			result := Result{FailedAction: failed.action, FailedReason: failed.reason}
			return result, w.end(ctx, failed.Error())
		case ctx.Err() != nil:
			return Result{}, w.interrupt(ctx)
		default:
			return Result{}, err
		}
	}
	return Result{}, nil
}

// move makes the next move of the walk.
func (w *walker) move(ctx context.Context) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	m := w.opts.next(w.state)
	switch {
	case m.stuck != nil:
		return m.stuck
	case len(m.needs) > 0:
		// A value that an earlier action was to capture did not come.
		return &failure{action: m.action, reason: w.opts.Printer.T("auto.value-missing", "Name", m.needs[0].Name)}
	case len(m.wrongs) > 0:
		return &failure{action: m.action, reason: m.wrongs[0].Reason()}
	}
	if run, ok := m.command.(walk.Run); ok {
		return w.run(ctx, m.action, run)
	}
	return w.do(ctx, m.command)
}

// run starts an action and waits for its end.
func (w *walker) run(ctx context.Context, name string, cmd walk.Run) error {
	preview, err := w.client.Preview(ctx, cmd.Action)
	if err == nil {
		cmd.Command, cmd.Where, cmd.Values = preview.Command, preview.Where, preview.Values
		err = w.do(ctx, cmd)
	}
	var values *session.ValuesError
	var refusal *walk.Refusal
	switch {
	case errors.As(err, &values):
		return &failure{action: name, reason: values.Err.Error()}
	case errors.As(err, &refusal):
		return &failure{action: name, reason: refusal.Error()}
	case err != nil:
		return err
	}
	if err := w.settle(ctx); err != nil {
		return err
	}
	if ending := w.state.Action(cmd.Action).Ending; !ending.Succeeded() && ctx.Err() == nil {
		return &failure{action: name, reason: reasonOf(ending)}
	}
	return ctx.Err()
}

func reasonOf(ending event.Ending) string {
	if ending.Reason != "" {
		return ending.Reason
	}
	return ending.Outcome
}

// do carries out a command and takes in everything that it recorded.
func (w *walker) do(ctx context.Context, cmd walk.Command) error {
	ack, err := w.client.Do(ctx, cmd)
	if err != nil {
		return err
	}
	for w.state.Seq < ack.Seq {
		if err := w.next(ctx); err != nil {
			return err
		}
	}
	return nil
}

// settle waits until nothing runs any more.
func (w *walker) settle(ctx context.Context) error {
	for w.state.Running != nil {
		if err := w.next(ctx); err != nil {
			return err
		}
	}
	return nil
}

// next takes in what happened.
func (w *walker) next(ctx context.Context) error {
	updates, err := w.feed.Next(ctx)
	if err != nil {
		return err
	}
	defer w.report.show()
	var failed error
	for _, update := range updates {
		switch update := update.(type) {
		case session.EventRecorded:
			w.state = walk.Apply(w.state, update.Event)
			w.saved = update.Saved
			w.report.event(w.state, update.Event, update.Saved)
		case session.OutputPrinted:
			w.report.output(update)
		case session.OutputDropped:
			w.report.dropped(update)
		case session.OutputBeyond:
			w.report.beyond(update)
		case session.StorageFailed:
			failed = update.Err
		}
	}
	return failed
}

// end closes the run with a reason.
func (w *walker) end(ctx context.Context, reason string) error {
	return w.do(ctx, walk.End{Reason: reason})
}

// interrupt cancels what runs, waits for it and closes the run.
func (w *walker) interrupt(ctx context.Context) error {
	grace := w.opts.Grace
	if grace <= 0 {
		grace = defaultGrace
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), grace)
	defer cancel()
	if err := w.catchUp(ctx); err != nil {
		return errors.Join(ErrInterrupted, err)
	}
	if w.state.Running != nil {
		if err := w.do(ctx, walk.Cancel{Action: w.state.Running.Action}); err != nil && !gone(err) {
			return errors.Join(ErrInterrupted, fmt.Errorf("cancel what runs: %w", err))
		}
		if err := w.settle(ctx); err != nil {
			return errors.Join(ErrInterrupted, fmt.Errorf("wait for the end of what was cancelled: %w", err))
		}
	}
	if err := w.end(ctx, w.opts.Printer.T("auto.interrupted")); err != nil {
		return errors.Join(ErrInterrupted, err)
	}
	return ErrInterrupted
}

// catchUp takes in what was recorded before the interruption and not yet read: a
// command may have been carried out although its acknowledgement was not awaited.
func (w *walker) catchUp(ctx context.Context) error {
	attached, err := w.client.Attach(ctx)
	if err != nil {
		return fmt.Errorf("attach to the run: %w", err)
	}
	attached.Feed.Close()
	for w.state.Seq < attached.Saved.Seq {
		if err := w.next(ctx); err != nil {
			return err
		}
	}
	return nil
}

// gone reports whether the action ended before it could be cancelled.
func gone(err error) bool {
	var refusal *walk.Refusal
	return errors.As(err, &refusal) && (refusal.Code == walk.CodeNotRunning || refusal.Code == walk.CodeNotNow)
}
