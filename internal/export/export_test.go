package export_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"flag"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"genia.ai/bitacora/internal/event"
	"genia.ai/bitacora/internal/export"
	"genia.ai/bitacora/internal/i18n"
	"genia.ai/bitacora/internal/session/sessiontest"
	"genia.ai/bitacora/internal/walk"
	"genia.ai/bitacora/runbooks"
)

var update = flag.Bool("update", false, "write the golden files anew")

func options(t *testing.T, lang string) export.Options {
	t.Helper()
	catalog, err := i18n.Load()
	if err != nil {
		t.Fatal(err)
	}
	p := catalog.Printer(lang)
	return export.Options{T: p.T, Took: p.Took, Span: p.Span, Location: time.FixedZone("CET", 3600)}
}

// recorded plays commands against a session in memory and returns its record.
func recorded(t *testing.T, rb *runbooks.Runbook, mode string, script sessiontest.Options, commands ...walk.Command) export.Record {
	t.Helper()
	plan := walk.NewPlan(rb)
	fake := sessiontest.New(plan, script)
	if err := fake.Start(t.Context(), mode); err != nil {
		t.Fatal(err)
	}
	for _, cmd := range commands {
		if _, err := fake.Do(t.Context(), cmd); err != nil {
			t.Fatalf("%T: %v", cmd, err)
		}
	}
	return export.Record{Plan: plan, Events: fake.Events(), Head: "9-0123456789abcdef"}
}

func run(action, command string, values ...string) walk.Run {
	return walk.Run{
		Action: action, Confirmed: true, Command: command, Where: "/srv/run", Values: values,
		Lands: []string{"host=bastion", "git.branch="},
	}
}

// incident is a run with everything in it: a failure, a retry with another
// value, a skipped, an accepted and a reopened step, an ad-hoc command, an undo.
func incident(t *testing.T) export.Record {
	t.Helper()
	rb := sessiontest.Runbook()
	rb.Targets = map[runbooks.Phase]time.Duration{runbooks.PhaseExecution: 20 * time.Minute}
	exit, ok, met := 1, 0, true
	at := sessiontest.Epoch().Add(time.Minute)
	ending := func(e event.Ending) event.Ending {
		e.EndedAt = at
		return e
	}
	destroy := run("checkout", "git checkout \"$version\" -- \"src/$connector\"\n", "version=v1.4.2", "connector=facebook")
	destroy.Target = "facebook"
	record := recorded(t, rb, event.ModeLive, sessiontest.Options{Attempts: map[string][]sessiontest.Attempt{
		"errors": {{Ending: ending(event.Ending{
			Status: 200, Met: &met, Tries: 3, Captured: map[string]string{"rate": "0.4"},
			Output: "outputs/1.log", Bytes: 31, SHA256: "aa11", Redactions: 2,
		})}},
		"disable": {
			{Ending: ending(event.Ending{Outcome: event.OutcomeFailed, Exit: &exit, Reason: "exit code 1", Output: "outputs/2.log", Bytes: 12, SHA256: "bb22"})},
			{Ending: ending(event.Ending{Exit: &ok, Output: "outputs/3.log", Bytes: 90000, SHA256: "cc33", Dropped: 17})},
		},
	}},
		walk.SetParam{Name: "connector", Value: "instagram", Source: event.SourceFlag},
		walk.SetParam{Name: "version", Value: "v1.4.2", Source: event.SourceOperator},
		walk.AssignRole{Role: "coordinator", Holder: "Eva"}, walk.SetSeverity{Severity: "SEV2"},
		walk.Begin{}, run("errors", "GET http://127.0.0.1:1/rate\n"), walk.Done{Step: "1.1"},
		walk.MarkMilestone{Name: event.MilestoneDetected, When: sessiontest.Epoch().Add(-5 * time.Minute)},
		walk.Skip{Step: "1.2", Reason: "nobody | is there"},
		walk.Choose{Action: "rollback", Key: "yes", Reason: "the rate is at 40 %"}, walk.Done{Step: "2.1"},
		walk.Choose{Action: "what", Key: "one"}, walk.Done{Step: "2.2"},
		run("disable", "curl -X POST \"$API/off/$connector\"\n", "connector=instagram"),
		walk.SetParam{Name: "connector", Value: "facebook", Source: event.SourceOperator},
		run("disable", "curl -X POST \"$API/off/$connector\"\n", "connector=facebook"), walk.Done{Step: "3.1"},
		walk.Adhoc{Command: "git status", Where: "/srv/run"}, destroy, walk.Done{Step: "3.2"},
		walk.Choose{Action: "stable", Key: "yes", How: "default"}, walk.Done{Step: "3.4", How: event.HowUnattended},
		walk.WriteNote{Text: "the cache was\nslow # to *react*"}, walk.WriteTodo{ID: "1", Text: "tell legal"},
		walk.WriteTodo{ID: "2", Text: "fix the [test](x)"}, walk.WriteTodo{ID: "2", Done: true},
		walk.Answer{Action: "incident", Value: "INC-7"}, walk.SendComms{Text: "We roll back.\n| No action needed."}, walk.Accept{Step: "4.1", Reason: "told by phone"},
		walk.Undo{Action: "disable", Run: run("", "curl -X POST \"$API/on/$connector\"\n", "connector=facebook")},
		run("enable", "curl -X POST \"$API/on/$connector\"\n", "connector=facebook"), walk.Done{Step: "5.1"},
		walk.Reopen{Step: "1.2", Reason: "a user called"}, walk.Done{Step: "1.2"},
		walk.HandOver{To: "bob", Reason: "shift ends"}, walk.Done{Step: "5.2"}, walk.End{},
	)
	record.ReadOutput = func(path string) (string, bool, error) {
		switch path {
		case "outputs/1.log":
			return "rate 0.4\n```\n# not a heading\n", false, nil
		case "outputs/3.log":
			return "first\n" + strings.Repeat("0123456789abcde\n", 5000) + "last\n", true, nil
		}
		return "", false, errors.New("outputs/2.log: no such file")
	}
	return record
}

// TestPartsOfAStepAreTold: what was ticked, and what stayed open.
func TestPartsOfAStepAreTold(t *testing.T) {
	rb := sessiontest.Runbook()
	rb.Sequence[0].Substeps = []*runbooks.Step{
		{ID: "1.1.1", Number: "a)", Text: "the *queue* of {{connector}}"},
		{ID: "1.1.2", Text: "the log", Substeps: []*runbooks.Step{{ID: "1.1.2.1", Text: "of today"}}},
	}
	record := recorded(t, rb, event.ModeLive, sessiontest.Options{},
		walk.SetParam{Name: "connector", Value: "facebook", Source: event.SourceFlag}, walk.Begin{},
		walk.Tick{Step: "1.1", Substep: "1.1.1", Done: true}, walk.Tick{Step: "1.1", Substep: "1.1.2", Done: true},
		walk.Tick{Step: "1.1", Substep: "1.1.2"}, walk.Tick{Step: "1.1", Substep: "1.1.2.1", Done: true},
	)
	want := "\n\n- [x] a) the \\*queue\\* of facebook\n- [ ] the log\n  - [x] of today\n"
	if text := markdown(t, record, options(t, "en")); !strings.Contains(text, want) {
		t.Errorf("the export lacks %q:\n%s", want, text)
	}
	var out bytes.Buffer
	if err := export.JSON(&out, record); err != nil {
		t.Fatal(err)
	}
	var doc struct {
		Steps []struct {
			Parts []struct {
				ID, Number, Text string
				Ticked           bool
			}
		}
	}
	if err := json.Unmarshal(out.Bytes(), &doc); err != nil {
		t.Fatal(err)
	}
	if parts := doc.Steps[0].Parts; len(parts) != 3 || !parts[0].Ticked || parts[1].Ticked || parts[0].Text != "the *queue* of facebook" || doc.Steps[1].Parts == nil {
		t.Errorf("parts %+v", doc.Steps)
	}
}

func markdown(t *testing.T, record export.Record, opts export.Options) string {
	t.Helper()
	var out bytes.Buffer
	if err := export.Markdown(&out, record, opts); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		gotLines, wantLines := strings.Split(got, "\n"), strings.Split(string(want), "\n")
		for i, line := range gotLines {
			if i >= len(wantLines) || line != wantLines[i] {
				t.Fatalf("%s differs at line %d:\n got %q\nwant %q", name, i+1, line, append(wantLines, "")[min(i, len(wantLines))])
			}
		}
		t.Fatalf("%s is longer than what was written", name)
	}
}

func TestMarkdownGolden(t *testing.T) {
	for _, lang := range []string{"en", "es"} {
		t.Run(lang, func(t *testing.T) {
			opts := options(t, lang)
			opts.MaxOutput = 200
			golden(t, "incident."+lang+".md", markdown(t, incident(t), opts))
		})
	}
}

func TestEveryKindHasAName(t *testing.T) {
	catalog, err := i18n.Load()
	if err != nil {
		t.Fatal(err)
	}
	for _, lang := range []string{"en", "es"} {
		for _, kind := range event.Kinds() {
			if id := "export.event." + string(kind); catalog.Printer(lang).T(id) == id {
				t.Errorf("%s: %s has no name in the timeline", lang, kind)
			}
		}
	}
}

func TestJSONGolden(t *testing.T) {
	record := incident(t)
	read := record.ReadOutput
	record.ReadOutput = func(path string) (string, bool, error) {
		text, truncated, err := read(path)
		return text[:min(len(text), 40)], truncated, err
	}
	var out bytes.Buffer
	if err := export.JSON(&out, record); err != nil {
		t.Fatal(err)
	}
	golden(t, "incident.json", out.String())
}

func TestJSONHasListsEvenWhenEmpty(t *testing.T) {
	var out bytes.Buffer
	if err := export.JSON(&out, export.Record{Plan: walk.NewPlan(&runbooks.Runbook{})}); err != nil {
		t.Fatal(err)
	}
	var doc map[string]any
	if err := json.Unmarshal(out.Bytes(), &doc); err != nil {
		t.Fatal(err)
	}
	if doc["schema"] != export.Schema {
		t.Errorf("schema %v", doc["schema"])
	}
	for _, list := range []string{"params", "roles", "decisions", "phases", "milestones", "deviations", "steps", "adhoc", "notes", "todos"} {
		if _, ok := doc[list].([]any); !ok {
			t.Errorf("%s is %v", list, doc[list])
		}
	}
}

func TestIncompleteRun(t *testing.T) {
	record := recorded(t, sessiontest.Runbook(), event.ModeLive,
		sessiontest.Options{Attempts: map[string][]sessiontest.Attempt{"errors": {{Hold: true}}}},
		walk.Begin{}, run("errors", "GET /rate\n"))
	record.Damage = "journal-0001.jsonl: line 9 <b>"
	got := markdown(t, record, options(t, "en"))
	for _, want := range []string{
		"| Outcome | not ended |", "**unknown** · no end was recorded", "is damaged: journal-0001.jsonl: line 9 &lt;b&gt;",
		"Last event in the record: #4.", "**current** · started",
	} {
		if !strings.Contains(got, want) {
			t.Errorf("the document lacks %q:\n%s", want, got)
		}
	}
	var out bytes.Buffer
	if err := export.JSON(&out, record); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(out.String(), `"outcome": "unknown"`) || !strings.Contains(out.String(), `"ended": null`) {
		t.Errorf("JSON:\n%s", out.String())
	}
}

func TestRehearsalSaysSoFirst(t *testing.T) {
	record := recorded(t, sessiontest.Runbook(), event.ModeRehearsal, sessiontest.Options{},
		walk.SetParam{Name: "connector", Value: "<CONNECTOR>", Source: event.SourceExample, Invented: true},
		walk.Begin{}, run("errors", "GET /rate\n"))
	for lang, want := range map[string]string{"en": "> **REHEARSAL: nothing was executed", "es": "> **ENSAYO: no se ejecutó nada"} {
		got := markdown(t, record, options(t, lang))
		if lines := strings.SplitN(got, "\n", 4); !strings.HasPrefix(lines[2], want) {
			t.Errorf("%s begins:\n%s", lang, got[:200])
		}
	}
	got := markdown(t, record, options(t, "en"))
	for _, want := range []string{"| connector | &lt;CONNECTOR&gt; | example, invented |", "value invented", "**simulated**"} {
		if !strings.Contains(got, want) {
			t.Errorf("the document lacks %q:\n%s", want, got)
		}
	}
}

func TestPhasesAddUpWhenTheyRecur(t *testing.T) {
	var out bytes.Buffer
	if err := export.JSON(&out, incident(t)); err != nil {
		t.Fatal(err)
	}
	var doc struct {
		DurationMS int64 `json:"duration_ms"`
		Phases     []struct {
			Phase      string
			Entered    int
			DurationMS int64 `json:"duration_ms"`
		}
	}
	if err := json.Unmarshal(out.Bytes(), &doc); err != nil {
		t.Fatal(err)
	}
	var sum int64
	for _, phase := range doc.Phases {
		sum += phase.DurationMS
		want := 1
		if phase.Phase == "identification" || phase.Phase == "follow-up" {
			want = 2
		}
		if phase.Entered != want {
			t.Errorf("%s was entered %d times, want %d", phase.Phase, phase.Entered, want)
		}
	}
	if sum != doc.DurationMS || sum == 0 {
		t.Errorf("the phases took %d ms, the run %d ms", sum, doc.DurationMS)
	}
}

// headings returns the headings of a Markdown document.
func headings(t *testing.T, text string) []string {
	t.Helper()
	rb, err := runbooks.Parse("export.md", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	var all []string
	for _, section := range rb.Sections {
		all = append(all, section.Heading)
	}
	return all
}

func TestNothingFromOutsideMakesAHeading(t *testing.T) {
	hostile := []string{
		"x\n\n# Fake", "# Fake", "x\r# Fake", "```\n# Fake", "````", "~~~\n# Fake\n~~~", "| a | b |\n|---|---|", "<!--", "<h1>Fake</h1>",
		"<script>alert(1)</script>", "a\n===", "- # Fake", "1. # Fake", "> # Fake", "\u2028# Fake", "\x0b# Fake", "[x]: http://e.org", "\\", "---", "&lt;h1&gt;",
		"\x1b[2J", "![x](y)",
	}
	tell := func(text string) string {
		rb := sessiontest.Runbook()
		rb.Title = "Title"
		rb.Sequence[0].Actions[0].SampleOutput = text
		record := recorded(t, rb, event.ModeLive, sessiontest.Options{Attempts: map[string][]sessiontest.Attempt{
			"errors": {{Ending: event.Ending{Outcome: event.OutcomeFailed, Reason: text, Output: text, Captured: map[string]string{text: text}}}},
		}},
			walk.Begin{}, run("errors", text, text), walk.WriteNote{Text: "n " + text}, walk.WriteTodo{ID: "1", Text: text},
			walk.SetSeverity{Severity: text}, walk.HandOver{To: "b " + text, Reason: text}, walk.AssignRole{Role: "coordinator", Holder: text},
			walk.Adhoc{Command: "c " + text}, walk.Skip{Step: "1.1", Reason: "r " + text}, walk.End{Reason: "e " + text})
		record.ReadOutput = func(string) (string, bool, error) { return text, true, errors.New(text) }
		record.Damage = text
		return markdown(t, record, options(t, "en"))
	}
	want := headings(t, tell("harmless"))
	if len(want) < 15 {
		t.Fatalf("the document has only %d headings: %q", len(want), want)
	}
	for _, text := range hostile {
		document := tell(text)
		if got := headings(t, document); !slices.Equal(got, want) {
			t.Errorf("%q changes the headings to\n%q\nwant\n%q", text, got, want)
		}
		if strings.ContainsAny(document, "\x1b\x0b\u2028") {
			t.Errorf("%q reaches the document", text)
		}
	}
}

type brokenWriter struct{}

func (brokenWriter) Write([]byte) (int, error) { return 0, os.ErrClosed }

func TestErrorsOfTheWriterAreTold(t *testing.T) {
	if err := export.Markdown(brokenWriter{}, incident(t), options(t, "en")); !errors.Is(err, os.ErrClosed) {
		t.Errorf("Markdown = %v", err)
	}
	if err := export.JSON(brokenWriter{}, incident(t)); !errors.Is(err, os.ErrClosed) {
		t.Errorf("JSON = %v", err)
	}
}

// TestWhatIsStillToBeUndoneIsLeftToDo: whoever reads only the document has to see that something
// is still switched off.
func TestWhatIsStillToBeUndoneIsLeftToDo(t *testing.T) {
	commands := []walk.Command{
		walk.SetParam{Name: "connector", Value: "facebook", Source: event.SourceFlag}, walk.SetParam{Name: "version", Value: "v1.4.2", Source: event.SourceFlag},
		walk.Begin{}, run("errors", "GET /rate\n"), walk.Done{Step: "1.1"}, walk.Skip{Step: "1.2", Reason: "no time"},
		walk.Choose{Action: "rollback", Key: "yes"}, walk.Done{Step: "2.1"}, walk.Choose{Action: "what", Key: "one"}, walk.Done{Step: "2.2"},
		run("disable", "curl -X POST \"$API/off/$connector\"\n", "connector=facebook"),
	}
	undone := slices.Concat(commands, []walk.Command{walk.Undo{Action: "disable", Run: run("", "curl -X POST \"$API/on/$connector\"\n", "connector=facebook")}})
	const want = "- [ ] To be undone, if it should be: enable (undoes disable)"
	if got := markdown(t, recorded(t, sessiontest.Runbook(), event.ModeLive, sessiontest.Options{}, commands...), options(t, "en")); !strings.Contains(got, want) {
		t.Errorf("the document lacks %q:\n%s", want, got)
	}
	if got := markdown(t, recorded(t, sessiontest.Runbook(), event.ModeLive, sessiontest.Options{}, undone...), options(t, "en")); strings.Contains(got, want) {
		t.Errorf("the document names what was undone:\n%s", got)
	}
}
