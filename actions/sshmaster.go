package actions

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"sync"
	"time"

	"genia.ai/bitacora/internal/process"
)

// How long is waited for a host, in all and for its connection alone.
const (
	connectLimit   = time.Minute
	connectSeconds = 15
)

// maxSocketPath bounds the path of a control socket, in bytes: it must fit into an
// address of 108 (unix(7)) with the 17 that ssh appends while it makes it.
const maxSocketPath = 90

// sshHosts holds the connections of a run to other hosts: one a host, made when a
// block needs it and kept until Close. Each is a process of the system's ssh that
// belongs to the run, not to an action. Its standard input is a pipe that we hold,
// and there is a command on the host that reads it: however this process ends, the
// pipe does too, and with it the connection. It is safe for concurrent use.
type sshHosts struct {
	clock Clock
	base  string // directory for ours, "" = the system's for temporary files

	mu     sync.Mutex
	dir    string // of the control sockets, 0700; "" until there is one
	made   int
	conns  map[string]*sshConn // by destination
	closed bool
}

// sshConn is the connection to one host.
type sshConn struct {
	path  string // of the control socket
	end   context.CancelFunc
	ready chan struct{} // closed when blocks can use it
	over  chan struct{} // closed when the process has ended

	mu   sync.Mutex
	out  []byte // until it is ready
	errs remoteMarks
}

// hostError says that a host cannot be reached.
type hostError struct{ host, reason string }

func (e *hostError) Error() string { return "could not reach host " + e.host + ": " + e.reason }

// connect returns the control socket of the connection to a host, which it makes
// when there is none.
func (h *sshHosts) connect(ctx context.Context, ssh string, env []string, host string) (socket string, err error) {
	limited, done := withLimit(ctx, h.clock, connectLimit)
	defer done()
	conn, err := h.conn(ctx, ssh, env, host)
	if err != nil {
		return "", err
	}
	select {
	case <-conn.ready:
		return conn.path, nil
	case <-conn.over:
		return "", &hostError{host, conn.reason()}
	case <-limited.Done():
		conn.end()
		<-conn.over
		if ctx.Err() == nil {
			return "", &hostError{host, fmt.Sprintf("it did not answer within %s", connectLimit)}
		}
		return "", &hostError{host, "nobody waits for it any more"}
	}
}

// conn returns the connection to a host that is there, or a new one.
func (h *sshHosts) conn(ctx context.Context, ssh string, env []string, host string) (*sshConn, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	switch conn := h.conns[host]; {
	case h.closed:
		return nil, &hostError{host, "the run is over"}
	case ctx.Err() != nil:
		return nil, &hostError{host, "nobody waits for it any more"}
	case conn != nil && !conn.isOver():
		return conn, nil
	}
	if h.dir == "" {
		var err error
		if h.dir, err = socketDir(h.base); err != nil {
			return nil, &hostError{host, err.Error()}
		}
	}
	h.made++
	conn, err := startConn(ssh, env, host, filepath.Join(h.dir, strconv.Itoa(h.made)))
	if err != nil {
		return nil, &hostError{host, err.Error()}
	}
	if h.conns == nil {
		h.conns = map[string]*sshConn{}
	}
	h.conns[host] = conn
	return conn, nil
}

// socketDir makes a directory of our own, with a path that is short enough.
func socketDir(base string) (string, error) {
	for _, parent := range []string{base, os.TempDir(), "/tmp"} {
		if parent == "" {
			continue
		}
		dir, err := os.MkdirTemp(parent, "bitacora-ssh-") // 0700
		if err != nil {
			continue
		}
		if len(dir) < maxSocketPath-len("/1000") {
			return dir, nil
		}
		_ = os.Remove(dir) // it is empty
	}
	return "", errors.New("no directory for its control socket can be made; set TMPDIR to a short one of yours")
}

// startConn starts the ssh process that holds a connection.
func startConn(ssh string, env []string, host, path string) (*sshConn, error) {
	ctx, end := context.WithCancel(context.Background()) // it outlives the action; Close ends it
	nonce := rand.Text()
	conn := &sshConn{path: path, end: end, ready: make(chan struct{}), over: make(chan struct{})}
	args := append(sshOptions(path), "-o", "ControlMaster=yes", "--", host, "echo "+nonce+"; exec cat >/dev/null")
	p, err := process.Start(ctx, process.Spec{
		Path: ssh, Args: args, Env: env, Dir: "/", Stdin: []byte{}, Hold: true, Grace: time.Second,
		Output: func(s process.Stream, p []byte) { conn.take(s, p, nonce) },
	})
	if err != nil {
		end()
		return nil, err
	}
	go func() { // ends with the process, which Close ends
		defer close(conn.over)
		defer end()
		_, _ = p.Wait() // why it ended stands in what it printed
	}()
	return conn, nil
}

// sshOptions are what every ssh of ours is told, whatever the operator's
// configuration says: it asks nothing, forwards nothing, and runs nothing besides.
func sshOptions(socket string) []string {
	options := []string{"-T", "-a", "-x"}
	for _, option := range []string{
		"BatchMode=yes", "ConnectTimeout=" + strconv.Itoa(connectSeconds), "ServerAliveInterval=15", "ServerAliveCountMax=3",
		"ControlPath=" + socket, "ControlPersist=no", "ClearAllForwardings=yes", "PermitLocalCommand=no", "RemoteCommand=none",
		"Tunnel=no", "EscapeChar=none", "LogLevel=ERROR",
	} {
		options = append(options, "-o", option)
	}
	return options
}

// take watches what the connection's own command prints.
func (c *sshConn) take(s process.Stream, p []byte, nonce string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if s == process.Stderr {
		c.errs.keep(p)
		return
	}
	select {
	case <-c.ready:
		return
	default:
	}
	// A login script may print before; of it no more than the end is kept.
	c.out = append(c.out, p...)
	if bytes.Contains(c.out, []byte(nonce)) {
		c.out = nil
		close(c.ready)
	} else if n := len(c.out) - 2*len(nonce); n > 0 {
		c.out = append(c.out[:0], c.out[n:]...)
	}
}

func (c *sshConn) isOver() bool {
	select {
	case <-c.over:
		return true
	default:
		return false
	}
}

// reason is why a connection ended.
func (c *sshConn) reason() string {
	c.mu.Lock()
	defer c.mu.Unlock()
	if line := lastLine(c.errs.tail); line != "" {
		return line
	}
	return "ssh ended without saying why"
}

// Close ends all connections and returns when they have.
func (h *sshHosts) Close() error {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.closed = true
	for _, conn := range h.conns {
		conn.end()
	}
	for _, conn := range h.conns {
		<-conn.over
	}
	h.conns = nil
	if h.dir == "" {
		return nil
	}
	if err := os.RemoveAll(h.dir); err != nil {
		return fmt.Errorf("remove the control sockets of ssh: %w", err)
	}
	h.dir = ""
	return nil
}
