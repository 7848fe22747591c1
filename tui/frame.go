package tui

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	tea "github.com/charmbracelet/bubbletea"
)

// The smallest screen that is drawn, and the rows around the body.
const (
	minWidth, minHeight = 60, 15
	headerRows          = 3
	footerRows          = 2
)

func (a *app) tooSmall() bool { return a.width < minWidth || a.height < minHeight }

func (a *app) bodyRows() int { return a.height - headerRows - a.alerting - footerRows }

func (a *app) resize() {
	if a.tooSmall() {
		return
	}
	a.base.setSize(a.width, a.bodyRows())
	for _, s := range a.over {
		s.setSize(a.width, a.bodyRows())
	}
}

// draw makes the frame: header, the screen with a dialog's sheet over its foot,
// footer. Whatever a screen returns, no line is wider than the terminal and the
// frame is exactly as high.
func (a *app) draw() {
	before := a.sight
	a.sight = sight{}
	if a.width == 0 || a.height == 0 {
		return
	}
	if a.tooSmall() {
		text := a.p.T("tui.small", "Width", a.width, "Height", a.height, "MinWidth", minWidth, "MinHeight", minHeight)
		a.frame = a.join(block(wrap(text, a.width), a.height))
		return
	}
	rows := make([]string, 0, a.height)
	alert := a.alertLines()
	if len(alert) != a.alerting {
		a.alerting = len(alert)
		a.resize()
	}
	rows = append(rows, a.header()...)
	rows = append(rows, alert...)
	body := block(a.top().view(), a.bodyRows())
	if a.dialog != nil {
		sheet := a.sheet()
		copy(body[len(body)-len(sheet):], sheet)
	}
	a.behold(before)
	rows = append(rows, body...)
	a.frame = a.join(append(rows, a.noticeLine(), a.keyLine()))
}

func (a *app) join(rows []string) string {
	for i, row := range rows {
		row = a.look.cut(shown(row), a.width)
		if a.look.ascii {
			row = ascii.Replace(row)
		}
		rows[i] = row
	}
	return strings.Join(rows, "\n")
}

// sheet draws the open dialog: as few rows as it needs, at most the body.
func (a *app) sheet() []string {
	room := a.bodyRows() - 1
	lines := a.dialog.lines(a.width-2, room)
	if len(lines) > room {
		lines = lines[:room]
	}
	sheet := []string{a.look.ruleWith(a.look.strong.Render(a.dialog.title()), a.width)}
	for _, line := range lines {
		sheet = append(sheet, " "+line)
	}
	return sheet
}

func (a *app) header() []string {
	if a.run == nil {
		return []string{a.banner(a.opts.Rehearsal, false) + a.look.title.Render("Bitácora"), "", a.look.ruleWith("", a.width)}
	}
	s := a.run.state
	elapsed, _ := s.IncidentClock(a.now())
	clock := stopwatch(elapsed)
	// The clock rewrites this row every second: no style that is not needed.
	first := a.banner(s.Rehearsal(), true) + clock + "  " + a.run.title()
	return []string{first, a.secondRow(), a.facts()}
}

// banner says live or rehearsal by word, on every screen.
func (a *app) banner(rehearsal, known bool) string {
	switch {
	case rehearsal:
		return a.look.rehearsal.Render(" "+a.p.T("mode.rehearsal")+" ") + " "
	case known:
		return a.look.live.Render(" "+a.p.T("mode.live")+" ") + " "
	}
	return ""
}

// facts is the third row: where the run stands on the left, what is saved on
// the right. What is saved is never cut.
func (a *app) facts() string {
	s, r := a.run.state, a.run
	saved := a.savedText(a.clean(r.saved.Code))
	if a.early {
		saved = a.p.T("tui.head.opening")
	}
	if r.storage != nil {
		saved = a.look.bad.Render("! " + a.p.T("tui.head.storage", "Seq", r.saved.Seq))
	}
	var facts []string
	if finished, total, least := s.Progress(); total > 0 {
		id := "tui.head.progress"
		if least {
			id = "tui.head.progress-least"
		}
		facts = append(facts, a.p.T(id, "Done", finished, "Total", total))
	}
	if since := a.since(); since != "" {
		facts = append(facts, since)
	}
	if s.Severity != "" {
		facts = append(facts, a.clean(s.Severity))
	}
	if s.Sandbox {
		facts = append(facts, a.p.T("tui.head.sandbox"))
	}
	if s.Operator != "" {
		facts = append(facts, a.clean(s.Operator))
	}
	if title := r.scenario(); title != "" {
		facts = append(facts, title)
	}
	text := strings.Join(facts, " · ")
	if code := a.savedText(a.clean(r.saved.Code)); saved == code && width(text)+width(saved)+2 > a.width {
		saved = a.savedText("") // who works on what says more here than the head of the record
	}
	left := a.look.cut(text, a.width-width(saved)-2)
	gap := max(a.width-width(left)-width(saved), 1)
	return left + strings.Repeat(" ", gap) + saved
}

// savedText says up to which event the record is on disk.
func (a *app) savedText(code string) string {
	saved := a.run.saved
	return a.p.T("tui.head.saved", "Seq", saved.Seq, "Code", code, "At", a.clock(saved.At))
}

// clock prints a time of day.
func (a *app) clock(at time.Time) string {
	if at.IsZero() {
		return "--:--:--"
	}
	return at.In(a.opts.Location).Format("15:04:05")
}

// moment prints a time of day, with its date when that is not today: a milestone may
// be of yesterday.
func (a *app) moment(at time.Time) string {
	there, now := at.In(a.opts.Location), a.now().In(a.opts.Location)
	if at.IsZero() || there.YearDay() == now.YearDay() && there.Year() == now.Year() {
		return a.clock(at)
	}
	return a.day(at)
}

// day prints a date and a time without seconds.
func (a *app) day(at time.Time) string { return a.p.Date(at.In(a.opts.Location)) }

// noticeAge is how long a notice stands before the running action takes its row.
const noticeAge = 4 * time.Second

// noticeLine says what goes wrong, what happened last, or what runs.
func (a *app) noticeLine() string {
	if r := a.run; r != nil {
		running := r.state.Running
		switch {
		case r.storage != nil:
			return a.look.bad.Render("! " + a.p.T("tui.err.storage", "Detail", a.clean(r.storage.Err.Error())))
		case r.cut: // the alert says it; what ran is not known to run
		case running != nil && (a.now().Sub(a.note.at) >= noticeAge || a.note.text == ""):
			return a.runningLine()
		}
	}
	if a.note.bad {
		return a.look.warn.Render("! " + a.note.text)
	}
	return a.note.text
}

func (a *app) runningLine() string {
	running := a.run.state.Running
	text := a.p.T("tui.msg.running", "Name", a.run.runningName(running), "Time", stopwatch(a.now().Sub(running.StartedAt)))
	if a.run.cancelling == running.Action {
		text = a.p.T("tui.msg.cancelling", "Name", a.run.runningName(running))
	} else if over := a.run.uncounted; over.since.Equal(running.StartedAt) {
		text += " · " + a.p.T("tui.msg.beyond", "Bytes", fmt.Sprintf("%d MB", over.bytes>>20))
	} else if quiet := a.now().Sub(later(a.run.silent, running.StartedAt)); quiet >= 5*time.Second {
		text += " · " + a.p.T("tui.msg.silent", "Time", a.p.Span(quiet.Truncate(time.Second)))
	}
	return a.look.strong.Render(a.look.sym.active + " " + text)
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

// keyLine shows the keys that work now, as many as fit; help and leave always do.
func (a *app) keyLine() string {
	if a.dialog != nil {
		return a.hintLine(a.dialog.hints(), nil)
	}
	var first, last []hint
	for _, o := range a.offers() {
		if o.why != "" || o.quiet {
			continue
		}
		h := hint{key: strings.Split(bindingOf(o.id).show, " ")[0], does: o.label}
		if h.does == "" {
			h.does = a.p.T("tui.foot." + string(o.id))
		}
		if o.id == keyHelp || o.id == keyLeave || o.id == keyClose || o.id == keyDetach {
			last = append(last, h)
		} else {
			first = append(first, h)
		}
	}
	return a.hintLine(first, last)
}

func (a *app) hintLine(first, last []hint) string {
	room := a.width
	for _, h := range last {
		room -= width(h.key) + width(h.does) + 3
	}
	var parts []string
	for _, h := range first {
		cells := width(h.key) + width(h.does) + 3
		if cells > room+2 {
			if len(parts) > 0 {
				continue
			}
			h.does = a.look.cut(h.does, max(room-width(h.key)-3, 4))
		}
		room -= cells
		parts = append(parts, a.look.key.Render(h.key)+" "+h.does)
	}
	for _, h := range last {
		parts = append(parts, a.look.key.Render(h.key)+" "+h.does)
	}
	return strings.Join(parts, "  ")
}

// offers are the keys of the screen, and those that work everywhere.
func (a *app) offers() []offer {
	offers := a.top().keys()
	if len(a.over) > 0 {
		offers = append(offers, offer{id: keyClose})
	}
	if why := a.readOnly(); why != "" {
		for i := range offers {
			if drives(offers[i].id) || a.run.cut && records(offers[i].id) {
				offers[i].why = why
			}
		}
	}
	running := a.cancellable()
	if running {
		stop := offer{id: keyCancel}
		if watching(a.run.state.Running) {
			stop.label = a.p.T("tui.foot.stop-watching")
		}
		offers = append([]offer{stop}, offers...)
	} else {
		offers = append(offers, offer{id: keyCancel, quiet: true, label: a.p.T("tui.foot.leave")})
	}
	if a.run != nil {
		offers = append(offers, offer{id: keyDetach, quiet: !running})
	}
	if a.early {
		a.hold(offers)
	}
	return append(offers, offer{id: keySuspend, quiet: true, why: a.whySuspend()}, offer{id: keyRedraw, quiet: true}, offer{id: keyCommands, quiet: true}, offer{id: keyHelp}, offer{id: keyLeave})
}

// cancellable reports whether something runs that this front end may end.
func (a *app) cancellable() bool {
	return a.run != nil && a.run.state.Running != nil && a.following() == followingNot
}

func number(n int) string { return strconv.Itoa(n) }

// waiting is shown until the run is open.
type waiting struct {
	a      *app
	width  int
	height int
	failed string
}

func (w *waiting) name() string      { return "waiting" }
func (w *waiting) setSize(wd, h int) { w.width, w.height = wd, h }
func (w *waiting) keys() []offer     { return nil }
func (w *waiting) act(keyID) tea.Cmd { return nil }
func (w *waiting) view() []string {
	if w.failed != "" {
		return block(wrap("! "+w.failed, w.width), w.height)
	}
	return block([]string{w.a.p.T("tui.waiting")}, w.height)
}

// section adds a part of a screen with its heading, unless it is empty.
func (a *app) section(width int, lines []string, heading string, part []string) []string {
	if len(part) == 0 {
		return lines
	}
	lines = append(lines, "", a.look.strong.Render(a.p.T(heading)))
	for _, line := range part {
		lines = append(lines, indent("  ", wrap(line, width-2))...)
	}
	return lines
}
