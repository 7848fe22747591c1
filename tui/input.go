package tui

import (
	"bytes"
	"errors"
	"os"
	"time"

	"golang.org/x/sys/unix"
)

// escapeWait is how long the rest of an escape sequence may take. Over a slow
// link an arrow key comes in pieces, and bubbletea would take the first for Esc.
const escapeWait = 100 * time.Millisecond

// keyInput is a terminal whose reads never end within an escape sequence that
// goes on. It stays a terminal to bubbletea: raw mode and cancelling work on it.
type keyInput struct {
	*os.File
	gone func() // called when the terminal is closed; may be called again
}

func newKeyInput(f *os.File, gone func()) *keyInput { return &keyInput{File: f, gone: gone} }

// Read reads what is there and waits a moment for the rest of a sequence. A terminal in
// raw mode has no end of input: one that says so was closed, which nobody else may
// ever say where the parent ignores SIGHUP, as nohup does.
func (k *keyInput) Read(p []byte) (int, error) {
	n, err := k.take(p)
	if err != nil && !errors.Is(err, os.ErrDeadlineExceeded) {
		k.gone()
	}
	return n, err
}

func (k *keyInput) take(p []byte) (int, error) {
	n, err := k.File.Read(p)
	for err == nil && n > 0 && n < len(p) && unfinished(p[:n]) && k.more() {
		var m int
		m, err = k.File.Read(p[n:])
		n += m
	}
	return n, err
}

// more waits for further bytes.
func (k *keyInput) more() bool {
	fds := []unix.PollFd{{Fd: int32(k.Fd()), Events: unix.POLLIN}}
	n, err := unix.Poll(fds, int(escapeWait/time.Millisecond))
	return err == nil && n > 0 && fds[0].Revents&unix.POLLIN != 0
}

// unfinished reports whether bytes end within an escape sequence: ESC alone, or
// CSI or SS3 without its last byte.
func unfinished(b []byte) bool {
	at := bytes.LastIndexByte(b, 0x1b)
	if at < 0 {
		return false
	}
	rest := b[at+1:]
	if len(rest) == 0 {
		return true
	}
	switch rest[0] {
	case '[':
		for _, c := range rest[1:] {
			if c >= 0x40 && c <= 0x7e {
				return false
			}
		}
		return true
	case 'O':
		return len(rest) == 1
	}
	return false
}
