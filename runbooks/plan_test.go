package runbooks

import (
	"os"
	"slices"
	"strings"
	"testing"
)

// TestPlan reads the plan that the product was asked for, as it was written.
func TestPlan(t *testing.T) {
	path := sharedFile(t, "plan/plan-de-rollback.md")
	src, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	rb, err := Parse(path, src)
	if err != nil {
		t.Fatal(err)
	}
	checkInvariants(t, path, src, rb)
	if rb.Lang != "es" || rb.Summary == "" || len(rb.Scenarios) != 3 || HasErrors(rb.Diagnostics) {
		t.Errorf("lang %q, summary %q, %d scenarios, diagnostics %v", rb.Lang, rb.Summary, len(rb.Scenarios), rb.Diagnostics)
	}
	for i, s := range rb.Scenarios {
		if s.ID != []string{"1", "2", "3"}[i] || len(s.Steps) != 5 || !strings.HasPrefix(s.Condition, "Si ") {
			t.Errorf("scenario %q has %d steps, condition %q", s.ID, len(s.Steps), s.Condition)
		}
	}
	counts := map[Phase]int{}
	for _, s := range rb.Sections {
		counts[s.Phase] += len(s.Steps)
		if first := wordsOf(s.Heading)[0]; (first == "prevencion" || first == "actualizacion") && (s.Kind != SectionContext || len(s.Steps) != 0) {
			t.Errorf("section %q is %s with %d steps", s.Heading, s.Kind, len(s.Steps))
		}
	}
	want := map[Phase]int{PhaseIdentification: 4, PhaseDecision: 3, PhaseExecution: 3, PhaseCommunication: 4, PhaseFollowUp: 4, PhaseNone: 0}
	for phase, n := range want {
		if counts[phase] != n {
			t.Errorf("%s has %d steps, want %d", phase, counts[phase], n)
		}
	}
	if len(rb.Roles) != 3 || slices.ContainsFunc(rb.Roles, func(r Role) bool { return r.Holder != "" }) {
		t.Errorf("roles %+v", rb.Roles)
	}
	checkPlanScripts(t, rb, strings.Split(string(src), "\n"))
	checkPlanWalk(t, rb)
}

func checkPlanScripts(t *testing.T, rb *Runbook, lines []string) {
	i := slices.IndexFunc(rb.Sequence, func(s *Step) bool { return strings.HasPrefix(s.Text, "Ejecutar el script de rollback") })
	if i < 0 || len(rb.Sequence[i].Actions) != 2 {
		t.Fatalf("no step with two scripts in %d", i)
	}
	for n, want := range []struct {
		scenario string
		args     []string
	}{{"1", []string{"CONNECTOR", "VERSION"}}, {"2", []string{"VERSION"}}} {
		a := rb.Sequence[i].Actions[n]
		if a.Kind != KindShell || a.Scenario != want.scenario || !slices.Equal(a.Settings.Args, want.args) || !slices.Equal(a.Uses, want.args) ||
			!slices.Equal(a.Secrets, []string{"ADMIN_TOKEN"}) || a.Effect != EffectWrite {
			t.Errorf("script %d: %+v", n, a)
		}
		if first, _, _ := strings.Cut(a.Code, "\n"); lines[a.Line-1] != first {
			t.Errorf("line %d of script %d is %q, not %q", a.Line, n, lines[a.Line-1], first)
		}
		if got := paramNames(rb.ParamsFor(want.scenario)); !slices.Equal(got, want.args) {
			t.Errorf("scenario %s needs %v", want.scenario, got)
		}
	}
	if got := rb.ParamsFor("3"); len(got) != 0 {
		t.Errorf("scenario 3 needs %v", got)
	}
	if got := paramNames(rb.Params); !slices.Equal(got, []string{"CONNECTOR", "VERSION"}) || !slices.Equal(rb.Secrets, []string{"ADMIN_TOKEN"}) {
		t.Errorf("params %v, secrets %v", got, rb.Secrets)
	}
	if rb.Params[0].Label != "connector_name" || rb.Params[1].Label != "version" || rb.Params[0].Origin != OriginPositional {
		t.Errorf("params %+v", rb.Params)
	}
	without := codes(rb.Diagnostics)["scenario-without-script"]
	if len(without) != 1 || !strings.Contains(without[0].Message, rb.Scenarios[2].Title) {
		t.Errorf("scenarios without a script: %v", without)
	}
}

func checkPlanWalk(t *testing.T, rb *Runbook) {
	var walk []string
	for _, s := range rb.Sequence {
		mark := string(s.Phase[:2]) + s.Scenario
		if s.AsksScenario {
			mark += "?"
			if !strings.Contains(s.Text, "tipo") {
				t.Errorf("the scenario is asked at %q", s.Text)
			}
		}
		walk = append(walk, mark)
	}
	want := "id id id id de de? de ex1 ex1 ex2 ex2 ex3 ex3 ex ex ex co1 co2 co3 co co co co fo1 fo1 fo2 fo2 fo3 fo3 fo fo fo fo"
	if got := strings.Join(walk, " "); got != want {
		t.Errorf("the walk is\n%s, want\n%s", got, want)
	}
}

func paramNames(params []Param) []string {
	names := []string{}
	for _, p := range params {
		names = append(names, p.Name)
	}
	return names
}

// codes groups diagnostics by code.
func codes(list []Diagnostic) map[string][]Diagnostic {
	m := map[string][]Diagnostic{}
	for _, d := range list {
		m[d.Code] = append(m[d.Code], d)
	}
	return m
}
