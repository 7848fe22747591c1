package walk

import (
	"strconv"

	"genia.ai/bitacora/internal/event"
	"genia.ai/bitacora/runbooks"
)

// dueness says whether an action of the current step may run.
type dueness int

const (
	dueNow   dueness = iota
	dueLater         // it waits for another action
	dueNever         // of another scenario, or what it waits for was declined
)

// due works out whether an action may run as things stand.
func (s State) due(a int) dueness {
	action := s.plan.actions[a]
	if s.plan.onlyReverts[a] || action.Scenario != "" && action.Scenario != s.Scenario {
		return dueNever
	}
	if action.Settings.After == "" {
		return dueNow
	}
	b := s.plan.action(action.Settings.After)
	if b == none || b == a || s.plan.onlyReverts[b] {
		return dueNever
	}
	before := s.actions.at(b)
	switch {
	case s.plan.actions[b].Kind == runbooks.KindConfirm && before.Answer == AnswerNo:
		return dueNever
	case before.Succeeded():
		return dueNow
	case s.plan.actionStep[b] != s.plan.actionStep[a] && s.closed(s.plan.actionStep[b]):
		return dueNever
	case s.plan.actionStep[b] == s.plan.actionStep[a] && s.due(b) == dueNever:
		return dueNever
	}
	return dueLater
}

// closed reports whether nothing more will come from a step.
func (s State) closed(step int) bool {
	st := s.steps.at(step)
	return st.Bearing != BearingOn || st.Status == StepSkipped || st.Status == StepAccepted
}

// currentAction returns the index of an action of the current step that is due.
func (s State) currentAction(id string) (int, *Refusal) {
	a := s.plan.action(id)
	switch {
	case a == none:
		return none, &Refusal{Code: CodeUnknown, ID: id}
	case s.plan.actionStep[a] != s.current:
		return none, &Refusal{Code: CodeNotCurrent, ID: id}
	case s.due(a) != dueNow:
		return none, &Refusal{Code: CodeNotDue, ID: id}
	}
	return a, nil
}

func decideChoose(s State, cmd Choose) ([]event.Event, error) {
	a, refusal := s.currentAction(cmd.Action)
	if refusal != nil {
		return nil, refusal
	}
	action := s.plan.actions[a]
	if action.Kind != runbooks.KindChoice && action.Kind != runbooks.KindConfirm {
		return refuse(CodeAnswerKind, cmd.Action)
	}
	picked, ok := option(action, cmd.Key)
	if !ok {
		return refuse(CodeAnswerInvalid, cmd.Action, optionKeys(action)...)
	}
	how := cmd.How
	if how == "" {
		how = event.HowOperator
	}
	events := []event.Event{s.make(event.ChoiceMade{
		Action: action.ID, Name: action.Name, Key: picked.Key, Label: picked.Label,
		Steer: steerText(picked.Steer), Reason: cmd.Reason, How: how,
	})}
	if picked.Steer.Kind == runbooks.SteerScenario && picked.Steer.Target != s.Scenario {
		events = append(events, s.make(s.changeScenario(picked.Steer.Target, cmd.Reason)))
	}
	if action.Name == severityName && action.Kind == runbooks.KindChoice {
		events = append(events, s.make(event.SeveritySet{Severity: picked.Key}))
	}
	return append(events, s.steerBack(picked.Steer)...), nil
}

// severityName is the name of the choice that also sets the severity of the run.
const severityName = "severity"

// Severities are those that the runbook itself knows: the options of its choice of that
// name, whose keys are recorded; none where it has no such choice.
func (p *Plan) Severities() []runbooks.Option {
	action, _ := p.Action(severityName)
	if action == nil || action.Kind != runbooks.KindChoice {
		return nil
	}
	return action.Options
}

// steerBack handles an option that leads to an earlier phase: every finished
// step from there on is opened again, so that it is really walked again.
func (s State) steerBack(steer runbooks.Steer) []event.Event {
	if steer.Kind != runbooks.SteerPhase {
		return nil
	}
	phase := runbooks.Phase(steer.Target)
	first, known := s.plan.firstOf[phase]
	if !known || s.plan.comesAfter(s.current, phase) {
		return nil
	}
	const begun = stepActive | stepFinished
	var events []event.Event
	for i := s.steps.first(begun, first); i != none && i < s.current; i = s.steps.first(begun, i+1) {
		events = append(events, s.makeFor(i, event.StepReopened{Reason: "choice"}))
	}
	return events
}

func decideAnswer(s State, cmd Answer) ([]event.Event, error) {
	a, refusal := s.currentAction(cmd.Action)
	if refusal != nil {
		return nil, refusal
	}
	action := s.plan.actions[a]
	if action.Kind != runbooks.KindInput {
		return refuse(CodeAnswerKind, cmd.Action)
	}
	name := action.Name
	param, ok := s.plan.param(name)
	if !ok {
		return refuse(CodeUnknown, name)
	}
	if cmd.Invented && !s.Rehearsal() {
		return refuse(CodeAnswerInvalid, cmd.Action)
	}
	if !cmd.Invented {
		if err := param.Check(cmd.Value); err != nil {
			return nil, &Refusal{Code: CodeAnswerInvalid, ID: cmd.Action, Cause: err}
		}
	}
	source := cmd.Source
	if source == "" {
		source = event.SourceOperator
	}
	events := []event.Event{s.make(event.ParamSet{
		Name: name, Value: cmd.Value, Source: source, Invented: cmd.Invented, Action: action.ID,
	})}
	for _, role := range s.plan.runbook.Roles {
		if role.ID == name {
			events = append(events, s.make(event.RoleAssigned{Role: role.ID, Holder: cmd.Value}))
		}
	}
	return events, nil
}

func decideRun(s State, cmd Run) ([]event.Event, error) {
	a, refusal := s.currentAction(cmd.Action)
	if refusal != nil {
		return nil, refusal
	}
	return s.startAction(a, "", cmd)
}

func decideUndo(s State, cmd Undo) ([]event.Event, error) {
	a := s.plan.action(cmd.Action)
	if a == none {
		return refuse(CodeUnknown, cmd.Action)
	}
	id := s.plan.actions[a].ID
	entry, ok := s.undo.find(id)
	if !ok {
		return refuse(CodeNothingToUndo, id)
	}
	return s.startAction(s.plan.action(entry.Undo), id, cmd.Run)
}

// startAction checks what stands between an action and its start.
func (s State) startAction(a int, undoes string, cmd Run) ([]event.Event, error) {
	action := s.plan.actions[a]
	if action.Kind.Asks() {
		return refuse(CodeAnswerKind, action.ID)
	}
	if missing := s.Missing(action); len(missing) > 0 {
		return refuse(CodeParamsNeeded, action.ID, missing...)
	}
	part, ok := action.Part(cmd.Alternative)
	if !ok {
		return refuse(CodePickNeeded, action.ID, alternatives(action)...)
	}
	var events []event.Event
	if s.NeedsConfirm(action) {
		if _, needed := s.NeedsTarget(action, cmd.Alternative); needed && cmd.Target != s.Target(action) {
			return refuse(CodeTargetNeeded, action.ID, s.Target(action))
		}
		if !cmd.Confirmed {
			return refuse(CodeConfirmNeeded, action.ID)
		}
		how := cmd.How
		if how == "" {
			how = event.HowOperator
		}
		events = append(events, s.make(event.ActionConfirmed{
			Action: action.ID, Effect: string(action.Effect), Target: cmd.Target, How: how, Lands: cmd.Lands,
		}))
	}
	return append(events, s.make(event.ActionStarted{
		Action: action.ID, Name: action.Name, ActKind: string(action.Kind), Effect: string(action.Effect),
		Attempt: s.actions.at(a).Attempts + 1, Command: cmd.Command, Where: cmd.Where, Values: cmd.Values,
		Simulated: s.Rehearsal(), Undoes: undoes,
		Line: cmd.Line, CodeSHA256: cmd.CodeSHA256, Alternative: cmd.Alternative, Endless: part.Endless, Wrapper: cmd.Wrapper,
		Interactive: action.Settings.Interactive && !s.Rehearsal(),
	})), nil
}

// alternatives are the numbers that can be picked.
func alternatives(action *runbooks.Action) []string {
	numbers := make([]string, len(action.Alternatives))
	for i := range numbers {
		numbers[i] = strconv.Itoa(i + 1)
	}
	return numbers
}

func decideEnded(s State, cmd Ended) ([]event.Event, error) {
	if cmd.Action != s.Running.Action {
		return refuse(CodeNotRunning, cmd.Action)
	}
	if s.Running.Adhoc {
		return []event.Event{s.make(event.AdhocEnded{ID: cmd.Action, Ending: cmd.Ending})}, nil
	}
	a := s.plan.action(cmd.Action)
	action := s.plan.actions[a]
	events := []event.Event{s.make(event.ActionEnded{Action: action.ID, Ending: cmd.Ending})}
	if !cmd.Ending.Succeeded() {
		return events, nil
	}
	for _, capture := range action.Settings.Capture {
		if value, ok := cmd.Ending.Captured[capture.Name]; ok {
			events = append(events, s.make(event.ParamSet{
				Name: capture.Name, Value: value, Source: event.SourceCapture, Action: action.ID,
				Invented: cmd.Ending.Outcome == event.OutcomeSimulated,
			}))
		}
	}
	if s.Running.Undoes != "" {
		return append(events, s.make(event.UndoDone{Action: s.Running.Undoes, Undo: action.ID})), nil
	}
	if s.plan.reverts[a] {
		for _, reverted := range s.undo.revertedBy(action.ID) { // run as a step of its own, it reverts all the same
			events = append(events, s.make(event.UndoDone{Action: reverted, Undo: action.ID}))
		}
	}
	if undo := s.plan.action(action.Settings.Undo); action.Settings.Undo != "" && undo != none {
		events = append(events, s.make(event.UndoPushed{Action: action.ID, Undo: s.plan.actions[undo].ID}))
	}
	return events, nil
}

func optionKeys(action *runbooks.Action) []string {
	if action.Kind == runbooks.KindConfirm {
		return []string{AnswerYes, AnswerNo}
	}
	keys := make([]string, len(action.Options))
	for i, o := range action.Options {
		keys[i] = o.Key
	}
	return keys
}

func steerText(steer runbooks.Steer) string {
	switch steer.Kind {
	case runbooks.SteerNone:
		return ""
	case runbooks.SteerEnd:
		return "end"
	}
	return string(steer.Kind) + ":" + steer.Target
}
