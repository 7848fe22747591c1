package actionstest

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"net/url"
	"strings"
	"testing"

	"genia.ai/bitacora/actions"
	"genia.ai/bitacora/internal/event"
	"genia.ai/bitacora/internal/sanitize"
)

// Recorded is what is left of a request that went through the recorder.
type Recorded struct {
	Started event.ActionStarted
	Ended   event.ActionEnded
	Shown   string // what front ends were told of the output
	Output  []byte // the file of the output
	Journal []byte // the events as they are on disk
}

// everything is all that anybody will ever see of it.
func (r Recorded) everything() string {
	return r.Shown + string(r.Output) + string(r.Journal) + r.Started.Command + r.Ended.Reason
}

// told is what the action itself had to say.
func (r Recorded) told() string { return string(r.Output) + r.Ended.Reason }

// complete checks that the record says what ran, where, and how it ended, and
// that all that was printed is in its file.
func (s Subject) complete(t *testing.T) {
	req := s.Succeeds(t)
	preview, err := s.Executor.Preview(req)
	if err != nil {
		t.Fatal(err)
	}
	r := s.Record(t, s.Executor, req)
	start, end := r.Started, r.Ended
	if start.Command != preview.Command || start.Where != preview.Where || len(start.Values) != len(preview.Values) ||
		start.ActKind != string(req.Action.Kind) || start.Effect != string(req.Action.Effect) || start.Attempt != 1 || start.Simulated != s.Simulates {
		t.Errorf("the start is recorded as %+v, want %+v", start, preview)
	}
	want := event.OutcomeOK
	if s.Simulates {
		want = event.OutcomeSimulated
	}
	sum := sha256.Sum256(r.Output)
	if end.Outcome != want || end.Tries != 1 || end.EndedAt.IsZero() || end.Dropped != 0 ||
		end.Bytes != int64(len(r.Output)) || end.SHA256 != hex.EncodeToString(sum[:]) {
		t.Errorf("the end is recorded as %+v; the output has %d bytes, SHA-256 %x", end, len(r.Output), sum)
	}
	if len(r.Output) == 0 || r.Shown != string(r.Output) {
		t.Errorf("shown %q, kept %q", r.Shown, r.Output)
	}
	for _, kind := range []event.Kind{event.KindActionConfirmed, event.KindActionStarted, event.KindActionEnded} {
		if n := bytes.Count(r.Journal, []byte(`"kind":"`+string(kind)+`"`)); n != 1 {
			t.Errorf("%d events %s on disk:\n%s", n, kind, r.Journal)
		}
	}
}

// redaction checks that no form of a secret which the outside repeats is seen or
// kept, and that what stands around it is.
func (s Subject) redaction(t *testing.T) {
	for name, value := range s.Succeeds(t).Secrets {
		for _, form := range []string{
			value, url.QueryEscape(value), hex.EncodeToString([]byte(value)),
			base64.StdEncoding.EncodeToString([]byte(value)), base64.StdEncoding.EncodeToString([]byte("u:" + value)),
		} {
			// Of a base64 text with more in it than the secret some of that stays.
			core := form[min(len(form)/4, 8) : len(form)-4]
			// A reason is masked by the executor itself, before it cuts it short.
			if direct, _ := s.run(t, t.Context(), s.Repeats(t, "before "+form+" after")); strings.Contains(direct.Reason, core) {
				t.Errorf("the reason tells the secret %s: %q", name, direct.Reason)
			}
			r := s.Record(t, s.Executor, s.Repeats(t, "before "+form+" after"))
			if strings.Contains(r.everything(), core) {
				t.Errorf("the secret %s is told: %q", name, r.everything())
			}
			if s.Simulates {
				continue // it repeats nothing
			}
			if told := r.told(); !strings.Contains(told, "before ") || !strings.Contains(told, "[secret "+name+"]") || !strings.Contains(told, " after") {
				t.Errorf("what stands around %q is not intact: %q", form, told)
			}
		}
	}
}

// sanitising checks that nothing that acts on a terminal comes through, and that
// what stands around it does.
func (s Subject) sanitising(t *testing.T) {
	for _, hostile := range []string{
		"\x1b[2J", "\x1b]52;c;AAAA\a", "\x1b]0;title\x1b\\", "\x1bP$qm\x1b\\", "\x1b[6n", "\u009b2J", "\u202e", "\U000e0041", "\b\b", "\a", "\xf0\x1b[2J", "\x9b2J",
	} {
		r := s.Record(t, s.Executor, s.Repeats(t, "before "+hostile+" after"))
		direct, _ := s.run(t, t.Context(), s.Repeats(t, "before "+hostile+" after"))
		for _, c := range direct.Reason + r.everything() {
			if sanitize.Hidden(c) {
				t.Errorf("%q: %U comes through: %q", hostile, c, r.everything())
			}
		}
		if s.Simulates {
			continue // it repeats nothing
		}
		if told := r.told(); !strings.Contains(told, "before ") || !strings.Contains(told, " after") {
			t.Errorf("%q: what stands around it is gone: %q", hostile, told)
		}
	}
}

// rehearsal checks that a rehearsal reaches nothing, whatever it is asked for.
func (s Subject) rehearsal(t *testing.T) {
	hangs, reached := s.Hangs(t)
	before := s.Touched()
	for _, req := range []actions.Request{hangs, s.Succeeds(t), s.Fails(t), s.Floods(t), s.Repeats(t, "x")} {
		if r, _ := s.run(t, t.Context(), req); r.Outcome != actions.OutcomeSimulated {
			t.Errorf("outcome %s, reason %q", r.Outcome, r.Reason)
		}
	}
	if n := s.Touched() - before; n != 0 {
		t.Errorf("the outside was reached %d times", n)
	}
	select {
	case <-reached:
		t.Error("the outside was reached")
	default:
	}
}

// mapping checks that the result and the record say in numbers how it ended.
func (s Subject) mapping(t *testing.T) {
	for i, make := range []func(*testing.T) actions.Request{s.Succeeds, s.Fails} {
		r, _ := s.run(t, t.Context(), make(t))
		recorded := s.Record(t, s.Executor, make(t))
		if r.Status != s.Statuses[i] || recorded.Ended.Status != r.Status {
			t.Errorf("status %d, recorded as %d, want %d", r.Status, recorded.Ended.Status, s.Statuses[i])
		}
		if string(r.Outcome) != recorded.Ended.Outcome {
			t.Errorf("outcome %s, recorded as %s", r.Outcome, recorded.Ended.Outcome)
		}
		for _, exit := range []*int{r.Exit, recorded.Ended.Exit} {
			switch {
			case len(s.Exits) == 0 && exit != nil:
				t.Errorf("exit code %d of a kind that has none", *exit)
			case len(s.Exits) > 0 && (exit == nil || *exit != s.Exits[i]):
				t.Errorf("exit code %v, want %d", exit, s.Exits[i])
			}
		}
	}
}

// capped checks that what is kept is bounded, and that the record says so.
func (s Subject) capped(t *testing.T) {
	r := s.Record(t, s.Executor, s.Floods(t))
	if int64(len(r.Output)) > s.Kept || r.Ended.Bytes != int64(len(r.Output)) || len(r.Ended.Reason) > 8<<10 {
		t.Errorf("%d bytes are kept, %d recorded; the reason has %d", len(r.Output), r.Ended.Bytes, len(r.Ended.Reason))
	}
	told := r.told()
	if len(told) > 8<<10 {
		told = told[len(told)-8<<10:]
	}
	if r.Ended.Dropped == 0 && !strings.Contains(told, "longer than") && !strings.Contains(told, "too long") && !strings.Contains(told, "more than") {
		t.Errorf("nobody is told that something is missing: %+v", r.Ended)
	}
}
