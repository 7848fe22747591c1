package plain

import (
	"slices"
	"strings"

	"genia.ai/bitacora/internal/event"
	"genia.ai/bitacora/internal/session"
	"genia.ai/bitacora/internal/walk"
)

// replayLines bounds the lines of one attempt that are printed again.
const replayLines = 500

// replay prints what the feed hands out again of attempts that ended, each piece
// under what printed it and how that ended. What was seen before is left out.
type replay struct {
	past    *session.Replayed
	since   uint64 // attempts that ended before this event were seen
	current int    // attempt that is collected, -1 for none
	lines   []session.Line
}

// sayBack tells, once, what happened while the operator was away.
func (t *talk) sayBack() {
	away, ok := walk.AbsenceBefore(t.events)
	t.replay.since = t.state.Seq
	if ok {
		t.replay.since = away.Seq
		ago := t.lasted(t.opts.Now().Sub(away.Since))
		if away.Own {
			t.say(t.p.T("plain.away.left", "At", t.clock(away.Since), "Ago", ago))
		} else {
			t.say(t.p.T("plain.away.other", "Operator", oneLine(away.Operator), "At", t.clock(away.Since), "Ago", ago))
		}
		for _, ev := range away.Events {
			t.say("  " + t.eventLine(ev))
		}
		if len(away.Events) == 0 && t.state.Running == nil {
			t.say("  " + t.p.T("plain.away.nothing"))
		}
	}
	if running := t.state.Running; running != nil {
		t.say("  " + t.p.T("plain.away.running", "Name", t.actionName(running.Action)))
		if t.talks() {
			t.say("  " + t.p.T("plain.terminal.again"))
		}
	}
	t.sayLost()
}

// sayLost names the shell variables that are gone.
func (t *talk) sayLost() {
	for _, lost := range t.state.Lost() {
		t.say(t.p.T("plain.lost", "Names", oneLine(strings.Join(lost.Names, ", ")), "Action", t.actionName(lost.Action), "Step", lost.Step))
	}
}

// replayed takes a piece of an attempt that ended before; others are not its
// business.
func (t *talk) replayed(out session.OutputPrinted) bool {
	i, past := t.replay.past.Of(out)
	if !past {
		return false
	}
	if i != t.replay.current {
		t.sayReplayed()
		t.replay.current = i
	}
	if t.replay.past.Attempts[i].EndSeq > t.replay.since {
		t.replay.lines = append(t.replay.lines, t.cut.Add(out)...)
	}
	return true
}

// sayReplayed prints what was collected of an attempt.
func (t *talk) sayReplayed() {
	lines := t.replay.lines
	if t.replay.current >= 0 {
		lines = append(lines, t.cut.Flush()...)
	}
	if len(lines) == 0 {
		return
	}
	attempt := t.replay.past.Attempts[t.replay.current]
	t.replay.current, t.replay.lines = -1, nil
	t.say(t.p.T("plain.replay.ended", "Name", t.actionName(attempt.ID), "Ending", oneLine(t.ending(attempt.Ending))))
	if left := len(lines) - replayLines; left > 0 {
		t.say("  " + t.p.T("plain.replay.cut", "Count", left, "File", attempt.Ending.Output))
		lines = slices.Clone(lines[left:])
	}
	t.print(lines)
}

// trust asks whether the text is trusted that the run would run; a rehearsal runs
// nothing. It is asked until there is a yes, so true means go on.
func (t *talk) trusted() bool {
	trust := t.briefing.Trust
	return !trust.Asks() || t.state.Rehearsal() || t.state.Trusted == trust.SHA256
}

func (t *talk) sayTrust() {
	if t.trusted() {
		return
	}
	trust, id := t.briefing.Trust, "plain.trust.new"
	if trust.State == session.TrustChanged {
		id = "plain.trust.changed"
	}
	t.say(t.p.T(id, "SHA", short(trust.SHA256), "Previous", short(trust.Previous), "Path", oneLine(trust.Path)))
}

// askTrust records that the operator accepts the text, or does nothing.
func (t *talk) askTrust() error {
	if !t.toldTrust {
		t.sayTrust()
		t.toldTrust = true
	}
	t.dropTyped()
	return t.ask(t.p.T("plain.trust.ask"), func(line string) (bool, error) {
		switch t.yesOrNo(line) {
		case walk.AnswerYes:
			trust := t.briefing.Trust
			_, err := t.do(walk.Trust{RunbookTrusted: event.RunbookTrusted{SHA256: trust.SHA256, Path: trust.Path, Previous: trust.Previous}})
			return true, err
		case walk.AnswerNo:
			return true, nil
		}
		return line == "", nil
	})
}

// short is the beginning of a hash that people compare.
func short(sha string) string { return sha[:min(len(sha), 12)] }
