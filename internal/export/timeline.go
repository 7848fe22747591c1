package export

import (
	"fmt"
	"slices"
	"strings"

	"genia.ai/bitacora/internal/event"
	"genia.ai/bitacora/internal/walk"
)

func (p *page) timeline() {
	columns := []string{"seq", "utc"}
	local := slices.ContainsFunc(p.record.Events, func(ev event.Event) bool { return p.local(ev.At) != "" })
	if local {
		columns = append(columns, "local")
	}
	columns = append(columns, "who", "step", "event", "what")
	var rows [][]string
	state := walk.New(p.record.Plan)
	for _, ev := range p.record.Events {
		state = walk.Apply(state, ev)
		row := []string{fmt.Sprint(ev.Seq), ev.At.UTC().Format("2006-01-02 15:04:05.000")}
		if local {
			row = append(row, p.local(ev.At))
		}
		kind := p.t("export.event." + ev.Title())
		if !event.Known(ev.Kind) {
			kind = string(ev.Kind)
		}
		rows = append(rows, append(row, ev.Actor, ev.Step, kind, p.detail(state, ev)))
	}
	p.section("timeline", columns, rows)
}

// detail returns what an event says besides its kind, or "".
func (p *page) detail(state walk.State, ev event.Event) string {
	switch data := ev.Data.(type) {
	case event.ParamSet:
		text := data.Name + " = " + data.Value
		if data.Invented {
			text += " (" + p.t("export.invented") + ")"
		}
		return text
	case event.ScenarioChanged:
		text := because(data.To, data.Reason)
		if len(data.Done) > 0 {
			text += "; " + p.t("export.scenario.done", "From", data.From, "Steps", strings.Join(data.Done, ", "))
		}
		return text
	case event.PhaseEntered:
		return p.t("phase." + ev.Phase)
	case event.ChoiceMade:
		return because(p.nameOf(data.Action)+" → "+p.label(data.Key, data.Label), data.Reason)
	case event.StepStarted:
		return state.Fill(data.Text) // with the values of that moment
	case event.StepSkipped:
		return data.Reason
	case event.StepAccepted:
		return data.Reason
	case event.StepReopened:
		return data.Reason
	case event.StepTicked:
		id := "export.ticked"
		if !data.Done {
			id = "export.unticked"
		}
		return data.Substep + " " + p.t(id)
	case event.StepDone:
		if data.How == event.HowUnattended {
			return p.t("export.how." + data.How)
		}
	case event.ActionConfirmed:
		return because(p.nameOf(data.Action), data.Target)
	case event.ActionStarted:
		return nameOr(data.Name, data.Action)
	case event.ActionEnded:
		return p.ended(p.nameOf(data.Action), data.Ending)
	case event.AdhocStarted:
		return data.Command
	case event.AdhocEnded:
		return p.ended(data.ID, data.Ending)
	case event.UndoPushed:
		return p.nameOf(data.Undo)
	case event.UndoDone:
		return p.nameOf(data.Action)
	}
	return p.peopleDetail(ev)
}

// peopleDetail is detail for what is about the run and the people in it.
func (p *page) peopleDetail(ev event.Event) string {
	switch data := ev.Data.(type) {
	case event.RunStarted:
		return data.Title
	case event.RunEnded:
		return because(p.t("run."+data.Outcome), data.Reason)
	case event.RunReopened:
		return because(data.Operator+", "+data.Host, data.Reason)
	case event.CommsSent:
		return data.Text
	case event.CommsPlanned:
		return p.planned(data)
	case event.RunPaused:
		return data.Reason
	case event.RunResumed:
		return data.Operator + ", " + data.Host
	case event.ClientJoined:
		return data.Operator + ", " + data.FrontEnd + ", " + data.Host
	case event.ClientLeft:
		return p.told(data.Reason)
	case event.DriverChanged:
		return because(data.From+" → "+data.To, data.Reason)
	case event.Recovered:
		return data.Reason
	case event.Superseded:
		return because(data.By, data.Reason)
	case event.RunbookTrusted:
		return data.SHA256
	case event.RunbookChanged:
		return because(data.Path, data.SHA256)
	case event.RoleAssigned:
		return p.roleTitle(data.Role) + " = " + data.Holder
	case event.Note:
		return data.Text
	case event.Todo:
		text := nameOr(data.Text, data.ID)
		if data.Done {
			text += " ✓"
		}
		return text
	case event.Milestone:
		return p.t("milestone."+data.Name) + " " + p.when(data.When)
	case event.SeveritySet:
		return data.Severity
	}
	return ""
}

// planned says when the next update is due.
func (p *page) planned(data event.CommsPlanned) string {
	after := p.span(data.AfterMS)
	switch {
	case data.AfterMS <= 0:
		return p.t("export.comms.none")
	case data.EveryMS <= 0:
		return p.t("export.comms.in", "After", after)
	}
	return p.t("export.comms.every", "After", after, "Every", p.span(data.EveryMS))
}

func (p *page) ended(name string, ending event.Ending) string {
	text := name + " " + p.t("outcome."+ending.Outcome)
	if ending.Exit != nil {
		text += ", " + p.t("export.exit", "Exit", *ending.Exit)
	}
	if ending.Status != 0 {
		text += ", " + p.t("export.status", "Status", ending.Status)
	}
	return because(text, p.told(ending.Reason))
}
