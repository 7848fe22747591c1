package walk

import (
	"fmt"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"genia.ai/bitacora/internal/event"
	"genia.ai/bitacora/runbooks"
)

// TestCellsAreAList checks a list of cells against a slice, and that none of its
// former versions changed.
func TestCellsAreAList(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		size := rapid.SampledFrom([]int{0, 1, 2, fan - 1, fan, fan + 1, 100, fan*fan - 1, fan * fan, fan*fan + 1, fan*fan*fan + 7}).Draw(t, "size")
		model := make([]cell[int], size)
		for i := range model {
			model[i] = cell[int]{i, class(i * 37 % 8)}
		}
		list := newCells(size, func(i int) (int, class) { return model[i].value, model[i].is })
		lists, models := []cells[int]{list}, [][]cell[int]{slices.Clone(model)}
		changes := rapid.IntRange(0, 20).Draw(t, "changes")
		for n := 0; n < changes && size > 0; n++ {
			i := rapid.IntRange(0, size-1).Draw(t, "place")
			model[i].is = class(rapid.IntRange(0, 7).Draw(t, "marks"))
			if rapid.Bool().Draw(t, "only marks") {
				list = list.marked(i, model[i].is)
			} else {
				model[i].value = -n
				list = list.with(i, -n, model[i].is)
			}
			lists, models = append(lists, list), append(models, slices.Clone(model))
		}
		from, marks := rapid.IntRange(0, size+1).Draw(t, "from"), class(rapid.IntRange(0, 7).Draw(t, "sought"))
		for n, list := range lists {
			sameCells(t, list, models[n], from, marks)
		}
	})
}

func sameCells(t *rapid.T, list cells[int], model []cell[int], from int, marks class) {
	first, before := none, 0
	for i, want := range model {
		if *list.at(i) != want.value || list.is(i) != want.is {
			t.Fatalf("cell %d is %d %b, want %+v", i, *list.at(i), list.is(i), want)
		}
		if want.is&marks != 0 && i >= from && first == none {
			first = i
		}
		if want.is&1 != 0 && i < from {
			before++
		}
	}
	if got := list.first(marks, from); got != first {
		t.Fatalf("the first of %b from %d on is %d, want %d", marks, from, got, first)
	}
	if got := list.count(1, from); got != before {
		t.Fatalf("%d are marked before %d, want %d", got, from, before)
	}
}

// longPlan is a runbook of many steps, so that a state of it is more than one block
// deep, with everything that a state keeps.
func longPlan(steps int) *Plan {
	rb := &runbooks.Runbook{
		Params: []runbooks.Param{{Name: "service", Example: "web"}}, Scenarios: []runbooks.Scenario{{ID: "a"}, {ID: "b"}},
		Roles: []runbooks.Role{{ID: "lead"}},
	}
	phases := []runbooks.Phase{runbooks.PhaseIdentification, runbooks.PhaseDecision, runbooks.PhaseExecution, runbooks.PhaseFollowUp}
	for i := range steps {
		id := fmt.Sprint("s", i)
		step := &runbooks.Step{ID: id, Text: id, Phase: phases[i*len(phases)/steps], Line: i + 1}
		act := &runbooks.Action{ID: id + ".a", Name: id + "a", Kind: runbooks.KindShell, Effect: runbooks.EffectRead, Declared: true}
		switch i % 7 {
		case 1:
			act.Kind = runbooks.KindChoice
			act.Options = []runbooks.Option{{Key: "yes"}, {Key: "no", Steer: runbooks.Steer{Kind: runbooks.SteerPhase, Target: string(phases[(i/7)%len(phases)])}}}
		case 2:
			step.Scenario = []string{"a", "b"}[i/7%2]
		case 3:
			undo := &runbooks.Action{ID: id + ".u", Name: id + "u", Kind: runbooks.KindShell, Effect: runbooks.EffectRead, Declared: true}
			act.Settings.Undo = undo.Name
			act.Settings.Capture = []runbooks.Capture{{Name: id + "v"}}
			step.Actions = append(step.Actions, undo)
		case 4:
			step.Substeps = []*runbooks.Step{{ID: id + ".1"}, {ID: id + ".2"}}
		case 5:
			act.Kind, act.Scenario, act.Options = runbooks.KindChoice, []string{"a", "b"}[i/7%2], []runbooks.Option{{Key: "yes"}, {Key: "no", Steer: runbooks.Steer{Kind: runbooks.SteerEnd}}}
		}
		step.Actions = append([]*runbooks.Action{act}, step.Actions...)
		rb.Sections = append(rb.Sections, runbooks.Section{Heading: id, Level: 2, Line: i + 1})
		rb.Sequence = append(rb.Sequence, step)
	}
	return NewPlan(rb)
}

// everything is all that a state says, without the memory that it shares.
func everything(s State) string {
	shown := s
	shown.plan, shown.steps, shown.actions, shown.values, shown.ticks, shown.undo = nil, cells[StepState]{}, cells[ActionState]{}, cells[Value]{}, cells[struct{}]{}, nil
	var text strings.Builder
	fmt.Fprintf(&text, "%+v %v %v", shown, s.Values(), s.Undoable())
	if s.Running != nil {
		fmt.Fprintf(&text, "%+v", *s.Running)
	}
	if s.adhoc != nil {
		fmt.Fprintf(&text, "%+v", *s.adhoc)
	}
	for _, step := range s.plan.steps {
		fmt.Fprintf(&text, "\n%s %+v %v", step.ID, s.Step(step.ID), s.Before(step.ID))
	}
	for _, action := range s.plan.actions {
		fmt.Fprintf(&text, "\n%s %+v", action.ID, s.Action(action.ID))
	}
	for _, sub := range s.plan.substeps {
		fmt.Fprintf(&text, "\n%s %v", sub.ID, s.Ticked(sub.ID))
	}
	finished, total, least := s.Progress()
	fmt.Fprintln(&text, finished, total, least, s.Complete(), s.NextAction(), s.Failure(), s.NextTick())
	return text.String()
}

// checkMarks compares what a state keeps of its steps and actions in order to find
// them, which each event changes in places, with what follows from them as a whole.
func checkMarks(t interface{ Fatalf(string, ...any) }, s State) {
	steps := s.steps
	anew := s
	anew.actions = newCells(s.actions.size, func(a int) (ActionState, class) {
		is := s.actionClass(a, *s.actions.at(a))
		if _, ok := s.undo.find(s.plan.actions[a].ID); ok {
			is |= actionRevertible
		}
		return *s.actions.at(a), is
	})
	anew = anew.bearings(func(i int) StepState { return *steps.at(i) })
	if !reflect.DeepEqual(anew.steps, s.steps) || !reflect.DeepEqual(anew.actions, s.actions) {
		t.Fatalf("after event %d the steps or actions are marked otherwise than they stand", s.Seq)
	}
	finished, total, complete, open := 0, 0, true, none
	maybe := map[string]int{}
	for i := range s.plan.steps {
		if st := s.steps.at(i); st.Bearing == BearingOn && !s.before(i) {
			total++
			switch st.Status {
			case StepDone, StepSkipped, StepAccepted:
				finished++
			default:
				complete = false
			}
			if got := s.Position(s.plan.steps[i].ID); got != total {
				t.Fatalf("step %d has the position %d, want %d", i, got, total)
			}
		}
		if s.steps.at(i).Bearing == BearingUndecided && !s.before(i) {
			maybe[s.plan.steps[i].Scenario]++
		}
		if open == none && s.steps.at(i).Bearing == BearingOn && s.undecided(i) != nil {
			open = i
		}
	}
	least := false
	if len(maybe) > 0 {
		var ways []int
		for _, scenario := range s.plan.runbook.Scenarios {
			ways = append(ways, maybe[scenario.ID])
		}
		least = slices.Min(ways) < slices.Max(ways)
		total += slices.Min(ways)
	}
	if f, n, l := s.Progress(); f != finished || n != total || l != least || s.unfinished() == complete {
		t.Fatalf("progress %d of %d, unfinished %v; want %d of %d, %v", f, n, s.unfinished(), finished, total, !complete)
	}
	if got := s.undecidedBefore(s.steps.size); got != open {
		t.Fatalf("step %d is undecided, want %d", got, open)
	}
}

// TestAnOldStateDoesNotChange walks at random, also along ways that are then given up,
// and looks at former states again in the end.
func TestAnOldStateDoesNotChange(t *testing.T) {
	for steps, kept := range map[int]int{5: 1, fan + 3: 3, fan*fan + 3: 40} {
		p := longPlan(steps)
		draw := commands(p)
		rapid.Check(t, func(t *rapid.T) {
			w := &wanderer{plan: p, kept: kept, random: rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 0)), now: time.Date(2026, 11, 23, 8, 0, 0, 0, time.UTC)}
			section := rapid.SampledFrom([]string{"", "s" + fmt.Sprint(steps/2)}).Draw(t, "section")
			w.state = New(p)
			w.keep()
			w.apply(Start{event.RunStarted{Run: "r", Mode: event.ModeRehearsal, Operator: "ana", Section: section}})
			w.apply(Begin{})
			for range 40 {
				cmd := w.likely()
				if w.random.IntN(4) == 0 {
					cmd = draw.Draw(t, "command")
				}
				w.apply(cmd)
			}
			checkMarks(t, w.state)
			for i, state := range w.states {
				if got := everything(state); got != w.told[i] {
					t.Fatalf("state %d of %d changed afterwards:\n%s\nwas\n%s", i, len(w.states), got, w.told[i])
				}
			}
			if got := Replay(p, w.events); !reflect.DeepEqual(got, w.state) {
				t.Fatalf("the replay of %d events differs from the state", len(w.events))
			}
		})
	}
}

// wanderer walks and keeps states that it meets, with what they said then.
type wanderer struct {
	plan   *Plan
	kept   int // one of so many states is kept
	random *rand.Rand
	now    time.Time
	state  State
	events []event.Event
	states []State
	told   []string
}

func (w *wanderer) keep() {
	if len(w.events)%w.kept != 0 {
		return
	}
	w.states, w.told = append(w.states, w.state), append(w.told, everything(w.state))
}

// likely is a command that probably leads on.
func (w *wanderer) likely() Command {
	s := w.state
	step := s.Current()
	switch action := s.NextAction(); {
	case s.Running != nil:
		outcome := []string{event.OutcomeOK, event.OutcomeOK, event.OutcomeFailed}[w.random.IntN(3)]
		return Ended{Action: s.Running.Action, Ending: event.Ending{Outcome: outcome, Captured: map[string]string{}}}
	case s.NeedsScenario():
		return ChooseScenario{Scenario: []string{"a", "b"}[w.random.IntN(2)], Reason: "because"}
	case step == nil:
		return Begin{}
	case s.Failure() != nil:
		return Accept{Step: step.ID, Reason: "because"}
	case s.NextTick() != nil && w.random.IntN(2) == 0:
		return Tick{Step: step.ID, Substep: s.NextTick().ID, Done: true}
	case action == nil:
		return Done{Step: step.ID}
	case action.Kind == runbooks.KindChoice:
		return Choose{Action: action.ID, Key: []string{"yes", "yes", "no"}[w.random.IntN(3)]}
	default:
		return Run{Action: action.ID, Confirmed: true}
	}
}

// apply carries out a command, after another one whose events are given up.
func (w *wanderer) apply(cmd Command) {
	if events, err := Decide(w.state, w.likely()); err == nil {
		for s := w.state; len(events) > 0; events = events[1:] {
			s = Apply(s, events[0])
		}
	}
	events, err := Decide(w.state, cmd)
	if err != nil {
		return
	}
	for _, ev := range events {
		w.now = w.now.Add(time.Millisecond)
		ev.Seq, ev.At = uint64(len(w.events)+1), w.now
		w.state, w.events = Apply(w.state, ev), append(w.events, ev)
		w.keep()
	}
}
