package auto

import (
	"bytes"
	"testing"

	"genia.ai/bitacora/internal/event"
	"genia.ai/bitacora/internal/session/sessiontest"
	"genia.ai/bitacora/internal/walk"
	"genia.ai/bitacora/runbooks"
)

func planOf(t *testing.T, text string) *walk.Plan {
	t.Helper()
	rb, err := runbooks.Parse("r.md", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return walk.NewPlan(rb)
}

func runPlan(t *testing.T, plan *walk.Plan, mode string, opts Options) outcome {
	t.Helper()
	fake := sessiontest.New(plan, sessiontest.Options{})
	if err := fake.Start(t.Context(), mode); err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	opts.Out, opts.Printer = &out, printer(t, "en")
	result, err := Run(t.Context(), fake, opts)
	return outcome{result, err, out.String(), fake.Events()}
}

func TestARunbookWithoutEffectsIsWalkedAndEveryYesIsNobodys(t *testing.T) {
	for _, mode := range []string{event.ModeLive, event.ModeRehearsal} {
		got := runPlan(t, planOf(t, "# Look\n\n1. Look\n\n```sh\nls\n```\n"), mode, Options{})
		confirmed := kinds(got.events, event.KindActionConfirmed)
		if got.err != nil || got.result.Outcome != event.RunCompleted || len(confirmed) != 1 {
			t.Fatalf("%s: %+v, %v, %d confirmations\n%s", mode, got.result, got.err, len(confirmed), got.out)
		}
		if data := confirmed[0].Data.(event.ActionConfirmed); data.How != event.HowUnattended || data.Effect != "read" {
			t.Errorf("%s: %+v", mode, data)
		}
	}
}
