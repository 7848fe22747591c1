package walk

import (
	"slices"
	"strings"
	"sync"

	"genia.ai/bitacora/runbooks"
)

// none is the index of no step and no action.
const none = -1

// Plan is a runbook made ready to be walked. It is immutable, but for what it keeps of
// what it was asked, and safe for concurrent use.
type Plan struct {
	runbook *runbooks.Runbook

	steps     []*runbooks.Step
	stepIndex map[string]int
	firstOf   map[runbooks.Phase]int // step
	lastOf    map[runbooks.Phase]int // step

	actions     []*runbooks.Action
	actionIndex map[string]int // by id and by name
	actionStep  []int          // action -> step
	stepActions []span         // step -> actions, those of substeps included
	onlyReverts map[int]bool   // stands beside the action that it reverts: no part of the way
	reverts     map[int]bool   // it is the inverse of some action
	bound       []int          // choices that belong to a scenario

	substeps     []*runbooks.Step // of all steps, nested ones after their own
	substepIndex map[string]int
	stepSubsteps []span // step -> substeps

	params map[string]*runbooks.Param
	names  map[string]int // of everything that gets a value
	named  []string

	choosers       []int // steps with a choice that picks the scenario
	steersScenario bool  // there are some
	asks           int   // step at which the scenario is asked for; none: before the first step
	needsScenario  bool  // some step or action is bound to a scenario

	begin struct { // of every run, once somebody asked for it
		once  sync.Once
		state State
	}

	declares bool     // some action says what it may change
	destroys sync.Map // PartID -> what it seems to destroy with, of what was asked about
}

// span is a range of indexes, without its end.
type span struct{ from, to int }

// NewPlan makes a runbook ready. The runbook must come from runbooks.Parse.
func NewPlan(rb *runbooks.Runbook) *Plan {
	p := &Plan{
		runbook:      rb,
		steps:        rb.Sequence,
		stepIndex:    make(map[string]int, len(rb.Sequence)),
		firstOf:      map[runbooks.Phase]int{},
		lastOf:       map[runbooks.Phase]int{},
		actionIndex:  map[string]int{},
		stepActions:  make([]span, len(rb.Sequence)),
		onlyReverts:  map[int]bool{},
		reverts:      map[int]bool{},
		substepIndex: map[string]int{},
		stepSubsteps: make([]span, len(rb.Sequence)),
		params:       make(map[string]*runbooks.Param, len(rb.Params)),
		names:        map[string]int{},
		asks:         none,
	}
	for i := range rb.Params {
		if param := &rb.Params[i]; p.params[param.Name] == nil {
			p.params[param.Name] = param
		}
		p.name(rb.Params[i].Name)
	}
	for i, step := range rb.Sequence {
		p.addStep(i, step)
	}
	for _, action := range p.actions {
		if undo := p.action(action.Settings.Undo); action.Settings.Undo != "" && undo != none {
			p.reverts[undo] = true
		}
	}
	p.placeScenario()
	return p
}

// name notes that something of this name may get a value.
func (p *Plan) name(name string) {
	if _, known := p.names[name]; !known {
		p.names[name] = len(p.named)
		p.named = append(p.named, name)
	}
}

// Runbook returns what the plan was made of.
func (p *Plan) Runbook() *runbooks.Runbook { return p.runbook }

// Steps returns the steps in the order of the walk. The caller must not change them.
func (p *Plan) Steps() []*runbooks.Step { return p.steps }

func (p *Plan) addStep(i int, step *runbooks.Step) {
	p.stepIndex[step.ID] = i
	if _, known := p.firstOf[step.Phase]; !known {
		p.firstOf[step.Phase] = i
	}
	p.lastOf[step.Phase] = i
	if step.Scenario != "" {
		p.needsScenario = true
	}
	acts, subs := len(p.actions), len(p.substeps)
	p.addActions(i, step)
	p.stepActions[i], p.stepSubsteps[i] = span{acts, len(p.actions)}, span{subs, len(p.substeps)}
	chooses := false
	for _, action := range p.actions[acts:] {
		for _, option := range action.Options {
			chooses = chooses || option.Steer.Kind == runbooks.SteerScenario
		}
	}
	if chooses {
		p.choosers, p.steersScenario = append(p.choosers, i), true
	}
}

func (p *Plan) addActions(index int, step *runbooks.Step) {
	beside := inverses(step)
	for k, action := range step.Actions {
		n := len(p.actions)
		if revertsOneBeside(beside, k, action) {
			p.onlyReverts[n] = true
		}
		p.declares = p.declares || action.Declared
		p.actions = append(p.actions, action)
		p.actionStep = append(p.actionStep, index)
		p.actionIndex[action.ID] = n
		if action.Name != "" {
			p.actionIndex[action.Name] = n
			p.name(action.Name)
		}
		for _, capture := range action.Settings.Capture {
			p.name(capture.Name)
		}
		if action.Scenario != "" {
			p.needsScenario = true
			if action.Kind == runbooks.KindChoice {
				p.bound = append(p.bound, n)
			}
		}
	}
	for _, sub := range step.Substeps {
		p.substepIndex[sub.ID] = len(p.substeps)
		p.substeps = append(p.substeps, sub)
		p.addActions(index, sub)
	}
}

// inverses returns, of what the actions of a step name as their inverse, which of
// them does so first.
func inverses(step *runbooks.Step) map[string]int {
	first := map[string]int{}
	for k, action := range step.Actions {
		if undo := action.Settings.Undo; undo != "" {
			if _, known := first[undo]; !known {
				first[undo] = k
			}
		}
	}
	return first
}

// revertsOneBeside reports whether an action reverts another one of its own item
// of the list. It is there to be offered as the undo: walked like the rest, it
// would revert at once what the step is for. Of two that revert each other the
// first is walked.
func revertsOneBeside(inverses map[string]int, k int, action *runbooks.Action) bool {
	for _, called := range []string{action.Name, action.ID} {
		if first, reverts := inverses[called]; reverts && (first < k || action.Settings.Undo == "") {
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
	acts := p.stepActions[step]
	return slices.ContainsFunc(p.actions[acts.from:acts.to], func(a *runbooks.Action) bool { return a.Scenario != "" })
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
	if param := p.params[name]; param != nil {
		return *param, true
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
