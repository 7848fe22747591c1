package plain

import (
	"cmp"
	"errors"
	"slices"
	"strconv"
	"strings"

	"genia.ai/bitacora/internal/event"
	"genia.ai/bitacora/internal/relay"
	"genia.ai/bitacora/internal/session"
	"genia.ai/bitacora/internal/walk"
	"genia.ai/bitacora/runbooks"
)

// attend does what the next action of the step calls for.
func (t *talk) attend(action *runbooks.Action) error {
	switch action.Kind {
	case runbooks.KindChoice:
		return t.askChoice(action)
	case runbooks.KindConfirm:
		return t.askConfirm(action)
	case runbooks.KindInput:
		return t.askInput(action)
	}
	return t.offer(action)
}

// given is the answer that a question starts with: as the command line has it, else
// what the run knows already, else the runbook's default.
func (t *talk) given(action *runbooks.Action) walk.Answer {
	answer := walk.Answer{Action: action.ID, Source: event.SourceDefault}
	for _, name := range []string{action.Name, action.ID} {
		if value, ok := t.opts.Answers[name]; ok && name != "" {
			answer.Value = value
			return answer
		}
	}
	if known, ok := t.state.Known(action); ok {
		return known
	}
	answer.Value = action.Settings.Default
	return answer
}

// option is one numbered answer.
type option struct {
	key, label, note string
	plain            bool // the key is not shown: it says nothing more
}

// pick asks for one of several answers, by number or by key. What follows on the
// line is the reason.
func (t *talk) pick(options []option, preset string, picked func(key, reason string) error) error {
	keys := map[string]string{}
	for i, o := range options {
		number := strconv.Itoa(i + 1)
		text := "  " + number + ". " + oneLine(o.label)
		if o.key != o.label && !o.plain {
			text += " (" + oneLine(o.key) + ")"
		}
		keys[number] = o.key
		t.say(text)
		if o.note != "" {
			t.sayBehind("     ", o.note)
		}
	}
	for _, o := range options {
		keys[strings.ToLower(o.key)] = o.key // a key that looks like a number counts as the key
	}
	question := t.p.T("plain.pick", "Count", len(options))
	if key, ok := keys[strings.ToLower(preset)]; ok {
		question = t.p.T("plain.pick.preset", "Count", len(options), "Preset", presetText(options, key))
		keys[""] = key
	}
	return t.ask(question, func(line string) (bool, error) {
		key, ok := keys[strings.ToLower(line)]
		reason := ""
		if !ok {
			var word string
			word, reason, _ = strings.Cut(line, " ")
			key, ok = keys[strings.ToLower(word)]
		}
		if !ok {
			return false, nil
		}
		return true, picked(key, strings.TrimSpace(reason))
	})
}

// presetText is how the answer is named that an empty line gives: by its label where
// its key is not shown.
func presetText(options []option, key string) string {
	for _, o := range options {
		if o.key == key && o.plain {
			return oneLine(o.label)
		}
	}
	return key
}

func (t *talk) askChoice(action *runbooks.Action) error {
	t.caption(action)
	options := make([]option, len(action.Options))
	for i, o := range action.Options {
		options[i] = option{key: o.Key, label: o.Label, note: t.leads(o.Steer), plain: walk.Technical(o)}
	}
	preset := t.given(action).Value
	for _, o := range action.Options {
		if preset == "" && o.Steer.Kind == runbooks.SteerScenario && o.Steer.Target == t.opts.Scenario {
			preset = o.Key
		}
	}
	return t.pick(options, preset, func(key, reason string) error {
		_, err := t.do(walk.Choose{Action: action.ID, Key: key, Reason: reason, How: event.HowOperator})
		return err
	})
}

// leads says where an option leads.
func (t *talk) leads(steer runbooks.Steer) string {
	switch steer.Kind {
	case runbooks.SteerScenario:
		return t.p.T("plain.leads.scenario", "Scenario", t.scenarioTitle(steer.Target))
	case runbooks.SteerPhase:
		return t.p.T("plain.leads.phase", "Phase", t.p.T("phase."+steer.Target))
	case runbooks.SteerEnd:
		return t.p.T("plain.leads.end")
	}
	return ""
}

func (t *talk) caption(action *runbooks.Action) {
	if action.Caption != "" {
		t.say(t.state.FillText(action.Caption))
	}
}

func (t *talk) askConfirm(action *runbooks.Action) error {
	t.caption(action)
	t.say(t.state.FillText(action.Question()))
	question := t.p.T("plain.yes-no")
	preset := strings.ToLower(t.given(action).Value)
	if preset == walk.AnswerYes || preset == walk.AnswerNo {
		question = t.p.T("plain.yes-no.preset", "Preset", t.p.T("answer."+preset))
	}
	return t.ask(question, func(line string) (bool, error) {
		key := t.yesOrNo(line)
		if line == "" {
			key = preset
		}
		if key != walk.AnswerYes && key != walk.AnswerNo {
			return false, nil
		}
		_, err := t.do(walk.Choose{Action: action.ID, Key: key, How: event.HowOperator})
		return true, err
	})
}

// yesOrNo understands a yes and a no; otherwise it returns "".
func (t *talk) yesOrNo(line string) string {
	word := strings.ToLower(line)
	switch {
	case slices.Contains(strings.Fields(t.p.T("plain.words.yes")), word):
		return walk.AnswerYes
	case slices.Contains(strings.Fields(t.p.T("plain.words.no")), word):
		return walk.AnswerNo
	}
	return ""
}

// askInput asks for a value. An empty line takes what stands in brackets.
func (t *talk) askInput(action *runbooks.Action) error {
	t.caption(action)
	t.say(t.state.FillText(action.Question()))
	preset := t.given(action)
	if preset.Value == "" && t.state.Rehearsal() {
		made := t.state.Invent(action.Name)
		preset.Value, preset.Source, preset.Invented = made.Value, made.Source, made.Invented
	}
	question := t.p.T("plain.input")
	if preset.Value != "" {
		question = t.p.T("plain.input.preset", "Preset", preset.Value)
	}
	line, err := t.text(question)
	if err != nil {
		return err
	}
	if current := t.state.NextAction(); current == nil || current.ID != action.ID {
		return nil // a command led elsewhere
	}
	cmd := walk.Answer{Action: action.ID, Value: line, Source: event.SourceOperator}
	if line == "" && preset.Value != "" {
		cmd = preset
	}
	_, err = t.do(cmd)
	return err
}

// offer shows exactly what would run and asks whether it should.
func (t *talk) offer(action *runbooks.Action) error {
	run, ready, err := t.prepare(action)
	if errors.Is(err, errNotPicked) {
		return nil
	}
	if err != nil {
		return err
	}
	if !ready {
		return t.ask(t.p.T("plain.blocked"), nil)
	}
	return t.confirm(action, run.Alternative, func(target string) error {
		run.Confirmed, run.Target = true, target
		started, err := t.do(run)
		if err != nil || !started {
			return err
		}
		return t.started()
	})
}

// prepare asks for missing values, for the alternative that is meant (else it returns
// errNotPicked), and shows the preview; ready is false when the
// action cannot run with the values that it has.
func (t *talk) prepare(action *runbooks.Action) (run walk.Run, ready bool, err error) {
	for _, name := range t.state.Missing(action) {
		param, ok := t.plan.Param(name)
		if !ok {
			param.Name = name
		}
		if err := t.askParam(param, false); err != nil {
			return walk.Run{}, false, err
		}
	}
	n, err := t.pickPart(action)
	if err != nil {
		return walk.Run{}, false, err
	}
	preview, err := t.client.Preview(t.ctx, walk.PartID(action.ID, n))
	var values *session.ValuesError
	var refusal *walk.Refusal
	switch {
	case errors.As(err, &values):
		if given, err := t.wantsSecret(err); err != nil || given {
			if err != nil {
				return walk.Run{}, false, err
			}
			return t.prepare(action)
		}
		t.say(t.p.T("plain.values", "Reason", oneLine(t.lacks(values.Err))))
		return walk.Run{}, false, nil
	case errors.As(err, &refusal):
		t.say(oneLine(t.refusal(refusal)))
		return walk.Run{}, false, nil
	case err != nil:
		return walk.Run{}, false, err
	}
	t.showPreview(action, preview)
	if part, ok := action.Part(n); ok && part.Endless {
		t.say("  " + t.p.T("plain.endless", "Limit", t.p.Span(cmp.Or(action.Settings.Timeout, defaultWatch))))
	}
	return walk.Run{
		Action: action.ID, Alternative: n, How: event.HowOperator,
		Command: preview.Command, Where: preview.Where, Values: preview.Values,
	}, true, nil
}

// showPreview shows exactly what would run. What stands above already, unchanged,
// is only named: a screen reader would read all of it again.
func (t *talk) showPreview(action *runbooks.Action, preview session.Preview) {
	values := strings.Join(preview.Values, " ")
	lands := t.lands(preview.Lands)
	whole := strings.Join([]string{action.ID, preview.Command, preview.Where, values, lands}, "\x00")
	if t.shown == whole {
		t.say(t.p.T("plain.action.again", "Name", t.nameOf(action), "Effect", t.p.T("effect."+string(action.Effect))))
		return
	}
	t.shown = whole
	t.caption(action)
	t.say(t.p.T("plain.action", "Name", t.nameOf(action), "Kind", t.p.T("tui.kind."+string(action.Kind)), "Effect", t.p.T("effect."+string(action.Effect))))
	t.sayExact("  $ ", preview.Command)
	t.sayWhere(preview.Where)
	if lands != "" {
		t.say("  " + t.p.T("plain.action.lands", "Facts", oneLine(lands)))
	}
	if values != "" {
		t.say("  " + t.p.T("plain.action.values", "Values", oneLine(values)))
	}
	if action.Effect == runbooks.EffectRead && !action.Declared && t.state.NeedsConfirm(action) {
		t.say("  " + t.p.T("tui.effect.seems-read"))
	}
	switch {
	case t.state.Rehearsal():
		t.say("  " + t.p.T("plain.action.simulated"))
	case action.Settings.Interactive:
		t.say("  " + t.p.T("terminal.notice", "Key", relay.LeaveKey))
	}
}

// sayWhere says in which directory something runs, if that is known.
func (t *talk) sayWhere(where string) {
	if where != "" {
		t.say("  " + t.p.T("plain.action.where", "Where", oneLine(where)))
	}
}

// lands says where an action will land.
func (t *talk) lands(facts []session.Fact) string {
	var told []string
	for _, fact := range facts {
		value := fact.Value
		if value == "" {
			value = t.p.T("lands.unknown")
		}
		told = append(told, t.p.T("lands."+fact.Name)+" "+value)
	}
	return strings.Join(told, "; ")
}

// confirm asks as the action's effect demands. What was typed before the
// question stood there answers nothing.
func (t *talk) confirm(action *runbooks.Action, n int, confirmed func(target string) error) error {
	if !t.state.NeedsConfirm(action) {
		return t.ask(t.p.T("plain.run.prompt"), onEnter(func() error { return confirmed("") }))
	}
	t.dropTyped()
	if what, needed := t.state.NeedsTarget(action, n); needed {
		target := t.state.Target(action)
		question := t.p.T("plain.destroy", "Target", target)
		if what != "" {
			t.say(t.p.T("confirm.destroys", "What", oneLine(what)))
			question = t.p.T("plain.target", "Target", target)
		}
		return t.ask(question, func(line string) (bool, error) {
			if line != target {
				return false, nil
			}
			return true, confirmed(target)
		})
	}
	return t.ask(t.p.T("plain.run.confirm"), func(line string) (bool, error) {
		switch {
		case t.yesOrNo(line) == walk.AnswerYes:
			return true, confirmed("")
		case line == "" || t.yesOrNo(line) == walk.AnswerNo:
			t.say(t.p.T("plain.not-run"))
			return true, nil
		}
		return false, nil
	})
}

// nameOf is how an action is called: one that only asks in the words of the runbook.
func (t *talk) nameOf(action *runbooks.Action) string {
	if words := t.plan.Wording(action); words != "" {
		return oneLine(t.state.FillText(words))
	}
	return cmp.Or(action.Name, action.ID)
}
