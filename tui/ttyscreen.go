package tui

import (
	"context"
	"io"
	"os"
	"os/signal"
	"sync"

	tea "github.com/charmbracelet/bubbletea"
	"golang.org/x/sys/unix"
	"golang.org/x/term"
)

// ttyModes changes the modes of a terminal's driver; of what is no terminal, nothing.
type ttyModes struct {
	in *os.File

	once   sync.Once
	before *term.State // nil = no terminal
}

func (t *ttyModes) raw() error {
	t.once.Do(func() { t.before, _ = term.GetState(int(t.in.Fd())) })
	if t.before == nil {
		return nil
	}
	_, err := term.MakeRaw(int(t.in.Fd()))
	return err
}

func (t *ttyModes) restore() error {
	if t.before == nil {
		return nil
	}
	return term.Restore(int(t.in.Fd()), t.before)
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

// away is a time in which the terminal is somebody else's: the painter lets go of it
// for as long. It implements tea.ExecCommand.
type away struct {
	tea.ExecCommand
	painter *painter
	ended   func() // called when the terminal is back
}

// Run implements tea.ExecCommand.
func (w away) Run() error {
	if err := w.painter.release(); err != nil {
		return err
	}
	err := w.ExecCommand.Run()
	if failed := w.painter.regain(); err == nil {
		err = failed
	}
	w.ended()
	return err
}

// stopping stops the program, with those of its process group, until it is told to go
// on. It implements tea.ExecCommand.
type stopping struct{}

// SetStdin implements tea.ExecCommand.
func (stopping) SetStdin(io.Reader) {}

// SetStdout implements tea.ExecCommand.
func (stopping) SetStdout(io.Writer) {}

// SetStderr implements tea.ExecCommand.
func (stopping) SetStderr(io.Writer) {}

// Run implements tea.ExecCommand.
func (stopping) Run() error {
	goOn := make(chan os.Signal, 1)
	signal.Notify(goOn, unix.SIGCONT)
	defer signal.Stop(goOn)
	if err := unix.Kill(0, unix.SIGTSTP); err != nil {
		return err
	}
	<-goOn
	return nil
}
