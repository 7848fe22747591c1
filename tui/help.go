package tui

import (
	tea "github.com/charmbracelet/bubbletea"
)

// helpScreen lists the keys of the screen it was opened on: what they do now,
// and why some do nothing.
type helpScreen struct {
	a      *app
	about  []offer
	width  int
	height int
	scroll scroll
}

func newHelp(a *app) *helpScreen { return &helpScreen{a: a, about: a.offers()} }

func (h *helpScreen) name() string { return "help" }

func (h *helpScreen) setSize(width, height int) { h.width, h.height = width, height }

func (h *helpScreen) keys() []offer {
	return []offer{
		{id: keyDown, label: h.a.p.T("tui.foot.scroll")}, {id: keyUp, quiet: true},
		{id: keyPageDown, quiet: true}, {id: keyPageUp, quiet: true},
		{id: keyTop, quiet: true}, {id: keyBottom, quiet: true},
	}
}

func (h *helpScreen) act(id keyID) tea.Cmd {
	h.scroll.page(id)
	return nil
}

func (h *helpScreen) view() []string {
	lines := h.lines()
	h.scroll.resize(len(lines), h.height)
	rows := window(lines, h.scroll.offset, h.height)
	if rest := len(lines) - h.scroll.offset - h.height; rest > 0 {
		rows[h.height-1] = h.a.look.dim.Render(h.a.look.sym.more + " " + h.a.p.T("tui.more", "Count", rest+1))
	}
	return rows
}

// keyCells is the width of the column of keys.
const keyCells = 10

// row is a key and what it does.
func (h *helpScreen) row(show, text string) []string {
	l := h.a.look
	return indent(l.key.Render(l.fit(show, keyCells))+" ", wrap(text, h.width-keyCells-1))
}

func (h *helpScreen) lines() []string {
	a := h.a
	lines := []string{a.look.strong.Render(a.p.T("tui.help.title"))}
	for _, b := range bindings {
		for _, o := range h.about {
			if o.id != b.id {
				continue
			}
			text := a.p.T("tui.key." + string(o.id))
			if o.label != "" && o.id == keyDo {
				text = a.p.T("tui.help.now", "Text", text, "Now", o.label)
			}
			if o.why != "" {
				text += " (" + o.why + ")"
			}
			lines = append(lines, h.row(b.show, text)...)
		}
	}
	lines = append(lines, h.row(digits, a.p.T("tui.key.digits"))...)
	lines = append(lines, "", a.look.strong.Render(a.p.T("tui.help.symbols")))
	sym := a.look.sym
	for _, row := range [][2]string{
		{sym.pending, "step.pending"}, {sym.active, "step.active"}, {sym.done, "step.done"}, {sym.skipped, "step.skipped"},
		{sym.accepted, "step.accepted"}, {sym.failed, "tui.help.failed"}, {sym.undecided, "tui.why.undecided"},
		{sym.other, "tui.help.other"},
	} {
		lines = append(lines, a.look.fit(row[0], keyCells)+" "+a.p.T(row[1]))
	}
	return lines
}
