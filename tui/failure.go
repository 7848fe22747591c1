package tui

import (
	"strings"

	tea "github.com/charmbracelet/bubbletea"

	"genia.ai/bitacora/internal/event"
	"genia.ai/bitacora/internal/session"
	"genia.ai/bitacora/internal/walk"
	"genia.ai/bitacora/runbooks"
)

// failureScreen says what failed and what can be done about it. It never leads
// out of the run.
type failureScreen struct {
	a      *app
	width  int
	height int
	cursor int
	menu   scroll
	guard  guard
}

func newFailure(a *app) *failureScreen { return &failureScreen{a: a, guard: newGuard(a.now())} }

func (f *failureScreen) name() string { return "failure" }

func (f *failureScreen) setSize(width, height int) { f.width, f.height = width, height }

// way is one thing that can be done about a failure.
type way struct {
	text string
	why  string
	take func(a *app, action *runbooks.Action) tea.Cmd
}

// ways are what can be done. About an action whose end nobody knows the first is
// to say that it worked: whether it did has to be looked up, not tried.
func (f *failureScreen) ways() []way {
	a := f.a
	blocked := a.blocked()
	unknown := a.run.state.Failure() != nil && a.unknown(a.run.state.Failure())
	undo := blocked
	if undo == "" && len(a.run.state.Undoable()) == 0 {
		undo = a.p.T("tui.why.nothing-to-undo")
	}
	edit := blocked
	if edit == "" && len(a.run.book().Params) == 0 {
		edit = a.p.T("tui.params.none")
	}
	asks := func(ask func()) func(*app, *runbooks.Action) tea.Cmd {
		return func(*app, *runbooks.Action) tea.Cmd { ask(); return nil }
	}
	step := a.run.state.Current()
	text := func(id string) string { return a.p.T("tui.fail." + id) }
	retry := way{text("retry"), blocked, func(a *app, action *runbooks.Action) tea.Cmd { return a.startAction(action, a.run.command(action.ID)) }}
	change := way{text("edit"), edit, func(a *app, action *runbooks.Action) tea.Cmd {
		a.listParams(func() tea.Cmd { return a.startAction(action, "") })
		return nil
	}}
	adhoc := way{text("adhoc"), blocked, asks(a.askAdhoc)}
	accept := way{text("accept"), blocked, asks(func() { a.askAccept(step) })}
	ways := []way{retry, change, adhoc, accept}
	if unknown {
		accept.text, retry.text, adhoc.text = a.p.T("tui.unknown.accept"), a.p.T("tui.unknown.retry"), a.p.T("tui.unknown.adhoc")
		ways = []way{accept, retry, adhoc, change}
	}
	ways = append(ways, way{text("skip"), blocked, asks(func() { a.askSkip(step) })})
	for _, lost := range a.lostSteps() {
		ways = append(ways, way{a.p.T("tui.lost.reopen", "Step", a.run.stepLabel(lost)), blocked,
			func(a *app, _ *runbooks.Action) tea.Cmd { return a.reopenLost(lost) }})
	}
	return append(ways,
		way{text("undo"), undo, asks(a.askUndo)},
		way{text("handover"), a.readOnly(), asks(a.askHandover)},
		way{text("stop"), blocked, asks(a.askEnd)},
	)
}

func (f *failureScreen) keys() []offer {
	why := ""
	if f.a.run.state.Failure() == nil {
		why = f.a.p.T("tui.why.no-failure")
	}
	return []offer{
		{id: keyDo, label: f.a.p.T("tui.foot.pick"), why: why}, {id: keyDown}, {id: keyUp, quiet: true},
		{id: keyNote}, {id: keyTimeline}, {id: keyComms, quiet: true}, {id: keyMilestone, quiet: true}, {id: keyTodo, quiet: true},
	}
}

func (f *failureScreen) jump(line int) {
	if line < len(f.ways()) {
		f.cursor = line
		f.guard = guard{} // who moves has read the menu
	}
}

func (f *failureScreen) act(id keyID) tea.Cmd {
	quiet := f.guard.quiet(f.a.now())
	ways := f.ways()
	switch id {
	case keyDown, keyUp:
		by := 1
		if id == keyUp {
			by = -1
		}
		f.cursor = max(0, min(f.cursor+by, len(ways)-1))
		f.guard = guard{} // who moves has read the menu
	case keyDo:
		chosen := ways[f.cursor]
		switch {
		case !quiet:
			f.a.say(true, f.a.p.T("tui.msg.early"))
		case chosen.why != "":
			f.a.say(true, chosen.why)
		default:
			return chosen.take(f.a, f.a.run.state.Failure())
		}
	default:
	}
	return nil
}

func (f *failureScreen) view() []string {
	a, l, p := f.a, f.a.look, f.a.p
	action := a.run.state.Failure()
	if action == nil {
		return block([]string{p.T("tui.why.no-failure")}, f.height)
	}
	ways := f.ways()
	var head []string
	for _, line := range wrap(l.sym.failed+" "+a.failureTitle(action), f.width) {
		head = append(head, l.bad.Render(line))
	}
	facts := f.facts(action)
	rows := min(len(ways), max(f.height-len(head)-min(len(facts), 1), 1)) // of the menu
	room := max(f.height-len(head)-rows, 0)
	head = append(head, a.cutOff(facts, room, f.width)...)
	room -= len(facts) + 1 // an empty row
	if code := a.codeLines(a.run.command(action.ID), f.width-2); room >= 3 {
		code = a.cutOff(code, min(3, room-2), f.width-2)
		head = append(head, indent("  ", code)...)
		room -= len(code)
		if given := a.givenLines(session.Preview{Values: a.run.valuesOf(action.ID)}, f.width-4); room >= len(given)+3 {
			head = append(head, indent("    ", given)...)
			room -= len(given)
		}
	}
	room-- // a heading
	if tail := a.run.out.tail(max(min(room, 8), 0)); len(tail) > 0 {
		head = append(head, l.dim.Render("  "+p.T("tui.fail.tail")))
		for _, line := range tail {
			head = append(head, l.cut("  "+l.sym.bar+" "+line, f.width))
		}
	}
	if len(head)+rows < f.height {
		head = append(head, "")
	}
	f.cursor = min(f.cursor, len(ways)-1) // a way may have gone
	f.menu.resize(len(ways), rows)
	f.menu.follow(f.cursor)
	for i := f.menu.offset; i < f.menu.offset+rows; i++ {
		row := f.wayRow(i, ways[i])
		if last := f.menu.offset + rows - 1; i == last && last < len(ways)-1 {
			row = l.fit(row, f.width-2) + l.sym.more // the menu goes on
		}
		head = append(head, row)
	}
	return block(head, f.height)
}

// failureTitle says what failed, or of what nobody knows whether it did.
func (a *app) failureTitle(action *runbooks.Action) string {
	id := "tui.fail.title"
	if a.unknown(action) {
		id = "tui.unknown.title"
	}
	return a.p.T(id, "Name", a.run.actionName(action))
}

// facts are how it ended and what was expected instead.
func (f *failureScreen) facts(action *runbooks.Action) []string {
	a, p := f.a, f.a.p
	ending := a.run.state.Action(action.ID).Ending
	texts := []string{a.run.ending(ending)}
	if ending.Outcome == event.OutcomeUnknown {
		texts = []string{p.T("tui.fail.unknown")}
	}
	if lost := a.lostText(); lost != "" {
		texts = append(texts, lost)
	}
	if action.Settings.Expect != "" || action.Settings.Until != "" {
		wanted := strings.TrimSpace(action.Settings.Expect + " " + action.Settings.Until)
		wanted = a.run.text(wanted)
		if !strings.Contains(texts[0], wanted) { // how it ended says so mostly
			texts = append(texts, p.T("tui.fail.expected", "Condition", wanted))
		}
	}
	var lines []string
	for _, text := range texts {
		lines = append(lines, indent("  ", wrap(text, f.width-2))...)
	}
	return lines
}

func (f *failureScreen) wayRow(i int, w way) string {
	l := f.a.look
	text := number(i+1) + " " + w.text
	if w.why != "" {
		text += " (" + w.why + ")"
	}
	switch {
	case i == f.cursor:
		return l.cursor.Render(l.cut(l.sym.cursor+" "+text, f.width))
	case w.why != "":
		return l.dim.Render(l.cut("  "+text, f.width))
	}
	return l.cut("  "+text, f.width)
}

// notice says what ended in the batch that just arrived: an end that went well in
// one line, unless the output pane says it already, a failure with its menu unless the operator is busy with a dialog.
func (a *app) notice(ended *walk.Running) {
	if ended == nil || a.run.state.Running != nil {
		return
	}
	failed := a.run.state.Failure()
	if failed == nil || ended.Adhoc || ended.Undoes != "" {
		last := a.run.out.at(a.run.out.len() - 1)
		if w, ok := a.top().(*walkScreen); ok && a.dialog == nil && last.kind != outputBad && w.showsEnd() {
			a.note = notice{} // it stands right above
			return
		}
		a.say(last.kind == outputBad, last.text)
		return
	}
	if a.dialog == nil && a.following() == followingNot {
		a.note = notice{} // the menu begins with it
		a.open(newFailure(a))
		return
	}
	a.say(true, a.failureTitle(failed))
}
