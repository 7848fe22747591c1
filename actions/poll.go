package actions

import (
	"context"
	"errors"
	"fmt"
	"time"

	"genia.ai/bitacora/internal/sanitize"
	"genia.ai/bitacora/runbooks"
)

// What holds where a runbook does not say.
const (
	defaultTimeout  = 10 * time.Minute // of one attempt
	defaultPolling  = 15 * time.Minute // of a whole polling
	defaultInterval = 5 * time.Second
)

// maxBackoff is how far the pauses between retries grow by themselves.
const maxBackoff = time.Minute

// How much of what was seen, and of a whole reason, an operator is told, in characters.
const (
	maxSeen   = 80
	maxReason = 1000
)

// control runs the attempts of an action: timeout, retries, polling, the
// conditions and the captures, which are the same for every kind.
type control struct {
	clock   Clock
	guard   guard
	req     Request
	sink    Sink
	expect  condition
	until   condition
	retries int
}

// try is one attempt. Its Result tells how the attempt itself went (exit code,
// connection); whether that is what was expected is decided here. The
// observation may be nil when there was nothing to see.
type try func(context.Context) (Result, *observation)

// newControl checks what the action asks for. A repeated attempt must be harmless:
// polling and retries are for reads only, and retries only where again is set.
func newControl(v values, clock Clock, g guard, sink Sink, again bool) (*control, error) {
	c := &control{clock: clock, guard: g, req: v.req, sink: sink}
	set := v.req.Action.Settings
	var err error
	if c.expect, err = parseCondition(v, set.Expect); err != nil {
		return nil, fmt.Errorf("expect: %w", err)
	}
	if c.until, err = parseCondition(v, set.Until); err != nil {
		return nil, fmt.Errorf("until: %w", err)
	}
	reads := v.req.Action.Effect == runbooks.EffectRead
	if set.Until != "" && !reads {
		return nil, errors.New("until runs an action again and again, which needs effect=read")
	}
	if set.Retries > 0 && !reads {
		return nil, errors.New("retries need effect=read")
	}
	if again {
		c.retries = set.Retries
	}
	if v.req.Action.Kind == runbooks.KindHTTP && !c.expect.aboutStatus() && !c.until.aboutStatus() {
		c.expect.clauses = append([]clause{statuses{"2xx"}}, c.expect.clauses...)
	}
	return c, nil
}

// run makes the attempts and returns what came of them.
func (c *control) run(ctx context.Context, attempt try) Result {
	began := c.clock.Now()
	var r Result
	if c.req.Action.Settings.Until != "" {
		r = c.poll(ctx, attempt)
	} else {
		r = c.repeat(ctx, attempt)
	}
	r.Duration = c.clock.Now().Sub(began)
	r.Reason = clipText(c.guard.text(sanitize.Line(r.Reason)), maxReason)
	return r
}

// repeat makes attempts until one succeeds or none is left.
func (c *control) repeat(ctx context.Context, attempt try) Result {
	limit := c.orDefault(c.req.Action.Settings.Timeout, defaultTimeout)
	if c.req.Action.Settings.Interactive {
		limit = c.req.Action.Settings.Timeout // somebody sits there who can end it
	}
	for n := 1; ; n++ {
		one, done := withLimit(ctx, c.clock, limit)
		r, o := attempt(one)
		r = c.judge(one, r, o, limit)
		done()
		r.Attempts = n
		if r.Outcome == OutcomeOK || r.Outcome == OutcomeCancelled || n > c.retries {
			return r
		}
		wait := c.backoff(n)
		c.say("attempt %d of %d failed: %s; again in %s", n, c.retries+1, r.Reason, wait)
		if !pause(ctx, c.clock, wait) {
			return cancelled(r)
		}
	}
}

// poll makes attempts until the awaited condition holds. An attempt that fails is
// one in which it does not: what is awaited may well be that it stops failing.
func (c *control) poll(ctx context.Context, attempt try) Result {
	limit := c.orDefault(c.req.Action.Settings.Timeout, defaultPolling)
	began := c.clock.Now()
	whole, done := withLimit(ctx, c.clock, limit)
	defer done()
	for n := 1; ; n++ {
		r, o := attempt(whole)
		r = c.judge(whole, r, o, limit)
		r.Attempts = n
		if r.Outcome == OutcomeOK || r.Outcome == OutcomeCancelled {
			return r
		}
		seen := r.Reason
		if whole.Err() == nil {
			c.say("waiting for %s: %s after %s", c.until.text, seen, sinceText(c.clock.Now().Sub(began)))
		}
		if pause(whole, c.clock, c.interval()) {
			continue
		}
		if ctx.Err() != nil {
			return cancelled(r)
		}
		r.Outcome, r.Met = OutcomeTimeout, new(bool)
		r.Reason = fmt.Sprintf("%s did not come true within %s; last seen: %s", c.until.text, limit, seen)
		return r
	}
}

// judge turns what an attempt did into how it ended.
func (c *control) judge(ctx context.Context, r Result, o *observation, limit time.Duration) Result {
	if r.Outcome != OutcomeOK {
		switch {
		case ctx.Err() == nil:
		case errors.Is(context.Cause(ctx), errTimeLimit):
			r.Outcome = OutcomeTimeout
			r.Reason = joinReasons(fmt.Sprintf("it did not end within %s", limit), r.Reason)
		default:
			r.Outcome = OutcomeCancelled
			r.Reason = joinReasons("it was cancelled", r.Reason)
		}
		return r
	}
	set := c.req.Action.Settings
	met, seen := c.expect.evaluate(o)
	expected := met
	if met && set.Until != "" {
		met, seen = c.until.evaluate(o)
	}
	// Masked while it is whole: of a secret that is cut, what is left stays readable.
	seen = clipText(c.guard.text(seen), maxSeen)
	if !expected {
		seen = c.unexpected(seen)
	}
	if met {
		if met, seen = sampleMatches(c.req.Action, o); !met {
			seen = c.guard.text(seen)
		}
	}
	if set.Expect != "" || set.Until != "" || set.SampleRegex != "" || set.Similarity > 0 {
		r.Met = &met
	}
	if !met {
		r.Outcome, r.Reason = OutcomeFailed, seen
		return r
	}
	var err error
	if r.Captured, err = capture(set.Capture, o); err != nil {
		r.Outcome, r.Reason = OutcomeFailed, err.Error()
		return r
	}
	if o.commit != nil {
		o.commit()
	}
	return r
}

// unexpected words what was seen instead of what was expected.
func (c *control) unexpected(seen string) string {
	want := c.expect.text
	if want == "" {
		want = "2xx"
	}
	if seen == absent {
		return fmt.Sprintf("expected %s, which is not in the output", want)
	}
	return fmt.Sprintf("expected %s, got %s", want, seen)
}

// say tells the operator how it goes.
func (c *control) say(format string, args ...any) {
	line := sanitize.Line(fmt.Sprintf(format, args...))
	c.sink.Write(StreamInfo, []byte(c.guard.text(line)+"\n"))
}

func (c *control) interval() time.Duration {
	return c.orDefault(c.req.Action.Settings.Interval, defaultInterval)
}

// backoff is the pause after the nth attempt: twice as long each time, up to a
// minute or the interval that was asked for.
func (c *control) backoff(n int) time.Duration {
	wait, most := c.interval(), max(c.interval(), maxBackoff)
	for ; n > 1 && wait < most; n-- {
		wait *= 2
	}
	return min(wait, most)
}

func (c *control) orDefault(d, otherwise time.Duration) time.Duration {
	if d > 0 {
		return d
	}
	return otherwise
}

// sinceText is a duration as one says it: "4 s", "1m4s".
func sinceText(d time.Duration) string {
	if d = d.Round(time.Second); d >= time.Minute {
		return d.String()
	}
	return fmt.Sprintf("%d s", int(d.Seconds()))
}

func cancelled(r Result) Result {
	r.Outcome, r.Reason = OutcomeCancelled, "it was cancelled"
	return r
}

func joinReasons(a, b string) string {
	if b == "" {
		return a
	}
	return a + "; " + b
}

// refused is the result of an action that was not even begun.
func refused(g guard, err error) Result {
	return Result{Outcome: OutcomeFailed, Reason: g.text(err.Error())}
}
