package walk

import (
	"maps"
	"slices"

	"genia.ai/bitacora/internal/event"
	"genia.ai/bitacora/runbooks"
)

// Apply returns the state after the event. It never fails: what was recorded
// happened. Kinds that say nothing about the walk change only Seq.
func Apply(s State, ev event.Event) State {
	s.Seq = ev.Seq
	switch data := ev.Data.(type) {
	case event.RunStarted:
		s.Status, s.StartedAt = StatusBriefing, ev.At
		s.Run, s.Mode, s.Sandbox = data.Run, data.Mode, data.Sandbox
		s.Operator, s.Host, s.env = data.Operator, data.Host, data.Env
		s = s.entered(data.Section)
	case event.RunPaused:
		s.Status = StatusPaused
	case event.RunResumed:
		s = s.resumed(data)
	case event.RunReopened:
		s = s.reopened(ev, data)
	case event.CommsPlanned, event.CommsSent:
		s.comms = s.comms.apply(ev)
	case event.StepTicked:
		s = s.tick(data.Substep, data.Done)
	case event.RunEnded:
		s, s.comms = s.leavePhase(ev.At), s.comms.apply(ev)
		s.Status, s.EndedAt, s.Outcome, s.Reason = StatusEnded, ev.At, data.Outcome, data.Reason
	case event.DriverChanged:
		s.Operator = data.To
	case event.RoleAssigned:
		s.roles = with(s.roles, data.Role, data.Holder)
	case event.SeveritySet:
		s.Severity = data.Severity
	case event.Todo:
		s.todos = withTodo(s.todos, data)
	case event.Milestone:
		s.milestones = append(slices.Clip(s.milestones), MilestoneState{Name: data.Name, When: data.When})
	case event.RunbookTrusted:
		s.Trusted = data.SHA256
	case event.Recovered:
		s.lost = withLost(s.lost, data.Lost)
	case event.Superseded:
		s.lost = withLost(s.lost, data.Lost)
	case event.PhaseEntered:
		s = s.leavePhase(ev.At)
		s.Phase, s.phaseSince = runbooks.Phase(ev.Phase), ev.At
	case event.ScenarioChanged:
		s.Scenario = data.To
		steps := s.steps
		s = s.bearings(func(i int) StepState { return *steps.at(i) })
	default:
		s = applyWalk(s, ev)
	}
	return s
}

func applyWalk(s State, ev event.Event) State {
	switch data := ev.Data.(type) {
	case event.ParamSet:
		s = s.setValue(data.Name, Value{Text: data.Value, Source: data.Source, Invented: data.Invented})
		if a := s.plan.action(data.Action); a != none && s.plan.actions[a].Kind == runbooks.KindInput {
			s = s.changeAction(a, func(as *ActionState) { as.Answer = data.Value })
		}
	case event.ChoiceMade:
		s = s.chose(data)
	case event.ActionStarted, event.ActionEnded, event.AdhocStarted, event.AdhocEnded,
		event.UndoPushed, event.UndoDone:
		s = applyAction(s, ev)
	case event.StepStarted, event.StepDone, event.StepSkipped, event.StepAccepted, event.StepReopened:
		s = applyStep(s, ev)
	}
	return s
}

func applyStep(s State, ev event.Event) State {
	i := s.plan.step(ev.Step)
	if i == none {
		return s
	}
	switch data := ev.Data.(type) {
	case event.StepStarted:
		if s.current != none && s.steps.at(s.current).Status == StepActive {
			s = s.changeStep(s.current, func(st *StepState) { st.Status = StepPending })
		}
		s.current, s.Status = i, StatusWalking
		s = s.changeStep(i, func(st *StepState) {
			st.Status = StepActive
			if st.StartedAt.IsZero() {
				st.StartedAt = ev.At
			}
		})
	case event.StepDone:
		s = s.closeStep(i, ev, StepDone, "")
	case event.StepSkipped:
		s = s.closeStep(i, ev, StepSkipped, data.Reason)
	case event.StepAccepted:
		s = s.closeStep(i, ev, StepAccepted, data.Reason)
	case event.StepReopened:
		s = s.reopen(i)
	}
	return s
}

func applyAction(s State, ev event.Event) State {
	switch data := ev.Data.(type) {
	case event.ActionStarted:
		s.Running = &Running{Action: data.Action, Undoes: data.Undoes, Attempt: data.Attempt, StartedAt: ev.At, Endless: data.Endless, Interactive: data.Interactive}
		a := s.plan.action(data.Action)
		s.reshelled = s.reshelled || a != none && s.plan.actions[a].ChangesShell
		if a != none && data.Undoes == "" {
			s = s.changeAction(a, func(as *ActionState) {
				as.Attempts, as.Running, as.Ending = data.Attempt, true, event.Ending{}
			})
		}
	case event.ActionEnded:
		undoes := s.Running != nil && s.Running.Undoes != ""
		s.Running = nil
		if data.Succeeded() {
			s.lost = withoutLost(s.lost, data)
		}
		if a := s.plan.action(data.Action); a != none && !undoes {
			s = s.changeAction(a, func(as *ActionState) { as.Running, as.Ending = false, data.Ending })
		}
	case event.AdhocStarted:
		s.Running = &Running{Action: data.ID, Adhoc: true, Attempt: 1, StartedAt: ev.At, Interactive: data.Interactive}
		s.adhoc = &AdhocState{ID: data.ID, Command: data.Command}
		s.reshelled = s.reshelled || !data.Interactive && runbooks.ChangesShell(data.Command)
	case event.AdhocEnded:
		s.Running = nil
		if s.adhoc != nil && s.adhoc.ID == data.ID {
			s.adhoc = &AdhocState{ID: data.ID, Command: s.adhoc.Command, Ending: data.Ending}
		}
	case event.UndoPushed:
		s = s.withoutUndo(data.Action).withUndo(UndoEntry{Action: data.Action, Undo: data.Undo})
	case event.UndoDone:
		s = s.withoutUndo(data.Action)
	}
	return s
}

// chose applies an answer. The answer of a named choice is also a value of the
// run, so that texts and bodies can use it.
func (s State) chose(data event.ChoiceMade) State {
	a := s.plan.action(data.Action)
	if a == none {
		return s
	}
	led := s.steering(a)
	s = s.changeAction(a, func(as *ActionState) { as.Answer = data.Key })
	if data.Name != "" {
		s = s.setValue(data.Name, Value{Text: data.Key, Source: event.SourceAnswer})
	}
	if s.steering(a) != led {
		s = s.steered(s.plan.actionStep[a])
	}
	return s
}

func (s State) resumed(data event.RunResumed) State {
	s.Operator, s.Host, s.lost = data.Operator, data.Host, withLost(s.lost, data.Lost)
	s.Status = StatusBriefing
	if s.current != none {
		s.Status = StatusWalking
	}
	return s
}

func (s State) closeStep(i int, ev event.Event, status StepStatus, reason string) State {
	return s.changeStep(i, func(st *StepState) {
		st.Status, st.Reason, st.EndedAt = status, reason, ev.At
	})
}

// reopen makes a step pending again and forgets what it was answered; what its
// actions did stays in the transcript.
func (s State) reopen(i int) State {
	s = s.changeStep(i, func(st *StepState) { *st = StepState{Status: StepPending, Bearing: st.Bearing} })
	led := false
	acts := s.plan.stepActions[i]
	for a := acts.from; a < acts.to; a++ {
		led = led || s.steering(a) != runbooks.Steer{}
		s = s.changeAction(a, func(as *ActionState) { *as = ActionState{Attempts: as.Attempts} })
	}
	s = s.untick(i)
	if led {
		s = s.steered(i)
	}
	return s
}

func with[K comparable, V any](m map[K]V, key K, value V) map[K]V {
	changed := make(map[K]V, len(m)+1)
	maps.Copy(changed, m)
	changed[key] = value
	return changed
}

func withTodo(todos []event.Todo, todo event.Todo) []event.Todo {
	todos = slices.Clone(todos)
	if i := slices.IndexFunc(todos, func(t event.Todo) bool { return t.ID == todo.ID }); i != none {
		todos[i].Done = todo.Done
		if todo.Text != "" {
			todos[i].Text = todo.Text
		}
		return todos
	}
	return append(todos, todo)
}

// withLost adds what was lost now to what is missing since before: a server that
// was lost in between does not bring it back.
func withLost(missing, lost []event.LostVars) []event.LostVars {
	return slices.Concat(missing, lost)
}

// withoutLost takes out the variables that an action has set again.
func withoutLost(lost []event.LostVars, ended event.ActionEnded) []event.LostVars {
	concerned := func(l event.LostVars) bool {
		return l.Action == ended.Action || len(ended.Vars) > 0 && slices.ContainsFunc(l.Names, func(name string) bool { return slices.Contains(ended.Vars, name) })
	}
	if !slices.ContainsFunc(lost, concerned) {
		return lost
	}
	var still []event.LostVars
	for _, l := range lost {
		l.Names = slices.DeleteFunc(slices.Clone(l.Names), func(name string) bool { return slices.Contains(ended.Vars, name) })
		if l.Action != ended.Action && len(l.Names) > 0 {
			still = append(still, l)
		}
	}
	return still
}
