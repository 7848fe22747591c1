package plain

import (
	"context"
	"slices"
	"testing"
	"time"

	"genia.ai/bitacora/internal/event"
	"genia.ai/bitacora/internal/session/sessiontest"
	"genia.ai/bitacora/internal/walk"
	"genia.ai/bitacora/runbooks"
)

func TestIncidentCommands(t *testing.T) {
	begun := []string{"facebook", "v1.4.2", "", "", ""} // begin and run errors
	for _, test := range []struct {
		name  string
		lines []string
		kind  event.Kind
		want  event.Data
		see   string
	}{
		{"milestone five minutes ago", []string{"m detected -5m"}, event.KindMilestone, event.Milestone{
			Name: "detected", When: now().Add(-5 * time.Minute).UTC(),
		}, ""},
		{"update in its own words", []string{"update we look into it"}, event.KindCommsSent, event.CommsSent{Text: "we look into it"}, "update sent: we look into it"},
		{"every half an hour", []string{"remind every 30"}, event.KindCommsPlanned, event.CommsPlanned{EveryMS: 1800000, AfterMS: 1800000}, "next update: 30m (every 30m)"},
		{"once", []string{"remind", "9:26"}, event.KindCommsPlanned, event.CommsPlanned{AfterMS: 1800000}, ""},
		{"never", []string{"remind off"}, event.KindCommsPlanned, event.CommsPlanned{}, "None is due."},
		{"open again", []string{"todo tell legal", "todo done 1", "todo open 1"}, event.KindTodo, event.Todo{ID: "todo-1", Text: "tell legal"}, ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			got := talkTo(t, newRun(t, event.ModeLive, captured(nil)), nil, append(append(slices.Clone(begun), test.lines...), "leave")...)
			events := of(got.events, test.kind)
			if len(events) == 0 || events[len(events)-1].Data != test.want {
				t.Fatalf("events %v, want %+v\n%s", events, test.want, got.out)
			}
			got.must(t, test.see)
		})
	}
}

func TestUpdateIsDraftedAndChangedLineByLine(t *testing.T) {
	got := talkTo(t, newRun(t, event.ModeLive, captured(nil)), nil,
		"facebook", "v1.4.2", "", "", "", "update", "1 Connector down", "2", "we call back at 10", "-", "update", "", "leave")
	sent := of(got.events, event.KindCommsSent)
	if len(sent) != 1 {
		t.Fatalf("sent %v\n%s", sent, got.out)
	}
	text := sent[0].Data.(event.CommsSent).Text
	if want := "Connector down\nwe call back at 10"; text != want {
		t.Errorf("recorded %q, want %q\n%s", text, want, got.out)
	}
	got.must(t, "the draft is kept")
}

func TestScenarioIsChangedForAReason(t *testing.T) {
	got := talkTo(t, newRun(t, event.ModeLive, captured(nil)), nil, append(slices.Clone(connector()[:11]), "scenario", "panel", "it is the panel", "leave")...)
	changed := of(got.events, event.KindScenarioChanged)
	if len(changed) != 2 {
		t.Fatalf("changed %v\n%s", changed, got.out)
	}
	last := changed[1].Data.(event.ScenarioChanged)
	if last.From != "connector" || last.To != "panel" || last.Reason != "it is the panel" || len(last.Done) == 0 {
		t.Errorf("recorded %+v", last)
	}
	got.must(t, "Already done under One connector, and not reverted by a change: 3.1 Disable facebook", "Can be undone with undo: disable")
}

func TestRecordCommands(t *testing.T) {
	copied := ""
	got := talkTo(t, newRun(t, event.ModeLive, captured(nil)), func(o *Options) {
		o.Export = func(_ context.Context, run string) (string, error) { return "/tmp/" + run + ".md", nil }
		o.Copy = func(text string) error { copied = text; return nil }
	}, "facebook", "v1.4.2", "", "", "copy", "export", "timeline run 1", "timeline steps", "find nothing-like-it", "tick", "leave")
	if copied == "" {
		t.Errorf("nothing was copied\n%s", got.out)
	}
	got.must(t, "Asked the terminal to copy the command of", "Written: /tmp/20261123T084600Z-test-7f3a.md", "0 lines", "no parts to tick")
}

func TestTheSummarySaysWhatIsLeftBesideTheOutcome(t *testing.T) {
	got := talkTo(t, newRun(t, event.ModeLive, captured(nil)), nil, append(slices.Clone(connector()[:11]), "todo tell legal", "stop enough for today")...)
	got.must(t, "stopped before its last step, 1 thing still to be undone, 1 to-do open · ")
}

// TestAYesOrNoIsNoReasonToEnd: with the command or asked for.
func TestAYesOrNoIsNoReasonToEnd(t *testing.T) {
	for _, lines := range [][]string{{"stop", "n"}, {"stop no"}, {"stop", "y", "no"}} {
		got := talkTo(t, newRun(t, event.ModeLive, captured(nil)), nil, slices.Concat([]string{"facebook", "v1.4.2", "", ""}, lines, []string{"leave"})...)
		got.must(t, "The run goes on.")
		if len(of(got.events, event.KindRunEnded)) != 0 {
			t.Errorf("%q ended the run:\n%s", lines, got.out)
		}
	}
	got := talkTo(t, newRun(t, event.ModeLive, captured(nil)), nil, "facebook", "v1.4.2", "", "", "stop", "yes", "enough for today")
	if ended := of(got.events, event.KindRunEnded); len(ended) != 1 || ended[0].Data.(event.RunEnded).Reason != "enough for today" {
		t.Errorf("ended %v:\n%s", ended, got.out)
	}
}

// TestOpenPartsAreNotForgotten: they are said, and asked about where others are ticked.
func TestOpenPartsAreNotForgotten(t *testing.T) {
	rb := sessiontest.Runbook()
	rb.Sequence[1].Substeps = []*runbooks.Step{{ID: "1.2.1", Text: "the queue"}, {ID: "1.2.2", Text: "the log"}}
	walked := func(lines ...string) talked {
		fake := sessiontest.New(walk.NewPlan(rb), captured(nil))
		if err := fake.Start(t.Context(), event.ModeLive); err != nil {
			t.Fatal(err)
		}
		return talkTo(t, fake, nil, append(slices.Clone(connector()[:6]), lines...)...)
	}
	for _, c := range []struct {
		lines []string
		done  int
		said  string
	}{
		{[]string{""}, 2, "2 parts not ticked: the queue; the log"},
		{[]string{"tick", "", ""}, 1, "1 part not ticked: the log"},
		{[]string{"tick", "", "n"}, 1, "Mark the step as done all the same?"},
		{[]string{"tick", "", "y"}, 2, "1 part not ticked: the log"},
		{[]string{"tick", "tick", ""}, 2, "2. [x] the log"},
	} {
		got := walked(append(c.lines, "leave")...)
		got.must(t, c.said)
		if done := len(of(got.events, event.KindStepDone)); done != c.done {
			t.Errorf("%q: %d steps are done, want %d\n%s", c.lines, done, c.done, got.out)
		}
	}
}

func TestTheRunbooksOwnSeveritiesAreOffered(t *testing.T) {
	rb := sessiontest.Runbook()
	rb.Sequence[0].Actions = append(rb.Sequence[0].Actions, &runbooks.Action{
		ID: "severity", Name: "severity", Kind: runbooks.KindChoice,
		Options: []runbooks.Option{{Key: "critical", Label: "Nobody can order"}, {Key: "major", Label: "A part is lost"}},
	})
	fake := sessiontest.New(walk.NewPlan(rb), captured(nil))
	if err := fake.Start(t.Context(), event.ModeLive); err != nil {
		t.Fatal(err)
	}
	got := talkTo(t, fake, nil, append(slices.Clone(connector()[:4]), "severity", "2", "severity SEV1", "leave")...)
	got.must(t, "  1. critical: Nobody can order\n  2. major: A part is lost\nSeverity >")
	var set []string
	for _, ev := range of(got.events, event.KindSeveritySet) {
		set = append(set, ev.Data.(event.SeveritySet).Severity)
	}
	if !slices.Equal(set, []string{"major", "SEV1"}) {
		t.Errorf("set %v\n%s", set, got.out)
	}
}

// TestOpenPartsAreAskedAboutBehindAQuestion: a step that only asks ends by its answer.
func TestOpenPartsAreAskedAboutBehindAQuestion(t *testing.T) {
	const text = "# Ask\n\n1. Look\n   - the queue\n   - the log\n\n   ```confirm {name=sure}\n   Sure?\n   ```\n2. Rest\n"
	for answer, done := range map[string]int{"n": 0, "y": 1} {
		got := talkTo(t, runText(t, text, event.ModeLive), nil, "", "tick", "y", answer, "leave")
		got.must(t, "1 part not ticked: the log")
		if n := len(of(got.events, event.KindStepDone)); n != done {
			t.Errorf("%s: %d steps are done, want %d\n%s", answer, n, done, got.out)
		}
	}
}
