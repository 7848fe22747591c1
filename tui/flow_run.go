package tui

import (
	"regexp"
	"slices"
	"strings"
	"time"

	tea "github.com/charmbracelet/bubbletea"

	"genia.ai/bitacora/internal/event"
	"genia.ai/bitacora/internal/session"
	"genia.ai/bitacora/internal/walk"
	"genia.ai/bitacora/runbooks"
)

func previewOf(command string) session.Preview { return session.Preview{Command: command} }

// askValue asks for a parameter and goes on when it is recorded.
func (a *app) askValue(name string, then func() tea.Cmd) {
	p := a.run.param(name)
	invent := a.run.state.Invent(name)
	a.valueDialog(p, a.p.T("tui.value.title", "Name", a.paramLabel(name)), nil, a.suggested(p), func(value string) tea.Cmd {
		cmd := walk.SetParam{Name: name, Value: value, Source: event.SourceOperator}
		if a.run.state.Rehearsal() && value == invent.Value {
			cmd = invent
		}
		return a.doOr(cmd, then, a.valueRefused(p, value))
	})
}

// valueRefused explains the refusal of a value in the operator's language.
func (a *app) valueRefused(p runbooks.Param, value string) func(error) string {
	return func(err error) string {
		if p.Check(value) != nil {
			return a.explainValue(p, value)
		}
		return a.explain(err)
	}
}

// anyText matches patterns that say nothing worth reading: any text will do.
var anyText = regexp.MustCompile(`^\.(?:[*+]|\{[0-9]*,?[0-9]*\})$`)

// valueDialog asks for a value of a parameter: one of its options, or a line. It
// starts with what is suggested.
func (a *app) valueDialog(p runbooks.Param, heading string, help []string, suggested string, submit func(string) tea.Cmd) {
	if p.Note != "" {
		help = append(help, a.clean(p.Note))
	}
	if len(p.Options) > 0 {
		var items []item
		for _, option := range p.Options {
			items = append(items, item{label: a.clean(option), pick: func() tea.Cmd { return submit(option) }})
		}
		d := a.choose(heading, help, items)
		d.keep = true
		d.startAt(slices.Index(p.Options, suggested))
		return
	}
	var form []string
	if p.Pattern != "" && !anyText.MatchString(p.Pattern) {
		form = append(form, a.p.T("tui.value.form", "Pattern", a.clean(p.Pattern)))
	}
	if p.Example != "" {
		form = append(form, a.p.T("tui.value.example", "Example", a.clean(p.Example)))
	}
	if len(form) > 0 {
		help = append(help, strings.Join(form, "   "))
	}
	a.ask(heading, help, suggested, func(value string) tea.Cmd {
		if value == "" {
			a.refused(a.dialog, a.p.T("tui.value.needed"))
			return nil
		}
		return submit(value)
	})
}

// suggested is what a value's line starts with: what is set, else the default,
// else, in a rehearsal, what would be made up.
func (a *app) suggested(p runbooks.Param) string {
	if value, ok := a.run.state.Value(p.Name); ok {
		return value.Text
	}
	if a.run.state.Rehearsal() {
		return a.run.state.Invent(p.Name).Value
	}
	return p.Default
}

// askParams lists the parameters and their values, to set one.
func (a *app) askParams() { a.listParams(nil) }

func (a *app) listParams(then func() tea.Cmd) {
	var items []item
	for _, p := range a.run.book().Params {
		if action := a.run.find(p.Name); p.Origin == runbooks.OriginCapture || action != nil && action.Kind == runbooks.KindChoice {
			continue // it follows from the walk
		}
		value := a.p.T("tui.value.none")
		if v, ok := a.run.state.Value(p.Name); ok {
			value = a.clean(v.Text)
		}
		label := a.paramLabel(p.Name)
		items = append(items, item{label: label + " = " + value, detail: a.clean(p.Note), pick: func() tea.Cmd {
			a.askValue(p.Name, then)
			return nil
		}})
	}
	items = append(items, a.secretItems(then)...)
	if len(items) == 0 {
		a.say(false, a.p.T("tui.params.none"))
		return
	}
	a.choose(a.p.T("tui.params.title"), nil, items)
}

func (a *app) askNote() {
	a.ask(a.p.T("tui.note.title"), []string{a.p.T("tui.note.help")}, "", func(text string) tea.Cmd {
		if text == "" {
			a.dialog = nil
			return nil
		}
		return a.do(walk.WriteNote{Text: text}, a.saved)
	})
}

// saved says that what was written down is on disk.
func (a *app) saved() tea.Cmd {
	a.say(false, a.p.T("tui.msg.saved", "Seq", a.run.saved.Seq))
	return nil
}

func (a *app) askMilestone() {
	known := map[string]time.Time{}
	for _, m := range a.run.state.Milestones() {
		known[m.Name] = m.When
	}
	var items []item
	for _, name := range event.Milestones() {
		label := a.p.T("milestone." + name)
		if when, ok := known[name]; ok {
			label += "  " + a.moment(when)
		}
		items = append(items, item{label: label, pick: func() tea.Cmd {
			a.askMilestoneTime(name)
			return nil
		}})
	}
	a.choose(a.p.T("tui.milestone.title"), nil, items).harmless()
}

func (a *app) askMilestoneTime(name string) {
	heading := a.p.T("tui.milestone.when", "Name", a.p.T("milestone."+name))
	a.ask(heading, []string{a.p.T("tui.milestone.help")}, "", func(text string) tea.Cmd {
		when, ok := walk.Moment(text, a.now(), a.opts.Location)
		if !ok {
			a.refused(a.dialog, a.p.T("tui.milestone.invalid"))
			return nil
		}
		return a.do(walk.MarkMilestone{Name: name, When: when}, a.saved)
	})
}

// askSeverity offers the severities that the runbook knows, else the usual ones.
func (a *app) askSeverity() {
	var items []item
	at := 0
	offer := func(severity, label string) {
		if severity == a.run.state.Severity {
			at = len(items)
		}
		items = append(items, item{label: label, pick: func() tea.Cmd {
			return a.do(walk.SetSeverity{Severity: severity}, a.saved)
		}})
	}
	own := a.run.plan.Severities()
	for _, o := range own {
		offer(o.Key, a.optionText(o))
	}
	if len(own) == 0 {
		for _, severity := range []string{"SEV1", "SEV2", "SEV3", "SEV4"} {
			offer(severity, severity+"  "+a.p.T("tui.severity."+severity))
		}
	}
	items = append(items, item{label: a.p.T("tui.severity.other"), pick: func() tea.Cmd {
		a.ask(a.p.T("tui.severity.title"), nil, a.run.state.Severity, func(text string) tea.Cmd {
			return a.do(walk.SetSeverity{Severity: text}, a.saved)
		})
		return nil
	}})
	d := a.choose(a.p.T("tui.severity.title"), nil, items)
	d.keep = true
	d.startAt(at)
}

// askRole asks which role, then who plays it.
func (a *app) askRole() {
	var items []item
	for _, role := range a.run.book().Roles {
		holder := a.clean(a.run.state.Holder(role.ID))
		if holder == "" {
			holder = a.p.T("tui.role.nobody")
		}
		title := a.clean(role.Title)
		items = append(items, item{label: title + ": " + holder, pick: func() tea.Cmd {
			a.ask(title, []string{a.p.T("tui.role.help")}, a.run.state.Holder(role.ID), func(name string) tea.Cmd {
				return a.do(walk.AssignRole{Role: role.ID, Holder: name}, a.saved)
			})
			return nil
		}})
	}
	if len(items) == 0 {
		a.say(false, a.p.T("tui.role.none"))
		return
	}
	a.choose(a.p.T("tui.role.title"), nil, items)
}

func (a *app) askHandover() {
	a.askGuarded(a.p.T("tui.handover.title"), []string{a.p.T("tui.handover.help")}, false, func(name string) tea.Cmd {
		if name == "" {
			a.dialog = nil
			return nil
		}
		a.askReason(a.p.T("tui.handover.reason-title", "Name", a.clean(name)), a.p.T("tui.handover.reason"), true,
			func(reason string) walk.Command { return walk.HandOver{To: name, Reason: reason} })
		return nil
	})
}

// askEnd ends the run. Before its last step that needs a reason.
func (a *app) askEnd() {
	if a.run.state.Complete() {
		a.confirm(&confirm{
			heading: a.p.T("tui.end.title"), preview: previewOf(a.p.T("tui.end.help")), yes: a.p.T("tui.foot.end"),
			submit: func(string) tea.Cmd { return a.do(walk.End{}, nil) },
		})
		return
	}
	d := a.askReason(a.p.T("tui.stop.title"), a.p.T("tui.stop.help"), false,
		func(reason string) walk.Command { return walk.End{Reason: reason} })
	// Of text that is typed into the wrong place an e must not end the run with the rest
	// as its reason: it ends with an enter right behind its last letter.
	d.settled, d.yes = true, a.p.T("tui.foot.stop")
}

// askLeave asks before leaving a run that this front end drives: nobody does
// then.
func (a *app) askLeave() tea.Cmd {
	if a.run == nil {
		a.dialog = &leaveDialog{a: a, help: a.p.T("tui.leave.picker")}
		return nil
	}
	id, idle := a.clean(a.run.state.Run), a.run.briefing.Idle
	if idle == 0 {
		idle = defaultIdle
	}
	help := a.p.T("tui.leave.open", "Run", id, "Idle", a.p.Span(idle))
	switch running := a.run.state.Running; {
	case a.run.state.Status == walk.StatusEnded:
		return a.leave(LeftClosed)
	case a.following() == followingLost:
		return a.leave(LeftLost)
	case a.following() != followingNot:
		return a.leave(LeftQuit)
	case running != nil:
		help = a.p.T("tui.leave.running", "Run", id, "Name", a.run.runningName(running))
	}
	a.dialog = &leaveDialog{a: a, help: help}
	return nil
}

// defaultIdle is what a run server waits for somebody when nobody said otherwise.
const defaultIdle = 10 * time.Minute

// leaveDialog asks before leaving; leaving changes nothing on disk, so it needs
// no quiet time, and a second ctrl+c means yes.
type leaveDialog struct {
	a    *app
	help string
}

func (d *leaveDialog) title() string { return d.a.p.T("tui.leave.title") }

func (d *leaveDialog) press(msg tea.KeyMsg) tea.Cmd {
	switch msg.String() {
	case "enter", "q", "ctrl+c":
		return d.a.leave(LeftQuit)
	case "esc", "n":
		d.a.dialog = nil
	default:
		if d.a.isYes(msg.String()) {
			return d.a.leave(LeftQuit)
		}
	}
	return nil
}

func (d *leaveDialog) lines(width, _ int) []string { return wrap(d.help, width) }

func (d *leaveDialog) hints() []hint {
	return []hint{{"enter/" + d.a.yesKeys()[0], d.a.p.T("tui.foot.leave")}, {"esc", d.a.p.T("tui.foot.stay")}}
}

func (d *leaveDialog) refused(string) {}
