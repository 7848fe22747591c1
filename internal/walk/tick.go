package walk

import (
	"slices"

	"genia.ai/bitacora/internal/event"
	"genia.ai/bitacora/runbooks"
)

// Substeps returns the substeps of a step in order, nested ones after their own.
func (s State) Substeps(step string) []*runbooks.Step {
	i := s.plan.step(step)
	if i == none {
		return nil
	}
	return nested(s.plan.steps[i].Substeps, nil)
}

func nested(steps, into []*runbooks.Step) []*runbooks.Step {
	for _, step := range steps {
		into = nested(step.Substeps, append(into, step))
	}
	return into
}

// Ticked reports whether a substep was said to be done.
func (s State) Ticked(substep string) bool { return s.ticked[substep] }

// NextTick returns the first substep of the current step that is not ticked, or nil.
func (s State) NextTick() *runbooks.Step {
	if s.current == none || s.steps[s.current].Status != StepActive {
		return nil
	}
	for _, sub := range s.Substeps(s.plan.steps[s.current].ID) {
		if !s.ticked[sub.ID] {
			return sub
		}
	}
	return nil
}

func decideTick(s State, cmd Tick) ([]event.Event, error) {
	i, refusal := s.currentStep(cmd.Step)
	if refusal != nil {
		return nil, refusal
	}
	if s.Status != StatusWalking || s.steps[i].Status != StepActive {
		return refuse(CodeNotNow, cmd.Step)
	}
	if !slices.ContainsFunc(s.Substeps(cmd.Step), func(sub *runbooks.Step) bool { return sub.ID == cmd.Substep }) {
		return refuse(CodeUnknown, cmd.Substep)
	}
	if s.ticked[cmd.Substep] == cmd.Done {
		return nil, nil
	}
	return []event.Event{s.makeFor(i, event.StepTicked{Substep: cmd.Substep, Done: cmd.Done})}, nil
}

// untick forgets the ticks of a step that is opened again.
func (s State) untick(step int) State {
	for _, sub := range nested(s.plan.steps[step].Substeps, nil) {
		if s.ticked[sub.ID] {
			s.ticked = with(s.ticked, sub.ID, false)
		}
	}
	return s
}
