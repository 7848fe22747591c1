package runbooks

import (
	"fmt"
	"path"
	"slices"
	"strings"
	"unicode/utf8"
)

// sect is a section while it is being read.
type sect struct {
	Section
	title
	parent   *sect // nil at the top; the title is nobody's parent
	leaf     bool
	root     bool // what stands below the title, before any heading
	blocks   []*block
	notes    []directive
	own      Phase // what its own heading says, PhaseNone when nothing
	mapped   bool  // it, or a section above it, names a phase
	strict   bool  // context that the sections below it cannot leave
	scenario string
	inPlace  bool // the alternative is walked where it stands
	text     []string
	order    int // position in the text
	task     *task
	first    *Step // of the walk's, once it is known
	scripts  bool  // its scripts run elsewhere
}

// maxTitle is how long a paragraph may be to serve as the title, and a bold line
// as a heading, in characters.
const maxTitle = 80

// takeTitle finds the runbook's title and returns the block that holds it.
func takeTitle(blocks []*block, declared, file string) (string, *block) {
	first := -1
	for i, b := range blocks {
		if b.kind != blockHeading || b.text == "" {
			continue
		}
		if b.level == 1 {
			return b.text, b
		}
		if first < 0 {
			first = i
		}
	}
	switch {
	case declared != "":
		return declared, nil
	case first >= 0:
		return blocks[first].text, blocks[first]
	case len(blocks) > 0 && blocks[0].kind == blockParagraph && blocks[0].line == blocks[0].last &&
		utf8.RuneCountInString(blocks[0].text) <= maxTitle && blocks[0].text != "" && !strings.HasSuffix(blocks[0].text, "."):
		return blocks[0].text, blocks[0]
	}
	name := path.Base(strings.ReplaceAll(file, `\`, "/"))
	return strings.TrimSuffix(name, path.Ext(name)), nil
}

// split cuts the document at its headings.
func split(blocks []*block, name string, titleBlock *block) []*sect {
	root := &sect{root: true, title: title{text: name}, Section: Section{Heading: name, Level: 1, Line: 1}}
	if titleBlock != nil {
		root.Line = titleBlock.line
		root.notes = titleBlock.notes
	}
	list, current, level := []*sect{root}, root, 1
	blocks = openQuotes(blocks)
	hasHeadings := slices.ContainsFunc(blocks, func(b *block) bool { return b.kind == blockHeading && b.level > 1 })
	pseudo := false // a bold line opened the current section
	for i, b := range blocks {
		var next *block
		if i+1 < len(blocks) {
			next = blocks[i+1]
		}
		switch {
		case b == titleBlock:
			current, level = root, max(int(b.level), 1)
		case b.kind == blockHeading:
			level = int(b.level)
			current = newSection(b, level)
			list = append(list, current)
		case isPseudoHeading(b, next, hasHeadings):
			current = newSection(b, level+1)
			list = append(list, current)
			pseudo = true
			continue
		case pseudo && next != nil && next.kind == blockList && kindOf(current.words) == SectionReference && hasLabel(b):
			current = newLabelled(b, level+1)
			list = append(list, current)
			continue
		default:
			current.blocks = append(current.blocks, b)
			continue
		}
		pseudo = false
	}
	nest(list)
	for i, s := range list {
		s.order = i
	}
	return list
}

func newSection(b *block, level int) *sect {
	text := strings.TrimSpace(strings.TrimRight(b.text, ": "))
	return &sect{title: readTitle(text), notes: b.notes, Section: Section{Heading: text, Level: level, Line: b.line}}
}

// hasLabel reports whether a paragraph begins with a bold label, as in "**Escalation**: at
// once". Behind a list of examples below a bold line it says that they are over: what it
// introduces would not be walked otherwise.
func hasLabel(b *block) bool {
	return b.kind == blockParagraph && b.lead != "" && (strings.HasSuffix(b.lead, ":") || strings.HasPrefix(strings.TrimPrefix(b.text, b.lead), ":")) && len(wordsOf(b.lead)) > 0
}

// newLabelled is the section that such a paragraph opens.
func newLabelled(b *block, level int) *sect {
	text := strings.TrimSpace(strings.TrimRight(b.lead, ": "))
	return &sect{title: readTitle(text), Section: Section{Heading: text, Level: level, Line: b.line}, blocks: []*block{b}}
}

// openQuotes puts the content of quotes that hold code or lists in their place:
// an admonition is a way to draw a step, not to hide it.
func openQuotes(blocks []*block) []*block {
	if !slices.ContainsFunc(blocks, func(b *block) bool { return b.kind == blockQuote && holdsSteps(b) }) {
		return blocks
	}
	var list []*block
	for _, b := range blocks {
		if b.kind == blockQuote && holdsSteps(b) {
			list = append(list, openQuotes(b.children)...)
			continue
		}
		list = append(list, b)
	}
	return list
}

func holdsSteps(b *block) bool {
	return b.kind == blockCode || slices.ContainsFunc(b.children, holdsSteps)
}

// isPseudoHeading recognises a bold line, or in a text without headings a short
// line above a list, that stands for a heading.
func isPseudoHeading(b, next *block, hasHeadings bool) bool {
	if b.kind != blockParagraph || next == nil || !b.bold && (hasHeadings || next.kind != blockList) {
		return false
	}
	if next.kind == blockHeading || next.kind == blockRule || b.text == "" || utf8.RuneCountInString(b.text) > maxTitle {
		return false
	}
	words := wordsOf(b.text)
	if b.bold {
		return len(words) > 0 && !outputCues.in(words)
	}
	return len(words) > 0 && len(words) <= 5 && b.line == b.last &&
		!strings.ContainsAny(b.text, ".;?!,") && (phaseOf(words) != PhaseNone || kindOf(words) != "")
}

// nest finds each section's parent by the levels of headings, which may jump.
func nest(list []*sect) {
	var open []*sect
	for _, s := range list {
		s.leaf = true
		if s.root {
			continue
		}
		for len(open) > 0 && open[len(open)-1].Level >= s.Level {
			open = open[:len(open)-1]
		}
		if len(open) > 0 {
			s.parent = open[len(open)-1]
			s.parent.leaf = false
		}
		open = append(open, s)
	}
}

// classify gives each section its phase and kind: a directive decides, else the
// heading's words, else the section above.
func (b *builder) classify() {
	for _, s := range b.sections {
		lintDirectives(s.notes, onHeading, b.src, b.f)
		b.phase(s)
		b.kind(s)
	}
}

func (b *builder) phase(s *sect) {
	if value, line, at := directiveValue(s.notes, "phase"); value != "" {
		phase, ok := parsePhase(value)
		if !ok {
			b.error("unknown-phase", line, at, fmt.Sprintf("unknown phase %q", value), orList(didYouMean(value, phaseNames()), phaseNames()[1:]))
		}
		s.Phase, s.own, s.mapped = phase, phase, phase != PhaseNone
		if !ok {
			s.Phase, s.own, s.mapped = PhaseNone, PhaseNone, false
		}
		return
	}
	s.own = PhaseNone
	// An alternative outside the phases says when it applies, not what it is.
	if !s.root && s.scenario == "" || s.inScenarioOf(s.parent) {
		s.own = phaseOf(s.words)
	}
	inherited := s.parent != nil && s.parent.mapped
	switch {
	case s.own != PhaseNone:
		s.Phase, s.mapped = s.own, true
	case inherited:
		s.Phase, s.mapped = s.parent.Phase, true
	case !s.root && weakWords.in(s.words):
		s.Phase, s.mapped = PhaseExecution, true
	default:
		s.Phase = PhaseNone
	}
}

// inScenarioOf reports whether s only continues the alternative of its parent.
func (s *sect) inScenarioOf(parent *sect) bool {
	return s.scenario != "" && parent != nil && parent.scenario == s.scenario
}

func (b *builder) kind(s *sect) {
	if value, line, at := directiveValue(s.notes, "kind"); value != "" {
		s.Kind = SectionKind(value)
		s.strict = s.Kind == SectionContext || s.Kind == SectionReference
		kinds := []string{string(SectionSteps), string(SectionContext), string(SectionReference), string(SectionChecklist)}
		if !slices.Contains(kinds, value) {
			b.error("unknown-kind", line, at, fmt.Sprintf("unknown kind of section %q", value), orList(didYouMean(value, kinds), kinds))
			s.Kind = SectionSteps
		}
		return
	}
	if p := s.parent; p != nil && (p.strict || p.Kind == SectionReference) {
		s.Kind, s.strict = p.Kind, p.strict
		return
	}
	if !s.root && (s.scenario == "" || s.inScenarioOf(s.parent)) {
		s.Kind = kindOf(s.words)
	}
	switch {
	case s.Kind != "":
	case s.parent != nil && s.own == PhaseNone && s.parent.Kind == SectionContext:
		s.Kind = SectionContext
	case s.parent != nil && s.parent.Kind == SectionChecklist:
		s.Kind = SectionChecklist
	default:
		s.Kind = SectionSteps
	}
	s.strict = s.Kind == SectionContext && isUpkeep(s.words)
	if s.Kind == SectionChecklist {
		s.Phase, s.mapped = PhaseNone, false
	}
}

// error adds a diagnostic that keeps the runbook from being run. at counts bytes
// in the line.
func (b *builder) error(code string, line, at int, message, hint string) {
	b.f.add(SeverityError, code, line, b.src.column(line, at), message, hint)
}

// warn adds a diagnostic that does not.
func (b *builder) warn(code string, line, at int, message, hint string) {
	b.f.add(SeverityWarning, code, line, b.src.column(line, at), message, hint)
}
