package plain

import (
	"errors"
	"slices"
	"strings"

	"genia.ai/bitacora/internal/event"
	"genia.ai/bitacora/internal/session"
	"genia.ai/bitacora/internal/walk"
	"genia.ai/bitacora/runbooks"
)

// lead walks the run, or follows it when somebody else drives.
func (t *talk) lead() error {
	t.sayBriefing()
	t.sayChecks()
	t.sayBack()
	t.sayReopened()
	if !t.following {
		err := t.walk()
		var demoted *demotedError
		if !errors.As(err, &demoted) {
			return err
		}
		t.following = true
		t.sayDemoted(demoted.by)
	}
	err := t.watch()
	if errors.Is(err, errEnded) {
		t.say("")
		t.showSummary()
		return nil
	}
	return err
}

// sayReopened says of a run that goes on after its end what it left to do. Nothing
// of what was switched off is switched on by itself.
func (t *talk) sayReopened() {
	if t.state.Reopened == 0 || t.state.Status == walk.StatusEnded {
		return
	}
	t.say(t.p.T("plain.reopened"))
	t.showTodos()
	t.sayUndoable()
}

// walk leads through the run, from where it stands to its end.
func (t *talk) walk() error {
	if step := t.state.Current(); step != nil && t.state.Status == walk.StatusWalking {
		t.showStep(step)
	}
	for t.state.Status != walk.StatusEnded {
		if err := t.turn(); err != nil && !errors.Is(err, errEnded) {
			return err
		}
	}
	t.say("")
	t.showSummary()
	return nil
}

// turn is one question and what follows from its answer.
func (t *talk) turn() error {
	if t.storage != nil {
		return t.storage
	}
	t.sayOverdue()
	switch {
	case t.state.Running != nil:
		return t.wait()
	case t.state.Status == walk.StatusPaused:
		_, err := t.do(walk.Resume{Operator: t.state.Operator, Host: t.state.Host})
		return err
	case t.state.Status == walk.StatusBriefing:
		return t.brief()
	case t.state.NeedsScenario():
		return t.askScenario()
	case t.state.Complete():
		t.say(t.p.T("plain.complete"))
		t.sayUndoable()
		return t.ask(t.p.T("plain.complete.prompt"), onEnter(func() error { return t.end("") }))
	}
	step := t.state.Current()
	if step == nil || t.state.Step(step.ID).Status != walk.StepActive {
		return t.ask(t.p.T("plain.stuck"), nil)
	}
	if failed := t.state.Failure(); failed != nil {
		return t.failureMenu(failed)
	}
	if action := t.state.NextAction(); action != nil {
		return t.attend(action)
	}
	done := func() error {
		_, err := t.do(walk.Done{Step: step.ID, How: event.HowOperator})
		return err
	}
	if t.answered(step) {
		return t.whenTicked(step, done)
	}
	return t.ask(t.p.T("plain.step.prompt"), onEnter(func() error { return t.whenTicked(step, done) }))
}

// answered reports whether a step only asked, and every answer leads on: then
// it needs no word of its own to be done.
func (t *talk) answered(step *runbooks.Step) bool {
	actions := t.state.StepActions(step.ID)
	return len(actions) > 0 && !slices.ContainsFunc(actions, func(a *runbooks.Action) bool {
		answer := t.state.Action(a.ID).Answer
		return !a.Kind.Asks() || answer == "" || a.Kind == runbooks.KindConfirm && answer == walk.AnswerNo
	})
}

// reply takes the line that answers a question, or leaves it.
type reply func(line string) (taken bool, err error)

// onEnter takes the empty line.
func onEnter(do func() error) reply {
	return func(line string) (bool, error) {
		if line != "" {
			return false, nil
		}
		return true, do()
	}
}

// ask asks a question to which commands are an answer too. What the reply takes
// is no command; a line that begins with a colon always is one.
func (t *talk) ask(question string, answer reply) error {
	line, err := t.read(question)
	if err != nil {
		return err
	}
	line, forced := strings.CutPrefix(line, ":")
	if !forced && answer != nil {
		if taken, err := answer(line); taken || err != nil {
			return err
		}
	}
	if command, arg := t.parse(line); command != nil {
		return command.do(t, arg)
	}
	if line != "" {
		t.say(t.p.T("plain.not-understood"))
	}
	return nil
}

// text asks for a free text. Only what begins with a colon is a command.
func (t *talk) text(question string) (string, error) {
	for {
		line, err := t.read(question)
		if err != nil {
			return "", err
		}
		forced, ok := strings.CutPrefix(line, ":")
		command, arg := t.parse(forced)
		if !ok || command == nil {
			return line, nil
		}
		if err := command.do(t, arg); err != nil {
			return "", err
		}
		if t.state.Status == walk.StatusEnded {
			return "", errEnded
		}
	}
}

// brief asks for the parameters, then begins.
func (t *talk) brief() error {
	if t.state.NeedsScenario() {
		return t.askScenario()
	}
	for _, param := range t.plan.Runbook().Params {
		value, given := t.opts.Params[param.Name]
		if _, known := t.state.Value(param.Name); known || !given {
			continue
		}
		if _, err := t.do(walk.SetParam{Name: param.Name, Value: value, Source: event.SourceFlag}); err != nil {
			return err
		}
	}
	if !t.trusted() {
		return t.askTrust()
	}
	later := askedLater(t.plan.Steps(), map[string]bool{})
	for _, param := range t.plan.Runbook().Params {
		walked := later[param.Name] || param.Origin == runbooks.OriginCapture // it gets its value on the way
		if _, known := t.state.Value(param.Name); known || t.asked[param.Name] || walked {
			continue
		}
		t.asked[param.Name] = true
		if err := t.askParam(param, true); err != nil {
			return err
		}
	}
	if err := t.askSecrets(); err != nil {
		return err
	}
	return t.ask(t.p.T("plain.begin"), onEnter(func() error {
		_, err := t.do(walk.Begin{})
		return err
	}))
}

// askedLater adds the names of what the steps ask for.
func askedLater(steps []*runbooks.Step, names map[string]bool) map[string]bool {
	for _, step := range steps {
		for _, action := range step.Actions {
			if action.Kind.Asks() {
				names[action.Name] = true
			}
		}
		askedLater(step.Substeps, names)
	}
	return names
}

// askParam asks for a value. An empty line takes the default, in a rehearsal
// anything; in a live run it puts the question off if that is possible.
func (t *talk) askParam(param runbooks.Param, optional bool) error {
	invented := t.state.Invent(param.Name)
	hasDefault := param.Default != "" || t.state.Rehearsal()
	title := t.p.T("plain.param", "Name", param.Name)
	if param.Label != "" && param.Label != param.Name {
		title += ": " + oneLine(param.Label)
	}
	t.say(title)
	if param.Note != "" {
		t.sayBehind("  ", param.Note)
	}
	if len(param.Options) > 0 {
		t.say("  " + t.p.T("plain.param.options", "Options", strings.Join(param.Options, ", ")))
	} else if param.Example != "" {
		t.say("  " + t.p.T("plain.param.example", "Example", param.Example))
	}
	for {
		prompt := t.p.T("plain.param.prompt", "Name", param.Name)
		switch {
		case hasDefault:
			prompt = t.p.T("plain.param.default", "Name", param.Name, "Default", invented.Value)
		case optional:
			prompt = t.p.T("plain.param.later", "Name", param.Name)
		}
		line, err := t.text(prompt)
		if err != nil {
			return err
		}
		cmd := walk.SetParam{Name: param.Name, Value: line, Source: event.SourceOperator}
		switch {
		case line == "" && hasDefault:
			cmd = invented
		case line == "" && optional:
			return nil
		}
		if done, err := t.do(cmd); done || err != nil {
			return err
		}
	}
}

// askScenario asks which of the alternatives is walked.
func (t *talk) askScenario() error {
	scenarios := t.plan.Runbook().Scenarios
	t.say("")
	t.say(t.p.T("plain.scenario"))
	options := make([]option, len(scenarios))
	for i, scenario := range scenarios {
		options[i] = option{key: scenario.ID, label: scenario.Title, note: scenario.Condition}
	}
	return t.pick(options, t.opts.Scenario, func(id, reason string) error {
		_, err := t.do(walk.ChooseScenario{Scenario: id, Reason: reason})
		return err
	})
}

// end closes the run; when steps are open it asks why.
func (t *talk) end(reason string) error {
	for {
		switch t.yesOrNo(reason) { // no reason: after a yes it is asked for once more
		case walk.AnswerYes:
			reason = ""
		case walk.AnswerNo:
			t.say(t.p.T("plain.stop.not"))
			return nil
		}
		ack, err := t.client.Do(t.ctx, walk.End{Reason: reason})
		var refusal *walk.Refusal
		switch {
		case err == nil:
			return t.catchUp(ack.Seq)
		case errors.Is(err, session.ErrClosed):
			return t.lost()
		case !errors.As(err, &refusal):
			return err
		case refusal.Code != walk.CodeReasonNeeded:
			t.say(oneLine(t.refusal(refusal)))
			return nil
		}
		if reason, err = t.text(t.p.T("plain.reason.stop")); err != nil {
			return err
		}
	}
}
