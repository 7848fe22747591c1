package runbooks

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

// plans holds small plans whose alternatives stand in different places.
func TestScenarios(t *testing.T) {
	const alternatives = "## Scenarios\n\n### Scenario 1: a broken pump\n\nIf the pump is broken:\n\n1. Close the valve\n2. Notify the guests\n3. Investigate the pump\n4. Open the valve\n\n### Scenario 2: a broken pipe\n\n1. Investigate the pipe\n2. Mend it\n\n"
	const phases = "## Decision\n\n- Meet in the cellar now\n- Choose the type together\n- Name a coordinator now\n\n## Execution\n\n- Run the repair script\n\n## Communication\n\n- Tell the guests more\n\n## Follow-up\n\n- Learn something from it\n\n"
	for _, tc := range []struct{ name, src, want string }{
		{"outside the phases", "# T\n\n" + alternatives + phases, `
decision decision.1 |Meet in the cellar now
decision decision.2? |Choose the type together
decision decision.3 |Name a coordinator now
execution scenario-1.1@1 1|Close the valve
execution scenario-2.1@2 1|Investigate the pipe
execution scenario-2.2@2 2|Mend it
execution execution.1 |Run the repair script
communication scenario-1.2@1 2|Notify the guests
communication communication.1 |Tell the guests more
follow-up scenario-1.3@1 3|Investigate the pump
follow-up scenario-1.4@1 4|Open the valve
follow-up follow-up.1 |Learn something from it`},
		{"after the phases, no communication phase", "# T\n\n## Decision\n\n- Meet in the cellar now\n\n## Follow-up\n\n- Learn something from it\n\n" + alternatives, `
decision decision.1? |Meet in the cellar now
execution scenario-1.1@1 1|Close the valve
execution scenario-2.1@2 1|Investigate the pipe
execution scenario-2.2@2 2|Mend it
communication scenario-1.2@1 2|Notify the guests
follow-up scenario-1.3@1 3|Investigate the pump
follow-up scenario-1.4@1 4|Open the valve
follow-up follow-up.1 |Learn something from it`},
		{"no decision phase", "# T\n\n" + alternatives, `
execution scenario-1.1@1? 1|Close the valve
execution scenario-2.1@2 1|Investigate the pipe
execution scenario-2.2@2 2|Mend it
communication scenario-1.2@1 2|Notify the guests
follow-up scenario-1.3@1 3|Investigate the pump
follow-up scenario-1.4@1 4|Open the valve`},
		{"a choice steers", "# T\n\n## Decision\n\n- Pick the type now\n\n```choice {name=c}\na: A -> scenario:a\nb: B -> scenario:b\n```\n\n## Execution\n\n<!-- bitacora scenario=a -->\n### Only A\n\n1. a\n\n### For all\n\n- Do it for everyone\n- Only for B then <!-- bitacora scenario=b -->\n\n<!-- bitacora scenario=b -->\n### Only B\n\n1. b\n", `
decision decision.1 |Pick the type now [choice a: A -> scenario:a]
execution scenario-a.1@a 1|a
execution execution.1 |Do it for everyone
execution scenario-b.1@b |Only for B then
execution scenario-b.2@b 1|b`},
		{"a lone heading with a directive", "# T\n\n## Execution\n\n<!-- bitacora scenario=x -->\n### Extra\n\n1. a\n", "\nexecution scenario-x.1@x? 1|a"},
		{"items alone declare scenarios", "# T\n\n## Execution\n\n- Only for X please <!-- bitacora scenario=x -->\n- For all of us\n", "\nexecution scenario-x.1@x? |Only for X please\nexecution execution.1 |For all of us"},
		{"needed before the decision", "# T\n\n## Identification\n\n- Look at X now <!-- bitacora scenario=x -->\n\n## Decision\n\n- Meet in the cellar now\n", "\nidentification scenario-x.1@x? |Look at X now\ndecision decision.1 |Meet in the cellar now"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			rb, err := Parse("t.md", []byte(tc.src))
			if err != nil {
				t.Fatal(err)
			}
			checkInvariants(t, "t.md", []byte(tc.src), rb)
			if got := "\n" + sketch(rb); got != tc.want {
				t.Errorf("the walk is%s\nwant%s", got, tc.want)
			}
			if !rb.NeedsScenario() {
				t.Error("no scenario is needed")
			}
		})
	}
}

func TestSecondSetOfAlternatives(t *testing.T) {
	rb, err := Parse("t.md", []byte("# T\n\n## Fix\n\n### Option 1: a\n\n1. a\n\n### Option 2: b\n\n1. b\n\n## Deploy\n\n### Option 1: c\n\n1. c\n\n### Option 2: d\n\n1. d\n"))
	if err != nil {
		t.Fatal(err)
	}
	if len(rb.Scenarios) != 2 || len(codes(rb.Diagnostics)["second-alternatives"]) != 2 || rb.Sequence[2].Scenario != "" {
		t.Errorf("scenarios %v, diagnostics %v\n%s", rb.Scenarios, rb.Diagnostics, sketch(rb))
	}
}

// TestScripts binds the scripts of a section of their own to scenarios and to
// the step that runs them.
func TestScripts(t *testing.T) {
	const scripts = "## Repair scripts\n\n### Repairing the pump\n\n```sh\nPUMP=$1\nLEVEL=\"${2:-low}\"\n# Usage: repair.sh [pump_name] [level]\ncurl -H \"X: $API_TOKEN\" \"http://x/$PUMP/$LEVEL/$SITE\"\n```\n\n### Pipes\n\n```sh\nmend --level \"$1\"\necho \"Usage: mend.sh <pipe-level>\"\n```\n"
	const src = "# T\n\n## Scenario 1: a broken pump\n\n1. a\n\n## Scenario 2: a broken pipe\n\n1. b\n\n## Scenario 3: a flood\n\n1. c\n\n" + "## Execution\n\n- Look around a little\n- Run the repair script\n\n" + scripts
	rb, err := Parse("t.md", []byte(src))
	if err != nil {
		t.Fatal(err)
	}
	i := slices.IndexFunc(rb.Sequence, func(s *Step) bool { return s.Text == "Run the repair script" })
	if i < 0 || len(rb.Sequence[i].Actions) != 2 {
		t.Fatalf("the scripts are not bound:\n%s", sketch(rb))
	}
	var got []string
	for _, a := range rb.Sequence[i].Actions {
		got = append(got, fmt.Sprint(a.Scenario, a.Settings.Args, a.Uses, a.Secrets))
	}
	if want := []string{"1[PUMP LEVEL] [PUMP LEVEL SITE] [API_TOKEN]", "2[pipe_level] [pipe_level] []"}; !slices.Equal(got, want) {
		t.Errorf("scripts are %q, want %q", got, want)
	}
	var params []string
	for _, p := range rb.Params {
		params = append(params, fmt.Sprintf("%s/%s/%s/%v/%s", p.Name, p.Label, p.Origin, p.Required, p.Default))
	}
	want := []string{"PUMP/pump_name/positional/true/", "LEVEL/level/positional/false/low", "pipe_level/pipe-level/positional/true/", "SITE/SITE/variable/true/"}
	if !slices.Equal(params, want) {
		t.Errorf("params are %q, want %q", params, want)
	}
	without := codes(rb.Diagnostics)["scenario-without-script"]
	if len(without) != 1 || !strings.Contains(without[0].Message, "flood") {
		t.Errorf("scenarios without a script: %v", without)
	}
	// Without a step that runs them, scripts are steps of their own.
	rb, err = Parse("t.md", []byte("# T\n\n"+scripts))
	if err != nil || len(rb.Sequence) != 2 {
		t.Errorf("%v\n%s", err, sketch(rb))
	}
}

func TestContextSections(t *testing.T) {
	for heading, want := range map[string]SectionKind{
		"Prevention of floods": SectionContext, "Prevención de fugas": SectionContext, "Medidas preventivas": SectionContext, "Measures": SectionContext,
		"Maintenance of this document": SectionContext, "Actualización del plan": SectionContext, "Mise à jour du plan": SectionContext, "Runbook updates": SectionContext,
		"Prevent a recurrence": SectionSteps, "Update the plan": SectionSteps, "Containment measures": SectionSteps, "Actualizar el plan": SectionSteps,
		"Impact": SectionContext, "Possible causes": SectionContext, "Contacts": SectionReference, "Anexo A": SectionReference, "Requisitos": SectionChecklist,
	} {
		rb, err := Parse("t.md", []byte("# T\n\n## "+heading+"\n\n1. Do this thing now\n"))
		if err != nil {
			t.Fatal(err)
		}
		s := rb.Sections[0]
		if steps := want == SectionSteps || want == SectionChecklist; s.Kind != want || (len(s.Steps) > 0) != steps {
			t.Errorf("%q is %s with %d steps, want %s", heading, s.Kind, len(s.Steps), want)
		}
	}
}
