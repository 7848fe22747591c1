package tui

import (
	"slices"

	tea "github.com/charmbracelet/bubbletea"

	"genia.ai/bitacora/internal/walk"
)

// undoAll begins to run the inverses in reverse: each is shown and confirmed like
// any action, and the next is offered when it has succeeded.
func (a *app) undoAll() tea.Cmd {
	a.undoing = ""
	for _, entry := range a.run.state.Undoable() {
		if undo := a.run.find(entry.Undo); undo != nil {
			a.undoing = entry.Action
			return a.startUndo(entry, undo)
		}
	}
	return nil
}

// undoNext goes on after what was undone, unless that failed or the operator does
// something else meanwhile.
func (a *app) undoNext(ended *walk.Running) tea.Cmd {
	if a.undoing == "" || ended == nil || ended.Undoes != a.undoing {
		return nil
	}
	a.undoing = ""
	left := a.run.state.Undoable()
	switch {
	case slices.ContainsFunc(left, func(e walk.UndoEntry) bool { return e.Action == ended.Undoes }):
		a.say(true, a.p.T("tui.undo.stopped", "Name", a.run.nameOf(ended.Undoes)))
		return nil
	case len(left) == 0:
		return nil
	case a.dialog != nil || a.blocked() != "":
		a.say(false, a.p.T("tui.undo.waits"))
		return nil
	}
	return a.undoAll()
}
