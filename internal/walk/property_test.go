package walk

import (
	"reflect"
	"testing"
	"time"

	"pgregory.net/rapid"

	"genia.ai/bitacora/internal/event"
	"genia.ai/bitacora/runbooks"
)

// commands draws anything that a front end or the session could send.
func commands(p *Plan) *rapid.Generator[Command] {
	var steps, acts []string
	for _, step := range p.steps {
		steps = append(steps, step.ID)
	}
	for _, action := range p.actions {
		acts = append(acts, action.ID)
	}
	step, action := rapid.SampledFrom(steps), rapid.SampledFrom(acts)
	key := rapid.SampledFrom([]string{"yes", "no", "a", "b"})
	reason := rapid.SampledFrom([]string{"", "because"})
	outcome := rapid.SampledFrom([]string{event.OutcomeOK, event.OutcomeFailed, event.OutcomeSimulated, event.OutcomeUnknown})
	return rapid.Custom(func(t *rapid.T) Command {
		run := func() Run {
			return Run{
				Action: action.Draw(t, "action"), Confirmed: rapid.Bool().Draw(t, "confirmed"),
				Target: rapid.SampledFrom([]string{"", "web"}).Draw(t, "target"),
			}
		}
		kinds := []func() Command{
			func() Command { return Begin{} },
			func() Command { return SetParam{Name: "service", Value: "web"} },
			func() Command { return Choose{Action: action.Draw(t, "action"), Key: key.Draw(t, "key")} },
			func() Command { return ChooseScenario{Scenario: key.Draw(t, "scenario")} },
			func() Command { return Answer{Action: action.Draw(t, "action"), Value: "x"} },
			func() Command { return run() },
			func() Command { return Undo{Action: action.Draw(t, "undo"), Run: run()} },
			func() Command {
				return Ended{Action: action.Draw(t, "ended"), Ending: event.Ending{Outcome: outcome.Draw(t, "outcome")}}
			},
			func() Command { return Done{Step: step.Draw(t, "step")} },
			func() Command { return Skip{Step: step.Draw(t, "step"), Reason: reason.Draw(t, "reason")} },
			func() Command { return Accept{Step: step.Draw(t, "step"), Reason: reason.Draw(t, "reason")} },
			func() Command { return Reopen{Step: step.Draw(t, "step"), Reason: reason.Draw(t, "reason")} },
			func() Command { return Goto{Step: step.Draw(t, "step")} },
			func() Command { return Adhoc{ID: "x", Command: "true"} },
			func() Command { return WriteNote{Text: "n"} },
			func() Command {
				return ChooseScenario{Scenario: rapid.SampledFrom([]string{"a", "b", "c"}).Draw(t, "scenario"), Reason: reason.Draw(t, "reason")}
			},
			func() Command { return ReopenRun{Operator: "bea", Reason: reason.Draw(t, "reason")} },
			func() Command { return PlanComms{Every: time.Minute, After: time.Minute} },
			func() Command { return SendComms{Text: "news"} },
			func() Command { return Tick{Step: step.Draw(t, "step"), Substep: "1.1.1", Done: true} },
			func() Command { return HandOver{To: "bea"} },
			func() Command { return Pause{} },
			func() Command { return Resume{Operator: "bea"} },
			func() Command { return End{Reason: reason.Draw(t, "reason")} },
		}
		return rapid.SampledFrom(kinds).Draw(t, "kind")()
	})
}

// decisions returns what must be in the record before the execution phase.
func decidedBefore(events []event.Event) (choices map[string]bool, scenario bool) {
	choices = map[string]bool{}
	for _, ev := range events {
		switch data := ev.Data.(type) {
		case event.ChoiceMade:
			choices[data.Action] = true
		case event.ScenarioChanged:
			scenario = true
		}
	}
	return choices, scenario
}

// TestNoSequenceOfCommandsBreaksTheWalk draws sequences of commands and checks,
// after each, what the package promises.
func TestNoSequenceOfCommandsBreaksTheWalk(t *testing.T) {
	p := plan()
	draw := commands(p)
	rapid.Check(t, func(t *rapid.T) {
		state, events := New(p), []event.Event(nil)
		states := []State{state}
		now := time.Date(2026, 11, 23, 8, 0, 0, 0, time.UTC)
		apply := func(cmd Command) {
			kept := Replay(p, events)
			decided, err := Decide(state, cmd)
			if !reflect.DeepEqual(kept, state) {
				t.Fatalf("Decide changed the state")
			}
			if err != nil && len(decided) > 0 {
				t.Fatalf("%T was refused and decided something", cmd)
			}
			for _, ev := range decided {
				now = now.Add(time.Millisecond)
				ev.Seq, ev.At = uint64(len(events)+1), now
				checkEvent(t, p, state, events, ev)
				state = Apply(state, ev)
				events = append(events, ev)
				states = append(states, state)
			}
		}
		apply(Start{event.RunStarted{Run: "r", Mode: rapid.SampledFrom([]string{event.ModeLive, event.ModeRehearsal}).Draw(t, "mode"), Operator: "ana",
			Section: rapid.SampledFrom([]string{"", "late", "in-a", "first"}).Draw(t, "section")}})
		for _, cmd := range rapid.SliceOfN(draw, 1, 60).Draw(t, "commands") {
			apply(cmd)
		}
		// A resume after any prefix gives the state that the live run had there.
		at := rapid.IntRange(0, len(events)).Draw(t, "prefix")
		if got := Replay(p, events[:at]); !reflect.DeepEqual(got, states[at]) {
			t.Fatalf("replay of %d events differs from the live state", at)
		}
	})
}

func checkEvent(t *rapid.T, p *Plan, state State, events []event.Event, ev event.Event) {
	switch data := ev.Data.(type) {
	case event.StepStarted:
		step := p.steps[p.stepIndex[ev.Step]]
		if step.Scenario != "" && step.Scenario != state.Scenario {
			t.Fatalf("step %s of scenario %s became current under %q", step.ID, step.Scenario, state.Scenario)
		}
		if step.Phase != runbooks.PhaseExecution {
			return
		}
		if choices, scenario := decidedBefore(events); !choices["go"] || !choices["which"] || !scenario {
			t.Fatalf("execution was reached with decisions %v, scenario %v", choices, scenario)
		}
	case event.ActionStarted:
		if state.Running != nil {
			t.Fatalf("%s started while %s ran", data.Action, state.Running.Action)
		}
		action, step := p.Action(data.Action)
		if data.Undoes == "" && step.ID != state.Current().ID {
			t.Fatalf("%s ran outside its step", data.Action)
		}
		if step.Scenario != "" && step.Scenario != state.Scenario && data.Undoes == "" {
			t.Fatalf("%s of scenario %s ran under %q", data.Action, step.Scenario, state.Scenario)
		}
		if last := events[len(events)-1]; action.Effect != runbooks.EffectRead && last.Kind != event.KindActionConfirmed {
			t.Fatalf("%s started without a confirmation on record", data.Action)
		}
	}
}
