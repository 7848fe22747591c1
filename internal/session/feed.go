package session

import (
	"context"
	"sync"

	"genia.ai/bitacora/internal/event"
)

// maxPending bounds the output, in bytes, that waits for a slow front end.
// Events are never dropped: they are few and small.
const maxPending = 1 << 20

// feed is one front end's queue. Nobody who records ever waits for it.
type feed struct {
	leave func(*feed)

	mu      sync.Mutex
	queue   []Update
	pending int // bytes of output in queue
	closed  bool
	wake    chan struct{} // holds one token when there may be something
}

func newFeed(leave func(*feed)) *feed {
	return &feed{leave: leave, wake: make(chan struct{}, 1)}
}

// Next implements Feed.
func (f *feed) Next(ctx context.Context) ([]Update, error) {
	for {
		f.mu.Lock()
		queue, closed := f.queue, f.closed
		f.queue, f.pending = nil, 0
		f.mu.Unlock()
		switch {
		case len(queue) > 0:
			return queue, nil
		case closed:
			return nil, ErrClosed
		}
		select {
		case <-f.wake:
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
}

// Close implements Feed.
func (f *feed) Close() {
	f.leave(f)
	f.end()
}

// end lets Next hand out what is there and then say ErrClosed.
func (f *feed) end() {
	f.mu.Lock()
	f.closed = true
	f.mu.Unlock()
	f.signal()
}

func (f *feed) signal() {
	select {
	case f.wake <- struct{}{}:
	default:
	}
}

func (f *feed) put(updates ...Update) {
	f.mu.Lock()
	for _, u := range updates {
		if out, ok := u.(OutputPrinted); ok {
			f.putOutput(out)
			continue
		}
		f.queue = append(f.queue, u)
	}
	f.mu.Unlock()
	f.signal()
}

// putOutput needs f.mu.
func (f *feed) putOutput(out OutputPrinted) {
	f.pending += len(out.Text)
	if f.pending > maxPending {
		f.dropOutput(out.Action)
		f.pending = len(out.Text)
	}
	f.queue = append(f.queue, out)
}

// dropOutput leaves out all output that waits and says how much that was.
func (f *feed) dropOutput(action string) {
	var dropped int64
	kept := f.queue[:0]
	for _, u := range f.queue {
		switch u := u.(type) {
		case OutputPrinted:
			dropped += int64(len(u.Text))
		case OutputDropped:
			dropped += u.Bytes
		default:
			kept = append(kept, u)
		}
	}
	f.queue = kept
	if dropped > 0 {
		f.queue = append(f.queue, OutputDropped{Action: action, Bytes: dropped})
	}
}

func recorded(events []event.Event, saved Saved) []Update {
	updates := make([]Update, len(events))
	for i, ev := range events {
		updates[i] = EventRecorded{Event: ev, Saved: saved}
	}
	return updates
}
