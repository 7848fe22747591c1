package auto

import (
	"bytes"
	"strings"
	"testing"

	"genia.ai/bitacora/internal/event"
	"genia.ai/bitacora/internal/session/sessiontest"
	"genia.ai/bitacora/internal/walk"
	"genia.ai/bitacora/runbooks"
)

// TestApart leaves out what its author left out of a run without questions, unless
// it is asked for by name.
func TestApart(t *testing.T) {
	src := []byte("# T\n\n## Run\n\nLook:\n\n```sh {name=look}\nls\n```\n\nNow empty the whole tank:\n\n```sh {name=empty excludeFromRunAll=true}\nrm tank\n```\n")
	for _, tc := range []struct {
		answers map[string]string
		started []string
		skipped int
		outcome string
	}{
		{nil, []string{"look"}, 1, event.RunIncomplete},
		{map[string]string{"empty": "yes"}, []string{"look", "empty"}, 0, event.RunCompleted},
	} {
		rb, err := runbooks.Parse("t.md", src)
		if err != nil {
			t.Fatal(err)
		}
		fake := sessiontest.New(walk.NewPlan(rb), sessiontest.Options{})
		if err := fake.Start(t.Context(), event.ModeLive); err != nil {
			t.Fatal(err)
		}
		var out bytes.Buffer
		result, err := Run(t.Context(), fake, Options{Answers: tc.answers, Out: &out, Printer: printer(t, "en")})
		if err != nil || result.Outcome != tc.outcome {
			t.Fatalf("%v: %+v, %v", tc.answers, result, err)
		}
		// Whoever reads the output is told why, and what would run it.
		told := "skipped: empty is left out of what runs without questions (excludeFromRunAll); --answer empty=yes runs it"
		if strings.Contains(out.String(), told) != (tc.skipped > 0) {
			t.Errorf("%v: the output is\n%s", tc.answers, out.String())
		}
		var started []string
		skipped := 0
		for _, ev := range fake.Events() {
			switch data := ev.Data.(type) {
			case event.ActionStarted:
				started = append(started, data.Action)
			case event.StepSkipped:
				skipped++
				if data.Reason != "excludeFromRunAll" {
					t.Errorf("skipped for %q", data.Reason)
				}
			}
		}
		if strings.Join(started, " ") != strings.Join(tc.started, " ") || skipped != tc.skipped {
			t.Errorf("%v: started %v, skipped %d", tc.answers, started, skipped)
		}
	}
}
