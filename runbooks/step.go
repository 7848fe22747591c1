package runbooks

import (
	"slices"
	"strings"
)

// stepper builds the steps of one section, in document order.
type stepper struct {
	*builder
	s      *sect
	last   *Step    // the newest top-level step of the section
	cue    *block   // a paragraph that may introduce the block below it
	before *block   // the block above
	made   bool     // whether the list above became steps
	body   []string // what belongs to no step
	behind []string // what follows the newest step and belongs to its body
}

// build reads the section's blocks into steps and context.
func (b *builder) build(s *sect) {
	st := &stepper{builder: b, s: s}
	b.task = s.task
	for i, blk := range s.blocks {
		var next *block
		if i+1 < len(s.blocks) {
			next = s.blocks[i+1]
		}
		st.block(blk, next)
		if blk.kind != blockHTML {
			st.before = blk
		}
	}
	st.flush()
	st.close()
	if st.manual() {
		return
	}
	s.Body = strings.Join(st.body, "\n\n")
}

func (st *stepper) block(blk, next *block) {
	if blk.kind == blockList {
		lintDirectives(blk.notes, onList, st.src, st.f)
	}
	if st.s.task != nil && st.isTaskLines(blk) {
		st.keep(blk)
		return
	}
	intro := st.cue
	if blk.kind != blockCode {
		st.flush()
	}
	switch blk.kind {
	case blockParagraph:
		st.paragraph(blk, next)
	case blockList:
		st.list(blk, intro)
	case blockCode:
		st.code(blk)
	case blockTable:
		st.table(blk)
	default:
		st.keep(blk)
	}
}

// flush gives up a paragraph that introduced nothing.
func (st *stepper) flush() {
	if st.cue != nil {
		st.body = append(st.body, st.src.raw(st.cue.line, st.cue.last))
		st.cue = nil
	}
}

func (st *stepper) keep(blk *block) {
	if raw := st.src.raw(blk.line, blk.last); raw != "" && blk.kind != blockRule {
		st.body = append(st.body, raw)
	}
}

// instructs reports whether prose and lists of the section are steps.
func (st *stepper) instructs() bool {
	return st.s.Kind == SectionSteps || st.s.Kind == SectionChecklist
}

func (st *stepper) newStep(line int) *Step {
	step := st.madeSteps.next()
	step.Line, step.Scenario, step.Substeps, step.Actions, step.Suggested = line, st.s.scenario, []*Step{}, []*Action{}, []string{}
	step.Role, _, _ = directiveValue(st.s.notes, "role")
	return step
}

// close gives the newest step what follows it.
func (st *stepper) close() {
	if len(st.behind) > 0 {
		st.last.Body = strings.Trim(st.last.Body+"\n\n"+strings.Join(st.behind, "\n\n"), "\n")
		st.behind = nil
	}
}

func (st *stepper) push(step *Step) *placed {
	st.close()
	st.last = step
	step.Phase, step.Heading = st.s.Phase, st.s.Heading
	p := &placed{Step: step, from: st.s, moved: st.s.scenario != "" && !st.s.inPlace}
	st.placed = append(st.placed, p)
	return p
}

func (st *stepper) paragraph(blk, next *block) {
	if blk.text == "" {
		st.keep(blk)
		return
	}
	st.s.text = append(st.s.text, blk.text)
	spans := commandSpans(blk.spans)
	switch {
	case st.s.Kind == SectionReference:
		st.keep(blk)
	case blk.onlySpan && len(spans) == 1:
		st.spanCommand(blk, spans[0])
	case len(spans) > 0 && st.instructs() && (next == nil || next.kind != blockCode && next.kind != blockList),
		st.isPrerequisite(blk) && (next == nil || next.kind != blockCode):
		step := st.newStep(blk.line)
		step.Text, step.Suggested = blk.text, append(step.Suggested, spans...)
		st.push(step)
	default:
		st.cue = blk
	}
}

// spanCommand makes an action of a paragraph that is nothing but a command.
func (st *stepper) spanCommand(blk *block, command string) {
	step := st.last
	if step == nil || st.before == nil || st.before.kind != blockCode && st.before.kind != blockList {
		step = st.newStep(blk.line)
		step.Text = st.s.Heading
		st.push(step)
	}
	step.Actions = append(step.Actions, st.spanAction(blk, step, command))
}

// list reads a list: each of its items that asks for something is a step.
func (st *stepper) list(list, intro *block) {
	if st.s.Kind == SectionReference || st.isRoles() {
		st.readRoles(list)
		st.keep(list)
		st.made = false
		return
	}
	if st.before != nil && st.before.kind == blockList && st.made && !list.ordered && st.last != nil &&
		list.indent >= 1 && list.indent <= 3 && st.before.indent == 0 {
		for _, item := range list.children {
			st.last.Substeps = append(st.last.Substeps, st.item(item, list, st.last))
		}
		return
	}
	st.made = false
	instructs := st.listInstructs(list, intro)
	for i, item := range list.children {
		if !st.isStep(list, item, instructs) {
			st.keep(item)
			continue
		}
		st.made = true
		step := st.item(item, list, nil)
		st.push(step).ord = i + 1
	}
}

// isStep decides whether an item of a list is something to do. instructs tells
// whether the list as a whole is.
func (st *stepper) isStep(list, item *block, instructs bool) bool {
	if st.isPrerequisite(item) || holdsCommand(item) {
		return true
	}
	if !st.instructs() || len(item.children) == 0 {
		return false
	}
	if len(list.notes) > 0 || len(item.notes) > 0 || list.ordered || item.task {
		return true
	}
	if p := item.children[0]; p.kind == blockParagraph && p.onlyLink && len(item.children) == 1 {
		return false
	}
	return instructs
}

// listInstructs reports whether the bullets of a list are instructions: not in a
// section that no word names, not an enumeration, not examples of what the
// paragraph above says.
func (st *stepper) listInstructs(list, intro *block) bool {
	if !st.s.mapped && st.s.Kind != SectionChecklist && st.s.scenario == "" || mostlyNames(list) {
		return false
	}
	return intro == nil || !strings.HasSuffix(intro.text, ":") || !exampleCues.in(wordsOf(intro.text))
}

// mostlyNames reports whether more than half of the items are a word or two: an
// enumeration, not instructions.
func mostlyNames(list *block) bool {
	short := 0
	for _, item := range list.children {
		if len(item.children) == 1 && fewWords(item.children[0].text) {
			short++
		}
	}
	return short*2 > len(list.children)
}

// fewWords reports whether a text is at most two words.
func fewWords(text string) bool {
	n := 0
	for range strings.FieldsSeq(text) {
		if n++; n > 2 {
			return false
		}
	}
	return true
}

// holdsCommand reports whether a block has something to run in it.
func holdsCommand(b *block) bool {
	if b.kind == blockCode {
		c := b.reading()
		return c.class == codeAction || c.class == codeQuery
	}
	if b.kind == blockParagraph && b.onlySpan && len(commandSpans(b.spans)) == 1 {
		return true
	}
	return slices.ContainsFunc(b.children, holdsCommand)
}

// manual makes one step of a section that names a phase and has only prose: its
// paragraphs are the text, what stands between them the body. An alternative makes
// one even without prose, so that whoever picks it sees what it says.
func (st *stepper) manual() bool {
	s := st.s
	if st.last != nil || s.root || !s.leaf || s.Kind != SectionSteps || !s.mapped && s.scenario == "" || s.scripts {
		return false
	}
	if len(s.text) == 0 && (s.scenario == "" || len(st.body) == 0) {
		return false
	}
	step := st.newStep(s.Line)
	step.Text = strings.Join(s.text, " ")
	if step.Text == "" {
		step.Text = s.Heading
	}
	var body []string
	for _, b := range s.blocks {
		if b.kind != blockParagraph && b.kind != blockRule && b.kind != blockHTML {
			body = append(body, st.src.raw(b.line, b.last))
		}
	}
	step.Body = strings.Join(body, "\n\n")
	st.push(step)
	return true
}
