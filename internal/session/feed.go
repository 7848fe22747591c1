package session

import (
	"context"
	"sync"

	"genia.ai/bitacora/internal/event"
)

// maxPending bounds the output, in bytes, that waits for a slow front end.
// Events are never dropped: they are few and small.
const maxPending = 1 << 20

// Queue is one front end's feed: what happened waits in it until it is asked for.
// Nobody who puts something in ever waits. It implements Feed.
type Queue struct {
	leave func(*Queue)

	mu      sync.Mutex
	queue   []Update
	pending int // bytes of output in queue
	closed  bool
	wake    chan struct{} // holds one token when there may be something
}

// NewQueue returns an empty queue. leave is called by Close.
func NewQueue(leave func(*Queue)) *Queue {
	return &Queue{leave: leave, wake: make(chan struct{}, 1)}
}

// Next implements Feed.
func (f *Queue) Next(ctx context.Context) ([]Update, error) {
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
func (f *Queue) Close() {
	f.leave(f)
	f.End()
}

// End lets Next hand out what is there and then say ErrClosed.
func (f *Queue) End() {
	f.mu.Lock()
	f.closed = true
	f.mu.Unlock()
	f.signal()
}

func (f *Queue) signal() {
	select {
	case f.wake <- struct{}{}:
	default:
	}
}

// Put adds updates, in order.
func (f *Queue) Put(updates ...Update) {
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
func (f *Queue) putOutput(out OutputPrinted) {
	f.pending += len(out.Text)
	if f.pending > maxPending {
		f.dropOutput(out.Action)
		f.pending = len(out.Text)
	}
	f.queue = append(f.queue, out)
}

// dropOutput leaves out all output that waits and says how much that was.
func (f *Queue) dropOutput(action string) {
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
