package plain

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"genia.ai/bitacora/internal/event"
	"genia.ai/bitacora/internal/walk"
	"genia.ai/bitacora/runbooks"
)

func (t *talk) mode() string {
	if t.state.Rehearsal() {
		return t.p.T("mode.rehearsal")
	}
	return t.p.T("mode.live")
}

// sayBriefing tells what the operator should know before the first step.
func (t *talk) sayBriefing() {
	rb := t.plan.Runbook()
	t.say(t.mode() + " · " + oneLine(rb.Title))
	if t.state.Rehearsal() {
		t.say(t.p.T("plain.rehearsal"))
	}
	t.say(t.p.T("plain.run", "Run", t.state.Run, "Operator", t.state.Operator, "Host", t.state.Host))
	if t.briefing.Dir != "" {
		t.say(t.p.T("plain.dir", "Dir", t.briefing.Dir))
	}
	if rb.Summary != "" {
		t.say("")
		t.say(rb.Summary)
	}
	for _, scenario := range rb.Scenarios {
		t.say(t.p.T("plain.briefing.scenario", "ID", scenario.ID, "Title", oneLine(scenario.Title), "Condition", oneLine(scenario.Condition)))
	}
	for _, role := range rb.Roles {
		t.say(t.p.T("plain.briefing.role", "Title", oneLine(role.Title), "Holder", t.holder(role.ID)))
	}
	for _, secret := range t.briefing.Secrets {
		t.sayFact(secret)
	}
	for _, tool := range t.briefing.Tools {
		if tool.Path == "" {
			t.say(t.p.T("plain.briefing.tool.missing", "Name", tool.Name))
		}
	}
	for _, note := range t.briefing.Notes {
		t.say(t.state.FillNote(note))
	}
	if t.briefing.Sandbox != "" {
		t.say(t.p.T("plain.briefing.sandbox", "Address", t.briefing.Sandbox))
	}
	t.say(t.p.T("plain.briefing.help"))
	t.say("")
}

// sayChecks looks at this machine before the walk begins: what it finds is told
// before the first question, which waits for it no longer than the look is bounded.
func (t *talk) sayChecks() {
	if t.opts.Checks == nil || t.state.Status != walk.StatusBriefing || t.following {
		return
	}
	for _, c := range t.opts.Checks(t.ctx) {
		why := ""
		if c.Why != "" {
			why = t.p.T("check.why."+c.Why, "Detail", oneLine(c.Detail))
		}
		t.say(t.p.T("check."+string(c.Kind)+"."+string(c.State), "Name", oneLine(c.Name), "Count", c.Count, "Why", why))
	}
}

func (t *talk) holder(role string) string {
	if holder := t.state.Holder(role); holder != "" {
		return holder
	}
	return t.p.T("plain.nobody")
}

// showStep shows a step: where it stands, its text, its substeps, its actions.
func (t *talk) showStep(step *runbooks.Step) {
	t.shown = ""
	_, total := t.progress()
	t.say("")
	t.say(t.p.T("plain.step", "Mode", t.mode(), "Position", t.state.Position(step.ID), "Total", total,
		"Phase", t.p.T("phase."+phaseOf(step)), "ID", step.ID))
	t.say(oneLine(t.state.FillText(step.Text)))
	if step.Role != "" {
		t.say(t.p.T("plain.step.role", "Role", t.roleTitle(step.Role), "Holder", t.holder(step.Role)))
	}
	if step.Body != "" {
		t.sayBehind("  ", t.state.FillText(step.Body))
	}
	t.showSubsteps(step.Substeps, "  ")
	if step.Context != "" {
		t.say("  " + t.p.T("plain.step.context"))
		t.sayBehind("  ", t.state.FillText(step.Context))
	}
	for _, command := range step.Suggested {
		t.say("  " + t.p.T("plain.step.suggested", "Command", command))
	}
}

func (t *talk) showSubsteps(steps []*runbooks.Step, indent string) {
	for _, step := range steps {
		mark := strings.TrimSpace(box(t.state.Ticked(step.ID)) + " " + step.Number)
		t.say(indent + mark + " " + oneLine(t.state.FillText(step.Text)))
		if step.Body != "" {
			t.sayBehind(indent+"  ", t.state.FillText(step.Body))
		}
		t.showSubsteps(step.Substeps, indent+"  ")
	}
}

func phaseOf(step *runbooks.Step) string {
	if step.Phase == "" {
		return string(runbooks.PhaseNone)
	}
	return string(step.Phase)
}

func (t *talk) listSteps(string) error {
	current := t.state.Current()
	for _, step := range t.plan.Steps() {
		st := t.state.Step(step.ID)
		mark, status := " ", t.p.T("step."+string(st.Status))
		if st.Bearing != walk.BearingOn {
			status = t.p.T("plain.bearing." + string(st.Bearing))
		} else if t.state.Before(step.ID) {
			status = t.p.T("plain.bearing.before")
		}
		if current != nil && current.ID == step.ID {
			mark = ">"
		}
		text := fmt.Sprintf("%s %s [%s] %s", mark, step.ID, status, oneLine(t.state.FillText(step.Text)))
		if st.Reason != "" {
			text += ": " + oneLine(st.Reason)
		}
		t.say(text)
	}
	return nil
}

func (t *talk) showParams() {
	for _, param := range t.plan.Runbook().Params {
		value, ok := t.state.Value(param.Name)
		text := "  " + param.Name + " = "
		switch {
		case !ok:
			text += t.p.T("plain.unset")
		case value.Invented:
			text += oneLine(value.Text) + " " + t.p.T("plain.invented")
		default:
			text += oneLine(value.Text)
		}
		t.say(text)
	}
}

func (t *talk) showTodos() {
	for i, todo := range t.state.Todos() {
		t.say("  " + strconv.Itoa(i+1) + ". " + box(todo.Done) + " " + oneLine(todo.Text))
	}
}

// eventLine tells one event on one line.
func (t *talk) eventLine(ev event.Event) string {
	text := fmt.Sprintf("#%d %s %s", ev.Seq, t.clock(ev.At), t.p.T("plain.event."+ev.Title()))
	if ev.Step != "" {
		text += " " + ev.Step
	}
	if detail := t.detail(ev); detail != "" {
		text += ": " + oneLine(detail)
	}
	return text
}

func (t *talk) clock(at time.Time) string { return at.In(t.opts.Location).Format("15:04:05") }

// progress is how many steps are finished, and of how many as far as that is known.
func (t *talk) progress() (finished int, total string) {
	finished, count, least := t.state.Progress()
	total = strconv.Itoa(count)
	if least {
		total = t.p.T("plain.least", "Total", count)
	}
	return finished, total
}

func (t *talk) showSummary() {
	finished, total := t.progress()
	outcome := t.p.T("plain.not-ended")
	if t.state.Outcome != "" {
		outcome = t.p.T("run." + t.state.Outcome)
	}
	for _, left := range t.state.Leftovers() {
		outcome += ", " + t.p.T("run.left."+string(left.Kind), "Count", left.Count)
	}
	t.say(t.p.T("plain.summary", "Mode", t.mode(), "Outcome", outcome, "Finished", finished, "Total", total,
		"Elapsed", t.lasted(t.state.Elapsed(t.opts.Now()))))
	if t.state.Severity != "" {
		t.say(t.p.T("plain.summary.severity", "Severity", oneLine(t.state.Severity)))
	}
	t.sayTimes()
	for _, step := range t.plan.Steps() {
		if st := t.state.Step(step.ID); st.Status == walk.StepSkipped || st.Status == walk.StepAccepted {
			t.say("  " + step.ID + " " + t.p.T("step."+string(st.Status)) + ": " + oneLine(st.Reason))
		}
	}
	t.showTodos()
	t.say(t.p.T("plain.saved", "Seq", t.saved.Seq))
	t.say(t.p.T("plain.summary.export", "Run", t.state.Run))
	if t.state.Status == walk.StatusEnded {
		t.say(t.p.T("tui.sum.reopen") + " " + t.p.T("tui.sum.reopen-command", "Run", t.state.Run))
	}
}

// sayTimes tells the milestones, how long it took from the first to the others, how
// long each phase took, and how it stands with the updates.
func (t *talk) sayTimes() {
	for _, name := range event.Milestones() {
		if when, ok := t.state.Milestone(name); ok { // the last one recorded corrects the others
			t.say("  " + t.bothClocks(when) + " " + t.p.T("milestone."+name))
		}
	}
	for _, i := range t.state.Intervals() {
		t.say("  " + t.p.T("tui.sum.interval", "Time", t.lasted(i.Took),
			"From", t.p.T("milestone."+i.From), "To", t.p.T("milestone."+i.To)))
	}
	for _, phase := range runbooks.Phases() {
		spent, entered := t.state.PhaseTime(phase, t.opts.Now())
		if !entered {
			continue
		}
		text := "  " + t.p.T("phase."+string(phase)) + ": " + t.lasted(spent)
		if target := t.plan.Runbook().Targets[phase]; target > 0 {
			id := "tui.sum.within"
			if spent > target {
				id = "tui.sum.over"
			}
			text += ", " + t.p.T(id, "Target", t.p.Span(target))
		}
		t.say(text)
	}
	if c := t.state.Comms(); c.Sent > 0 || !c.Due.IsZero() {
		t.sayComms()
	}
}

// lasted is how long something took, to the second.
func (t *talk) lasted(d time.Duration) string { return t.p.Span(max(d, 0).Round(time.Second)) }

// bothClocks is a time of day, with UTC beside it where that is another.
func (t *talk) bothClocks(at time.Time) string {
	text := t.clock(at)
	if _, offset := at.In(t.opts.Location).Zone(); offset != 0 {
		text += " (" + at.UTC().Format("15:04:05") + " UTC)"
	}
	return text
}

// tell says what was just recorded, as far as the operator wants to hear it now.
func (t *talk) tell(ev event.Event) {
	switch data := ev.Data.(type) {
	case event.StepStarted:
		if step := t.state.Current(); step != nil {
			t.showStep(step)
		}
		return
	case event.ClientJoined, event.ClientLeft:
		if t.following {
			t.sayDriver()
		}
		return
	case event.RunStarted, event.PhaseEntered,
		event.ActionConfirmed, event.UndoPushed, event.RunEnded:
		return
	case event.ActionEnded, event.AdhocEnded:
		t.print(t.cut.Flush())
	case event.ActionStarted:
		if data.Attempt > 1 {
			t.say(t.p.T("plain.attempt", "Attempt", data.Attempt))
		}
	}
	text := t.p.T("plain.event." + ev.Title())
	if detail := t.detail(ev); detail != "" {
		text += ": " + oneLine(detail)
	}
	t.say(text + " (" + t.p.T("plain.saved", "Seq", t.saved.Seq) + ")")
}
