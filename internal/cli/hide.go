package cli

import (
	"fmt"
	"io"
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

// discardFor returns what throws away the input of a terminal that was typed and not
// read yet, half a line too; nil for what is no terminal.
func discardFor(in *os.File) func() {
	fd := int(in.Fd())
	if !term.IsTerminal(fd) {
		return nil
	}
	// A terminal that is gone has nothing to throw away.
	return func() { _ = unix.IoctlSetInt(fd, unix.TCFLSH, unix.TCIFLUSH) }
}

// widthOf returns what measures a terminal that is written to; nil for what is none.
func widthOf(out io.Writer) func() int {
	file, ok := out.(*os.File)
	if !ok || !term.IsTerminal(int(file.Fd())) {
		return nil
	}
	return func() int {
		width, _, err := term.GetSize(int(file.Fd()))
		if err != nil {
			return 0
		}
		return width
	}
}
