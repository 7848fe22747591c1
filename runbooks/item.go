package runbooks

import "strings"

// item makes a step of a list item: its first paragraph is the text, nested
// lists are substeps, code is what it runs.
func (st *stepper) item(item, list *block, parent *Step) *Step {
	step := st.newStep(item.line)
	step.Number = item.number
	if parent != nil {
		step.Scenario, step.Role = parent.Scenario, parent.Role
	}
	lintDirectives(item.notes, onItem, st.src, st.f)
	for _, notes := range [][]directive{list.notes, item.notes} {
		if id, line, at := directiveValue(notes, "scenario"); id != "" {
			step.Scenario = st.require(id, line, at)
		}
		if role, _, _ := directiveValue(notes, "role"); role != "" {
			step.Role = role
		}
	}
	if id, line, at := directiveValue(item.notes, "id"); id != "" {
		step.ID = id
		st.claimStep(step, line, at)
	}
	r := &itemReader{stepper: st, step: step}
	for _, child := range openQuotes(item.children) {
		r.block(child)
	}
	r.flush()
	step.Body = strings.Join(r.body, "\n\n")
	if step.Text == "" && len(step.Substeps) > 0 {
		step.Text = step.Substeps[0].Text
	}
	if step.Text == "" {
		step.Text = st.s.Heading
	}
	return step
}

// itemReader reads what stands inside one item.
type itemReader struct {
	*stepper
	step *Step
	cue  *block
	body []string
}

func (r *itemReader) flush() {
	if r.cue != nil {
		r.body = append(r.body, r.src.raw(r.cue.line, r.cue.last))
		r.cue = nil
	}
}

func (r *itemReader) block(b *block) {
	switch b.kind {
	case blockParagraph:
		r.flush()
		r.paragraph(b)
	case blockCode:
		caption := ""
		if r.cue != nil {
			caption = r.cue.text
		}
		if r.attach(r.step, b, caption) {
			r.cue = nil
			return
		}
		r.flush()
		r.body = append(r.body, r.src.raw(b.line, b.last))
	case blockList:
		r.flush()
		lintDirectives(b.notes, onList, r.src, r.f)
		for _, child := range b.children {
			sub := r.item(child, b, r.step)
			r.step.Substeps = append(r.step.Substeps, sub)
		}
	default:
		r.flush()
		if raw := r.src.raw(b.line, b.last); raw != "" {
			r.body = append(r.body, raw)
		}
	}
}

func (r *itemReader) paragraph(b *block) {
	spans := commandSpans(b.spans)
	if b.onlySpan && len(spans) == 1 {
		if r.step.Text == "" {
			r.step.Text = b.text
		}
		r.step.Actions = append(r.step.Actions, r.spanAction(b, r.step, spans[0]))
		return
	}
	r.step.Suggested = append(r.step.Suggested, spans...)
	if r.step.Text == "" && len(r.step.Actions) == 0 && len(r.step.Substeps) == 0 {
		r.step.Text = b.text
		return
	}
	r.cue = b
}

// code attaches code that stands outside of lists: behind a list to its last
// step, behind a paragraph to a step of its own, behind code to the same step.
func (st *stepper) code(b *block) {
	cue, caption := "", ""
	if st.cue != nil {
		cue, caption = st.cue.text, st.cue.text
	}
	c := b.reading()
	runs := c.class == codeAction || c.class == codeQuery
	if st.s.Kind == SectionReference {
		if c.class == codeAction && len(b.notes) > 0 {
			st.warn("action-in-reference", b.line, 0, "an action in a reference section is never run", "put kind=steps on the heading")
		}
		st.flush()
		st.keep(b)
		return
	}
	if st.bindScript(b, c) {
		st.flush()
		return
	}
	step := st.last
	follows := st.before != nil && (st.before.kind == blockCode || st.before.kind == blockList && st.made)
	if runs && (step == nil || !follows || st.cue != nil) {
		step = st.newStep(b.line)
		step.Text = st.s.Heading
		if st.cue != nil && !isLabel(cue) {
			step.Text, caption = cue, ""
			step.Line = st.cue.line
			step.Suggested = append(step.Suggested, commandSpans(st.cue.spans)...)
		}
		st.push(step)
	}
	if step == nil {
		st.lintFence(b, c)
		st.flush()
		st.keep(b)
		return
	}
	if st.attach(step, b, caption) {
		st.cue = nil
		return
	}
	raw := st.src.raw(b.line, b.last)
	if st.cue != nil && !runs {
		raw = st.src.raw(st.cue.line, st.cue.last) + "\n\n" + raw
	}
	st.cue = nil
	st.behind = append(st.behind, raw)
}

// isLabel reports whether a paragraph only labels what follows: "Run:".
func isLabel(text string) bool {
	return strings.HasSuffix(text, ":") && len(strings.Fields(text)) <= 4
}

// attach gives code to a step: as an action, or as the sample output of the
// action before it. It reports false when the code is neither.
func (st *stepper) attach(step *Step, b *block, caption string) bool {
	c := b.reading()
	switch c.class {
	case codeAction:
		step.Actions = append(step.Actions, st.action(b, c, step, caption))
		return true
	case codeOutput:
		return st.sample(step, b)
	}
	st.lintFence(b, c)
	return false
}

// sample keeps b as the sample output of the step's newest action.
func (st *stepper) sample(step *Step, b *block) bool {
	for len(step.Actions) == 0 && len(step.Substeps) > 0 {
		step = step.Substeps[len(step.Substeps)-1]
	}
	if len(step.Actions) == 0 {
		return false
	}
	a := step.Actions[len(step.Actions)-1]
	if a.SampleOutput != "" {
		return false
	}
	a.SampleOutput = b.code
	for _, d := range b.notes {
		st.similarity(a, d)
	}
	return true
}
