package runbooks

import (
	"fmt"
	"net/netip"
	"net/url"
	"slices"
	"strings"
)

// destination is what host= may be: a name or an alias of the ssh configuration,
// with or without a user.
var destination = lazily(`^(?:[A-Za-z0-9_][A-Za-z0-9_.-]*@)?[A-Za-z0-9][A-Za-z0-9._-]*$`)

// remoteHost finds a host= that ssh would not take for a host.
func (l *linter) remoteHost(a *placedAction) {
	host := a.Settings.Host
	if host == "" || strings.Contains(host, "{{") {
		return
	}
	name := host[strings.Index(host, "@")+1:]
	addr, err := netip.ParseAddr(name)
	if len(host) <= 320 && (destination().MatchString(host) || err == nil && addr.Zone() == "") {
		return
	}
	l.report(SeverityError, "bad-host", a.spotOf("host"), fmt.Sprintf("host=%s is not a host name, an alias of the ssh configuration, or user@host", host), "write host=db1, host=ops@db1, or host=\"{{server}}\"")
}

// value puts what is known of a template's values in their places: env and the
// defaults of parameters.
func (l *linter) value(template string) string {
	return templateForm().ReplaceAllStringFunc(template, func(place string) string {
		name := templateForm().FindStringSubmatch(place)[1]
		if v, ok := l.fm.env[name]; ok {
			return v
		}
		for _, p := range l.rb.Params {
			if p.Name == name && p.Default != "" {
				return p.Default
			}
		}
		return place
	})
}

// request checks where an http action goes.
func (l *linter) request(a *placedAction) {
	if a.Kind != KindHTTP {
		return
	}
	req, err := ParseHTTP(a.Code)
	if err != nil {
		return
	}
	s, _ := l.atCode(a, lineOf(a.Code, strings.SplitN(req.URL, "?", 2)[0]), 0)
	l.address(s, l.value(req.URL), len(a.Secrets) > 0, SeverityError)
}

// lineOf returns the index of the first line that holds a text, 0 when none does.
func lineOf(code, text string) int {
	at := strings.Index(code, text)
	if at < 0 {
		return 0
	}
	return strings.Count(code[:at], "\n")
}

// urls checks where the requests of a script go.
func (l *linter) urls(a *placedAction, c shellCall) {
	for i, arg := range c.args {
		address := arg.text
		if bareAddress().MatchString(address) && !c.isValue(i) {
			address = "http://" + address // which both programs take it for
		}
		if strings.HasPrefix(address, "http://") || strings.HasPrefix(address, "https://") {
			s, _ := l.at(a, c.words[i].Pos())
			l.address(s, address, len(a.Secrets) > 0 && strings.Contains(strings.ToLower(c.text()), "authorization"), SeverityWarning)
		}
	}
}

// bareAddress is a URL without its scheme: a domain, perhaps a port and a path.
var bareAddress = lazily(`^(?:[A-Za-z0-9-]+\.)+[A-Za-z]{2,}(?::\d+)?(?:/\S*)?$`)

// isValue reports whether an argument may belong to the option before it.
func (c shellCall) isValue(i int) bool {
	if i == 0 {
		return false
	}
	before := c.args[i-1].text
	if len(before) < 2 || before[0] != '-' || strings.Contains(before, "=") {
		return false
	}
	return before[1] == '-' && !withoutValue[before] || before[1] != '-' && strings.IndexByte(curlValues, before[len(before)-1]) >= 0
}

// withoutValue are long options of curl and wget that take none.
var withoutValue = wordSet("--fail --fail-with-body --silent --show-error --location --insecure --verbose --head --include --compressed --quiet --spider --no-check-certificate --no-verbose")

// portOf returns the port that a request goes to.
func portOf(u *url.URL) string {
	switch {
	case u.Port() != "":
		return u.Port()
	case u.Scheme == "http":
		return "80"
	}
	return "443"
}

// address checks one URL. beyond is how bad it is when its host is not listed.
func (l *linter) address(s spot, address string, secret bool, beyond Severity) {
	u, err := url.Parse(strings.NewReplacer("{{", "", "}}", "").Replace(address))
	if err != nil || u.Hostname() == "" || strings.Contains(hostPart(address), "{{") || strings.Contains(u.Host, "$") {
		return
	}
	if u.Scheme == "http" && !nearby(u.Hostname()) {
		severity, message := SeverityInfo, fmt.Sprintf("the request to %s is not encrypted", u.Hostname())
		if secret {
			severity, message = SeverityWarning, message+", and it carries a secret"
		}
		l.report(severity, "plain-http", s, message, "use https")
	}
	if len(l.fm.hosts) == 0 || nearby(u.Hostname()) && beyond != SeverityError {
		return
	}
	for _, entry := range l.fm.hosts {
		text := l.value(entry)
		if strings.Contains(text, "{{") {
			return // what is listed depends on the environment
		}
		if !strings.Contains(text, "://") {
			text = "//" + text
		}
		if listed, err := url.Parse(text); err == nil && strings.EqualFold(listed.Hostname(), u.Hostname()) && (listed.Port() == "" || listed.Port() == portOf(u)) {
			return
		}
	}
	message := fmt.Sprintf("the host %s is not on the runbook's list", u.Host)
	if beyond == SeverityError {
		message += ": the request would be refused"
	}
	l.report(beyond, "host-not-listed", s, message, "add it to hosts in the front matter, if it is meant")
}

// hostPart returns what stands between :// and the path of a URL.
func hostPart(address string) string {
	_, rest, _ := strings.Cut(address, "://")
	return rest[:strings.IndexAny(rest+"/", "/?#")]
}

var closeBy = []string{".local", ".internal", ".svc", ".localhost", ".test", ".example", ".lan", ".home.arpa", "example.com", "example.org", "example.net"}

// nearby reports whether a host is this machine, a name within a network, or an
// example.
func nearby(host string) bool {
	if addr, err := netip.ParseAddr(host); err == nil {
		return addr.IsLoopback() || addr.IsPrivate() || addr.IsLinkLocalUnicast() || addr.IsUnspecified()
	}
	return !strings.Contains(host, ".") || slices.ContainsFunc(closeBy, func(end string) bool { return strings.HasSuffix(host, end) })
}
