package process

import (
	"errors"
	"fmt"
	"os"
	"strconv"
	"sync"

	"golang.org/x/sys/unix"
)

// maxTyped bounds what was typed and the command has not read, in bytes. What is
// beyond is lost, as it is with a keyboard.
const maxTyped = 1 << 20

// Size is how large a terminal is, in cells.
type Size struct{ Cols, Rows uint16 }

// ErrNoTerminal says that a command was not given a terminal.
var ErrNoTerminal = errors.New("the command has no terminal")

// terminal is our end of the pseudo-terminal of a command.
type terminal struct {
	master *os.File

	mu    sync.Mutex
	typed []byte // what the command still has to be given
	over  bool   // nothing more is
	wake  *sync.Cond
}

// wireTerminal makes a pseudo-terminal and gives the command its other end as
// standard input, output and error.
func (p *Process) wireTerminal(w *wiring, size Size) error {
	master, slave, err := openTerminal(size)
	if err != nil {
		return fmt.Errorf("open a pseudo-terminal: %w", err)
	}
	t := &terminal{master: master}
	t.wake = sync.NewCond(&t.mu)
	p.terminal = t
	p.ends, w.theirs = append(p.ends, master), append(w.theirs, slave)
	p.cmd.Stdin, p.cmd.Stdout, p.cmd.Stderr = slave, slave, slave
	// When nobody holds the other end any more a read fails with EIO: that is its end.
	w.moves = append(w.moves, func() { readAll(master, func(b []byte) { p.emit(Stdout, b) }) }, t.move)
	return nil
}

// openTerminal returns both ends of a new pseudo-terminal. They are kept from
// being anybody's controlling terminal by being opened.
func openTerminal(size Size) (master, slave *os.File, err error) {
	// Non-blocking, so that reads and writes have deadlines.
	fd, err := unix.Open("/dev/ptmx", unix.O_RDWR|unix.O_NOCTTY|unix.O_CLOEXEC|unix.O_NONBLOCK, 0)
	if err != nil {
		return nil, nil, err
	}
	master = os.NewFile(uintptr(fd), "/dev/ptmx")
	if err := unix.IoctlSetPointerInt(fd, unix.TIOCSPTLCK, 0); err != nil {
		return nil, nil, errors.Join(err, master.Close())
	}
	number, err := unix.IoctlGetInt(fd, unix.TIOCGPTN)
	if err != nil {
		return nil, nil, errors.Join(err, master.Close())
	}
	name := "/dev/pts/" + strconv.Itoa(number)
	other, err := unix.Open(name, unix.O_RDWR|unix.O_NOCTTY|unix.O_CLOEXEC, 0)
	if err != nil {
		return nil, nil, errors.Join(err, master.Close())
	}
	slave = os.NewFile(uintptr(other), name)
	if err := setSize(master, size); err != nil {
		return nil, nil, errors.Join(err, master.Close(), slave.Close())
	}
	return master, slave, nil
}

// setSize does not use Fd: it would make the file blocking.
func setSize(f *os.File, size Size) error {
	conn, err := f.SyscallConn()
	if err != nil {
		return err
	}
	var failed error
	err = conn.Control(func(fd uintptr) {
		failed = unix.IoctlSetWinsize(int(fd), unix.TIOCSWINSZ, &unix.Winsize{Col: size.Cols, Row: size.Rows})
	})
	return errors.Join(err, failed)
}

// Type lets the command read b from its terminal, as if it were typed: what the
// terminal makes of it (a signal, an echo, a line) is up to the command. It never
// waits. b is not kept.
func (p *Process) Type(b []byte) {
	t := p.terminal
	if t == nil {
		return
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.over {
		return
	}
	t.typed = append(t.typed, b[:min(len(b), maxTyped-len(t.typed))]...)
	t.wake.Signal()
}

// Resize gives the command's terminal another size and lets the command know.
func (p *Process) Resize(size Size) error {
	if p.terminal == nil {
		return ErrNoTerminal
	}
	return setSize(p.terminal.master, size)
}

// move hands on what is typed, until close.
func (t *terminal) move() {
	for {
		b := t.next()
		if b == nil {
			return
		}
		if _, err := t.master.Write(b); err != nil {
			return // nobody reads it any more
		}
	}
}

// next waits for what was typed. It returns nil when nothing more is handed on.
func (t *terminal) next() []byte {
	t.mu.Lock()
	defer t.mu.Unlock()
	for len(t.typed) == 0 && !t.over {
		t.wake.Wait()
	}
	if t.over {
		return nil
	}
	b := t.typed
	t.typed = nil
	return b
}

// close ends move once what it is writing is written, or cannot be. t may be nil.
func (t *terminal) close() {
	if t == nil {
		return
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	t.over = true
	t.wake.Signal()
}
