package transcript

import (
	"testing"
)

// FuzzDecode checks that whatever is accepted as a line is what encode writes.
func FuzzDecode(f *testing.F) {
	for _, seed := range []string{"", "{}", `{"v":1,"epoch":1,"seq":1`, `{"v":01}`} {
		f.Add([]byte(seed))
	}
	ev := note("x")
	ev.V, ev.Epoch, ev.Seq, ev.At, ev.Prev = 1, 1, 1, newTick().Now(), firstPrev
	line, err := encode(ev)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(line)
	f.Fuzz(func(t *testing.T, line []byte) {
		ev, err := decode(line)
		if err != nil {
			return
		}
		again, err := encode(ev)
		if err != nil {
			t.Fatalf("an accepted line cannot be written again: %v", err)
		}
		if _, err := decode(again); err != nil {
			t.Fatalf("what was written again is not accepted: %v", err)
		}
	})
}
