package auto

import (
	"bytes"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"genia.ai/bitacora/internal/event"
	"genia.ai/bitacora/internal/session/sessiontest"
	"genia.ai/bitacora/internal/walk"
	"genia.ai/bitacora/runbooks"
)

// some returns a part of the given values, some of them wrong.
func some(t *rapid.T, name string, values map[string]string) map[string]string {
	part := map[string]string{}
	for _, key := range rapid.SliceOfDistinct(rapid.SampledFrom([]string{
		"connector", "version", "incident", "channel", "rollback", "what", "stable", "checkout", "nonsense",
	}), rapid.ID).Draw(t, name) {
		if value, ok := values[key]; ok {
			part[key] = value
		}
	}
	return part
}

func TestCheckFindsExactlyWhatRunWouldAsk(t *testing.T) {
	p := printer(t, "en")
	rapid.Check(t, func(t *rapid.T) {
		opts := Options{
			Params: some(t, "params", map[string]string{"connector": "facebook", "version": "v1.4.2", "incident": "INC-1", "channel": "dev"}),
			Answers: some(t, "answers", map[string]string{
				"rollback": rapid.SampledFrom([]string{"yes", "no", "maybe"}).Draw(t, "rollback"), "stable": "no", "checkout": "facebook",
				"what": rapid.SampledFrom([]string{"one", "panel"}).Draw(t, "what"), "incident": "INC-2", "nonsense": "x",
			}),
			Scenario: rapid.SampledFrom([]string{"", "connector", "panel"}).Draw(t, "scenario"),
			Sandbox:  rapid.Bool().Draw(t, "sandbox"), Rehearsal: rapid.Bool().Draw(t, "rehearsal"),
		}
		mode := event.ModeLive
		if opts.Rehearsal {
			mode = event.ModeRehearsal
		}
		fake := sessiontest.New(walk.NewPlan(sessiontest.Runbook()), sessiontest.Options{
			Sandbox:  opts.Sandbox,
			Attempts: map[string][]sessiontest.Attempt{"errors": {{Ending: event.Ending{Captured: map[string]string{"rate": "0.4"}}}}},
		})
		if err := fake.Start(t.Context(), mode); err != nil {
			t.Fatal(err)
		}
		checked := Check(walk.NewPlan(sessiontest.Runbook()), opts)
		opts.Out, opts.Printer = &bytes.Buffer{}, p
		result, err := Run(t.Context(), fake, opts)
		var missing *MissingError
		switch {
		case errors.As(checked, &missing):
			if !errors.As(err, &missing) || len(fake.Events()) != 1 {
				t.Fatalf("Check said %v, Run said %v after %d events", checked, err, len(fake.Events()))
			}
		case checked != nil:
			t.Fatal(checked)
		case err != nil || result.FailedAction != "" || result.Outcome != event.RunCompleted:
			t.Fatalf("Check found nothing, Run said %+v, %v", result, err)
		}
	})
}

// sharedRunbooks returns real runbooks that lie beside the repository, if they do.
func sharedRunbooks(t *testing.T) []string {
	t.Helper()
	root := os.Getenv("BITACORA_SHARED")
	if root == "" {
		root = filepath.Join("..", "..", "..", "shared")
	}
	var paths []string
	err := filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
		if err == nil && !entry.IsDir() && strings.HasSuffix(path, ".md") {
			paths = append(paths, path)
		}
		return err
	})
	if err != nil {
		t.Skipf("no shared runbooks: %v", err)
	}
	return paths
}

// TestRealRunbooksCanBeRehearsed walks runbooks that were never written for us.
func TestRealRunbooksCanBeRehearsed(t *testing.T) {
	p := printer(t, "en")
	walked := 0
	for _, path := range sharedRunbooks(t) {
		source, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		rb, err := runbooks.Parse(path, source)
		if err != nil || len(rb.Sequence) == 0 {
			continue
		}
		opts := Options{Rehearsal: true, Out: &bytes.Buffer{}, Printer: p}
		if len(rb.Scenarios) > 0 {
			opts.Scenario = rb.Scenarios[0].ID
		}
		fake := sessiontest.New(walk.NewPlan(rb), sessiontest.Options{})
		if err := fake.Start(t.Context(), event.ModeRehearsal); err != nil {
			t.Fatal(err)
		}
		result, err := Run(t.Context(), fake, opts)
		if err != nil || result.Outcome != event.RunCompleted {
			t.Errorf("%s: %+v, %v", path, result, err)
		}
		walked++
	}
	if walked == 0 {
		t.Error("not one runbook was walked")
	}
	t.Logf("%d runbooks were walked", walked)
}
