package runbooks

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// Lint returns everything there is to say about the runbook at the time now, in
// the order of lines: what Parse found, and whether its review is overdue. The
// text counts as last changed at modified; the zero time means unknown.
func (rb *Runbook) Lint(now, modified time.Time) []Diagnostic {
	list := slices.Clone(rb.Diagnostics)
	if due, overdue := rb.ReviewOverdue(now, modified); overdue {
		list = append(list, Diagnostic{
			SeverityWarning, "review-overdue", 1, 1,
			fmt.Sprintf("the review was due on %s: the text was last changed on %s", due.Format(time.DateOnly), modified.Format(time.DateOnly)),
			"rehearse it, correct it, and save it",
		})
	}
	sortDiagnostics(list)
	return list
}

// ReviewOverdue returns when a text last changed at modified is due for review,
// and whether that is past.
func (rb *Runbook) ReviewOverdue(now, modified time.Time) (due time.Time, overdue bool) {
	if rb.ReviewAfter <= 0 || modified.IsZero() {
		return time.Time{}, false
	}
	due = modified.Add(rb.ReviewAfter)
	return due, now.After(due)
}

// lint adds what can only be said once the whole text is known.
func (b *builder) lint() {
	for _, a := range b.actions {
		b.lintReferences(a)
		b.lintAction(a)
	}
	b.lintScenarios()
	b.lintParams()
	b.lintRoles()
	for _, host := range b.fm.hosts {
		for _, name := range templates(host) {
			if _, known := b.fm.env[name]; !known {
				b.f.add(SeverityError, "unknown-env", b.fm.hostsMark.line, b.fm.hostsMark.column, fmt.Sprintf("hosts: {{%s}} is not declared in env", name), orList(didYouMean(name, sortedKeys(b.fm.env)), sortedKeys(b.fm.env)))
			}
		}
	}
	if len(b.rb.Sequence) == 0 {
		b.warn("no-steps", 1, 0, "the text has no steps: there is nothing to walk", "write a list, or commands, below a heading")
	}
}

// lintReferences checks the names of other actions.
func (b *builder) lintReferences(a *placedAction) {
	for _, ref := range []struct{ attribute, name string }{{"after", a.Settings.After}, {"undo", a.Settings.Undo}} {
		switch _, known := b.names[ref.name]; {
		case ref.name == "":
		case !known:
			a.fail("unknown-action", ref.attribute, fmt.Sprintf("%s: no action is called %q", ref.attribute, ref.name), didYouMean(ref.name, sortedKeys(b.names)))
		case ref.name == a.Name:
			a.fail("unknown-action", ref.attribute, fmt.Sprintf("%s: the action names itself", ref.attribute), "name another action")
		}
	}
}

func (b *builder) lintAction(a *placedAction) {
	if a.Kind.Asks() {
		return
	}
	a.lintTexts()
	if !a.Declared && a.Effect != EffectRead {
		severity := SeverityInfo
		if len(a.Attrs) > 0 {
			severity = SeverityWarning
		}
		s := a.spotOf("name")
		b.f.add(severity, "undeclared-effect", s.line, b.src.column(s.line, s.at), "the action does not say what it may change: write is taken",
			"put effect=read, effect=write or effect=destructive")
	}
	if a.Kind == KindHTTP && len(b.fm.hosts) == 0 {
		b.hostless(a)
	}
}

// hostless says once that http actions may go anywhere.
func (b *builder) hostless(a *placedAction) {
	if b.hostsNoted {
		return
	}
	b.hostsNoted = true
	s := a.spotOf("name")
	b.warn("hosts-empty", s.line, s.at, "http actions of this runbook may reach any host", "list the hosts in the front matter")
}

// lintScenarios reports alternatives that have nothing to run where others do.
func (b *builder) lintScenarios() {
	runs := map[string]bool{}
	for _, a := range b.actions {
		if a.Scenario != "" && !a.Kind.Asks() {
			runs[a.Scenario] = true
		}
	}
	for _, alt := range b.alternatives {
		if len(runs) > 0 && !runs[alt.ID] {
			b.warn("scenario-without-script", alt.line, 0, fmt.Sprintf("scenario %q has nothing to run, other scenarios do", alt.Title),
				"attach a script to it, or say in it that it is done by hand")
		}
	}
}

// lintParams compares what is declared with what is used.
func (b *builder) lintParams() {
	used := map[string]bool{}
	var visit func(s *Step)
	visit = func(s *Step) {
		for _, name := range b.rb.stepUses(s) {
			used[name] = true
		}
		for _, a := range s.Actions {
			for _, name := range slices.Concat(a.Uses, a.Secrets) {
				used[name] = true
			}
		}
		for _, sub := range s.Substeps {
			visit(sub)
		}
	}
	for _, s := range b.rb.Sequence {
		visit(s)
	}
	for _, s := range b.rb.Sections {
		for _, name := range templates(s.Heading + "\n" + s.Body) {
			used[name] = true
		}
	}
	for _, p := range b.rb.Params {
		switch {
		case p.Origin == OriginCapture:
		case p.Origin != OriginFrontMatter:
			at := b.nameMark(p.Line, p.Name)
			b.f.add(SeverityInfo, "undeclared-param", at.line, at.column, fmt.Sprintf("the parameter %s is not declared", p.Name), "declare it in the front matter, with a pattern and an example")
		case !used[p.Name]:
			b.f.add(SeverityWarning, "unused-param", p.Line, p.column, fmt.Sprintf("the parameter %s is never used", p.Name), "remove it, or use {{"+p.Name+"}}")
		}
		if p.Origin == OriginFrontMatter {
			b.lintExamples(p)
		}
	}
	for i, name := range b.fm.secrets {
		if !used[name] {
			b.f.add(SeverityWarning, "unused-secret", b.fm.secretMarks[i].line, b.fm.secretMarks[i].column, fmt.Sprintf("the secret %s is never used", name), "remove it")
		}
	}
}

// lintExamples checks a parameter's own values against its own rules.
func (b *builder) lintExamples(p Param) {
	for _, v := range []struct{ what, value string }{{"default", p.Default}, {"example", p.Example}} {
		if v.value == "" || compiles(p.Pattern) != nil {
			continue
		}
		p.Example = ""
		if err := p.check(v.value, b.patterns.compile); err != nil {
			b.f.add(SeverityWarning, "bad-"+v.what, p.Line, p.column, fmt.Sprintf("the %s of %v", v.what, err), "correct the pattern or the "+v.what)
		}
	}
}

func (b *builder) lintRoles() {
	known := map[string]bool{}
	ids := []string{}
	for _, r := range b.rb.Roles {
		known[r.ID] = true
		ids = append(ids, r.ID)
		if r.Holder == "" {
			severity := SeverityWarning // a blank that somebody meant to fill in
			if slices.ContainsFunc(b.fm.roles, func(d declaredRole) bool { return d.ID == r.ID }) {
				severity = SeverityInfo // declared, to be assigned when the run starts
			}
			b.f.add(severity, "role-unassigned", b.roleMarks[r.ID].line, b.roleMarks[r.ID].column, fmt.Sprintf("nobody is named for the role %q", r.Title), "name who holds it, or assign it when the run starts")
		}
	}
	for _, p := range b.placed {
		if p.Role != "" && !known[p.Role] {
			b.warn("unknown-role", p.Line, 0, fmt.Sprintf("unknown role %q", p.Role), orList(didYouMean(p.Role, ids), ids))
		}
	}
	for _, a := range b.actions {
		if r := a.Settings.Role; r != "" && !known[r] {
			a.note("unknown-role", "role", fmt.Sprintf("unknown role %q", r), orList(didYouMean(r, ids), ids))
		}
	}
}

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }

// maxSearch bounds the lines in which a name is looked for.
const maxSearch = 300

// nameMark returns where a name first stands as a word, from a line on; the line
// itself when it does not.
func (b *builder) nameMark(line int, name string) mark {
	line = max(line, 1)
	for i := line - 1; i < min(len(b.src.lines), line+maxSearch); i++ {
		text := b.src.lines[i]
		for at := 0; ; {
			next := strings.Index(text[at:], name)
			if next < 0 {
				break
			}
			at += next
			before, _ := utf8.DecodeLastRuneInString(text[:at])
			after, _ := utf8.DecodeRuneInString(text[at+len(name):])
			if !partOfName(before) && !partOfName(after) {
				return mark{i + 1, column(text, at)}
			}
			at += len(name)
		}
	}
	return mark{line, 1}
}

func partOfName(r rune) bool { return r == '_' || unicode.IsLetter(r) || unicode.IsDigit(r) }
