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
	subs := s.plan.stepSubsteps[i]
	return slices.Clone(s.plan.substeps[subs.from:subs.to])
}

// Ticked reports whether a substep was said to be done.
func (s State) Ticked(substep string) bool {
	i, known := s.plan.substepIndex[substep]
	return known && s.ticks.is(i) != tickOpen
}

// NextTick returns the first substep of the current step that is not ticked, or nil.
func (s State) NextTick() *runbooks.Step {
	if s.current == none || s.steps.at(s.current).Status != StepActive {
		return nil
	}
	subs := s.plan.stepSubsteps[s.current]
	if i := s.ticks.first(tickOpen, subs.from); i != none && i < subs.to {
		return s.plan.substeps[i]
	}
	return nil
}

// Unticked returns the substeps of a step that nobody said are done, and whether others
// were: who ticks some means the rest. What has parts or actions of its own is told by
// those.
func (s State) Unticked(step string) (open []*runbooks.Step, some bool) {
	for _, sub := range s.Substeps(step) {
		switch {
		case s.Ticked(sub.ID):
			some = true
		case len(sub.Substeps) == 0 && len(sub.Actions) == 0:
			open = append(open, sub)
		}
	}
	return open, some
}

func decideTick(s State, cmd Tick) ([]event.Event, error) {
	i, refusal := s.currentStep(cmd.Step)
	if refusal != nil {
		return nil, refusal
	}
	if s.Status != StatusWalking || s.steps.at(i).Status != StepActive {
		return refuse(CodeNotNow, cmd.Step)
	}
	subs := s.plan.stepSubsteps[i]
	if sub, known := s.plan.substepIndex[cmd.Substep]; !known || sub < subs.from || sub >= subs.to {
		return refuse(CodeUnknown, cmd.Substep)
	}
	if s.Ticked(cmd.Substep) == cmd.Done {
		return nil, nil
	}
	return []event.Event{s.makeFor(i, event.StepTicked{Substep: cmd.Substep, Done: cmd.Done})}, nil
}

// untick forgets the ticks of a step that is opened again.
func (s State) untick(step int) State {
	subs := s.plan.stepSubsteps[step]
	for i := subs.from; i < subs.to; i++ {
		s.ticks = s.ticks.marked(i, tickOpen)
	}
	return s
}

// tick notes whether a substep is done. One that the text does not have is none.
func (s State) tick(substep string, done bool) State {
	i, known := s.plan.substepIndex[substep]
	if !known {
		return s
	}
	is := tickOpen
	if done {
		is = 0
	}
	s.ticks = s.ticks.marked(i, is)
	return s
}
