package walk

import (
	"slices"
	"testing"
	"time"

	"genia.ai/bitacora/internal/event"
	"genia.ai/bitacora/runbooks"
)

// last is what the newest event of a kind says.
func (r *run) last(kind event.Kind) event.Data {
	r.t.Helper()
	for _, ev := range slices.Backward(r.events) {
		if ev.Kind == kind {
			return ev.Data
		}
	}
	r.t.Fatalf("no %s is recorded", kind)
	return nil
}

func TestScenarioIsChangedInMidRunForAReason(t *testing.T) {
	r := newRun(t, plan(), event.ModeLive)
	r.do(SetParam{Name: "service", Value: "web"})
	r.decided("a")
	r.at("a.1")
	r.succeed("stop")
	r.do(Done{Step: "a.1"})
	r.at("3.1")
	r.refused(ChooseScenario{Scenario: "b"}, CodeReasonNeeded)
	r.refused(ChooseScenario{Scenario: "c", Reason: "x"}, CodeUnknown)
	r.do(ChooseScenario{Scenario: "b", Reason: "it is the other one"})
	r.at("b.1")
	changed := r.last(event.KindScenarioChanged).(event.ScenarioChanged)
	if changed.From != "a" || changed.To != "b" || changed.Reason != "it is the other one" || !slices.Equal(changed.Done, []string{"a.1"}) {
		t.Errorf("recorded %+v", changed)
	}
	if left := r.state.Undoable(); len(left) != 1 || left[0].Action != "stop" {
		t.Errorf("what was stopped can no longer be started: %v", left)
	}
	if done, begun := r.state.DoneUnder("a"); len(done) != 1 || done[0].ID != "a.1" || len(begun) != 0 {
		t.Errorf("done under a: %v", done)
	}
}

func TestWhatFailedUnderAScenarioIsBegunAndNotDone(t *testing.T) {
	r := newRun(t, plan(), event.ModeLive)
	r.do(SetParam{Name: "service", Value: "web"})
	r.decided("a")
	r.at("a.1")
	r.do(Run{Action: "stop", Confirmed: true})
	r.ends("stop", event.OutcomeFailed)
	check := func(where string) {
		t.Helper()
		done, begun := r.state.DoneUnder("a")
		if len(done) != 0 || len(begun) != 1 || begun[0].ID != "a.1" {
			t.Errorf("%s: done under a: %v, begun: %v", where, done, begun)
		}
	}
	check("failed")
	r.do(Skip{Step: "a.1", Reason: "not now"})
	check("skipped")
	r.do(ChooseScenario{Scenario: "b", Reason: "it is the other one"})
	if changed := r.last(event.KindScenarioChanged).(event.ScenarioChanged); !slices.Equal(changed.Done, []string{"a.1"}) {
		t.Errorf("recorded %+v", changed) // what it left behind, however it ended
	}
}

func TestScenarioOfTheRunbooksOwnChoiceIsNotChosenBesideIt(t *testing.T) {
	r := newRun(t, plan(), event.ModeLive)
	r.do(Begin{})
	r.refused(ChooseScenario{Scenario: "a", Reason: "x"}, CodeDecisionNeeded)
}

func TestEndedRunIsOpenedAgainForItsFollowUp(t *testing.T) {
	r := newRun(t, plan(), event.ModeLive)
	r.refused(ReopenRun{Operator: "bea", Reason: "follow-up"}, CodeNotNow)
	r.do(SetParam{Name: "service", Value: "web"})
	r.decided("a")
	r.succeed("stop")
	r.do(WriteTodo{ID: "todo-1", Text: "tell legal"})
	r.do(PlanComms{Every: time.Hour, After: time.Hour})
	r.do(End{Reason: "stable; the rest tomorrow"})
	elapsed := r.state.Elapsed(r.now)
	if !r.state.Comms().Due.IsZero() {
		t.Error("an update is due after the end")
	}
	r.refused(Done{Step: "a.1"}, CodeEnded)
	r.refused(ReopenRun{Operator: "bea"}, CodeReasonNeeded)
	r.now = r.now.Add(72 * time.Hour)
	r.do(ReopenRun{Operator: "bea", Host: "h", Reason: "the follow-up"})
	r.at("a.1")
	if r.state.Status != StatusWalking || r.state.Operator != "bea" || r.state.Outcome != "" || r.state.Reopened != 1 {
		t.Errorf("state %+v", r.state)
	}
	if got := r.state.Elapsed(r.now) - elapsed; got < 0 || got > time.Minute {
		t.Errorf("the three days in between count as %v", got)
	}
	if len(r.state.Undoable()) != 1 || r.state.Action("startup").Attempts != 0 {
		t.Error("what was switched off is not as it was left")
	}
	r.do(WriteTodo{ID: "todo-1", Done: true})
	if todos := r.state.Todos(); len(todos) != 1 || !todos[0].Done || todos[0].Text != "tell legal" {
		t.Errorf("to-dos %v", todos)
	}
	r.do(End{Reason: "enough"})
}

func TestUpdatesAreDueAndSentOnesMakeTheNextOneDue(t *testing.T) {
	r := newRun(t, plan(), event.ModeLive)
	r.do(Begin{})
	r.refused(SendComms{Text: " "}, CodeAnswerInvalid)
	r.refused(PlanComms{Every: -time.Minute}, CodeAnswerInvalid)
	r.do(PlanComms{Every: 30 * time.Minute, After: 10 * time.Minute})
	due := r.state.Comms().Due
	if late := r.state.Comms().Overdue(due.Add(3 * time.Minute)); late != 3*time.Minute {
		t.Errorf("overdue by %v", late)
	}
	if r.state.Comms().Overdue(due.Add(-time.Second)) != 0 {
		t.Error("overdue before it is due")
	}
	r.do(SendComms{Text: "we know of it"})
	if next := r.state.Comms(); next.Due.Sub(next.Last) != 30*time.Minute || next.Sent != 1 || next.Seq != r.state.Seq {
		t.Errorf("next %+v", next)
	}
	r.do(PlanComms{})
	if !r.state.Comms().Due.IsZero() {
		t.Error("still due")
	}
}

func TestSubstepsAreTickedOneByOne(t *testing.T) {
	p := plan()
	p.steps[0].Substeps = []*runbooks.Step{{ID: "1.1.1", Substeps: []*runbooks.Step{{ID: "1.1.1.1"}}}, {ID: "1.1.2"}}
	p = NewPlan(p.Runbook())
	r := newRun(t, p, event.ModeLive)
	r.do(Begin{})
	for _, want := range []string{"1.1.1", "1.1.1.1", "1.1.2"} {
		next := r.state.NextTick()
		if next == nil || next.ID != want {
			t.Fatalf("next is %v, want %s", next, want)
		}
		r.do(Tick{Step: "1.1", Substep: want, Done: true})
	}
	if r.state.NextTick() != nil {
		t.Error("something is left to tick")
	}
	r.do(Tick{Step: "1.1", Substep: "1.1.2"})
	if r.state.Ticked("1.1.2") || !r.state.Ticked("1.1.1") {
		t.Error("the wrong one was taken back")
	}
	r.refused(Tick{Step: "1.1", Substep: "9.9", Done: true}, CodeUnknown)
	r.refused(Tick{Step: "2.1", Substep: "1.1.1", Done: true}, CodeNotCurrent)
	r.succeed("look")
	r.do(Done{Step: "1.1"})
	r.do(Reopen{Step: "1.1", Reason: "again"})
	if r.state.Ticked("1.1.1") {
		t.Error("a step that is opened again keeps its ticks")
	}
}

func TestIncidentClockAndIntervals(t *testing.T) {
	r := newRun(t, plan(), event.ModeLive)
	begun := r.now
	if _, since := r.state.IncidentClock(begun); since != "" {
		t.Errorf("since %q", since)
	}
	mark := func(name string, ago time.Duration) { r.do(MarkMilestone{Name: name, When: begun.Add(-ago)}) }
	mark(event.MilestoneDeclared, 10*time.Minute)
	if took, since := r.state.IncidentClock(begun); took != 10*time.Minute || since != event.MilestoneDeclared {
		t.Errorf("%v since %s", took, since)
	}
	mark(event.MilestoneImpact, 30*time.Minute)
	mark(event.MilestoneDetected, 18*time.Minute)
	if took, since := r.state.IncidentClock(begun); took != 30*time.Minute || since != event.MilestoneImpact {
		t.Errorf("%v since %s", took, since)
	}
	mark(event.MilestoneResolved, -5*time.Minute)
	if took, _ := r.state.IncidentClock(begun.Add(time.Hour)); took != 35*time.Minute {
		t.Errorf("after its end the clock shows %v", took)
	}
	want := []Interval{
		{event.MilestoneImpact, event.MilestoneDetected, 12 * time.Minute},
		{event.MilestoneImpact, event.MilestoneResolved, 35 * time.Minute},
	}
	if got := r.state.Intervals(); !slices.Equal(got, want) {
		t.Errorf("intervals %v", got)
	}
}

func TestPhaseTimesAddUp(t *testing.T) {
	r := newRun(t, plan(), event.ModeLive)
	r.do(Begin{})
	r.now = r.now.Add(4 * time.Minute)
	r.succeed("look")
	r.do(Done{Step: "1.1"})
	spent, ok := r.state.PhaseTime(runbooks.PhaseIdentification, r.now.Add(time.Hour))
	if !ok || spent < 4*time.Minute || spent > 5*time.Minute {
		t.Errorf("identification took %v, %v", spent, ok)
	}
	if spent, ok = r.state.PhaseTime(runbooks.PhaseDecision, r.now.Add(time.Hour)); !ok || spent < time.Hour {
		t.Errorf("the current phase takes %v, %v", spent, ok)
	}
	if _, ok = r.state.PhaseTime(runbooks.PhaseExecution, r.now); ok {
		t.Error("a phase that was never entered has a time")
	}
}

func TestTimesAsTheyAreTyped(t *testing.T) {
	now := time.Date(2026, 11, 23, 8, 46, 0, 0, time.UTC)
	for text, want := range map[string]time.Time{
		"": now, "0": now, "-5m": now.Add(-5 * time.Minute), "8:40": now.Add(-6 * time.Minute),
		"23:50": time.Date(2026, 11, 22, 23, 50, 0, 0, time.UTC), "2026-11-23T08:00:00Z": now.Add(-46 * time.Minute),
	} {
		if got, ok := Moment(text, now, time.UTC); !ok || !got.Equal(want) {
			t.Errorf("%q is %v, %v", text, got, ok)
		}
	}
	for text, want := range map[string]time.Duration{"30": 30 * time.Minute, "1h30m": 90 * time.Minute, "9:00": 14 * time.Minute, "8:40": 24*time.Hour - 6*time.Minute} {
		if got, ok := Interlude(text, now, time.UTC); !ok || got != want {
			t.Errorf("%q is in %v, %v", text, got, ok)
		}
	}
	for _, text := range []string{"soon", "5m later", "25:00"} {
		if _, ok := Moment(text, now, time.UTC); ok {
			t.Errorf("%q is a moment", text)
		}
		if _, ok := Interlude(text, now, time.UTC); ok {
			t.Errorf("%q is an interlude", text)
		}
	}
	if _, ok := Interlude("", now, time.UTC); ok {
		t.Error("nothing is an interlude")
	}
}
