package tui

import (
	"slices"

	"genia.ai/bitacora/internal/walk"
)

// stretch is a run of neighbouring steps of one phase, all walked or none, which
// takes as many rows as it has steps, or a single one when it is folded.
type stretch struct {
	from, to int // indices of steps, to is the one behind the last
	aside    bool
	folded   bool
}

// rows is how many rows of the list a stretch takes.
func (s stretch) rows() int {
	if s.folded {
		return 1
	}
	return s.to - s.from
}

// division is what the steps were divided into, and at which event: a runbook may
// have thousands of steps, and a cursor key changes none of them.
type division struct {
	seq uint64
	all []stretch
}

// stretches divides the steps: neighbours of one phase that are not walked, and of
// which nothing was done, are folded into one row, so that what is walked stays in
// sight. A stretch under the cursor is not folded, nor is a list that has the whole
// screen.
func (w *walkScreen) stretches() []stretch {
	if w.divided.all == nil || w.divided.seq != w.a.run.state.Seq {
		w.divided = division{seq: w.a.run.state.Seq, all: w.divide()}
	}
	all, whole := slices.Clone(w.divided.all), w.zoomed && w.focus == paneList
	for i, s := range all {
		here := s.from <= w.cursor && w.cursor < s.to
		all[i].folded = s.aside && s.to-s.from > 1 && !here && !whole
	}
	return all
}

func (w *walkScreen) divide() []stretch {
	var all []stretch
	steps := w.steps()
	for i, step := range steps {
		aside := w.unwalked(i)
		if n := len(all); n > 0 && all[n-1].aside == aside && steps[all[n-1].from].Phase == step.Phase {
			all[n-1].to = i + 1
			continue
		}
		all = append(all, stretch{from: i, to: i + 1, aside: aside})
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
	open, at := 0, 0
	all := w.stretches()
	for _, s := range all {
		if s.from <= w.cursor && w.cursor < s.to {
			at = open + w.cursor - s.from
		}
		if !s.folded {
			open += s.rows()
		}
	}
	if open == 0 {
		return
	}
	to := max(0, min(at+by, open-1))
	for _, s := range all {
		if s.folded {
			continue
		}
		if to < s.rows() {
			w.cursor = s.from + to
			return
		}
		to -= s.rows()
	}
}
