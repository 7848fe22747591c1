package walk

// LeftoverKind says what kind of thing a run leaves open.
type LeftoverKind string

// The kinds of leftovers.
const (
	LeftoverUndo LeftoverKind = "undo" // what was changed and its inverse was not run
	LeftoverTodo LeftoverKind = "todo" // what was written down to be done
)

// Leftover is how much of a kind is open, at least one.
type Leftover struct {
	Kind  LeftoverKind
	Count int
}

// Leftovers counts what the run leaves open, none when nothing is. The outcome of a run
// does not tell: it may be completed with all of it still to do.
func (s State) Leftovers() []Leftover {
	var left []Leftover
	if n := len(s.Undoable()); n > 0 && !s.Rehearsal() { // there nothing was changed
		left = append(left, Leftover{LeftoverUndo, n})
	}
	todos := 0
	for _, todo := range s.todos {
		if !todo.Done {
			todos++
		}
	}
	if todos > 0 {
		left = append(left, Leftover{LeftoverTodo, todos})
	}
	return left
}
