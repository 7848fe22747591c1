package actions

import (
	"errors"
	"fmt"
	"net/mail"
	"net/netip"
	"net/url"
	"strings"

	"genia.ai/bitacora/internal/redact"
	"genia.ai/bitacora/runbooks"
)

// smtpName is the name under which the address of the mail server is given, and
// senderName that of the sender where a mail tells none.
const (
	smtpName   = "SMTP_URL"
	senderName = "SMTP_FROM"
)

// mailPlan is a mail with its values in place and the server that takes it.
type mailPlan struct {
	server  mailServer
	from    *mail.Address
	to      []*mail.Address
	cc      []*mail.Address
	bcc     []*mail.Address
	replyTo []*mail.Address
	subject string
	body    string
}

// mailServer is an SMTP_URL taken apart.
type mailServer struct {
	host, port     string
	tls            mailTLS
	user, password string
}

// mailTLS is how a connection to a mail server is protected.
type mailTLS uint8

const (
	mailPlain    mailTLS = iota // on loopback only
	mailStartTLS                // required
	mailImplicit
)

// parseMailServer reads smtp://host:port (loopback only), smtp+starttls:// or
// smtps://, with user:password@ where the server wants it. Errors never hold it.
func parseMailServer(address string) (mailServer, error) {
	u, err := url.Parse(address)
	if err != nil || u.Hostname() == "" || u.Opaque != "" || u.Path != "" && u.Path != "/" {
		return mailServer{}, fmt.Errorf("%s is not an address such as smtp+starttls://host:587", smtpName)
	}
	s := mailServer{host: u.Hostname(), port: u.Port(), user: u.User.Username()}
	s.password, _ = u.User.Password()
	if s.password != "" && len(strings.TrimSpace(s.password)) < redact.MinLength {
		return mailServer{}, fmt.Errorf("the password in %s is shorter than %d bytes and could not be masked; use a longer one", smtpName, redact.MinLength)
	}
	standard := ""
	switch u.Scheme {
	case "smtp":
		standard = "25"
		if !loopback(s.host) {
			return mailServer{}, fmt.Errorf("%s is smtp:// to another machine, which everybody between could read; use smtp+starttls:// or smtps://", smtpName)
		}
		if s.user != "" {
			return mailServer{}, fmt.Errorf("%s holds a password but no TLS; use smtp+starttls:// or smtps://", smtpName)
		}
	case "smtp+starttls":
		s.tls, standard = mailStartTLS, "587"
	case "smtps":
		s.tls, standard = mailImplicit, "465"
	default:
		return mailServer{}, fmt.Errorf("%s must begin with smtp://, smtp+starttls:// or smtps://", smtpName)
	}
	if s.port == "" {
		s.port = standard
	}
	return s, nil
}

// loopback reports whether host is this machine.
func loopback(host string) bool {
	if host == "localhost" {
		return true
	}
	ip, err := netip.ParseAddr(host)
	return err == nil && ip.IsLoopback()
}

// address is host:port.
func (s mailServer) address() string {
	if strings.Contains(s.host, ":") {
		return "[" + s.host + "]:" + s.port
	}
	return s.host + ":" + s.port
}

// planMail puts the values of a mail in place.
func planMail(v values, server, sender string) (mailPlan, error) {
	m, err := runbooks.ParseMail(v.req.Action.Code)
	if err != nil {
		return mailPlan{}, err
	}
	if err := v.visible(); err != nil {
		return mailPlan{}, err
	}
	var p mailPlan
	if server == "" {
		if _, err := v.missing(smtpName); err != nil {
			return mailPlan{}, err
		}
		server = "smtps://" + strings.ToLower(smtpName) + ".invalid"
	}
	if p.server, err = parseMailServer(server); err != nil {
		return mailPlan{}, err
	}
	if p.subject, err = runbooks.Expand(m.Get("Subject"), v.encoded(oneLine("the header Subject"))); err != nil {
		return mailPlan{}, err
	}
	for name, into := range map[string]*[]*mail.Address{"To": &p.to, "Cc": &p.cc, "Bcc": &p.bcc, "Reply-To": &p.replyTo} {
		if *into, err = v.addresses(name, m.Get(name)); err != nil {
			return mailPlan{}, err
		}
	}
	if p.from, err = v.from(m.Get("From"), sender); err != nil {
		return mailPlan{}, err
	}
	p.body, err = runbooks.Expand(m.Body, v.get)
	return p, err
}

// from is the sender: of the mail, else the one that the environment names.
func (v values) from(template, sender string) (*mail.Address, error) {
	if template == "" {
		template = sender
	}
	if template == "" && v.invent {
		template = strings.ToLower(senderName) + "@invalid"
	}
	all, err := v.addresses("From", template)
	if err != nil {
		return nil, err
	}
	if len(all) != 1 {
		return nil, fmt.Errorf("the mail has no sender; write From: … or set %s", senderName)
	}
	return all[0], nil
}

// addresses expands a header of addresses. A value can be one address or a part
// of one; only an env value can be a list.
func (v values) addresses(header, template string) ([]*mail.Address, error) {
	place := "the header " + header
	text, err := runbooks.Expand(template, v.encoded(func(name, value string) (string, error) {
		if _, ours := v.trusted(name); !ours && strings.ContainsAny(value, ",;:<>()[]\\\" \t") {
			return "", &RefusedValueError{Name: name, Place: place, Reason: "it is more than one plain address"}
		}
		return oneLine(place)(name, value)
	}))
	if err != nil || text == "" {
		return nil, err
	}
	all, err := mail.ParseAddressList(text)
	if err != nil && v.invent {
		return []*mail.Address{{Name: text, Address: strings.ToLower(header) + "@invalid"}}, nil
	}
	if err != nil {
		return nil, errors.New(place + " is not a list of mail addresses")
	}
	return all, nil
}

// recipients are all addresses that get the mail.
func (p mailPlan) recipients() []string {
	var all []string
	for _, list := range [][]*mail.Address{p.to, p.cc, p.bcc} {
		for _, a := range list {
			all = append(all, a.Address)
		}
	}
	return all
}

// preview shows the mail as it will be sent.
func (p mailPlan) preview(req Request) Preview {
	var b strings.Builder
	line := func(name string, list []*mail.Address) {
		var all []string
		for _, a := range list {
			all = append(all, shownAddress(a))
		}
		if len(all) > 0 {
			b.WriteString(name + ": " + strings.Join(all, ", ") + "\n")
		}
	}
	line("From", []*mail.Address{p.from})
	line("To", p.to)
	line("Cc", p.cc)
	line("Bcc", p.bcc)
	line("Reply-To", p.replyTo)
	b.WriteString("Subject: " + p.subject + "\n\n" + p.body)
	return Preview{
		Command: strings.TrimSuffix(b.String(), "\n"), Where: p.server.address(),
		Values: given(req, runbooks.Names(req.Action.Code)),
	}.withLands(req, Fact{"mail.server", p.server.address()}, Fact{"mail.to", strings.Join(p.recipients(), ", ")})
}

// shownAddress is an address for readers, without the encoding of the wire.
func shownAddress(a *mail.Address) string {
	if a.Name == "" {
		return a.Address
	}
	return a.Name + " <" + a.Address + ">"
}
