package walk

import "genia.ai/bitacora/runbooks"

// Marks of the steps. One that is part of the walk bears one of the first five, and
// perhaps stepAsks.
const (
	stepFresh class = 1 << iota // pending, never begun
	stepBegun                   // pending, but it was the current one once
	stepActive
	stepDone
	stepLeft  // skipped or accepted
	stepAsks  // something may be undecided: State.undecided knows
	stepMaybe // of no part yet: its scenario is not chosen
)

const (
	stepPending  = stepFresh | stepBegun
	stepFinished = stepDone | stepLeft
	stepOn       = stepPending | stepActive | stepFinished
)

// Marks of the actions.
const (
	actionOpen       class = 1 << iota // has not succeeded
	actionFailed                       // its last attempt
	actionAsks                         // a choice of the walk without an answer
	actionRevertible                   // can be undone
)

const valueSet class = 1 // of a value

const tickOpen class = 1 // of a substep that is not ticked

func (s State) stepClass(i int, st StepState) class {
	switch st.Bearing {
	case BearingOn:
	case BearingUndecided:
		return stepMaybe
	default:
		return 0
	}
	var is class
	switch st.Status {
	case StepPending:
		is = stepFresh
		if !st.StartedAt.IsZero() {
			is = stepBegun
		}
	case StepActive:
		is = stepActive
	case StepDone:
		is = stepDone
	case StepSkipped, StepAccepted:
		is = stepLeft
	}
	if acts := s.plan.stepActions[i]; i == s.plan.asks || s.actions.within(actionAsks, acts) {
		is |= stepAsks
	}
	return is
}

func (s State) actionClass(a int, st ActionState) (is class) {
	action := s.plan.actions[a]
	if !st.Succeeded() {
		is |= actionOpen
	}
	if st.Failed() {
		is |= actionFailed
	}
	if action.Kind == runbooks.KindChoice && st.Answer == "" && !s.plan.onlyReverts[a] &&
		(action.Scenario == "" || action.Scenario == s.Scenario) {
		is |= actionAsks
	}
	return is
}

// changeStep returns the state with a step that stands otherwise.
func (s State) changeStep(i int, change func(*StepState)) State {
	st := *s.steps.at(i)
	change(&st)
	s.steps = s.steps.with(i, st, s.stepClass(i, st))
	return s
}

// changeAction returns the state with an action that stands otherwise, and its step
// marked accordingly.
func (s State) changeAction(a int, change func(*ActionState)) State {
	st := *s.actions.at(a)
	change(&st)
	s.actions = s.actions.with(a, st, s.actionClass(a, st)|s.actions.is(a)&actionRevertible)
	i := s.plan.actionStep[a]
	s.steps = s.steps.marked(i, s.stepClass(i, *s.steps.at(i)))
	return s
}

// setValue returns the state with a value.
func (s State) setValue(name string, value Value) State {
	if i, known := s.plan.names[name]; known {
		s.values = s.values.with(i, value, valueSet)
		return s
	}
	s.others = with(s.others, name, value)
	return s
}
