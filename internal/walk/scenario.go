package walk

import (
	"slices"

	"genia.ai/bitacora/internal/event"
	"genia.ai/bitacora/runbooks"
)

// changeScenario is the change to another scenario, with what was done under the
// one before.
func (s State) changeScenario(to, reason string) event.ScenarioChanged {
	done := []string{}
	for i, step := range s.plan.steps {
		if s.Scenario != "" && step.Scenario == s.Scenario && (s.finished(i) || s.ran(i)) {
			done = append(done, step.ID)
		}
	}
	return event.ScenarioChanged{From: s.Scenario, To: to, Reason: reason, Done: done}
}

// DoneUnder returns what a change to another scenario leaves behind, in the order of the
// walk: the steps of a scenario that were finished, and those whose actions ran although
// they were not: one failed, or more was to be done.
func (s State) DoneUnder(scenario string) (done, begun []*runbooks.Step) {
	if scenario == "" {
		return nil, nil
	}
	for i, step := range s.plan.steps {
		switch {
		case step.Scenario != scenario:
		case s.finished(i):
			done = append(done, step)
		case s.ran(i):
			begun = append(begun, step)
		}
	}
	return done, begun
}

// finished reports whether a step was done, or accepted as if it were.
func (s State) finished(step int) bool {
	st := s.steps.at(step).Status
	return st == StepDone || st == StepAccepted
}

// ran reports whether some action of a step was ever started.
func (s State) ran(step int) bool {
	acts := s.plan.stepActions[step]
	for a := acts.from; a < acts.to; a++ {
		if s.actions.at(a).Attempts > 0 {
			return true
		}
	}
	return false
}

// takeUp leads to the first open step from where the scenario begins: who changed
// it wants its steps walked now. Who is before them, on a step that still counts,
// stays there: the walk will come to them.
func (s State) takeUp(scenario string) []event.Event {
	begins := slices.IndexFunc(s.plan.steps, func(step *runbooks.Step) bool { return step.Scenario == scenario })
	off := s.current == none || s.steps.at(s.current).Bearing != BearingOn
	i := none
	if begins != none {
		i = s.steps.first(stepPending, begins)
	}
	if i != none {
		behind := i < s.current && s.plan.steps[i].Scenario == scenario
		if (off || behind) && s.gate(i) == nil {
			return s.enter(i)
		}
	}
	if off {
		return enterNext(s, nil)
	}
	return nil
}
