package tui

import (
	"genia.ai/bitacora/internal/event"
	"genia.ai/bitacora/internal/session"
)

// pastAttempts bounds the attempts of before that the output pane names.
const pastAttempts = 200

// replay lays what the feed hands out again of finished attempts under the
// attempt that printed it: events come whole with the attachment, before any
// output.
type replay struct {
	past   *session.Replayed
	pieces map[int][]session.OutputPrinted // by attempt
	stale  bool                            // the pane lacks some of them
	over   bool                            // something new was printed
}

// replayed takes a piece of a finished attempt; others are not its business.
func (r *run) replayed(out session.OutputPrinted) bool {
	i, past := r.replay.past.Of(out)
	if !past || r.replay.over {
		return false
	}
	r.replay.pieces[i] = append(r.replay.pieces[i], out)
	r.replay.stale = true
	return true
}

// lay draws the pane anew from what was handed out again. Nothing else stands in
// it yet.
func (r *run) lay() {
	if !r.replay.stale {
		return
	}
	r.replay.stale = false
	r.out = output{}
	attempts := r.replay.past.Attempts
	for i := max(0, len(attempts)-pastAttempts); i < len(attempts); i++ {
		r.heading(attempts[i].Start)
		for _, piece := range r.replay.pieces[i] {
			r.print(piece)
		}
		if attempts[i].Ended {
			r.markEnd(r.startedName(attempts[i].Start), attempts[i].Ending)
		}
	}
}

func (r *run) print(out session.OutputPrinted) {
	text := out.Text
	if out.Stream == session.StreamInfo {
		text = r.told(text)
	}
	r.out.print(outputKindOf(out.Stream), text)
}

// heading says in the output pane what starts.
func (r *run) heading(ev event.Event) {
	switch data := ev.Data.(type) {
	case event.ActionStarted:
		r.out.mark(outputHeading, r.actionHeading(data))
	case event.AdhocStarted:
		r.out.mark(outputAside, r.printer.T("tui.out.adhoc", "Command", r.clean(data.Command)))
	}
}

// startedName is how what an event started is called.
func (r *run) startedName(ev event.Event) string {
	if data, ok := ev.Data.(event.ActionStarted); ok {
		return r.nameOf(data.Action)
	}
	return r.printer.T("tui.adhoc.name")
}

// markEnd says in the output pane what ended, and how.
func (r *run) markEnd(name string, ending event.Ending) {
	r.out.mark(endingKind(ending), name+": "+r.ending(ending))
}

func endingKind(ending event.Ending) outputKind {
	if ending.Succeeded() {
		return outputGood
	}
	return outputBad
}
