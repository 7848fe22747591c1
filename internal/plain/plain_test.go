package plain

import (
	"bytes"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode"

	"go.uber.org/goleak"

	"genia.ai/bitacora/internal/event"
	"genia.ai/bitacora/internal/i18n"
	"genia.ai/bitacora/internal/session"
	"genia.ai/bitacora/internal/session/sessiontest"
	"genia.ai/bitacora/internal/walk"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func printer(t *testing.T, lang string) *i18n.Printer {
	t.Helper()
	catalog, err := i18n.Load()
	if err != nil {
		t.Fatal(err)
	}
	return catalog.Printer(lang)
}

func newRun(t *testing.T, mode string, script sessiontest.Options) *sessiontest.Session {
	t.Helper()
	fake := sessiontest.New(walk.NewPlan(sessiontest.Runbook()), script)
	if err := fake.Start(t.Context(), mode); err != nil {
		t.Fatal(err)
	}
	return fake
}

// captured lets the first action capture the error rate.
func captured(attempts map[string][]sessiontest.Attempt) sessiontest.Options {
	all := map[string][]sessiontest.Attempt{
		"errors": {{Output: "0.4\n", Ending: event.Ending{Captured: map[string]string{"rate": "0.4"}}}},
	}
	for name, attempt := range attempts {
		all[name] = attempt
	}
	return sessiontest.Options{Attempts: all}
}

func now() time.Time { return sessiontest.Epoch().Add(10 * time.Minute) }

type talked struct {
	result Result
	err    error
	out    string
	events []event.Event
}

// talkTo answers the prompts with the lines, as a pipe would.
func talkTo(t *testing.T, fake *sessiontest.Session, change func(*Options), lines ...string) talked {
	t.Helper()
	var out bytes.Buffer
	opts := Options{In: strings.NewReader(strings.Join(lines, "\n") + "\n"), Out: &out, Printer: printer(t, "en"), Now: now}
	if change != nil {
		change(&opts)
	}
	result, err := Run(t.Context(), fake, opts)
	return talked{result, err, out.String(), fake.Events()}
}

func of(events []event.Event, kind event.Kind) []event.Event {
	return slices.DeleteFunc(slices.Clone(events), func(ev event.Event) bool { return ev.Kind != kind })
}

func started(events []event.Event) []string {
	var names []string
	for _, ev := range of(events, event.KindActionStarted) {
		names = append(names, ev.Data.(event.ActionStarted).Name)
	}
	return names
}

func (got talked) must(t *testing.T, wants ...string) {
	t.Helper()
	for _, want := range wants {
		if !strings.Contains(got.out, want) {
			t.Errorf("the output lacks %q:\n%s", want, got.out)
			return
		}
	}
}

// connector are the answers that lead through the connector scenario.
func connector() []string {
	return []string{
		"facebook", "v1.4.2", "", // parameters; the channel by default
		"",                           // begin
		"",                           // run errors
		"",                           // 1.1 done
		"",                           // 1.2 done
		"1 the error rate is at 0.4", // rollback
		"one",                        // scenario
		"y", "",                      // disable, 3.1 done
		"facebook", "", // checkout, 3.2 done
		"yes",            // stable
		"INC-7",          // incident
		"y", "", "y", "", // notify, 4.1 done, enable, 5.1 done
		"", // 5.2 done
		"", // end
	}
}

func TestWholeWalk(t *testing.T) {
	got := talkTo(t, newRun(t, event.ModeLive, captured(nil)), nil, connector()...)
	if got.err != nil || got.result.Outcome != event.RunCompleted || got.result.Left != LeftNot {
		t.Fatalf("result %+v, %v\n%s", got.result, got.err, got.out)
	}
	if want := []string{"errors", "disable", "checkout", "notify", "enable"}; !slices.Equal(started(got.events), want) {
		t.Errorf("ran %v, want %v", started(got.events), want)
	}
	choice := of(got.events, event.KindChoiceMade)[0].Data.(event.ChoiceMade)
	if choice.Key != "yes" || choice.Reason != "the error rate is at 0.4" || choice.How != event.HowOperator {
		t.Errorf("choice %+v", choice)
	}
	for _, ev := range of(got.events, event.KindActionConfirmed) {
		confirmed := ev.Data.(event.ActionConfirmed)
		if confirmed.Action == "3.2/1" && confirmed.Target != "facebook" {
			t.Errorf("confirmed %+v", confirmed)
		}
	}
	got.must(t, "LIVE · Roll back a connector", "Scenario panel: The panel. The panel fails.", "LIVE · step 1 of at least 8 · Identification · 1.1",
		"Action errors (HTTP request, reads):", "  | 0.4\n", "  1. Yes, roll back", "goes on at Follow-up", "Disable facebook",
		"  $ git checkout", "Type facebook to run it", "with: version=v1.4.2 connector=facebook", "ended: disable ok, 1.2s (saved #",
		"LIVE · completed · 10 of 10 steps", "bitacora export 20261123T084600Z-test-7f3a")
	if last := got.events[len(got.events)-1].Seq; got.result.LastSaved.Seq != last {
		t.Errorf("last saved %d, want %d", got.result.LastSaved.Seq, last)
	}
}

func TestNothingButLineFeedsControlsTheTerminal(t *testing.T) {
	rb := sessiontest.Runbook()
	rb.Title, rb.Sequence[0].Text = "Evil \x1b[2J title", "Step\x1b]0;x\x07 \u202etext"
	rb.Sequence[0].Actions[0].Code = "GET \x1b[31m\r\n"
	fake := sessiontest.New(walk.NewPlan(rb), sessiontest.Options{Attempts: map[string][]sessiontest.Attempt{
		"errors": {{Output: "10%\r100%\n", Ending: event.Ending{Outcome: event.OutcomeFailed, Reason: "bad \x1b[0m"}}},
	}})
	if err := fake.Start(t.Context(), event.ModeLive); err != nil {
		t.Fatal(err)
	}
	got := talkTo(t, fake, nil, "facebook", "v1.4.2", "", "", "", "note \x1b[5mhi", "help", "steps", "timeline", "leave")
	for _, r := range got.out {
		if unicode.IsControl(r) && r != '\n' || r == '\u202e' {
			t.Fatalf("the output holds %U:\n%q", r, got.out)
		}
	}
	got.must(t, "  | 100%\n", "FAILED: errors")
	if strings.Contains(got.out, "10%\n") {
		t.Errorf("a line that was written over is shown:\n%s", got.out)
	}
}

func TestRefusedUntilTheTargetIsTyped(t *testing.T) {
	lines := connector()
	at := slices.Index(lines[9:], "facebook") + 9
	lines = slices.Insert(lines, at, "y", "yes", "", "Facebook")
	got := talkTo(t, newRun(t, event.ModeLive, captured(nil)), nil, lines...)
	if got.err != nil || got.result.Outcome != event.RunCompleted {
		t.Fatalf("result %+v, %v\n%s", got.result, got.err, got.out)
	}
	if shown, again := strings.Count(got.out, "  $ git checkout"), strings.Count(got.out, "Action checkout (DESTROYS), exactly as shown above."); shown != 1 || again < 2 {
		t.Errorf("the command is shown %d times, referred to %d times:\n%s", shown, again, got.out)
	}
	if n := strings.Count(got.out, "Not understood, nothing was done"); n < 2 {
		t.Errorf("wrong targets were answered %d times:\n%s", n, got.out)
	}
}

func TestFailureMenu(t *testing.T) {
	exit := 1
	failing := captured(map[string][]sessiontest.Attempt{
		"disable": {{Stderr: "refused\n", Ending: event.Ending{Outcome: event.OutcomeFailed, Exit: &exit, Reason: "refused"}}, {}},
	})
	head := connector()[:9]
	t.Run("retry with another value", func(t *testing.T) {
		got := talkTo(t, newRun(t, event.ModeLive, failing), nil, append(head, "y", "2", "connector=instagram", "", "y", "leave")...)
		attempts := of(got.events, event.KindActionEnded)
		if len(attempts) != 3 || attempts[2].Data.(event.ActionEnded).Outcome != event.OutcomeOK {
			t.Fatalf("%d ends\n%s", len(attempts), got.out)
		}
		got.must(t, "FAILED: disable, failed. refused", "  1. retry", "  8. stop and end the run", "  ! refused", "Attempt 2", "Disable {{connector}}"[:8])
		sets := of(got.events, event.KindParamSet)
		if last := sets[len(sets)-1].Data.(event.ParamSet); last.Value != "instagram" {
			t.Errorf("last value %+v", last)
		}
	})
	t.Run("another command, then accept", func(t *testing.T) {
		got := talkTo(t, newRun(t, event.ModeLive, failing), nil, append(head, "y", "adhoc ls -l", "y", "accept", "done by hand", "leave")...)
		adhoc := of(got.events, event.KindAdhocStarted)
		if len(adhoc) != 1 || adhoc[0].Data.(event.AdhocStarted).Command != "ls -l" {
			t.Fatalf("ad hoc %v\n%s", adhoc, got.out)
		}
		if accepted := of(got.events, event.KindStepAccepted); len(accepted) != 1 || accepted[0].Data.(event.StepAccepted).Reason != "done by hand" {
			t.Errorf("accepted %v\n%s", accepted, got.out)
		}
	})
	t.Run("skip", func(t *testing.T) {
		got := talkTo(t, newRun(t, event.ModeLive, failing), nil, append(head, "y", "5 not needed", "leave")...)
		if skipped := of(got.events, event.KindStepSkipped); len(skipped) != 1 || skipped[0].Data.(event.StepSkipped).Reason != "not needed" {
			t.Errorf("skipped %v\n%s", skipped, got.out)
		}
	})
	t.Run("stop", func(t *testing.T) {
		got := talkTo(t, newRun(t, event.ModeLive, failing), nil, append(head, "y", "8", "it is worse now")...)
		if got.result.Outcome != event.RunStopped || got.err != nil {
			t.Errorf("result %+v, %v\n%s", got.result, got.err, got.out)
		}
	})
	t.Run("hand over", func(t *testing.T) {
		got := talkTo(t, newRun(t, event.ModeLive, failing), nil, append(head, "y", "7", "bob lunch", "leave")...)
		if driver := of(got.events, event.KindDriverChanged); len(driver) != 1 || driver[0].Data.(event.DriverChanged).To != "bob" {
			t.Errorf("driver %v\n%s", driver, got.out)
		}
	})
}

func TestCommands(t *testing.T) {
	begun := []string{"facebook", "v1.4.2", "", "", ""} // begin and run errors
	for _, test := range []struct {
		name  string
		lines []string
		kind  event.Kind
		want  event.Data
		see   string
	}{
		{"note", []string{"note users wait"}, event.KindNote, event.Note{Text: "users wait"}, "note: users wait (saved #"},
		{"note, asked for", []string{"n", "users wait"}, event.KindNote, event.Note{Text: "users wait"}, ""},
		{"colon", []string{":note x"}, event.KindNote, event.Note{Text: "x"}, ""},
		{"milestone now", []string{"milestone declared"}, event.KindMilestone, event.Milestone{Name: "declared", When: now()}, "declared 08:56:00"},
		{"milestone earlier", []string{"m 2 08:40"}, event.KindMilestone, event.Milestone{
			Name: "detected", When: time.Date(2026, 11, 23, 8, 40, 0, 0, time.UTC),
		}, ""},
		{"milestone yesterday", []string{"m impact 23:50"}, event.KindMilestone, event.Milestone{
			Name: "impact", When: time.Date(2026, 11, 22, 23, 50, 0, 0, time.UTC),
		}, ""},
		{"severity", []string{"severity SEV2"}, event.KindSeveritySet, event.SeveritySet{Severity: "SEV2"}, ""},
		{"to do", []string{"todo tell legal"}, event.KindTodo, event.Todo{ID: "todo-1", Text: "tell legal"}, ""},
		{"to do done", []string{"todo tell legal", "todo done 1"}, event.KindTodo, event.Todo{ID: "todo-1", Text: "tell legal", Done: true}, ""},
		{"role", []string{"role coordinator Eva Luna"}, event.KindRoleAssigned, event.RoleAssigned{Role: "coordinator", Holder: "Eva Luna"}, ""},
		{"set", []string{"set connector=mailchimp"}, event.KindParamSet, event.ParamSet{
			Name: "connector", Value: "mailchimp", Source: event.SourceOperator,
		}, ""},
		{"skip", []string{"skip seen already"}, event.KindStepSkipped, event.StepSkipped{Reason: "seen already"}, ""},
		{"reopen", []string{"", "reopen 1.1 look again"}, event.KindStepReopened, event.StepReopened{Reason: "look again"}, ""},
		{"hand over", []string{"handover bob shift ends"}, event.KindDriverChanged, event.DriverChanged{
			From: "ana", To: "bob", Reason: "shift ends",
		}, ""},
		{"ad hoc", []string{"adhoc uptime", "y"}, event.KindAdhocStarted, event.AdhocStarted{ID: "adhoc-1", Command: "uptime"}, "  $ uptime\n  where: /srv/run"},
		{"goto", []string{"goto 1.2"}, event.KindStepStarted, event.StepStarted{Text: "Read what users report"}, ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			got := talkTo(t, newRun(t, event.ModeLive, captured(nil)), nil, append(append(slices.Clone(begun), test.lines...), "leave")...)
			events := of(got.events, test.kind)
			if len(events) == 0 || events[len(events)-1].Data != test.want {
				t.Fatalf("events %v, want %+v\n%s", events, test.want, got.out)
			}
			got.must(t, test.see)
			if got.result.Left != LeftAsked || got.result.Outcome != "" {
				t.Errorf("result %+v", got.result)
			}
		})
	}
}

func TestAdhocIsNotRunWithoutAYes(t *testing.T) {
	got := talkTo(t, newRun(t, event.ModeLive, captured(nil)), nil, "facebook", "v1.4.2", "", "", "adhoc rm -r x", "n", "leave")
	if len(of(got.events, event.KindAdhocStarted)) != 0 {
		t.Errorf("it ran:\n%s", got.out)
	}
	got.must(t, "Not run.")
}

func TestUndo(t *testing.T) {
	lines := slices.Concat(connector()[:11], []string{"undo", "1", "y", "undo", "leave"})
	got := talkTo(t, newRun(t, event.ModeLive, captured(nil)), nil, lines...)
	done := of(got.events, event.KindUndoDone)
	if len(done) != 1 || done[0].Data.(event.UndoDone) != (event.UndoDone{Action: "3.1/1", Undo: "5.1/1"}) {
		t.Fatalf("undone %v\n%s", done, got.out)
	}
	got.must(t, "  1. disable, by enable", "undone: disable", "There is nothing to undo.")
}

func TestListsAndSummary(t *testing.T) {
	got := talkTo(t, newRun(t, event.ModeLive, captured(nil)), nil,
		"facebook", "v1.4.2", "", "", "", "skip seen", "steps", "timeline 2", "summary", "show", "help", "nonsense", "leave")
	got.must(t, "  1.1 [skipped] Look at the error rate: seen", "> 1.2 [current]", "  3.1 [depends on the scenario]",
		"#11 08:46:10 step 1.2", "1.1 skipped: seen", "note, n: write TEXT down", "Not understood", "bitacora export 2026")
}

func TestRefusalsAreTold(t *testing.T) {
	got := talkTo(t, newRun(t, event.ModeLive, captured(nil)), nil,
		"facebook; rm -r /", "facebook", "v1.4.2", "", "", "goto 3.4", "goto 9.9", "reopen 1.1 x", "cancel", "leave")
	got.must(t, "That is not possible: parameter connector: the value must match", "Choose the scenario first: connector, panel.", "nothing called 9.9",
		"That is not possible at this point of the run.", "Nothing is running.")
}

func TestEndOfInputLeavesTheRun(t *testing.T) {
	got := talkTo(t, newRun(t, event.ModeLive, captured(nil)), nil, "facebook", "v1.4.2", "", "")
	if got.err != nil || got.result.Left != LeftInput || got.result.Outcome != "" {
		t.Fatalf("result %+v, %v", got.result, got.err)
	}
	if n := len(of(got.events, event.KindRunEnded)); n != 0 {
		t.Errorf("the run was ended")
	}
	got.must(t, "The input ended.", "goes on in the background", "bitacora resume 20261123T084600Z-test-7f3a")
}

func TestRehearsalTakesWhatItIsGivenNot(t *testing.T) {
	lines := connector()
	lines[0], lines[1], lines[14] = "", "", "" // parameters and the incident
	got := talkTo(t, newRun(t, event.ModeRehearsal, sessiontest.Options{}), nil, lines[:13]...)
	got.must(t, "REHEARSAL · Roll back", "Nothing is executed", "connector = facebook [invented]", "connector [Enter: facebook]",
		"REHEARSAL: it will only be simulated.", "ended: disable simulated")
	if got.err != nil {
		t.Error(got.err)
	}
}

func TestPresetsAreTakenByAnEmptyLine(t *testing.T) {
	got := talkTo(t, newRun(t, event.ModeLive, captured(nil)), func(o *Options) {
		o.Params = map[string]string{"connector": "facebook", "version": "v1.4.2"}
		o.Scenario, o.Answers = "connector", map[string]string{"rollback": "yes"}
	}, "", "", "", "", "", "", "", "leave")
	if got.err != nil || fakeScenario(got.events) != "connector" {
		t.Fatalf("result %+v, %v\n%s", got.result, got.err, got.out)
	}
	got.must(t, "[Enter: Yes, roll back]", "[Enter: One connector]")
}

func fakeScenario(events []event.Event) string {
	return walk.Replay(walk.NewPlan(sessiontest.Runbook()), events).Scenario
}

func TestSpanish(t *testing.T) {
	lines := connector()
	lines[9], lines[13] = "s", "sí"
	got := talkTo(t, newRun(t, event.ModeLive, captured(nil)), func(o *Options) { o.Printer = printer(t, "es") },
		slices.Insert(lines, 4, "nota hay prisa", "ayuda", "pasos")...)
	if got.err != nil || got.result.Outcome != event.RunStopped && got.result.Outcome != event.RunCompleted && got.result.Left == LeftNot {
		t.Fatalf("result %+v, %v\n%s", got.result, got.err, got.out)
	}
	got.must(t, "EN VIVO · paso 1 de al menos 8 · Identificación · 1.1", "nota: hay prisa (guardado n.º", "omitir, s, skip", "¿Ejecutar exactamente esto? s/N")
	if len(started(got.events)) < 3 {
		t.Errorf("ran %v\n%s", started(got.events), got.out)
	}
}

func TestStorageFailureEndsTheTalk(t *testing.T) {
	script := captured(nil)
	script.FailAt = 6
	got := talkTo(t, newRun(t, event.ModeLive, script), nil, connector()...)
	var storage *session.StorageError
	if !errors.As(got.err, &storage) || got.result.LastSaved.Seq != 4 {
		t.Errorf("result %+v, %v", got.result, got.err)
	}
}

func TestCommandWordsAreDistinct(t *testing.T) {
	for _, lang := range []string{"en", "es"} {
		seen := map[string]string{}
		for _, command := range commands(printer(t, lang)) {
			for _, word := range command.words {
				if other, twice := seen[word]; twice {
					t.Errorf("%s: %q means %s and %s", lang, word, other, command.id)
				}
				seen[word] = command.id
			}
		}
	}
}

func TestWhereItLandsStandsBeforeTheQuestion(t *testing.T) {
	script := captured(nil)
	script.Lands = []session.Fact{{Name: "host", Value: "db1"}, {Name: "git.branch"}}
	got := talkTo(t, newRun(t, event.ModeLive, script), nil, connector()...)
	got.must(t, "  lands on: host db1; branch not known\n")
}
