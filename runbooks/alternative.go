package runbooks

import (
	"fmt"
	"strings"
)

// alternative is a scenario while it is being read.
type alternative struct {
	Scenario
	line   int
	words  []string // of its heading, without its number
	headed bool     // a heading declares it
}

// placed is a top-level step with what decides its place in the walk.
type placed struct {
	*Step
	from  *sect
	ord   int  // position in its list, 0 when it is of none
	moved bool // it stands in an alternative outside the phases
}

// findAlternatives marks the sections that are alternatives: those with a
// directive, and two or more siblings called Scenario N or the like.
func (b *builder) findAlternatives() {
	siblings := map[*sect]int{}
	for _, s := range b.sections {
		if s.alternative != "" {
			siblings[s.parent]++
		}
	}
	for _, s := range b.sections {
		id, line, _ := directiveValue(s.notes, "scenario")
		switch {
		case id != "":
			b.declare(s, id, line)
		case s.parent != nil && s.parent.scenario != "":
			s.scenario, s.inPlace = s.parent.scenario, s.parent.inPlace
		case s.alternative != "" && siblings[s.parent] > 1 && !s.underReference():
			if known := b.alternativeByID(s.alternative); known != nil && strings.Join(known.words, " ") != strings.Join(s.words, " ") && len(s.words) > 0 {
				b.warn("second-alternatives", s.Line, 0, fmt.Sprintf("%q is a second set of alternatives: its steps are all walked", s.Heading),
					"put <!-- bitacora scenario=ID --> above each alternative")
				continue
			}
			b.declare(s, s.alternative, s.Line)
		}
	}
}

func (s *sect) underReference() bool {
	for p := s.parent; p != nil; p = p.parent {
		if kindOf(p.words) == SectionReference {
			return true
		}
	}
	return false
}

// declare makes s the alternative id, or one more section of it.
func (b *builder) declare(s *sect, id string, line int) {
	s.scenario, s.inPlace = id, b.walkedInPlace(s)
	a := b.alternativeByID(id)
	if a == nil {
		a = &alternative{line: line, words: s.words, headed: true, Scenario: Scenario{ID: id, Title: s.Heading, Steps: []*Step{}}}
		b.addAlternative(a)
	}
	if title, _, _ := directiveValue(s.notes, "title"); title != "" {
		a.Title = title
	}
	if condition, _, _ := directiveValue(s.notes, "condition"); condition != "" {
		a.Condition = condition
	}
	if a.Condition == "" {
		for _, blk := range s.blocks {
			if blk.kind == blockParagraph && blk.text != "" {
				a.Condition = blk.text
				break
			}
		}
	}
}

// walkedInPlace reports whether an alternative stands below a heading that names
// the execution, the communication or the follow-up.
func (b *builder) walkedInPlace(s *sect) bool {
	for p := s.parent; p != nil; p = p.parent {
		phase := phaseOf(p.words)
		if value, _, _ := directiveValue(p.notes, "phase"); value != "" {
			phase, _ = parsePhase(value)
		}
		if phase != PhaseNone {
			return phaseRank(phase) >= phaseRank(PhaseExecution)
		}
	}
	return false
}

func (b *builder) alternativeByID(id string) *alternative {
	if id == "" {
		return nil
	}
	return b.byScenario[id]
}

func (b *builder) addAlternative(a *alternative) {
	b.alternatives = append(b.alternatives, a)
	b.byScenario[a.ID] = a
}

// require returns the alternative that a directive on a list, an item or a fence
// names. Where no heading declares alternatives, such directives do.
func (b *builder) require(id string, line, at int) string {
	if id == "" || b.alternativeByID(id) != nil {
		return id
	}
	var known []string
	for _, a := range b.alternatives {
		if a.headed {
			known = append(known, a.ID)
		}
	}
	if len(known) > 0 {
		b.error("unknown-scenario", line, at, fmt.Sprintf("unknown scenario %q", id), orList(didYouMean(id, known), known))
		return id
	}
	b.addAlternative(&alternative{line: line, words: wordsOf(id), Scenario: Scenario{ID: id, Title: id, Steps: []*Step{}}})
	return id
}
