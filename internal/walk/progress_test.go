package walk

import "testing"

const branching = `# T

## Decisión

1. Elegir.

   ` + "```choice {name=which}\n   a: A -> scenario:a\n   b: B -> scenario:b\n   ```" + `

## Ejecución

<!-- bitacora scenario=a title="A" -->
### Caso A

1. Una.

<!-- bitacora scenario=b title="B" -->
### Caso B

1. Una.
2. Dos.

## Seguimiento

1. Anotar.
`

func TestTheTotalIsAtLeastThatOfTheShortestScenario(t *testing.T) {
	state := New(NewPlan(parse(t, branching)))
	if finished, total, least := state.Progress(); finished != 0 || total != 3 || !least {
		t.Errorf("before the choice: %d of %d, at least: %v", finished, total, least)
	}
	for scenario, want := range map[string]int{"a": 3, "b": 4} {
		chosen := state
		chosen.Scenario = scenario
		chosen = chosen.bearings(func(i int) StepState { return *state.steps.at(i) })
		if _, total, least := chosen.Progress(); total != want || least {
			t.Errorf("scenario %s: %d, at least: %v", scenario, total, least)
		}
	}
}
