package tui

import (
	"fmt"
	"strings"
	"testing"

	"genia.ai/bitacora/internal/event"
)

// pickerOver is the picker over many runbooks.
func pickerOver(t testing.TB, entries []Entry, width, height int) *drive {
	t.Helper()
	d := &drive{t: t, now: morning()}
	d.c = newFakeClient(queueRunbook(), event.ModeRehearsal, morning)
	d.begin(Options{Printer: printer(t, "en"), Entries: entries}, width, height)
	return d
}

func thousands() []Entry {
	entries := make([]Entry, 5000)
	for i := range entries {
		entries[i] = Entry{
			Name: fmt.Sprintf("team/service-%d", i), Title: fmt.Sprintf("Reversión del servicio %d", i), Path: fmt.Sprintf("/r/service-%d.md", i),
			Headings: []string{"Diagnosis", fmt.Sprintf("Restart number %d", i)}, Alerts: []string{fmt.Sprintf("Service%dDown", i)}, Phases: 1, Steps: 3,
		}
	}
	return entries
}

func TestPickerNarrowsWithEveryKey(t *testing.T) {
	d := pickerOver(t, thousands(), 80, 24)
	d.see("servicio 0", "servicio 8").unseen("servicio 10")
	d.press("/", "r", "e", "v", "e", "r", "s", "i", "o", "n").see("/reversion", "5000 of 5000")
	d.press(" ", "4", "2", "1", "7").see("1 of 5000", "Reversión del servicio 4217")
	d.press("esc").see("servicio 0").unseen("servicio 4217")
	d.press("/").press(strings.Split("service4217down", "")...).see("→ Service4217Down", "servicio 4217", "1 of 5000")
	d.press("enter").see("servicio 4217", "r rehearse")
	d.press("/").press("backspace").see("servicio 4217")
	d.press("x").see("Nothing found.", "0 of 5000")
	d.press("backspace", "backspace").see("servicio 4217")
}

func TestPickerMovesWhileFiltering(t *testing.T) {
	d := pickerOver(t, thousands(), 60, 15)
	d.press("/", "d", "o", "w", "n", "down", "down", "enter").see("› Reversión del servicio 2")
	d.press("end").see("› Reversión del servicio 4999")
}

// TestPickerDrawsOnlyWhatIsSeen: the screen of thousands costs what that of few does.
func TestPickerDrawsOnlyWhatIsSeen(t *testing.T) {
	draw := func(entries []Entry) float64 {
		d := pickerOver(t, entries, 80, 24)
		d.press("/", "s", "e", "r", "v", "enter")
		return testing.AllocsPerRun(20, d.a.draw)
	}
	if few, many := draw(thousands()[:20]), draw(thousands()); many > 2*few {
		t.Errorf("a frame over 5000 runbooks makes %v allocations, over 20 %v", many, few)
	}
}

func TestPickerShowsWhatIsWrongWithAFile(t *testing.T) {
	d := pickerOver(t, []Entry{{Name: "broken", Title: "broken", Note: "broken.md:2:1: the front matter is never closed"}}, 80, 24)
	d.see("! broken.md:2:1: the front matter")
}

// BenchmarkPickerKey measures one key of the filter over 5,000 runbooks.
func BenchmarkPickerKey(b *testing.B) {
	d := pickerOver(b, thousands(), 80, 24)
	d.press("/", "s")
	for b.Loop() {
		d.press("e", "backspace")
	}
}
