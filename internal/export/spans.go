package export

import (
	"time"

	"genia.ai/bitacora/internal/event"
	"genia.ai/bitacora/runbooks"
)

// span is time that was spent on something, possibly in several goes.
type span struct {
	first   time.Time
	entered int
	total   time.Duration
	since   time.Time // of the go that is open; zero = none
}

func (s *span) open(at time.Time) {
	if s.first.IsZero() {
		s.first = at
	}
	s.entered++
	s.since = at
}

func (s *span) close(at time.Time) {
	if s != nil && !s.since.IsZero() {
		s.total += at.Sub(s.since)
		s.since = time.Time{}
	}
}

// spans measures phases and steps. The time before the first phase counts as
// the phase "none"; a phase lasts until another one is entered.
type spans struct {
	phases map[string]*span
	order  []string // of first entering
	steps  map[string]*span

	phase, step *span // open
}

func (s *spans) take(ev event.Event) {
	if s.phases == nil {
		s.phases, s.steps = map[string]*span{}, map[string]*span{}
	}
	switch ev.Data.(type) {
	case event.RunStarted:
		s.enter(string(runbooks.PhaseNone), ev.At)
	case event.PhaseEntered:
		s.enter(ev.Phase, ev.At)
	case event.StepStarted:
		s.step.close(ev.At)
		if s.steps[ev.Step] == nil {
			s.steps[ev.Step] = &span{}
		}
		s.step = s.steps[ev.Step]
		s.step.open(ev.At)
	case event.StepDone, event.StepSkipped, event.StepAccepted:
		s.steps[ev.Step].close(ev.At)
		if s.step == s.steps[ev.Step] {
			s.step = nil
		}
	case event.RunEnded:
		s.close(ev.At)
	case event.RunReopened:
		for _, open := range []*span{s.phase, s.step} {
			if open != nil {
				open.since = ev.At // what lay in between was nobody's time
			}
		}
	}
}

func (s *spans) enter(phase string, at time.Time) {
	s.phase.close(at)
	if s.phases[phase] == nil {
		s.phases[phase] = &span{}
		s.order = append(s.order, phase)
	}
	s.phase = s.phases[phase]
	s.phase.open(at)
}

// close ends what is open.
func (s *spans) close(at time.Time) {
	s.phase.close(at)
	s.step.close(at)
}
