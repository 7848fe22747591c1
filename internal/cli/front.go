package cli

import (
	"context"
	"errors"
	"os"
	"os/signal"
	"syscall"
	"time"

	"golang.org/x/term"

	"genia.ai/bitacora/internal/event"
	"genia.ai/bitacora/internal/plain"
	"genia.ai/bitacora/internal/sanitize"
	"genia.ai/bitacora/internal/walk"
	"genia.ai/bitacora/tui"
)

// walkPlain walks line by line.
func (a *app) walkPlain(ctx context.Context, prep *preparation) (walk.State, error) {
	interrupts := make(chan os.Signal, 1)
	signal.Notify(interrupts, os.Interrupt)
	defer signal.Stop(interrupts)
	// Presses of ctrl+c are answered one by one; only these end the walk.
	ctx, stop := signal.NotifyContext(context.WithoutCancel(ctx), syscall.SIGTERM, syscall.SIGHUP)
	defer stop()
	result, err := plain.Run(ctx, prep.session, plain.Options{
		In: a.in, Out: a.out, Printer: prep.printer, Interactive: term.IsTerminal(int(a.in.Fd())),
		Scenario: prep.scenario, Answers: prep.answers,
		Location: time.Local, Now: a.clock.Now, Interrupt: interrupts,
	})
	if err == nil && result.Left == plain.LeftBreak {
		err = &exitError{exitInterrupted}
	}
	return prep.session.State(), err
}

// screenOptions are what the full screen needs whatever it shows.
func (a *app) screenOptions() tui.Options {
	return tui.Options{
		Clean: sanitize.Line, Now: a.clock.Now, Location: time.Local,
		Getenv: func(name string) string { value, _ := a.env(name); return value },
		In:     a.in, Out: a.out,
	}
}

// walkFullScreen walks in the full screen.
func (a *app) walkFullScreen(ctx context.Context, prep *preparation) (walk.State, error) {
	opts := a.screenOptions()
	opts.Client, opts.Printer = prep.session, prep.printer
	_, err := tui.Run(ctx, opts)
	return prep.session.State(), a.screenError(err)
}

// screenError maps an interruption to its exit code.
func (a *app) screenError(err error) error {
	if errors.Is(err, context.Canceled) {
		return &exitError{exitInterrupted}
	}
	return err
}

// pick lets the operator choose a runbook and walks it.
func (a *app) pick(ctx context.Context) (err error) {
	if !a.terminal() {
		return usagef("there is no terminal to pick a runbook in; `bitacora run RUNBOOK` names one, `bitacora list` lists them")
	}
	var prep *preparation
	opts := a.screenOptions()
	opts.Printer = a.printer("")
	opts.Entries = a.entries()
	opts.Open = func(ctx context.Context, choice tui.Choice) (tui.Opened, error) {
		opened, err := a.openPicked(ctx, choice)
		if err != nil {
			return tui.Opened{}, err
		}
		prep = opened
		return tui.Opened{Client: prep.session, Printer: prep.printer}, nil
	}
	defer func() {
		if prep != nil {
			a.whereabouts(prep)
			err = withClosing(err, prep.close())
		}
	}()
	_, err = tui.Run(ctx, opts)
	if err = a.screenError(err); err != nil || prep == nil {
		return err
	}
	if code := runCode(prep.session.State()); code != exitOK {
		return &exitError{code}
	}
	return nil
}

// openPicked starts the run of what was picked.
func (a *app) openPicked(ctx context.Context, choice tui.Choice) (*preparation, error) {
	name := choice.Entry.Path
	if name == "" {
		name = choice.Entry.Name
	}
	rb, err := a.load(name)
	if err != nil {
		return nil, err
	}
	if errs := countErrors(rb.findings(a.clock.Now())); errs > 0 {
		return nil, usagef("%s has %d errors; `bitacora lint %s` names them", choice.Entry.Name, errs, name)
	}
	flags := runFlags{dryRun: choice.Rehearsal}
	prep, err := a.prepare(ctx, rb, flags)
	if err != nil {
		return nil, err
	}
	if err := prep.start(ctx, a, flags); err != nil {
		return nil, errors.Join(err, prep.close())
	}
	return prep, nil
}

// entries are what the picker offers, with when each was last run and rehearsed.
func (a *app) entries() []tui.Entry {
	rows, err := a.runRows()
	if err != nil {
		rows = nil // the picker still works without the past
	}
	var entries []tui.Entry
	for _, rb := range a.runbooks() {
		entry := tui.Entry{Name: rb.Name, Title: rb.Title, Path: rb.Path, Lang: rb.Lang, Note: rb.Problem, Phases: rb.Phases, Steps: rb.Steps}
		for _, row := range rows {
			if row.Title != rb.Title || row.Started == nil {
				continue
			}
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
