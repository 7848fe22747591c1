package walk

import "genia.ai/bitacora/runbooks"

// flow is where the answers before a step lead.
type flow struct {
	past  runbooks.Phase // skipping until this phase; "" = not skipping
	ended bool
}

// bearings works out which steps are part of the walk, those of a run of which at
// says how its steps stand. Steering leads forward only; it holds as long as the
// answer that caused it does.
func (s State) bearings(at func(i int) StepState) State {
	for _, a := range s.plan.bound {
		s.actions = s.actions.marked(a, s.actionClass(a, *s.actions.at(a))|s.actions.is(a)&actionRevertible)
	}
	var f flow
	s.steps = newCells(len(s.plan.steps), func(i int) (StepState, class) {
		st := at(i)
		st.Bearing, f = s.bearing(i, f)
		return st, s.stepClass(i, st)
	})
	return s
}

// steered is bearings after only the answers of one step have changed. Behind a step
// that is not steered past, neither as it was nor as it is, nothing can differ.
func (s State) steered(step int) State {
	if s.steps.at(step).Bearing == BearingSteered {
		return s // its answers lead nowhere
	}
	var f flow
	for i := step; i < len(s.plan.steps); i++ {
		st := *s.steps.at(i)
		was := st.Bearing
		st.Bearing, f = s.bearing(i, f)
		if i > step && was != BearingSteered && st.Bearing != BearingSteered {
			break
		}
		if st.Bearing != was {
			s.steps = s.steps.with(i, st, s.stepClass(i, st))
		}
	}
	return s
}

// bearing returns the bearing of a step, and where the answers up to its own lead.
func (s State) bearing(i int, f flow) (Bearing, flow) {
	step := s.plan.steps[i]
	if step.Phase == f.past {
		f.past = ""
	}
	switch {
	case f.ended || f.past != "":
		return BearingSteered, f
	case step.Scenario != "" && s.Scenario == "":
		return BearingUndecided, f
	case step.Scenario != "" && step.Scenario != s.Scenario:
		return BearingOther, f
	}
	acts := s.plan.stepActions[i]
	for a := acts.from; a < acts.to; a++ {
		steer := s.steering(a)
		switch {
		case steer.Kind == runbooks.SteerEnd:
			f.ended = true
		case steer.Kind == runbooks.SteerPhase && s.plan.comesAfter(i, runbooks.Phase(steer.Target)):
			f.past = runbooks.Phase(steer.Target)
		}
	}
	return BearingOn, f
}

// steering returns where the answer of an action leads.
func (s State) steering(a int) runbooks.Steer {
	action := s.plan.actions[a]
	answer := s.actions.at(a).Answer
	if action.Kind != runbooks.KindChoice || answer == "" {
		return runbooks.Steer{}
	}
	o, _ := option(action, answer)
	return o.Steer
}

// comesAfter reports whether some step after step i is of the phase.
func (p *Plan) comesAfter(i int, phase runbooks.Phase) bool {
	last, known := p.lastOf[phase]
	return known && last > i
}
