package walk

import (
	"testing"

	"genia.ai/bitacora/internal/event"
)

func TestWhatDeviates(t *testing.T) {
	before := New(NewPlan(parse(t, asking)))
	before = before.setValue("scope", Value{Text: "total"})
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

func TestNotesNameValues(t *testing.T) {
	state := New(NewPlan(parse(t, asking)))
	state = state.setValue("host", Value{Text: "db1"})
	for text, want := range map[string]string{
		"Disk full on $host, ${host} and {{host}}": "Disk full on db1, db1 and db1", "$hosts or $HOME": "$hosts or $HOME", "costs $5": "costs $5",
	} {
		if got := state.FillNote(text); got != want {
			t.Errorf("%q is told as %q, want %q", text, got, want)
		}
	}
}

func TestWhatHasNoValueYetIsCalledByItsLabel(t *testing.T) {
	state := New(NewPlan(parse(t, asking)))
	if got := state.FillText("{{scope}}, {{.State}} and {{other}}"); got != "[Alcance], {{.State}} and {{other}}" {
		t.Errorf("it reads %q", got)
	}
	state = state.setValue("scope", Value{Text: "total"})
	if got := state.FillText("{{scope}}"); got != "total" {
		t.Errorf("it reads %q", got)
	}
}
