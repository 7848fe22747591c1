package actions

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"github.com/wneessen/go-mail"

	"genia.ai/bitacora/internal/redact"
)

// mailExecutor sends mails through the server that SMTP_URL names.
type mailExecutor struct {
	clock   Clock
	environ []string
	roots   *x509.CertPool
}

var _ Executor = (*mailExecutor)(nil)

// Preview implements Executor.
func (e *mailExecutor) Preview(req Request) (Preview, error) {
	plan, g, err := e.plan(req)
	if err != nil {
		return Preview{}, g.err(err)
	}
	return g.preview(plan.preview(req)), nil
}

func (e *mailExecutor) plan(req Request) (mailPlan, guard, error) {
	g, err := newGuard(req)
	if err != nil {
		return mailPlan{}, g, err
	}
	v := values{req: req}
	plan, err := planMail(v, address(req, e.environ, smtpName), address(req, e.environ, senderName))
	if err == nil {
		_, err = newControl(v, e.clock, g, nil, false)
	}
	return plan, g, err
}

// Execute implements Executor.
func (e *mailExecutor) Execute(ctx context.Context, req Request, sink Sink) Result {
	plan, g, err := e.plan(req)
	if err != nil {
		return refused(g, err)
	}
	control, err := newControl(values{req: req}, e.clock, g, sink, false)
	if err != nil {
		return refused(g, err)
	}
	return control.run(ctx, func(ctx context.Context) (Result, *observation) {
		return e.attempt(ctx, req, plan, sink)
	})
}

// attempt sends the mail once.
func (e *mailExecutor) attempt(ctx context.Context, req Request, plan mailPlan, sink Sink) (Result, *observation) {
	msg, err := plan.message()
	if err != nil {
		return Result{Outcome: OutcomeFailed, Reason: err.Error()}, nil
	}
	var begun atomic.Bool
	client, err := e.client(ctx, plan.server, &begun)
	if err != nil {
		return Result{Outcome: OutcomeFailed, Reason: err.Error()}, nil
	}
	sink.Write(StreamInfo, fmt.Appendf(nil, "sending to %s through %s\n", strings.Join(plan.recipients(), ", "), plan.server.address()))
	err = client.DialAndSendWithContext(ctx, msg)
	if err != nil && !msg.IsDelivered() {
		r := Result{Outcome: OutcomeFailed, Reason: plan.server.mask("the mail was not sent: " + err.Error())}
		var send *mail.SendError
		if errors.As(err, &send) {
			r.Status = send.ErrorCode()
		}
		if begun.Load() && ctx.Err() != nil {
			r.Reason = "it was being sent and may have been delivered; check before sending it again"
		}
		return r, nil
	}
	answer := plan.server.mask(strings.TrimSpace(msg.ServerResponse()))
	status := 250 // the only answer to a mail that was taken (RFC 5321, 4.2.3)
	if len(answer) > maxAnswer {
		answer = answer[:maxAnswer]
		sink.Write(StreamInfo, fmt.Appendf(nil, "the response is longer than %d KiB; the rest was not read\n", maxAnswer>>10))
	}
	sink.Write(StreamOut, fmt.Appendf(nil, "%d %s\n", status, strings.TrimPrefix(answer, "250 ")))
	return Result{Outcome: OutcomeOK, Status: status}, &observation{
		kind: req.Action.Kind, status: status, body: []byte(answer), output: []byte(answer),
	}
}

// message is the mail as the library wants it.
func (p mailPlan) message() (*mail.Msg, error) {
	m := mail.NewMsg()
	m.FromMailAddress(p.from)
	m.ToMailAddress(p.to...)
	m.CcMailAddress(p.cc...)
	m.BccMailAddress(p.bcc...)
	if len(p.replyTo) > 0 {
		m.ReplyToMailAddress(p.replyTo...)
	}
	m.Subject(p.subject)
	m.SetDate()
	m.SetMessageID()
	m.SetBodyString(mail.TypeTextPlain, p.body)
	if len(p.to) == 0 {
		return nil, errors.New("the mail has no recipient")
	}
	return m, nil
}

// client connects to one server once. A context that ends closes the connection,
// so that nothing waits for a server that does not answer. begun is set when
// something was sent to it.
func (e *mailExecutor) client(ctx context.Context, s mailServer, begun *atomic.Bool) (*mail.Client, error) {
	port, err := strconv.Atoi(s.port)
	if err != nil {
		return nil, fmt.Errorf("%s has no valid port", smtpName)
	}
	config := &tls.Config{ServerName: s.host, MinVersion: tls.VersionTLS12, RootCAs: e.roots}
	dial := func(dialCtx context.Context, network, address string) (net.Conn, error) {
		conn, err := (&net.Dialer{Timeout: 15 * time.Second}).DialContext(dialCtx, network, address)
		if err != nil {
			return nil, err
		}
		begun.Store(true)
		context.AfterFunc(ctx, func() { _ = conn.Close() })
		bounded := &boundedConn{Conn: conn, left: maxSMTP}
		if s.tls == mailImplicit {
			return tls.Client(bounded, config), nil
		}
		return bounded, nil
	}
	options := []mail.Option{
		mail.WithPort(port), mail.WithTimeout(time.Minute), mail.WithTLSConfig(config), mail.WithDialContextFunc(dial),
	}
	switch s.tls {
	case mailPlain:
		options = append(options, mail.WithTLSPolicy(mail.NoTLS))
	case mailStartTLS:
		options = append(options, mail.WithTLSPolicy(mail.TLSMandatory))
	case mailImplicit:
		options = append(options, mail.WithSSL())
	}
	if s.user != "" {
		options = append(options, mail.WithUsername(s.user), mail.WithPassword(s.password),
			mail.WithOpportunisticSMTPAuth(mail.SMTPAuthSCRAMSHA256, mail.SMTPAuthSCRAMSHA1, mail.SMTPAuthPlain, mail.SMTPAuthLogin))
	}
	return mail.NewClient(s.host, options...)
}

// mask takes the server's password out of a text.
func (s mailServer) mask(text string) string {
	set, err := redact.New(map[string]string{smtpName: s.password})
	if err != nil {
		return text // there is no password; one that is too short was refused
	}
	masked, _ := set.String(text)
	return masked
}

// maxSMTP bounds what a mail server may say during one mail, in bytes. The library
// keeps every line whole.
const maxSMTP = 1 << 20

// maxAnswer bounds what is shown of the answer to a mail, in bytes.
const maxAnswer = 4 << 10

// boundedConn is a connection that ends when too much was read from it.
type boundedConn struct {
	net.Conn
	left int
}

// Read implements io.Reader.
func (c *boundedConn) Read(p []byte) (int, error) {
	if c.left <= 0 {
		return 0, fmt.Errorf("the mail server said more than %d KiB", maxSMTP>>10)
	}
	n, err := c.Conn.Read(p[:min(len(p), c.left)])
	c.left -= n
	return n, err
}
