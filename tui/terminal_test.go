package tui

import (
	"errors"
	"testing"
	"time"

	tea "github.com/charmbracelet/bubbletea"

	"genia.ai/bitacora/internal/event"
	"genia.ai/bitacora/internal/relay"
	"genia.ai/bitacora/internal/session"
	"genia.ai/bitacora/runbooks"
)

const talkText = "# Talk\n\n## Execution\n\n1. Talk\n\n   ```sh {name=talk effect=read interactive=true}\n   psql\n   ```\n\n2. Two\n"

// lends drives a run with an interactive action; each time that it gets the
// terminal, the next of the ways out is taken.
func lends(t *testing.T, mode string, ways ...terminalLeftMsg) (d *drive, lent *int) {
	t.Helper()
	d = &drive{t: t, now: morning()}
	rb, err := runbooks.Parse("talk.md", []byte(talkText))
	if err != nil {
		t.Fatal(err)
	}
	d.c = newFakeClient(rb, mode, func() time.Time { return d.now })
	d.begin(Options{Client: d.c, Printer: printer(t, "en")}, 80, 24)
	lent = new(int)
	d.a.lend = func(c tea.ExecCommand, done tea.ExecCallback) tea.Cmd {
		lending, ok := c.(*lending)
		if !ok || lending.notice == "" || lending.in == nil {
			t.Errorf("lent to %+v", c)
			return nil
		}
		way := ways[*lent]
		*lent++
		lending.left = way.left
		return func() tea.Msg { return done(way.err) }
	}
	d.press("enter").see("current · Execution")
	return d, lent
}

func TestInteractiveActionGetsTheTerminal(t *testing.T) {
	d, lent := lends(t, event.ModeLive, terminalLeftMsg{left: relay.LeftKey}, terminalLeftMsg{left: relay.LeftEnded})
	d.press("enter").see("It gets your terminal", "ctrl-]", "y/enter run")
	if *lent != 0 {
		t.Fatal("the terminal was lent before a yes")
	}
	d.press("y").see("talk goes on in its own terminal", "enter into its terminal", "ctrl+c cancel")
	d.press("enter").unseen("goes on in its own")
	if *lent != 2 {
		t.Errorf("lent %d times", *lent)
	}
	d.ends(event.OutcomeOK, "psql (18)").see("psql (18)", "enter mark the step as done")
}

func TestTerminalThatCannotBeLent(t *testing.T) {
	d, _ := lends(t, event.ModeLive, terminalLeftMsg{err: &session.ValuesError{Action: "talk", Err: session.ErrNoTerminal}},
		terminalLeftMsg{left: relay.LeftLost, err: errors.New("the terminal\x1b[2J is gone")})
	d.press("enter", "y").see("needs a person at a terminal")
	d.press("esc", "enter").see("the terminal", "is gone", "into its terminal")
}

func TestRehearsedTalkGetsNoTerminal(t *testing.T) {
	d, lent := lends(t, event.ModeRehearsal)
	d.press("enter").unseen("It gets your terminal").press("y")
	d.unseen("into its terminal")
	if *lent != 0 {
		t.Error("a rehearsal got the terminal")
	}
}

func TestWhoFollowsIsNotLedIntoTheTerminal(t *testing.T) {
	d, lent := lends(t, event.ModeLive, terminalLeftMsg{left: relay.LeftTaken})
	d.press("enter", "y").see("talk goes on without you", "enter into its terminal")
	d.send(updatesArrivedMsg{updates: []session.Update{session.Demoted{By: "bea", Host: "h"}}})
	d.unseen("enter into its terminal").press("enter")
	if *lent != 1 {
		t.Errorf("lent %d times", *lent)
	}
}
