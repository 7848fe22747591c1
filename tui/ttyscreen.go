package tui

import (
	"context"
	"io"
	"os"
	"os/signal"
	"sync"
	"time"

	tea "github.com/charmbracelet/bubbletea"
	"golang.org/x/sys/unix"
	"golang.org/x/term"

	"genia.ai/bitacora/internal/relay"
)

// ttyModes changes the modes of a terminal's driver; of what is no terminal, nothing. It
// is safe for concurrent use.
type ttyModes struct {
	in *os.File

	mu     sync.Mutex
	before *term.State // when the terminal was last taken; nil = never
	held   bool        // it is ours
	left   bool        // for good
}

func (t *ttyModes) raw() error {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.left || t.held || !term.IsTerminal(int(t.in.Fd())) {
		return nil
	}
	before, err := term.MakeRaw(int(t.in.Fd()))
	if err == nil {
		t.before, t.held = before, true
	}
	return err
}

func (t *ttyModes) again() error {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.left || !t.held {
		return nil
	}
	_, err := term.MakeRaw(int(t.in.Fd())) // what they were is not what they were before
	return err
}

func (t *ttyModes) restore() error {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.before == nil {
		return nil
	}
	t.held = false
	return term.Restore(int(t.in.Fd()), t.before)
}

func (t *ttyModes) ours() bool { return relay.Foreground(t.in) }

// leave restores the modes for good: who was kept waiting by the terminal takes it no more.
func (t *ttyModes) leave() error {
	t.mu.Lock()
	t.left = true
	t.mu.Unlock()
	return t.restore()
}

// usualColumns and usualRows are those of a terminal that does not say how large it is.
const usualColumns, usualRows = 80, 24

// size asks the kernel how large a terminal is; zeros when it does not know.
func size(out io.Writer) (columns, rows int) {
	if f, ok := out.(*os.File); ok {
		if columns, rows, err := term.GetSize(int(f.Fd())); err == nil {
			return columns, rows
		}
	}
	return 0, 0
}

// watchSize says how large the terminal is whenever that changes or somebody asks,
// until the context ends. It had the size before when it was first looked at.
func watchSize(ctx context.Context, out io.Writer, before tea.WindowSizeMsg, asked <-chan struct{}, say func(tea.Msg)) {
	changed := make(chan os.Signal, 1)
	signal.Notify(changed, unix.SIGWINCH)
	defer signal.Stop(changed)
	if columns, rows := size(out); columns > 0 && rows > 0 && (columns != before.Width || rows != before.Height) {
		say(tea.WindowSizeMsg{Width: columns, Height: rows})
	}
	for {
		select {
		case <-ctx.Done():
			return
		case <-changed:
		case <-asked:
		}
		if columns, rows := size(out); columns > 0 && rows > 0 {
			say(tea.WindowSizeMsg{Width: columns, Height: rows})
		}
	}
}

// watchStops calls a function whenever the program goes on after it was stopped, and has
// its terminal, until the context ends: nobody tells it of a SIGSTOP. In the background it
// is stopped again, as one that ctrl+z stopped is, while it holds the screen: the shell
// tells it then when it gets the terminal.
func watchStops(ctx context.Context, in *os.File, holds func() bool, wentOn func()) {
	goesOn := make(chan os.Signal, 1)
	signal.Notify(goesOn, unix.SIGCONT)
	defer signal.Stop(goesOn)
	for {
		select {
		case <-ctx.Done():
			return
		case <-goesOn:
		}
		if !relay.Foreground(in) {
			select {
			case <-ctx.Done():
				return
			case <-time.After(relay.BackgroundWait):
			}
		}
		if relay.Foreground(in) {
			wentOn()
		} else if holds() {
			_ = relay.Stop() // then nothing is drawn either
		}
	}
}

// away is a time in which the terminal is somebody else's: the painter lets go of it
// for as long. It implements tea.ExecCommand.
type away struct {
	tea.ExecCommand
	ctx     context.Context
	painter *painter
	ended   func() // called when the terminal is back
}

// Run implements tea.ExecCommand. When the context has ended the terminal is not taken
// back: it would only have to be given back again, and perhaps belongs to a shell.
func (w away) Run() error {
	err := w.painter.release()
	if err == nil {
		err = w.ExecCommand.Run()
	}
	if w.ctx.Err() != nil {
		return err
	}
	if failed := w.painter.regain(); err == nil {
		err = failed
	}
	w.ended()
	return err
}

// stopping stops the program, with those of its process group, until it is told to go
// on where it has its terminal, or the context ends. It implements tea.ExecCommand.
type stopping struct {
	ctx context.Context
	in  *os.File
}

// SetStdin implements tea.ExecCommand.
func (stopping) SetStdin(io.Reader) {}

// SetStdout implements tea.ExecCommand.
func (stopping) SetStdout(io.Writer) {}

// SetStderr implements tea.ExecCommand.
func (stopping) SetStderr(io.Writer) {}

// Run implements tea.ExecCommand.
func (s stopping) Run() error {
	goOn := make(chan os.Signal, 1)
	signal.Notify(goOn, unix.SIGCONT)
	defer signal.Stop(goOn)
	for {
		if err := relay.Stop(); err != nil {
			return err
		}
		select {
		case <-goOn:
		case <-s.ctx.Done():
			return nil
		}
		if relay.Foreground(s.in) {
			return nil
		}
		select {
		case <-s.ctx.Done():
			return nil
		case <-time.After(relay.BackgroundWait):
		}
	}
}
