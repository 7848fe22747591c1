package sandbox

import (
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"mime"
	"mime/quotedprintable"
	"net"
	"net/mail"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"github.com/emersion/go-smtp"
)

const (
	maxMessage    = 1 << 20
	maxRecipients = 50
)

// Mail is a message that the sink took.
type Mail struct {
	At      time.Time `json:"at"`
	From    string    `json:"from"` // of the envelope
	To      []string  `json:"to"`   // of the envelope
	Subject string    `json:"subject"`
	Body    string    `json:"body"` // decoded, when it is a single text part
	File    string    `json:"file"` // name below the sink's directory: the bytes as they came
}

// mailSink is an SMTP server that delivers nothing: it keeps each message as a file.
type mailSink struct {
	dir      string
	now      func() time.Time
	listener net.Listener
	server   *smtp.Server
	serving  sync.WaitGroup

	mu     sync.Mutex
	closed bool
	kept   []Mail
}

func startMailSink(dir string, now func() time.Time) (*mailSink, error) {
	if err := os.Mkdir(dir, 0o700); err != nil {
		return nil, fmt.Errorf("practice service: mail sink: %w", err)
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, fmt.Errorf("practice service: mail sink: %w", err)
	}
	m := &mailSink{dir: dir, now: now, listener: listener}
	m.server = smtp.NewServer(smtp.BackendFunc(func(*smtp.Conn) (smtp.Session, error) {
		return &delivery{sink: m}, nil
	}))
	m.server.Domain = "localhost"
	m.server.MaxMessageBytes = maxMessage
	m.server.MaxRecipients = maxRecipients
	m.server.ReadTimeout = 30 * time.Second
	m.server.WriteTimeout = 30 * time.Second
	m.server.EnableSMTPUTF8 = true
	m.server.ErrorLog = quiet()
	m.serving.Go(func() {
		_ = m.server.Serve(listener) // ends with close
	})
	return m, nil
}

func (m *mailSink) addr() string { return m.listener.Addr().String() }

// close ends every connection; no file appears afterwards.
func (m *mailSink) close() {
	_ = m.server.Close()
	_ = m.listener.Close() // in case Serve had not begun to listen yet
	m.serving.Wait()
	m.mu.Lock()
	m.closed = true
	m.mu.Unlock()
}

func (m *mailSink) messages() []Mail {
	m.mu.Lock()
	defer m.mu.Unlock()
	return append([]Mail{}, m.kept...)
}

func (m *mailSink) keep(from string, to []string, text []byte) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.closed {
		return errors.New("the mail sink is closed")
	}
	taken := Mail{At: m.now(), From: from, To: to, File: fmt.Sprintf("%04d.eml", len(m.kept)+1)}
	taken.Subject, taken.Body = readMessage(text)
	if err := os.WriteFile(filepath.Join(m.dir, taken.File), text, 0o600); err != nil {
		return err
	}
	m.kept = append(m.kept, taken)
	return nil
}

// readMessage gives subject and body for people; what cannot be decoded is shown as it came.
func readMessage(text []byte) (subject, body string) {
	message, err := mail.ReadMessage(strings.NewReader(string(text)))
	if err != nil {
		return "", string(text)
	}
	subject = message.Header.Get("Subject")
	if decoded, err := new(mime.WordDecoder).DecodeHeader(subject); err == nil {
		subject = decoded
	}
	reader := message.Body
	switch strings.ToLower(message.Header.Get("Content-Transfer-Encoding")) {
	case "quoted-printable":
		reader = quotedprintable.NewReader(reader)
	case "base64":
		reader = base64.NewDecoder(base64.StdEncoding, reader)
	}
	decoded, err := io.ReadAll(reader)
	if err != nil {
		return subject, string(text)
	}
	return subject, strings.ReplaceAll(string(decoded), "\r\n", "\n")
}

// delivery is one SMTP session.
type delivery struct {
	sink *mailSink
	from string
	to   []string
}

var _ smtp.Session = (*delivery)(nil)

func (d *delivery) Reset()        { d.from, d.to = "", nil }
func (d *delivery) Logout() error { return nil }

func (d *delivery) Mail(from string, _ *smtp.MailOptions) error {
	d.from = from
	return nil
}

func (d *delivery) Rcpt(to string, _ *smtp.RcptOptions) error {
	d.to = append(d.to, to)
	return nil
}

func (d *delivery) Data(r io.Reader) error {
	text, err := io.ReadAll(r)
	if err != nil {
		return err
	}
	return d.sink.keep(d.from, d.to, text)
}
