package actions

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"net"
	"net/http/httptest"
	"reflect"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-sasl"
	"github.com/emersion/go-smtp"

	"genia.ai/bitacora/runbooks"
)

// mailbox is an SMTP server that keeps what it is sent.
type mailbox struct {
	addr  string
	roots *x509.CertPool
	hold  chan struct{} // when not nil, DATA is answered only after it is closed

	mu    sync.Mutex
	mails []string // "from|to,to|data"
	login string   // user and password of the last login
	busy  chan struct{}
}

// newMailbox starts a server; implicit makes it speak TLS from the start.
func newMailbox(t *testing.T, implicit bool) *mailbox {
	t.Helper()
	m := &mailbox{busy: make(chan struct{}, 1)}
	certs := httptest.NewUnstartedServer(nil)
	certs.StartTLS() // for its certificate of 127.0.0.1
	config := &tls.Config{Certificates: certs.TLS.Certificates}
	m.roots = x509.NewCertPool()
	m.roots.AddCert(certs.Certificate())
	certs.Close()

	server := smtp.NewServer(m)
	server.TLSConfig, server.Domain = config, "localhost"
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	m.addr = listener.Addr().String()
	if implicit {
		listener = tls.NewListener(listener, config)
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		_ = server.Serve(listener)
	}()
	t.Cleanup(func() {
		_ = server.Close()
		<-done
	})
	return m
}

func (m *mailbox) NewSession(*smtp.Conn) (smtp.Session, error) { return &mailSession{box: m}, nil }

func (m *mailbox) got() []string {
	m.mu.Lock()
	defer m.mu.Unlock()
	return append([]string(nil), m.mails...)
}

type mailSession struct {
	box  *mailbox
	from string
	to   []string
}

func (s *mailSession) AuthMechanisms() []string { return []string{sasl.Plain} }

func (s *mailSession) Auth(string) (sasl.Server, error) {
	return sasl.NewPlainServer(func(_, user, password string) error {
		s.box.mu.Lock()
		defer s.box.mu.Unlock()
		s.box.login = user + ":" + password
		if password == "wrong-password" {
			return errors.New("wrong password")
		}
		return nil
	}), nil
}

func (s *mailSession) Mail(from string, _ *smtp.MailOptions) error { s.from = from; return nil }

func (s *mailSession) Rcpt(to string, _ *smtp.RcptOptions) error {
	if strings.HasPrefix(to, "nobody@") {
		return &smtp.SMTPError{Code: 550, Message: "no such user"}
	}
	s.to = append(s.to, to)
	return nil
}

func (s *mailSession) Data(r io.Reader) error {
	data, err := io.ReadAll(r)
	s.box.busy <- struct{}{}
	if s.box.hold != nil {
		<-s.box.hold
	}
	s.box.mu.Lock()
	defer s.box.mu.Unlock()
	s.box.mails = append(s.box.mails, s.from+"|"+strings.Join(s.to, ",")+"|"+string(data))
	return err
}

func (s *mailSession) Reset()        { s.from, s.to = "", nil }
func (s *mailSession) Logout() error { return nil }

func mailAction(code string) *runbooks.Action {
	return &runbooks.Action{ID: "m", Kind: runbooks.KindMail, Lang: "mail", Code: code, Effect: runbooks.EffectWrite}
}

const notice = "From: Guardia <oncall@genia.example>\nTo: {{ADMINS}}, {{extra}}\nCc: c@x.example\nSubject: Conector {{connector}} revertido ñ\n\nHola,\n{{why}}\n"

func TestMail(t *testing.T) {
	for scheme, implicit := range map[string]bool{"smtp://": false, "smtp+starttls://ana:pass%2Fword@": false, "smtps://ana:pass%2Fword@": true} {
		t.Run(scheme, func(t *testing.T) {
			box := newMailbox(t, implicit)
			exec := Live(LiveOptions{Environ: []string{"SMTP_URL=" + scheme + box.addr}, Roots: box.roots})[runbooks.KindMail]
			req := Request{
				Action: mailAction(notice), Env: map[string]string{"ADMINS": "a@x.example, B <b@x.example>"},
				Params: map[string]string{"extra": "e@x.example", "connector": "facebook", "why": "dos\n.\nlíneas"},
			}
			p, err := exec.Preview(req)
			want := "From: Guardia <oncall@genia.example>\nTo: a@x.example, B <b@x.example>, e@x.example\nCc: c@x.example\nSubject: Conector facebook revertido ñ\n\nHola,\ndos\n.\nlíneas"
			if err != nil || p.Command != want || p.Where != box.addr {
				t.Fatalf("preview %+v, %v", p, err)
			}
			if len(box.got()) != 0 {
				t.Fatal("the preview sent it")
			}
			out := newRecorder()
			r := exec.Execute(t.Context(), req, out)
			if r.Outcome != OutcomeOK || r.Status != 250 || !strings.HasPrefix(out.text(StreamOut), "250 ") {
				t.Fatalf("got %s %q", show(r), out.all())
			}
			mails := box.got()
			if len(mails) != 1 || !strings.HasPrefix(mails[0], "oncall@genia.example|a@x.example,b@x.example,e@x.example,c@x.example|") ||
				!strings.Contains(mails[0], "\r\n.\r\nl=C3=ADneas") {
				t.Errorf("got %q", mails)
			}
			if wantLogin := map[bool]string{true: "ana:pass/word"}[strings.Contains(scheme, "@")]; box.login != wantLogin {
				t.Errorf("login %q", box.login)
			}
			if strings.Contains(out.all(), "pass/word") {
				t.Errorf("the password was printed: %q", out.all())
			}
		})
	}
}

func TestMailRefusals(t *testing.T) {
	for name, tc := range map[string]struct{ code, value, server string }{
		"subject CR LF":   {"From: a@x.example\nTo: b@x.example\nSubject: {{v}}\n\n", "a\r\nBcc: evil@x.example", "smtp://127.0.0.1:1"},
		"subject LF":      {"From: a@x.example\nTo: b@x.example\nSubject: {{v}}\n\n", "a\nb", "smtp://127.0.0.1:1"},
		"two addresses":   {"From: a@x.example\nTo: {{v}}\nSubject: s\n\n", "b@x.example,evil@x.example", "smtp://127.0.0.1:1"},
		"address CR LF":   {"From: a@x.example\nTo: {{v}}\nSubject: s\n\n", "b@x.example\r\nX: 1", "smtp://127.0.0.1:1"},
		"no address":      {"From: a@x.example\nTo: {{v}}\nSubject: s\n\n", "nobody", "smtp://127.0.0.1:1"},
		"no sender":       {"To: b@x.example\nSubject: s\n\n", "", "smtp://127.0.0.1:1"},
		"no server":       {"From: a@x.example\nTo: b@x.example\nSubject: s\n\n", "", ""},
		"plain elsewhere": {"From: a@x.example\nTo: b@x.example\nSubject: s\n\n", "", "smtp://mail.example:25"},
		"plain password":  {"From: a@x.example\nTo: b@x.example\nSubject: s\n\n", "", "smtp://u:topsecret@127.0.0.1:25"},
		"other scheme":    {"From: a@x.example\nTo: b@x.example\nSubject: s\n\n", "", "http://u:topsecret@x"},
	} {
		exec := liveExecutor(t, runbooks.KindMail, "SMTP_URL="+tc.server)
		_, err := exec.Preview(Request{Action: mailAction(tc.code), Params: map[string]string{"v": tc.value}})
		if err == nil {
			t.Errorf("%s: accepted", name)
		} else if strings.Contains(err.Error(), "evil") || strings.Contains(err.Error(), "topsecret") {
			t.Errorf("%s: the error tells too much: %v", name, err)
		}
	}
}

func TestMailFailures(t *testing.T) {
	box := newMailbox(t, false)
	do := func(url, to string) Result {
		return Live(LiveOptions{Roots: box.roots})[runbooks.KindMail].Execute(t.Context(), Request{
			Action:  mailAction("To: " + to + "\nSubject: s\n\nx"),
			Secrets: map[string]string{"SMTP_URL": url}, Env: map[string]string{"SMTP_FROM": "a@x.example"},
		}, newRecorder())
	}
	if r := do("smtp://"+box.addr, "nobody@x.example"); r.Outcome != OutcomeFailed || r.Status != 550 || !strings.Contains(r.Reason, "no such user") {
		t.Errorf("got %s", show(r))
	}
	if r := do("smtp+starttls://u:wrong-password@"+box.addr, "b@x.example"); r.Outcome != OutcomeFailed || strings.Contains(r.Reason, "wrong-password") {
		t.Errorf("got %s", show(r))
	}
	if r := do("smtp+starttls://"+box.addr, "b@x.example"); r.Outcome != OutcomeOK {
		t.Errorf("got %s", show(r))
	}
	untrusted := Live(LiveOptions{})[runbooks.KindMail].Execute(t.Context(), Request{
		Action: mailAction("From: a@x.example\nTo: b@x.example\nSubject: s\n\nx"), Env: map[string]string{"SMTP_URL": "smtp+starttls://" + box.addr},
	}, newRecorder())
	if untrusted.Outcome != OutcomeFailed || !strings.Contains(untrusted.Reason, "certificate") {
		t.Errorf("got %s", show(untrusted))
	}
	if !reflect.DeepEqual(len(box.got()), 1) {
		t.Errorf("got %q", box.got())
	}
}

func TestMailCancel(t *testing.T) {
	box := newMailbox(t, false)
	box.hold = make(chan struct{})
	defer close(box.hold)
	ctx, cancel := context.WithCancel(t.Context())
	go func() {
		<-box.busy
		cancel()
	}()
	began := time.Now()
	r := Live(LiveOptions{})[runbooks.KindMail].Execute(ctx, Request{
		Action: mailAction("From: a@x.example\nTo: b@x.example\nSubject: s\n\nx"), Env: map[string]string{"SMTP_URL": "smtp://" + box.addr},
	}, newRecorder())
	if r.Outcome != OutcomeCancelled || !strings.Contains(r.Reason, "may have been delivered") || time.Since(began) > 5*time.Second {
		t.Errorf("got %s after %v", show(r), time.Since(began))
	}
}
