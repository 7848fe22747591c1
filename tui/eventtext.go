package tui

import (
	"fmt"
	"strings"
	"time"

	"genia.ai/bitacora/internal/event"
)

// eventLine tells one event on one line: when, where, what.
func (a *app) eventLine(ev event.Event) string {
	text := a.eventText(ev)
	mark := " "
	if a.notable(ev) {
		mark = "*"
		text = a.look.warn.Render(text)
	}
	where := ""
	if ev.Step != "" {
		where = a.clean(ev.Step) + " "
	}
	return fmt.Sprintf("%4d ", ev.Seq) + a.look.dim.Render(a.clock(ev.At)) + mark + where + text
}

// notable reports whether an event stands out: it tells of something done otherwise than
// written, of a failure, or of a record that was in doubt.
func (a *app) notable(ev event.Event) bool {
	switch data := ev.Data.(type) {
	case event.Recovered, event.Superseded:
		return true
	case event.ActionEnded:
		return !data.Succeeded()
	}
	return a.run.deviates(ev)
}

// eventText tells what an event says. The texts are tui.ev.<kind>.
func (a *app) eventText(ev event.Event) string {
	id := "tui.ev." + ev.Title()
	switch data := ev.Data.(type) {
	case event.RunStarted:
		return a.p.T(id, "Title", a.clean(data.Title), "Mode", a.p.T("mode."+data.Mode))
	case event.RunPaused:
		return a.p.T(id, "Reason", a.clean(a.p.Told(data.Reason)))
	case event.RunResumed:
		return a.p.T(id, "Operator", a.clean(data.Operator))
	case event.RunReopened:
		return a.withReason(a.p.T(id, "Operator", a.clean(data.Operator)), data.Reason)
	case event.CommsPlanned:
		return a.plannedText(id, data)
	case event.CommsSent:
		return a.p.T(id, "Text", a.clean(strings.ReplaceAll(data.Text, "\n", " / ")))
	case event.RunEnded:
		return a.withReason(a.p.T(id, "Outcome", a.p.T("run."+data.Outcome)), data.Reason)
	case event.ClientJoined:
		return a.p.T(id, "Operator", a.clean(data.Operator), "FrontEnd", a.clean(data.FrontEnd))
	case event.ClientLeft:
		return a.withReason(a.p.T(id), a.p.Told(data.Reason))
	case event.DriverChanged:
		return a.withReason(a.p.T(id, "To", a.clean(data.To)), data.Reason)
	case event.RoleAssigned:
		return a.p.T(id, "Role", a.run.roleTitle(data.Role), "Holder", a.clean(data.Holder))
	case event.Note:
		return a.p.T(id, "Text", a.clean(data.Text))
	case event.Todo:
		if data.Done {
			id += "-done"
		}
		return a.p.T(id, "Text", a.clean(data.Text))
	case event.Milestone:
		return a.p.T(id, "Name", a.p.T("milestone."+data.Name), "When", a.moment(data.When))
	case event.SeveritySet:
		return a.p.T(id, "Severity", a.clean(data.Severity))
	}
	return a.walkEventText(id, ev)
}

func (a *app) walkEventText(id string, ev event.Event) string {
	switch data := ev.Data.(type) {
	case event.ParamSet:
		return a.p.T(id, "Name", a.paramLabel(data.Name), "Value", a.clean(data.Value))
	case event.ScenarioChanged:
		text := a.withReason(a.p.T(id, "To", a.scenarioTitle(data.To)), data.Reason)
		if len(data.Done) > 0 {
			text += " (" + a.p.T("tui.ev.scenario.done", "From", a.scenarioTitle(data.From), "Steps", a.clean(strings.Join(data.Done, ", "))) + ")"
		}
		return text
	case event.StepTicked:
		if !data.Done {
			id += "-off"
		}
		return a.p.T(id, "Text", a.substepText(ev.Step, data.Substep))
	case event.PhaseEntered:
		return a.p.T(id, "Phase", a.p.T("phase."+ev.Phase))
	case event.StepStarted:
		return a.p.T(id, "Text", a.run.text(data.Text))
	case event.StepDone:
		return a.p.T(id)
	case event.StepSkipped:
		return a.withReason(a.p.T(id), data.Reason)
	case event.StepAccepted:
		return a.withReason(a.p.T(id), data.Reason)
	case event.StepReopened:
		return a.withReason(a.p.T(id), data.Reason)
	case event.ActionConfirmed:
		return a.p.T(id, "Name", a.run.nameOf(data.Action))
	case event.ActionStarted:
		first, _, _ := strings.Cut(strings.TrimSpace(data.Command), "\n")
		return a.p.T(id, "Name", a.run.nameOf(data.Action), "Command", a.clean(first))
	case event.ActionEnded:
		return a.p.T(id, "Name", a.run.nameOf(data.Action), "Ending", a.run.ending(data.Ending))
	case event.ChoiceMade:
		label := a.clean(data.Label)
		if data.Label == data.Key && (data.Key == "yes" || data.Key == "no") {
			label = a.p.T("answer." + data.Key)
		}
		return a.withReason(a.p.T(id, "Name", a.run.nameOf(data.Action), "Label", label), data.Reason)
	case event.UndoPushed:
		return a.p.T(id, "Action", a.run.nameOf(data.Action), "Undo", a.run.nameOf(data.Undo))
	case event.UndoDone:
		return a.p.T(id, "Action", a.run.nameOf(data.Action), "Undo", a.run.nameOf(data.Undo))
	case event.AdhocStarted:
		return a.p.T(id, "Command", a.clean(data.Command))
	case event.AdhocEnded:
		return a.p.T(id, "Ending", a.run.ending(data.Ending))
	}
	return a.recordEventText(id, ev)
}

// plannedText tells when the next update was to be due.
func (a *app) plannedText(id string, data event.CommsPlanned) string {
	if data.AfterMS <= 0 {
		return a.p.T(id + "-off")
	}
	text := a.p.T(id, "After", a.p.Span(time.Duration(data.AfterMS)*time.Millisecond))
	if data.EveryMS > 0 {
		text += " " + a.p.T("tui.comms.interval", "Every", a.p.Span(time.Duration(data.EveryMS)*time.Millisecond))
	}
	return text
}

// substepText is a substep as it is shown, its id when the runbook has none such.
func (a *app) substepText(step, id string) string {
	for _, sub := range a.run.state.Substeps(step) {
		if sub.ID == id {
			return a.run.text(sub.Text)
		}
	}
	return a.clean(id)
}

// recordEventText tells what happened to the record itself and to the text.
func (a *app) recordEventText(id string, ev event.Event) string {
	switch data := ev.Data.(type) {
	case event.Recovered:
		return a.p.T(id, "Unknown", a.namesOf(data.Unknown))
	case event.Superseded:
		return a.withReason(a.p.T(id, "By", a.clean(data.By), "Unknown", a.namesOf(data.Unknown)), data.Reason)
	case event.RunbookTrusted:
		return a.p.T(id, "SHA", short(a.clean(data.SHA256)))
	case event.RunbookChanged:
		return a.p.T(id, "Path", a.clean(data.Path))
	}
	return a.clean(string(ev.Kind))
}

// namesOf lists how actions are called.
func (a *app) namesOf(ids []string) string {
	names := make([]string, len(ids))
	for i, id := range ids {
		names[i] = a.run.nameOf(id)
	}
	return strings.Join(names, ", ")
}

// withReason adds a reason to a text, if there is one.
func (a *app) withReason(text, reason string) string {
	if reason == "" {
		return text
	}
	return text + ": " + a.clean(reason)
}
