package cli

import (
	"fmt"
	"os"

	"golang.org/x/sys/unix"
	"golang.org/x/term"
)

// hideFor returns what makes a terminal not show what is typed in it; nil for what
// is no terminal. The line end is shown, and a line is still edited by the terminal.
func hideFor(in *os.File) func() (show func(), err error) {
	fd := int(in.Fd())
	if !term.IsTerminal(fd) {
		return nil
	}
	return func() (func(), error) {
		before, err := unix.IoctlGetTermios(fd, unix.TCGETS)
		if err != nil {
			return nil, fmt.Errorf("read how the terminal is set: %w", err)
		}
		hidden := *before
		hidden.Lflag = hidden.Lflag&^unix.ECHO | unix.ECHONL | unix.ICANON
		// With the flush what was typed before, and shown, is thrown away.
		if err := unix.IoctlSetTermios(fd, unix.TCSETSF, &hidden); err != nil {
			return nil, fmt.Errorf("make the terminal hide what is typed: %w", err)
		}
		// A terminal that is gone needs nothing to be shown again.
		return func() { _ = unix.IoctlSetTermios(fd, unix.TCSETS, before) }, nil
	}
}
