package walk

import (
	"cmp"
	"slices"
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
	if s.current == none || s.steps.at(s.current).Status != StepActive {
		return nil
	}
	return s.firstDue(actionOpen)
}

// firstDue returns the first action of the current step that is due and bears a mark, or nil.
func (s State) firstDue(marks class) *runbooks.Action {
	acts := s.plan.stepActions[s.current]
	for a := s.actions.first(marks, acts.from); a != none && a < acts.to; a = s.actions.first(marks, a+1) {
		if s.due(a) == dueNow {
			return s.plan.actions[a]
		}
	}
	return nil
}

// Failure returns the action of the current step whose last attempt failed, or nil.
func (s State) Failure() *runbooks.Action {
	if s.current == none || s.Running != nil || s.steps.at(s.current).Status != StepActive {
		return nil
	}
	return s.firstDue(actionFailed)
}

// StepActions returns the actions of a step that belong to the walk as decided,
// those of its substeps included.
func (s State) StepActions(id string) []*runbooks.Action {
	i := s.plan.step(id)
	if i == none {
		return nil
	}
	var actions []*runbooks.Action
	acts := s.plan.stepActions[i]
	for a := acts.from; a < acts.to; a++ {
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
	return !s.unfinished()
}

// unfinished reports whether some step of the walk is still to be done.
func (s State) unfinished() bool {
	return s.steps.first(stepActive, 0) != none || s.pendingFrom(0) != none
}

// pendingFrom returns the first step from one on that is to be walked, or none.
func (s State) pendingFrom(step int) int {
	begins := s.begins()
	if i := s.steps.first(stepBegun, step); i != none && i < begins {
		return i
	}
	return s.steps.first(stepPending, max(step, begins))
}

// Missing returns the names of the parameters that an action needs and that have
// no value.
func (s State) Missing(action *runbooks.Action) []string {
	var missing []string
	for _, name := range action.Uses {
		if _, ok := s.Value(name); !ok {
			missing = append(missing, name)
		}
	}
	return missing
}

// NeedsConfirm reports whether the operator must confirm an action before it runs:
// what changes something, what says so, and what is about to get their terminal. In a
// runbook that nowhere says what its actions change everything that runs is confirmed:
// that one of them only reads is a guess then, and nobody wrote it to be run. So is a
// block that is only seen to read once another block, whatever the order in which they
// stand, or the operator's own command may have changed the shell that it runs in.
func (s State) NeedsConfirm(action *runbooks.Action) bool {
	if action.Effect != runbooks.EffectRead || action.Settings.Confirm || action.Settings.Interactive {
		return true
	}
	return !action.Kind.Asks() && !action.Declared && (!s.plan.declares || s.reshelled && action.Kind == runbooks.KindShell)
}

// NeedsTarget reports whether what an action destroys has to be typed before it runs, or
// before the n-th of its alternatives does: it says that it destroys, or it says nothing
// of what it may change and holds a command that cannot be taken back. That command is
// what; it is "" where the runbook itself says it. The first question about an action may
// parse it.
func (s State) NeedsTarget(action *runbooks.Action, n int) (what string, needed bool) {
	if action.Effect == runbooks.EffectDestructive {
		return "", true
	}
	part, ok := action.Part(n)
	if !ok {
		return "", false // the walk asks first which of its alternatives is meant
	}
	key := PartID(action.ID, n)
	kept, known := s.plan.destroys.Load(key)
	if !known {
		what, _ = part.LooksDestructive()
		kept, _ = s.plan.destroys.LoadOrStore(key, what)
	}
	what, _ = kept.(string)
	return what, what != ""
}

// Target returns what a destructive action destroys, as it has to be typed; where that
// turns out to be nothing, the name of the action.
func (s State) Target(action *runbooks.Action) string {
	if target := strings.TrimSpace(s.Fill(action.Settings.Target)); target != "" {
		return target
	}
	return cmp.Or(action.Name, action.ID)
}

// Fill puts the values of the run, and the runbook's env as the run has it, into a text
// that is shown. What has no value stays as it is written.
func (s State) Fill(text string) string {
	if !strings.Contains(text, "{{") {
		return text
	}
	filled, _ := runbooks.Expand(text, func(name string) (string, error) { // never fails: the function does not
		if value, ok := s.Value(name); ok {
			return value.Text, nil
		}
		if value, ok := s.env[name]; ok {
			return value, nil
		}
		if value, ok := s.plan.runbook.Env[name]; ok {
			return value, nil
		}
		return "{{" + name + "}}", nil
	})
	return filled
}

// Known returns what the run knows already as the answer to a question: who plays the
// role that an input is called like, the severity for a choice that asks for it, the value of
// the name. Who answers confirms it; a default of the runbook says less.
func (s State) Known(action *runbooks.Action) (Answer, bool) {
	known := Answer{Action: action.ID, Source: event.SourceOperator}
	switch {
	case action.Kind == runbooks.KindChoice && action.Name == severityName:
		known.Value = s.Severity
		return known, slices.ContainsFunc(action.Options, func(o runbooks.Option) bool { return o.Key == s.Severity })
	case action.Kind != runbooks.KindInput:
		return Answer{}, false
	case s.Holder(action.Name) != "":
		known.Value = s.Holder(action.Name)
		return known, true
	}
	value, ok := s.Value(action.Name)
	known.Value, known.Source, known.Invented = value.Text, value.Source, value.Invented
	return known, ok
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
	finished, total = s.steps.count(stepFinished, s.steps.size), s.counted(s.steps.size)
	undecided := map[string]int{}
	for i := s.steps.first(stepMaybe, 0); i != none; i = s.steps.first(stepMaybe, i+1) {
		if !s.before(i) {
			undecided[s.plan.steps[i].Scenario]++
		}
	}
	if len(undecided) == 0 {
		return finished, total, false
	}
	fewest, most := s.steps.size, 0
	for _, scenario := range s.plan.runbook.Scenarios {
		fewest, most = min(fewest, undecided[scenario.ID]), max(most, undecided[scenario.ID])
	}
	return finished, total + min(fewest, most), fewest < most
}

// Position returns how many steps of the walk, as decided so far, there are up to a
// step, itself included.
func (s State) Position(id string) int {
	i := s.plan.step(id)
	if i == none {
		return 0
	}
	return s.counted(i + 1)
}

// counted is how many of the steps before one are part of the walk.
func (s State) counted(before int) int {
	return s.steps.count(stepOn, before) - s.steps.count(stepFresh, min(before, s.begins()))
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
