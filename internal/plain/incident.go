package plain

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"genia.ai/bitacora/internal/status"
	"genia.ai/bitacora/internal/walk"
	"genia.ai/bitacora/runbooks"
)

// update drafts an update to those who wait, takes changes line by line, and
// records it: "update we look into it" records these words.
func (t *talk) update(arg string) error {
	if arg != "" {
		return t.send(arg)
	}
	t.sayComms()
	if t.draft == nil {
		t.draft = strings.Split(status.Draft(t.p, status.Facts{
			State: t.state, Events: t.events, Now: t.opts.Now(), Location: t.opts.Location,
		}), "\n")
	}
	for {
		for i, line := range t.draft {
			t.say("  " + strconv.Itoa(i+1) + ". " + oneLine(line))
		}
		line, err := t.text(t.p.T("plain.update.prompt"))
		switch {
		case err != nil:
			return err
		case line == "-":
			t.say(t.p.T("plain.update.kept"))
			return nil
		case line == "":
			return t.send(strings.Join(t.draft, "\n"))
		}
		t.draft = changeLine(t.draft, line)
	}
}

// changeLine replaces a line of a draft ("3 TEXT"), takes it out ("3"), or adds one.
func changeLine(draft []string, line string) []string {
	word, text, _ := strings.Cut(line, " ")
	n, err := strconv.Atoi(word)
	if err != nil || n < 1 || n > len(draft) {
		return append(draft, line)
	}
	changed := slices.Clone(draft)
	if text == "" {
		return slices.Delete(changed, n-1, n)
	}
	changed[n-1] = text
	return changed
}

func (t *talk) send(text string) error {
	sent, err := t.do(walk.SendComms{Text: text})
	if sent {
		t.draft = nil
	}
	return err
}

// remind says when the next update is due: "remind every 30", "remind 09:15",
// "remind off".
func (t *talk) remind(arg string) error {
	if arg == "" {
		t.sayComms()
	}
	text, err := t.wanted(arg, "plain.ask.remind")
	if err != nil || text == "" {
		return err
	}
	word, rest, _ := strings.Cut(text, " ")
	every := t.means("plain.words.every", word)
	if every {
		text = strings.TrimSpace(rest)
	}
	if t.means("plain.words.off", text) {
		_, err := t.do(walk.PlanComms{})
		return err
	}
	after, ok := walk.Interlude(text, t.opts.Now(), t.opts.Location)
	if !ok || after < time.Minute {
		t.say(t.p.T("tui.comms.invalid"))
		return nil
	}
	cmd := walk.PlanComms{After: after}
	if every {
		cmd.Every = after
	}
	_, err = t.do(cmd)
	return err
}

// means reports whether a word is one of those of a message.
func (t *talk) means(id, word string) bool {
	return slices.Contains(strings.Fields(t.p.T(id)), strings.ToLower(word))
}

// sayComms says how it stands with the updates.
func (t *talk) sayComms() {
	c := t.state.Comms()
	if c.Sent > 0 {
		t.say(t.p.T("tui.comms.last", "At", t.clock(c.Last)))
	}
	switch late := c.Overdue(t.opts.Now()); {
	case c.Due.IsZero():
		t.say(t.p.T("tui.comms.none"))
	case late > 0:
		t.say("! " + t.p.T("tui.comms.late", "At", t.clock(c.Due), "Time", t.lasted(late)))
	default:
		t.say(t.p.T("tui.comms.next", "At", t.clock(c.Due)))
	}
}

// sayOverdue says once of each update that is due that it is.
func (t *talk) sayOverdue() {
	c := t.state.Comms()
	if c.Overdue(t.opts.Now()) > 0 && !c.Due.Equal(t.overdue) {
		t.overdue = c.Due
		t.say("! " + t.p.T("plain.update.due", "At", t.clock(c.Due)))
	}
}

// scenarioTitle is how people call a scenario.
func (t *talk) scenarioTitle(id string) string {
	for _, scenario := range t.plan.Runbook().Scenarios {
		if scenario.ID == id && scenario.Title != "" {
			return oneLine(scenario.Title)
		}
	}
	return id
}

// roleTitle is how people call a role.
func (t *talk) roleTitle(id string) string {
	for _, role := range t.plan.Runbook().Roles {
		if role.ID == id && role.Title != "" {
			return oneLine(role.Title)
		}
	}
	return id
}

// changeScenario changes to another scenario, for a reason, and says what was done
// under the one before: a change reverts nothing.
func (t *talk) changeScenario(arg string) error {
	var others []string
	for _, s := range t.plan.Runbook().Scenarios {
		if s.ID != t.state.Scenario {
			others = append(others, s.ID+": "+oneLine(s.Title))
		}
	}
	if t.state.Scenario == "" || len(others) == 0 {
		t.say(t.p.T("refusal.not-now"))
		return nil
	}
	t.sayDone()
	if arg == "" {
		for _, other := range others {
			t.say("  " + other)
		}
	}
	text, err := t.wanted(arg, "plain.ask.scenario")
	if err != nil || text == "" {
		return err
	}
	id, reason, _ := strings.Cut(text, " ")
	if reason, err = t.wanted(strings.TrimSpace(reason), "plain.ask.reason"); err != nil {
		return err
	}
	_, err = t.do(walk.ChooseScenario{Scenario: id, Reason: reason})
	return err
}

// sayDone says what was done under the scenario that is walked.
func (t *talk) sayDone() {
	done, begun := t.state.DoneUnder(t.state.Scenario)
	name := t.scenarioTitle(t.state.Scenario)
	if len(done)+len(begun) == 0 {
		t.say(t.p.T("tui.scenario.nothing-done", "Name", name))
		return
	}
	if len(done) > 0 {
		t.say(t.p.T("tui.scenario.done", "Name", name, "Steps", t.labels(done)))
	}
	if len(begun) > 0 {
		t.say(t.p.T("tui.scenario.begun", "Name", name, "Steps", t.labels(begun)))
	}
	var undo []string
	for _, entry := range t.state.Undoable() {
		undo = append(undo, t.actionName(entry.Action))
	}
	if len(undo) > 0 {
		t.say(t.p.T("plain.scenario.undo", "Names", strings.Join(undo, ", ")))
	}
}

// labels names steps, one after the other.
func (t *talk) labels(steps []*runbooks.Step) string {
	labels := make([]string, len(steps))
	for i, step := range steps {
		labels[i] = step.ID + " " + oneLine(t.state.FillText(step.Text))
	}
	return strings.Join(labels, "; ")
}

// tick ticks the next part of the current step, or the one of a number; one that is
// ticked is taken back.
func (t *talk) tick(arg string) error {
	step := t.state.Current()
	if step == nil || len(t.state.Substeps(step.ID)) == 0 {
		t.say(t.p.T("tui.why.no-substeps"))
		return nil
	}
	subs := t.state.Substeps(step.ID)
	sub := t.state.NextTick()
	if n, err := strconv.Atoi(arg); err == nil && n >= 1 && n <= len(subs) {
		sub = subs[n-1]
	} else if arg != "" {
		sub = nil
	}
	if sub != nil {
		if _, err := t.do(walk.Tick{Step: step.ID, Substep: sub.ID, Done: !t.state.Ticked(sub.ID)}); err != nil {
			return err
		}
	}
	for i, sub := range subs {
		t.say("  " + strconv.Itoa(i+1) + ". " + box(t.state.Ticked(sub.ID)) + " " + oneLine(t.state.FillText(sub.Text)))
	}
	return nil
}

// whenTicked goes on when a step may be marked as done. Parts that are not ticked are said;
// where others are, they may have been forgotten, and are asked about.
func (t *talk) whenTicked(step *runbooks.Step, done func() error) error {
	open, some := t.state.Unticked(step.ID)
	if len(open) == 0 {
		return done()
	}
	names := make([]string, len(open))
	for i, sub := range open {
		names[i] = oneLine(t.state.FillText(sub.Text))
	}
	t.say(t.p.T("tui.tick.open", "Count", len(open), "Names", strings.Join(names, "; ")))
	if !some {
		return done()
	}
	return t.ask(t.p.T("plain.tick.done"), func(line string) (bool, error) {
		switch t.yesOrNo(line) {
		case walk.AnswerYes:
			return true, done()
		case walk.AnswerNo:
			return true, nil
		}
		return line == "", nil
	})
}

// box is a box to tick.
func box(ticked bool) string {
	if ticked {
		return "[x]"
	}
	return "[ ]"
}
