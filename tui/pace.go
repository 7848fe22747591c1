package tui

import (
	"sync"
	"time"
)

// Cadence of the frames that follow what actions print. Frames of keys are not
// held back by it.
const (
	slowestInterval = 250 * time.Millisecond // on a link that drains slowly
	streamBudget    = 80 << 10               // bytes a second at most, on any link
	stalledWrite    = 4 * time.Millisecond   // a write that takes as long waited for the terminal
)

// pace is the cadence that the terminal bears.
type pace struct {
	mu    sync.Mutex
	bytes int // of the frames since the last batch was handed out
	hold  time.Duration
}

// wrote takes note of a write. One that had to wait doubles the interval, each
// that had not lets it come down again.
func (p *pace) wrote(n int, took time.Duration) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.bytes += n
	if took >= stalledWrite {
		p.hold = min(2*max(p.hold, frameInterval), slowestInterval)
	} else {
		p.hold = p.hold * 15 / 16
	}
}

// interval is how long to wait between the last batch of output and the next.
func (p *pace) interval() time.Duration {
	p.mu.Lock()
	defer p.mu.Unlock()
	spent := time.Duration(p.bytes) * time.Second / streamBudget
	p.bytes = 0
	return min(max(frameInterval, p.hold, spent), slowestInterval)
}
