package export

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"genia.ai/bitacora/internal/event"
	"genia.ai/bitacora/internal/walk"
)

func (p *page) steps() {
	p.heading(2, p.t("export.section.steps"))
	var others []*step
	for _, s := range p.doc.Steps {
		if s.Bearing != string(walk.BearingOn) && s.Started == nil {
			others = append(others, s)
			continue
		}
		p.step(s)
	}
	if len(others) == 0 {
		return
	}
	p.heading(3, p.t("export.not-walked"))
	for _, s := range others {
		p.line("- " + p.word("phase.", p.phaseOf(s)) + " · " + inline(s.ID) + " · " + inline(s.Text) + " (" + p.word("export.bearing.", s.Bearing) + ")")
	}
}

func (p *page) phaseOf(s *step) string {
	if s.Phase == "" {
		return "none"
	}
	return s.Phase
}

func (p *page) step(s *step) {
	p.heading(3, p.word("phase.", p.phaseOf(s))+" · "+inline(s.ID)+" · "+inline(s.Text))
	status := p.word("step.", s.Status)
	if s.How == event.HowUnattended {
		status += " (" + p.word("export.how.", s.How) + ")"
	}
	if s.Bearing != string(walk.BearingOn) {
		status += " (" + p.word("export.bearing.", s.Bearing) + ")"
	}
	parts := []string{"**" + because(status, inline(s.Reason)) + "**"}
	if s.Started != nil {
		parts = append(parts, p.t("export.started")+" "+p.when(*s.Started))
	}
	if s.Ended != nil {
		parts = append(parts, p.t("export.ended")+" "+p.when(*s.Ended))
	}
	if s.Started != nil {
		parts = append(parts, p.took(s.DurationMS))
	}
	if s.Role != "" {
		parts = append(parts, p.t("export.column.role")+" "+inline(p.roleTitle(s.Role)))
	}
	p.line(strings.Join(parts, " · "))
	p.parts(s)
	for _, a := range s.Actions {
		p.action(s, a)
	}
}

// parts lists the substeps, ticked or open.
func (p *page) parts(s *step) {
	if len(s.Parts) > 0 {
		p.line("")
	}
	for _, part := range s.Parts {
		text := inline(strings.TrimSpace(part.Number + " " + part.Text))
		p.line(strings.Repeat("  ", part.depth) + "- " + box(part.Ticked) + " " + text)
	}
}

// box is a box to tick.
func box(ticked bool) string {
	if ticked {
		return "[x]"
	}
	return "[ ]"
}

func (p *page) action(s *step, a *action) {
	if a.Answer != "" {
		p.line("")
		p.line("- " + inline(p.nameOf(a.ID)+" → "+p.answer(s, a)))
		return
	}
	for _, try := range a.Attempts {
		title := inline(nameOr(a.Name, a.ID)) + " (" + inline(a.Kind) + ", " + p.word("effect.", a.Effect) + ")"
		if len(a.Attempts) > 1 {
			title += " · " + p.t("export.attempt", "Attempt", try.Attempt)
		}
		if try.Undoes != "" {
			title += " · " + p.t("export.undoes", "Action", inline(p.nameOf(try.Undoes)))
		}
		p.heading(4, title)
		p.attempt(try, a.Lang)
	}
}

// answer returns how an action was answered, as the decision that holds says.
func (p *page) answer(s *step, a *action) string {
	if i, ok := p.decided[answered{s.ID, nameOr(a.Name, a.ID), a.Answer}]; ok {
		d := p.doc.Decisions[i]
		return because(p.label(d.Key, d.Label), d.Reason) + " · " + p.when(d.At)
	}
	return a.Answer
}

// roleTitle is how a role is called for people.
func (p *page) roleTitle(id string) string {
	for _, role := range p.doc.Roles {
		if role.ID == id {
			return nameOr(role.Title, id)
		}
	}
	return id
}

// answered names a decision by its step, its question and its answer.
type answered struct{ step, name, key string }

// index notes where things stand that are asked for once for each event.
func (p *page) index() {
	p.names, p.decided = map[string]string{}, make(map[answered]int, len(p.doc.Decisions))
	for i, d := range p.doc.Decisions {
		p.decided[answered{d.Step, d.Name, d.Key}] = i // the last one holds
	}
}

// nameOf is how an action is called for people: one that only asked in the words of
// the runbook, with the values of the whole run.
func (p *page) nameOf(id string) string {
	name, known := p.names[id]
	if !known {
		name = p.findName(id)
		p.names[id] = name
	}
	return name
}

func (p *page) findName(id string) string {
	action, _ := p.record.Plan.Action(id)
	if action == nil {
		return id
	}
	if words := p.record.Plan.Wording(action); words != "" {
		return p.end.Fill(words)
	}
	return nameOr(action.Name, action.ID)
}

func (p *page) adhoc() {
	if len(p.doc.Adhoc) == 0 {
		return
	}
	p.heading(2, p.t("export.section.adhoc"))
	for i, try := range p.doc.Adhoc {
		if i > 0 {
			p.line("")
		}
		p.heading(3, inline(try.ID)+" · "+p.t("export.column.step")+" "+inline(p.or(try.Step)))
		p.attempt(try, "sh")
	}
}

// attempt writes what ran, how it ended and what it printed.
func (p *page) attempt(try *attempt, lang string) {
	p.text.WriteString(fence(lang, try.Command))
	p.line("")
	p.line("- **" + p.word("outcome.", try.Outcome) + "**" + p.ending(try))
	p.line("- " + p.t("export.started") + " " + p.when(try.Started) + ", " + inline(try.Actor) + p.confirmed(try))
	if try.Ended != nil {
		p.line("- " + p.t("export.ended") + " " + p.when(*try.Ended))
	}
	if try.Where != "" {
		p.line("- " + p.t("export.where") + " " + inline(try.Where))
	}
	if len(try.Lands) > 0 {
		p.line("- " + p.t("export.lands") + " " + inline(p.lands(try.Lands)))
	}
	if len(try.Values) > 0 {
		p.line("- " + p.t("export.with") + " " + inline(strings.Join(try.Values, ", ")))
	}
	for _, name := range slices.Sorted(maps.Keys(try.Captured)) {
		p.line("- " + p.t("export.source.capture") + " " + inline(name+" = "+try.Captured[name]))
	}
	p.output(try.Output)
}

// lands words where an attempt was about to land.
func (p *page) lands(facts []string) string {
	var told []string
	for _, fact := range facts {
		name, value, _ := strings.Cut(fact, "=")
		if value == "" {
			value = p.t("lands.unknown")
		}
		told = append(told, p.t("lands."+name)+" "+value)
	}
	return strings.Join(told, "; ")
}

func (p *page) ending(try *attempt) string {
	var parts []string
	if try.Exit != nil {
		parts = append(parts, p.t("export.exit", "Exit", *try.Exit))
	}
	if try.Signal != "" {
		parts = append(parts, inline(try.Signal))
	}
	if try.Status != 0 {
		parts = append(parts, p.t("export.status", "Status", try.Status))
	}
	if try.Met != nil {
		id := "export.met.no"
		if *try.Met {
			id = "export.met.yes"
		}
		parts = append(parts, p.t(id))
	}
	if try.ended {
		parts = append(parts, p.took(try.DurationMS))
	}
	if try.Tries > 1 {
		parts = append(parts, p.t("export.tries", "Tries", try.Tries))
	}
	if try.Reason != "" {
		parts = append(parts, inline(p.told(try.Reason)))
	}
	if !try.ended {
		parts = append(parts, p.t("export.no-end"))
	}
	if len(parts) == 0 {
		return ""
	}
	return " · " + strings.Join(parts, " · ")
}

func (p *page) confirmed(try *attempt) string {
	if try.Confirmed == "" {
		return ""
	}
	text := ", " + p.t("export.confirmed", "How", p.word("export.how.", try.Confirmed))
	if try.Target != "" {
		text += " (" + inline(try.Target) + ")"
	}
	return text
}

// output writes what an attempt printed; a long text is cut in the middle.
func (p *page) output(out output) {
	if out.Path == "" {
		return
	}
	facts := []string{
		p.t("export.output", "File", inline(out.Path), "Bytes", out.Bytes), "SHA-256 " + inline(out.SHA256),
	}
	if out.Redactions > 0 {
		facts = append(facts, p.t("export.redactions", "Redactions", out.Redactions))
	}
	if out.Dropped > 0 {
		facts = append(facts, p.t("export.dropped", "Bytes", out.Dropped))
	}
	p.line("- " + strings.Join(facts, " · "))
	if out.Problem != "" {
		p.line("- " + p.t("export.unreadable", "Reason", inline(out.Problem)))
	}
	if out.Text == "" {
		return
	}
	head, tail, omitted := cut(out.Text, p.opts.MaxOutput)
	p.line("")
	p.text.WriteString(fence("text", head))
	if omitted > 0 {
		p.line("")
		p.line("*" + p.t("export.omitted", "Bytes", fmt.Sprint(omitted), "File", inline(out.Path)) + "*")
		p.line("")
		p.text.WriteString(fence("text", tail))
	}
	if out.Truncated {
		p.line("")
		p.line("*" + p.t("export.truncated", "File", inline(out.Path)) + "*")
	}
}
