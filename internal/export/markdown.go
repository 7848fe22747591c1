package export

import (
	"fmt"
	"strings"
	"time"

	"genia.ai/bitacora/internal/event"
	"genia.ai/bitacora/internal/walk"
)

// page is a Markdown document in the making.
type page struct {
	doc    *document
	record Record
	opts   Options
	end    walk.State // after the last event
	text   strings.Builder

	names   map[string]string // of actions, by their ids, as they were asked for
	decided map[answered]int  // decisions
}

// told returns what an executor reported, in the reader's language.
func (p *page) told(text string) string {
	if p.opts.Told == nil {
		return text
	}
	return p.opts.Told(text)
}

// t returns one of our own texts.
func (p *page) t(id string, args ...any) string { return p.opts.T(id, args...) }

// word returns our word for a member of the record. A record may hold members
// that this version does not know: those are text from outside.
func (p *page) word(prefix, member string) string { return inline(p.t(prefix + member)) }

// line writes one line; whatever came from outside must be escaped in it.
func (p *page) line(text string) { p.text.WriteString(text + "\n") }

func (p *page) heading(level int, text string) {
	if !strings.HasSuffix(p.text.String(), "\n\n") {
		p.line("")
	}
	p.line(strings.Repeat("#", level) + " " + text)
	p.line("")
}

// table writes a table; the cells are text from anywhere.
func (p *page) table(columns []string, rows [][]string) {
	p.row(columns)
	p.line("|" + strings.Repeat(" --- |", len(columns)))
	for _, row := range rows {
		p.row(row)
	}
}

func (p *page) row(cells []string) {
	escaped := make([]string, len(cells))
	for i, cell := range cells {
		escaped[i] = inline(cell)
	}
	p.line("| " + strings.Join(escaped, " | ") + " |")
}

// when writes a time in UTC, and in local time beside it.
func (p *page) when(at time.Time) string {
	text := at.UTC().Format("2006-01-02 15:04:05") + " UTC"
	if local := p.local(at); local != "" {
		text += " (" + local + ")"
	}
	return text
}

// local returns the time of day where the operator is, "" when that is UTC.
func (p *page) local(at time.Time) string {
	if p.opts.Location == nil {
		return ""
	}
	local := at.In(p.opts.Location)
	if _, offset := local.Zone(); offset == 0 {
		return ""
	}
	return local.Format("15:04:05 MST")
}

func (p *page) maybe(at *time.Time) string {
	if at == nil {
		return p.t("export.none")
	}
	return p.when(*at)
}

// took writes how long something lasted.
func (p *page) took(ms int64) string { return written(p.opts.Took, ms) }

// span writes a duration that somebody set.
func (p *page) span(ms int64) string { return written(p.opts.Span, ms) }

func written(words func(time.Duration) string, ms int64) string {
	d := time.Duration(ms) * time.Millisecond
	if words == nil {
		return d.String()
	}
	return words(d)
}

func (p *page) write() {
	p.header()
	p.params()
	p.decisions()
	p.phases()
	p.milestones()
	p.deviations()
	p.roles()
	p.timeline()
	p.steps()
	p.adhoc()
	p.updates()
	p.notes()
	p.todos()
	p.line("")
	p.line("---")
	p.line("")
	p.line(p.t("export.last", "Seq", p.doc.LastSeq))
	if p.doc.Head != "" {
		p.line("")
		p.line(p.t("export.head", "Run", p.doc.Run, "Head", p.doc.Head))
	}
}

func (p *page) header() {
	doc := p.doc
	p.line("# " + inline(doc.Title))
	p.line("")
	if doc.Mode == event.ModeRehearsal {
		p.line("> **" + p.t("export.rehearsal") + "**")
		p.line("")
	}
	if doc.Damage != "" {
		p.line("> **" + p.t("export.damage", "Damage", inline(doc.Damage)) + "**")
		p.line("")
	}
	mode := p.t("mode." + doc.Mode)
	if doc.Sandbox {
		mode += ", " + p.t("export.sandbox")
	}
	rows := [][]string{
		{p.t("export.fact.run"), doc.Run},
		{p.t("export.fact.mode"), mode},
		{p.t("export.fact.outcome"), p.outcome()},
		{p.t("export.fact.started"), p.maybe(doc.Started)},
		{p.t("export.fact.ended"), p.maybe(doc.Ended)},
		{p.t("export.fact.duration"), p.took(doc.DurationMS)},
		{p.t("export.fact.operator"), doc.Operator},
		{p.t("export.fact.host"), doc.Host},
		{p.t("export.fact.severity"), p.or(doc.Severity)},
		{p.t("export.fact.scenario"), p.or(doc.Scenario)},
		{p.t("export.fact.runbook"), doc.Runbook.Path},
		{"SHA-256", doc.Runbook.SHA256},
		{"Bitácora", doc.Bitacora},
	}
	p.table([]string{p.t("export.column.fact"), p.t("export.column.value")}, rows)
}

func (p *page) or(text string) string {
	if text == "" {
		return p.t("export.none")
	}
	return text
}

func (p *page) outcome() string {
	text := p.t("export.not-ended")
	if p.doc.Outcome != "" {
		text = p.t("run." + p.doc.Outcome)
	}
	for _, left := range p.end.Leftovers() {
		text += ", " + p.t("run.left."+string(left.Kind), "Count", left.Count)
	}
	return because(text, p.doc.Reason)
}

func because(text, reason string) string {
	if reason == "" {
		return text
	}
	return text + ": " + reason
}

// section writes a heading and a table, or that there is nothing.
func (p *page) section(id string, columns []string, rows [][]string) {
	p.heading(2, p.t("export.section."+id))
	if len(rows) == 0 {
		p.line(p.t("export.nothing"))
		return
	}
	for i := range columns {
		columns[i] = p.t("export.column." + columns[i])
	}
	p.table(columns, rows)
}

func (p *page) params() {
	var rows [][]string
	for _, param := range p.doc.Params {
		source := p.t("export.source." + param.Source)
		if param.Invented {
			source += ", " + p.t("export.invented")
		}
		rows = append(rows, []string{param.Name, param.Value, source, p.when(param.At)})
	}
	p.section("params", []string{"name", "value", "source", "time"}, rows)
}

func (p *page) decisions() {
	var rows [][]string
	for _, d := range p.doc.Decisions {
		rows = append(rows, []string{
			p.when(d.At), d.Step, p.question(d.Name), p.label(d.Key, d.Label), p.or(d.Reason), d.Actor + " (" + p.t("export.how."+d.How) + ")",
		})
	}
	p.section("decisions", []string{"time", "step", "question", "decision", "reason", "who"}, rows)
}

// question is how the runbook words what a decision answered.
func (p *page) question(name string) string {
	if action, _ := p.record.Plan.Action(name); action != nil {
		return p.nameOf(action.ID)
	}
	return p.t("export.fact.scenario") // no action asked
}

// label returns how an answer reads; yes and no are ours to translate.
func (p *page) label(key, label string) string {
	switch {
	case label == key && (key == walk.AnswerYes || key == walk.AnswerNo):
		return p.t("answer." + key)
	case label == "" || label == key:
		return key
	}
	return label + " (" + key + ")"
}

func (p *page) phases() {
	var rows [][]string
	for _, phase := range p.doc.Phases {
		target := p.t("export.none")
		if phase.TargetMS > 0 {
			target = p.span(phase.TargetMS)
		}
		rows = append(rows, []string{
			p.t("phase." + phase.Phase), p.took(phase.DurationMS), target, fmt.Sprint(phase.Entered), p.when(phase.First),
		})
	}
	p.section("phases", []string{"phase", "duration", "target", "entered", "first"}, rows)
}

func (p *page) milestones() {
	var rows [][]string
	for _, m := range p.doc.Milestones {
		rows = append(rows, []string{p.when(m.When), p.t("milestone." + m.Name), p.when(m.Recorded)})
	}
	p.section("milestones", []string{"time", "milestone", "recorded"}, rows)
}

func (p *page) deviations() {
	var rows [][]string
	for _, d := range p.doc.Deviations {
		rows = append(rows, []string{
			p.when(d.At), p.t("export.deviation." + d.Kind), d.Step, d.What, p.or(d.Reason), d.Actor,
		})
	}
	p.section("deviations", []string{"time", "deviation", "step", "what", "reason", "who"}, rows)
}

func (p *page) roles() {
	if len(p.doc.Roles) == 0 {
		return
	}
	var rows [][]string
	for _, r := range p.doc.Roles {
		rows = append(rows, []string{nameOr(r.Title, r.ID), p.or(r.Holder)})
	}
	p.section("roles", []string{"role", "who"}, rows)
}

// updates are what was sent to those who wait.
func (p *page) updates() {
	if len(p.doc.Updates) == 0 {
		return
	}
	var rows [][]string
	for _, u := range p.doc.Updates {
		rows = append(rows, []string{p.when(u.At), u.Actor, u.Text})
	}
	p.section("updates", []string{"time", "who", "text"}, rows)
}

func (p *page) notes() {
	p.heading(2, p.t("export.section.notes"))
	if len(p.doc.Notes) == 0 {
		p.line(p.t("export.nothing"))
	}
	for _, n := range p.doc.Notes {
		p.line("- " + p.when(n.At) + ", " + inline(n.Actor) + ": " + inline(n.Text))
	}
}

func (p *page) todos() {
	p.heading(2, p.t("export.section.todos"))
	undo := p.end.Undoable()
	if len(p.doc.Todos)+len(undo) == 0 {
		p.line(p.t("export.nothing"))
	}
	for _, todo := range p.doc.Todos {
		p.line("- " + box(todo.Done) + " " + inline(todo.Text))
	}
	for _, entry := range undo {
		p.line("- [ ] " + inline(p.t("export.undo", "Undo", p.nameOf(entry.Undo), "Action", p.nameOf(entry.Action))))
	}
}
