package tui

import (
	"strings"

	tea "github.com/charmbracelet/bubbletea"
)

// search is what is looked for in the output, and where it was found last.
type search struct {
	query string // in lower case
	found int    // index into the ring; -1 = nowhere
}

// find goes to the next line that holds a text, from the newest back to the oldest
// and round again. It says whether there is one.
func (o *output) find(query string, rows int) bool {
	query = strings.ToLower(query)
	from := o.len() - 1
	if query == o.search.query && o.search.found >= 0 && o.search.found < o.len() {
		from = o.search.found - 1
	}
	o.search = search{query: query, found: -1}
	for step := range o.len() {
		i := from - step
		if i < 0 {
			i += o.len()
		}
		if o.holds(i) {
			o.search.found = i
			o.back = max(0, min(o.len()-1-i-rows/2, o.len()-1))
			return true
		}
	}
	return false
}

// holds reports whether a line holds what is looked for.
func (o *output) holds(i int) bool {
	return o.search.query != "" && strings.Contains(strings.ToLower(o.at(i).text), o.search.query)
}

// askSearch asks what to look for in the output.
func (w *walkScreen) askSearch() {
	w.a.ask(w.a.p.T("tui.search.title"), []string{w.a.p.T("tui.search.help")}, w.a.run.out.search.query, func(query string) tea.Cmd {
		w.a.dialog = nil
		w.focus = paneOutput
		switch {
		case query == "":
			w.a.run.out.search = search{found: -1}
		case !w.a.run.out.find(query, w.outputRows()):
			w.a.say(true, w.a.p.T("tui.search.none", "Text", w.a.clean(query)))
		default:
			w.a.say(false, w.a.p.T("tui.search.found", "Text", w.a.clean(query)))
		}
		return nil
	})
}
