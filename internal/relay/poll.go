package relay

import (
	"errors"
	"os"

	"golang.org/x/sys/unix"
)

// awaitKeys waits until a terminal can be read. It reports false when the pipe was
// closed first.
func awaitKeys(from, woken *os.File) bool {
	fds := []unix.PollFd{{Fd: int32(from.Fd()), Events: unix.POLLIN}, {Fd: int32(woken.Fd()), Events: unix.POLLIN}}
	for {
		_, err := unix.Poll(fds, -1)
		if errors.Is(err, unix.EINTR) {
			continue
		}
		return err == nil && fds[1].Revents == 0
	}
}
