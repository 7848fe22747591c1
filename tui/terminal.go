package tui

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"

	tea "github.com/charmbracelet/bubbletea"

	"genia.ai/bitacora/internal/relay"
	"genia.ai/bitacora/internal/session"
	"genia.ai/bitacora/internal/walk"
)

// terminalLeftMsg says that the screen is the program's own again.
type terminalLeftMsg struct {
	name string // of the action, as shown
	left relay.Left
	err  error // why nobody went in, or the terminal could not be given back
}

// talks reports whether what runs has a terminal that this operator can go into.
func (a *app) talks() bool {
	return a.cancellable() && a.run.state.Running.Interactive && !a.run.cut && !a.lent
}

// started follows the start of an action: what talks gets the terminal.
func (a *app) started() tea.Cmd {
	cmd := a.closeFailure()
	if a.talks() {
		return a.goIn()
	}
	return cmd
}

// goIn lends the terminal to the running action until it ends or the operator
// leaves. Nothing is drawn meanwhile; what happens is taken in afterwards.
func (a *app) goIn() tea.Cmd {
	a.lent = true
	c := &lending{
		ctx: a.ctx, client: a.client, in: a.opts.In, out: a.opts.Out, kind: a.opts.Getenv("TERM"),
		name: a.run.runningName(a.run.state.Running),
	}
	c.notice = a.p.T("terminal.enter", "Name", c.name, "Key", relay.LeaveKey)
	return a.lend(c, func(err error) tea.Msg { return terminalLeftMsg{name: c.name, left: c.left, err: err} })
}

// terminalLeft says how it was.
func (a *app) terminalLeft(msg terminalLeftMsg) tea.Cmd {
	a.lent = false
	var refusal *walk.Refusal
	switch {
	case errors.As(msg.err, &refusal), errors.Is(msg.err, io.EOF): // it has just ended, which the record says
	case msg.err != nil:
		a.say(true, a.explain(msg.err))
	case msg.left != relay.LeftEnded: // of its end the record tells
		a.say(false, a.p.T("terminal.left."+string(msg.left), "Name", msg.name))
	}
	return nil
}

// lending is the time that an action has the terminal. It implements
// tea.ExecCommand; what it is lent is what the program itself was given.
type lending struct {
	ctx    context.Context
	client session.Client
	in     *os.File
	out    io.Writer
	kind   string
	name   string
	notice string
	left   relay.Left
}

var _ tea.ExecCommand = (*lending)(nil)

// SetStdin implements tea.ExecCommand.
func (*lending) SetStdin(io.Reader) {}

// SetStdout implements tea.ExecCommand.
func (*lending) SetStdout(io.Writer) {}

// SetStderr implements tea.ExecCommand.
func (*lending) SetStderr(io.Writer) {}

// Run implements tea.ExecCommand.
func (c *lending) Run() error {
	tty := relay.Tty{File: c.in, Out: c.out, Term: c.kind}
	screen, err := tty.Screen()
	if err != nil {
		return err
	}
	if _, err := fmt.Fprintf(c.out, "%s\r\n", c.notice); err != nil {
		return fmt.Errorf("write to the terminal: %w", err)
	}
	action, err := c.client.Terminal(c.ctx, screen)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithCancel(c.ctx)
	defer cancel()
	keys, err := relay.Keys(ctx, c.in)
	if err != nil {
		return errors.Join(err, action.Close())
	}
	c.left, err = tty.Run(ctx.Done(), keys, action)
	cancel()
	for range keys { // ends with the goroutine that reads: the screen reads next
	}
	return err
}
