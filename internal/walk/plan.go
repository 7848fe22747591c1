package walk

import (
	"strings"

	"genia.ai/bitacora/runbooks"
)

// none is the index of no step and no action.
const none = -1

// Plan is a runbook made ready to be walked. It is immutable.
type Plan struct {
	runbook *runbooks.Runbook

	steps     []*runbooks.Step
	stepIndex map[string]int

	actions     []*runbooks.Action
	actionIndex map[string]int // by id and by name
	actionStep  []int          // action -> step
	stepActions [][]int        // step -> actions, those of substeps included
	onlyReverts map[int]bool   // stands beside the action that it reverts: no part of the way

	steersScenario bool // a choice picks the scenario
	asks           int  // step at which the scenario is asked for; none: before the first step
	needsScenario  bool // some step or action is bound to a scenario
}

// NewPlan makes a runbook ready. The runbook must come from runbooks.Parse.
func NewPlan(rb *runbooks.Runbook) *Plan {
	p := &Plan{
		runbook:     rb,
		steps:       rb.Sequence,
		stepIndex:   make(map[string]int, len(rb.Sequence)),
		actionIndex: map[string]int{},
		stepActions: make([][]int, len(rb.Sequence)),
		onlyReverts: map[int]bool{},
		asks:        none,
	}
	for i, step := range rb.Sequence {
		p.stepIndex[step.ID] = i
		p.addActions(i, step)
		if step.Scenario != "" {
			p.needsScenario = true
		}
	}
	p.placeScenario()
	return p
}

// Runbook returns what the plan was made of.
func (p *Plan) Runbook() *runbooks.Runbook { return p.runbook }

// Steps returns the steps in the order of the walk. The caller must not change them.
func (p *Plan) Steps() []*runbooks.Step { return p.steps }

func (p *Plan) addActions(index int, step *runbooks.Step) {
	for _, action := range step.Actions {
		n := len(p.actions)
		p.onlyReverts[n] = revertsOneBeside(step, action)
		p.actions = append(p.actions, action)
		p.actionStep = append(p.actionStep, index)
		p.actionIndex[action.ID] = n
		if action.Name != "" {
			p.actionIndex[action.Name] = n
		}
		p.stepActions[index] = append(p.stepActions[index], n)
		if action.Scenario != "" {
			p.needsScenario = true
		}
		for _, option := range action.Options {
			if option.Steer.Kind == runbooks.SteerScenario {
				p.steersScenario = true
			}
		}
	}
	for _, sub := range step.Substeps {
		p.addActions(index, sub)
	}
}

// revertsOneBeside reports whether an action reverts another one of its own item
// of the list. It is there to be offered as the undo: walked like the rest, it
// would revert at once what the step is for. Of two that revert each other the
// first is walked.
func revertsOneBeside(step *runbooks.Step, action *runbooks.Action) bool {
	before := true
	for _, other := range step.Actions {
		if other == action {
			before = false
			continue
		}
		undo := other.Settings.Undo
		if undo != "" && (undo == action.Name || undo == action.ID) && (before || action.Settings.Undo == "") {
			return true
		}
	}
	return false
}

// placeScenario finds where the scenario is asked for when no choice picks it:
// at the step that the parser marked, else after the last step before the first
// one that depends on it.
func (p *Plan) placeScenario() {
	if p.steersScenario || !p.needsScenario {
		return
	}
	for i, step := range p.steps {
		if step.AsksScenario && step.Scenario == "" {
			p.asks = i
			return
		}
	}
	for i, step := range p.steps {
		if step.Scenario != "" || p.bindsAction(i) {
			return
		}
		p.asks = i
	}
}

func (p *Plan) bindsAction(step int) bool {
	for _, a := range p.stepActions[step] {
		if p.actions[a].Scenario != "" {
			return true
		}
	}
	return false
}

func (p *Plan) step(id string) int {
	if i, ok := p.stepIndex[id]; ok {
		return i
	}
	return none
}

func (p *Plan) action(id string) int {
	if i, ok := p.actionIndex[id]; ok {
		return i
	}
	return none
}

func (p *Plan) scenario(id string) bool {
	for _, scenario := range p.runbook.Scenarios {
		if scenario.ID == id {
			return true
		}
	}
	return false
}

// Action finds an action by id or name, and the top-level step it belongs to.
func (p *Plan) Action(id string) (*runbooks.Action, *runbooks.Step) {
	if a := p.action(id); a != none {
		return p.actions[a], p.steps[p.actionStep[a]]
	}
	return nil, nil
}

// Param returns the declaration of a parameter.
func (p *Plan) Param(name string) (runbooks.Param, bool) { return p.param(name) }

func (p *Plan) param(name string) (runbooks.Param, bool) {
	for _, param := range p.runbook.Params {
		if param.Name == name {
			return param, true
		}
	}
	return runbooks.Param{}, false
}

// option finds an option of a choice, or yes and no of a confirm.
func option(action *runbooks.Action, key string) (runbooks.Option, bool) {
	if action.Kind == runbooks.KindConfirm {
		switch strings.ToLower(key) {
		case AnswerYes, AnswerNo:
			return runbooks.Option{Key: strings.ToLower(key), Label: strings.ToLower(key)}, true
		}
		return runbooks.Option{}, false
	}
	for _, o := range action.Options {
		if o.Key == key {
			return o, true
		}
	}
	return runbooks.Option{}, false
}

// Answers of a confirm.
const (
	AnswerYes = "yes"
	AnswerNo  = "no"
)
