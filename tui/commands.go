package tui

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"github.com/charmbracelet/bubbles/textinput"
	tea "github.com/charmbracelet/bubbletea"
)

// command is something that a key can do, by its name.
type command struct {
	id   keyID
	show string // its key
	does string
	why  string // why it does nothing now, or ""
}

// commands is the list of everything that can be done, found by its name or by what it
// does. Nothing in it starts anything that its key would not start, with the same questions.
type commands struct {
	a      *app
	all    []command
	found  []command
	line   textinput.Model
	cursor int
	opened time.Time
	error  string
}

func (a *app) openCommands() {
	d := &commands{a: a, line: newLine(""), opened: a.now()}
	d.line.Prompt = ":"
	offers := a.offers()
	for _, b := range bindings {
		if b.id == keyCommands {
			continue
		}
		c := command{id: b.id, show: b.show, does: a.p.T("tui.key." + string(b.id)), why: a.p.T("tui.why.not-here")}
		if i := slices.IndexFunc(offers, func(o offer) bool { return o.id == b.id }); i >= 0 {
			c.why = offers[i].why
		}
		d.all = append(d.all, c)
	}
	d.search()
	a.dialog = d
}

// search keeps what the typed words are found in, the best first; of what fits alike, what
// can be done now. What fits best stays first although it cannot: who types its name must
// not get something else.
func (d *commands) search() {
	words := strings.Fields(strings.ToLower(d.line.Value()))
	d.found, d.cursor, d.error = nil, 0, ""
	rank := map[keyID]int{}
	for _, c := range d.all {
		if r, ok := rankOf(c, words); ok {
			rank[c.id] = r
			d.found = append(d.found, c)
		}
	}
	slices.SortStableFunc(d.found, func(a, b command) int {
		return cmp.Or(cmp.Compare(rank[a.id], rank[b.id]), cmp.Compare(min(len(a.why), 1), min(len(b.why), 1)))
	})
}

// rankOf says how well a command fits, smaller is better: the beginning of its name, a
// part of it, a part of what it does, or the letters of its name in this order.
func rankOf(c command, words []string) (rank int, ok bool) {
	name, does := string(c.id), strings.ToLower(c.does)
	for _, word := range words {
		switch {
		case name == word:
		case strings.HasPrefix(name, word):
			rank++
		case strings.Contains(name, word):
			rank += 2
		case strings.Contains(does, word):
			rank += 4
		case within(word, name):
			rank += 8
		default:
			return 0, false
		}
	}
	return rank, true
}

// within reports whether the letters of a word stand in a text in their order.
func within(word, text string) bool {
	rest := []rune(word)
	for _, r := range text {
		if len(rest) > 0 && r == rest[0] {
			rest = rest[1:]
		}
	}
	return len(rest) == 0
}

func (d *commands) title() string { return d.a.p.T("tui.commands.title") }

func (d *commands) press(msg tea.KeyMsg) tea.Cmd {
	switch msg.String() {
	case "esc", "ctrl+c":
		d.a.dialog = nil
	case "up", "ctrl+p":
		d.cursor = max(d.cursor-1, 0)
	case "down", "ctrl+n", "tab":
		d.cursor = max(min(d.cursor+1, len(d.found)-1), 0)
	case "enter":
		return d.accept()
	default:
		before := d.line.Value()
		var cmd tea.Cmd
		d.line, cmd = d.line.Update(msg)
		if d.line.Value() != before {
			d.search()
		}
		return cmd
	}
	return nil
}

// accept does what is selected, unless it was typed before the list could be read.
func (d *commands) accept() tea.Cmd {
	switch {
	case len(d.found) == 0:
		return nil
	case d.a.now().Sub(d.opened) < quietTime:
		d.error = d.a.p.T("tui.msg.early")
		return nil
	}
	chosen := d.found[d.cursor]
	if chosen.why != "" {
		d.error = chosen.why
		return nil
	}
	d.a.dialog = nil
	if chosen.id == keySuspend {
		return d.a.suspend()
	}
	return d.a.act(chosen.id)
}

func (d *commands) lines(width, height int) []string {
	l := d.a.look
	foot := []string{lineView(d.line, width)}
	if d.error != "" {
		foot = append(foot, d.a.errorLines(d.error, width)...)
	}
	if len(d.found) == 0 {
		return append([]string{l.dim.Render(d.a.p.T("tui.commands.none"))}, foot...)
	}
	s := scroll{}
	s.resize(len(d.found), max(min(height-len(foot), 10), 1))
	s.follow(d.cursor)
	var rows []string
	for i := s.offset; i < min(s.offset+s.height, len(d.found)); i++ {
		c := d.found[i]
		text := l.fit(string(c.id), 10) + " " + l.fit(c.show, 7) + " "
		if c.why != "" {
			text += "(" + c.why + ") "
		}
		text += c.does
		switch {
		case i == d.cursor:
			text = l.cursor.Render(l.cut(l.sym.cursor+" "+text, width))
		case c.why != "":
			text = l.dim.Render(l.cut("  "+text, width))
		default:
			text = l.cut("  "+text, width)
		}
		rows = append(rows, text)
	}
	return append(rows, foot...)
}

func (d *commands) hints() []hint {
	p := d.a.p
	return []hint{{"enter", p.T("tui.foot.pick")}, {"up/down", p.T("tui.foot.move")}, {"esc", p.T("tui.foot.close")}}
}

func (d *commands) refused(text string) { d.error = text }
