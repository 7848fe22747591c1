package tui

import (
	tea "github.com/charmbracelet/bubbletea"
)

// wheelRows is how far a notch of the wheel scrolls.
const wheelRows = 3

// clickable is a screen on which a click selects what stands there. A click never starts
// anything: hands rest on mice.
type clickable interface {
	// click takes a place in the screen's own rows and cells, counted from 0.
	click(cell, row int)
}

// mouse takes what the mouse did.
func (a *app) mouse(msg tea.MouseMsg) tea.Cmd {
	if msg.Action != tea.MouseActionPress || a.quitting || a.tooSmall() || a.awaited > 0 {
		return nil
	}
	switch msg.Button {
	case tea.MouseButtonWheelUp:
		return a.wheel(keyUp, tea.KeyUp)
	case tea.MouseButtonWheelDown:
		return a.wheel(keyDown, tea.KeyDown)
	case tea.MouseButtonLeft:
		row := msg.Y - headerRows - a.alerting
		screen, ok := a.top().(clickable)
		if !ok || a.dialog != nil || row < 0 || row >= a.bodyRows() {
			return nil
		}
		screen.click(msg.X, row)
		if w, ok := screen.(*walkScreen); ok {
			return w.askPreviews()
		}
	default:
	}
	return nil
}

func (a *app) wheel(id keyID, key tea.KeyType) tea.Cmd {
	var cmds []tea.Cmd
	for range wheelRows {
		if a.dialog != nil {
			cmds = append(cmds, a.dialog.press(tea.KeyMsg{Type: key}))
			continue
		}
		if o, ok := match(a.offers(), bindingOf(id).keys[0]); ok && o.why == "" {
			cmds = append(cmds, a.act(o.id))
		}
	}
	return tea.Batch(cmds...)
}

// click selects a step, or gives the keys to the pane that was clicked.
func (w *walkScreen) click(cell, row int) {
	upper := w.height - w.outputRows() - 1
	switch {
	case w.zoomed && w.focus != paneList:
		return
	case !w.zoomed && row >= upper:
		w.focus = paneOutput
		return
	case !w.zoomed && cell >= w.listCells():
		w.focus = paneDetail
		return
	}
	w.focus = paneList
	parts, _, _, _ := w.layOut()
	for _, part := range parts {
		if at := w.list.offset + row - part.row; at >= 0 && at < part.rows() {
			w.cursor = part.from + at // of a folded stretch its first, which unfolds it
			return
		}
	}
}

// click selects an entry, which takes two rows below the heading.
func (p *picker) click(_, row int) {
	const heading = 2
	if i := (row - heading + p.scroll.offset) / 2; row >= heading && i < len(p.found) {
		p.cursor = i
	}
}
