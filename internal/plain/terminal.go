package plain

import (
	"errors"
	"io"

	"genia.ai/bitacora/internal/relay"
	"genia.ai/bitacora/internal/session"
	"genia.ai/bitacora/internal/walk"
)

// talks reports whether what runs has a terminal that this operator can go into.
func (t *talk) talks() bool {
	return t.opts.Tty != nil && !t.following && t.state.Running != nil && t.state.Running.Interactive
}

// started goes into the terminal of what was started, if it has one, and waits.
func (t *talk) started() error {
	if t.talks() {
		if err := t.goIn(); err != nil {
			return err
		}
	}
	return t.wait()
}

// goIn lends the terminal to the running action until it ends or the operator
// leaves. What it prints there is the one thing that is not cleaned.
func (t *talk) goIn() error {
	name := t.actionName(t.state.Running.Action)
	screen, err := t.opts.Tty.Screen()
	if err != nil {
		t.say(oneLine(err.Error()))
		return nil
	}
	t.say(t.p.T("terminal.enter", "Name", name, "Key", relay.LeaveKey))
	action, err := t.client.Terminal(t.ctx, screen)
	var refusal *walk.Refusal
	switch {
	case errors.As(err, &refusal), errors.Is(err, io.EOF):
		return nil // it has just ended
	case errors.Is(err, session.ErrClosed):
		return t.lost()
	case err != nil:
		t.say(oneLine(err.Error()))
		return nil
	}
	typed, back := t.lines.lend()
	left, err := t.opts.Tty.Run(t.broken, typed, action)
	back()
	t.prompted = false
	if err != nil || left == relay.LeftEnded { // of its end the record tells
		return err
	}
	t.say(t.p.T("terminal.left."+string(left), "Name", name))
	if left != relay.LeftLost {
		t.say(t.p.T("plain.terminal.again"))
	}
	return nil
}
