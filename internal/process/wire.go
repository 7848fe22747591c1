package process

import (
	"errors"
	"math"
	"os"
	"strconv"

	"golang.org/x/sys/unix"
)

// drainLimit bounds what is still taken at the deadline from a pipe that a child
// keeps filling; it is the largest capacity an unprivileged pipe can have.
const drainLimit = 1 << 20

// wiring is what connects a command with us until it has started.
type wiring struct {
	theirs []*os.File // the command's ends
	moves  []func()   // what moves bytes, one goroutine each
}

func (w *wiring) closeTheirs() {
	for _, f := range w.theirs {
		_ = f.Close() // the command has its own copy, or never started
	}
}

// wire makes the pipes that the Spec asks for and gives the command its ends.
func (p *Process) wire() (w *wiring, err error) {
	w = &wiring{}
	defer func() {
		if err != nil {
			w.closeTheirs()
			p.closeEnds()
		}
	}()
	if p.spec.Terminal != nil {
		err = p.wireTerminal(w, *p.spec.Terminal)
	} else {
		err = p.wireStreams(w)
	}
	if err != nil {
		return w, err
	}
	for _, data := range p.spec.Inputs {
		f, _, err := p.feed(w, data, false)
		if err != nil {
			return w, err
		}
		p.cmd.ExtraFiles = append(p.cmd.ExtraFiles, f)
	}
	if p.spec.Return > 0 {
		f, err := p.collect(w, p.keepReturned)
		if err != nil {
			return w, err
		}
		p.cmd.ExtraFiles = append(p.cmd.ExtraFiles, f)
	}
	return w, nil
}

// wireStreams gives the command its standard input, output and error.
func (p *Process) wireStreams(w *wiring) error {
	if p.spec.Stdin != nil {
		stdin, ours, err := p.feed(w, p.spec.Stdin, p.spec.Hold)
		if err != nil {
			return err
		}
		if p.spec.Hold {
			p.stdin = ours
		}
		p.cmd.Stdin = stdin
	}
	stdout, err := p.collect(w, func(b []byte) { p.emit(Stdout, b) })
	if err != nil {
		return err
	}
	stderr, err := p.collect(w, func(b []byte) { p.emit(Stderr, b) })
	if err != nil {
		return err
	}
	p.cmd.Stdout, p.cmd.Stderr = stdout, stderr
	return nil
}

// collect makes a pipe through which take gets what the command writes.
func (p *Process) collect(w *wiring, take func([]byte)) (theirs *os.File, err error) {
	ours, theirs, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	widen(ours)
	p.ends, w.theirs = append(p.ends, ours), append(w.theirs, theirs)
	w.moves = append(w.moves, func() { readAll(ours, take) })
	return theirs, nil
}

// pipeSize is asked for each pipe of a command's output, in bytes: in a flood both
// sides then wake up less often.
const pipeSize = 512 << 10

// widen makes a pipe larger. Where the system gives less it stays as it was. The
// descriptor is reached through SyscallConn: Fd would make the file blocking.
func widen(f *os.File) {
	if conn, err := f.SyscallConn(); err == nil {
		_ = conn.Control(func(fd uintptr) { _, _ = unix.FcntlInt(fd, unix.F_SETPIPE_SZ, pipeSize) })
	}
}

// feed makes a pipe from which the command reads data, and then its end unless it
// is held.
func (p *Process) feed(w *wiring, data []byte, hold bool) (theirs, ours *os.File, err error) {
	theirs, ours, err = os.Pipe()
	if err != nil {
		return nil, nil, err
	}
	p.ends, w.theirs = append(p.ends, ours), append(w.theirs, theirs)
	w.moves = append(w.moves, func() {
		// A command that ends without reading everything is no error of ours.
		_, _ = ours.Write(data)
		if !hold {
			_ = ours.Close()
		}
	})
	return theirs, ours, nil
}

func (p *Process) keepReturned(b []byte) {
	room := p.spec.Return - len(p.returned)
	p.returned = append(p.returned, b[:min(room, len(b))]...)
}

// readAll hands on what comes until the end, or until the deadline and then what
// is there already.
func readAll(f *os.File, take func([]byte)) {
	buf := make([]byte, 64<<10)
	for {
		n, err := f.Read(buf)
		take(buf[:n])
		if errors.Is(err, os.ErrDeadlineExceeded) {
			drain(f, buf, take)
			return
		}
		if err != nil {
			return
		}
	}
}

// drain takes what stands in the pipe now: it was printed in time, we were late.
func drain(f *os.File, buf []byte, take func([]byte)) {
	conn, err := f.SyscallConn()
	if err != nil {
		return
	}
	for left := drainLimit; left > 0; {
		n := 0
		err := conn.Control(func(fd uintptr) {
			n, err = unix.Read(int(fd), buf) // not blocking, as all pipes of os.Pipe
		})
		if err != nil || n <= 0 {
			return
		}
		take(buf[:n])
		left -= n
	}
}

// keepDescriptors keeps from commands what we ourselves were started with: Go marks
// only what it opens.
func keepDescriptors() {
	const first = 3
	if unix.CloseRange(first, math.MaxInt32, unix.CLOSE_RANGE_CLOEXEC) == nil {
		return
	}
	names, err := os.ReadDir("/proc/self/fd") // kernels before 5.11
	if err != nil {
		return
	}
	for _, name := range names {
		if fd, err := strconv.Atoi(name.Name()); err == nil && fd >= first {
			unix.CloseOnExec(fd)
		}
	}
}
