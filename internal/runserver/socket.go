package runserver

import (
	"fmt"
	"net"
	"os"

	"golang.org/x/sys/unix"
)

// socketAddress returns a short name for the socket in dir: a Unix address holds
// 108 bytes, and state directories are longer than that. release must be called
// when the address was used.
func socketAddress(dir string) (address string, release func(), err error) {
	fd, err := unix.Open(dir, unix.O_PATH|unix.O_DIRECTORY|unix.O_CLOEXEC, 0)
	if err != nil {
		return "", nil, fmt.Errorf("%w: open the run's directory: %w", ErrNoServer, err)
	}
	return fmt.Sprintf("/proc/self/fd/%d/%s", fd, SocketName), func() { _ = unix.Close(fd) }, nil
}

// sameUser reports whether the other end of a connection is a process of the
// same user, or of root.
func sameUser(conn *net.UnixConn) bool {
	raw, err := conn.SyscallConn()
	if err != nil {
		return false
	}
	var peer *unix.Ucred
	var perr error
	if err := raw.Control(func(fd uintptr) {
		peer, perr = unix.GetsockoptUcred(int(fd), unix.SOL_SOCKET, unix.SO_PEERCRED)
	}); err != nil || perr != nil {
		return false
	}
	return peer.Uid == uint32(os.Geteuid()) || peer.Uid == 0
}
