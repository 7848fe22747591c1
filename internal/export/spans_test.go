package export

import (
	"testing"
	"time"

	"genia.ai/bitacora/internal/event"
)

// TestTheTimeBetweenEndAndReopeningIsNobodys counts a step and a phase that were current
// at an end, and are again when the run is opened anew.
func TestTheTimeBetweenEndAndReopeningIsNobodys(t *testing.T) {
	at := time.Date(2026, 11, 23, 8, 0, 0, 0, time.UTC)
	var s spans
	for _, ev := range []struct {
		after time.Duration
		data  event.Data
	}{
		{0, event.PhaseEntered{}}, {0, event.StepStarted{}}, {2 * time.Minute, event.RunEnded{}},
		{48 * time.Hour, event.RunReopened{}}, {3 * time.Minute, event.StepDone{}}, {time.Hour, event.RunEnded{}},
		{time.Hour, event.RunReopened{}}, {time.Minute, event.RunEnded{}},
	} {
		at = at.Add(ev.after)
		s.take(event.Event{At: at, Phase: "follow-up", Step: "1", Data: ev.data})
	}
	if got := s.steps["1"].total; got != 5*time.Minute {
		t.Errorf("the step was current for %s", got)
	}
	if got := s.phases["follow-up"].total; got != time.Hour+6*time.Minute {
		t.Errorf("the phase lasted %s", got)
	}
}
