package walk

import (
	"errors"
	"slices"
	"testing"
	"time"

	"genia.ai/bitacora/internal/event"
	"genia.ai/bitacora/runbooks"
)

// plan is a small runbook with everything that steers: a go/no-go, scenarios,
// an action that waits for a confirm, a destructive one, an inverse.
func plan() *Plan {
	choice := func(id, name string, options ...runbooks.Option) *runbooks.Action {
		return &runbooks.Action{ID: id, Name: name, Kind: runbooks.KindChoice, Effect: runbooks.EffectRead, Options: options}
	}
	shell := func(id string, effect runbooks.Effect, settings runbooks.Settings, uses ...string) *runbooks.Action {
		return &runbooks.Action{ID: id, Name: id, Kind: runbooks.KindShell, Effect: effect, Declared: true, Settings: settings, Uses: uses}
	}
	step := func(id string, phase runbooks.Phase, scenario string, acts ...*runbooks.Action) *runbooks.Step {
		return &runbooks.Step{ID: id, Text: "step " + id, Phase: phase, Scenario: scenario, Actions: acts}
	}
	rb := &runbooks.Runbook{
		Params:    []runbooks.Param{{Name: "service", Pattern: "[a-z]+", Required: true, Example: "web"}, {Name: "cause", FreeText: true}},
		Roles:     []runbooks.Role{{ID: "lead", Title: "Lead"}},
		Scenarios: []runbooks.Scenario{{ID: "a"}, {ID: "b"}},
		Sequence: []*runbooks.Step{
			step("1.1", runbooks.PhaseIdentification, "", shell("look", runbooks.EffectRead, runbooks.Settings{})),
			step("2.1", runbooks.PhaseDecision, "", choice("go", "go",
				runbooks.Option{Key: "yes"},
				runbooks.Option{Key: "no", Steer: runbooks.Steer{Kind: runbooks.SteerPhase, Target: "follow-up"}})),
			step("2.2", runbooks.PhaseDecision, "", choice("which", "which",
				runbooks.Option{Key: "a", Steer: runbooks.Steer{Kind: runbooks.SteerScenario, Target: "a"}},
				runbooks.Option{Key: "b", Steer: runbooks.Steer{Kind: runbooks.SteerScenario, Target: "b"}})),
			step("a.1", runbooks.PhaseExecution, "a",
				shell("stop", runbooks.EffectWrite, runbooks.Settings{Undo: "startup"}, "service")),
			step("b.1", runbooks.PhaseExecution, "b",
				shell("wipe", runbooks.EffectDestructive, runbooks.Settings{Target: "{{service}}"}, "service")),
			step("3.1", runbooks.PhaseExecution, ""),
			step("5.1", runbooks.PhaseFollowUp, "a",
				&runbooks.Action{ID: "again", Name: "again", Kind: runbooks.KindConfirm, Effect: runbooks.EffectRead},
				shell("startup", runbooks.EffectWrite, runbooks.Settings{After: "again"}, "service")),
			step("5.2", runbooks.PhaseFollowUp, "",
				&runbooks.Action{ID: "cause", Name: "cause", Kind: runbooks.KindInput, Effect: runbooks.EffectRead}),
		},
		Sections: []runbooks.Section{{Heading: "First", Level: 2, Line: 1}, {Heading: "In a", Level: 2, Line: 4}, {Heading: "Late", Level: 2, Line: 6}},
	}
	for i, step := range rb.Sequence {
		step.Line = i + 1
	}
	return NewPlan(rb)
}

// run carries out commands and stamps their events as the session would.
type run struct {
	t      *testing.T
	state  State
	events []event.Event
	now    time.Time
}

func newRun(t *testing.T, p *Plan, mode string) *run {
	t.Helper()
	r := &run{t: t, state: New(p), now: time.Date(2026, 11, 23, 8, 46, 0, 0, time.UTC)}
	r.do(Start{event.RunStarted{Run: "r", Mode: mode, Operator: "ana"}})
	return r
}

func (r *run) try(cmd Command) error {
	events, err := Decide(r.state, cmd)
	if err != nil {
		return err
	}
	for _, ev := range events {
		r.now = r.now.Add(time.Second)
		ev.Seq, ev.At = uint64(len(r.events)+1), r.now
		r.state = Apply(r.state, ev)
		r.events = append(r.events, ev)
	}
	return nil
}

func (r *run) do(cmd Command) {
	r.t.Helper()
	if err := r.try(cmd); err != nil {
		r.t.Fatalf("%T%+v: %v", cmd, cmd, err)
	}
}

func (r *run) refused(cmd Command, want Code) *Refusal {
	r.t.Helper()
	before := len(r.events)
	err := r.try(cmd)
	var refusal *Refusal
	if !errors.As(err, &refusal) || refusal.Code != want {
		r.t.Fatalf("%T%+v: got %v, want refusal %s", cmd, cmd, err, want)
	}
	if len(r.events) != before {
		r.t.Fatalf("a refused command recorded something")
	}
	return refusal
}

func (r *run) at(step string) {
	r.t.Helper()
	current := r.state.Current()
	if current == nil || current.ID != step {
		r.t.Fatalf("current step is %v, want %s", current, step)
	}
}

func (r *run) ends(action, outcome string) {
	r.t.Helper()
	r.do(Ended{Action: action, Ending: event.Ending{Outcome: outcome}})
}

func (r *run) succeed(action string) {
	r.t.Helper()
	r.do(Run{Action: action, Confirmed: true})
	r.ends(action, event.OutcomeOK)
}

// decided brings a run to the execution phase under a scenario.
func (r *run) decided(scenario string) {
	r.t.Helper()
	r.do(Begin{})
	r.succeed("look")
	r.do(Done{Step: "1.1"})
	r.do(Choose{Action: "go", Key: "yes", Reason: "error rate"})
	r.do(Done{Step: "2.1"})
	r.do(Choose{Action: "which", Key: scenario})
	r.do(Done{Step: "2.2"})
}

func TestWalkOfOneScenario(t *testing.T) {
	r := newRun(t, plan(), event.ModeLive)
	r.do(SetParam{Name: "service", Value: "web"})
	r.decided("a")
	r.at("a.1")
	r.succeed("stop")
	r.do(Done{Step: "a.1"})
	r.at("3.1")
	r.do(Done{Step: "3.1"})
	r.at("5.1")
	r.do(Choose{Action: "again", Key: AnswerNo})
	r.refused(Run{Action: "startup", Confirmed: true}, CodeNotDue)
	r.do(Done{Step: "5.1"})
	r.refused(Done{Step: "5.2"}, CodeActionsOpen)
	r.do(Answer{Action: "cause", Value: "a bad deploy"})
	r.do(Done{Step: "5.2"})
	if !r.state.Complete() {
		t.Fatal("the walk is not complete")
	}
	r.do(End{})
	if r.state.Outcome != event.RunCompleted {
		t.Errorf("outcome = %s", r.state.Outcome)
	}
	if got := r.state.Step("b.1").Bearing; got != BearingOther {
		t.Errorf("bearing of the other scenario's step = %s", got)
	}
}

func TestSteeringPastIsNotSkipping(t *testing.T) {
	r := newRun(t, plan(), event.ModeLive)
	r.do(Begin{})
	r.succeed("look")
	r.do(Done{Step: "1.1"})
	r.do(Choose{Action: "go", Key: "no", Reason: "a false alarm"})
	r.do(Done{Step: "2.1"})
	r.at("5.2")
	r.refused(Goto{Step: "3.1"}, CodeNotOnWalk)
	r.do(Answer{Action: "cause", Value: "x"})
	r.do(Done{Step: "5.2"})
	r.do(End{})
	if r.state.Outcome != event.RunCompleted {
		t.Errorf("outcome = %s", r.state.Outcome)
	}
}

func TestAnswerChangedBeforeTheStepIsDoneSteersAnew(t *testing.T) {
	r := newRun(t, plan(), event.ModeLive)
	r.do(Begin{})
	r.succeed("look")
	r.do(Done{Step: "1.1"})
	r.do(Choose{Action: "go", Key: "no"})
	r.do(Choose{Action: "go", Key: "yes"})
	r.do(Done{Step: "2.1"})
	r.at("2.2")
}

func TestExecutionNeedsItsDecisions(t *testing.T) {
	r := newRun(t, plan(), event.ModeLive)
	r.do(Begin{})
	if got := r.refused(Goto{Step: "3.1"}, CodeScenarioNeeded); !slices.Equal(got.Names, []string{"a", "b"}) {
		t.Errorf("names = %v", got.Names)
	}
	r.refused(Goto{Step: "a.1"}, CodeScenarioNeeded)
	r.do(Goto{Step: "2.2"})
	r.do(Choose{Action: "which", Key: "a"})
	r.refused(Goto{Step: "a.1"}, CodeDecisionNeeded)
	r.do(Goto{Step: "2.1"})
	r.refused(Skip{Step: "2.1", Reason: "no time"}, CodeDecisionNeeded)
	r.refused(Accept{Step: "2.1", Reason: "no time"}, CodeDecisionNeeded)
	r.refused(Done{Step: "2.1"}, CodeDecisionNeeded)
	r.refused(Choose{Action: "go", Key: "perhaps"}, CodeAnswerInvalid)
	r.do(Choose{Action: "go", Key: "yes"})
	r.do(Goto{Step: "a.1"})
	r.refused(Goto{Step: "b.1"}, CodeNotOnWalk)
}

func TestFailureIsAMenu(t *testing.T) {
	r := newRun(t, plan(), event.ModeLive)
	r.do(SetParam{Name: "service", Value: "web"})
	r.decided("a")
	r.do(Run{Action: "stop", Confirmed: true})
	r.refused(Done{Step: "a.1"}, CodeBusy)
	r.do(WriteNote{Text: "while it runs"})
	r.refused(Cancel{Action: "look"}, CodeNotRunning)
	r.do(Cancel{Action: "stop"})
	r.ends("stop", event.OutcomeFailed)
	if f := r.state.Failure(); f == nil || f.ID != "stop" {
		t.Fatalf("failure = %v", f)
	}
	r.refused(Done{Step: "a.1"}, CodeActionsOpen)
	r.refused(Skip{Step: "a.1"}, CodeReasonNeeded)
	r.do(SetParam{Name: "service", Value: "api"})
	r.succeed("stop")
	if got := r.state.Action("stop").Attempts; got != 2 {
		t.Errorf("attempts = %d", got)
	}
	r.do(Done{Step: "a.1"})

	r = newRun(t, plan(), event.ModeLive)
	r.do(SetParam{Name: "service", Value: "web"})
	r.decided("a")
	r.do(Run{Action: "stop", Confirmed: true})
	r.ends("stop", event.OutcomeTimeout)
	r.do(Accept{Step: "a.1", Reason: "done by hand"})
	r.at("3.1")
	r.refused(End{}, CodeReasonNeeded)
	r.do(End{Reason: "handed to the vendor"})
	if r.state.Outcome != event.RunStopped {
		t.Errorf("outcome = %s", r.state.Outcome)
	}
	r.refused(Done{Step: "3.1"}, CodeEnded)
	r.do(WriteNote{Text: "afterwards"})
}

func TestEffectsAreConfirmed(t *testing.T) {
	r := newRun(t, plan(), event.ModeLive)
	r.decided("a")
	if got := r.refused(Run{Action: "stop", Confirmed: true}, CodeParamsNeeded); !slices.Equal(got.Names, []string{"service"}) {
		t.Errorf("missing = %v", got.Names)
	}
	r.refused(SetParam{Name: "service", Value: "We b"}, CodeAnswerInvalid)
	r.refused(SetParam{Name: "service", Value: "<SERVICE>", Invented: true}, CodeAnswerInvalid)
	r.do(SetParam{Name: "service", Value: "web"})
	r.refused(Run{Action: "stop"}, CodeConfirmNeeded)

	r = newRun(t, plan(), event.ModeLive)
	r.do(SetParam{Name: "service", Value: "web"})
	r.decided("b")
	r.refused(Run{Action: "wipe", Confirmed: true}, CodeTargetNeeded)
	r.refused(Run{Action: "wipe", Confirmed: true, Target: "api"}, CodeTargetNeeded)
	r.do(Run{Action: "wipe", Confirmed: true, Target: "web"})
	i := slices.IndexFunc(r.events, func(ev event.Event) bool { return ev.Kind == event.KindActionConfirmed })
	confirmed := r.events[slices.IndexFunc(r.events, func(ev event.Event) bool {
		data, ok := ev.Data.(event.ActionConfirmed)
		return ok && data.Action == "wipe"
	})].Data.(event.ActionConfirmed)
	if i < 0 || confirmed.Target != "web" || confirmed.Effect != "destructive" {
		t.Errorf("confirmation recorded as %+v", confirmed)
	}
}

func TestUndoRunsTheInverse(t *testing.T) {
	r := newRun(t, plan(), event.ModeLive)
	r.do(SetParam{Name: "service", Value: "web"})
	r.decided("a")
	r.refused(Undo{Action: "stop"}, CodeNothingToUndo)
	r.succeed("stop")
	if got := r.state.Undoable(); !slices.Equal(got, []UndoEntry{{Action: "stop", Undo: "startup"}}) {
		t.Fatalf("undoable = %v", got)
	}
	r.refused(Undo{Action: "stop"}, CodeConfirmNeeded)
	r.do(Undo{Action: "stop", Run: Run{Confirmed: true}})
	r.ends("startup", event.OutcomeFailed)
	if len(r.state.Undoable()) != 1 {
		t.Error("a failed undo left the stack")
	}
	r.do(Undo{Action: "stop", Run: Run{Confirmed: true}})
	r.ends("startup", event.OutcomeOK)
	if len(r.state.Undoable()) != 0 {
		t.Error("the inverse is still on the stack")
	}
	if r.state.Action("startup").Ending.Outcome != "" {
		t.Error("an undo counted as the action of another step")
	}
}

func TestReopenForgetsAnswers(t *testing.T) {
	r := newRun(t, plan(), event.ModeLive)
	r.do(SetParam{Name: "service", Value: "web"})
	r.decided("a")
	r.refused(Reopen{Step: "2.1"}, CodeReasonNeeded)
	r.do(Reopen{Step: "2.1", Reason: "new facts"})
	r.at("2.1")
	r.refused(Done{Step: "2.1"}, CodeDecisionNeeded)
	r.refused(Goto{Step: "a.1"}, CodeDecisionNeeded)
}

func TestScenarioIsAskedWhereTheTextSpeaksOfIt(t *testing.T) {
	rb := &runbooks.Runbook{
		Scenarios: []runbooks.Scenario{{ID: "1"}, {ID: "2"}},
		Sequence: []*runbooks.Step{
			{ID: "d.1", Phase: runbooks.PhaseDecision},
			{ID: "d.2", Phase: runbooks.PhaseDecision, AsksScenario: true},
			{ID: "s1", Phase: runbooks.PhaseExecution, Scenario: "1"},
			{ID: "s2", Phase: runbooks.PhaseExecution, Scenario: "2"},
		},
	}
	r := newRun(t, NewPlan(rb), event.ModeRehearsal)
	r.do(Begin{})
	r.do(Done{Step: "d.1"})
	if !r.state.NeedsScenario() {
		t.Fatal("the scenario is not asked for")
	}
	r.refused(Done{Step: "d.2"}, CodeScenarioNeeded)
	r.refused(Skip{Step: "d.2", Reason: "x"}, CodeScenarioNeeded)
	r.refused(ChooseScenario{Scenario: "3"}, CodeUnknown)
	r.do(ChooseScenario{Scenario: "2", Reason: "all are affected"})
	r.do(Done{Step: "d.2"})
	r.at("s2")
	r.do(Done{Step: "s2"})
	if !r.state.Complete() {
		t.Error("the other scenario's step is waited for")
	}
}

func TestScenarioWithoutDecisionStepIsAskedFirst(t *testing.T) {
	rb := &runbooks.Runbook{
		Scenarios: []runbooks.Scenario{{ID: "1"}, {ID: "2"}},
		Sequence: []*runbooks.Step{
			{ID: "s1", Phase: runbooks.PhaseExecution, Scenario: "1", AsksScenario: true},
			{ID: "s2", Phase: runbooks.PhaseExecution, Scenario: "2"},
		},
	}
	r := newRun(t, NewPlan(rb), event.ModeLive)
	r.refused(Begin{}, CodeScenarioNeeded)
	r.do(ChooseScenario{Scenario: "1"})
	r.do(Begin{})
	r.at("s1")
}

func TestChoiceCanLeadBack(t *testing.T) {
	rb := &runbooks.Runbook{Sequence: []*runbooks.Step{
		{ID: "3.1", Phase: runbooks.PhaseExecution},
		{ID: "3.2", Phase: runbooks.PhaseFollowUp, Actions: []*runbooks.Action{{
			ID: "ok", Kind: runbooks.KindChoice, Options: []runbooks.Option{
				{Key: "yes"}, {Key: "no", Steer: runbooks.Steer{Kind: runbooks.SteerPhase, Target: "execution"}},
			},
		}}},
	}}
	r := newRun(t, NewPlan(rb), event.ModeLive)
	r.do(Begin{})
	r.do(Done{Step: "3.1"})
	r.do(Choose{Action: "ok", Key: "no"})
	r.do(Done{Step: "3.2"})
	r.at("3.1")
}

func TestInventedValuesAreMarked(t *testing.T) {
	r := newRun(t, plan(), event.ModeRehearsal)
	invented := r.state.Invent("service")
	if invented.Value != "web" || !invented.Invented {
		t.Errorf("invented %+v", invented)
	}
	if got := r.state.Invent("cause").Value; got != "<CAUSE>" {
		t.Errorf("invented %q", got)
	}
	r.do(invented)
	if v, _ := r.state.Value("service"); !v.Invented {
		t.Error("the value does not say that it is invented")
	}
}

func TestNamesThatMeanMore(t *testing.T) {
	rb := &runbooks.Runbook{
		Params: []runbooks.Param{{Name: "lead", FreeText: true}},
		Roles:  []runbooks.Role{{ID: "lead", Title: "Lead"}},
		Sequence: []*runbooks.Step{{ID: "1.1", Actions: []*runbooks.Action{
			{ID: "severity", Name: "severity", Kind: runbooks.KindChoice, Options: []runbooks.Option{{Key: "high"}}},
			{ID: "lead", Name: "lead", Kind: runbooks.KindInput},
		}}},
	}
	r := newRun(t, NewPlan(rb), event.ModeLive)
	r.do(Begin{})
	r.do(Choose{Action: "severity", Key: "high"})
	r.do(Answer{Action: "lead", Value: "Bea"})
	if r.state.Severity != "high" || r.state.Holder("lead") != "Bea" {
		t.Errorf("severity %q, lead %q", r.state.Severity, r.state.Holder("lead"))
	}
	if v, _ := r.state.Value("severity"); v.Text != "high" {
		t.Errorf("value of the choice = %q", v.Text)
	}
}

func TestInverseRunAsAStepLeavesNothingToUndo(t *testing.T) {
	r := newRun(t, plan(), event.ModeLive)
	r.do(SetParam{Name: "service", Value: "web"})
	r.decided("a")
	r.succeed("stop")
	r.do(Done{Step: "a.1"})
	r.do(Done{Step: "3.1"})
	r.do(Choose{Action: "again", Key: AnswerYes})
	r.succeed("startup")
	if got := r.state.Undoable(); len(got) != 0 {
		t.Errorf("undoable = %v", got)
	}
}
