package tui

import (
	"slices"
	"strings"

	tea "github.com/charmbracelet/bubbletea"

	"genia.ai/bitacora/internal/event"
	"genia.ai/bitacora/internal/relay"
	"genia.ai/bitacora/internal/walk"
	"genia.ai/bitacora/runbooks"
)

// advance does the next thing of the current step: it answers what is asked,
// runs what is due, and when nothing is open marks the step as done. Of the command
// that is next the operator has seen that text, "" when it was not on the screen.
func (a *app) advance(seen string) tea.Cmd {
	s := a.run.state
	if s.Status == walk.StatusPaused {
		return a.do(walk.Resume{Operator: s.Operator, Host: s.Host}, nil)
	}
	if s.Failure() != nil {
		a.open(newFailure(a))
		return nil
	}
	if s.NeedsScenario() {
		a.askScenario(nil)
		return nil
	}
	step := s.Current()
	if step == nil {
		return nil
	}
	action := s.NextAction()
	if action == nil {
		return a.markDone(step)
	}
	switch action.Kind {
	case runbooks.KindChoice:
		a.askChoice(action)
	case runbooks.KindConfirm:
		a.askYesNo(action)
	case runbooks.KindInput:
		a.askInput(action)
	case runbooks.KindShell, runbooks.KindHTTP, runbooks.KindMail, runbooks.KindPromQL:
		return a.startAction(action, seen)
	}
	return nil
}

// advanceLabel says what advance would do now.
func (a *app) advanceLabel() string {
	s := a.run.state
	switch {
	case s.Status == walk.StatusPaused:
		return a.p.T("tui.next.resume")
	case s.Failure() != nil:
		return a.p.T("tui.next.failure")
	case s.NeedsScenario():
		return a.p.T("tui.next.scenario")
	}
	action := s.NextAction()
	if action == nil {
		return a.doneLabel()
	}
	if action.Kind.Asks() {
		return a.p.T("tui.next.answer")
	}
	return a.p.T("tui.next.run", "Name", a.run.actionName(action))
}

// startAction asks for the values that are missing, shows exactly what would run
// where the effect demands it or the operator has seen another text than that, and
// starts the action.
func (a *app) startAction(action *runbooks.Action, seen string) tea.Cmd {
	if missing := a.run.state.Missing(action); len(missing) > 0 {
		a.askValue(missing[0], func() tea.Cmd { return a.startAction(action, "") })
		return nil
	}
	return a.pickPart(action, func(n int) tea.Cmd {
		if n > 0 {
			seen = listed(action.Alternatives[n-1])
		}
		return a.startPart(action, n, seen)
	})
}

// startPart goes on with what was picked of an action.
func (a *app) startPart(action *runbooks.Action, n int, seen string) tea.Cmd {
	return a.opening(walk.PartID(action.ID, n), func(msg previewedMsg) tea.Cmd {
		if msg.err != nil {
			return a.unready(msg.err, func() tea.Cmd { return a.startPart(action, n, seen) })
		}
		cmd := walk.Run{
			Action: action.ID, Alternative: n, How: event.HowOperator,
			Command: msg.preview.Command, Where: msg.preview.Where, Values: msg.preview.Values,
		}
		if !a.run.state.NeedsConfirm(action) && sameCommand(seen, cmd.Command) {
			return a.do(cmd, a.started)
		}
		a.confirmAction(action, n, msg, func(target string) tea.Cmd {
			cmd.Confirmed, cmd.Target = true, target
			return a.do(cmd, a.started)
		})
		return nil
	})
}

// confirmAction opens the confirmation of an action, or of one that undoes another; n is
// the alternative that was picked of it.
func (a *app) confirmAction(action *runbooks.Action, n int, msg previewedMsg, submit func(string) tea.Cmd) {
	target := ""
	var notices []string
	if what, needed := a.run.state.NeedsTarget(action, n); needed {
		if target = a.run.state.Target(action); what != "" {
			notices = append(notices, a.p.T("confirm.destroys", "What", a.clean(what)))
		}
	}
	id, yes := "tui.confirm.title", "tui.foot.run"
	if action.Settings.Interactive && !a.run.state.Rehearsal() {
		notices = append(notices, a.p.T("terminal.notice", "Key", relay.LeaveKey))
	}
	if a.run.state.Rehearsal() {
		id, yes = "tui.confirm.title-rehearsal", "tui.foot.simulate"
	}
	a.confirm(&confirm{
		heading: a.p.T(id, "Name", a.run.actionName(action)), effect: action.Effect, guessed: !action.Declared, preview: msg.preview,
		target: target, yes: a.p.T(yes), notices: notices, submit: submit,
	})
}

func (a *app) closeFailure() tea.Cmd {
	if _, ok := a.top().(*failureScreen); ok {
		a.closeScreen()
	}
	return nil
}

func (a *app) askChoice(action *runbooks.Action) {
	items := make([]item, 0, len(action.Options))
	for _, o := range action.Options {
		label := a.optionText(o)
		items = append(items, item{label: label, detail: a.steerText(o.Steer), pick: func() tea.Cmd {
			a.askReason(a.p.T("tui.choice.reason-title", "Answer", label), a.p.T("tui.choice.reason"), true,
				func(reason string) walk.Command {
					return walk.Choose{Action: action.ID, Key: o.Key, Reason: reason, How: event.HowOperator}
				})
			return nil
		}})
	}
	a.choose(a.asking(action), a.question(action), items).startAt(a.presetOption(action))
}

// optionText is an option as it is shown: its key, as a command line would answer
// with it, and its label; the label alone where the key says nothing more.
func (a *app) optionText(o runbooks.Option) string {
	if o.Label == "" || o.Label == o.Key {
		return a.clean(o.Key)
	}
	if walk.Technical(o) {
		return a.run.text(o.Label)
	}
	return a.clean(o.Key) + ": " + a.run.text(o.Label)
}

// asking is the title of a question: the step's text, and what tells the question
// from others of that step where its own words do not follow.
func (a *app) asking(action *runbooks.Action) string {
	name := a.run.actionName(action)
	step := a.run.state.Current()
	switch {
	case step == nil || a.run.plan.Wording(action) == step.Text:
		return name
	case len(a.question(action)) > 0:
		return a.run.text(step.Text)
	}
	return name + ": " + a.run.text(step.Text)
}

// question is what an action asks in the author's words, a paragraph each.
func (a *app) question(action *runbooks.Action) []string {
	if action.Caption == "" {
		return a.asked(action)
	}
	return append([]string{a.run.text(action.Caption)}, a.asked(action)...)
}

// asked is the text of a confirm, or the question of an input.
func (a *app) asked(action *runbooks.Action) []string {
	if text := a.run.state.FillText(action.Question()); text != "" {
		return []string{a.cleanText(text)}
	}
	return nil
}

// steerText says where an option leads.
func (a *app) steerText(steer runbooks.Steer) string {
	switch steer.Kind {
	case runbooks.SteerScenario:
		return a.look.sym.arrow + " " + a.p.T("tui.steer.scenario", "Name", a.scenarioTitle(steer.Target))
	case runbooks.SteerPhase:
		return a.look.sym.arrow + " " + a.p.T("tui.steer.phase", "Name", a.p.T("phase."+steer.Target))
	case runbooks.SteerEnd:
		return a.look.sym.arrow + " " + a.p.T("tui.steer.end")
	case runbooks.SteerNone:
	}
	return ""
}

func (a *app) askYesNo(action *runbooks.Action) {
	answer := func(key string) func() tea.Cmd {
		return func() tea.Cmd {
			return a.do(walk.Choose{Action: action.ID, Key: key, How: event.HowOperator}, nil)
		}
	}
	d := a.choose(a.asking(action), a.question(action), []item{
		{label: a.p.T("answer.yes"), keys: a.yesKeys(), pick: answer(walk.AnswerYes)},
		{label: a.p.T("answer.no"), keys: []string{"n"}, pick: answer(walk.AnswerNo)},
	})
	d.keep = true
	if strings.EqualFold(a.given(action).Value, walk.AnswerNo) {
		d.startAt(1)
	}
}

// askInput asks for the value of the parameter that an input names.
func (a *app) askInput(action *runbooks.Action) {
	p := a.run.param(action.Name)
	preset := a.presetAnswer(action)
	a.valueDialog(p, a.asking(action), a.question(action), preset.Value, func(value string) tea.Cmd {
		cmd := preset
		if value != preset.Value {
			cmd = walk.Answer{Action: action.ID, Value: value, Source: event.SourceOperator}
		}
		return a.doOr(cmd, nil, a.valueRefused(p, value))
	})
}

// askScenario asks which alternative applies.
func (a *app) askScenario(then func() tea.Cmd) {
	var items []item
	for _, s := range a.run.book().Scenarios {
		items = append(items, item{label: a.clean(s.Title), detail: a.run.text(s.Condition), pick: func() tea.Cmd {
			return a.do(walk.ChooseScenario{Scenario: s.ID}, then)
		}})
	}
	d := a.choose(a.p.T("tui.scenario.title"), []string{a.p.T("tui.scenario.help")}, items)
	d.keep = true
	d.startAt(slices.IndexFunc(a.run.book().Scenarios, func(s runbooks.Scenario) bool { return s.ID == a.opts.Scenario }))
}

// askReason asks for a reason and sends the command that holds it.
func (a *app) askReason(heading, help string, optional bool, cmd func(reason string) walk.Command) *prompt {
	return a.askGuarded(heading, []string{help}, optional, func(reason string) tea.Cmd {
		if reason == "" && !optional {
			a.refused(a.dialog, a.p.T("refusal.reason-needed"))
			return nil
		}
		return a.do(cmd(reason), a.closeFailure)
	})
}

func (a *app) askSkip(step *runbooks.Step) {
	a.askReason(a.p.T("tui.skip.title", "Step", a.run.stepLabel(step)), a.p.T("tui.skip.help"), false,
		func(reason string) walk.Command { return walk.Skip{Step: step.ID, Reason: reason} })
}

func (a *app) askAccept(step *runbooks.Step) {
	help := a.p.T("tui.accept.help")
	if open := a.notRun(a.run.state.Failure()); open != "" {
		help += " " + a.p.T("tui.accept.open", "Names", open)
	}
	a.askReason(a.p.T("tui.accept.title", "Step", a.run.stepLabel(step)), help, false,
		func(reason string) walk.Command { return walk.Accept{Step: step.ID, Reason: reason} })
}

func (a *app) askReopen(step *runbooks.Step) {
	a.askReason(a.p.T("tui.reopen.title", "Step", a.run.stepLabel(step)), a.p.T("tui.reopen.help"), false,
		func(reason string) walk.Command { return walk.Reopen{Step: step.ID, Reason: reason} })
}

// askUndo lists what can be reverted, the last first.
func (a *app) askUndo() {
	a.undoing = ""
	var items []item
	for _, entry := range a.run.state.Undoable() {
		undo := a.run.find(entry.Undo)
		if undo == nil {
			continue
		}
		label := a.p.T("tui.undo.item", "Undo", a.run.nameOf(entry.Undo), "Action", a.run.nameOf(entry.Action))
		items = append(items, item{label: label, pick: func() tea.Cmd { return a.startUndo(entry, undo) }})
	}
	if len(items) > 1 {
		items = append(items, item{label: a.p.T("tui.undo.all"), pick: a.undoAll})
	}
	a.choose(a.p.T("tui.undo.title"), []string{a.p.T("tui.undo.help")}, items)
}

func (a *app) startUndo(entry walk.UndoEntry, undo *runbooks.Action) tea.Cmd {
	if missing := a.run.state.Missing(undo); len(missing) > 0 {
		a.askValue(missing[0], func() tea.Cmd { return a.startUndo(entry, undo) })
		return nil
	}
	return a.pickPart(undo, func(n int) tea.Cmd { return a.startUndoPart(entry, undo, n) })
}

func (a *app) startUndoPart(entry walk.UndoEntry, undo *runbooks.Action, n int) tea.Cmd {
	return a.opening(walk.PartID(undo.ID, n), func(msg previewedMsg) tea.Cmd {
		if msg.err != nil {
			return a.unready(msg.err, func() tea.Cmd { return a.startUndoPart(entry, undo, n) })
		}
		a.confirmAction(undo, n, msg, func(target string) tea.Cmd {
			return a.do(walk.Undo{Action: entry.Action, Run: walk.Run{
				Confirmed: true, Target: target, How: event.HowOperator, Alternative: n,
				Command: msg.preview.Command, Where: msg.preview.Where, Values: msg.preview.Values,
			}}, a.started)
		})
		return nil
	})
}

// cancel asks for the running action to be ended; with nothing running it is the
// way out. The screen says so at once, the end itself comes as an event.
func (a *app) cancel() tea.Cmd {
	if !a.cancellable() {
		return a.askLeave()
	}
	id := a.run.state.Running.Action
	a.run.cancelling = id
	a.say(false, a.p.T("tui.msg.cancelling", "Name", a.run.runningName(a.run.state.Running)))
	return a.do(walk.Cancel{Action: id}, nil)
}
