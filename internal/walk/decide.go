package walk

import (
	"strings"

	"genia.ai/bitacora/internal/event"
	"genia.ai/bitacora/runbooks"
)

// Decide returns the events that the command causes in this state, in order, or
// a *Refusal. Of the events only Phase, Step, Kind and Data are set.
func Decide(s State, cmd Command) ([]event.Event, error) {
	if s.Status == StatusNew {
		if start, ok := cmd.(Start); ok {
			return []event.Event{s.make(start.RunStarted)}, nil
		}
		return refuse(CodeNotNow, "")
	}
	if events, err, known := decideAnytime(s, cmd); known {
		return events, err
	}
	switch {
	case s.Status == StatusEnded:
		return decideAfterEnd(s, cmd)
	case s.Running != nil:
		return decideRunning(s, cmd)
	}
	switch cmd := cmd.(type) {
	case Begin:
		return decideBegin(s)
	case Resume:
		return decideResume(s, cmd)
	case Pause:
		return []event.Event{s.make(event.RunPaused{Reason: cmd.Reason})}, nil
	case SetParam:
		return decideSetParam(s, cmd)
	case ChooseScenario:
		return decideScenario(s, cmd)
	case End:
		return decideEnd(s, cmd)
	}
	if s.Status != StatusWalking {
		return refuse(CodeNotNow, "")
	}
	return decideWalking(s, cmd)
}

// decideAnytime handles what may be said at any moment after the start: while an
// action runs, and most of it after the end too.
func decideAnytime(s State, cmd Command) (events []event.Event, err error, known bool) {
	switch cmd := cmd.(type) {
	case WriteNote:
		if strings.TrimSpace(cmd.Text) == "" {
			events, err = refuse(CodeAnswerInvalid, "note")
			return events, err, true
		}
		return []event.Event{s.make(event.Note{Text: cmd.Text})}, nil, true
	case WriteTodo:
		return []event.Event{s.make(event.Todo{ID: cmd.ID, Text: cmd.Text, Done: cmd.Done})}, nil, true
	case MarkMilestone:
		return []event.Event{s.make(event.Milestone{Name: cmd.Name, When: cmd.When.UTC()})}, nil, true
	case Trust:
		return []event.Event{s.make(cmd.RunbookTrusted)}, nil, true
	case Changed:
		return []event.Event{s.make(cmd.RunbookChanged)}, nil, true
	case Join:
		return []event.Event{s.make(cmd.ClientJoined)}, nil, true
	case Leave:
		return []event.Event{s.make(cmd.ClientLeft)}, nil, true
	}
	if s.Status == StatusEnded {
		return nil, nil, false
	}
	switch cmd := cmd.(type) {
	case PlanComms, SendComms:
		events, err = decideComms(s, cmd)
		return events, err, true
	case Tick:
		events, err = decideTick(s, cmd)
		return events, err, true
	case SetSeverity:
		return []event.Event{s.make(event.SeveritySet{Severity: cmd.Severity})}, nil, true
	case AssignRole:
		events, err = decideRole(s, cmd)
		return events, err, true
	case HandOver:
		if strings.TrimSpace(cmd.To) == "" {
			events, err = refuse(CodeAnswerInvalid, "operator")
			return events, err, true
		}
		return []event.Event{s.make(event.DriverChanged{From: s.Operator, To: cmd.To, Reason: cmd.Reason})}, nil, true
	}
	return nil, nil, false
}

// decideRunning handles the only commands that a running action leaves open.
func decideRunning(s State, cmd Command) ([]event.Event, error) {
	switch cmd := cmd.(type) {
	case Cancel:
		if cmd.Action != s.Running.Action {
			return refuse(CodeNotRunning, cmd.Action)
		}
		return nil, nil
	case Ended:
		return decideEnded(s, cmd)
	}
	return refuse(CodeBusy, s.Running.Action)
}

func decideWalking(s State, cmd Command) ([]event.Event, error) {
	switch cmd := cmd.(type) {
	case Choose:
		return decideChoose(s, cmd)
	case Answer:
		return decideAnswer(s, cmd)
	case Run:
		return decideRun(s, cmd)
	case Undo:
		return decideUndo(s, cmd)
	case Done:
		return decideDone(s, cmd)
	case Skip:
		return decideLeave(s, cmd.Step, cmd.Reason, event.StepSkipped{Reason: cmd.Reason})
	case Accept:
		return decideLeave(s, cmd.Step, cmd.Reason, event.StepAccepted{Reason: cmd.Reason})
	case Reopen:
		return decideReopen(s, cmd)
	case Goto:
		return decideGoto(s, cmd)
	case Adhoc:
		if strings.TrimSpace(cmd.Command) == "" {
			return refuse(CodeAnswerInvalid, "command")
		}
		return []event.Event{s.make(event.AdhocStarted{
			ID: cmd.ID, Command: cmd.Command, Where: cmd.Where, Interactive: cmd.Interactive && !s.Rehearsal(),
		})}, nil
	case Cancel:
		return refuse(CodeNotRunning, cmd.Action)
	}
	return refuse(CodeNotNow, "")
}

// make builds an event about the current step.
func (s State) make(data event.Data) event.Event { return s.makeFor(s.current, data) }

func (s State) makeFor(step int, data event.Data) event.Event {
	ev := event.Event{Kind: data.Kind(), Data: data}
	if step != none {
		ev.Step = s.plan.steps[step].ID
		ev.Phase = string(s.plan.steps[step].Phase)
	}
	return ev
}

func decideBegin(s State) ([]event.Event, error) {
	if s.Status != StatusBriefing {
		return refuse(CodeNotNow, "")
	}
	if s.NeedsScenario() {
		return refuse(CodeScenarioNeeded, "", s.scenarioIDs()...)
	}
	return enterNext(s, nil), nil
}

func decideResume(s State, cmd Resume) ([]event.Event, error) {
	if s.Status != StatusPaused {
		return refuse(CodeNotNow, "")
	}
	return []event.Event{s.make(event.RunResumed{Operator: cmd.Operator, Host: cmd.Host, Lost: cmd.Lost})}, nil
}

func decideRole(s State, cmd AssignRole) ([]event.Event, error) {
	for _, role := range s.plan.runbook.Roles {
		if role.ID == cmd.Role {
			return []event.Event{s.make(event.RoleAssigned{Role: cmd.Role, Holder: cmd.Holder})}, nil
		}
	}
	return refuse(CodeUnknown, cmd.Role)
}

func decideSetParam(s State, cmd SetParam) ([]event.Event, error) {
	param, ok := s.plan.param(cmd.Name)
	if !ok {
		return refuse(CodeUnknown, cmd.Name)
	}
	if cmd.Invented && !s.Rehearsal() {
		return refuse(CodeAnswerInvalid, cmd.Name)
	}
	if !cmd.Invented {
		if err := param.Check(cmd.Value); err != nil {
			return nil, &Refusal{Code: CodeAnswerInvalid, Cause: err}
		}
	}
	return []event.Event{s.make(event.ParamSet{
		Name: cmd.Name, Value: cmd.Value, Source: cmd.Source, Invented: cmd.Invented,
	})}, nil
}

func decideScenario(s State, cmd ChooseScenario) ([]event.Event, error) {
	if !s.plan.scenario(cmd.Scenario) {
		return refuse(CodeUnknown, cmd.Scenario, s.scenarioIDs()...)
	}
	if s.plan.steersScenario && s.Scenario == "" {
		// The runbook's own choice records the decision with its label and reason.
		return refuse(CodeDecisionNeeded, cmd.Scenario)
	}
	if s.Scenario == cmd.Scenario {
		return nil, nil
	}
	if s.Scenario != "" && s.Status != StatusBriefing && strings.TrimSpace(cmd.Reason) == "" {
		return refuse(CodeReasonNeeded, cmd.Scenario)
	}
	events := []event.Event{s.make(s.changeScenario(cmd.Scenario, cmd.Reason))}
	if s.Status != StatusWalking {
		return events, nil
	}
	return append(events, Apply(s, events[0]).takeUp(cmd.Scenario)...), nil
}

func decideEnd(s State, cmd End) ([]event.Event, error) {
	outcome := event.RunCompleted
	switch {
	case s.unfinished():
		outcome = event.RunStopped
	case s.steps.first(stepLeft, 0) != none:
		outcome = event.RunIncomplete
	}
	if outcome == event.RunCompleted && s.NeedsScenario() {
		outcome = event.RunStopped
	}
	if outcome == event.RunStopped && strings.TrimSpace(cmd.Reason) == "" {
		return refuse(CodeReasonNeeded, "")
	}
	return []event.Event{s.make(event.RunEnded{Outcome: outcome, Reason: cmd.Reason})}, nil
}

// enterNext appends the events that make the next open step current, if there is one.
func enterNext(s State, events []event.Event) []event.Event {
	for _, ev := range events {
		s = Apply(s, ev)
	}
	next := s.next()
	if next == none {
		return events
	}
	return append(events, s.enter(next)...)
}

// enter returns the events that make a step current.
func (s State) enter(step int) []event.Event {
	var events []event.Event
	target := s.plan.steps[step]
	if target.Phase != s.Phase && target.Phase != runbooks.PhaseNone {
		events = append(events, s.makeFor(step, event.PhaseEntered{From: string(s.Phase)}))
	}
	return append(events, s.makeFor(step, event.StepStarted{Text: target.Text}))
}
