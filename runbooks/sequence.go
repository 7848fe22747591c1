package runbooks

import (
	"cmp"
	"slices"
)

// sequence puts the steps into the order of the walk: the document's, with the
// steps of alternatives that stand outside the phases moved into the phase that
// their own words say, and decides where the scenario is asked for.
func (b *builder) sequence() {
	slices.SortStableFunc(b.placed, func(x, y *placed) int { return cmp.Compare(x.from.order, y.from.order) })
	b.phasesOfMoved()
	walk := make([]*placed, 0, len(b.placed))
	var moved []*placed
	for _, p := range b.placed {
		if p.moved {
			moved = append(moved, p)
		} else {
			walk = append(walk, p)
		}
	}
	chosen, asks := b.decisionPoint(walk)
	low := chosen + 1
	for _, phase := range Phases() {
		var part []*placed
		for _, p := range moved {
			if p.Phase == phase {
				part = append(part, p)
			}
		}
		if len(part) == 0 {
			continue
		}
		at := insertionPoint(walk, low, phase)
		walk = slices.Insert(walk, at, part...)
		low = at
	}
	b.rb.Sequence = make([]*Step, 0, len(walk))
	for _, p := range walk {
		b.rb.Sequence = append(b.rb.Sequence, p.Step)
	}
	if asks != askNever {
		b.ask(walk, chosen, asks)
	}
}

// phasesOfMoved gives the steps of alternatives outside the phases a phase that
// only moves on: execution, from the first step that notifies communication, from
// the first that investigates after it follow-up.
func (b *builder) phasesOfMoved() {
	reached := map[string]Phase{}
	for _, p := range b.placed {
		if !p.moved {
			continue
		}
		phase := cmp.Or(reached[p.Scenario], PhaseExecution)
		words := wordsOf(p.Text)
		switch heading := p.from.own; {
		case heading != PhaseNone && phaseRank(heading) >= phaseRank(PhaseExecution):
			if phaseRank(heading) > phaseRank(phase) {
				phase = heading
			}
		case phase == PhaseExecution && communicationVerbs.starts(words):
			phase = PhaseCommunication
		case phase == PhaseCommunication && (investigationVerbs.starts(words) || followUpVerbs.starts(words)):
			phase = PhaseFollowUp
		}
		reached[p.Scenario], p.Phase = phase, phase
	}
}

// insertionPoint returns where steps of phase go: before the first step of the
// phase, else before the first of a later one, else at the end.
func insertionPoint(walk []*placed, low int, phase Phase) int {
	for i := low; i < len(walk); i++ {
		if walk[i].Phase == phase {
			return i
		}
	}
	for i := low; i < len(walk); i++ {
		if phaseRank(walk[i].Phase) > phaseRank(phase) {
			return i
		}
	}
	return len(walk)
}

// asking says how the scenario comes to be known.
type asking int

const (
	askNever  asking = iota // there are no scenarios, or a choice steers to them
	askThere                // at a step of the decision phase
	askOnNeed               // at the first step that needs it
)

// decisionPoint returns the index of the step after which the scenario is known,
// -1 when no step says so.
func (b *builder) decisionPoint(walk []*placed) (int, asking) {
	if len(b.alternatives) == 0 {
		return -1, askNever
	}
	for i, p := range walk {
		if stepSteers(p.Step) {
			return i, askNever
		}
	}
	last := -1
	for i, p := range walk {
		if p.Phase != PhaseDecision || p.Scenario != "" {
			continue
		}
		last = i
		if scenarioMentions.in(wordsOf(p.Text)) {
			return i, askThere
		}
	}
	if last >= 0 {
		return last, askThere
	}
	return -1, askOnNeed
}

// stepSteers reports whether a choice of the step leads to a scenario.
func stepSteers(s *Step) bool {
	for _, a := range s.Actions {
		if slices.ContainsFunc(a.Options, func(o Option) bool { return o.Steer.Kind == SteerScenario }) {
			return true
		}
	}
	return slices.ContainsFunc(s.Substeps, stepSteers)
}

// needsScenario reports whether a step cannot be walked without the scenario.
func needsScenario(s *Step) bool {
	if s.Scenario != "" || slices.ContainsFunc(s.Actions, func(a *Action) bool { return a.Scenario != "" }) {
		return true
	}
	return slices.ContainsFunc(s.Substeps, needsScenario)
}

// ask marks the step at which the scenario is asked for; never later than the
// first one that needs it.
func (b *builder) ask(walk []*placed, chosen int, asks asking) {
	for i, p := range walk {
		if asks == askThere && i == chosen || needsScenario(p.Step) {
			p.AsksScenario = true
			return
		}
	}
}
