package runbooks

import (
	"crypto/sha256"
	"encoding/hex"
	"maps"
	"slices"
)

// builder carries a runbook while it is being read.
type builder struct {
	src *source
	f   *findings
	fm  frontMatter
	rb  *Runbook

	shell *shellReader

	sections      []*sect
	alternatives  []*alternative
	byScenario    map[string]*alternative
	placed        []*placed // every top-level step, in document order
	actions       []*placedAction
	runners       []runner
	inputs        []Param
	textParams    []Param
	prerequisites map[int][]string // links of steps to other runbooks, by line
	task          *task            // of the section that is being read
	steers        []steering
	names         map[string]int // line of each action's name
	stepIDs       map[string]int // line of each step's id
	actionIDs     map[string]bool
	roleMarks     map[string]mark
	hostsNoted    bool
	patterns      patterns
	madeSteps     slab[Step]
	madeActions   slab[Action]
	madePlaced    slab[placedAction]
	outline       bool // only what an Outline says is wanted
}

// Parse reads a runbook. path only names the text in messages; nothing is read
// from it. The error is a *ParseError that lists everything that keeps the text
// from being read; what may be wrong with a text that could be read is in the
// runbook's Diagnostics, of which an error means that it must not be run
// (HasErrors). Parse never panics and never returns a part of a runbook.
func Parse(path string, src []byte) (*Runbook, error) {
	b := parse(path, src, false)
	if err := b.refusal(path); err != nil {
		return nil, err
	}
	return b.rb, nil
}

// refusal says why the text is no runbook.
func (b *builder) refusal(path string) error {
	if len(b.f.problems) == 0 {
		return nil
	}
	for _, d := range b.f.notes {
		if d.Severity == SeverityError {
			b.f.problems = append(b.f.problems, d)
		}
	}
	sortDiagnostics(b.f.problems)
	return &ParseError{Path: path, Problems: b.f.problems}
}

// parse reads src as far as it can be read.
func parse(path string, src []byte, outline bool) *builder {
	b := &builder{
		outline: outline,
		f:       &findings{}, shell: newShellReader(), names: map[string]int{}, byScenario: map[string]*alternative{}, stepIDs: map[string]int{}, actionIDs: map[string]bool{}, roleMarks: map[string]mark{}, patterns: patterns{},
		rb: &Runbook{
			Schema: Schema, Source: Source{Path: path},
			Params: []Param{}, Secrets: []string{}, Roles: []Role{}, Scenarios: []Scenario{}, Sections: []Section{}, Diagnostics: []Diagnostic{},
		},
	}
	sum := digest(src, outline)
	defer func() { b.rb.Source.SHA256 = <-sum }()
	b.src = readSource(path, src, b.f)
	if len(b.f.problems) == 0 {
		b.fm = readFrontMatter(b.src.front, b.f)
		if hasSiteMarkup(src) {
			b.src.plainMarkup(b.fm.title)
		}
		b.read(path)
	}
	return b
}

// digest names the bytes of a runbook, while they are read; those of an outline are
// not asked for.
func digest(src []byte, outline bool) <-chan string {
	name := make(chan string, 1)
	if outline {
		name <- ""
		return name
	}
	go func() { // it ends by itself, and parse waits for it
		sum := sha256.Sum256(src)
		name <- hex.EncodeToString(sum[:])
	}()
	return name
}

// read goes from text to runbook, one concern after the other.
func (b *builder) read(path string) {
	blocks := readBlocks(b.src, b.f, portionSize)
	code := b.readAhead(blocks)
	defer func() { <-code.ended }()
	name, titleBlock := takeTitle(blocks, b.fm.title, path)
	b.sections = split(blocks, name, titleBlock)
	if titleBlock != nil && titleBlock.kind == blockHeading {
		b.rb.titleLine = titleBlock.line
	}
	b.declaredMembers(name)
	b.findAlternatives()
	b.classify()
	b.markScripts()
	code.wait()
	b.findTasks()
	// Scripts come last, whatever the order of sections: they go to steps.
	for _, scripts := range []bool{false, true} {
		if scripts && slices.ContainsFunc(b.sections, func(s *sect) bool { return s.scripts }) {
			b.findRunners()
		}
		for _, s := range b.sections {
			if s.scripts == scripts {
				b.build(s)
			}
		}
	}
	b.checkSteering()
	b.unnamedPhases()
	b.stepIDs = grown(b.stepIDs, len(b.placed))
	b.actionIDs = make(map[string]bool, len(b.actions))
	b.sequence()
	b.number()
	b.finish()
	if b.outline {
		return
	}
	b.namePrerequisites(path)
	b.explainSteps()
	b.resolve()
	b.lint()
	sortDiagnostics(b.f.notes)
	b.rb.Diagnostics = append(b.rb.Diagnostics, b.f.notes...)
}

// grown returns a copy of m with room for n more entries.
func grown(m map[string]int, n int) map[string]int {
	room := make(map[string]int, len(m)+n)
	maps.Copy(room, m)
	return room
}

// declaredMembers takes what the front matter declares, or guesses it.
func (b *builder) declaredMembers(name string) {
	rb, fm := b.rb, b.fm
	rb.Title, rb.Lang, rb.Summary = name, fm.lang, fm.summary
	rb.Env, rb.Hosts, rb.Targets, rb.ReviewAfter = fm.env, fm.hosts, fm.targets, fm.reviewAfter
	for _, r := range fm.roles {
		if slices.ContainsFunc(rb.Roles, func(known Role) bool { return known.ID == r.ID }) {
			b.f.add(SeverityError, "duplicate-id", r.mark.line, r.mark.column, "the role "+r.ID+" is declared twice", "remove one of them")
			continue
		}
		b.addRole(r.Role, r.mark)
	}
	if rb.Lang == "" {
		headings := []string{}
		for _, s := range b.sections {
			headings = append(headings, s.Heading)
		}
		rb.Lang = guessLang(headings)
	}
	if rb.Summary == "" {
		for _, blk := range b.sections[0].blocks {
			if blk.kind == blockParagraph && blk.text != "" {
				rb.Summary = blk.text
				break
			}
		}
	}
}

// finish hands the steps to their sections and scenarios.
func (b *builder) finish() {
	for _, p := range b.placed {
		if a := b.alternativeByID(p.Scenario); a != nil {
			a.Steps = append(a.Steps, p.Step)
		}
	}
	for _, a := range b.alternatives {
		b.rb.Scenarios = append(b.rb.Scenarios, a.Scenario)
	}
	for _, s := range b.sections {
		s.Steps = []*Step{}
	}
	for _, p := range b.placed {
		if b.alternativeByID(p.Scenario) == nil {
			p.from.Steps = append(p.from.Steps, p.Step)
		}
	}
	b.rb.Sections = make([]Section, 0, len(b.sections))
	for _, s := range b.sections {
		if s.root && len(s.Steps) == 0 {
			continue
		}
		switch {
		case len(s.Steps) > 0 || s.scenario != "":
		case s.scripts && s.Kind == SectionSteps:
			s.Kind = SectionReference
		case !s.mapped && s.Kind == SectionSteps:
			s.Kind = SectionContext
		}
		b.rb.Sections = append(b.rb.Sections, s.Section)
	}
}

// unnamedPhases puts sections that no word names, but that have steps, into the
// execution.
func (b *builder) unnamedPhases() {
	for _, p := range b.placed {
		s := p.from
		if s.Phase != PhaseNone || s.Kind == SectionChecklist || p.moved {
			continue
		}
		if value, _, _ := directiveValue(s.notes, "phase"); value == "" {
			s.Phase, p.Phase = PhaseExecution, PhaseExecution
		}
	}
	for _, p := range b.placed {
		if !p.moved {
			p.Phase = p.from.Phase
		}
	}
}
