package runserver

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"sync"
	"time"

	"genia.ai/bitacora/internal/session"
	"genia.ai/bitacora/internal/walk"
)

// protocol is the version that both ends must speak. A server and its front
// ends are the same binary, except while an upgrade is rolled out.
const protocol = 1

// maxFrame bounds one line of the protocol, in bytes.
const maxFrame = 64 << 20

// stallLimit is how long one frame may take to leave before the other end counts
// as gone.
const stallLimit = 30 * time.Second

// frame is one line of the protocol, in either direction: one of its members
// besides V and ID is set. Replies carry the ID of their request.
type frame struct {
	V  int    `json:"v,omitempty"` // of hello and attached
	ID uint64 `json:"id,omitempty"`

	Hello   *Hello          `json:"hello,omitempty"`
	Do      *command        `json:"do,omitempty"`
	Preview string          `json:"preview,omitempty"` // id of an action
	Enter   *session.Screen `json:"enter,omitempty"`   // go into the running action's terminal
	Typed   *typed          `json:"typed,omitempty"`   // not answered; the ID is that of enter
	Secret  *secret         `json:"secret,omitempty"`
	Bye     bool            `json:"bye,omitempty"` // the front end goes because its operator wants to

	Attached  *attached         `json:"attached,omitempty"`
	Events    []json.RawMessage `json:"events,omitempty"` // journal lines that follow attached
	Ack       *ack              `json:"ack,omitempty"`
	Previewed *session.Preview  `json:"previewed,omitempty"`
	Entered   bool              `json:"entered,omitempty"`
	Written   *written          `json:"written,omitempty"` // the ID is that of enter
	Error     *wireError        `json:"error,omitempty"`
	Updates   []update          `json:"updates,omitempty"`
}

// Hello is how a front end introduces itself.
type Hello struct {
	FrontEnd string `json:"front_end"` // tui, plain, watch …
	Client   string `json:"client"`    // names this front end in the record
	Operator string `json:"operator"`
	Host     string `json:"host"`
	Drive    bool   `json:"drive"`     // wants to send commands
	TakeOver bool   `json:"take_over"` // even if somebody else drives
	Guest    bool   `json:"guest"`     // only leaves a note: neither joins nor follows
	Terminal bool   `json:"terminal"`  // has a terminal that interactive actions can be relayed to
	Reason   string `json:"reason"`

	// Known is the runbook as this front end has read it before; it is not read again
	// when the run's own copy is the same. It never leaves the process.
	Known *walk.Plan `json:"-"`
}

// attached answers a hello. So many events follow in frames of their own.
type attached struct {
	Events   int              `json:"events"`
	Path     string           `json:"path"` // the runbook's own
	Saved    session.Saved    `json:"saved"`
	Briefing session.Briefing `json:"briefing"`
}

// secret is a value that the operator typed, on its way into the server's memory.
type secret struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

// ack answers a command, and empty a secret.
type ack struct {
	Saved  session.Saved     `json:"saved"`
	Events []json.RawMessage `json:"events"`
}

// update is one session.Update; one of its members is set.
type update struct {
	Event   json.RawMessage        `json:"event,omitempty"`
	Saved   *session.Saved         `json:"saved,omitempty"`
	Output  *session.OutputPrinted `json:"output,omitempty"`
	Dropped *session.OutputDropped `json:"dropped,omitempty"`
	Beyond  *session.OutputBeyond  `json:"beyond,omitempty"`
	Failed  *wireError             `json:"failed,omitempty"`
	Demoted *session.Demoted       `json:"demoted,omitempty"`
}

// link sends and receives frames over a connection.
type link struct {
	conn   net.Conn
	reader *bufio.Reader

	mu sync.Mutex // one frame at a time
}

func newLink(conn net.Conn) *link {
	return &link{conn: conn, reader: bufio.NewReaderSize(conn, 64<<10)}
}

func (l *link) send(f frame) error {
	// Journal lines travel byte for byte, so nothing in them may be escaped anew.
	var line bytes.Buffer
	encoder := json.NewEncoder(&line)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(f); err != nil {
		return fmt.Errorf("encode a frame: %w", err)
	}
	if line.Len() > maxFrame {
		return fmt.Errorf("a frame of %d bytes is too long", line.Len())
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if err := l.conn.SetWriteDeadline(time.Now().Add(stallLimit)); err != nil {
		return err
	}
	_, err := l.conn.Write(line.Bytes())
	return err
}

// errFrame is returned for a line that is no frame; the connection is of no use
// any more.
var errFrame = errors.New("the other end does not speak the protocol of a run server")

func (l *link) receive() (frame, error) {
	var line []byte
	for {
		part, err := l.reader.ReadSlice('\n')
		if len(line)+len(part) > maxFrame {
			return frame{}, fmt.Errorf("%w: a frame is too long", errFrame)
		}
		line = append(line, part...)
		switch {
		case errors.Is(err, bufio.ErrBufferFull):
			continue
		case errors.Is(err, io.EOF) && len(line) > 0:
			return frame{}, io.ErrUnexpectedEOF
		case err != nil:
			return frame{}, err
		}
		break
	}
	var f frame
	if err := json.Unmarshal(line, &f); err != nil {
		return frame{}, fmt.Errorf("%w: %w", errFrame, err)
	}
	return f, nil
}
