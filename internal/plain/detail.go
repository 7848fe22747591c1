package plain

import (
	"strconv"
	"strings"
	"time"

	"genia.ai/bitacora/internal/event"
	"genia.ai/bitacora/internal/walk"
)

// detail returns what an event says besides its kind, or "".
func (t *talk) detail(ev event.Event) string {
	switch data := ev.Data.(type) {
	case event.ParamSet:
		text := data.Name + " = " + data.Value
		if data.Invented {
			text += " " + t.p.T("plain.invented")
		}
		return text
	case event.ChoiceMade:
		return because(t.actionName(data.Action)+" = "+t.label(data), data.Reason)
	case event.ScenarioChanged:
		text := because(t.scenarioTitle(data.To), data.Reason)
		if len(data.Done) > 0 {
			text += "; " + t.p.T("tui.ev.scenario.done", "From", t.scenarioTitle(data.From), "Steps", strings.Join(data.Done, ", "))
		}
		return text
	case event.StepTicked:
		return t.tickDetail(ev.Step, data)
	case event.ActionConfirmed:
		return t.actionName(data.Action)
	case event.ActionStarted:
		return t.actionName(data.Action)
	case event.ActionEnded:
		return t.actionName(data.Action) + " " + t.ending(data.Ending)
	case event.AdhocStarted:
		return data.Command
	case event.AdhocEnded:
		return data.ID + " " + t.ending(data.Ending)
	case event.UndoPushed:
		return t.actionName(data.Undo)
	case event.UndoDone:
		return t.actionName(data.Action)
	case event.StepStarted:
		return t.state.FillText(data.Text)
	case event.StepSkipped:
		return data.Reason
	case event.StepAccepted:
		return data.Reason
	case event.StepReopened:
		return ev.Step + " " + data.Reason
	case event.StepDone:
		return ev.Step
	}
	return t.peopleDetail(ev)
}

// peopleDetail is detail for what people said and decided about the run.
func (t *talk) peopleDetail(ev event.Event) string {
	switch data := ev.Data.(type) {
	case event.RunStarted:
		return data.Title
	case event.RunEnded:
		return because(t.p.T("run."+data.Outcome), data.Reason)
	case event.RunReopened:
		return because(data.Operator, data.Reason)
	case event.CommsSent:
		return strings.ReplaceAll(data.Text, "\n", " / ")
	case event.CommsPlanned:
		return t.plannedDetail(data)
	case event.RunPaused:
		return t.p.Told(data.Reason)
	case event.ClientLeft:
		return t.p.Told(data.Reason)
	case event.RunResumed:
		return data.Operator
	case event.ClientJoined:
		return data.Operator + " " + data.FrontEnd
	case event.Recovered:
		return t.namesOf(data.Unknown)
	case event.Superseded:
		return because(data.By, data.Reason)
	case event.RunbookTrusted:
		return short(data.SHA256)
	case event.RunbookChanged:
		return data.Path
	case event.DriverChanged:
		return because(data.From+" -> "+data.To, data.Reason)
	case event.RoleAssigned:
		return t.roleTitle(data.Role) + " = " + data.Holder
	case event.Note:
		return data.Text
	case event.Todo:
		if data.Done {
			return "[x] " + data.Text
		}
		return "[ ] " + data.Text
	case event.Milestone:
		return t.p.T("milestone."+data.Name) + " " + t.clock(data.When)
	case event.SeveritySet:
		return data.Severity
	}
	return ""
}

func (t *talk) tickDetail(step string, data event.StepTicked) string {
	text := data.Substep
	for _, sub := range t.state.Substeps(step) {
		if sub.ID == data.Substep {
			text = t.state.FillText(sub.Text)
		}
	}
	return box(data.Done) + " " + text
}

func (t *talk) plannedDetail(data event.CommsPlanned) string {
	if data.AfterMS <= 0 {
		return t.p.T("tui.comms.none")
	}
	text := t.p.Span(time.Duration(data.AfterMS) * time.Millisecond)
	if data.EveryMS > 0 {
		text += " " + t.p.T("tui.comms.interval", "Every", t.p.Span(time.Duration(data.EveryMS)*time.Millisecond))
	}
	return text
}

// namesOf lists the actions whose end is not known.
func (t *talk) namesOf(ids []string) string {
	var names []string
	for _, id := range ids {
		names = append(names, t.actionName(id)+" "+t.p.T("outcome."+event.OutcomeUnknown))
	}
	return strings.Join(names, ", ")
}

func because(text, reason string) string {
	if reason == "" {
		return text
	}
	return text + " (" + reason + ")"
}

// label returns how an answer reads; yes and no are ours to translate.
func (t *talk) label(data event.ChoiceMade) string {
	if data.Label == data.Key && (data.Key == walk.AnswerYes || data.Key == walk.AnswerNo) {
		return t.p.T("answer." + data.Key)
	}
	return data.Label
}

func (t *talk) ending(ending event.Ending) string {
	parts := []string{t.p.T("outcome." + ending.Outcome)}
	if ending.Outcome == event.OutcomeUnknown {
		return parts[0] // there is nothing else to know
	}
	if ending.Exit != nil && !walk.TellsExit(ending) {
		parts = append(parts, t.p.T("plain.exit", "Exit", strconv.Itoa(*ending.Exit)))
	}
	if ending.Status != 0 {
		parts = append(parts, t.p.T("plain.status", "Status", strconv.Itoa(ending.Status)))
	}
	parts = append(parts, t.p.Took(time.Duration(ending.DurationMS)*time.Millisecond))
	if ending.Reason != "" {
		parts = append(parts, t.p.Told(ending.Reason))
	}
	return strings.Join(parts, ", ")
}
