package auto

import (
	"bytes"
	"context"
	"errors"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

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

// full answers everything that the connector scenario asks.
func full() Options {
	return Options{
		Params:   map[string]string{"connector": "facebook", "version": "v1.4.2"},
		Scenario: "connector",
		Answers:  map[string]string{"rollback": "yes", "stable": "yes", "incident": "INC-7", "checkout": "facebook"},
	}
}

type outcome struct {
	result Result
	err    error
	out    string
	events []event.Event
}

func run(t *testing.T, mode string, opts Options, script sessiontest.Options) outcome {
	t.Helper()
	fake := sessiontest.New(walk.NewPlan(sessiontest.Runbook()), script)
	if err := fake.Start(t.Context(), mode); err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	opts.Out, opts.Printer = &out, printer(t, "en")
	result, err := Run(t.Context(), fake, opts)
	return outcome{result, err, out.String(), fake.Events()}
}

func kinds(events []event.Event, kind event.Kind) []event.Event {
	return slices.DeleteFunc(slices.Clone(events), func(ev event.Event) bool { return ev.Kind != kind })
}

func started(events []event.Event) []string {
	var names []string
	for _, ev := range kinds(events, event.KindActionStarted) {
		names = append(names, ev.Data.(event.ActionStarted).Name)
	}
	return names
}

func TestWalkToTheEnd(t *testing.T) {
	got := run(t, event.ModeLive, full(), sessiontest.Options{Attempts: map[string][]sessiontest.Attempt{
		"errors": {{Output: "0.4\nhalf", Ending: event.Ending{Captured: map[string]string{"rate": "0.4"}}}},
	}})
	if got.err != nil || got.result.Outcome != event.RunCompleted || got.result.FailedAction != "" {
		t.Fatalf("result %+v, %v\n%s", got.result, got.err, got.out)
	}
	if want := []string{"errors", "disable", "checkout", "notify", "enable"}; !slices.Equal(started(got.events), want) {
		t.Errorf("ran %v, want %v", started(got.events), want)
	}
	last := got.events[len(got.events)-1]
	if got.result.LastSaved.Seq != last.Seq {
		t.Errorf("last saved %d, want %d", got.result.LastSaved.Seq, last.Seq)
	}
	for _, ev := range kinds(got.events, event.KindActionConfirmed) {
		if how := ev.Data.(event.ActionConfirmed).How; how != event.HowUnattended {
			t.Errorf("confirmed by %q", how)
		}
	}
	for _, ev := range kinds(got.events, event.KindStepDone) {
		if how := ev.Data.(event.StepDone).How; how != event.HowUnattended {
			t.Errorf("step %s done by %q", ev.Step, how)
		}
	}
	for _, want := range []string{
		"== LIVE · Roll back a connector", "-- 1/8+ Identification · 1.1 · Look at the error rate", "   | 0.4\n", "   | half\n",
		"   $ git checkout", "rollback: Yes, roll back (as given)", "Disable facebook", "channel = ops (default)",
		"step 1.1 done  saved #10\n", "== LIVE · completed",
	} {
		if !strings.Contains(got.out, want) {
			t.Errorf("the output lacks %q:\n%s", want, got.out)
		}
	}
}

func TestSteeringPastTheExecutionTouchesNothing(t *testing.T) {
	got := run(t, event.ModeLive, Options{Answers: map[string]string{"rollback": "no"}}, sessiontest.Options{})
	if got.err != nil || got.result.Outcome != event.RunCompleted {
		t.Fatalf("result %+v, %v\n%s", got.result, got.err, got.out)
	}
	if want := []string{"errors"}; !slices.Equal(started(got.events), want) {
		t.Errorf("ran %v, want %v", started(got.events), want)
	}
}

func TestFirstFailureStops(t *testing.T) {
	exit := 3
	got := run(t, event.ModeLive, full(), sessiontest.Options{Attempts: map[string][]sessiontest.Attempt{
		"errors":  {{Ending: event.Ending{Captured: map[string]string{"rate": "0.4"}}}},
		"disable": {{Stderr: "401\n", Ending: event.Ending{Outcome: event.OutcomeFailed, Exit: &exit, Reason: "the call was refused"}}},
	}})
	if got.err != nil {
		t.Fatal(got.err)
	}
	if got.result.FailedAction != "disable" || got.result.FailedReason != "the call was refused" || got.result.Outcome != event.RunStopped {
		t.Errorf("result %+v", got.result)
	}
	if want := []string{"errors", "disable"}; !slices.Equal(started(got.events), want) {
		t.Errorf("ran %v, want %v", started(got.events), want)
	}
	ended := got.events[len(got.events)-1].Data.(event.RunEnded)
	if ended.Reason != "disable: the call was refused" {
		t.Errorf("the record says %q", ended.Reason)
	}
	for _, want := range []string{"   ! 401\n", "STOPPED at disable: the call was refused", "failed · exit code 3", "stopped before its last step · disable"} {
		if !strings.Contains(got.out, want) {
			t.Errorf("the output lacks %q:\n%s", want, got.out)
		}
	}
}

func TestValuesThatCannotStandThereStop(t *testing.T) {
	got := run(t, event.ModeLive, full(), sessiontest.Options{Previews: map[string]error{"errors": errors.New("secret X is not set")}})
	if got.err != nil || got.result.FailedAction != "errors" || got.result.FailedReason != "secret X is not set" {
		t.Errorf("result %+v, %v", got.result, got.err)
	}
	if len(started(got.events)) != 0 {
		t.Errorf("ran %v", started(got.events))
	}
}

func TestACapturedValueThatDidNotComeStops(t *testing.T) {
	got := run(t, event.ModeLive, full(), sessiontest.Options{})
	if got.err != nil || got.result.FailedAction != "notify" || !strings.Contains(got.result.FailedReason, "rate") {
		t.Errorf("result %+v, %v", got.result, got.err)
	}
}

func TestRehearsalInventsWhatIsMissing(t *testing.T) {
	got := run(t, event.ModeRehearsal, Options{Scenario: "connector"}, sessiontest.Options{})
	if got.err != nil || got.result.Outcome != event.RunCompleted {
		t.Fatalf("result %+v, %v\n%s", got.result, got.err, got.out)
	}
	values := map[string]event.ParamSet{}
	for _, ev := range kinds(got.events, event.KindParamSet) {
		set := ev.Data.(event.ParamSet)
		values[set.Name] = set
	}
	for name, want := range map[string]string{"connector": "facebook", "version": "v1.4.2", "incident": "<INCIDENT>", "rate": "<RATE>"} {
		if values[name].Value != want || !values[name].Invented {
			t.Errorf("%s = %+v, want %s, invented", name, values[name], want)
		}
	}
	first := kinds(got.events, event.KindChoiceMade)[0].Data.(event.ChoiceMade)
	if first.Key != "yes" || first.How != howDefault {
		t.Errorf("rollback: %+v, want the first option that does not steer, by default", first)
	}
	if n := strings.Count(got.out, "== REHEARSAL"); n != 2 {
		t.Errorf("the banner stands %d times, want at the start and at the end:\n%s", n, got.out)
	}
}

func TestSandboxFillsInTargets(t *testing.T) {
	opts := full()
	delete(opts.Answers, "checkout")
	script := sessiontest.Options{Sandbox: true, Attempts: map[string][]sessiontest.Attempt{
		"errors": {{Ending: event.Ending{Captured: map[string]string{"rate": "1"}}}},
	}}
	got := run(t, event.ModeLive, opts, script)
	if got.err != nil || got.result.Outcome != event.RunCompleted {
		t.Fatalf("result %+v, %v", got.result, got.err)
	}
	script.Sandbox = false
	got = run(t, event.ModeLive, opts, script)
	var missing *MissingError
	if !errors.As(got.err, &missing) || len(got.events) != 1 {
		t.Errorf("without the practice service: %v, %d events", got.err, len(got.events))
	}
}

func TestStorageFailureIsReturned(t *testing.T) {
	got := run(t, event.ModeLive, full(), sessiontest.Options{FailAt: 6})
	var storage *session.StorageError
	if !errors.As(got.err, &storage) {
		t.Fatalf("error %v", got.err)
	}
	if got.result.Outcome != "" || got.result.LastSaved.Seq != 5 {
		t.Errorf("result %+v, want not ended, 5 saved", got.result)
	}
	if !strings.Contains(got.out, "not ended") {
		t.Errorf("output:\n%s", got.out)
	}
}

// screen lets a test watch what is printed while the walk goes on.
type screen struct {
	mu  sync.Mutex
	buf bytes.Buffer
	see string
	hit chan struct{}
}

func (s *screen) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	n, err := s.buf.Write(p)
	if s.hit != nil && strings.Contains(s.buf.String(), s.see) {
		close(s.hit)
		s.hit = nil
	}
	return n, err
}

func TestInterruptionCancelsAndEndsTheRun(t *testing.T) {
	fake := sessiontest.New(walk.NewPlan(sessiontest.Runbook()), sessiontest.Options{
		Attempts: map[string][]sessiontest.Attempt{"errors": {{Hold: true}}},
	})
	if err := fake.Start(t.Context(), event.ModeLive); err != nil {
		t.Fatal(err)
	}
	seen := make(chan struct{})
	out := &screen{see: "running errors", hit: seen}
	opts := full()
	opts.Out, opts.Printer = out, printer(t, "es")
	out.see = "en marcha errors"
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	type ended struct {
		result Result
		err    error
	}
	done := make(chan ended, 1)
	go func() {
		result, err := Run(ctx, fake, opts)
		done <- ended{result, err}
	}()
	select {
	case <-seen:
	case <-time.After(5 * time.Second):
		t.Fatal("the action was not announced")
	}
	cancel()
	got := <-done
	if !errors.Is(got.err, ErrInterrupted) || got.result.Outcome != event.RunStopped {
		t.Fatalf("result %+v, %v", got.result, got.err)
	}
	events := fake.Events()
	if end := events[len(events)-2].Data.(event.ActionEnded); end.Outcome != event.OutcomeCancelled {
		t.Errorf("the action ended %q", end.Outcome)
	}
	if end := events[len(events)-1].Data.(event.RunEnded); end.Reason != "interrumpida" {
		t.Errorf("the run ended for %q", end.Reason)
	}
}
