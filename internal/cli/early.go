package cli

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"

	"genia.ai/bitacora/internal/event"
	"genia.ai/bitacora/internal/i18n"
	"genia.ai/bitacora/internal/runserver"
	"genia.ai/bitacora/internal/session"
	"genia.ai/bitacora/internal/walk"
	"genia.ai/bitacora/tui"
)

// runScreen walks a runbook in the full screen. Its server starts while the briefing
// is being read already.
func (a *app) runScreen(ctx context.Context, prep *preparation, flags runFlags) error {
	early, err := prep.early(a, flags)
	if err != nil {
		return err
	}
	hello := a.hello("tui")
	hello.Drive, hello.Known = true, prep.plan
	opts := a.screenOptions()
	opts.Printer, opts.Scenario, opts.Answers, opts.Early = prep.printer, prep.scenario, prep.answers, early
	opts.Checks = prep.checks(a, flags)
	opts.Start = func(ctx context.Context) (tui.Opened, error) {
		ready, err := a.launch(ctx, prep.spec(flags), prep.printer)
		if err != nil {
			return tui.Opened{}, err
		}
		// Beside a flood of output the screen is to stay small.
		debug.SetGCPercent(lastingGC)
		client, err := runserver.Dial(ctx, ready.Dir, hello)
		if err != nil {
			return tui.Opened{}, err
		}
		return tui.Opened{Client: client}, nil
	}
	result, err := a.screen(ctx, opts)
	l := left{
		run: result.Run, dir: result.Dir, seq: result.Saved.Seq, outcome: result.Outcome,
		idle: early.Briefing.Idle, told: told(result), meant: meant(result.Left),
	}
	if errors.Is(err, tui.ErrLost) {
		err = &exitError{exitIncomplete} // the screen has said so
	}
	client, _ := result.Client.(*runserver.Client) // none when it was left before the run was there
	return a.part(client, prep.printer, l, true, a.screenError(err))
}

// part closes a front end's connection and says where the record is, and how the
// run was left.
func (a *app) part(client *runserver.Client, printer *i18n.Printer, l left, drove bool, err error) error {
	if client == nil {
		return err
	}
	closing := client.Close
	if l.meant {
		closing = client.Leave
	}
	err = errors.Join(err, closing())
	a.whereabouts(printer, l)
	if err == nil && client.Failed() != nil {
		err = client.Failed()
	}
	if err == nil && drove && l.outcome != event.RunCompleted {
		err = &exitError{exitIncomplete}
	}
	return err
}

// early is what the briefing of a run will say, before anything of it is recorded.
func (p *preparation) early(a *app, flags runFlags) (*session.Attachment, error) {
	at := &session.Attachment{Plan: p.plan, Briefing: p.briefing(a)}
	state := walk.New(p.plan)
	for _, cmd := range p.commands(a, flags) {
		events, err := walk.Decide(state, cmd)
		if err != nil {
			return nil, fmt.Errorf("begin the run: %w", err)
		}
		for _, ev := range events {
			ev.At = a.clock.Now()
			state = walk.Apply(state, ev)
			at.Events = append(at.Events, ev)
		}
	}
	return at, nil
}
