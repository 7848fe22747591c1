package walk

import "slices"

// undoList holds the inverses that can be run, the last first. It is never changed:
// states share what they have in common of it.
type undoList struct {
	entry  UndoEntry
	before *undoList
}

// withUndo returns the state with one more inverse.
func (s State) withUndo(entry UndoEntry) State {
	s.undo = &undoList{entry, s.undo}
	if a := s.plan.action(entry.Action); a != none {
		s.actions = s.actions.marked(a, s.actions.is(a)|actionRevertible)
	}
	return s
}

// withoutUndo returns the state without the inverse of an action, if there is one.
func (s State) withoutUndo(action string) State {
	if a := s.plan.action(action); a != none {
		if s.actions.is(a)&actionRevertible == 0 {
			return s
		}
		s.actions = s.actions.marked(a, s.actions.is(a)&^actionRevertible)
	}
	s.undo = s.undo.without(action)
	return s
}

// without returns the list without an action. What was pushed before it is shared.
func (l *undoList) without(action string) *undoList {
	var later []UndoEntry
	for at := l; at != nil; at = at.before {
		if at.entry.Action != action {
			later = append(later, at.entry)
			continue
		}
		rest := at.before
		for i := len(later) - 1; i >= 0; i-- {
			rest = &undoList{later[i], rest}
		}
		return rest
	}
	return l
}

// find returns the inverse of an action.
func (l *undoList) find(action string) (UndoEntry, bool) {
	for ; l != nil; l = l.before {
		if l.entry.Action == action {
			return l.entry, true
		}
	}
	return UndoEntry{}, false
}

// revertedBy returns the actions that the one with this id reverts, in the order in
// which they succeeded.
func (l *undoList) revertedBy(id string) []string {
	var actions []string
	for ; l != nil; l = l.before {
		if l.entry.Undo == id {
			actions = append(actions, l.entry.Action)
		}
	}
	slices.Reverse(actions)
	return actions
}
