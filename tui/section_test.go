package tui

import (
	"testing"

	"genia.ai/bitacora/internal/event"
	"genia.ai/bitacora/runbooks"
)

// TestStepsBeforeTheEntryAreMarked enters a run at its second section.
func TestStepsBeforeTheEntryAreMarked(t *testing.T) {
	rb, err := runbooks.Parse("t.md", []byte("# T\n\n## Identificación\n\n1. Mirar la cola\n\n## Ejecución\n\n1. Vaciar la cola\n"))
	if err != nil {
		t.Fatal(err)
	}
	d := &drive{t: t, now: morning()}
	d.c = newFakeClientAt(rb, "ejecución", event.ModeLive, d.clock)
	d.begin(Options{Client: d.c, Printer: printer(t, "es")}, 100, 30)
	d.press("enter").see("▶ 1 Vaciar la cola", "· 1 Mirar la cola", "· Identificación", "0/1 pasos")
	d.press("k").see("antes de donde se entró").press("g").see("▶ 1 Mirar la cola").unseen("antes de donde se entró")
}
