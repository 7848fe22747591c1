package plain

import (
	"slices"
	"testing"
	"time"

	"genia.ai/bitacora/internal/event"
	"genia.ai/bitacora/internal/session/sessiontest"
)

func TestSilenceIsToldEverLessOften(t *testing.T) {
	var asked []time.Duration
	s := newSilence(func(d time.Duration) <-chan time.Time {
		asked = append(asked, d)
		return nil
	})
	told := []time.Duration{s.told(), s.told(), s.told()}
	s.broken()
	if want := []time.Duration{30 * time.Second, time.Minute, 2 * time.Minute}; !slices.Equal(told, want) {
		t.Errorf("told after %v", told)
	}
	if want := []time.Duration{30 * time.Second, 30 * time.Second, time.Minute, 2 * time.Minute, 30 * time.Second}; !slices.Equal(asked, want) {
		t.Errorf("waited for %v", asked)
	}
}

// TestSilenceIsTold: it says so when what runs prints nothing.
func TestSilenceIsTold(t *testing.T) {
	fake := newRun(t, event.ModeLive, captured(map[string][]sessiontest.Attempt{"errors": {{Hold: true}}}))
	passed := make(chan time.Time)
	term := openWith(t.Context(), t, fake, Options{After: func(time.Duration) <-chan time.Time { return passed }})
	term.typed("facebook", "v1.4.2", "").see("Enter begins the walk").typed("").see("Enter runs it").typed("").see("running: errors")
	passed <- now()
	term.see("  . no output for 30s")
	passed <- now()
	term.see("  . no output for 1m")
	if err := fake.Release(event.Ending{}); err != nil {
		t.Fatal(err)
	}
	term.see("ended: errors ok").typed("leave")
	if got := <-term.done; got.err != nil {
		t.Error(got.err)
	}
}
