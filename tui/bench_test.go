package tui

import (
	"testing"

	"genia.ai/bitacora/internal/event"
)

// BenchmarkFrame measures what one Update costs to draw on the walk screen.
func BenchmarkFrame(b *testing.B) {
	d := newDrive(b, "es", event.ModeLive, 120, 40).toExecution()
	b.ReportAllocs()
	for b.Loop() {
		d.a.draw()
	}
}
