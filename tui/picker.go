package tui

import (
	"path/filepath"
	"strings"

	"github.com/charmbracelet/bubbles/textinput"
	tea "github.com/charmbracelet/bubbletea"

	"genia.ai/bitacora/internal/fuzzy"
)

// picker offers unfinished runs and runbooks, in the order it was given; while there
// is a filter, what fits best comes first. Of thousands only those that can be seen
// are drawn.
type picker struct {
	a       *app
	width   int
	height  int
	texts   []fuzzy.Text // of the entries, made when the first filter is typed
	found   []int        // indices into the entries that match the filter
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
		p.a.dialog = &filterDialog{p: p, line: newLine(p.filter), before: p.filter}
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

// search keeps the entries that the filter fits. A filter that goes on from the one
// before only narrows what that had found.
func (p *picker) search(filter string) {
	among := p.found
	if p.filter == "" || !strings.HasPrefix(filter, p.filter) {
		among = nil
	}
	p.filter, p.cursor = filter, 0
	if strings.TrimSpace(filter) == "" {
		p.found = make([]int, len(p.a.opts.Entries))
		for i := range p.found {
			p.found[i] = i
		}
		return
	}
	if p.texts == nil {
		p.texts = make([]fuzzy.Text, len(p.a.opts.Entries))
		for i, e := range p.a.opts.Entries {
			p.texts[i] = fuzzy.NewText(e.Title, e.Name, filepath.Base(e.Path), e.Headings, e.Alerts)
		}
	}
	p.found = fuzzy.Rank(p.texts, among, filter)
}

func (p *picker) view() []string {
	a := p.a
	heading := a.p.T("tui.picker.title")
	if p.filter != "" {
		heading += "  /" + a.clean(p.filter)
		heading += "  " + a.p.T("tui.picker.count", "Found", len(p.found), "All", len(a.opts.Entries))
	}
	lines := []string{a.look.strong.Render(a.look.cut(heading, p.width)), ""}
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
		return mark + p.marked(a.look.cut(title, p.width-len(mark)))
	}
	return a.look.cursor.Render(a.look.cut(a.look.sym.cursor+" "+title, p.width))
}

func (p *picker) facts(e Entry) string {
	a := p.a
	var facts []string
	if where := p.where(e); where != "" {
		facts = append(facts, a.look.sym.arrow+" "+a.clean(where))
	}
	facts = append(facts, a.clean(e.Name))
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

// where names the heading or alert that the filter found, "" when it found the title
// or the name.
func (p *picker) where(e Entry) string {
	if strings.TrimSpace(p.filter) == "" || e.Run != "" {
		return ""
	}
	return fuzzy.NewText(e.Title, e.Name, filepath.Base(e.Path), e.Headings, e.Alerts).Where(p.filter)
}

// marked shows which part of a text the filter found.
func (p *picker) marked(text string) string {
	marks := fuzzy.Spans(text, p.filter)
	if marks == nil {
		return text
	}
	var b, part strings.Builder
	runes, on := []rune(text), false
	flush := func() {
		if s := part.String(); on && s != "" {
			b.WriteString(p.a.look.strong.Render(s))
		} else {
			b.WriteString(s)
		}
		part.Reset()
	}
	for i, r := range runes {
		if marks[i] != on {
			flush()
			on = marks[i]
		}
		part.WriteRune(r)
	}
	flush()
	return b.String()
}

// filterDialog narrows the list with every key.
type filterDialog struct {
	p      *picker
	line   textinput.Model
	before string // the filter that esc brings back
}

func (d *filterDialog) title() string { return d.p.a.p.T("tui.picker.filter") }

func (d *filterDialog) press(msg tea.KeyMsg) tea.Cmd {
	switch msg.String() {
	case "esc", "ctrl+c":
		d.p.search(d.before)
		d.p.a.dialog = nil
		return nil
	case "enter":
		d.p.a.dialog = nil
		return nil
	case "down":
		d.p.move(1)
		return nil
	case "up":
		d.p.move(-1)
		return nil
	}
	var cmd tea.Cmd
	d.line, cmd = d.line.Update(msg)
	if text := d.line.Value(); text != d.p.filter {
		d.p.search(text)
	}
	return cmd
}

func (d *filterDialog) lines(width, _ int) []string { return []string{lineView(d.line, width)} }

func (d *filterDialog) hints() []hint {
	t := d.p.a.p.T
	return []hint{{"enter", t("tui.foot.accept-text")}, {"up/down", t("tui.foot.move")}, {"esc", t("tui.foot.close")}}
}

func (d *filterDialog) refused(string) {}
