package walk

import (
	"testing"

	"genia.ai/bitacora/runbooks"
)

const asking = `---
params:
  - {name: scope, label: Alcance}
---
# T

## Decisión

1. Fijar la gravedad.

   ¿Qué gravedad tiene?

   ` + "```choice {name=severity}\n   alta: Una función principal no responde\n   ```" + `

   ` + "```choice {name=scope}\n   total: Todos\n   ```" + `

2. Decidir.

   ` + "```choice {name=rollback}\n   yes: Sí, volver\n   no: Seguir -> phase:follow-up\n   ```" + `

3. Nombrar a alguien.

   ` + "```input {name=who}\n   ¿Quién coordina?\n   ```" + `

4. Dos preguntas.

   ` + "```choice {name=first}\n   a: A\n   ```\n\n   ```choice {name=second}\n   b: B\n   ```" + `

5. Mirar.

   ` + "```sh {name=look effect=read}\n   uptime\n   ```\n"

func parse(t *testing.T, text string) *runbooks.Runbook {
	t.Helper()
	rb, err := runbooks.Parse("t.md", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return rb
}

func TestQuestionsAreCalledAsTheRunbookAsks(t *testing.T) {
	plan := NewPlan(parse(t, asking))
	for name, want := range map[string]string{
		"severity": "¿Qué gravedad tiene?", "scope": "Alcance", "rollback": "Decidir.", "who": "¿Quién coordina?",
		"first": "", "second": "", "look": "",
	} {
		action, _ := plan.Action(name)
		if action == nil {
			t.Fatalf("there is no %s", name)
		}
		if got := plan.Wording(action); got != want {
			t.Errorf("%s is called %q, want %q", name, got, want)
		}
	}
	severity, _ := plan.Action("severity")
	rollback, _ := plan.Action("rollback")
	if Technical(severity.Options[0]) || !Technical(rollback.Options[0]) || !Technical(rollback.Options[1]) {
		t.Error("the wrong keys are shown")
	}
}
