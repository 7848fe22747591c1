package runbooks

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// flow checks where the walk can get to.
func (l *linter) flow() {
	l.asked = map[string]bool{}
	ring := l.rings()
	for _, a := range l.walk {
		l.due(a, ring[a])
		l.steering(a)
	}
	l.chosen()
	for _, alt := range l.alternatives {
		if len(alt.Steps) == 0 && !slices.ContainsFunc(l.walk, func(a *placedAction) bool { return a.Scenario == alt.ID }) {
			l.report(SeverityWarning, "scenario-without-steps", spot{line: alt.line}, fmt.Sprintf("scenario %q has no steps: whoever picks it has nothing to do", alt.Title),
				"write its steps, or remove it")
		}
	}
}

// due checks what an action waits for; ring tells that it is itself in the end.
func (l *linter) due(a *placedAction, ring bool) {
	name := a.Settings.After
	first := l.named[name]
	if first == nil || first == a {
		return
	}
	switch {
	case !sameWalk(a.Scenario, first.Scenario):
		l.report(SeverityError, "never-due", a.spotOf("after"), fmt.Sprintf("after=%s: that action belongs to scenario %q, this one to %q: it can never be due", name, first.Scenario, a.Scenario),
			"name an action of the same scenario")
	case ring:
		l.report(SeverityError, "never-due", a.spotOf("after"), fmt.Sprintf("after=%s: that action waits for this one: neither can ever be due", name), "remove one of the two")
	case l.order[first.Action] > l.order[a.Action]:
		l.report(SeverityWarning, "due-later", a.spotOf("after"), fmt.Sprintf("after=%s: that action comes later in the walk: this one is not due when it is reached", name), "move one of the two")
	}
}

// rings returns the actions that wait, one for the other, for themselves.
func (l *linter) rings() map[*placedAction]bool {
	ring, seen := map[*placedAction]bool{}, map[*placedAction]int{}
	for i, start := range l.walk {
		a := start
		for a != nil && seen[a] == 0 {
			seen[a] = i + 1
			a = l.named[a.Settings.After]
		}
		if a == nil || seen[a] != i+1 {
			continue
		}
		for !ring[a] {
			ring[a] = true
			a = l.named[a.Settings.After]
		}
	}
	return ring
}

// steering checks where the options of a choice lead.
func (l *linter) steering(a *placedAction) {
	always := len(a.Options) > 0 && a.Scenario == "" && a.Settings.After == ""
	targets := map[Phase]bool{}
	for _, o := range a.Options {
		switch o.Steer.Kind {
		case SteerScenario:
			l.asked[o.Steer.Target] = true
			always = false
		case SteerPhase:
			phase := Phase(o.Steer.Target)
			targets[phase] = true
			if !slices.ContainsFunc(l.rb.Sequence, func(s *Step) bool { return s.Phase == phase }) {
				s, _ := l.atCode(a, lineOf(a.Code, "phase:"+o.Steer.Target), 0)
				l.report(SeverityWarning, "steer-nowhere", s, fmt.Sprintf("the option %q leads to the phase %s, which has no steps", o.Key, o.Steer.Target), "name a phase that has steps, or -> end")
			}
		case SteerNone:
			always = false
		}
	}
	if always {
		l.passed(a, targets)
	}
}

// passed finds the first step that every answer of a choice steers past.
func (l *linter) passed(a *placedAction, targets map[Phase]bool) {
	seen := false
	for _, s := range l.rb.Sequence {
		switch {
		case s == a.step || seen && targets[s.Phase]:
			if seen {
				return
			}
			seen = true
		case seen:
			l.report(SeverityWarning, "unreachable-step", spot{line: s.Line}, fmt.Sprintf("every answer to the choice in line %d leads past this step", a.Line), "let one of its options lead here, or remove the step")
			return
		}
	}
}

// chosen finds scenarios that no option of a choice leads to, where others are
// chosen that way.
func (l *linter) chosen() {
	if len(l.asked) == 0 {
		return
	}
	for _, alt := range l.alternatives {
		if !l.asked[alt.ID] {
			l.report(SeverityWarning, "unreachable-scenario", spot{line: alt.line}, fmt.Sprintf("no choice leads to the scenario %q: its steps are never walked", alt.Title),
				fmt.Sprintf("add an option with -> scenario:%s", alt.ID))
		}
	}
}

// maxLines bounds the lines that one finding lists.
const maxLines = 8

// undos notes once what changes something and cannot be taken back by the runbook.
func (l *linter) undos() {
	var lines []string
	var first *placedAction
	undoes := map[string]bool{}
	for _, a := range l.walk {
		undoes[a.Settings.Undo] = true
	}
	for _, a := range l.walk {
		if a.Kind.Asks() || a.Kind == KindMail || !a.Declared || a.Effect != EffectWrite || a.Settings.Undo != "" ||
			a.Name != "" && undoes[a.Name] {
			continue
		}
		if s := a.spotOf("effect"); l.isIgnored("no-undo", s.line) {
			l.undoless(a, strconv.Itoa(a.Line))
			continue
		}
		if first == nil || a.Line < first.Line {
			first = a
		}
		lines = append(lines, strconv.Itoa(a.Line))
	}
	if first != nil {
		l.undoless(first, listed(lines))
	}
}

func (l *linter) undoless(a *placedAction, lines string) {
	l.report(SeverityInfo, "no-undo", a.spotOf("effect"), "nothing of the runbook takes back what is changed in line "+lines, "write an action that does, and name it with undo=")
}

// listed joins the first of some lines.
func listed(lines []string) string {
	if more := len(lines) - maxLines; more > 0 {
		return strings.Join(lines[:maxLines], ", ") + fmt.Sprintf(" and %d more", more)
	}
	return strings.Join(lines, ", ")
}

// gather makes one note of those that say the same of every block of a text that
// was written for no tool.
func (l *linter) gather() {
	const code, few = "undeclared-effect", 3
	var lines []string
	note := func(f Finding) bool { return f.Code == code && f.Severity == SeverityInfo && f.Ignored == nil }
	for _, f := range l.findings {
		if note(f) {
			lines = append(lines, strconv.Itoa(f.Line))
		}
	}
	if len(lines) <= few {
		return
	}
	first := slices.IndexFunc(l.findings, note)
	kept := l.findings[first]
	kept.Message = "the actions do not say what they may change, and write is taken, in line " + listed(lines)
	l.findings = append(slices.DeleteFunc(l.findings, note), kept)
}

// scriptAfterUse finds scripts that stand behind the step that says to run them.
func (l *linter) scriptAfterUse(a *placedAction) {
	if a.step == nil || a.step.Line >= a.Line {
		return
	}
	home, used := l.sectionAt(a.Line), l.sectionAt(a.step.Line)
	if home == nil || !home.scripts || used == home {
		return
	}
	l.report(SeverityInfo, "script-after-use", spot{line: a.blk.line}, fmt.Sprintf("the script stands behind the step that runs it, in line %d: on paper it is found too late", a.step.Line),
		"move the script below that step")
}

// sectionAt returns the section that holds a line.
func (l *linter) sectionAt(line int) *sect {
	i, found := slices.BinarySearchFunc(l.sections, line, func(s *sect, line int) int { return cmp.Compare(s.Line, line) })
	if !found {
		i--
	}
	if i < 0 {
		return nil
	}
	return l.sections[i]
}
