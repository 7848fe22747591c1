package tui

import (
	"slices"
	"strings"
	"time"

	"github.com/charmbracelet/lipgloss"

	"genia.ai/bitacora/internal/walk"
	"genia.ai/bitacora/runbooks"
)

// wide is from how many cells on there is room for more than is needed.
const wide = 100

// utc is a time of day in UTC, "" where the clock shows the same anyway.
func (a *app) utc(at time.Time) string {
	if _, offset := at.In(a.opts.Location).Zone(); offset == 0 || at.IsZero() {
		return ""
	}
	return at.UTC().Format("15:04:05") + " UTC"
}

// bothClocks is a time of day by the minute, with UTC beside it.
func (a *app) bothClocks(at time.Time) string {
	local := at.In(a.opts.Location)
	text := local.Format("15:04 MST")
	if _, offset := local.Zone(); offset != 0 {
		text += " · " + at.UTC().Format("15:04") + " UTC"
	}
	return text
}

// since says from when the incident's clock counts, "" when it counts the run.
func (a *app) since() string {
	_, name := a.run.state.IncidentClock(a.now())
	if name == "" {
		return ""
	}
	when, _ := a.run.state.Milestone(name)
	return a.p.T("tui.head.since", "At", when.In(a.opts.Location).Format("15:04"))
}

// lasted is how long something took, to the second.
func (a *app) lasted(d time.Duration) string { return a.p.Span(max(d, 0).Round(time.Second)) }

// minutes is a duration to the minute, in as few cells as it takes.
func minutes(d time.Duration) string {
	total := int(max(d, 0) / time.Minute)
	switch {
	case total < 100:
		return number(total) + "m"
	case total >= 48*60 && total%(24*60) == 0: // a target of days
		return number(total/24/60) + "d"
	}
	return number(total/60) + "h" + two(total%60)
}

// commsMark says when the next update is due, or since when it has been.
func (a *app) commsMark() string {
	due := a.run.state.Comms().Due
	if due.IsZero() {
		return ""
	}
	now := a.now()
	if !now.Before(due) {
		return a.look.warn.Render("! " + a.p.T("tui.head.overdue", "Time", minutes(now.Sub(due))))
	}
	return a.p.T("tui.head.due", "Time", minutes(due.Sub(now)+time.Minute-1))
}

// secondRow is the ribbon, and what may not be forgotten beside it. It changes by
// the minute: the row above, which changes every second, is kept short.
func (a *app) secondRow() string {
	var right []string
	if mark := a.commsMark(); mark != "" {
		right = append(right, mark)
	}
	if a.width >= wide {
		right = append(right, a.look.dim.Render(a.bothClocks(a.now())))
	}
	beside := strings.Join(right, "  ")
	if beside == "" {
		return a.ribbon(a.width)
	}
	left := a.ribbon(a.width - width(beside) - 2)
	return left + strings.Repeat(" ", max(a.width-width(left)-width(beside), 2)) + beside
}

// ribbon shows the phases that the runbook has steps for, those that were entered
// with their time, the current one against its target. When they do not fit, first
// the times of the others go, then their names are shortened.
func (a *app) ribbon(room int) string {
	phases := slices.DeleteFunc(runbooks.Phases(), func(phase runbooks.Phase) bool {
		return !slices.ContainsFunc(a.run.plan.Steps(), func(step *runbooks.Step) bool { return step.Phase == phase })
	})
	names, times := make([]string, len(phases)), make([]string, len(phases))
	for i, phase := range phases {
		names[i], times[i] = a.p.T("phase."+string(phase)), a.phaseTime(phase)
	}
	total := func() int {
		n := -2
		for i := range phases {
			n += width(names[i]) + width(times[i]) + 4
		}
		return n
	}
	for i, phase := range phases {
		if total() > room && phase != a.run.state.Phase {
			times[i] = ""
		}
	}
	for limit := 14; total() > room && limit > 2; limit-- {
		for i, phase := range phases {
			if phase != a.run.state.Phase {
				names[i] = a.look.cut(names[i], limit)
			}
		}
	}
	parts := make([]string, len(phases))
	if c := &a.run.counts; c.phases == nil || c.seq != a.run.state.Seq {
		*c = phaseCounts{seq: a.run.state.Seq, phases: a.countPhases()}
	}
	counts := a.run.counts.phases
	for i, phase := range phases {
		symbol, style := a.phaseMark(phase, counts[phase])
		if a.late(phase) {
			style = a.look.warn
		}
		parts[i] = style.Render(symbol + " " + names[i] + times[i])
	}
	return a.look.cut(strings.Join(parts, "  "), room)
}

// phaseTime is how long a phase has taken, and of how much, "" before it was
// entered. An exclamation mark says that it is too long already.
func (a *app) phaseTime(phase runbooks.Phase) string {
	spent, entered := a.run.state.PhaseTime(phase, a.now())
	if !entered {
		return ""
	}
	text := " " + minutes(spent)
	if target := a.run.book().Targets[phase]; target > 0 {
		text += "/" + minutes(target)
	}
	if a.late(phase) {
		text += "!"
	}
	return text
}

// late reports whether a phase has taken longer than it should.
func (a *app) late(phase runbooks.Phase) bool {
	spent, entered := a.run.state.PhaseTime(phase, a.now())
	target := a.run.book().Targets[phase]
	return entered && target > 0 && spent > target
}

// phaseCount counts the steps of a phase that may belong to the walk.
type phaseCount struct{ open, finished int }

// phaseCounts are the counts as of an event: they are drawn far more often than
// they change.
type phaseCounts struct {
	seq    uint64
	phases map[runbooks.Phase]phaseCount
}

func (a *app) countPhases() map[runbooks.Phase]phaseCount {
	counts := map[runbooks.Phase]phaseCount{}
	for _, step := range a.run.plan.Steps() {
		st := a.run.state.Step(step.ID)
		if st.Bearing != walk.BearingOn && st.Bearing != walk.BearingUndecided || a.run.state.Before(step.ID) {
			continue
		}
		count := counts[step.Phase]
		if st.Status == walk.StepPending || st.Status == walk.StepActive {
			count.open++
		} else {
			count.finished++
		}
		counts[step.Phase] = count
	}
	return counts
}

// phaseMark is how the ribbon shows a phase.
func (a *app) phaseMark(phase runbooks.Phase, count phaseCount) (string, lipgloss.Style) {
	sym := a.look.sym
	switch {
	case count == phaseCount{}:
		return sym.other, a.look.dim
	case count.open == 0:
		return sym.done, a.look.good
	case a.run.state.Phase == phase && a.run.state.Current() != nil:
		return sym.active, a.look.strong
	}
	return sym.pending, a.look.plain
}
