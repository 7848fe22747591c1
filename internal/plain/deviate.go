package plain

import (
	"errors"
	"slices"
	"strconv"
	"strings"
	"time"

	"genia.ai/bitacora/internal/event"
	"genia.ai/bitacora/internal/session"
	"genia.ai/bitacora/internal/walk"
	"genia.ai/bitacora/runbooks"
)

// failureMenu asks what to do about an action that failed. It is never left by
// itself: a failure is retried, accepted, skipped or recorded as the end.
func (t *talk) failureMenu(failed *runbooks.Action) error {
	entries := t.sayFailure(failed)
	return t.ask(t.p.T("plain.failed.prompt", "Count", len(entries)), func(line string) (bool, error) {
		word, arg, _ := strings.Cut(line, " ")
		for i, entry := range entries {
			names := strings.Fields(t.p.T("plain.failed.words." + entry.id))
			if word == strconv.Itoa(i+1) || slices.Contains(append(names, entry.id), strings.ToLower(word)) {
				return true, entry.do(strings.TrimSpace(arg))
			}
		}
		return false, nil
	})
}

// remedy is an entry of the failure menu.
type remedy struct {
	id string
	do func(string) error
}

// sayFailure says what failed and what can be done about it. About an action
// whose end nobody knows the first thing is to say that it worked.
func (t *talk) sayFailure(failed *runbooks.Action) []remedy {
	ending := t.state.Action(failed.ID).Ending
	retry := remedy{"retry", func(string) error { return t.offer(failed) }}
	edit := remedy{"edit", func(string) error {
		if err := t.setParam(""); err != nil {
			return err
		}
		return t.offer(failed)
	}}
	adhoc, accept := remedy{"adhoc", t.adhoc}, remedy{"accept", t.accept}
	entries := []remedy{retry, edit, adhoc, accept}
	t.say("")
	unknown := ending.Outcome == event.OutcomeUnknown
	if unknown {
		entries = []remedy{accept, retry, adhoc, edit}
		t.say(t.p.T("plain.unknown", "Name", t.nameOf(failed)))
	} else {
		t.say(t.p.T("plain.failed", "Name", t.nameOf(failed), "Outcome", t.p.T("outcome."+ending.Outcome), "Reason", oneLine(t.p.Told(ending.Reason))))
	}
	entries = append(entries, remedy{"skip", t.skip}, remedy{"undo", t.undo}, remedy{"handover", t.handOver}, remedy{"stop", t.end})
	for i, entry := range entries {
		id := "plain.failed." + entry.id
		if unknown && i < 3 {
			id = "plain.unknown." + entry.id
		}
		t.say("  " + strconv.Itoa(i+1) + ". " + t.p.T(id))
	}
	return entries
}

// undo runs the inverse of an action that succeeded, after the operator picked
// it and saw its command.
func (t *talk) undo(string) error {
	entries := t.state.Undoable()
	if len(entries) == 0 {
		t.say(t.p.T("plain.undo.none"))
		return nil
	}
	options := make([]option, len(entries))
	for i, entry := range entries {
		options[i] = option{key: t.actionName(entry.Action), label: t.p.T("plain.undo.entry",
			"Action", t.actionName(entry.Action), "Undo", t.actionName(entry.Undo))}
	}
	t.say(t.p.T("plain.undo.which"))
	if len(entries) > 1 {
		options = append(options, option{key: everything, label: t.p.T("plain.undo.all")})
	}
	return t.pick(options, "", func(key, _ string) error {
		if key == everything {
			return t.undoAll()
		}
		i := slices.IndexFunc(options, func(o option) bool { return o.key == key })
		return t.runUndo(entries[i])
	})
}

func (t *talk) runUndo(entry walk.UndoEntry) error {
	action, _ := t.plan.Action(entry.Undo)
	if action == nil {
		t.say(t.p.T("plain.undo.none"))
		return nil
	}
	run, ready, err := t.prepare(action)
	if errors.Is(err, errNotPicked) {
		return nil
	}
	if err != nil || !ready {
		return err
	}
	return t.confirm(action, run.Alternative, func(target string) error {
		run.Confirmed, run.Target = true, target
		started, err := t.do(walk.Undo{Action: entry.Action, Run: run})
		if err != nil || !started {
			return err
		}
		return t.started()
	})
}

// adhoc runs a command that the runbook does not hold; it was typed, and is
// shown once more before it runs. An empty line opens a shell, which is recorded.
func (t *talk) adhoc(arg string) error {
	line, err := t.wanted(arg, "plain.ask.command")
	if err != nil {
		return err
	}
	cmd := walk.Adhoc{Command: line}
	// What is wrong with it is told when it is to be run.
	preview, _ := t.client.Preview(t.ctx, session.AdhocPreview(line))
	if line == "" {
		if t.opts.Tty == nil {
			t.say(t.p.T("plain.not-run"))
			return nil
		}
		cmd = walk.Adhoc{Command: "shell", Interactive: true}
		line = "$SHELL -i"
		t.say(t.p.T("tui.adhoc.shell"))
	}
	t.sayExact("  $ ", line)
	t.sayWhere(preview.Where)
	if lands := t.lands(preview.Lands); lands != "" {
		t.say("  " + t.p.T("plain.action.lands", "Facts", oneLine(lands)))
	}
	return t.ask(t.p.T("plain.run.confirm"), func(answer string) (bool, error) {
		switch {
		case t.yesOrNo(answer) == walk.AnswerYes:
		case answer == "" || t.yesOrNo(answer) == walk.AnswerNo:
			t.say(t.p.T("plain.not-run"))
			return true, nil
		default:
			return false, nil
		}
		started, err := t.do(cmd)
		if err != nil || !started {
			return true, err
		}
		return true, t.started()
	})
}

// milestone records a turning point: "detected", "detected 08:40". A time of day
// that is still to come was yesterday's.
func (t *talk) milestone(arg string) error {
	names := event.Milestones()
	if arg == "" {
		for i, name := range names {
			t.say("  " + strconv.Itoa(i+1) + ". " + name + ": " + t.p.T("milestone."+name))
		}
	}
	text, err := t.wanted(arg, "plain.ask.milestone")
	if err != nil || text == "" {
		return err
	}
	word, clock, _ := strings.Cut(text, " ")
	word = strings.ToLower(word)
	if n, err := strconv.Atoi(word); err == nil && n >= 1 && n <= len(names) {
		word = names[n-1]
	}
	when, ok := t.when(strings.TrimSpace(clock))
	if !slices.Contains(names, word) || !ok {
		t.say(t.p.T("plain.milestone.unknown", "Names", strings.Join(names, ", ")))
		return nil
	}
	_, err = t.do(walk.MarkMilestone{Name: word, When: when})
	return err
}

func (t *talk) when(text string) (time.Time, bool) {
	when, ok := walk.Moment(text, t.opts.Now(), t.opts.Location)
	return when.UTC().Truncate(time.Microsecond), ok
}

func (t *talk) actionName(id string) string {
	if action, _ := t.plan.Action(id); action != nil {
		return t.nameOf(action)
	}
	return id
}
