package runbooks

import (
	"bytes"
	"encoding/json"
	"slices"
)

// JSON returns the runbook as schema bitacora/runbook/v1, indented, with a final
// newline; <, > and & stand for themselves.
func (rb *Runbook) JSON() ([]byte, error) {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	if err := enc.Encode(rb); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}

// Step returns the step or substep with that id, nil when there is none.
func (rb *Runbook) Step(id string) *Step {
	var found *Step
	rb.visit(func(s *Step) bool {
		if s.ID == id {
			found = s
		}
		return found == nil
	})
	return found
}

// Action returns the action with that id or name and the step that it stands in,
// nil when there is none.
func (rb *Runbook) Action(idOrName string) (*Action, *Step) {
	var action *Action
	var step *Step
	rb.visit(func(s *Step) bool {
		for _, a := range s.Actions {
			if idOrName != "" && (a.ID == idOrName || a.Name == idOrName) {
				action, step = a, s
			}
		}
		return action == nil
	})
	return action, step
}

// visit calls f for every step and substep in the order of the walk, until it
// returns false.
func (rb *Runbook) visit(f func(*Step) bool) {
	var down func(steps []*Step) bool
	down = func(steps []*Step) bool {
		for _, s := range steps {
			if !f(s) || !down(s.Substeps) {
				return false
			}
		}
		return true
	}
	down(rb.Sequence)
}

// Scenario returns the scenario with that id, nil when there is none.
func (rb *Runbook) Scenario(id string) *Scenario {
	i := slices.IndexFunc(rb.Scenarios, func(s Scenario) bool { return s.ID == id })
	if i < 0 {
		return nil
	}
	return &rb.Scenarios[i]
}

// NeedsScenario reports whether a run has to choose among alternatives.
func (rb *Runbook) NeedsScenario() bool { return len(rb.Scenarios) > 0 }

// ParamsFor returns the parameters that somebody has to give for a run under a
// scenario, in the order of Params: those that a step or an action uses which
// belongs to that scenario or to none. Values that an action of such a run
// captures or asks for are left out. While no scenario is chosen (""), those of
// every scenario are.
func (rb *Runbook) ParamsFor(scenario string) []Param {
	used, set := map[string]bool{}, map[string]bool{}
	walked := func(s string) bool { return s == "" || s == scenario }
	rb.visit(func(s *Step) bool {
		if !walked(s.Scenario) {
			return true
		}
		for _, name := range rb.stepUses(s) {
			used[name] = true
		}
		for _, a := range s.Actions {
			if !walked(a.Scenario) {
				continue
			}
			for _, name := range a.Uses {
				used[name] = true
			}
			if a.Kind == KindInput {
				set[a.Name] = true
			}
		}
		return true
	})
	list := []Param{}
	for _, p := range rb.Params {
		if used[p.Name] && !set[p.Name] && p.Origin != OriginCapture {
			list = append(list, p)
		}
	}
	return list
}

// stepUses returns the names of parameters that a step's own text mentions.
func (rb *Runbook) stepUses(s *Step) []string {
	return stepTemplates(s)
}
