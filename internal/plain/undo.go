package plain

import "strings"

// everything is the key of all that can be undone; no action is called so.
const everything = "*"

// undoAll runs the inverses in reverse, each shown and confirmed like any action.
// It stops at the first that is not run or does not succeed.
func (t *talk) undoAll() error {
	for {
		entries := t.state.Undoable()
		if len(entries) == 0 {
			return nil
		}
		if err := t.runUndo(entries[0]); err != nil {
			return err
		}
		if left := len(t.state.Undoable()); left >= len(entries) {
			t.say(t.p.T("plain.undo.stopped", "Count", left))
			return nil
		}
	}
}

// sayUndoable names, at the end, what can still be undone.
func (t *talk) sayUndoable() {
	var names []string
	for _, entry := range t.state.Undoable() {
		names = append(names, t.actionName(entry.Action))
	}
	if len(names) > 0 {
		t.say(t.p.T("plain.undo.left", "Names", oneLine(strings.Join(names, ", "))))
	}
}
