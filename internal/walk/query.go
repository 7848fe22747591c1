package walk

import (
	"strings"
	"time"

	"genia.ai/bitacora/internal/event"
	"genia.ai/bitacora/runbooks"
)

// NeedsScenario reports whether the scenario has to be chosen now, by
// ChooseScenario, before the walk can go on.
func (s State) NeedsScenario() bool {
	return s.needsScenarioAt(s.current)
}

// NextAction returns the first action of the current step that is due and has
// not succeeded, or nil.
func (s State) NextAction() *runbooks.Action {
	if s.current == none || s.steps[s.current].Status != StepActive {
		return nil
	}
	for _, a := range s.plan.stepActions[s.current] {
		if s.due(a) == dueNow && !s.actions[a].Succeeded() {
			return s.plan.actions[a]
		}
	}
	return nil
}

// Failure returns the action of the current step whose last attempt failed, or nil.
func (s State) Failure() *runbooks.Action {
	if s.current == none || s.Running != nil || s.steps[s.current].Status != StepActive {
		return nil
	}
	for _, a := range s.plan.stepActions[s.current] {
		if s.due(a) == dueNow && s.actions[a].Failed() {
			return s.plan.actions[a]
		}
	}
	return nil
}

// StepActions returns the actions of a step that belong to the walk as decided,
// those of its substeps included.
func (s State) StepActions(id string) []*runbooks.Action {
	i := s.plan.step(id)
	if i == none {
		return nil
	}
	var actions []*runbooks.Action
	for _, a := range s.plan.stepActions[i] {
		if s.due(a) != dueNever {
			actions = append(actions, s.plan.actions[a])
		}
	}
	return actions
}

// Complete reports whether no step is left to be walked.
func (s State) Complete() bool {
	if s.Status == StatusNew || s.Status == StatusBriefing || s.NeedsScenario() {
		return false
	}
	for i := range s.steps {
		if s.steps[i].Bearing == BearingOn && !s.before(i) && (s.steps[i].Status == StepPending || s.steps[i].Status == StepActive) {
			return false
		}
	}
	return true
}

// Missing returns the names of the parameters that an action needs and that have
// no value.
func (s State) Missing(action *runbooks.Action) []string {
	var missing []string
	for _, name := range action.Uses {
		if _, ok := s.values[name]; !ok {
			missing = append(missing, name)
		}
	}
	return missing
}

// NeedsConfirm reports whether the operator must confirm an action before it runs:
// what changes something, what says so, and what is about to get their terminal.
func (s State) NeedsConfirm(action *runbooks.Action) bool {
	return action.Effect != runbooks.EffectRead || action.Settings.Confirm || action.Settings.Interactive
}

// Target returns what a destructive action destroys, as it has to be typed.
func (s State) Target(action *runbooks.Action) string {
	switch {
	case action.Settings.Target != "":
		return s.Fill(action.Settings.Target)
	case action.Name != "":
		return action.Name
	}
	return action.ID
}

// Fill puts the values of the run, and the runbook's env, into a text that is
// shown. What has no value stays as it is written.
func (s State) Fill(text string) string {
	if !strings.Contains(text, "{{") {
		return text
	}
	filled, _ := runbooks.Expand(text, func(name string) (string, error) { // never fails: the function does not
		if value, ok := s.values[name]; ok {
			return value.Text, nil
		}
		if value, ok := s.plan.runbook.Env[name]; ok {
			return value, nil
		}
		return "{{" + name + "}}", nil
	})
	return filled
}

// Invent returns the value that a rehearsal uses for a parameter nobody gave.
func (s State) Invent(name string) SetParam {
	cmd := SetParam{Name: name, Value: "<" + strings.ToUpper(name) + ">", Source: event.SourceExample, Invented: true}
	param, ok := s.plan.param(name)
	switch {
	case ok && param.Default != "":
		cmd.Value, cmd.Source, cmd.Invented = param.Default, event.SourceDefault, false
	case ok && param.Example != "":
		cmd.Value = param.Example
	}
	return cmd
}

// Progress counts the steps of the walk. Before the scenario is chosen, those of the
// scenario with the fewest are counted; least says that others have more, so that the
// total may still grow, and never jumps otherwise.
func (s State) Progress() (finished, total int, least bool) {
	undecided := map[string]int{}
	for i := range s.steps {
		if s.before(i) {
			continue
		}
		switch s.steps[i].Bearing {
		case BearingOn:
			total++
			switch s.steps[i].Status {
			case StepDone, StepSkipped, StepAccepted:
				finished++
			}
		case BearingUndecided:
			undecided[s.plan.steps[i].Scenario]++
		}
	}
	if len(undecided) == 0 {
		return finished, total, false
	}
	fewest, most := len(s.steps), 0
	for _, scenario := range s.plan.runbook.Scenarios {
		fewest, most = min(fewest, undecided[scenario.ID]), max(most, undecided[scenario.ID])
	}
	return finished, total + min(fewest, most), fewest < most
}

// Elapsed returns how long the run has taken at the given time.
func (s State) Elapsed(now time.Time) time.Duration {
	switch {
	case s.StartedAt.IsZero():
		return 0
	case !s.EndedAt.IsZero():
		return s.EndedAt.Sub(s.StartedAt) - s.between
	}
	return now.Sub(s.StartedAt) - s.between
}
