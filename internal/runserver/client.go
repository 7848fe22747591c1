package runserver

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"sync"
	"time"

	"genia.ai/bitacora/internal/event"
	"genia.ai/bitacora/internal/session"
	"genia.ai/bitacora/internal/transcript"
	"genia.ai/bitacora/internal/walk"
	"genia.ai/bitacora/runbooks"
)

// answerLimit is how long a server may take to answer a hello before it counts
// as wedged.
const answerLimit = 5 * time.Second

// ErrNoServer says that no process serves the run.
var ErrNoServer = errors.New("no run server")

// ErrWedged says that a process holds the run and does not answer.
var ErrWedged = errors.New("the run server does not answer; take over with --take-over and a reason")

// Client is a run in another process. It implements session.Client and is safe
// for concurrent use.
type Client struct {
	link  *link
	at    *session.Attachment
	queue *session.Queue
	read  chan struct{} // closed when the reader ended

	mu      sync.Mutex
	failed  *session.StorageError
	next    uint64
	waiting map[uint64]chan frame
	gone    bool

	terminals map[uint64]*remote // by the request that opened them
}

var _ session.Client = (*Client)(nil)

// Dial attaches to the run in a directory. Errors: ErrNoServer, ErrWedged,
// *session.NotDriverError.
func Dial(ctx context.Context, dir string, hello Hello) (*Client, error) {
	conn, err := connect(ctx, dir)
	if err != nil {
		return nil, err
	}
	c := &Client{link: newLink(conn), read: make(chan struct{}), waiting: map[uint64]chan frame{}, terminals: map[uint64]*remote{}}
	c.queue = session.NewQueue(func(*session.Queue) {})
	if err := c.greet(dir, hello); err != nil {
		conn.Close()
		return nil, err
	}
	go c.receive()
	return c, nil
}

func connect(ctx context.Context, dir string) (net.Conn, error) {
	address, release, err := socketAddress(dir)
	if err != nil {
		return nil, err
	}
	defer release()
	dialer := net.Dialer{Timeout: answerLimit}
	conn, err := dialer.DialContext(ctx, "unix", address)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrNoServer, err)
	}
	return conn, nil
}

// greet introduces this front end and takes in everything that happened so far.
func (c *Client) greet(dir string, hello Hello) error {
	if err := c.link.send(frame{V: protocol, Hello: &hello}); err != nil {
		return fmt.Errorf("%w: %w", ErrNoServer, err)
	}
	if err := c.link.conn.SetReadDeadline(time.Now().Add(answerLimit)); err != nil {
		return err
	}
	f, err := c.link.receive()
	switch {
	case errors.Is(err, os.ErrDeadlineExceeded):
		return ErrWedged
	case err != nil:
		return fmt.Errorf("%w: %w", ErrNoServer, err)
	case f.Error != nil && f.Error.Kind == errClosed:
		return fmt.Errorf("%w: it is just ending", ErrNoServer)
	case f.Error != nil:
		return f.Error.decode()
	case f.Attached == nil:
		return errFrame
	}
	if err := c.link.conn.SetReadDeadline(time.Time{}); err != nil {
		return err
	}
	if hello.Guest {
		return nil
	}
	plan, err := readPlan(dir, f.Attached.Path, hello.Known)
	if err != nil {
		return err
	}
	c.at = &session.Attachment{Plan: plan, Saved: f.Attached.Saved, Briefing: f.Attached.Briefing, Feed: c.queue}
	for len(c.at.Events) < f.Attached.Events {
		past, err := c.link.receive()
		if err != nil {
			return fmt.Errorf("read what happened so far: %w", err)
		}
		events, err := decodeEvents(past.Events)
		if err != nil || len(events) == 0 {
			return fmt.Errorf("read what happened so far: %w", errors.Join(errFrame, err))
		}
		c.at.Events = append(c.at.Events, events...)
	}
	return nil
}

// readPlan parses the bytes that the run keeps, never the runbook's own file.
func readPlan(dir, path string, known *walk.Plan) (*walk.Plan, error) {
	source, err := os.ReadFile(filepath.Join(dir, "runbook.md"))
	if err != nil {
		return nil, fmt.Errorf("read the run's own copy of the runbook: %w", err)
	}
	if sum := sha256.Sum256(source); known != nil && known.Runbook().Source.SHA256 == hex.EncodeToString(sum[:]) && known.Runbook().Source.Path == path {
		return known, nil
	}
	rb, err := runbooks.Parse(path, source)
	if err != nil {
		return nil, fmt.Errorf("the run's own copy of the runbook: %w", err)
	}
	return walk.NewPlan(rb), nil
}

func decodeEvents(lines []json.RawMessage) ([]event.Event, error) {
	events := make([]event.Event, len(lines))
	for i, line := range lines {
		ev, err := transcript.ParseLine(line)
		if err != nil {
			return nil, err
		}
		events[i] = ev
	}
	return events, nil
}

// receive hands replies to whoever waits and updates to the feed, until the
// connection ends.
func (c *Client) receive() {
	defer close(c.read)
	defer c.queue.End()
	for {
		f, err := c.link.receive()
		if err != nil {
			c.lose()
			return
		}
		if len(f.Updates) > 0 {
			var updates []session.Update
			for _, wire := range f.Updates {
				if u, ok := wire.decode(); ok {
					c.note(u)
					updates = append(updates, u)
				}
			}
			c.queue.Put(updates...) // at once: what was sent together arrives together
			continue
		}
		if f.Written != nil {
			c.mu.Lock()
			t := c.terminals[f.ID]
			c.mu.Unlock()
			if t != nil {
				t.take(f.Written)
			}
			continue
		}
		c.mu.Lock()
		reply := c.waiting[f.ID]
		delete(c.waiting, f.ID)
		c.mu.Unlock()
		if reply != nil {
			reply <- f
		}
	}
}

// note remembers a failure of storage.
func (c *Client) note(u session.Update) {
	if failure, ok := u.(session.StorageFailed); ok {
		c.mu.Lock()
		defer c.mu.Unlock()
		c.failed = failure.Err
	}
}

// Failed returns the failure of storage that the server told of, or nil.
func (c *Client) Failed() *session.StorageError {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.failed
}

// lose wakes everybody who waits for a reply that will not come.
func (c *Client) lose() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.gone = true
	for id, reply := range c.waiting {
		delete(c.waiting, id)
		close(reply)
	}
	for _, t := range c.terminals {
		t.end(session.ErrClosed)
	}
}

// request sends a frame and waits for its reply. Whether a command was carried
// out is unknown when ctx or the connection ends first; the record says it.
func (c *Client) request(ctx context.Context, f frame) (frame, error) {
	return c.exchange(ctx, f, nil)
}

// exchange is request, and calls begin with the request's number before it is sent.
// It holds c.mu then.
func (c *Client) exchange(ctx context.Context, f frame, begin func(id uint64)) (frame, error) {
	reply := make(chan frame, 1)
	c.mu.Lock()
	if c.gone {
		c.mu.Unlock()
		return frame{}, session.ErrClosed
	}
	c.next++
	f.ID = c.next
	c.waiting[f.ID] = reply
	if begin != nil {
		begin(f.ID)
	}
	c.mu.Unlock()
	if err := c.link.send(f); err != nil {
		return frame{}, fmt.Errorf("%w: %w", session.ErrClosed, err)
	}
	select {
	case f, ok := <-reply:
		if !ok {
			return frame{}, session.ErrClosed
		}
		if f.Error != nil {
			return frame{}, f.Error.decode()
		}
		return f, nil
	case <-ctx.Done():
		c.mu.Lock()
		delete(c.waiting, f.ID)
		c.mu.Unlock()
		return frame{}, ctx.Err()
	}
}

// Attach implements session.Client. There is one attachment a connection.
func (c *Client) Attach(context.Context) (*session.Attachment, error) {
	if c.at == nil {
		return nil, session.ErrClosed
	}
	return c.at, nil
}

// Do implements session.Client.
func (c *Client) Do(ctx context.Context, cmd walk.Command) (session.Ack, error) {
	wire, err := encodeCommand(cmd)
	if err != nil {
		return session.Ack{}, err
	}
	f, err := c.request(ctx, frame{Do: wire})
	if err != nil {
		return session.Ack{}, err
	}
	if f.Ack == nil {
		return session.Ack{}, errFrame
	}
	events, err := decodeEvents(f.Ack.Events)
	if err != nil {
		return session.Ack{}, err
	}
	return session.Ack{Seq: f.Ack.Saved.Seq, At: f.Ack.Saved.At, Events: events}, nil
}

// Preview implements session.Client.
func (c *Client) Preview(ctx context.Context, action string) (session.Preview, error) {
	f, err := c.request(ctx, frame{Preview: action})
	if err != nil {
		return session.Preview{}, err
	}
	if f.Previewed == nil {
		return session.Preview{}, errFrame
	}
	return *f.Previewed, nil
}

// GiveSecret implements session.Client.
func (c *Client) GiveSecret(ctx context.Context, name, value string) error {
	_, err := c.request(ctx, frame{Secret: &secret{Name: name, Value: value}})
	return err
}

// byeLimit is how long leaving may wait for a server to hear of it.
const byeLimit = time.Second

// Leave is Close for an operator who wants to go: the record says so, and not that
// the connection ended. A server that does not answer keeps nobody.
func (c *Client) Leave() error {
	ctx, cancel := context.WithTimeout(context.Background(), byeLimit)
	defer cancel()
	_, _ = c.request(ctx, frame{Bye: true}) // one that did not hear it records a lost connection
	return c.Close()
}

// Close detaches. The run goes on.
func (c *Client) Close() error {
	err := c.link.conn.Close()
	<-c.read
	return err
}

func (w update) decode() (session.Update, bool) {
	switch {
	case w.Event != nil && w.Saved != nil:
		ev, err := transcript.ParseLine(w.Event)
		if err != nil {
			return nil, false
		}
		return session.EventRecorded{Event: ev, Saved: *w.Saved}, true
	case w.Output != nil:
		return *w.Output, true
	case w.Dropped != nil:
		return *w.Dropped, true
	case w.Beyond != nil:
		return *w.Beyond, true
	case w.Failed != nil:
		failure := &session.StorageError{}
		if errors.As(w.Failed.decode(), &failure) {
			return session.StorageFailed{Err: failure}, true
		}
	case w.Demoted != nil:
		return *w.Demoted, true
	}
	return nil, false
}
