package actions

import (
	"context"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"genia.ai/bitacora/runbooks"
)

// attempts runs a control in a bubble where time passes only while everybody
// waits. cancel ends the run from within an attempt.
func attempts(t *testing.T, set runbooks.Settings, attempt func(ctx context.Context, cancel func()) (Result, *observation)) (Result, *recorder) {
	t.Helper()
	out := newRecorder()
	var r Result
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		c, err := newControl(values{req: Request{Action: script("", set)}}, SystemClock{}, guard{}, out, true)
		if err != nil {
			t.Fatal(err)
		}
		r = c.run(ctx, func(ctx context.Context) (Result, *observation) { return attempt(ctx, cancel) })
	})
	return r, out
}

func prints(text string) (Result, *observation) {
	return Result{Outcome: OutcomeOK}, &observation{kind: runbooks.KindShell, output: []byte(text), body: []byte(text)}
}

func TestPollUntil(t *testing.T) {
	n, committed := 0, 0
	r, out := attempts(t, runbooks.Settings{Until: "ready", Interval: 4 * time.Second, Timeout: time.Hour}, func(context.Context, func()) (Result, *observation) {
		switch n++; n {
		case 1:
			return prints("starting")
		case 2:
			return Result{Outcome: OutcomeFailed, Reason: "refused"}, nil
		}
		r, o := prints("ready")
		o.commit = func() { committed++ }
		return r, o
	})
	if r.Outcome != OutcomeOK || r.Attempts != 3 || !*r.Met || r.Duration != 8*time.Second || committed != 1 {
		t.Errorf("got %s after %v, committed %d", show(r), r.Duration, committed)
	}
	if want := "waiting for ready: not in the output after 0 s\nwaiting for ready: refused after 4 s\n"; out.text(StreamInfo) != want {
		t.Errorf("said %q", out.text(StreamInfo))
	}
}

func TestPollTimesOut(t *testing.T) {
	r, _ := attempts(t, runbooks.Settings{Until: "ready", Interval: 4 * time.Second, Timeout: 10 * time.Second}, func(context.Context, func()) (Result, *observation) {
		return prints("starting")
	})
	if r.Outcome != OutcomeTimeout || *r.Met || r.Attempts != 3 || r.Duration != 10*time.Second || !strings.Contains(r.Reason, "within 10s; last seen: not in the output") {
		t.Errorf("got %s after %v", show(r), r.Duration)
	}
}

func TestPollAttemptThatHangs(t *testing.T) {
	r, _ := attempts(t, runbooks.Settings{Until: "ready"}, func(ctx context.Context, _ func()) (Result, *observation) {
		<-ctx.Done()
		return Result{Outcome: OutcomeFailed, Reason: "killed"}, nil
	})
	if r.Outcome != OutcomeTimeout || r.Duration != defaultPolling {
		t.Errorf("got %s after %v", show(r), r.Duration)
	}
}

func TestPollIsCancelled(t *testing.T) {
	r, _ := attempts(t, runbooks.Settings{Until: "ready", Timeout: time.Hour, Interval: time.Hour}, func(_ context.Context, cancel func()) (Result, *observation) {
		cancel()
		return prints("starting")
	})
	if r.Outcome != OutcomeCancelled {
		t.Errorf("got %s", show(r))
	}
}

func TestRetries(t *testing.T) {
	n := 0
	r, out := attempts(t, runbooks.Settings{Retries: 2}, func(ctx context.Context, _ func()) (Result, *observation) {
		switch n++; n {
		case 1:
			return Result{Outcome: OutcomeFailed, Reason: "refused"}, nil
		case 2:
			<-ctx.Done()
			return Result{Outcome: OutcomeFailed}, nil
		}
		return prints("x")
	})
	if r.Outcome != OutcomeOK || r.Attempts != 3 || r.Duration != 3*defaultInterval+defaultTimeout || r.Met != nil {
		t.Errorf("got %s after %v", show(r), r.Duration)
	}
	want := "attempt 1 of 3 failed: refused; again in 5s\nattempt 2 of 3 failed: it did not end within 10m0s; again in 10s\n"
	if out.text(StreamInfo) != want {
		t.Errorf("said %q", out.text(StreamInfo))
	}
}

func TestRetriesEnd(t *testing.T) {
	r, _ := attempts(t, runbooks.Settings{Retries: 1, Expect: "y"}, func(context.Context, func()) (Result, *observation) {
		return prints("x")
	})
	if r.Outcome != OutcomeFailed || r.Attempts != 2 || *r.Met || r.Reason != "expected y, which is not in the output" {
		t.Errorf("got %s", show(r))
	}
}
