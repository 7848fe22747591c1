package walk

import (
	"strings"

	"genia.ai/bitacora/internal/event"
	"genia.ai/bitacora/runbooks"
)

// currentStep returns the index of the step if it is the current one.
func (s State) currentStep(id string) (int, *Refusal) {
	i := s.plan.step(id)
	switch {
	case i == none:
		return none, &Refusal{Code: CodeUnknown, ID: id}
	case i != s.current:
		return none, &Refusal{Code: CodeNotCurrent, ID: id}
	}
	return i, nil
}

func decideDone(s State, cmd Done) ([]event.Event, error) {
	i, refusal := s.currentStep(cmd.Step)
	if refusal != nil {
		return nil, refusal
	}
	if refusal := s.undecided(i); refusal != nil {
		return nil, refusal
	}
	if open := s.openActions(i); len(open) > 0 {
		return refuse(CodeActionsOpen, cmd.Step, open...)
	}
	how := cmd.How
	if how == "" {
		how = event.HowOperator
	}
	return enterNext(s, []event.Event{s.makeFor(i, event.StepDone{How: how})}), nil
}

// decideLeave skips or accepts a step. A step that holds an open decision cannot
// be left like that: what comes after it depends on the answer.
func decideLeave(s State, step, reason string, data event.Data) ([]event.Event, error) {
	i, refusal := s.currentStep(step)
	if refusal != nil {
		return nil, refusal
	}
	if refusal := s.undecided(i); refusal != nil {
		return nil, refusal
	}
	if strings.TrimSpace(reason) == "" {
		return refuse(CodeReasonNeeded, step)
	}
	return enterNext(s, []event.Event{s.makeFor(i, data)}), nil
}

func decideReopen(s State, cmd Reopen) ([]event.Event, error) {
	i := s.plan.step(cmd.Step)
	if i == none {
		return refuse(CodeUnknown, cmd.Step)
	}
	switch s.steps.at(i).Status {
	case StepPending, StepActive:
		return refuse(CodeNotNow, cmd.Step)
	}
	if s.steps.at(i).Bearing != BearingOn {
		return refuse(CodeNotOnWalk, cmd.Step)
	}
	if strings.TrimSpace(cmd.Reason) == "" {
		return refuse(CodeReasonNeeded, cmd.Step)
	}
	reopened := s.makeFor(i, event.StepReopened{Reason: cmd.Reason})
	after := Apply(s, reopened)
	if refusal := after.gate(i); refusal != nil {
		return nil, refusal
	}
	return append([]event.Event{reopened}, after.enter(i)...), nil
}

func decideGoto(s State, cmd Goto) ([]event.Event, error) {
	i := s.plan.step(cmd.Step)
	switch {
	case i == none:
		return refuse(CodeUnknown, cmd.Step)
	case i == s.current:
		return nil, nil
	case s.steps.at(i).Bearing == BearingUndecided:
		return refuse(CodeScenarioNeeded, cmd.Step, s.scenarioIDs()...)
	case s.steps.at(i).Bearing != BearingOn:
		return refuse(CodeNotOnWalk, cmd.Step)
	case s.steps.at(i).Status != StepPending:
		return refuse(CodeNotNow, cmd.Step)
	}
	if refusal := s.gate(i); refusal != nil {
		return nil, refusal
	}
	return s.enter(i), nil
}

// gate says why a step may not become current yet: a step of the execution phase
// needs every decision before it, a step of a scenario that scenario.
func (s State) gate(step int) *Refusal {
	target := s.plan.steps[step]
	if target.Phase != runbooks.PhaseExecution && target.Scenario == "" {
		return nil
	}
	if s.plan.needsScenario && s.Scenario == "" && s.scenarioDue(step) {
		return &Refusal{Code: CodeScenarioNeeded, ID: target.ID, Names: s.scenarioIDs()}
	}
	if i := s.undecidedBefore(step); i != none {
		return s.undecided(i)
	}
	return nil
}

// undecidedBefore returns the first step of the walk, before one, with an open
// decision, or none.
func (s State) undecidedBefore(step int) int {
	for i := s.steps.first(stepAsks, 0); i != none && i < step; i = s.steps.first(stepAsks, i+1) {
		if s.undecided(i) != nil {
			return i
		}
	}
	return none
}

// scenarioDue reports whether the place where the scenario is chosen stands
// before the step and is part of the walk.
func (s State) scenarioDue(step int) bool {
	if !s.plan.steersScenario {
		return s.plan.asks == none || s.plan.asks < step && s.steps.at(s.plan.asks).Bearing == BearingOn
	}
	for _, i := range s.plan.choosers {
		if i >= step {
			break
		}
		if s.steps.at(i).Bearing == BearingOn {
			return true
		}
	}
	return false
}

// undecided says which decision of a step is still open.
func (s State) undecided(step int) *Refusal {
	id := s.plan.steps[step].ID
	if step == s.plan.asks && s.needsScenarioAt(step) {
		return &Refusal{Code: CodeScenarioNeeded, ID: id, Names: s.scenarioIDs()}
	}
	acts := s.plan.stepActions[step]
	for a := s.actions.first(actionAsks, acts.from); a != none && a < acts.to; a = s.actions.first(actionAsks, a+1) {
		if s.due(a) != dueNever {
			return &Refusal{Code: CodeDecisionNeeded, ID: id, Names: []string{s.plan.actions[a].ID}}
		}
	}
	return nil
}

func (s State) needsScenarioAt(step int) bool {
	return s.plan.needsScenario && !s.plan.steersScenario && s.Scenario == "" && s.plan.asks == step
}

func (s State) scenarioIDs() []string {
	ids := make([]string, len(s.plan.runbook.Scenarios))
	for i, scenario := range s.plan.runbook.Scenarios {
		ids[i] = scenario.ID
	}
	return ids
}

// openActions returns the ids of the actions of a step that have yet to succeed.
func (s State) openActions(step int) []string {
	var open []string
	acts := s.plan.stepActions[step]
	for a := s.actions.first(actionOpen, acts.from); a != none && a < acts.to; a = s.actions.first(actionOpen, a+1) {
		if s.due(a) != dueNever {
			open = append(open, s.plan.actions[a].ID)
		}
	}
	return open
}

// next returns the open step to enter after the current one: the first one
// behind it, else the first one before it, and in any case a decision that the
// step would need. A walk that was entered at a section goes there first, and never
// by itself to what stands before it, but for such decisions.
func (s State) next() int {
	candidate := s.enterAt()
	if candidate == none {
		candidate = s.pendingFrom(s.current + 1)
	}
	if candidate == none {
		candidate = s.pendingFrom(0)
	}
	if candidate == none || s.steps.at(candidate).Bearing == BearingOn && s.gate(candidate) == nil {
		return candidate
	}
	return s.undecidedBefore(candidate)
}

// enterAt returns the step at which the walk is to be entered while that has not
// happened, else none. One that belongs to a scenario nobody has chosen yet counts
// as long as a step before it asks for the scenario.
func (s State) enterAt() int {
	if s.entry == none {
		return none
	}
	switch entry := s.steps.at(s.entry); {
	case entry.Status != StepPending || !entry.StartedAt.IsZero():
	case entry.Bearing == BearingOn, entry.Bearing == BearingUndecided && s.undecidedBefore(s.entry) != none:
		return s.entry
	}
	return none
}
