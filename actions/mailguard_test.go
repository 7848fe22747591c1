package actions

import (
	"crypto/tls"
	"encoding/base64"
	"io"
	"net"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"github.com/emersion/go-sasl"
	"github.com/emersion/go-smtp"

	"genia.ai/bitacora/runbooks"
)

const smtpPassword = "correct-horse/battery"

// TestMailNeedsTLSForCredentials: a server that offers no STARTTLS gets neither
// the password nor the mail.
func TestMailNeedsTLSForCredentials(t *testing.T) {
	box := &mailbox{busy: make(chan struct{}, 1)}
	server := smtp.NewServer(box)
	server.Domain, server.AllowInsecureAuth = "localhost", true // it would take the password in the clear
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		_ = server.Serve(listener) // it ends with the test
	}()
	t.Cleanup(func() {
		_ = server.Close()
		<-done
	})
	out := newRecorder()
	r := Live(LiveOptions{})[runbooks.KindMail].Execute(t.Context(), Request{
		Action: mailAction("From: a@x.example\nTo: b@x.example\nSubject: s\n\nx"),
		Env:    map[string]string{"SMTP_URL": "smtp+starttls://ana:" + smtpPassword[:13] + "@" + listener.Addr().String()},
	}, out)
	if r.Outcome != OutcomeFailed || !strings.Contains(r.Reason, "STARTTLS") {
		t.Errorf("got %s", show(r))
	}
	box.mu.Lock()
	defer box.mu.Unlock()
	if box.login != "" || len(box.mails) > 0 {
		t.Errorf("the server got the login %q and %q", box.login, box.mails)
	}
}

// echoing is a mail server that repeats what it was told as the password, in every
// way in which servers do.
type echoing struct {
	mu    sync.Mutex
	reply string // %s is the password, %b the answer of AUTH PLAIN as it was sent
	takes bool
}

type echoSession struct{ e *echoing }

func (e *echoing) NewSession(*smtp.Conn) (smtp.Session, error) { return &echoSession{e}, nil }

func (s *echoSession) AuthMechanisms() []string { return []string{sasl.Plain} }

func (s *echoSession) Auth(string) (sasl.Server, error) {
	return sasl.NewPlainServer(func(_, user, password string) error {
		s.e.mu.Lock()
		defer s.e.mu.Unlock()
		sent := base64.StdEncoding.EncodeToString([]byte("\x00" + user + "\x00" + password))
		s.e.reply = strings.NewReplacer("%s", password, "%b", sent).Replace(s.e.reply)
		if s.e.takes {
			return nil
		}
		return &smtp.SMTPError{Code: 535, EnhancedCode: smtp.EnhancedCode{5, 7, 8}, Message: s.e.reply}
	}), nil
}

func (s *echoSession) Mail(string, *smtp.MailOptions) error { return nil }
func (s *echoSession) Rcpt(string, *smtp.RcptOptions) error { return nil }
func (s *echoSession) Data(r io.Reader) error {
	_, _ = io.Copy(io.Discard, r)
	s.e.mu.Lock()
	defer s.e.mu.Unlock()
	return &smtp.SMTPError{Code: 250, EnhancedCode: smtp.EnhancedCode{2, 0, 0}, Message: s.e.reply}
}
func (s *echoSession) Reset()        {}
func (s *echoSession) Logout() error { return nil }

// TestMailNeverTellsThePassword: not even where the address of the server, and so
// its password, is no secret of the run and the server itself repeats it.
func TestMailNeverTellsThePassword(t *testing.T) {
	certs := httptest.NewUnstartedServer(nil)
	certs.StartTLS()
	config := &tls.Config{Certificates: certs.TLS.Certificates}
	box := newMailbox(t, false) // for a pool that trusts the certificate
	certs.Close()
	for _, reply := range []string{"wrong password %s", "cannot read %b", "told %s, in base64 %b, sorry"} {
		for _, takes := range []bool{false, true} {
			e := &echoing{reply: reply, takes: takes}
			server := smtp.NewServer(e)
			server.TLSConfig, server.Domain = config, "localhost"
			listener, err := net.Listen("tcp", "127.0.0.1:0")
			if err != nil {
				t.Fatal(err)
			}
			done := make(chan struct{})
			go func() {
				defer close(done)
				_ = server.Serve(listener) // it ends with the test
			}()
			out := newRecorder()
			r := Live(LiveOptions{Environ: []string{"SMTP_URL=smtp+starttls://ana:" + strings.ReplaceAll(smtpPassword, "/", "%2F") + "@" + listener.Addr().String()}, Roots: box.roots})[runbooks.KindMail].Execute(t.Context(), Request{
				Action: mailAction("From: a@x.example\nTo: b@x.example\nSubject: s\n\nx"),
			}, out)
			told := r.Reason + out.all()
			if (r.Outcome == OutcomeOK) != takes || !strings.Contains(told, "[secret SMTP_URL]") {
				t.Errorf("%q: %s %q", reply, show(r), out.all())
			}
			sent := base64.StdEncoding.EncodeToString([]byte("\x00ana\x00" + smtpPassword))
			for _, leak := range []string{smtpPassword, "correct-horse", sent, sent[8:24]} {
				if strings.Contains(told, leak) {
					t.Errorf("%q: it tells %q: %q", reply, leak, told)
				}
			}
			_ = server.Close()
			<-done
		}
	}
	short := Live(LiveOptions{Environ: []string{"SMTP_URL=smtps://ana:1234@mail.example"}})[runbooks.KindMail]
	if _, err := short.Preview(Request{Action: mailAction("From: a@x.example\nTo: b@x.example\nSubject: s\n\nx")}); err == nil || !strings.Contains(err.Error(), "could not be masked") || strings.Contains(err.Error(), "1234") {
		t.Errorf("a password that cannot be masked: %v", err)
	}
}

// TestMailServerCannotFloodMemory: what a server says is bounded, also one line of it.
func TestMailServerCannotFloodMemory(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	said := make(chan int, 1)
	go func() {
		conn, err := listener.Accept()
		if err != nil {
			said <- 0
			return
		}
		n, piece := 0, []byte(strings.Repeat("x", 64<<10))
		_, _ = io.WriteString(conn, "220-") // a greeting that does not end
		for n < 256<<20 {
			m, err := conn.Write(piece)
			if n += m; err != nil {
				break
			}
		}
		_ = conn.Close()
		said <- n
	}()
	r := Live(LiveOptions{})[runbooks.KindMail].Execute(t.Context(), Request{
		Action: mailAction("From: a@x.example\nTo: b@x.example\nSubject: s\n\nx"), Env: map[string]string{"SMTP_URL": "smtp://" + listener.Addr().String()},
	}, newRecorder())
	_ = listener.Close()
	if n := <-said; r.Outcome != OutcomeFailed || !strings.Contains(r.Reason, "1024 KiB") || n > 64<<20 {
		t.Errorf("got %s after %d MiB", show(r), n>>20)
	}
}

// TestPreviewShowsWhatIsSent: a value with characters that the preview could not
// show is refused, in every kind that sends it.
func TestPreviewShowsWhatIsSent(t *testing.T) {
	for kind, action := range map[runbooks.Kind]*runbooks.Action{
		runbooks.KindHTTP:   httpAction("POST http://127.0.0.1:1/\n\n{\"a\": \"{{v}}\"}", runbooks.Settings{}),
		runbooks.KindMail:   mailAction("From: a@x.example\nTo: b@x.example\nSubject: s\n\n{{v}}"),
		runbooks.KindPromQL: queryAction(`up{a="{{v}}"}`, runbooks.Settings{}),
	} {
		for _, value := range []string{"a\u202eb", "a\u200bb", "a\x1b[2Jb", "a\rb", "a\u009bb"} {
			req := Request{Action: action, Params: map[string]string{"v": value}, Env: map[string]string{"SMTP_URL": "smtp://127.0.0.1:1", "PROMETHEUS_URL": "http://127.0.0.1:1"}}
			for name, exec := range map[string]Executor{"live": liveExecutor(t, kind), "rehearsal": Rehearsal()[kind]} {
				if _, err := exec.Preview(req); err == nil || !strings.Contains(err.Error(), "could not be shown") {
					t.Errorf("%s %s %q: %v", kind, name, value, err)
				}
			}
		}
	}
}
