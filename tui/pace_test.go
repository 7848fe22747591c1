package tui

import (
	"testing"
	"time"
)

// TestCadenceFollowsTheTerminal: frames come as often as they may, less often when
// they are large, and ever less often when writes wait.
func TestCadenceFollowsTheTerminal(t *testing.T) {
	p := &pace{}
	if got := p.interval(); got != frameInterval {
		t.Errorf("nothing written: %v", got)
	}
	p.wrote(streamBudget/10, 0)
	if got := p.interval(); got != 100*time.Millisecond {
		t.Errorf("a tenth of a second's bytes: %v", got)
	}
	for i := range 5 {
		p.wrote(1, 10*stalledWrite)
		if want, got := min(frameInterval<<(i+1), slowestInterval), p.interval(); got != want {
			t.Errorf("after %d writes that waited: %v, not %v", i+1, got, want)
		}
	}
	for range 60 {
		p.wrote(1, 0)
	}
	if got := p.interval(); got != frameInterval {
		t.Errorf("the terminal takes everything again: %v", got)
	}
}
