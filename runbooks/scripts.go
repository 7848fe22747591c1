package runbooks

import "strings"

// markScripts finds the sections that hold scripts for steps of other sections:
// their heading, or one above it, speaks of scripts and does not say to run one.
func (b *builder) markScripts() {
	for _, s := range b.sections {
		holds := !s.root && scriptNouns.in(s.words) && !runVerbs.in(s.words) && !executionVerbs.starts(s.words)
		s.scripts = s.scenario == "" && (holds || s.parent != nil && s.parent.scripts)
	}
}

// bindScript gives a script of such a section to the step that says to run it,
// under the scenario whose heading shares its distinctive words. It reports false
// when no step asks for it.
func (st *stepper) bindScript(blk *block, c *codeReading) bool {
	if !st.s.scripts || c.class != codeAction || c.kind != KindShell {
		return false
	}
	scenario := st.scenarioOf(st.s.words)
	step := st.runStep(scenario)
	if step == nil {
		return false
	}
	a := st.action(blk, c, step, st.s.Heading)
	if a.Scenario == "" {
		a.Scenario = scenario
	}
	step.Actions = append(step.Actions, a)
	return true
}

// scenarioOf returns the scenario whose heading shares the most words with a
// script's, counting only those that no other scenario's heading has. "" when
// none does, or when two do alike.
func (b *builder) scenarioOf(words []string) string {
	count := map[string]int{}
	for _, a := range b.alternatives {
		for w := range distinct(a.words) {
			count[w]++
		}
	}
	own := distinct(words)
	best, id := 0, ""
	for _, a := range b.alternatives {
		score := 0
		for w := range distinct(a.words) {
			if own[w] && count[w] == 1 {
				score++
			}
		}
		if score > best {
			best, id = score, a.ID
		} else if score == best {
			id = ""
		}
	}
	return id
}

// distinct returns the set of words that can tell texts apart, without the
// plural's s.
func distinct(words []string) map[string]bool {
	set := map[string]bool{}
	for _, w := range words {
		if len(w) > 2 && !smallWords.is([]string{w}) {
			set[strings.TrimSuffix(w, "s")] = true
		}
	}
	return set
}

// runner is a step that says to run a script.
type runner struct {
	step  *Step
	phase Phase
	words map[string]bool
}

// maxRunners bounds the steps among which one is looked for that runs a script.
const maxRunners = 200

// findRunners finds the steps that say to run a script, once those of all sections
// without scripts are known.
func (b *builder) findRunners() {
	var visit func(step *Step, phase Phase)
	visit = func(step *Step, phase Phase) {
		words := wordsOf(step.Text)
		if runVerbs.in(words) && scriptNouns.in(words) && len(b.runners) < maxRunners {
			b.runners = append(b.runners, runner{step, phase, distinct(words)})
		}
		for _, sub := range step.Substeps {
			visit(sub, phase)
		}
	}
	for _, p := range b.placed {
		visit(p.Step, p.Phase)
	}
}

// runStep finds the step that says to run a script: the one that shares most
// words with the script's headings, those of the execution first.
func (st *stepper) runStep(scenario string) *Step {
	about := distinct(st.s.words)
	for p := st.s.parent; p != nil; p = p.parent {
		for w := range distinct(p.words) {
			about[w] = true
		}
	}
	best, found := 0, (*Step)(nil)
	for _, r := range st.runners {
		if r.step.Scenario != "" && r.step.Scenario != scenario {
			continue
		}
		score := 1
		for w := range r.words {
			if about[w] {
				score += 10
			}
		}
		if r.phase == PhaseExecution {
			score += 5
		}
		if r.step.Scenario != "" {
			score += 100
		}
		if score > best {
			best, found = score, r.step
		}
	}
	return found
}
