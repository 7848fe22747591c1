package tui

import (
	"strings"

	tea "github.com/charmbracelet/bubbletea"
)

// picker offers unfinished runs and runbooks, in the order it was given.
type picker struct {
	a       *app
	width   int
	height  int
	found   []int // indices into the entries that match the filter
	filter  string
	cursor  int
	scroll  scroll
	opening bool
}

func newPicker(a *app) *picker {
	p := &picker{a: a}
	p.search("")
	return p
}

func (p *picker) name() string { return "picker" }

func (p *picker) setSize(width, height int) { p.width, p.height = width, height }

func (p *picker) keys() []offer {
	why := ""
	switch {
	case p.opening:
		why = p.a.p.T("tui.waiting")
	case len(p.found) == 0:
		why = p.a.p.T("tui.picker.empty")
	}
	offers := []offer{{id: keyDo, label: p.doLabel(), why: why}}
	if !p.a.opts.Rehearsal {
		rehearse := why
		if e := p.selected(); e != nil && e.Run != "" {
			rehearse = p.a.p.T("tui.picker.run-only")
		}
		offers = append(offers, offer{id: keyRehearse, why: rehearse})
	}
	return append(offers, offer{id: keyFilter}, offer{id: keyDown}, offer{id: keyUp, quiet: true},
		offer{id: keyPageDown, quiet: true}, offer{id: keyPageUp, quiet: true},
		offer{id: keyTop, quiet: true}, offer{id: keyBottom, quiet: true})
}

func (p *picker) doLabel() string {
	if e := p.selected(); e != nil && e.Run != "" {
		return p.a.p.T("tui.next.resume")
	}
	if p.a.opts.Rehearsal {
		return p.a.p.T("tui.foot.rehearse")
	}
	return p.a.p.T("tui.foot.open")
}

func (p *picker) selected() *Entry {
	if p.cursor >= len(p.found) {
		return nil
	}
	return &p.a.opts.Entries[p.found[p.cursor]]
}

func (p *picker) act(id keyID) tea.Cmd {
	switch id {
	case keyDo, keyRehearse:
		p.opening = true
		return p.a.pick(Choice{Entry: *p.selected(), Rehearsal: p.a.opts.Rehearsal || id == keyRehearse})
	case keyFilter:
		p.a.ask(p.a.p.T("tui.picker.filter"), nil, p.filter, func(text string) tea.Cmd {
			p.search(text)
			p.a.dialog = nil
			return nil
		})
	case keyDown:
		p.move(1)
	case keyUp:
		p.move(-1)
	case keyPageDown:
		p.move(p.scroll.height / 2)
	case keyPageUp:
		p.move(-p.scroll.height / 2)
	case keyTop:
		p.move(-len(p.found))
	case keyBottom:
		p.move(len(p.found))
	default:
	}
	return nil
}

func (p *picker) move(by int) { p.cursor = max(0, min(p.cursor+by, len(p.found)-1)) }

// search keeps the entries in which every word of the filter stands.
func (p *picker) search(filter string) {
	p.filter, p.cursor, p.found = filter, 0, nil
	words := strings.Fields(strings.ToLower(filter))
	for i, e := range p.a.opts.Entries {
		all := strings.ToLower(e.Title + " " + e.Name + " " + e.Path)
		matches := true
		for _, word := range words {
			matches = matches && strings.Contains(all, word)
		}
		if matches {
			p.found = append(p.found, i)
		}
	}
}

func (p *picker) view() []string {
	a := p.a
	heading := a.p.T("tui.picker.title")
	if p.filter != "" {
		heading += "  /" + a.clean(p.filter)
	}
	lines := []string{a.look.strong.Render(heading), ""}
	if len(p.found) == 0 {
		return block(append(lines, wrap(a.p.T("tui.picker.empty"), p.width)...), p.height)
	}
	p.scroll.resize(len(p.found)*2, p.height-len(lines))
	p.scroll.follow(p.cursor * 2)
	p.scroll.follow(p.cursor*2 + 1)
	for row := p.scroll.offset; row < min(p.scroll.offset+p.scroll.height, len(p.found)*2); row++ {
		lines = append(lines, p.row(row/2, row%2))
	}
	return block(lines, p.height)
}

// row is one of the two rows of an entry: its title, and when it was last walked.
func (p *picker) row(i, part int) string {
	a := p.a
	e := a.opts.Entries[p.found[i]]
	if part == 1 {
		return a.look.dim.Render(a.look.cut("    "+p.facts(e), p.width))
	}
	mark, title := "  ", a.clean(e.Title)
	if e.Run != "" {
		title = a.p.T("tui.picker.unfinished", "Title", title)
	}
	if i != p.cursor {
		return a.look.cut(mark+title, p.width)
	}
	return a.look.cursor.Render(a.look.cut(a.look.sym.cursor+" "+title, p.width))
}

func (p *picker) facts(e Entry) string {
	a := p.a
	facts := []string{a.clean(e.Name)}
	if e.Note != "" {
		facts = append(facts, "! "+a.clean(e.Note))
	}
	if e.Run != "" {
		return strings.Join(append(facts, a.clean(e.Run), a.p.T("tui.picker.last", "At", a.day(e.LastRun))), " · ")
	}
	facts = append(facts, a.p.T("tui.picker.size", "Steps", e.Steps, "Phases", e.Phases))
	if e.LastRun.IsZero() {
		facts = append(facts, a.p.T("tui.picker.never"))
	} else {
		facts = append(facts, a.p.T("tui.picker.last", "At", a.day(e.LastRun)))
	}
	if !e.LastRehearsed.IsZero() {
		facts = append(facts, a.p.T("tui.picker.rehearsed", "At", a.day(e.LastRehearsed)))
	}
	if e.Path != "" {
		facts = append(facts, a.clean(e.Path))
	}
	return strings.Join(facts, " · ")
}
