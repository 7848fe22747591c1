package tui

import (
	"strings"

	tea "github.com/charmbracelet/bubbletea"

	"genia.ai/bitacora/internal/walk"
)

// briefingScreen says what the operator should know before the first step.
type briefingScreen struct {
	a      *app
	width  int
	height int
	scroll scroll
}

func newBriefing(a *app) *briefingScreen { return &briefingScreen{a: a} }

func (b *briefingScreen) name() string { return "briefing" }

func (b *briefingScreen) setSize(width, height int) { b.width, b.height = width, height }

func (b *briefingScreen) keys() []offer {
	return []offer{
		{id: keyDo, label: b.a.p.T("tui.next.begin"), why: b.a.blocked()},
		{id: keyParams, why: b.a.blocked()}, {id: keyRoles}, {id: keySeverity},
		{id: keyNote}, {id: keyMilestone, quiet: true}, {id: keyTimeline, quiet: true},
		{id: keyDown, label: b.a.p.T("tui.foot.scroll")}, {id: keyUp, quiet: true},
		{id: keyPageDown, quiet: true}, {id: keyPageUp, quiet: true},
		{id: keyTop, quiet: true}, {id: keyBottom, quiet: true},
	}
}

func (b *briefingScreen) act(id keyID) tea.Cmd {
	if id == keyDo {
		return b.a.begin()
	}
	b.scroll.page(id)
	return nil
}

func (b *briefingScreen) view() []string {
	lines := b.lines()
	b.scroll.resize(len(lines), b.height)
	rows := window(lines, b.scroll.offset, b.height)
	if rest := len(lines) - b.scroll.offset - b.height; rest > 0 {
		rows[b.height-1] = b.a.look.dim.Render(b.a.look.sym.more + " " + b.a.p.T("tui.more", "Count", rest+1))
	}
	return rows
}

func (b *briefingScreen) lines() []string {
	a, r, p := b.a, b.a.run, b.a.p
	var lines []string
	if r.book().Summary != "" {
		lines = append(lines, wrap(r.text(r.book().Summary), b.width)...)
	}
	if r.state.Rehearsal() {
		lines = append(lines, wrap(p.T("tui.brief.rehearsal"), b.width)...)
	}
	if b.a.untrusted() {
		lines = append(lines, wrap("! "+a.trustText()[0], b.width)...) // what follows from it stands in the question
	}
	for _, note := range r.briefing.Notes {
		lines = append(lines, wrap("! "+a.clean(r.state.FillNote(note)), b.width)...)
	}
	var scenarios []string // how many steps there are, the header says
	for _, s := range r.book().Scenarios {
		scenarios = append(scenarios, a.scenarioTitle(s.ID))
	}
	if n := len(scenarios); n > 0 {
		lines = append(lines, wrap(p.T("tui.brief.scenarios", "Count", n, "Names", strings.Join(scenarios, " · ")), b.width)...)
	}
	lines = b.a.section(b.width, lines, "tui.brief.params", b.params())
	lines = b.a.section(b.width, lines, "tui.brief.secrets", b.secrets())
	lines = b.a.section(b.width, lines, "tui.brief.tools", b.tools())
	lines = b.a.section(b.width, lines, "tui.brief.checks", b.a.checkLines())
	lines = b.a.section(b.width, lines, "tui.brief.roles", b.roles())
	about := []string{p.T("tui.brief.run", "Run", a.clean(r.briefing.Run)), p.T("tui.brief.dir", "Dir", a.clean(r.briefing.Dir))}
	if r.briefing.Sandbox != "" {
		about = append([]string{p.T("tui.brief.sandbox", "URL", a.clean(r.briefing.Sandbox))}, about...)
	}
	return b.a.section(b.width, lines, "tui.brief.about", about)
}

func (b *briefingScreen) params() []string {
	var lines []string
	for _, param := range b.a.run.book().Params {
		if b.a.run.answered(param) {
			continue
		}
		label := b.a.paramLabel(param.Name)
		value := b.a.p.T("tui.value.later")
		if v, ok := b.a.run.state.Value(param.Name); ok {
			value = b.a.clean(v.Text)
			if v.Invented {
				value += " (" + b.a.p.T("tui.value.invented") + ")"
			}
		}
		lines = append(lines, label+": "+value)
	}
	return lines
}

func (b *briefingScreen) secrets() []string {
	var lines []string
	for _, secret := range b.a.run.briefing.Secrets {
		where := ""
		if secret.Present && secret.Origin != "" {
			where = b.a.secretText(secret)
		}
		lines = append(lines, b.present(secret.Name, secret.Present, where))
		if secret.Problem != "" {
			lines = append(lines, indent("  ", wrap(b.a.p.T("secret.problem", "Detail", b.a.clean(secret.Problem)), b.width-2))...)
		}
	}
	return lines
}

func (b *briefingScreen) tools() []string {
	var lines []string
	for _, tool := range b.a.run.briefing.Tools {
		lines = append(lines, b.present(tool.Name, tool.Path != "", tool.Path))
	}
	return lines
}

// present says by symbol and word whether something is there.
func (b *briefingScreen) present(name string, there bool, where string) string {
	l, p := b.a.look, b.a.p
	switch {
	case !there:
		return l.bad.Render(l.sym.failed) + " " + b.a.clean(name) + ": " + l.bad.Render(p.T("tui.brief.missing"))
	case where != "":
		return l.good.Render(l.sym.done) + " " + b.a.clean(name) + ": " + b.a.clean(where)
	}
	return l.good.Render(l.sym.done) + " " + b.a.clean(name) + ": " + p.T("tui.brief.present")
}

func (b *briefingScreen) roles() []string {
	var lines []string
	for _, role := range b.a.run.book().Roles {
		holder := b.a.clean(b.a.run.state.Holder(role.ID))
		if holder == "" {
			holder = b.a.p.T("tui.role.nobody")
		}
		lines = append(lines, b.a.clean(role.Title)+": "+holder)
	}
	return lines
}

// blocked says why nothing can be started now, or "".
func (a *app) blocked() string {
	if why := a.readOnly(); why != "" {
		return why
	}
	switch r := a.run; {
	case r.storage != nil:
		return a.p.T("tui.why.storage")
	case r.cut:
		return a.p.T("tui.err.closed")
	case r.state.Status == walk.StatusEnded:
		return a.p.T("refusal.ended")
	case r.state.Running != nil:
		return a.p.T("refusal.busy")
	case a.flight > 0 || len(a.waiters) > 0:
		return a.p.T("tui.why.saving")
	}
	return ""
}
