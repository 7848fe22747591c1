package cli

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"genia.ai/bitacora/internal/config"
	"genia.ai/bitacora/internal/event"
	"genia.ai/bitacora/internal/redact"
	"genia.ai/bitacora/internal/secrets"
	"genia.ai/bitacora/internal/session"
	"genia.ai/bitacora/internal/transcript"
	"genia.ai/bitacora/internal/walk"
	"genia.ai/bitacora/runbooks"
)

// openAgain goes on with a run whose server is gone, or is taken over.
func (a *app) openAgain(ctx context.Context, spec serveSpec) (*preparation, error) {
	dir := spec.Resume
	if err := transcript.CheckFilesystem(dir); err != nil {
		return nil, err
	}
	lock, seized, err := a.lockAgain(ctx, dir, spec.Seize)
	if err != nil {
		return nil, err
	}
	prep, err := a.reopen(ctx, dir, seized, spec)
	if err != nil {
		return nil, errors.Join(err, lock.Release())
	}
	prep.lock = lock
	return prep, nil
}

// reopen opens the transcript, works out what is not known any more, and starts a
// session with what is on record.
func (a *app) reopen(ctx context.Context, dir string, seized *transcript.Holder, spec serveSpec) (*preparation, error) {
	before, err := transcript.Read(dir)
	if err != nil {
		return nil, err
	}
	if before.Damage != nil {
		return nil, before.Damage
	}
	p, err := a.remember(before, spec.Secrets)
	if err != nil {
		return nil, err
	}
	p.dir, p.id = dir, filepath.Base(dir)
	state := walk.Replay(p.plan, before.Events)
	writer, t, err := transcript.Open(transcript.OS{}, dir, a.clock, transcript.OpenOptions{
		Begin:    p.begin(a, seized, spec),
		NewEpoch: seized != nil || state.Status != walk.StatusPaused && state.Status != walk.StatusEnded,
		Actor:    config.Operator(a.env),
	})
	if err != nil {
		return nil, err
	}
	p.lost = lostVars(p.plan, t.Events)
	p.notes = spec.Notes
	if p.anchored, err = p.anchorLog(a); err != nil {
		return nil, errors.Join(err, writer.Close())
	}
	if err := p.provide(ctx, runFlags{sandbox: state.Sandbox, scenario: state.Scenario}); err != nil {
		return nil, errors.Join(err, writer.Close())
	}
	if state.Sandbox {
		p.notes = append(p.notes, p.printer.T("cli.note.sandbox-again"))
	}
	if err := p.resume(ctx, a, writer, t); err != nil {
		return nil, errors.Join(err, p.close())
	}
	if err := p.goOn(ctx, a, spec.Reopen); err != nil {
		return nil, errors.Join(err, p.close())
	}
	return p, nil
}

// goOn opens a run again that has ended, when there is a reason to.
func (p *preparation) goOn(ctx context.Context, a *app, reason string) error {
	if reason == "" || p.session.State().Status != walk.StatusEnded {
		return nil
	}
	operator := config.Operator(a.env)
	_, err := p.session.DoAs(ctx, operator, walk.ReopenRun{Operator: operator, Host: config.Host(), Reason: reason, Lost: p.lost})
	p.lost = nil // told
	return err
}

// remember makes a preparation of what a transcript says of its run. Without found
// secrets it knows those of the environment.
func (a *app) remember(t *transcript.Transcript, found []secrets.Found) (*preparation, error) {
	if len(t.Events) == 0 {
		return nil, transcript.ErrNotStarted
	}
	started, ok := t.Events[0].Data.(event.RunStarted)
	if !ok {
		return nil, fmt.Errorf("%s: the transcript does not begin with the start of a run", t.Dir)
	}
	rb := &loaded{source: t.Runbook, name: strings.TrimSuffix(filepath.Base(started.Path), ".md"), path: started.Path}
	var err error
	if rb.Runbook, err = runbooks.Parse(started.Path, t.Runbook); err != nil {
		return nil, fmt.Errorf("the run's own copy of the runbook: %w", err)
	}
	if a.lang == "" {
		a.lang = started.Lang
	}
	if found == nil {
		found = a.envSecrets(rb.Runbook)
	}
	p, err := a.prepare(rb, runFlags{dryRun: started.Mode == event.ModeRehearsal, plain: true}, found)
	if err != nil {
		return nil, err
	}
	p.keepEnv(started.Env)
	state := walk.Replay(p.plan, t.Events)
	for name, value := range state.Values() {
		p.params[name] = value.Text
	}
	return p, nil
}

// keepEnv gives a run that goes on the env that it began with: what it acts on is not to
// change because another terminal has other variables. A value that holds a secret is not
// on record; it is that of the environment.
func (p *preparation) keepEnv(began map[string]string) {
	for name, value := range began {
		if !redact.Masked(value) {
			p.env[name] = value
		}
	}
}

// begin says what the first event of a new epoch is.
func (p *preparation) begin(a *app, seized *transcript.Holder, spec serveSpec) transcript.Begin {
	return func(t *transcript.Transcript, seal event.Seal) event.Data {
		unknown, lost := []string{}, lostVars(p.plan, t.Events)
		if running := walk.Replay(p.plan, t.Events).Running; running != nil {
			unknown = append(unknown, running.Action)
		}
		if seized != nil {
			return event.Superseded{
				Seal: seal, PID: seized.PID, By: config.Operator(a.env), Reason: spec.Seize.Reason, Unknown: unknown, Lost: lost,
			}
		}
		reason := "the run server was lost"
		if seal.Torn > 0 {
			reason = "the run server was lost while it wrote"
		}
		return event.Recovered{Seal: seal, Reason: reason, Unknown: unknown, Lost: lost}
	}
}

// lostVars returns the shell variables that the server before held, by the last
// action that set each, without those that were told lost already. A server that
// goes on in a new epoch after a failed write tells none.
func lostVars(plan *walk.Plan, events []event.Event) []event.LostVars {
	lost := []event.LostVars{}
	for _, ev := range events {
		switch data := ev.Data.(type) {
		case event.Recovered:
			lost = without(lost, data.Lost)
		case event.Superseded:
			lost = without(lost, data.Lost)
		case event.RunResumed:
			lost = without(lost, data.Lost)
		case event.RunReopened:
			lost = without(lost, data.Lost)
		case event.ActionEnded:
			if len(data.Vars) == 0 || !data.Succeeded() {
				continue
			}
			for i := range lost {
				lost[i].Names = slices.DeleteFunc(lost[i].Names, func(name string) bool { return slices.Contains(data.Vars, name) })
			}
			step := ev.Step
			if _, owner := plan.Action(data.Action); owner != nil {
				step = owner.ID
			}
			lost = append(lost, event.LostVars{Step: step, Action: data.Action, Names: slices.Clone(data.Vars)})
		}
	}
	return slices.DeleteFunc(lost, func(l event.LostVars) bool { return len(l.Names) == 0 })
}

// without takes out the variables that were told lost.
func without(held, told []event.LostVars) []event.LostVars {
	for _, gone := range told {
		for i := range held {
			held[i].Names = slices.DeleteFunc(held[i].Names, func(name string) bool { return slices.Contains(gone.Names, name) })
		}
	}
	return held
}

// resume starts the session of a run that goes on.
func (p *preparation) resume(ctx context.Context, a *app, writer *transcript.Writer, t *transcript.Transcript) error {
	workDir, err := os.Getwd()
	if err != nil {
		return errors.Join(fmt.Errorf("find the working directory: %w", err), writer.Close())
	}
	opts := p.sessionOptions(a, writer, workDir)
	opts.Events = t.Events
	opts.Saved = session.Saved{Seq: t.Events[len(t.Events)-1].Seq, At: a.clock.Now()}
	left, _, err := t.Leftover()
	if err != nil {
		return errors.Join(err, writer.Close())
	}
	opts.Recent = recentOutput(t, left.Path)
	p.session = session.New(context.WithoutCancel(ctx), opts)
	if err := p.session.Interrupted(left); err != nil {
		return err
	}
	if changed, ok := p.changed(t.Events); ok {
		if _, err := p.session.Do(ctx, walk.Changed{RunbookChanged: changed}); err != nil {
			return err
		}
	}
	return nil
}

// recentOutput reads back what the last actions printed, and last what an action
// left whose end is not on record.
func recentOutput(t *transcript.Transcript, left string) []session.OutputPrinted {
	var recent []session.OutputPrinted
	add := func(action string, attempt int, path string) {
		const most = 64 << 10
		if path == "" {
			return
		}
		// That an output cannot be read is for verify to say.
		if text, _, err := t.ReadOutput(path, most); err == nil && text != "" {
			recent = append(recent, session.OutputPrinted{
				Action: action, Attempt: attempt, Stream: session.StreamOut, Text: strings.ToValidUTF8(text, ""),
			})
		}
	}
	attempts, running := map[string]int{}, ""
	for _, ev := range t.Events {
		switch data := ev.Data.(type) {
		case event.ActionStarted:
			attempts[data.Action], running = data.Attempt, data.Action
		case event.ActionEnded:
			add(data.Action, attempts[data.Action], data.Output)
			running = ""
		}
	}
	if running != "" {
		add(running, attempts[running], left)
	}
	return recent[max(0, len(recent)-20):]
}

// changed says whether the runbook's own file is no longer what the run runs, and
// that is not on record yet.
func (p *preparation) changed(events []event.Event) (event.RunbookChanged, bool) {
	if !isPath(p.rb.path) || p.isShipped() {
		return event.RunbookChanged{}, false
	}
	now := event.RunbookChanged{Path: p.rb.path}
	if content, err := os.ReadFile(p.rb.path); err == nil {
		sum := sha256.Sum256(content)
		now.SHA256 = hex.EncodeToString(sum[:])
	}
	known := p.rb.Source.SHA256
	for _, ev := range events {
		if data, ok := ev.Data.(event.RunbookChanged); ok {
			known = data.SHA256
		}
	}
	return now, now.SHA256 != known
}
