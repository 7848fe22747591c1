package tui

import (
	"slices"
	"strings"

	"github.com/charmbracelet/lipgloss"

	"genia.ai/bitacora/internal/walk"
	"genia.ai/bitacora/runbooks"
)

// outputRows is how many rows of the body the output pane takes, its rule not
// counted: a third, so that the layout never jumps.
func (w *walkScreen) outputRows() int { return max(w.height/3-1, 3) }

func (w *walkScreen) listCells() int { return max(20, min(w.width*2/5, 44)) }

func (w *walkScreen) view() []string {
	l := w.a.look
	if w.zoomed {
		return w.zoom()
	}
	rows := w.height - w.outputRows() - 1
	left := w.listRows(w.listCells(), rows)
	right := w.detailRows(w.width-w.listCells()-3, rows)
	lines := make([]string, 0, w.height)
	for i := range rows {
		lines = append(lines, l.fit(left[i], w.listCells())+" "+l.rule.Render(l.sym.bar)+" "+right[i])
	}
	lines = append(lines, l.ruleWith(w.outputTitle(), w.width))
	return append(lines, w.output(w.outputRows())...)
}

// zoom gives the whole body to the pane in focus.
func (w *walkScreen) zoom() []string {
	switch w.focus {
	case paneDetail:
		return w.detailRows(w.width, w.height)
	case paneOutput:
		return append([]string{w.a.look.ruleWith(w.outputTitle(), w.width)}, w.output(w.height-1)...)
	case paneList, paneCount:
	}
	return w.listRows(w.width, w.height)
}

func (w *walkScreen) output(rows int) []string {
	if w.a.run.out.len() == 0 {
		return block([]string{w.a.look.dim.Render("  " + w.a.p.T("tui.out.empty"))}, rows)
	}
	return w.a.run.out.view(w.a.look, w.width, rows)
}

// showsEnd reports whether the end of the output is on the screen.
func (w *walkScreen) showsEnd() bool {
	return w.a.run.out.back == 0 && (!w.zoomed || w.focus == paneOutput)
}

func (w *walkScreen) outputTitle() string {
	title := w.a.p.T("tui.out.title")
	if w.focus == paneOutput {
		title = w.a.look.strong.Render(w.a.look.sym.cursor + " " + title)
	}
	if back := w.a.run.out.back; back > 0 {
		title += " " + w.a.p.T("tui.out.back", "Lines", back)
	}
	return title
}

// listPart is a stretch of steps and where its rows begin in the list.
type listPart struct {
	stretch
	row    int  // of its first step, or of the fold
	headed bool // the row before names its phase
}

// layOut says where the stretches stand in the list, how many rows it has, and on
// which of them the cursor is, below its phase's name or not.
func (w *walkScreen) layOut() (parts []listPart, rows, at int, headed bool) {
	phase := runbooks.Phase("")
	for _, s := range w.stretches() {
		part := listPart{stretch: s, headed: w.steps()[s.from].Phase != phase}
		if part.headed {
			phase = w.steps()[s.from].Phase
			rows++
		}
		part.row = rows
		if !s.folded && s.from <= w.cursor && w.cursor < s.to {
			at = rows + w.cursor - s.from
			headed = part.headed && w.cursor == s.from
		}
		rows += s.rows()
		parts = append(parts, part)
	}
	return parts, rows, at, headed
}

// listRows draws the rows that are in sight: a runbook may have thousands of steps.
func (w *walkScreen) listRows(cells, height int) []string {
	parts, rows, at, headed := w.layOut()
	w.list.resize(rows, height)
	if headed {
		w.list.follow(at - 1) // the phase's name stays with its first step
	}
	w.list.follow(at)
	from, to := w.list.offset, min(rows, w.list.offset+height)
	look := w.a.look
	var lines []string
	for _, part := range parts {
		if part.headed && from < part.row && part.row <= to {
			name := w.a.p.T("phase." + string(w.steps()[part.from].Phase))
			lines = append(lines, look.dim.Render(look.cut(name, cells)))
		}
		if part.folded && from <= part.row && part.row < to {
			lines = append(lines, look.dim.Render(look.cut(w.foldText(part.stretch), cells)))
		}
		for row := max(from, part.row); !part.folded && row < min(to, part.row+part.rows()); row++ {
			i := part.from + row - part.row
			lines = append(lines, w.stepRow(i, w.steps()[i], cells))
		}
	}
	return block(lines, height)
}

func (w *walkScreen) stepRow(i int, step *runbooks.Step, cells int) string {
	l := w.a.look
	symbol, style := w.stepMark(step)
	mark := " "
	if i == w.cursor {
		mark = l.sym.cursor
	}
	text := l.cut(mark+symbol+" "+w.a.run.stepLabel(step), cells)
	if i == w.cursor && w.focus == paneList {
		return l.cursor.Render(text)
	}
	return style.Render(text)
}

// stepMark is a step's state by symbol and by style.
func (w *walkScreen) stepMark(step *runbooks.Step) (string, lipgloss.Style) {
	l, s := w.a.look, w.a.run.state
	st := s.Step(step.ID)
	switch {
	case st.Bearing == walk.BearingOther || st.Bearing == walk.BearingSteered, s.Before(step.ID):
		return l.sym.other, l.dim
	case st.Status == walk.StepActive && s.Failure() != nil:
		return l.sym.failed, l.bad
	case st.Bearing == walk.BearingUndecided:
		return l.sym.undecided, l.dim
	}
	switch st.Status {
	case walk.StepActive:
		return l.sym.active, l.strong
	case walk.StepDone:
		return l.sym.done, l.good
	case walk.StepSkipped:
		return l.sym.skipped, l.warn
	case walk.StepAccepted:
		return l.sym.accepted, l.warn
	case walk.StepPending:
	}
	return l.sym.pending, l.plain
}

// detailRows draws the selected step. It starts where the next action is in
// sight, until the operator scrolls.
func (w *walkScreen) detailRows(cells, rows int) []string {
	step := w.selected()
	if step == nil {
		return block(nil, rows)
	}
	lines, next := w.detailLines(step, cells)
	key := step.ID + " " + number(w.attempts(step))
	if action := w.a.run.state.NextAction(); action != nil && w.here() {
		key += " " + action.ID
	}
	if key != w.shown {
		w.shown, w.scrolled = key, false
	}
	w.detail.resize(len(lines), rows)
	if !w.scrolled {
		w.place(next)
	}
	w.see(next.code, len(lines))
	view := window(lines, w.detail.offset, rows)
	if rest := len(lines) - w.detail.offset - rows; rest > 0 {
		view[rows-1] = w.a.look.dim.Render(w.a.look.sym.more + " " + w.a.p.T("tui.more", "Count", rest+1))
	}
	return view
}

// place begins the detail where the next action is in sight, or with none left the end
// of the last. Every frame does so until the operator scrolls: what an action would run,
// and how it went, comes after the rows around it and pushes them down.
func (w *walkScreen) place(next span) {
	rows, lines := w.detail.height, w.detail.total
	w.detail.offset = 0
	if next.end < rows || next.end == rows && rows == lines {
		return
	}
	below := 0
	if next.end < lines {
		below = 1 // the row that says how many follow
	}
	if w.a.run.state.NextAction() == nil {
		w.detail.move(next.end - rows + below)
	} else {
		w.detail.move(next.from(rows, below))
	}
}

// attempts counts how often the actions of a step were run or answered.
func (w *walkScreen) attempts(step *runbooks.Step) int {
	n := 0
	for _, action := range w.a.run.state.StepActions(step.ID) {
		n += w.a.run.state.Action(action.ID).Attempts
		if w.ended(action) {
			n++
		}
	}
	return n
}

// ended reports whether an action was answered, or an attempt of it ended.
func (w *walkScreen) ended(action *runbooks.Action) bool {
	as := w.a.run.state.Action(action.ID)
	return as.Answer != "" || as.Ending.Outcome != ""
}

// span is where the next action stands in the detail's lines, and its command in those.
type span struct {
	start, end int
	code       codeSpan
}

// from is the line that the detail begins with for the action to be in sight: all of it,
// else its command, else the beginning of that.
func (s span) from(rows, below int) int {
	from := min(s.start, s.end-rows+below)
	if code := s.code; code.end > code.start {
		from = max(from, min(code.start, code.end-rows+below))
	}
	return from
}

func (w *walkScreen) detailLines(step *runbooks.Step, cells int) ([]string, span) {
	a, l := w.a, w.a.look
	title := wrap(a.run.stepLabel(step), cells)
	for i := range title {
		title[i] = l.title.Render(title[i])
	}
	if w.focus == paneDetail {
		title[0] = l.cut(l.sym.cursor+" "+title[0], cells)
	}
	lines := slices.Concat(title, wrap(w.standing(step), cells))
	if step.Body != "" {
		lines = append(lines, "")
		lines = append(lines, a.markdown(a.run.state.FillText(step.Body), cells)...)
	}
	for _, sub := range step.Substeps {
		lines = append(lines, w.substep(sub, cells, 0)...)
	}
	var next span
	for _, action := range a.run.state.StepActions(step.ID) {
		lines = append(lines, "")
		start := len(lines)
		drawn, code := w.actionLines(action, cells)
		lines = append(lines, drawn...)
		ended := w.here() && w.ended(action) && a.run.state.NextAction() == nil
		if w.isNext(action) || ended { // with none left, how the last one ended
			next = span{start: start, end: len(lines), code: code.below(start)}
		}
		lines = append(lines, w.sampleLines(action, cells)...)
	}
	if step.Context != "" {
		lines = append(lines, "", l.dim.Render(l.cut(a.p.T("tui.walk.context"), cells)))
		lines = append(lines, a.markdown(a.run.state.FillText(step.Context), cells)...)
	}
	if w.here() && a.run.state.NeedsScenario() {
		lines = append(lines, "")
		for _, s := range a.run.book().Scenarios {
			lines = append(lines, indent("? ", wrap(a.clean(s.Title)+": "+a.run.text(s.Condition), cells-2))...)
		}
	}
	return lines, next
}

// standing says in words where the step stands: state, why, role, scenario.
func (w *walkScreen) standing(step *runbooks.Step) string {
	a, p := w.a, w.a.p
	st := a.run.state.Step(step.ID)
	facts := []string{p.T("step." + string(st.Status))}
	if why := w.whyNotOnWalk(st.Bearing); why != "" {
		facts = []string{why}
	} else if a.run.state.Before(step.ID) {
		facts = []string{p.T("tui.step.before")}
	}
	if st.Reason != "" {
		facts = append(facts, a.clean(st.Reason))
	}
	if !st.EndedAt.IsZero() {
		facts = append(facts, a.clock(st.EndedAt))
	}
	if role := w.roleText(step.Role); role != "" {
		facts = append(facts, role)
	}
	if step.Heading != "" {
		facts = append(facts, a.clean(step.Heading))
	}
	return strings.Join(facts, " · ")
}

// roleText names a role and who plays it.
func (w *walkScreen) roleText(id string) string {
	if id == "" {
		return ""
	}
	title := w.a.run.roleTitle(id)
	if holder := w.a.run.state.Holder(id); holder != "" {
		return title + ": " + w.a.clean(holder)
	}
	return title
}

func (w *walkScreen) substep(step *runbooks.Step, cells, depth int) []string {
	mark := strings.Repeat("  ", depth) + box(w.a.run.state.Ticked(step.ID)) + " "
	if step.Number != "" {
		mark += w.a.clean(step.Number) + " "
	}
	mark = w.a.look.cut(mark, cells/2)
	lines := indent(mark, wrap(w.a.run.text(step.Text), max(cells-width(mark), 8)))
	if step.Body != "" {
		lines = append(lines, indent(strings.Repeat(" ", width(mark)), w.a.markdown(w.a.run.state.FillText(step.Body), max(cells-width(mark), 8)))...)
	}
	for _, sub := range step.Substeps {
		lines = append(lines, w.substep(sub, cells, depth+1)...)
	}
	return lines
}
