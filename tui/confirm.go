package tui

import (
	"slices"
	"strings"

	"github.com/charmbracelet/bubbles/textinput"
	tea "github.com/charmbracelet/bubbletea"
	"github.com/charmbracelet/lipgloss"

	"genia.ai/bitacora/internal/session"
	"genia.ai/bitacora/runbooks"
)

// confirm shows exactly what would run and asks for a yes. What was typed before
// it could be read is thrown away; what is destroyed has to be typed.
type confirm struct {
	a       *app
	heading string
	effect  runbooks.Effect
	guessed bool // nobody wrote the effect down
	preview session.Preview
	target  string   // to be typed; "" = a yes is enough
	yes     string   // what accepting does, for the footer
	notices []string // what else has to be known before a yes
	submit  func(target string) tea.Cmd

	line   textinput.Model
	guard  guard
	armed  bool
	scroll scroll
	error  string
}

func (a *app) confirm(d *confirm) {
	d.a, d.guard, d.line = a, newGuard(a.now()), newLine("")
	a.dialog = d
}

func (d *confirm) title() string { return d.heading }

func (d *confirm) press(msg tea.KeyMsg) tea.Cmd {
	name := msg.String()
	quiet := d.guard.quiet(d.a.now())
	switch name {
	case "esc", "ctrl+c":
		d.a.dialog = nil
		return nil
	case "down", "pgdown":
		d.scroll.move(1)
		return nil
	case "up", "pgup":
		d.scroll.move(-1)
		return nil
	}
	if d.target != "" {
		return d.typing(msg, quiet)
	}
	switch strings.ToLower(name) {
	case "n":
		d.a.dialog = nil
	case "j":
		d.scroll.move(1)
	case "k":
		d.scroll.move(-1)
	default:
		switch yes := d.a.isYes(name); {
		case name == "enter", yes && !steersWalk(name):
			return d.accept(quiet, "")
		case yes:
			d.error = d.a.p.T("tui.confirm.no-yes", "Key", name, "Yes", d.a.plainYes())
		}
	}
	return nil
}

// plainYes is the letter that accepts what a confirmation shows. One that changes the run
// otherwise in the walk does not: in Spanish the letter of "sí" skips a step there, and who
// wants to skip what is shown must not run it.
func (a *app) plainYes() string {
	for _, letter := range a.yesKeys() {
		if !steersWalk(letter) {
			return letter
		}
	}
	return "y"
}

// typing takes the target, letter by letter, once the quiet time has passed.
func (d *confirm) typing(msg tea.KeyMsg, quiet bool) tea.Cmd {
	if !d.armed && !quiet {
		d.error = d.a.p.T("tui.msg.early")
		return nil
	}
	d.armed, d.error = true, ""
	if msg.String() == "enter" {
		return d.accept(true, strings.TrimSpace(d.line.Value()))
	}
	var cmd tea.Cmd
	d.line, cmd = d.line.Update(msg)
	return cmd
}

func (d *confirm) accept(quiet bool, typed string) tea.Cmd {
	switch {
	case d.a.flight > 0:
		return nil
	case !quiet:
		d.error = d.a.p.T("tui.msg.early")
		return nil
	case typed != d.target:
		d.error = d.a.p.T("tui.confirm.mismatch", "Target", d.a.clean(d.target))
		return nil
	}
	d.error = ""
	return d.submit(typed)
}

func (d *confirm) lines(width, height int) []string {
	l, p := d.a.look, d.a.p
	var head, foot []string
	switch {
	case d.effect == runbooks.EffectRead && d.guessed:
		head = append(head, wrap(p.T("tui.effect.seems-read"), width)...)
	case d.effect != "":
		head = append(head, d.a.effectText(d.effect))
	}
	for _, notice := range d.notices {
		for _, line := range wrap("! "+notice, width) {
			head = append(head, l.warn.Render(line))
		}
	}
	foot = append(foot, d.a.whereLines(d.preview, width)...)
	lands := d.a.landsLines(d.preview.Lands, width)
	if len(lands) <= height/3 {
		foot = append(foot, lands...)
	}
	values := d.a.givenLines(d.preview, width)
	if len(values) <= height/3 {
		foot = append(foot, values...)
	}
	if d.target != "" {
		ask := "tui.confirm.type"
		if d.guessed { // then its target is but its name
			ask = "tui.confirm.type-name"
		}
		foot = append(foot, wrap(p.T(ask, "Target", d.a.clean(d.target)), width)...)
		foot = append(foot, lineView(d.line, width))
	}
	if d.error != "" {
		foot = append(foot, d.a.errorLines(d.error, width)...)
	}
	code := d.a.codeLines(d.preview.Command, width)
	if len(lands) > height/3 { // where there is no room it can be scrolled to, with what runs
		code = append(lands, code...)
	}
	if len(values) > height/3 {
		code = append(code, values...)
	}
	room := max(height-len(head)-len(foot), 1)
	d.scroll.resize(len(code), min(room, len(code)))
	if len(code) > room {
		code = slices.Clone(window(code, d.scroll.offset, room))
		if rest := d.scroll.total - d.scroll.offset - room; rest > 0 {
			code[room-1] = l.dim.Render(l.sym.more + " " + p.T("tui.more", "Count", rest+1))
		}
	}
	return slices.Concat(head, code, foot)
}

// whereLines says where an action runs.
func (a *app) whereLines(preview session.Preview, width int) []string {
	if preview.Where == "" {
		return nil
	}
	return a.labelled("tui.confirm.where", width, func(room int) []string { return a.look.broken(a.clean(preview.Where), room) })
}

// givenLines says which values an action is given.
func (a *app) givenLines(preview session.Preview, width int) []string {
	if len(preview.Values) == 0 {
		return nil
	}
	values := make([]string, len(preview.Values))
	for i, value := range preview.Values {
		values[i] = a.clean(value)
	}
	return a.labelled("tui.confirm.values", width, func(room int) []string { return a.look.valueLines(values, room) })
}

// labelled puts a label before lines that fill the room beside it.
func (a *app) labelled(label string, width int, lines func(room int) []string) []string {
	prefix := a.look.dim.Render(a.p.T(label)) + " "
	return indent(prefix, lines(max(width-lipgloss.Width(prefix), 8)))
}

// landsLines says where an action will land.
func (a *app) landsLines(facts []session.Fact, width int) []string {
	if len(facts) == 0 {
		return nil
	}
	label := a.look.dim.Render(a.p.T("tui.confirm.lands")) + " "
	room := width - lipgloss.Width(label)
	var lines []string // a fact is not broken where it fits
	for i, fact := range facts {
		value := a.clean(fact.Value)
		if value == "" {
			value = a.p.T("lands.unknown")
		}
		text := a.p.T("lands."+fact.Name) + " " + value
		if i > 0 {
			last := lines[len(lines)-1] + " · " + text
			if lipgloss.Width(last) <= room {
				lines[len(lines)-1] = last
				continue
			}
		}
		lines = append(lines, a.look.broken(text, room)...)
	}
	return indent(label, lines)
}

// effectText says what an action may change, by word and by style.
func (a *app) effectText(effect runbooks.Effect) string {
	text := a.p.T("tui.effect." + string(effect))
	switch effect {
	case runbooks.EffectDestructive:
		return a.look.bad.Render("!! " + text)
	case runbooks.EffectWrite:
		return a.look.warn.Render("! " + text)
	case runbooks.EffectRead:
	}
	return text
}

// codeLines shows a command without losing a character of it.
func (a *app) codeLines(code string, width int) []string {
	var lines []string
	for line := range strings.SplitSeq(strings.TrimRight(a.cleanText(code), "\n"), "\n") {
		parts := chop(line, width-lipgloss.Width(a.look.sym.ellipsis)-1)
		for i, part := range parts {
			mark := "  "
			switch {
			case i == 0:
			case strings.HasSuffix(parts[i-1], " "):
				mark = a.look.sym.ellipsis + " "
			default: // no space belongs between this part and the one before
				mark = " " + a.look.sym.ellipsis
			}
			lines = append(lines, a.look.dim.Render(mark)+a.look.code.Render(part))
		}
	}
	return lines
}

func (d *confirm) hints() []hint {
	yes := hint{d.a.plainYes() + "/enter", d.yes}
	if d.target != "" {
		yes.key = "enter"
	}
	no := "tui.foot.cancel-dialog"
	if d.effect == "" {
		no = "tui.foot.close" // nothing runs here
	}
	return []hint{yes, {"esc", d.a.p.T(no)}}
}

func (d *confirm) refused(text string) { d.error = text }
