package walk

import (
	"slices"
	"testing"

	"genia.ai/bitacora/internal/event"
	"genia.ai/bitacora/runbooks"
)

// sectioned is the plan of a text, as a run enters it at a section.
func sectioned(t *testing.T, text, section string) *run {
	t.Helper()
	rb, err := runbooks.Parse("alerts.md", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	r := &run{t: t, state: New(NewPlan(rb))}
	r.do(Start{event.RunStarted{Run: "r", Mode: event.ModeLive, Operator: "ana", Section: section}})
	return r
}

const alerts = "# Alerts\n\n## QueueFull\n\n1. Drain it\n2. Watch it\n\n## DiskFull\n\n1. Clean it\n\n## HostDown\n\n1. Start it\n"

func (r *run) walked() []string {
	var texts []string
	for _, ev := range r.events {
		if data, ok := ev.Data.(event.StepStarted); ok {
			texts = append(texts, data.Text)
		}
	}
	return texts
}

func (r *run) finish() {
	r.t.Helper()
	for !r.state.Complete() {
		r.do(Done{Step: r.state.Current().ID})
	}
	r.do(End{})
}

func TestAWalkIsEnteredAtASection(t *testing.T) {
	r := sectioned(t, alerts, "diskfull")
	r.do(Begin{})
	if got := r.state.Current().Text; got != "Clean it" {
		t.Fatalf("the walk begins with %q", got)
	}
	first := r.state.Plan().Steps()[0].ID
	if st := r.state.Step(first); st.Status != StepPending || !r.state.Before(first) {
		t.Errorf("a step before the section: %+v", st)
	}
	if finished, total, _ := r.state.Progress(); finished != 0 || total != 2 {
		t.Errorf("progress %d of %d", finished, total)
	}
	r.finish()
	if want := []string{"Clean it", "Start it"}; !slices.Equal(r.walked(), want) || r.state.Outcome != event.RunCompleted {
		t.Errorf("walked %q, %s", r.walked(), r.state.Outcome)
	}
	for _, ev := range r.events {
		if ev.Kind == event.KindStepSkipped {
			t.Error("a step before the section counts as skipped")
		}
	}
}

func TestGoingBackBeforeTheSection(t *testing.T) {
	r := sectioned(t, alerts, "hostdown")
	r.do(Begin{})
	second := r.state.Plan().Steps()[1].ID
	r.do(Goto{Step: second})
	if r.state.Before(second) {
		t.Error("a step that was begun counts as not part of the walk")
	}
	r.finish()
	if want := []string{"Start it", "Watch it", "Start it"}; !slices.Equal(r.walked(), want) {
		t.Errorf("walked %q, want %q", r.walked(), want)
	}
}

func TestDecisionsComeBeforeTheSection(t *testing.T) {
	text := "# T\n\n## Identification\n\n1. Look\n\n## Decision\n\n1. Decide\n\n   ```choice {name=go}\n   yes: Go\n   no: Stop -> end\n   ```\n\n## Execution\n\n1. Prepare\n\n### Restart\n\n1. Restart\n"
	r := sectioned(t, text, "restart")
	r.do(Begin{})
	if got := r.state.Current().Text; got != "Decide" {
		t.Fatalf("the walk begins with %q", got)
	}
	r.do(Choose{Action: "go", Key: "yes"})
	r.do(Done{Step: r.state.Current().ID})
	if got := r.state.Current().Text; got != "Restart" {
		t.Errorf("after the decision comes %q", got)
	}
}

func TestASectionOfAScenarioWaitsForIt(t *testing.T) {
	text := "# T\n\n## Decision\n\n1. Which type of failure is it?\n\n### Scenario 1: red\n\n1. Do red\n2. Do more red\n\n### Scenario 2: blue\n\n1. Do blue\n"
	for scenario, want := range map[string]string{"2": "Do blue", "1": "Do red"} {
		r := sectioned(t, text, "scenario-2-blue")
		r.do(Begin{})
		if !r.state.NeedsScenario() {
			t.Fatalf("at %q no scenario is asked for", r.state.Current().Text)
		}
		r.do(ChooseScenario{Scenario: scenario})
		r.do(Done{Step: r.state.Current().ID})
		if got := r.state.Current().Text; got != want {
			t.Errorf("under scenario %s comes %q, want %q", scenario, got, want)
		}
	}
}

func TestASectionThatIsNotThereMeansTheBeginning(t *testing.T) {
	r := sectioned(t, alerts, "nowhere")
	r.do(Begin{})
	if got := r.state.Current().Text; got != "Drain it" {
		t.Errorf("the walk begins with %q", got)
	}
}
