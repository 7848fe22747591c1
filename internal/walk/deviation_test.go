package walk

import (
	"testing"

	"genia.ai/bitacora/internal/event"
)

func TestWhatDeviates(t *testing.T) {
	before := New(NewPlan(parse(t, asking)))
	before.values = map[string]Value{"scope": {Text: "total"}}
	for _, test := range []struct {
		data event.Data
		want Deviation
	}{
		{event.StepSkipped{Reason: "x"}, DeviationSkip},
		{event.StepAccepted{Reason: "x"}, DeviationAccept},
		{event.StepReopened{Reason: "x"}, DeviationReopen},
		{event.AdhocStarted{Command: "ls"}, DeviationAdhoc},
		{event.ScenarioChanged{To: "a"}, ""},
		{event.ScenarioChanged{From: "b", To: "a"}, DeviationScenario},
		{event.ParamSet{Name: "new", Value: "x", Source: event.SourceOperator}, ""},
		{event.ParamSet{Name: "scope", Value: "total", Source: event.SourceOperator}, ""},
		{event.ParamSet{Name: "scope", Value: "parcial", Source: event.SourceOperator}, DeviationEdited},
		{event.ParamSet{Name: "new", Value: "<NEW>", Source: event.SourceExample, Invented: true}, DeviationInvented},
		{event.ActionEnded{Action: "look", Ending: event.Ending{Outcome: event.OutcomeFailed}}, ""},
		{event.UndoDone{Action: "look", Undo: "look"}, ""}, // the runbook says what reverts what
	} {
		if got := DeviationOf(before, event.Event{Data: test.data}); got != test.want {
			t.Errorf("%+v is %q, want %q", test.data, got, test.want)
		}
	}
}
