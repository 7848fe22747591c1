package tui

import (
	"genia.ai/bitacora/internal/walk"
)

// stretch is a run of neighbouring steps of the list, one or more, which takes as
// many rows as it has steps, or a single one when it is folded.
type stretch struct {
	from, to int // indices of steps, to is the one behind the last
	folded   bool
}

// stretches divides the steps: neighbours of one phase that are not walked, and of
// which nothing was done, are folded into one row, so that what is walked stays in
// sight. A stretch under the cursor is not folded, nor is a list that has the whole
// screen.
func (w *walkScreen) stretches() []stretch {
	var all []stretch
	steps, whole := w.steps(), w.zoomed && w.focus == paneList
	for from := 0; from < len(steps); {
		to := from + 1
		if w.unwalked(from) {
			for to < len(steps) && w.unwalked(to) && steps[to].Phase == steps[from].Phase {
				to++
			}
		}
		here := from <= w.cursor && w.cursor < to
		all = append(all, stretch{from, to, to-from > 1 && !here && !whole})
		from = to
	}
	return all
}

func (w *walkScreen) unwalked(i int) bool {
	st := w.a.run.state.Step(w.steps()[i].ID)
	return (st.Bearing == walk.BearingOther || st.Bearing == walk.BearingSteered) && st.Status == walk.StepPending
}

// foldText says what a folded stretch hides.
func (w *walkScreen) foldText(s stretch) string {
	id := "tui.fold.other"
	for _, step := range w.steps()[s.from:s.to] {
		if w.a.run.state.Step(step.ID).Bearing != walk.BearingOther {
			id = "tui.fold.steered"
		}
	}
	return " " + w.a.look.sym.other + " " + w.a.p.T(id, "Count", s.to-s.from)
}

// moveCursor moves by so many rows, passing over what is folded.
func (w *walkScreen) moveCursor(by int) {
	rows, at := []int{}, 0
	for _, s := range w.stretches() {
		for i := s.from; i < s.to && !s.folded; i++ {
			if i == w.cursor {
				at = len(rows)
			}
			rows = append(rows, i)
		}
	}
	if len(rows) > 0 {
		w.cursor = rows[max(0, min(at+by, len(rows)-1))]
	}
}
