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
	for _, step := range s.DoneUnder(s.Scenario) {
		done = append(done, step.ID)
	}
	return event.ScenarioChanged{From: s.Scenario, To: to, Reason: reason, Done: done}
}

// DoneUnder returns the steps of a scenario that were finished or whose actions
// ran, in the order of the walk: what a change to another one leaves behind.
func (s State) DoneUnder(scenario string) []*runbooks.Step {
	if scenario == "" {
		return nil
	}
	var done []*runbooks.Step
	for i, step := range s.plan.steps {
		if step.Scenario != scenario {
			continue
		}
		ran := slices.ContainsFunc(s.plan.stepActions[i], func(a int) bool { return s.actions[a].Attempts > 0 })
		switch st := s.steps[i].Status; {
		case ran, st == StepDone, st == StepAccepted:
			done = append(done, step)
		}
	}
	return done
}

// takeUp leads to the first open step from where the scenario begins: who changed
// it wants its steps walked now. Who is before them, on a step that still counts,
// stays there: the walk will come to them.
func (s State) takeUp(scenario string) []event.Event {
	begins := slices.IndexFunc(s.plan.steps, func(step *runbooks.Step) bool { return step.Scenario == scenario })
	off := s.current == none || s.steps[s.current].Bearing != BearingOn
	for i := max(begins, 0); begins != none && i < len(s.steps); i++ {
		if s.steps[i].Bearing != BearingOn || s.steps[i].Status != StepPending {
			continue
		}
		behind := i < s.current && s.plan.steps[i].Scenario == scenario
		if (off || behind) && s.gate(i) == nil {
			return s.enter(i)
		}
		break
	}
	if off {
		return enterNext(s, nil)
	}
	return nil
}
