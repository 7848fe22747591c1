package auto

import (
	"bytes"
	"errors"
	"strings"
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

func TestWhatLooksDestructiveNeedsItsTargetAsAnAnswer(t *testing.T) {
	const undeclared = "# Clean\n\n1. Clean\n\n```sh {name=clean}\nrm -rf old\n```\n"
	var missing *MissingError
	if err := Check(planOf(t, undeclared), Options{}); !errors.As(err, &missing) || len(missing.Missing) != 1 || missing.Missing[0].Flag() != "--answer clean=clean" {
		t.Errorf("live without an answer: %v", err)
	}
	if err := Check(planOf(t, undeclared), Options{Answers: map[string]string{"clean": "yes"}}); !errors.As(err, &missing) || len(missing.Wrong) != 1 || missing.Wrong[0].Code != WrongTarget {
		t.Errorf("with a wrong answer: %v", err)
	}
	for name, opts := range map[string]Options{"answered": {Answers: map[string]string{"clean": "clean"}}, "sandbox": {Sandbox: true}, "rehearsal": {Rehearsal: true}} {
		mode := event.ModeLive
		if opts.Rehearsal {
			mode = event.ModeRehearsal
		}
		if err := Check(planOf(t, undeclared), opts); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if got := runPlan(t, planOf(t, undeclared), mode, opts); !opts.Sandbox && (got.err != nil || len(started(got.events)) != 1) {
			t.Errorf("%s: %v\n%s", name, got.err, got.out)
		}
	}
	if err := Check(planOf(t, "# Clean\n\n1. Clean\n\n```sh {name=clean effect=write}\nrm -rf old\n```\n"), Options{}); err != nil {
		t.Errorf("a declared write: %v", err)
	}
}

func TestWhatIsLeftOutUnattendedRunsForItsTarget(t *testing.T) {
	const apart = "# Clean\n\n1. Clean\n\n```sh {name=clean excludeFromRunAll=true}\nrm -rf old\n```\n"
	for answer, runs := range map[string]int{"": 0, "clean": 1} {
		opts := Options{}
		if answer != "" {
			opts.Answers = map[string]string{"clean": answer}
		}
		if got := runPlan(t, planOf(t, apart), event.ModeLive, opts); got.err != nil || len(started(got.events)) != runs {
			t.Errorf("%q: %v\n%s", answer, got.err, got.out)
		}
	}
}

func TestOneOfSeveralWaysThatLooksDestructive(t *testing.T) {
	const ways = "# Clean\n\n1. Clean\n\n```sh {name=clean}\necho one\n# or\nrm -rf old\n```\n"
	var missing *MissingError
	if err := Check(planOf(t, ways), Options{}); !errors.As(err, &missing) || len(missing.Missing) != 1 || missing.Missing[0].Kind != NeedPick {
		t.Errorf("nothing picked: %v", err)
	}
	if err := Check(planOf(t, ways), Options{Answers: map[string]string{"clean": "1"}}); err != nil {
		t.Errorf("the harmless one: %v", err)
	}
	if err := Check(planOf(t, ways), Options{Answers: map[string]string{"clean": "2"}}); err == nil || errors.As(err, &missing) || !strings.Contains(err.Error(), "make a block of each") {
		t.Errorf("the other one: %v", err)
	}
	for _, answer := range []string{"1", "2"} {
		if err := Check(planOf(t, ways), Options{Rehearsal: true, Answers: map[string]string{"clean": answer}}); err != nil {
			t.Errorf("rehearsed: %v", err)
		}
	}
}
