package export

import (
	"maps"

	"genia.ai/bitacora/internal/event"
)

// takeAction takes in what ran.
func (b *builder) takeAction(ev event.Event) {
	switch data := ev.Data.(type) {
	case event.ActionConfirmed:
		b.confirm = data
	case event.ActionStarted:
		b.start(ev, data)
	case event.ActionEnded:
		if a := b.actions[data.Action]; a != nil {
			b.end(a.Attempts, data.Action, data.Ending)
		}
	case event.AdhocStarted:
		b.doc.Adhoc = append(b.doc.Adhoc, &attempt{
			Attempt: 1, ID: data.ID, Seq: ev.Seq, Step: ev.Step, Actor: ev.Actor, Started: ev.At,
			Command: data.Command, Where: data.Where, Values: []string{}, Lands: []string{}, Outcome: event.OutcomeUnknown,
			Simulated: b.state.Rehearsal(), Confirmed: event.HowOperator, Captured: map[string]string{},
		})
	case event.AdhocEnded:
		b.end(b.doc.Adhoc, data.ID, data.Ending)
	}
}

func (b *builder) start(ev event.Event, data event.ActionStarted) {
	a := b.actions[data.Action]
	if a == nil {
		return // the kept runbook is another one; the timeline still names it
	}
	told := &attempt{
		Attempt: len(a.Attempts) + 1, ID: data.Action, Seq: ev.Seq, Step: ev.Step, Actor: ev.Actor, Started: ev.At,
		Command: data.Command, Where: data.Where, Values: append([]string{}, data.Values...), Lands: []string{},
		Simulated: data.Simulated, Undoes: data.Undoes, Outcome: event.OutcomeUnknown, Captured: map[string]string{},
		Line: data.Line, CodeSHA256: data.CodeSHA256, Alternative: data.Alternative,
	}
	if b.confirm.Action == data.Action {
		told.Confirmed, told.Target = b.confirm.How, b.confirm.Target
		told.Lands = append(told.Lands, b.confirm.Lands...)
	}
	b.confirm = event.ActionConfirmed{}
	a.Attempts = append(a.Attempts, told)
}

// end completes the last attempt that has no end yet.
func (b *builder) end(attempts []*attempt, id string, ending event.Ending) {
	for i := len(attempts) - 1; i >= 0; i-- {
		if told := attempts[i]; told.ID == id && !told.ended {
			b.complete(told, ending)
			return
		}
	}
}

func (b *builder) complete(told *attempt, ending event.Ending) {
	told.ended = true
	told.Outcome, told.Exit, told.Signal, told.Status, told.Met = ending.Outcome, ending.Exit, ending.Signal, ending.Status, ending.Met
	told.Reason, told.DurationMS, told.Tries, told.Stopped = ending.Reason, ending.DurationMS, ending.Tries, ending.Stopped
	maps.Copy(told.Captured, ending.Captured)
	if at := ending.EndedAt; !at.IsZero() {
		told.Ended = &at
	}
	told.Output = output{
		Path: ending.Output, Bytes: ending.Bytes, SHA256: ending.SHA256, Redactions: ending.Redactions, Dropped: ending.Dropped,
	}
	if ending.Output == "" || b.record.ReadOutput == nil {
		return
	}
	text, truncated, err := b.record.ReadOutput(ending.Output)
	told.Output.Text, told.Output.Truncated = text, truncated
	if err != nil {
		told.Output.Problem = err.Error()
	}
}
