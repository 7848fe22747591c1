package walk

import (
	"slices"
	"testing"
	"time"

	"genia.ai/bitacora/internal/event"
	"genia.ai/bitacora/runbooks"
)

// told numbers events and gives each a minute of its own.
func told(data ...event.Data) []event.Event {
	events := make([]event.Event, len(data))
	for i, d := range data {
		events[i] = event.Event{Seq: uint64(i + 1), At: time.Unix(0, 0).Add(time.Duration(i) * time.Minute), Kind: d.Kind(), Data: d}
	}
	return events
}

func join(client, operator, frontEnd string) event.Data {
	return event.ClientJoined{Client: client, Operator: operator, FrontEnd: frontEnd, Host: "h-" + operator}
}

func TestAbsenceBefore(t *testing.T) {
	ended := event.ActionEnded{Action: "a", Ending: event.Ending{Outcome: event.OutcomeOK}}
	left := event.ClientLeft{Client: "1"}
	for _, test := range []struct {
		name   string
		events []event.Data
		away   bool
		own    bool
		seq    uint64 // the last event that was seen
		kinds  []event.Kind
	}{
		{"nobody joined", []event.Data{event.RunStarted{}, ended}, false, false, 0, nil},
		{"the first to come", []event.Data{event.RunStarted{}, join("1", "ana", "tui")}, false, false, 0, nil},
		{"came back", []event.Data{join("1", "ana", "tui"), left, ended, event.Note{Text: "x"}, join("2", "ana", "tui"), event.Note{}}, true, true, 2,
			[]event.Kind{event.KindActionEnded, event.KindNote}},
		{"paused meanwhile", []event.Data{join("1", "ana", "tui"), left, ended, event.RunPaused{}, join("2", "ana", "tui"), event.RunResumed{}}, true, true, 2,
			[]event.Kind{event.KindActionEnded, event.KindRunPaused}},
		{"the server was lost", []event.Data{join("1", "ana", "tui"), ended, event.Recovered{}, ended, join("2", "ana", "tui")}, true, true, 2,
			[]event.Kind{event.KindRecovered, event.KindActionEnded}},
		{"after somebody else", []event.Data{join("1", "ana", "tui"), left, ended, join("2", "bea", "tui")}, true, false, 2, []event.Kind{event.KindActionEnded}},
		{"watches beside oneself", []event.Data{join("1", "ana", "tui"), ended, join("2", "ana", "watch")}, false, false, 0, nil},
		{"takes over", []event.Data{join("1", "ana", "tui"), ended, join("2", "bea", "tui"), event.DriverChanged{To: "bea"}}, false, false, 0, nil},
		{"another watcher left", []event.Data{join("1", "ana", "tui"), join("3", "eva", "watch"), event.ClientLeft{Client: "3"}, join("2", "bea", "watch")}, false, false, 0, nil},
	} {
		t.Run(test.name, func(t *testing.T) {
			away, ok := AbsenceBefore(told(test.events...))
			var kinds []event.Kind
			for _, ev := range away.Events {
				kinds = append(kinds, ev.Kind)
			}
			if ok != test.away || away.Own != test.own || away.Seq != test.seq || !slices.Equal(kinds, test.kinds) {
				t.Errorf("%v, own %v, seen up to %d, told %v", ok, away.Own, away.Seq, kinds)
			}
		})
	}
}

func TestCompanyKnowsWhoDrives(t *testing.T) {
	var c Company
	for i, step := range []struct {
		data   event.Data
		driver string
		host   string
	}{
		{event.RunStarted{}, "", ""},
		{join("1", "ana", "tui"), "ana", "h-ana"},
		{join("2", "eva", FrontEndWatch), "ana", "h-ana"},
		{join("3", "bea", "tui"), "bea", "h-bea"}, // took over
		{event.DriverChanged{From: "ana", To: "bea"}, "bea", "h-bea"},
		{event.ClientLeft{Client: "1"}, "bea", "h-bea"},
		{event.DriverChanged{From: "bea", To: "luis"}, "luis", "h-bea"}, // handed over at the same keyboard
		{event.ClientLeft{Client: "3"}, "", ""},
		{join("4", "ana", "plain"), "ana", "h-ana"},
		{event.Recovered{}, "", ""},
	} {
		c = c.Apply(told(step.data)[0])
		driver, ok := c.Driver()
		if driver.Operator != step.driver || driver.Host != step.host || ok != (step.driver != "") {
			t.Errorf("after event %d %+v drives, want %s", i, driver, step.driver)
		}
	}
}

func TestAttempts(t *testing.T) {
	exit := 3
	got := Attempts(told(
		event.ActionStarted{Action: "a", Attempt: 1}, event.ActionEnded{Action: "a", Ending: event.Ending{Outcome: event.OutcomeFailed, Exit: &exit}},
		event.AdhocStarted{ID: "adhoc-1"}, event.AdhocEnded{ID: "adhoc-1", Ending: event.Ending{Outcome: event.OutcomeOK}},
		event.ActionStarted{Action: "a", Attempt: 2},
	))
	if len(got) != 3 || got[0].Ending.Outcome != event.OutcomeFailed || got[0].EndSeq != 2 || got[1].ID != "adhoc-1" || !got[1].Ended ||
		got[2].Number != 2 || got[2].Ended {
		t.Errorf("%+v", got)
	}
}

func TestVariablesStayLostUntilTheyAreSetAgain(t *testing.T) {
	lost := []event.LostVars{{Step: "1", Action: "a", Names: []string{"A"}}}
	for _, next := range []event.Data{event.Recovered{}, event.Superseded{}, event.RunResumed{}} {
		s := Replay(NewPlan(&runbooks.Runbook{}), []event.Event{{Data: event.Recovered{Lost: lost}}, {Data: next}})
		if got := s.Lost(); len(got) != 1 || got[0].Action != "a" {
			t.Errorf("after %s: %+v", next.Kind(), got)
		}
	}
}

func TestVariablesThatAreSetAgainAreNotLost(t *testing.T) {
	lost := []event.LostVars{{Step: "1", Action: "a", Names: []string{"A", "B"}}, {Step: "2", Action: "b", Names: []string{"C"}}}
	got := withoutLost(lost, event.ActionEnded{Action: "x", Ending: event.Ending{Vars: []string{"A"}}})
	if len(got) != 2 || !slices.Equal(got[0].Names, []string{"B"}) || !slices.Equal(lost[0].Names, []string{"A", "B"}) {
		t.Errorf("A was set: %v, before %v", got, lost)
	}
	if got = withoutLost(got, event.ActionEnded{Action: "b"}); len(got) != 1 || got[0].Step != "1" {
		t.Errorf("b ran again: %v", got)
	}
}
