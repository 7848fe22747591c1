package tui

import (
	"strings"

	tea "github.com/charmbracelet/bubbletea"

	"genia.ai/bitacora/internal/event"
	"genia.ai/bitacora/internal/walk"
	"genia.ai/bitacora/runbooks"
)

// summaryScreen says how the run went, before and after it is ended.
type summaryScreen struct {
	a      *app
	width  int
	height int
	scroll scroll
}

func newSummary(a *app) *summaryScreen { return &summaryScreen{a: a} }

func (s *summaryScreen) name() string { return "summary" }

func (s *summaryScreen) setSize(width, height int) { s.width, s.height = width, height }

func (s *summaryScreen) keys() []offer {
	blocked := s.a.blocked()
	undo := blocked
	if undo == "" && (s.a.run.state.Status != walk.StatusWalking || len(s.a.run.state.Undoable()) == 0) {
		undo = s.a.p.T("tui.why.nothing-to-undo")
	}
	return []offer{
		{id: keyDo, label: s.a.p.T("tui.next.end"), why: blocked}, {id: keyNote}, {id: keyTodo},
		{id: keyExport, why: s.a.whyExport()}, {id: keyComms, quiet: true}, {id: keyMilestone}, {id: keyTimeline}, {id: keyReopen, why: s.whyReopen(blocked)}, {id: keyUndo, why: undo},
		{id: keyScenario, why: s.a.whyScenario(blocked), quiet: true}, {id: keyEnd, why: blocked, quiet: true},
		{id: keyDown, label: s.a.p.T("tui.foot.scroll")}, {id: keyUp, quiet: true},
		{id: keyPageDown, quiet: true}, {id: keyPageUp, quiet: true},
		{id: keyTop, quiet: true}, {id: keyBottom, quiet: true},
	}
}

func (s *summaryScreen) whyReopen(blocked string) string {
	if blocked == "" && s.a.run.state.Status != walk.StatusWalking {
		return s.a.p.T("refusal.not-now")
	}
	return blocked
}

func (s *summaryScreen) act(id keyID) tea.Cmd {
	switch id {
	case keyDo:
		s.a.askEnd()
	case keyReopen:
		s.askReopen()
	case keyUndo:
		s.a.askUndo()
	case keyExport:
		return s.a.export()
	default:
		s.scroll.page(id)
	}
	return nil
}

// askReopen lists the finished steps, the last first.
func (s *summaryScreen) askReopen() {
	a := s.a
	var items []item
	steps := a.run.plan.Steps()
	for i := len(steps) - 1; i >= 0; i-- {
		step := steps[i]
		st := a.run.state.Step(step.ID)
		if st.Bearing == walk.BearingOn && st.Status != walk.StepPending && st.Status != walk.StepActive {
			items = append(items, item{label: a.run.stepLabel(step), pick: func() tea.Cmd {
				a.askReopen(step)
				return nil
			}})
		}
	}
	a.choose(a.p.T("tui.reopen.pick"), nil, items)
}

func (s *summaryScreen) view() []string {
	lines := s.lines()
	s.scroll.resize(len(lines), s.height)
	rows := window(lines, s.scroll.offset, s.height)
	if rest := len(lines) - s.scroll.offset - s.height; rest > 0 {
		rows[s.height-1] = s.a.look.dim.Render(s.a.look.sym.more + " " + s.a.p.T("tui.more", "Count", rest+1))
	}
	return rows
}

func (s *summaryScreen) lines() []string {
	a, p, r := s.a, s.a.p, s.a.run
	var lines []string
	if r.state.Status == walk.StatusEnded {
		text := p.T("tui.sum.ended", "Outcome", p.T("run."+r.state.Outcome), "Time", a.lasted(r.state.Elapsed(a.now())))
		text = strings.Join(append([]string{text}, s.leftovers()...), ", ")
		for _, line := range wrap(a.withReason(text, r.state.Reason), s.width) {
			lines = append(lines, a.look.strong.Render(line))
		}
	} else {
		lines = append(lines, a.look.strong.Render(p.T("tui.sum.complete")))
		if left := s.leftovers(); len(left) > 0 {
			lines = append(lines, wrap(p.T("tui.sum.left", "What", strings.Join(left, ", ")), s.width)...)
		}
		lines = append(lines, wrap(p.T("tui.sum.end-hint"), s.width)...)
	}
	lines = append(lines, "", p.T("tui.sum.where", "Seq", r.saved.Seq))
	lines = append(lines, indent("  ", a.look.broken(a.clean(r.briefing.Dir), s.width-2))...)
	if r.state.Run != "" {
		lines = append(lines, p.T("tui.sum.export"))
		lines = append(lines, indent("  ", a.look.broken(p.T("tui.sum.command", "Run", a.clean(r.state.Run)), s.width-2))...)
	}
	if r.state.Status == walk.StatusEnded {
		lines = append(lines, p.T("tui.sum.reopen"))
		lines = append(lines, indent("  ", a.look.broken(p.T("tui.sum.reopen-command", "Run", a.clean(r.state.Run)), s.width-2))...)
	}
	lines = s.a.section(s.width, lines, "tui.sum.phases", s.phases())
	lines = s.a.section(s.width, lines, "tui.sum.deviations", s.deviations())
	lines = s.a.section(s.width, lines, "tui.sum.undone", s.undone())
	lines = s.a.section(s.width, lines, "tui.sum.milestones", s.milestones())
	lines = s.a.section(s.width, lines, "tui.sum.todos", s.todos())
	var undo []string
	for _, entry := range r.state.Undoable() {
		undo = append(undo, p.T("tui.undo.item", "Undo", r.nameOf(entry.Undo), "Action", r.nameOf(entry.Action)))
	}
	return s.a.section(s.width, lines, "tui.sum.undo", undo)
}

// leftovers is what is still open, to be said beside how the run ended.
func (s *summaryScreen) leftovers() []string {
	var open []string
	for _, left := range s.a.run.state.Leftovers() {
		open = append(open, s.a.p.T("run.left."+string(left.Kind), "Count", left.Count))
	}
	return open
}

// phases says how long each phase was the current one.
func (s *summaryScreen) phases() []string {
	var lines []string
	for _, phase := range runbooks.Phases() {
		d, ok := s.a.run.state.PhaseTime(phase, s.a.now())
		if !ok {
			continue
		}
		line := s.a.p.T("phase."+string(phase)) + ": " + s.a.lasted(d)
		if limit := s.a.run.book().Targets[phase]; limit > 0 {
			id := "tui.sum.within"
			if d > limit {
				id = "tui.sum.over"
			}
			line += ", " + s.a.p.T(id, "Target", s.a.p.Span(limit))
		}
		lines = append(lines, line)
	}
	return lines
}

func (s *summaryScreen) deviations() []string {
	var lines []string
	for _, ev := range s.a.run.events {
		if s.a.run.deviates(ev) {
			lines = append(lines, s.a.clock(ev.At)+" "+s.a.clean(ev.Step)+" "+s.a.eventText(ev))
		}
	}
	if len(lines) == 0 {
		return []string{s.a.p.T("tui.sum.none")}
	}
	return lines
}

// undone are the actions that were reverted, by the operator or by a step.
func (s *summaryScreen) undone() []string {
	var lines []string
	for _, ev := range s.a.run.events {
		if data, ok := ev.Data.(event.UndoDone); ok {
			lines = append(lines, s.a.clock(ev.At)+" "+s.a.p.T("tui.undo.item", "Undo", s.a.run.nameOf(data.Undo), "Action", s.a.run.nameOf(data.Action)))
		}
	}
	return lines
}

func (s *summaryScreen) milestones() []string {
	var lines []string
	for _, name := range event.Milestones() {
		when, ok := s.a.run.state.Milestone(name) // the last one recorded corrects the others
		if !ok {
			continue
		}
		line := s.a.moment(when) + " " + s.a.p.T("milestone."+name)
		if utc := s.a.utc(when); utc != "" {
			line += " (" + utc + ")"
		}
		lines = append(lines, line)
	}
	for _, i := range s.a.run.state.Intervals() {
		lines = append(lines, s.a.p.T("tui.sum.interval", "Time", s.a.lasted(i.Took),
			"From", s.a.p.T("milestone."+i.From), "To", s.a.p.T("milestone."+i.To)))
	}
	return lines
}

func (s *summaryScreen) todos() []string {
	var lines []string
	for _, todo := range s.a.run.state.Todos() {
		if !todo.Done {
			lines = append(lines, "- "+s.a.clean(todo.Text))
		}
	}
	return lines
}
