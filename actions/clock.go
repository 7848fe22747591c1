package actions

import (
	"context"
	"errors"
	"time"
)

// Clock is the time that timeouts, intervals and durations go by.
type Clock interface {
	Now() time.Time
	// AfterFunc calls f in a goroutine of its own after d, unless stop is called
	// before; stop reports whether it prevented the call.
	AfterFunc(d time.Duration, f func()) (stop func() bool)
}

// SystemClock is the machine's clock.
type SystemClock struct{}

var _ Clock = SystemClock{}

// Now implements Clock.
func (SystemClock) Now() time.Time { return time.Now() }

// AfterFunc implements Clock.
func (SystemClock) AfterFunc(d time.Duration, f func()) func() bool {
	return time.AfterFunc(d, f).Stop
}

// errTimeLimit is the cause of a context that ended because its time was over.
var errTimeLimit = errors.New("the time is over")

// withLimit is context.WithTimeoutCause by a Clock. 0 is no limit.
func withLimit(ctx context.Context, clock Clock, d time.Duration) (context.Context, func()) {
	ctx, cancel := context.WithCancelCause(ctx)
	if d == 0 {
		return ctx, func() { cancel(nil) }
	}
	stop := clock.AfterFunc(d, func() { cancel(errTimeLimit) })
	return ctx, func() {
		stop()
		cancel(nil)
	}
}

// pause waits for d and reports whether ctx lasted that long.
func pause(ctx context.Context, clock Clock, d time.Duration) bool {
	over := make(chan struct{})
	stop := clock.AfterFunc(d, func() { close(over) })
	defer stop()
	select {
	case <-over:
		return true
	case <-ctx.Done():
		return false
	}
}
