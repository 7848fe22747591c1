package plain

import (
	"slices"
	"strconv"
	"strings"

	"genia.ai/bitacora/internal/event"
	"genia.ai/bitacora/internal/session"
)

// maxPrinted is how many lines of output can be searched.
const maxPrinted = 5000

// remember keeps what was printed, to be searched.
func (t *talk) remember(lines []session.Line) {
	t.printed = append(t.printed, lines...)
	if extra := len(t.printed) - maxPrinted; extra > 0 {
		t.printed = slices.Delete(t.printed, 0, extra)
	}
}

// find shows the lines of the output that hold a text.
func (t *talk) find(arg string) error {
	text, err := t.wanted(arg, "plain.ask.find")
	if err != nil || text == "" {
		return err
	}
	found := 0
	for _, line := range t.printed {
		if strings.Contains(strings.ToLower(line.Text), strings.ToLower(text)) {
			found++
			t.sayExact("  | ", line.Text)
		}
	}
	t.say(t.p.T("plain.found", "Count", found))
	return nil
}

// timelineKinds are the words that reduce the timeline, as message ids below
// plain.kinds, with the beginnings of the kinds that they stand for.
var timelineKinds = map[string][]string{
	"steps":   {"step", "phase", "scenario", "choice", "param"},
	"actions": {"action", "adhoc", "undo"},
	"people":  {"note", "todo", "milestone", "severity", "comms", "role", "driver"},
	"run":     {"run", "client", "driver", "recovered", "superseded", "runbook"},
}

// timeline shows the last events, 20 or as many as asked for, of all kinds or of
// some: "timeline", "timeline 50", "timeline actions 5".
func (t *talk) timeline(arg string) error {
	word, number, _ := strings.Cut(arg, " ")
	var kinds []string
	for name, begins := range timelineKinds {
		if t.means("plain.kinds."+name, word) || word == name {
			kinds, arg = begins, strings.TrimSpace(number)
		}
	}
	count, err := strconv.Atoi(arg)
	if err != nil || count < 1 {
		count = 20
	}
	var events []event.Event
	for _, ev := range t.events {
		begin, _, _ := strings.Cut(string(ev.Kind), ".")
		if kinds == nil || slices.Contains(kinds, begin) {
			events = append(events, ev)
		}
	}
	for _, ev := range events[max(0, len(events)-count):] {
		t.say(t.eventLine(ev))
	}
	return nil
}

// export writes the run for the post-mortem and says where.
func (t *talk) export(string) error {
	if t.opts.Export == nil {
		t.say(t.p.T("tui.why.no-export"))
		return nil
	}
	path, err := t.opts.Export(t.ctx, t.state.Run)
	if err != nil {
		t.say(oneLine(err.Error()))
		return nil
	}
	t.say(t.p.T("tui.export.written", "Path", path))
	return nil
}

// copyCommand asks the terminal to copy what the next action would run; where that
// is not possible it stands there alone, to be selected.
func (t *talk) copyCommand(string) error {
	action := t.state.NextAction()
	if action == nil || action.Kind.Asks() {
		t.say(t.p.T("tui.why.no-command"))
		return nil
	}
	preview, err := t.client.Preview(t.ctx, action.ID)
	if err != nil {
		t.say(oneLine(err.Error()))
		return nil
	}
	if t.opts.Copy == nil {
		t.say(preview.Command)
		return nil
	}
	if err := t.opts.Copy(clean(preview.Command)); err != nil {
		t.say(oneLine(err.Error()))
		return nil
	}
	t.say(t.p.T("tui.copy.asked", "What", t.p.T("tui.copy.command", "Name", t.nameOf(action))))
	return nil
}
