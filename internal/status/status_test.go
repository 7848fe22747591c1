package status

import (
	"strings"
	"testing"
	"time"

	"genia.ai/bitacora/internal/event"
	"genia.ai/bitacora/internal/i18n"
	"genia.ai/bitacora/internal/walk"
	"genia.ai/bitacora/runbooks"
)

// story walks a small run and returns its facts.
func story(t *testing.T, commands ...walk.Command) Facts {
	t.Helper()
	plan := walk.NewPlan(&runbooks.Runbook{
		Title: "Queue", Params: []runbooks.Param{{Name: "queue"}},
		Sequence: []*runbooks.Step{
			{ID: "1.1", Text: "Look at {{queue}}.", Phase: runbooks.PhaseIdentification},
			{ID: "3.1", Text: "Restart {{queue}}", Phase: runbooks.PhaseExecution},
			{ID: "3.2", Text: "Check it", Phase: runbooks.PhaseExecution, Actions: []*runbooks.Action{
				{ID: "probe", Name: "probe", Kind: runbooks.KindShell, Effect: runbooks.EffectRead, Declared: true, Code: "false\n"},
			}},
		},
	})
	f := Facts{State: walk.New(plan), Now: time.Date(2026, 11, 23, 8, 46, 0, 0, time.UTC), Location: time.FixedZone("CET", 3600)}
	opening := []walk.Command{
		walk.Start{RunStarted: event.RunStarted{Run: "r", Mode: event.ModeLive, Operator: "ana"}},
		walk.SetParam{Name: "queue", Value: "orders"}, walk.Begin{},
	}
	for _, cmd := range append(opening, commands...) {
		events, err := walk.Decide(f.State, cmd)
		if err != nil {
			t.Fatal(err)
		}
		for _, ev := range events {
			f.Now = f.Now.Add(time.Second)
			ev.Seq, ev.At = f.State.Seq+1, f.Now
			f.State, f.Events = walk.Apply(f.State, ev), append(f.Events, ev)
		}
	}
	return f
}

func draft(t *testing.T, lang string, f Facts) string {
	t.Helper()
	catalog, err := i18n.Load()
	if err != nil {
		t.Fatal(err)
	}
	return Draft(catalog.Printer(lang), f)
}

func TestFirstUpdateTellsEverything(t *testing.T) {
	f := story(t, walk.Done{Step: "1.1"}, walk.SetSeverity{Severity: "SEV2"},
		walk.MarkMilestone{Name: event.MilestoneImpact, When: time.Date(2026, 11, 23, 8, 30, 0, 0, time.UTC)},
		walk.PlanComms{Every: 30 * time.Minute, After: 30 * time.Minute})
	want := `Queue
Status at 09:46 (08:46 UTC): Execution, at step “Restart orders”.
Severity: SEV2.
Times: impact started 09:30 (08:30 UTC).
So far:
- Look at orders
Next update: 10:16 (09:16 UTC).`
	if got := draft(t, "en", f); got != want {
		t.Errorf("drafted\n%s\nwant\n%s", got, want)
	}
}

func TestNextUpdateTellsOnlyWhatIsNew(t *testing.T) {
	f := story(t, walk.Done{Step: "1.1"}, walk.SendComms{Text: "we look into it"}, walk.Skip{Step: "3.1", Reason: "it runs"})
	text := draft(t, "es", f)
	if strings.Contains(text, "Look at") || !strings.Contains(text, "Desde el último aviso, a las 09:46 (08:46 UTC):\n- Restart orders (omitido: it runs)") {
		t.Errorf("drafted\n%s", text)
	}
	f = story(t, walk.Done{Step: "1.1"}, walk.SendComms{Text: "we look into it"})
	if text = draft(t, "es", f); !strings.Contains(text, "No se ha terminado ningún paso desde el último aviso") {
		t.Errorf("drafted\n%s", text)
	}
}

// TestAFailureIsToldOnce: only the last attempt counts for who waits.
func TestAFailureIsToldOnce(t *testing.T) {
	run := walk.Run{Action: "probe", How: event.HowOperator, Command: "false\n"}
	failed := walk.Ended{Action: "probe", Ending: event.Ending{Outcome: event.OutcomeFailed}}
	f := story(t, walk.Done{Step: "1.1"}, walk.Skip{Step: "3.1", Reason: "it runs"}, run, failed, run, failed)
	if text := draft(t, "en", f); strings.Count(text, "probe failed") != 1 {
		t.Errorf("drafted\n%s", text)
	}
}

func TestTimesOfAnotherDayHaveTheirDate(t *testing.T) {
	now := time.Date(2026, 11, 24, 0, 10, 0, 0, time.UTC)
	f := Facts{Now: now, Location: time.UTC}
	for at, want := range map[time.Time]string{now.Add(-5 * time.Minute): "00:05 UTC", now.Add(-20 * time.Minute): "2026-11-23 23:50 UTC"} {
		if got := f.clock(at); got != want {
			t.Errorf("%v is told as %q, want %q", at, got, want)
		}
	}
}
