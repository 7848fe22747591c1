package relay

import (
	"os"
	"time"

	"golang.org/x/sys/unix"
)

// BackgroundWait is how long who was told to go on in the background waits to be ended,
// which is why shells do so, before it stops again.
const BackgroundWait = 300 * time.Millisecond

// Foreground reports whether the terminal is that of our process group. Who changes its
// modes otherwise is stopped for it.
func Foreground(terminal *os.File) bool {
	group, err := unix.IoctlGetInt(int(terminal.Fd()), unix.TIOCGPGRP)
	return err != nil || group == unix.Getpgrp()
}

// Stop stops this program, with those of its process group, as ctrl+z does. Where nobody
// could make them go on the kernel does not.
func Stop() error { return unix.Kill(0, unix.SIGTSTP) }
