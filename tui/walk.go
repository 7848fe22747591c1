package tui

import (
	"slices"

	tea "github.com/charmbracelet/bubbletea"

	"genia.ai/bitacora/internal/walk"
	"genia.ai/bitacora/runbooks"
)

// pane is a part of the walk screen that keys can act on.
type pane uint8

const (
	paneList pane = iota
	paneDetail
	paneOutput
	paneCount
)

// walkScreen is the walk: steps on the left, the selected step beside them, what
// actions print in a full-width pane below.
type walkScreen struct {
	a      *app
	width  int
	height int

	focus    pane
	zoomed   bool
	cursor   int    // index of the selected step
	followed string // current step that the cursor last went to
	list     scroll
	detail   scroll
	shown    string // what the detail's scroll position belongs to
	scrolled bool   // the operator chose that position
	divided  division
}

func newWalk(a *app) *walkScreen {
	w := &walkScreen{a: a}
	w.follow()
	return w
}

func (w *walkScreen) name() string { return "walk" }

func (w *walkScreen) setSize(width, height int) { w.width, w.height = width, height }

// refresh follows the current step and asks for the previews that are shown.
func (w *walkScreen) refresh() tea.Cmd {
	w.follow()
	return w.askPreviews()
}

// follow moves the cursor to the current step whenever that is another one.
func (w *walkScreen) follow() {
	if current := w.a.run.current(); current != w.followed {
		w.followed = current
		w.toCurrent()
	}
}

func (w *walkScreen) toCurrent() {
	id := w.a.run.current()
	if i := slices.IndexFunc(w.steps(), func(s *runbooks.Step) bool { return s.ID == id }); i >= 0 {
		w.cursor = i
	}
}

func (w *walkScreen) steps() []*runbooks.Step { return w.a.run.plan.Steps() }

func (w *walkScreen) selected() *runbooks.Step {
	if w.cursor >= len(w.steps()) {
		return nil
	}
	return w.steps()[w.cursor]
}

// here reports whether the selected step is the current one.
func (w *walkScreen) here() bool {
	step := w.selected()
	return step != nil && step.ID == w.a.run.current()
}

// askPreviews asks what the actions of the selected step would run now.
func (w *walkScreen) askPreviews() tea.Cmd {
	step := w.selected()
	if step == nil || w.a.run.state.Running != nil || w.a.run.cut {
		return nil
	}
	r := w.a.run
	var cmds []tea.Cmd
	for _, action := range r.state.StepActions(step.ID) {
		if action.Kind.Asks() || r.previews[action.ID] != nil || len(r.state.Missing(action)) > 0 {
			continue
		}
		slot := &previewState{asked: true}
		r.previews[action.ID] = slot
		cmds = append(cmds, w.a.preview(action.ID, func(msg previewedMsg) tea.Cmd {
			slot.preview, slot.err, slot.known = msg.preview, msg.err, true
			return nil
		}))
	}
	return tea.Batch(cmds...)
}

func (w *walkScreen) keys() []offer {
	a, p := w.a, w.a.p
	blocked := a.blocked()
	first := offer{id: keyDo, why: blocked, label: a.advanceLabel()}
	switch {
	case a.talks():
		first = offer{id: keyDo, label: p.T("tui.next.terminal")}
	case !w.here():
		first = offer{id: keyDo, label: p.T("tui.next.back")}
	}
	move := p.T("tui.foot.move")
	if w.focus != paneList {
		move = p.T("tui.foot.scroll")
	}
	return []offer{
		first,
		{id: keyGoto, why: w.whyGoto(blocked), quiet: w.here()},
		{id: keyReopen, why: w.whyReopen(blocked), quiet: true},
		{id: keyTick, why: a.whyTick()},
		{id: keySkip, why: w.whyLeave(blocked)},
		{id: keyAccept, why: w.whyLeave(blocked), quiet: !a.anyFailed()},
		{id: keyNote}, {id: keyDown, label: move},
		{id: keyPane}, {id: keyTimeline},
		{id: keyAdhoc, why: blocked}, {id: keyUndo, why: w.whyUndo(blocked)},
		{id: keyMilestone}, {id: keyComms}, {id: keySeverity, quiet: true}, {id: keyParams, why: blocked},
		{id: keyScenario, why: a.whyScenario(blocked), quiet: true},
		{id: keyTicks, why: a.whyTick(), quiet: true},
		{id: keySearch, quiet: w.focus != paneOutput}, {id: keyCopy, why: w.whyCopy(), quiet: true},
		{id: keyTodo, quiet: true}, {id: keyRoles, quiet: true}, {id: keyHandover, quiet: true},
		{id: keyZoom, quiet: true}, {id: keyUp, quiet: true}, {id: keyPageDown, quiet: true},
		{id: keyPageUp, quiet: true}, {id: keyTop, quiet: true}, {id: keyBottom, quiet: true},
		{id: keyEnd, why: blocked, quiet: true},
	}
}

// anyFailed reports whether an action of the current step failed.
func (a *app) anyFailed() bool { return a.run.state.Failure() != nil }

func (w *walkScreen) whyLeave(blocked string) string {
	if blocked == "" && w.a.run.state.Current() == nil {
		return w.a.p.T("refusal.not-now")
	}
	return blocked
}

func (w *walkScreen) whyUndo(blocked string) string {
	if blocked == "" && len(w.a.run.state.Undoable()) == 0 {
		return w.a.p.T("tui.why.nothing-to-undo")
	}
	return blocked
}

func (w *walkScreen) whyGoto(blocked string) string {
	if blocked != "" || w.selected() == nil {
		return blocked
	}
	st := w.a.run.state.Step(w.selected().ID)
	switch {
	case w.here():
		return w.a.p.T("tui.why.is-current")
	case st.Status != walk.StepPending:
		return w.a.p.T("tui.why.finished")
	}
	return w.whyNotOnWalk(st.Bearing)
}

func (w *walkScreen) whyReopen(blocked string) string {
	if blocked != "" || w.selected() == nil {
		return blocked
	}
	st := w.a.run.state.Step(w.selected().ID)
	if st.Status == walk.StepPending || st.Status == walk.StepActive {
		return w.a.p.T("tui.why.open")
	}
	return w.whyNotOnWalk(st.Bearing)
}

// whyNotOnWalk says why a step is not walked, or "".
func (w *walkScreen) whyNotOnWalk(bearing walk.Bearing) string {
	switch bearing {
	case walk.BearingOther:
		return w.a.p.T("tui.why.other-scenario")
	case walk.BearingSteered:
		return w.a.p.T("tui.why.steered")
	case walk.BearingUndecided:
		return w.a.p.T("tui.why.undecided")
	case walk.BearingOn:
	}
	return ""
}

func (w *walkScreen) act(id keyID) tea.Cmd {
	switch id {
	case keyDo:
		if w.a.talks() {
			return w.a.goIn()
		}
		if !w.here() {
			w.toCurrent()
			w.focus = paneList
			return w.askPreviews()
		}
		return w.a.advance(w.a.inSight())
	case keyPane:
		w.focus = (w.focus + 1) % paneCount
	case keyZoom:
		w.zoomed = !w.zoomed
	case keySkip:
		w.toCurrent()
		w.a.askSkip(w.a.run.state.Current())
	case keyAccept:
		w.toCurrent()
		w.a.askAccept(w.a.run.state.Current())
	case keyGoto:
		return w.a.do(walk.Goto{Step: w.selected().ID}, nil)
	case keyReopen:
		w.a.askReopen(w.selected())
	case keyUndo:
		w.a.askUndo()
	case keyAdhoc:
		w.a.askAdhoc()
	case keyTick:
		w.toCurrent()
		return w.a.tickNext()
	case keyTicks:
		w.toCurrent()
		w.a.askTicks()
	case keyCopy:
		return w.copyCommand()
	case keySearch:
		w.askSearch()
	default:
		return w.move(id)
	}
	return nil
}

// move answers the keys that move within the pane in focus.
func (w *walkScreen) move(id keyID) tea.Cmd {
	switch w.focus {
	case paneDetail:
		w.scrolled = true
		w.detail.page(id)
	case paneOutput:
		page := max(w.outputRows()-1, 1)
		by, ok := map[keyID]int{
			keyUp: -1, keyDown: 1, keyPageUp: -page, keyPageDown: page,
			keyTop: -outputLines, keyBottom: outputLines,
		}[id]
		if ok {
			w.a.run.out.scrollBy(by)
		}
	case paneList, paneCount:
		page := max(w.list.height-1, 1)
		by := map[keyID]int{
			keyUp: -1, keyDown: 1, keyPageUp: -page, keyPageDown: page,
			keyTop: -len(w.steps()), keyBottom: len(w.steps()),
		}[id]
		w.moveCursor(by)
		return w.askPreviews()
	}
	return nil
}
