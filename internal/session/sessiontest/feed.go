package sessiontest

import (
	"context"

	"genia.ai/bitacora/internal/session"
)

// feed is a queue without a bound; its members are guarded by the session's lock.
type feed struct {
	session *Session
	queue   []session.Update
	wake    chan struct{}
	over    bool // the session is
	closed  bool
}

// Next implements session.Feed.
func (f *feed) Next(ctx context.Context) ([]session.Update, error) {
	for {
		updates, err := f.take()
		if len(updates) > 0 || err != nil {
			return updates, err
		}
		select {
		case <-f.wake:
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
}

// Close implements session.Feed.
func (f *feed) Close() {
	f.session.mu.Lock()
	defer f.session.mu.Unlock()
	f.closed, f.queue = true, nil
	f.signal()
}

func (f *feed) take() ([]session.Update, error) {
	f.session.mu.Lock()
	defer f.session.mu.Unlock()
	updates := f.queue
	f.queue = nil
	if len(updates) == 0 && (f.over || f.closed) {
		return nil, session.ErrClosed
	}
	return updates, nil
}

// signal wakes the one reader; a signal that is already there is enough.
func (f *feed) signal() {
	select {
	case f.wake <- struct{}{}:
	default:
	}
}
