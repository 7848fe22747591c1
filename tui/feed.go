package tui

import (
	"context"
	"errors"
	"sync"
	"time"

	"genia.ai/bitacora/internal/session"
)

// Limits of what waits for the screen.
const (
	frameInterval = 33 * time.Millisecond // between two batches, at least
	pendingOutput = 256 << 10             // bytes of output; the oldest go first
)

// updatesArrivedMsg carries what the feed handed out since the last batch.
type updatesArrivedMsg struct {
	updates []session.Update
	ended   bool  // no further batch follows
	err     error // why, unless the session was closed in good order
}

// pump takes from a feed as fast as it hands out and gives to the screen at most
// every frameInterval, less often as the terminal bears it. It keeps every event; of the output it keeps the last
// pendingOutput bytes and counts the rest.
type pump struct {
	ready chan struct{} // holds one token while something waits
	pace  *pace

	mu      sync.Mutex
	pending []session.Update
	bytes   int
	ended   bool
	err     error

	handed time.Time // when the last batch was handed out; the taker's own
}

func newPump() *pump { return &pump{ready: make(chan struct{}, 1), pace: &pace{}} }

// fill reads until the feed or the context ends, then closes the feed.
func (p *pump) fill(ctx context.Context, feed session.Feed) {
	defer feed.Close()
	for {
		updates, err := feed.Next(ctx)
		p.mu.Lock()
		for _, u := range updates {
			p.add(u)
		}
		if err != nil {
			p.ended = true
			if !errors.Is(err, session.ErrClosed) && ctx.Err() == nil {
				p.err = err
			}
		}
		p.mu.Unlock()
		select {
		case p.ready <- struct{}{}:
		default:
		}
		if err != nil {
			return
		}
	}
}

// add keeps an update, dropping the oldest output when there is too much.
func (p *pump) add(u session.Update) {
	p.pending = append(p.pending, u)
	printed, ok := u.(session.OutputPrinted)
	if !ok {
		return
	}
	p.bytes += len(printed.Text)
	if p.bytes <= pendingOutput {
		return
	}
	kept := make([]session.Update, 0, len(p.pending))
	for _, u := range p.pending {
		old, ok := u.(session.OutputPrinted)
		if !ok || p.bytes <= pendingOutput/2 {
			kept = append(kept, u)
			continue
		}
		p.bytes -= len(old.Text)
		kept = drop(kept, session.OutputDropped{Action: old.Action, Bytes: int64(len(old.Text))})
	}
	p.pending = kept
}

// drop adds to the count of what was left out just before, if it was.
func drop(updates []session.Update, dropped session.OutputDropped) []session.Update {
	if n := len(updates); n > 0 {
		if last, ok := updates[n-1].(session.OutputDropped); ok && last.Action == dropped.Action {
			last.Bytes += dropped.Bytes
			updates[n-1] = last
			return updates
		}
	}
	return append(updates, dropped)
}

// take waits for the next batch. It returns nil when the context ends.
func (p *pump) take(ctx context.Context) *updatesArrivedMsg {
	if wait := p.pace.interval() - time.Since(p.handed); wait > 0 {
		timer := time.NewTimer(wait)
		defer timer.Stop()
		select {
		case <-timer.C:
		case <-ctx.Done():
			return nil
		}
	}
	select {
	case <-p.ready:
	case <-ctx.Done():
		return nil
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	msg := &updatesArrivedMsg{updates: p.pending, ended: p.ended, err: p.err}
	p.pending, p.bytes = nil, 0
	p.handed = time.Now()
	return msg
}
