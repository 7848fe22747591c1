package e2e

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

const hasty = `---
lang: es
---
# Deprisa

## Ejecución

1. Mirar un texto que es más largo que la pantalla es ancha y que se parte por eso entre dos de sus palabras y no en medio de una.

   ` + "```sh {name=look effect=read}\n   while [ ! -e go ]; do sleep 0.05; done\n   ```" + `

   ` + "```sh {name=change effect=write}\n   touch changed\n   ```" + `
`

// TestWhatWasBegunBeforeAQuestionDoesNotAnswerIt types a yes, without its enter, while
// an action runs. The terminal keeps such a line to itself until it is ended.
func TestWhatWasBegunBeforeAQuestionDoesNotAnswerIt(t *testing.T) {
	t.Parallel()
	env, dir := home(t), t.TempDir()
	term := open(t, options{cols: 60, rows: 50, env: env, dir: dir}, "run", "--plain", write(t, "hasty.md", hasty))
	term.see("s/N")
	term.typeText("s").press("enter").see("Intro empieza")
	screen := term.press("enter").see("Intro la ejecuta")
	if !strings.Contains(screen, "ancha y\nque se parte") {
		t.Errorf("the text is not broken at a word:\n%s", screen)
	}
	term.press("enter").see("en marcha: look")
	term.typeText("s").see("\ns") // shown by the terminal, and not ended
	if err := os.WriteFile(filepath.Join(dir, "go"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	term.see("touch changed", "¿Ejecutar exactamente esto?")
	term.press("enter").see("No se ejecuta.")
	if starts, _ := startsAndEnds(t, env); len(starts) != 1 {
		t.Errorf("it started %d actions", len(starts))
	}
}
