package cli

import (
	"cmp"
	"context"
	"errors"
	"runtime/debug"
	"time"

	"genia.ai/bitacora/internal/config"
	"genia.ai/bitacora/internal/event"
	"genia.ai/bitacora/internal/runserver"
	"genia.ai/bitacora/internal/sanitize"
	"genia.ai/bitacora/tui"
)

// screenOptions are what the full screen needs whatever it shows.
func (a *app) screenOptions() tui.Options {
	return tui.Options{
		Clean: sanitize.Line, Now: a.clock.Now, Location: time.Local,
		Getenv: func(name string) string { value, _ := a.env(name); return value },
		In:     a.in, Out: a.out,
		Export: a.exportHere, NoClipboard: !config.Clipboard(a.env),
		Palette: tui.Palette(cmp.Or(a.palette, config.Palette(a.env))), Mouse: a.mouse || config.Mouse(a.env),
	}
}

// screenError maps an interruption to its exit code, and keeps what is known of a panic.
func (a *app) screenError(err error) error {
	if errors.Is(err, context.Canceled) || errors.Is(err, tui.ErrGone) {
		return &exitError{exitInterrupted}
	}
	var panicked *tui.PanicError
	if errors.As(err, &panicked) {
		return a.crashed(panicked)
	}
	return err
}

// pick lets the operator choose a runbook and walks it.
func (a *app) pick(ctx context.Context) error {
	if !a.terminal() {
		return wrongUse("error.no-terminal")
	}
	var client *runserver.Client
	printer := a.printer("")
	opts := a.screenOptions()
	opts.Printer = printer
	opts.Entries = a.entries(ctx)
	opts.Open = func(ctx context.Context, choice tui.Choice) (tui.Opened, error) {
		opened, prep, err := a.openPicked(ctx, choice)
		if err != nil {
			return tui.Opened{}, speak(err, printer)
		}
		client, printer = opened, prep.printer
		return tui.Opened{Client: client, Printer: printer, Checks: prep.checks(a, runFlags{dryRun: choice.Rehearsal})}, nil
	}
	result, err := a.screen(ctx, opts)
	err = a.screenError(err)
	if client == nil {
		return err
	}
	err = errors.Join(err, client.Close())
	a.whereabouts(printer, left{run: result.Run, dir: result.Dir, seq: result.Saved.Seq, outcome: result.Outcome, told: told(result)})
	if err == nil && result.Outcome != event.RunCompleted {
		err = &exitError{exitIncomplete}
	}
	return err
}

// openPicked starts the run of what was picked, or goes on with it.
func (a *app) openPicked(ctx context.Context, choice tui.Choice) (*runserver.Client, *preparation, error) {
	name := choice.Entry.Path
	if name == "" {
		name = choice.Entry.Name
	}
	rb, err := a.load(name)
	if err != nil {
		return nil, nil, err
	}
	if errs := countErrors(rb.findings(a.clock.Now())); errs > 0 {
		return nil, nil, wrongUse("error.runbook-errors", "Name", choice.Entry.Name, "Errors", errs, "Path", name)
	}
	if len(rb.Sequence) == 0 {
		return nil, nil, noSteps(rb)
	}
	flags := runFlags{dryRun: choice.Rehearsal}
	found, err := a.findSecrets(ctx, rb.Runbook, flags.dryRun)
	if err != nil {
		return nil, nil, err
	}
	prep, err := a.prepare(rb, flags, found)
	if err != nil {
		return nil, nil, err
	}
	ready, err := a.launch(ctx, prep.spec(flags), prep.printer)
	if err != nil {
		return nil, nil, err
	}
	// Beside a flood of output the screen is to stay small.
	debug.SetGCPercent(lastingGC)
	hello := a.hello("tui")
	hello.Drive = true
	client, err := runserver.Dial(ctx, ready.Dir, hello)
	return client, prep, err
}

// entries are what the picker offers, with when each was last run and rehearsed.
func (a *app) entries(ctx context.Context) []tui.Entry {
	rows, err := a.runRows()
	if err != nil {
		rows = nil // the picker still works without the past
	}
	past := map[string][]runRow{}
	for _, row := range rows {
		if row.Started != nil {
			past[row.Title] = append(past[row.Title], row)
		}
	}
	var entries []tui.Entry
	all, _ := a.runbooks(ctx) // list says what could not be looked at
	for _, rb := range all {
		entry := tui.Entry{
			Name: rb.Name, Title: cmp.Or(rb.Title, rb.Name), Path: rb.Path, Lang: rb.Lang, Note: rb.Problem,
			Phases: rb.Phases, Steps: rb.Steps, Headings: rb.Headings, Alerts: rb.Alerts,
		}
		for _, row := range past[rb.Title] {
			last := &entry.LastRun
			if row.Mode == event.ModeRehearsal {
				last = &entry.LastRehearsed
			}
			if row.Started.After(*last) {
				*last = *row.Started
			}
		}
		entries = append(entries, entry)
	}
	return entries
}
