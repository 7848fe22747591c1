// Package status drafts the text of an update to those who wait for news, out of
// what a run has on record since the last one.
//
// A draft says only what is recorded: where the run stands, the times of the
// incident, what was finished meanwhile. It is plain text in a few lines, meant to
// be edited before it is sent; the caller makes it safe to show.
package status

import (
	"slices"
	"strings"
	"time"

	"genia.ai/bitacora/internal/event"
	"genia.ai/bitacora/internal/i18n"
	"genia.ai/bitacora/internal/walk"
	"genia.ai/bitacora/runbooks"
)

// Facts are what a draft is made of.
type Facts struct {
	State    walk.State
	Events   []event.Event // of the run so far
	Now      time.Time
	Location *time.Location // of the times; UTC stands beside them
}

// Draft returns the text in the printer's language.
func Draft(p *i18n.Printer, f Facts) string {
	s := f.State
	lines := []string{s.Plan().Runbook().Title}
	if s.Rehearsal() {
		lines = append(lines, p.T("status.rehearsal"))
	}
	lines = append(lines, p.T("status.now", "At", f.clock(f.Now), "State", f.standing(p)))
	if s.Running != nil && !s.Running.Adhoc {
		lines = append(lines, p.T("status.running", "Name", f.name(s.Running.Action)))
	}
	if s.Severity != "" {
		lines = append(lines, p.T("status.severity", "Severity", s.Severity))
	}
	for _, scenario := range s.Plan().Runbook().Scenarios {
		if scenario.ID == s.Scenario {
			lines = append(lines, p.T("status.scenario", "Name", scenario.Title))
		}
	}
	if times := f.times(p); times != "" {
		lines = append(lines, p.T("status.times", "Times", times))
	}
	lines = append(lines, f.doneLines(p)...)
	if every := s.Comms().Every; every > 0 {
		lines = append(lines, p.T("status.next", "At", f.clock(f.Now.Add(every))))
	}
	return strings.Join(lines, "\n")
}

// clock is a time of day, with its date when that is not today, and with UTC beside it
// where that is another.
func (f Facts) clock(at time.Time) string {
	local, utc := at.In(f.Location), at.UTC()
	text := local.Format("15:04")
	if now := f.Now.In(f.Location); now.Format(time.DateOnly) != local.Format(time.DateOnly) {
		return local.Format("2006-01-02 15:04 MST")
	}
	if local.Format("15:04") == utc.Format("15:04") {
		return text + " UTC"
	}
	return text + " (" + utc.Format("15:04") + " UTC)"
}

// standing says where the run is.
func (f Facts) standing(p *i18n.Printer) string {
	step := f.State.Current()
	switch {
	case f.State.Status == walk.StatusEnded:
		return p.T("status.at.ended", "Outcome", p.T("run."+f.State.Outcome))
	case f.State.Complete():
		return p.T("status.at.complete")
	case step == nil:
		return p.T("status.at.briefing")
	}
	phase := step.Phase
	if phase == "" {
		phase = runbooks.PhaseNone
	}
	return p.T("status.at.step", "Phase", p.T("phase."+string(phase)), "Step", strings.TrimSuffix(f.State.Fill(step.Text), "."))
}

// times are the milestones in the order in which they happen.
func (f Facts) times(p *i18n.Printer) string {
	var parts []string
	for _, name := range event.Milestones() {
		if when, ok := f.State.Milestone(name); ok {
			parts = append(parts, p.T("milestone."+name)+" "+f.clock(when))
		}
	}
	return strings.Join(parts, ", ")
}

// doneLines tell what was finished, or failed, since the last update.
func (f Facts) doneLines(p *i18n.Printer) []string {
	since := f.State.Comms()
	var items []string
	for i, ev := range f.Events {
		if ev.Seq <= since.Seq || f.triedAgain(i) {
			continue
		}
		if text := f.tell(p, ev); text != "" {
			items = append(items, "- "+text)
		}
	}
	switch {
	case len(items) == 0 && since.Sent == 0:
		return nil
	case len(items) == 0:
		return []string{p.T("status.done.nothing", "At", f.clock(since.Last))}
	case since.Sent == 0:
		return append([]string{p.T("status.done.first")}, items...)
	}
	return append([]string{p.T("status.done.since", "At", f.clock(since.Last))}, items...)
}

// triedAgain reports whether an event is the end of an action that ended once more later:
// only the last attempt counts for who waits.
func (f Facts) triedAgain(i int) bool {
	ended, ok := f.Events[i].Data.(event.ActionEnded)
	return ok && slices.ContainsFunc(f.Events[i+1:], func(ev event.Event) bool {
		later, ok := ev.Data.(event.ActionEnded)
		return ok && later.Action == ended.Action
	})
}

// tell says what an event means to somebody who waits, "" when nothing.
func (f Facts) tell(p *i18n.Printer, ev event.Event) string {
	switch data := ev.Data.(type) {
	case event.StepDone:
		return f.step(ev.Step)
	case event.StepSkipped:
		return f.step(ev.Step) + " (" + p.T("status.skipped", "Reason", data.Reason) + ")"
	case event.StepAccepted:
		return f.step(ev.Step) + " (" + p.T("status.accepted", "Reason", data.Reason) + ")"
	case event.ActionEnded:
		if !data.Succeeded() && f.State.Action(data.Action).Failed() {
			return p.T("status.failed", "Name", f.name(data.Action))
		}
	}
	return ""
}

func (f Facts) step(id string) string {
	for _, step := range f.State.Plan().Steps() {
		if step.ID == id {
			return strings.TrimSuffix(f.State.Fill(step.Text), ".")
		}
	}
	return id
}

func (f Facts) name(id string) string {
	if action, _ := f.State.Plan().Action(id); action != nil && action.Name != "" {
		return action.Name
	}
	return id
}
