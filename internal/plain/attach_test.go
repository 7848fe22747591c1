package plain

import (
	"context"
	"errors"
	"io"
	"os"
	"strings"
	"testing"

	"genia.ai/bitacora/internal/event"
	"genia.ai/bitacora/internal/runserver/runservertest"
	"genia.ai/bitacora/internal/session"
	"genia.ai/bitacora/internal/session/sessiontest"
	"genia.ai/bitacora/internal/walk"
)

// talkWith opens an interactive talk with any client.
func talkWith(ctx context.Context, t *testing.T, client session.Client, change func(*Options)) *terminal {
	t.Helper()
	in, typed := io.Pipe()
	term := &terminal{t: t, in: typed, grew: make(chan struct{}, 1), done: make(chan talked, 1)}
	opts := Options{In: in, Out: term, Printer: printer(t, "en"), Interactive: true, Interrupt: make(chan os.Signal)}
	if change != nil {
		change(&opts)
	}
	go func() {
		result, err := Run(ctx, client, opts)
		term.done <- talked{result: result, err: err}
	}()
	t.Cleanup(func() { _ = typed.Close() })
	return term
}

func watching(o *Options) { o.Watch = true }

func (term *terminal) unseen(text string) {
	term.t.Helper()
	if strings.Contains(term.text(), text) {
		term.t.Errorf("%q was printed:\n%s", text, term.text())
	}
}

// TestDetachAndComeBack leaves while an action runs: it goes on, and who comes
// back is told how it ended and what it printed, once.
func TestDetachAndComeBack(t *testing.T) {
	h := runservertest.Host(t)
	client := h.Dial("ana", true)
	term := talkWith(t.Context(), t, client, nil)
	term.see("Enter begins").typed("").see("Enter runs it").typed("").see("running: act")
	h.Print("first\n")
	term.see("  | first").typed("detach").see("goes on in the background").see("bitacora resume " + runservertest.Run)
	if got := <-term.done; got.err != nil || got.result.Left != LeftDetached || got.result.Outcome != "" {
		t.Errorf("result %+v, %v", got.result, got.err)
	}
	_ = client.Close()
	h.AwaitLeft(1)
	h.Print("second, no end of line")
	h.Release(0)
	h.Await("the end of the action", func(s walk.State) bool { return s.Running == nil })

	term = talkWith(t.Context(), t, h.Dial("ana", true), nil)
	term.see("While you were away").see("ended execution.1: act ok, exit code 0").see("Printed by act, which ended: ok, exit code 0").
		see("  | second, no end of line").see("Enter: step done")
	if n := strings.Count(term.text(), "| first"); n != 1 {
		t.Errorf("what it printed is shown %d times:\n%s", n, term.text())
	}
	term.typed("leave")
	<-term.done
}

func TestHangUpLeavesWhatRuns(t *testing.T) {
	h := runservertest.Host(t)
	ctx, hangUp := context.WithCancel(t.Context())
	term := talkWith(ctx, t, h.Dial("ana", true), nil)
	term.see("Enter begins").typed("").see("Enter runs it").typed("").see("running: act")
	hangUp()
	if got := <-term.done; got.err != nil || got.result.Left != LeftBreak {
		t.Errorf("result %+v, %v", got.result, got.err)
	}
	if h.Session.State().Running == nil {
		t.Error("the action was ended")
	}
}

func TestTakenOverBecomesAWatcher(t *testing.T) {
	h := runservertest.Host(t)
	ana := talkWith(t.Context(), t, h.Dial("ana", true), nil)
	ana.see("Enter begins").typed("").see("Enter runs it")
	bea := h.TakeOver("bea", "ana does not answer")
	ana.see("YOU NO LONGER DRIVE: bea on h-bea took over. Why: ana does not answer").see("READ-ONLY").see("bea drives on h-bea since")
	ana.typed("skip no", "n", "n I am still here").see("Here you only watch").see("note: I am still here")
	if _, err := bea.Do(t.Context(), walk.Run{Action: "act"}); err != nil {
		t.Fatal(err)
	}
	h.Print("live\n")
	ana.see("  | live")
	h.Release(0)
	ana.see("ended: act ok").typed("leave").see("bea drives the run on h-bea now. To follow it: bitacora watch " + runservertest.Run)
	ana.unseen("bitacora resume")
	if got := <-ana.done; got.err != nil || got.result.Left != LeftAsked {
		t.Errorf("result %+v, %v", got.result, got.err)
	}
}

func TestWatchEndsWithTheRun(t *testing.T) {
	h := runservertest.Host(t)
	ana := h.Dial("ana", true)
	if _, err := ana.Do(t.Context(), walk.Begin{}); err != nil {
		t.Fatal(err)
	}
	term := talkWith(t.Context(), t, h.Dial("bea", false), watching)
	term.see("ana drives on h-ana since").see("step 1 of 2").typed("n seen by bea").see("note: seen by bea")
	term.unseen("Enter runs it")
	if _, err := ana.Do(t.Context(), walk.End{Reason: "enough"}); err != nil {
		t.Fatal(err)
	}
	if got := <-term.done; got.err != nil || got.result.Left != LeftNot || got.result.Outcome != event.RunStopped {
		t.Errorf("result %+v, %v\n%s", got.result, got.err, term.text())
	}
}

func TestWatchEndsWithAPressAndTheEndOfTyping(t *testing.T) {
	h := runservertest.Host(t)
	presses := make(chan os.Signal, 1)
	term := talkWith(t.Context(), t, h.Dial("bea", false), func(o *Options) { o.Watch, o.Interrupt = true, presses })
	term.see("Nobody drives now. To drive: bitacora resume " + runservertest.Run)
	presses <- os.Interrupt
	if got := <-term.done; got.err != nil || got.result.Left != LeftAsked {
		t.Errorf("after a press: %+v, %v", got.result, got.err)
	}
	term = talkWith(t.Context(), t, h.Dial("eva", false), watching)
	term.see("READ-ONLY")
	_ = term.in.Close()
	if got := <-term.done; got.err != nil || got.result.Left != LeftInput {
		t.Errorf("after the end of typing: %+v, %v", got.result, got.err)
	}
}

func TestServerLost(t *testing.T) {
	h := runservertest.Host(t)
	term := talkWith(t.Context(), t, h.Dial("ana", true), nil)
	term.see("Enter begins").typed("").see("Enter runs it")
	h.Stop()
	term.see("connection to the run was lost").see("bitacora resume " + runservertest.Run)
	if got := <-term.done; !errors.Is(got.err, ErrLost) || got.result.Left != LeftLost {
		t.Errorf("result %+v, %v", got.result, got.err)
	}
}

// trusting is a run of a text of which this is known.
func trusting(t *testing.T, mode string, trust session.Trust) *sessiontest.Session {
	script := captured(nil)
	script.Briefing.Trust = trust
	return newRun(t, mode, script)
}

func TestTrustIsAskedBeforeTheWalk(t *testing.T) {
	changed := session.Trust{State: session.TrustChanged, SHA256: strings.Repeat("ab", 32), Previous: strings.Repeat("cd", 32), Path: "/srv/r.md"}
	got := talkTo(t, trusting(t, event.ModeLive, changed), nil, "n", "", "y", "facebook", "v1.4.2", "", "", "leave")
	got.must(t, "CHANGED since you last accepted it (sha256 cdcdcdcdcdcd… then, abababababab… now, /srv/r.md)", "Do you trust it and go on?", "Enter runs it")
	accepted := of(got.events, event.KindRunbookTrusted)
	if want := (event.RunbookTrusted{SHA256: changed.SHA256, Previous: changed.Previous, Path: changed.Path}); len(accepted) != 1 || accepted[0].Data != want {
		t.Errorf("accepted %v\n%s", accepted, got.out)
	}
	got = talkTo(t, trusting(t, event.ModeLive, session.Trust{State: session.TrustNew, SHA256: "ef"}), nil, "", "", "leave")
	got.must(t, "You have never run this text (sha256 ef")
	if len(of(got.events, event.KindStepStarted)) != 0 {
		t.Errorf("it began without a yes:\n%s", got.out)
	}
	for _, trust := range []session.Trust{{}, {State: session.TrustShipped, SHA256: "ef"}, {State: session.TrustKnown, SHA256: "ef"}} {
		got = talkTo(t, trusting(t, event.ModeLive, trust), nil, "facebook", "v1.4.2", "", "", "leave")
		if len(of(got.events, event.KindStepStarted)) == 0 {
			t.Errorf("%+v was asked about:\n%s", trust, got.out)
		}
	}
	got = talkTo(t, trusting(t, event.ModeRehearsal, changed), nil, "", "", "", "", "leave")
	if len(of(got.events, event.KindStepStarted)) == 0 {
		t.Errorf("a rehearsal asks:\n%s", got.out)
	}
}

func TestUnknownEndAsksToCheck(t *testing.T) {
	script := captured(map[string][]sessiontest.Attempt{"errors": {{Ending: event.Ending{Outcome: event.OutcomeUnknown}}}})
	got := talkTo(t, newRun(t, event.ModeLive, script), nil, "facebook", "v1.4.2", "", "", "", "1", "looked it up: 0.4", "leave")
	got.must(t, "NOT KNOWN how errors ended. Check by hand", "  1. it worked: accept the step, with a reason", "  2. run it again, once")
	if accepted := of(got.events, event.KindStepAccepted); len(accepted) != 1 || accepted[0].Data.(event.StepAccepted).Reason != "looked it up: 0.4" {
		t.Errorf("accepted %v\n%s", accepted, got.out)
	}
}
