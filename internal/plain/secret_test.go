package plain

import (
	"strings"
	"testing"

	"genia.ai/bitacora/internal/event"
	"genia.ai/bitacora/internal/session"
	"genia.ai/bitacora/internal/session/sessiontest"
)

// hiding counts how often the terminal hid what is typed, and showed it again.
type hiding struct{ hid, shown int }

func (h *hiding) hide() (func(), error) {
	h.hid++
	return func() { h.shown++ }, nil
}

func lacking(problem string) sessiontest.Options {
	opts := captured(nil)
	opts.Briefing = session.Briefing{Secrets: []session.SecretFact{
		{Name: "HAVE", Present: true, Origin: session.SecretFromCommand}, {Name: "LACK", Problem: problem},
	}}
	return opts
}

func TestMissingSecretIsAskedForAtATerminal(t *testing.T) {
	fake := newRun(t, event.ModeLive, lacking("pass failed"))
	var h hiding
	term := open(t.Context(), t, fake, nil, func(o *Options) { o.Hide = h.hide })
	term.see("HAVE: set from a command").see("LACK: MISSING").see("pass failed")
	term.see("connector [").typed("").see("version [").typed("").see("channel [").typed("")
	term.see("LACK (hidden").typed("abc").see("LACK is shorter than 6 bytes")
	term.see("use a longer one\nLACK (hidden").typed("s3cret-value").see("LACK is there now").see("begins the walk").typed("leave")
	if got := <-term.done; got.err != nil || fake.Secret("LACK") != "s3cret-value" {
		t.Errorf("%v, given %q:\n%s", got.err, fake.Secret("LACK"), term.text())
	}
	if strings.Contains(term.text(), "s3cret-value") || h.hid != 2 || h.shown != 2 {
		t.Errorf("hidden %d times, shown again %d times:\n%s", h.hid, h.shown, term.text())
	}
}

func TestNoSecretIsAskedForWithoutATerminalOrInARehearsal(t *testing.T) {
	var h hiding
	talkTo(t, newRun(t, event.ModeRehearsal, lacking("")), func(o *Options) { o.Hide = h.hide }, "leave")
	if h.hid != 0 {
		t.Error("a rehearsal asked")
	}
	fake := newRun(t, event.ModeLive, lacking(""))
	got := talkTo(t, fake, nil, "", "", "", "secret LACK", "leave")
	if fake.Secret("LACK") != "" || !strings.Contains(got.out, "only asked for at a terminal") {
		t.Errorf("without a terminal:\n%s", got.out)
	}
}

func TestActionAsksForTheSecretItLacks(t *testing.T) {
	opts := captured(nil)
	opts.Previews = map[string]error{"errors": &session.MissingSecretError{Name: "LACK"}}
	fake := newRun(t, event.ModeLive, opts)
	var h hiding
	term := open(t.Context(), t, fake, nil, func(o *Options) { o.Hide = h.hide })
	term.see("connector [").typed("").see("version [").typed("").see("channel [").typed("").see("begins the walk").typed("")
	term.see("LACK (hidden").typed("").see("the secret LACK is not there; `secret LACK` gives it").see("another command")
	term.typed("").see("another command (help) > Secret LACK\nLACK (hidden").typed("s3cret-value").see("LACK is there now").see("Enter runs").typed("").see("0.4").typed("leave")
	if got := <-term.done; got.err != nil || fake.Secret("LACK") != "s3cret-value" || len(started(fake.Events())) == 0 {
		t.Errorf("%v; started %v:\n%s", got.err, started(fake.Events()), term.text())
	}
}
