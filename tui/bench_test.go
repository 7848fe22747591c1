package tui

import (
	"strconv"
	"testing"
	"time"

	"genia.ai/bitacora/internal/event"
	"genia.ai/bitacora/runbooks"
)

// BenchmarkFrame measures what one Update costs to draw on the walk screen.
func BenchmarkFrame(b *testing.B) {
	d := newDrive(b, "es", event.ModeLive, 120, 40).toExecution()
	b.ReportAllocs()
	for b.Loop() {
		d.a.draw()
	}
}

// BenchmarkCursorKey measures a cursor key on the walk screen, whole: Update, and
// the frame that it draws, with a runbook of 30,000 steps and with a small one.
func BenchmarkCursorKey(b *testing.B) {
	for _, size := range []struct {
		name  string
		steps int
	}{{"small", 0}, {"large", 30000}} {
		b.Run(size.name, func(b *testing.B) {
			d := newLargeDrive(b, size.steps)
			b.ReportAllocs()
			for b.Loop() {
				d.send(keyMsg("j"))
				d.send(keyMsg("k"))
			}
		})
	}
}

// newLargeDrive walks the queue runbook with so many steps more.
func newLargeDrive(tb testing.TB, steps int) *drive {
	tb.Helper()
	rb := queueRunbook()
	for i := range steps {
		rb.Sequence = append(rb.Sequence, &runbooks.Step{ID: "more." + strconv.Itoa(i), Text: "One step more", Phase: runbooks.PhaseFollowUp})
	}
	d := &drive{t: tb, now: morning()}
	d.c = newFakeClient(rb, event.ModeLive, func() time.Time { return d.now })
	d.begin(Options{Client: d.c, Printer: printer(tb, "en")}, 120, 40)
	return d.press("enter")
}
