package walk

import (
	"time"

	"genia.ai/bitacora/internal/event"
	"genia.ai/bitacora/runbooks"
)

// Milestone returns when a turning point was, as recorded last.
func (s State) Milestone(name string) (time.Time, bool) {
	for i := len(s.milestones) - 1; i >= 0; i-- {
		if s.milestones[i].Name == name {
			return s.milestones[i].When, true
		}
	}
	return time.Time{}, false
}

// IncidentClock returns how long the incident has taken and since which milestone:
// from its impact, else from its declaration, to its resolution. Before either is
// recorded it counts the run, and since is "".
func (s State) IncidentClock(now time.Time) (elapsed time.Duration, since string) {
	for _, name := range []string{event.MilestoneImpact, event.MilestoneDeclared} {
		from, ok := s.Milestone(name)
		if !ok {
			continue
		}
		if to, ok := s.Milestone(event.MilestoneResolved); ok {
			now = to
		} else if !s.EndedAt.IsZero() {
			now = s.EndedAt
		}
		return max(now.Sub(from), 0), name
	}
	return s.Elapsed(now), ""
}

// Interval is how long it took from one milestone to another.
type Interval struct {
	From, To string
	Took     time.Duration
}

// Intervals returns the times to detect, to mitigate and to resolve, as far as
// they are recorded: from the impact, else from the first milestone known.
func (s State) Intervals() []Interval {
	var from string
	var begun time.Time
	for _, name := range event.Milestones() {
		if when, ok := s.Milestone(name); ok {
			from, begun = name, when
			break
		}
	}
	var intervals []Interval
	for _, name := range []string{event.MilestoneDetected, event.MilestoneMitigated, event.MilestoneResolved} {
		if when, ok := s.Milestone(name); ok && name != from && !when.Before(begun) { // earlier than its beginning it tells nothing
			intervals = append(intervals, Interval{From: from, To: name, Took: when.Sub(begun)})
		}
	}
	return intervals
}

// PhaseTime returns how long a phase was the current one, its visits added up, and
// whether it ever was.
func (s State) PhaseTime(phase runbooks.Phase, now time.Time) (time.Duration, bool) {
	spent, ok := s.spent[phase]
	if s.Phase == phase && !s.phaseSince.IsZero() {
		return spent + max(now.Sub(s.phaseSince), 0), true
	}
	return spent, ok
}

// leavePhase adds up the time of the current phase.
func (s State) leavePhase(at time.Time) State {
	if !s.phaseSince.IsZero() {
		s.spent = with(s.spent, s.Phase, s.spent[s.Phase]+max(at.Sub(s.phaseSince), 0))
	}
	s.phaseSince = time.Time{}
	return s
}

// Moment reads a time that an operator types: nothing or 0 is now, -5m is five
// minutes ago, 8:40 or 08:40:30 is the last time that the clock showed that.
func Moment(text string, now time.Time, in *time.Location) (time.Time, bool) {
	if text == "" || text == "0" {
		return now, true
	}
	if at, err := time.Parse(time.RFC3339, text); err == nil {
		return at, true
	}
	if ago, err := time.ParseDuration(text); err == nil && ago <= 0 {
		return now.Add(ago), true
	}
	when, ok := clockTime(text, now, in)
	if ok && when.After(now) {
		when = when.AddDate(0, 0, -1)
	}
	return when, ok
}

// Interlude reads how long until something is due: 30m, 1h30m, a number of minutes,
// or 9:30, the next time that the clock shows that.
func Interlude(text string, now time.Time, in *time.Location) (time.Duration, bool) {
	if minutes, err := time.ParseDuration(text + "m"); err == nil && minutes > 0 {
		return minutes, true
	}
	if span, err := time.ParseDuration(text); err == nil && span > 0 {
		return span, true
	}
	when, ok := clockTime(text, now, in)
	if ok && !when.After(now) {
		when = when.AddDate(0, 0, 1)
	}
	return when.Sub(now), ok
}

// clockTime is a time of today.
func clockTime(text string, now time.Time, in *time.Location) (time.Time, bool) {
	for _, layout := range []string{"15:04", "15:04:05"} {
		if clock, err := time.Parse(layout, text); err == nil {
			local := now.In(in)
			return time.Date(local.Year(), local.Month(), local.Day(), clock.Hour(), clock.Minute(), clock.Second(), 0, in), true
		}
	}
	return time.Time{}, false
}
