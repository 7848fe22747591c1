package tui

import (
	"strings"
	"testing"

	"genia.ai/bitacora/internal/event"
	"genia.ai/bitacora/internal/session"
	"genia.ai/bitacora/runbooks/library"
)

// TestTheNextActionIsInSight walks the beginning of the shipped runbook: what enter would
// run stands on the screen with its name whenever the foot says so, and runs at once.
func TestTheNextActionIsInSight(t *testing.T) {
	text, err := library.Read("rollback-conectores")
	if err != nil {
		t.Fatal(err)
	}
	d := driveText(t, string(text), "en", event.ModeLive).press("enter")
	for _, name := range []string{"firing-alerts", "", "connector-rates", "executor-rate", "panel-rate"} {
		if name == "" {
			d.see("enter mark the step").press("enter")
			continue
		}
		action := d.a.run.state.NextAction()
		if action == nil || action.Name != name {
			t.Fatalf("next is %v, not %s", action, name)
		}
		lastLine := strings.TrimSpace(action.Code)
		lastLine = lastLine[strings.LastIndex(lastLine, "\n")+1:]
		d.see("▶ "+name, lastLine, "in /srv/cola", "enter run "+name)
		started := d.recorded(event.KindActionStarted)
		d.press("enter").starts(started+1).ends(event.OutcomeOK, "x")
		if d.a.run.state.NextAction() == nil {
			d.see("ok · exit 0 · 2.3s", "✓ "+name)
		}
	}
}

const placedText = "# Look\n\n## Identification\n\n1. Look\n\n" +
	"   ```sh {name=one effect=read}\n   echo one\n   ```\n\n" +
	"   ```sh {name=two effect=read}\n   echo two\n   ```\n\n" +
	"   ```sh {name=three effect=read}\n   echo three\n   ```\n"

// TestPreviewMovesNothingThatWasScrolled: it comes late, and the operator reads on. Where
// nobody scrolled, what is next stays in sight.
func TestPreviewMovesNothingThatWasScrolled(t *testing.T) {
	for _, test := range []struct {
		keys     []string
		scrolled bool
	}{{nil, false}, {[]string{"tab"}, false}, {[]string{"tab", "k"}, true}, {[]string{"tab", "home"}, true}} {
		d := driveText(t, placedText, "en", event.ModeLive)
		d.press("enter", "enter").ends(event.OutcomeOK).press("enter")
		d.c.lands = []session.Fact{{Name: "host", Value: strings.Repeat("guardia1 ", 20)}}
		d.holding = true
		d.ends(event.OutcomeOK)
		d.press(test.keys...)
		before := d.a.base.(*walkScreen).detail.offset
		d.late()
		if same := before == d.a.base.(*walkScreen).detail.offset; same != test.scrolled {
			t.Errorf("%v: line %d is not where it was:\n%s", test.keys, before, d.screen())
		}
		if !test.scrolled {
			d.see("▶ three", "echo three")
		}
	}
}

// TestLittleMovesWhenAPreviewComes: the room that it takes is kept for it.
func TestLittleMovesWhenAPreviewComes(t *testing.T) {
	d := driveText(t, placedText, "en", event.ModeLive)
	same := func() {
		t.Helper()
		before := strings.Split(d.unseen("in /srv/cola").screen(), "\n")
		d.late()
		for i, row := range strings.Split(d.see("in /srv/cola").screen(), "\n") {
			if row = strings.TrimRight(strings.Replace(row, "in /srv/cola", "", 1), " "); row != strings.TrimRight(before[i], " ") {
				t.Errorf("row %d was %q and is %q", i, before[i], row)
			}
		}
	}
	d.holding = true
	d.press("enter")
	same()
	d.press("enter")
	d.holding = true
	d.ends(event.OutcomeOK)
	same()
}
