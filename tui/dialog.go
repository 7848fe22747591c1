package tui

import (
	"slices"
	"strings"
	"time"

	"github.com/charmbracelet/bubbles/cursor"
	"github.com/charmbracelet/bubbles/key"
	"github.com/charmbracelet/bubbles/textinput"
	tea "github.com/charmbracelet/bubbletea"
	"github.com/charmbracelet/lipgloss"

	"genia.ai/bitacora/internal/walk"
)

// quietTime is how long nothing must have been pressed, since a dialog that
// starts something was drawn, before a key can accept it.
const quietTime = 400 * time.Millisecond

// guard throws away what was typed ahead. The zero value is armed by ready.
type guard struct{ last time.Time }

// newGuard starts the quiet time: the dialog is drawn at the end of this Update.
func newGuard(now time.Time) guard { return guard{last: now} }

// quiet reports whether a key comes after the quiet time, and starts it anew.
func (g *guard) quiet(now time.Time) bool {
	quiet := now.Sub(g.last) >= quietTime
	g.last = now
	return quiet
}

// newLine is a one-line editor. Its paste key is off: it would run programs to
// reach a clipboard; what the terminal pastes arrives as text.
func newLine(value string) textinput.Model {
	line := textinput.New()
	line.Prompt = "> "
	line.Cursor.SetMode(cursor.CursorStatic)
	line.KeyMap.Paste = key.NewBinding(key.WithDisabled())
	line.SetValue(value)
	line.Focus()
	return line
}

// lineView draws a one-line editor into so many cells.
func lineView(line textinput.Model, cells int) string {
	line.Width = max(cells-4, 1)
	line.SetCursor(line.Position())
	return shown(line.View())
}

// prompt asks for one line of text.
type prompt struct {
	a       *app
	heading string
	help    []string
	line    textinput.Model
	fresh   bool // the line is as it was suggested: the first letter replaces it
	error   string
	submit  func(value string) tea.Cmd // nil or a command; it decides when the dialog closes

	guarded  bool // what was typed ahead is no answer
	optional bool // nor is nothing one that was
	guard    guard
	armed    bool // something was typed that was not typed ahead

	settled bool   // it ends the run: the enter that accepts it comes after the quiet time, too, and a yes or no is none
	yes     string // what accepting does, for the footer, or ""
}

func (a *app) ask(heading string, help []string, value string, submit func(string) tea.Cmd) {
	a.dialog = &prompt{a: a, heading: heading, help: help, line: newLine(value), fresh: value != "", submit: submit}
}

// askGuarded is ask for an answer that keys must not give which were pressed before the
// question could be read: a reason. Where none is needed the question follows a list,
// which has such a guard itself: there only an enter that says nothing is too early.
func (a *app) askGuarded(heading string, help []string, optional bool, submit func(string) tea.Cmd) *prompt {
	d := &prompt{
		a: a, heading: heading, help: help, line: newLine(""), submit: submit,
		guarded: true, optional: optional, guard: newGuard(a.now()),
	}
	a.dialog = d
	return d
}

// early reports whether a key came too soon to be meant for this question, and says so.
func (d *prompt) early(msg tea.KeyMsg) bool {
	if !d.guarded || d.armed && !d.settled {
		return false
	}
	quiet := d.guard.quiet(d.a.now())
	if d.armed {
		if msg.Type != tea.KeyEnter || quiet {
			d.error = ""
			return false
		}
		d.error = d.a.p.T("tui.msg.once-more")
		return true
	}
	if quiet || msg.Paste || d.optional && msg.Type != tea.KeyEnter {
		d.armed, d.error = true, ""
		return false
	}
	d.error = d.a.p.T("tui.msg.early")
	return true
}

func (d *prompt) title() string { return d.heading }

func (d *prompt) press(msg tea.KeyMsg) tea.Cmd {
	name := msg.String()
	switch {
	case name == "esc", name == "ctrl+c":
		d.a.dialog = nil
		return nil
	case name == "enter" && d.settled && d.decided(), d.early(msg):
		return nil
	case name == "enter":
		if d.a.flight > 0 {
			return nil
		}
		d.error = ""
		return d.submit(strings.TrimSpace(d.line.Value()))
	}
	if d.fresh && (msg.Type == tea.KeyRunes || msg.Type == tea.KeySpace) {
		d.line.SetValue("")
	}
	d.fresh = false
	var cmd tea.Cmd
	d.line, cmd = d.line.Update(msg)
	return cmd
}

// decided reports whether a yes or a no was answered to what asks for a reason: a no closes
// it, after a yes the reason is asked for once more.
func (d *prompt) decided() bool {
	switch yesOrNo(d.line.Value()) {
	case walk.AnswerNo:
		d.a.dialog = nil
	case walk.AnswerYes:
		d.line.SetValue("")
		d.error = d.a.p.T("refusal.reason-needed")
	default:
		return false
	}
	return true
}

func (d *prompt) lines(width, height int) []string {
	var lines []string
	for _, text := range d.help {
		lines = append(lines, wrap(text, width)...)
	}
	foot := []string{lineView(d.line, width)}
	if d.fresh {
		foot[0] = "> " + d.a.look.cursor.Render(d.a.look.cut(shown(d.line.Value()), width-2))
	}
	if d.error != "" {
		foot = append(foot, d.a.errorLines(d.error, width)...)
	}
	return append(d.a.cutOff(lines, height-len(foot), width), foot...)
}

func (d *prompt) hints() []hint {
	yes := d.yes
	if yes == "" {
		yes = d.a.p.T("tui.foot.accept-text")
	}
	hints := []hint{{"enter", yes}, {"esc", d.a.p.T("tui.foot.close")}}
	if d.fresh {
		hints = append(hints, hint{d.a.look.sym.arrow, d.a.p.T("tui.foot.edit")})
	}
	return hints
}

func (d *prompt) refused(text string) { d.error = text }

func (a *app) errorLines(text string, width int) []string {
	lines := wrap("! "+text, width)
	for i := range lines {
		lines[i] = a.look.warn.Render(lines[i])
	}
	return lines
}

// item is one line of a list to pick from.
type item struct {
	label  string
	detail string   // further text below the label when the item is selected
	why    string   // why it cannot be picked now, or ""
	keys   []string // letters that pick it at once; digits never do, see digit
	pick   func() tea.Cmd
}

// picked asks for one of several items.
type picked struct {
	a       *app
	heading string
	help    []string
	items   []item
	cursor  int
	guard   guard
	error   string
	keep    bool // picking leaves the dialog open until its command is done
}

func (a *app) choose(heading string, help []string, items []item) *picked {
	d := &picked{a: a, heading: heading, help: help, items: items, guard: newGuard(a.now())}
	a.dialog = d
	return d
}

// harmless says that picking only leads on to another question: it may be picked
// at once.
func (d *picked) harmless() { d.guard = guard{} }

// startAt puts the cursor on an item; nothing moves when there is none.
func (d *picked) startAt(index int) {
	if index >= 0 && index < len(d.items) {
		d.cursor = index
	}
}

func (d *picked) title() string { return d.heading }

func (d *picked) press(msg tea.KeyMsg) tea.Cmd {
	name := msg.String()
	quiet := d.guard.quiet(d.a.now())
	switch name {
	case "esc", "ctrl+c":
		d.a.dialog = nil
	case "j", "down":
		d.move(1)
	case "k", "up":
		d.move(-1)
	case "g", "home":
		d.move(-len(d.items))
	case "G", "end":
		d.move(len(d.items))
	case "enter":
		return d.accept(quiet)
	default:
		if i := slices.IndexFunc(d.items, func(it item) bool { return slices.Contains(it.keys, strings.ToLower(name)) }); i >= 0 {
			d.cursor = i
			return d.accept(quiet)
		}
		if n, ok := digit(name); ok && n < len(d.items) {
			d.move(n - d.cursor)
		}
	}
	return nil
}

func (d *picked) move(by int) {
	d.cursor = max(0, min(d.cursor+by, len(d.items)-1))
	d.guard = guard{} // who moves has read the list
}

func (d *picked) accept(quiet bool) tea.Cmd {
	if d.a.flight > 0 || len(d.items) == 0 {
		return nil
	}
	if !quiet {
		d.error = d.a.p.T("tui.msg.early")
		return nil
	}
	chosen := d.items[d.cursor]
	if chosen.why != "" {
		d.error = chosen.why
		return nil
	}
	d.error = ""
	if !d.keep {
		d.a.dialog = nil
	}
	return chosen.pick()
}

func (d *picked) lines(width, height int) []string {
	var help, foot []string
	for _, text := range d.help {
		help = append(help, wrap(text, width)...)
	}
	if d.error != "" {
		foot = d.a.errorLines(d.error, width)
	}
	help = d.a.cutOff(help, height-len(foot)-min(len(d.items), 4), width)
	rows, at := d.rows(width)
	s := scroll{}
	s.resize(len(rows), max(height-len(help)-len(foot), 1))
	s.follow(min(at+s.height-1, at+2))
	s.follow(at)
	list := rows[s.offset:min(len(rows), s.offset+s.height)]
	return slices.Concat(help, list, foot)
}

// rows returns the items, that under the cursor with its detail, and its row.
func (d *picked) rows(width int) (rows []string, at int) {
	l := d.a.look
	for i, it := range d.items {
		mark := "  "
		if i == d.cursor {
			mark, at = l.sym.cursor+" ", len(rows)
		}
		if i < 9 {
			mark += number(i+1) + " "
		} else {
			mark += "  "
		}
		switch {
		case i == d.cursor: // whole, the others on one row each
			for _, line := range indent(mark, wrap(it.label, max(width-lipgloss.Width(mark), 8))) {
				rows = append(rows, l.cursor.Render(line))
			}
		case it.why != "":
			rows = append(rows, l.dim.Render(l.cut(mark+it.label, width)))
		default:
			rows = append(rows, l.cut(mark+it.label, width))
		}
		if i == d.cursor && it.detail != "" {
			for _, line := range wrap(it.detail, width-4) {
				rows = append(rows, l.dim.Render("    "+line))
			}
		}
	}
	return rows, at
}

func (d *picked) hints() []hint {
	hints := []hint{{"enter", d.a.p.T("tui.foot.pick")}}
	for _, it := range d.items {
		if len(it.keys) > 0 {
			hints = append(hints, hint{it.keys[0], it.label})
		}
	}
	return append(hints, hint{"esc", d.a.p.T("tui.foot.close")}, hint{"j/k/1-9", d.a.p.T("tui.foot.move")})
}

func (d *picked) refused(text string) { d.error = text }

// message shows a text that is too long for the foot of the screen.
type message struct {
	a    *app
	text string
}

func (d *message) title() string { return d.a.p.T("tui.message.title") }

func (d *message) press(msg tea.KeyMsg) tea.Cmd {
	switch msg.String() {
	case "esc", "enter", "ctrl+c", "q":
		d.a.dialog = nil
	}
	return nil
}

func (d *message) lines(width, _ int) []string { return d.a.errorLines(d.text, width) }

func (d *message) hints() []hint { return []hint{{"esc", d.a.p.T("tui.foot.close")}} }

func (d *message) refused(string) {}
