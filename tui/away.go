package tui

import (
	"slices"
	"strings"

	tea "github.com/charmbracelet/bubbletea"

	"genia.ai/bitacora/internal/event"
	"genia.ai/bitacora/internal/walk"
	"genia.ai/bitacora/runbooks"
)

// welcome shows, once, what somebody who comes back has to know: what happened
// meanwhile, a failure that waits for a decision, variables that are gone.
func (a *app) welcome() {
	drives := a.following() == followingNot
	if drives && a.run.state.Failure() != nil {
		a.open(newFailure(a))
	}
	away, ok := walk.AbsenceBefore(a.run.events)
	switch {
	case ok && (len(away.Events) > 0 || a.run.state.Running != nil):
		a.dialog = newAway(a, away)
	case drives && a.run.state.Reopened > 0 && a.run.state.Status != walk.StatusEnded:
		a.say(false, a.p.T("tui.msg.reopened"))
	case drives:
		if ok {
			a.say(false, a.p.T("tui.away.nothing", "At", a.clock(away.Since)))
		}
		a.askLost()
	}
}

// awayDialog tells what happened while nobody of this operator was there.
type awayDialog struct {
	a      *app
	head   []string
	rows   []string
	guard  guard
	scroll scroll
	drawn  bool
	early  bool // enter came before anybody can have read it
}

func newAway(a *app, away walk.Absence) *awayDialog {
	d := &awayDialog{a: a, guard: newGuard(a.now())}
	ago := a.lasted(a.now().Sub(away.Since))
	d.head = []string{a.p.T("tui.away.left", "At", a.clock(away.Since), "Ago", ago)}
	if !away.Own {
		d.head = []string{a.p.T("tui.away.other", "Operator", a.clean(away.Operator), "At", a.clock(away.Since), "Ago", ago)}
	}
	if slices.ContainsFunc(away.Events, func(ev event.Event) bool { return ev.Kind == event.KindRunReopened }) {
		d.head = append(d.head, a.p.T("tui.msg.reopened"))
		for _, todo := range a.run.state.Todos() {
			if !todo.Done {
				d.head = append(d.head, box(false)+" "+a.clean(todo.Text))
			}
		}
	}
	for _, ev := range away.Events {
		d.rows = append(d.rows, a.eventLine(ev))
	}
	if running := a.run.state.Running; running != nil {
		d.rows = append(d.rows, a.look.strong.Render(a.look.sym.active+" "+a.p.T("tui.away.running",
			"Name", a.run.runningName(running), "Time", a.lasted(a.now().Sub(running.StartedAt)))))
	}
	return d
}

func (d *awayDialog) title() string { return d.a.p.T("tui.away.title") }

func (d *awayDialog) press(msg tea.KeyMsg) tea.Cmd {
	quiet := d.guard.quiet(d.a.now())
	switch msg.String() {
	case "enter":
		if !quiet { // it is shown only once, not to be closed by what was typed ahead
			d.early = true
			return nil
		}
		d.close()
	case "esc", "ctrl+c", "q":
		d.close()
	case "j", "down":
		d.scroll.move(1)
	case "k", "up":
		d.scroll.move(-1)
	case "pgdown", " ":
		d.scroll.move(d.scroll.height)
	case "pgup":
		d.scroll.move(-d.scroll.height)
	}
	return nil
}

// close leads to what waits behind it.
func (d *awayDialog) close() {
	d.a.dialog = nil
	if d.a.following() == followingNot {
		d.a.askLost()
	}
}

func (d *awayDialog) lines(width, height int) []string {
	var lines []string
	for _, text := range d.head {
		lines = append(lines, wrap(text, width)...)
	}
	foot := wrap(d.a.p.T("tui.away.output"), width)
	room := max(height-len(lines)-len(foot)-1, 1)
	var rows []string
	for _, row := range d.rows {
		rows = append(rows, wrap(row, width)...)
	}
	d.scroll.resize(len(rows), min(room, len(rows)))
	if !d.drawn {
		d.scroll.move(len(rows)) // the last is what counts
		d.drawn = true
	}
	lines = append(lines, window(rows, d.scroll.offset, d.scroll.height)...)
	if d.early {
		foot = append(foot, d.a.look.warn.Render("! "+d.a.p.T("tui.msg.early")))
	}
	return append(lines, foot...)
}

func (d *awayDialog) hints() []hint {
	return []hint{{"enter", d.a.p.T("tui.foot.read")}, {"j/k", d.a.p.T("tui.foot.scroll")}, {"esc", d.a.p.T("tui.foot.close")}}
}

func (d *awayDialog) refused(string) {}

// lostText names the variables that went with a lost run server, and who set
// them; "" when none are missing.
func (a *app) lostText() string {
	var parts []string
	for _, lost := range a.run.state.Lost() {
		parts = append(parts, a.p.T("tui.lost.part",
			"Names", a.clean(strings.Join(lost.Names, ", ")), "Step", a.clean(lost.Step), "Action", a.run.nameOf(lost.Action)))
	}
	if len(parts) == 0 {
		return ""
	}
	return a.p.T("tui.lost.text", "Parts", strings.Join(parts, "; "))
}

// lostSteps are the finished steps that set variables which are gone, in the
// order of the walk.
func (a *app) lostSteps() []*runbooks.Step {
	var steps []*runbooks.Step
	lost := a.run.state.Lost()
	for _, step := range a.run.plan.Steps() {
		switch a.run.state.Step(step.ID).Status {
		case walk.StepPending, walk.StepActive:
			continue
		default:
		}
		for _, l := range lost {
			if l.Step == step.ID {
				steps = append(steps, step)
				break
			}
		}
	}
	return steps
}

// askLost offers to walk the steps again whose variables are gone.
func (a *app) askLost() {
	text := a.lostText()
	if text == "" || a.dialog != nil || a.run.state.Status == walk.StatusEnded {
		return
	}
	if _, failed := a.top().(*failureScreen); failed {
		return // its menu says it and offers it
	}
	items := []item{{label: a.p.T("tui.lost.later"), pick: func() tea.Cmd { return nil }}}
	for _, step := range a.lostSteps() {
		items = append(items, item{label: a.p.T("tui.lost.reopen", "Step", a.run.stepLabel(step)), pick: func() tea.Cmd {
			return a.reopenLost(step)
		}})
	}
	a.choose(a.p.T("tui.lost.title"), []string{text}, items)
}

// reopenLost opens a step again because what it set is gone: that is the reason.
func (a *app) reopenLost(step *runbooks.Step) tea.Cmd {
	return a.do(walk.Reopen{Step: step.ID, Reason: a.p.T("tui.lost.reason")}, a.closeFailure)
}

// unknown reports whether nobody knows how an action ended.
func (a *app) unknown(action *runbooks.Action) bool {
	return a.run.state.Action(action.ID).Ending.Outcome == event.OutcomeUnknown
}

// notRun are the names of the other actions of the current step that are open.
func (a *app) notRun(but *runbooks.Action) string {
	step := a.run.state.Current()
	if step == nil {
		return ""
	}
	var names []string
	for _, action := range a.run.state.StepActions(step.ID) {
		if !a.run.state.Action(action.ID).Succeeded() && (but == nil || action.ID != but.ID) {
			names = append(names, a.run.actionName(action))
		}
	}
	return strings.Join(names, ", ")
}
