package export

import (
	"time"

	"genia.ai/bitacora/internal/event"
	"genia.ai/bitacora/internal/walk"
	"genia.ai/bitacora/runbooks"
)

// builder goes through the events once.
type builder struct {
	record Record
	doc    *document
	state  walk.State

	steps   map[string]*step
	actions map[string]*action
	params  map[string]int // place in the document
	spans   spans
	confirm event.ActionConfirmed // that the next start belongs to
}

// build tells a run from its events, and how it stands after the last.
func build(record Record) (*document, walk.State) {
	b := &builder{
		record: record, state: walk.New(record.Plan),
		doc: &document{
			Schema: Schema, Damage: record.Damage, Head: record.Head,
			Params: []param{}, Roles: []role{}, Decisions: []decision{}, Phases: []phase{}, Milestones: []milestone{},
			Deviations: []deviation{}, Steps: []*step{}, Adhoc: []*attempt{}, Updates: []note{}, Notes: []note{}, Todos: []todo{},
		},
		steps: map[string]*step{}, actions: map[string]*action{}, params: map[string]int{},
	}
	for _, s := range record.Plan.Steps() {
		b.addStep(s)
	}
	for _, ev := range record.Events {
		before := b.state
		b.state = walk.Apply(b.state, ev)
		b.spans.take(ev)
		b.take(ev)
		b.deviate(before, ev)
	}
	b.finish()
	return b.doc, b.state
}

func (b *builder) addStep(s *runbooks.Step) {
	told := &step{
		ID: s.ID, Number: s.Number, Text: s.Text, Phase: string(s.Phase), Scenario: s.Scenario, Role: s.Role, Parts: []part{}, Actions: []*action{},
	}
	var collect func(s *runbooks.Step, depth int)
	collect = func(s *runbooks.Step, depth int) {
		for _, a := range s.Actions {
			act := &action{
				ID: a.ID, Name: a.Name, Kind: string(a.Kind), Lang: a.Lang, Effect: string(a.Effect), Attempts: []*attempt{},
			}
			told.Actions = append(told.Actions, act)
			b.actions[a.ID] = act
		}
		for _, sub := range s.Substeps {
			told.Parts = append(told.Parts, part{ID: sub.ID, Number: sub.Number, Text: sub.Text, depth: depth})
			collect(sub, depth+1)
		}
	}
	collect(s, 0)
	b.doc.Steps = append(b.doc.Steps, told)
	b.steps[s.ID] = told
}

// take takes in one event.
func (b *builder) take(ev event.Event) {
	doc := b.doc
	doc.LastSeq = ev.Seq
	switch data := ev.Data.(type) {
	case event.RunStarted:
		at := ev.At
		doc.Run, doc.Mode, doc.Sandbox, doc.Title, doc.Lang = data.Run, data.Mode, data.Sandbox, data.Title, data.Lang
		doc.Section = data.Section
		doc.Runbook = source{data.Path, data.SHA256}
		doc.Bitacora, doc.Operator, doc.Host, doc.Started = data.Bitacora, data.Operator, data.Host, &at
	case event.RunEnded:
		at := ev.At
		doc.Outcome, doc.Reason, doc.Ended = data.Outcome, data.Reason, &at
	case event.RunReopened:
		doc.Outcome, doc.Reason, doc.Ended = "", "", nil
	case event.ChoiceMade:
		doc.Decisions = append(doc.Decisions, decision{
			ev.Seq, ev.At, ev.Actor, ev.Step, nameOr(data.Name, data.Action), data.Key, data.Label, data.Steer, data.Reason, data.How,
		})
	case event.ScenarioChanged:
		b.scenario(ev, data)
	case event.Milestone:
		doc.Milestones = append(doc.Milestones, milestone{data.Name, data.When, ev.At})
	case event.CommsSent:
		doc.Updates = append(doc.Updates, note{ev.Seq, ev.At, ev.Actor, ev.Step, data.Text})
	case event.Note:
		doc.Notes = append(doc.Notes, note{ev.Seq, ev.At, ev.Actor, ev.Step, data.Text})
	case event.ParamSet:
		b.param(ev, data)
	case event.StepDone:
		if s := b.steps[ev.Step]; s != nil {
			s.How = data.How
		}
	default:
		b.takeAction(ev)
	}
}

// deviate takes in what was done otherwise than written.
func (b *builder) deviate(before walk.State, ev event.Event) {
	kind := walk.DeviationOf(before, ev)
	if kind == "" {
		return
	}
	what, reason := "", ""
	switch data := ev.Data.(type) {
	case event.StepSkipped:
		reason = data.Reason
	case event.StepAccepted:
		reason = data.Reason
	case event.StepReopened:
		reason = data.Reason
	case event.AdhocStarted:
		what = data.Command
	case event.ScenarioChanged:
		what, reason = data.From+" → "+data.To, data.Reason
	case event.ParamSet:
		what = data.Name + " = " + data.Value
		if known, _ := before.Value(data.Name); kind == walk.DeviationEdited {
			what = data.Name + ": " + known.Text + " → " + data.Value
		}
	}
	b.doc.Deviations = append(b.doc.Deviations, deviation{ev.Seq, ev.At, ev.Actor, string(kind), ev.Step, what, reason})
}

// scenario is a decision of its own when no choice caused it.
func (b *builder) scenario(ev event.Event, data event.ScenarioChanged) {
	decisions := b.doc.Decisions
	caused := len(decisions) > 0 && decisions[len(decisions)-1].Seq+1 == ev.Seq &&
		decisions[len(decisions)-1].Steer == "scenario:"+data.To
	if !caused {
		b.doc.Decisions = append(b.doc.Decisions, decision{
			Seq: ev.Seq, At: ev.At, Actor: ev.Actor, Step: ev.Step, Name: "scenario", Key: data.To,
			Label: b.scenarioTitle(data.To), Reason: data.Reason, How: event.HowOperator,
		})
	}
}

func (b *builder) scenarioTitle(id string) string {
	for _, scenario := range b.record.Plan.Runbook().Scenarios {
		if scenario.ID == id {
			return scenario.Title
		}
	}
	return id
}

func (b *builder) param(ev event.Event, data event.ParamSet) {
	told := param{data.Name, data.Value, data.Source, data.Invented, ev.At}
	if i, ok := b.params[data.Name]; ok {
		b.doc.Params[i] = told
		return
	}
	b.params[data.Name] = len(b.doc.Params)
	b.doc.Params = append(b.doc.Params, told)
}

// finish fills in what only the whole says.
func (b *builder) finish() {
	doc, state := b.doc, b.state
	doc.Severity, doc.Scenario = state.Severity, state.Scenario
	last := time.Time{}
	if n := len(b.record.Events); n > 0 {
		last = b.record.Events[n-1].At
	}
	end := last
	if doc.Ended != nil {
		end = *doc.Ended
	}
	if doc.Started != nil {
		doc.DurationMS = end.Sub(*doc.Started).Milliseconds()
	}
	b.spans.close(end)
	b.finishPhases()
	for _, s := range doc.Steps {
		st := state.Step(s.ID)
		s.Text = state.Fill(s.Text)
		s.Status, s.Bearing, s.Reason = string(st.Status), string(st.Bearing), st.Reason
		if state.Before(s.ID) {
			s.Bearing = bearingBefore
		}
		if span, ok := b.spans.steps[s.ID]; ok {
			s.Started, s.DurationMS = &span.first, span.total.Milliseconds()
		}
		if !st.EndedAt.IsZero() {
			s.Ended = &st.EndedAt
		}
		if s.Status != string(walk.StepDone) {
			s.How = ""
		}
		for i, part := range s.Parts {
			s.Parts[i].Text, s.Parts[i].Ticked = state.Fill(part.Text), state.Ticked(part.ID)
		}
		for _, a := range s.Actions {
			a.Answer = state.Action(a.ID).Answer
		}
	}
	for _, r := range b.record.Plan.Runbook().Roles {
		doc.Roles = append(doc.Roles, role{r.ID, r.Title, state.Holder(r.ID)})
	}
	for _, t := range state.Todos() {
		doc.Todos = append(doc.Todos, todo{t.ID, t.Text, t.Done})
	}
}

func (b *builder) finishPhases() {
	targets := b.record.Plan.Runbook().Targets
	for _, name := range b.spans.order {
		span := b.spans.phases[name]
		b.doc.Phases = append(b.doc.Phases, phase{
			Phase: name, Entered: span.entered, First: span.first, DurationMS: span.total.Milliseconds(),
			TargetMS: targets[runbooks.Phase(name)].Milliseconds(),
		})
	}
}

func nameOr(name, id string) string {
	if name != "" {
		return name
	}
	return id
}
