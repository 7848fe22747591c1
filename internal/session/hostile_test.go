package session

import (
	"context"
	"errors"
	"strings"
	"testing"

	"genia.ai/bitacora/actions"
	"genia.ai/bitacora/internal/event"
	"genia.ai/bitacora/internal/transcript"
	"genia.ai/bitacora/internal/walk"
	"genia.ai/bitacora/runbooks"
)

// telling is an executor that repeats secrets wherever it can.
type telling struct{ scripted }

func (telling) Preview(req actions.Request) (actions.Preview, error) {
	if req.Action.ID == "on/1" {
		return actions.Preview{}, errors.New("cannot use " + token + "\x1b[31m")
	}
	return actions.Preview{Command: token, Where: "/" + token, Values: []string{"a=" + token + "\x1b[31m"},
		Lands: []actions.Fact{{Name: "git.branch", Value: "b" + token + "\x1b[31m"}}}, nil
}

func TestNothingThatIsToldHoldsASecret(t *testing.T) {
	f := open(t, transcript.OS{}, ok)
	f.opts.Registry[runbooks.KindShell] = telling{}
	ack := f.do(walk.Start{RunStarted: event.RunStarted{Run: "r", Mode: event.ModeLive, Operator: "ana " + token}})
	if got := ack.Events[0].Actor; got != "ana [secret TOKEN]" {
		t.Errorf("actor = %q", got)
	}
	f.do(walk.Begin{})
	preview, err := f.Preview(t.Context(), "act")
	if err != nil {
		t.Fatal(err)
	}
	_, failed := f.Preview(t.Context(), "on")
	if failed == nil {
		t.Fatal("no error")
	}
	for _, told := range append(preview.Values, preview.Lands[0].Value, preview.Command, preview.Where, failed.Error()) {
		if strings.Contains(told, token) || strings.Contains(told, "\x1b") || !strings.Contains(told, "[secret TOKEN]") {
			t.Errorf("told %q", told)
		}
	}
}

// TestPathOfAURLTakesOnlyWhatThePatternAllows: free text and a value of another
// origin than the operator are refused before a request is made of them.
func TestPathOfAURLTakesOnlyWhatThePatternAllows(t *testing.T) {
	f := open(t, transcript.OS{}, ok)
	f.begin()
	action := &runbooks.Action{ID: "get", Kind: runbooks.KindHTTP, Code: "GET http://127.0.0.1/x/{{free}}?q={{service}}"}
	for name, refused := range map[string]bool{"free": true, "service": false, "captured": true} {
		action.Code = "GET http://127.0.0.1/x/{{" + name + "}}"
		err := f.checkPlaces(action, map[string]string{"free": "ab", "service": "web", "captured": "a b"})
		if (err != nil) != refused {
			t.Errorf("%s in a path: %v", name, err)
		}
		action.Code = "GET http://127.0.0.1/x?q={{" + name + "}}"
		if err := f.checkPlaces(action, map[string]string{"free": "a b", "service": "web", "captured": "a b"}); err != nil {
			t.Errorf("%s in a query: %v", name, err)
		}
	}
}

// TestBlankOfAScriptTakesOnlyWhatThePatternAllows: a script may hand it on to
// another interpreter.
func TestBlankOfAScriptTakesOnlyWhatThePatternAllows(t *testing.T) {
	f := open(t, transcript.OS{}, ok)
	f.begin()
	for name, refused := range map[string]bool{"free": true, "service": false, "captured": true} {
		action := &runbooks.Action{ID: "sh", Kind: runbooks.KindShell, Code: "sh -c '<x>'", Blanks: []string{name}}
		if err := f.checkPlaces(action, map[string]string{"free": "ab", "service": "web", "captured": "a; b"}); (err != nil) != refused {
			t.Errorf("%s in a blank: %v", name, err)
		}
	}
}

func TestCodeThatCannotBeShownDoesNotRun(t *testing.T) {
	f := open(t, transcript.OS{}, ok)
	f.begin()
	action := *f.action("act")
	for _, code := range []string{"echo \x1b]0;\nrm -rf /\n\a", "a\u200bb", "a\u202eb"} {
		action.Code = code
		var values *ValuesError
		if _, err := f.request(&action); !errors.As(err, &values) {
			t.Errorf("%q: %v", code, err)
		}
		if _, err := f.Do(t.Context(), walk.Adhoc{Command: code}); !errors.As(err, &values) {
			t.Errorf("ad hoc %q: %v", code, err)
		}
	}
	action.Code = "echo ñ\t\r\n"
	if _, err := f.request(&action); err != nil {
		t.Errorf("ordinary text: %v", err)
	}
}

// TestNoValueIsAMaskedSecret: a value that holds a secret is recorded masked, and
// what is recorded is what the actions get.
func TestNoValueIsAMaskedSecret(t *testing.T) {
	f := open(t, transcript.OS{}, func(context.Context, actions.Request, actions.Sink) actions.Result {
		return actions.Result{Outcome: actions.OutcomeOK, Captured: map[string]string{"x": "a " + token}}
	})
	f.begin()
	var refusal *walk.Refusal
	if _, err := f.Do(t.Context(), walk.SetParam{Name: "free", Value: "x" + token}); !errors.As(err, &refusal) || refusal.Code != walk.CodeAnswerInvalid {
		t.Errorf("SetParam: %v", err)
	}
	if _, set := f.State().Value("free"); set {
		t.Error("the value was set")
	}
	at, err := f.Attach(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer at.Feed.Close()
	f.do(walk.Run{Action: "act"})
	until(t, at.Feed, event.KindActionEnded)
	ending := f.State().Action("act").Ending
	if ending.Outcome != event.OutcomeFailed || !strings.Contains(ending.Reason, "capture x") || len(ending.Captured) > 0 {
		t.Errorf("ending = %+v", ending)
	}
}

func TestCancelAfterTheEndCouldNotBeRecorded(t *testing.T) {
	disk := &brokenDisk{}
	release := make(chan struct{})
	f := open(t, disk, func(context.Context, actions.Request, actions.Sink) actions.Result {
		<-release
		return actions.Result{Outcome: actions.OutcomeOK}
	})
	f.begin()
	f.do(walk.Run{Action: "act"})
	disk.mu.Lock()
	disk.broken = true
	disk.mu.Unlock()
	close(release)
	f.running.Wait()
	if f.State().Running == nil {
		t.Fatal("its end was recorded")
	}
	f.do(walk.Cancel{Action: "act"}) // there is nothing to cancel any more
}

func TestUndoByNameRunsTheInverse(t *testing.T) {
	ran := make(chan string, 4)
	f := open(t, transcript.OS{}, func(_ context.Context, req actions.Request, _ actions.Sink) actions.Result {
		ran <- req.Action.ID
		return actions.Result{Outcome: actions.OutcomeOK}
	})
	f.begin()
	at, err := f.Attach(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer at.Feed.Close()
	f.do(walk.Run{Action: "on"})
	until(t, at.Feed, event.KindUndoPushed)
	f.do(walk.Undo{Action: "on", Run: walk.Run{Confirmed: true}})
	until(t, at.Feed, event.KindUndoDone)
	if first, second := <-ran, <-ran; first != "on/1" || second != "off/1" {
		t.Errorf("ran %s, then %s", first, second)
	}
}

func TestNothingIsLaunchedDuringClose(t *testing.T) {
	release := make(chan struct{})
	f := open(t, transcript.OS{}, func(ctx context.Context, _ actions.Request, _ actions.Sink) actions.Result {
		<-ctx.Done()
		<-release
		return actions.Result{Outcome: actions.OutcomeCancelled}
	})
	f.begin()
	f.do(walk.Run{Action: "act"})
	closed := make(chan error, 1)
	go func() { closed <- f.Close() }()
	<-f.base.Done()
	if _, err := f.Do(t.Context(), walk.WriteNote{Text: "x"}); !errors.Is(err, ErrClosed) {
		t.Errorf("Do during Close: %v", err)
	}
	close(release)
	if err := <-closed; err != nil {
		t.Error(err)
	}
	if got := f.State().Action("act").Ending.Outcome; got != event.OutcomeCancelled {
		t.Errorf("outcome = %q", got)
	}
}

// TestWhatIsPrintedBehindTheEndIsDropped: a part of an executor that goes on after
// its end takes neither the server down nor the record along.
func TestWhatIsPrintedBehindTheEndIsDropped(t *testing.T) {
	var kept actions.Sink
	f := open(t, transcript.OS{}, func(_ context.Context, _ actions.Request, sink actions.Sink) actions.Result {
		kept = sink
		sink.Write(actions.StreamOut, []byte("in time\n"))
		panic("half way")
	})
	f.begin()
	at, err := f.Attach(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer at.Feed.Close()
	f.do(walk.Run{Action: "act"})
	updates := until(t, at.Feed, event.KindActionEnded)
	kept.Write(actions.StreamOut, []byte("late\n"))
	if got := text(updates); got != "in time\n" {
		t.Errorf("output = %q", got)
	}
}
