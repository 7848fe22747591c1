package runbooks

import (
	"fmt"
	"time"
)

// Bounds of what an action may ask of a server.
const (
	maxRedirects = 10
	maxSamples   = 11000 // of one series; Prometheus refuses more
)

// network parses the attributes of requests and queries, and says which of the
// others do nothing on them.
func (d *declaring) network() {
	a := d.a
	s := &a.Settings
	if s.Redirects = d.number("redirects"); s.Redirects > maxRedirects {
		d.fail("invalid-number", "redirects", fmt.Sprintf("redirects: %d is more than the %d that are ever followed", s.Redirects, maxRedirects), "")
	}
	s.Range, s.Step = d.duration("range"), d.duration("step")
	switch {
	case s.Step > 0 && s.Range == 0:
		d.note("step-without-range", "step", "step means nothing without range", "say how far back with range=30m")
	case s.Step > s.Range:
		d.fail("invalid-duration", "step", "step is longer than range", "")
	case s.Step > 0 && s.Range/s.Step >= maxSamples:
		d.fail("invalid-duration", "step", fmt.Sprintf("range and step ask for more than %d samples", maxSamples), "make step longer")
	case s.Range > 0 && s.Range < time.Second:
		d.fail("invalid-duration", "range", "range is shorter than a second", "")
	}
	if a.Kind == KindHTTP && s.Retries > 0 && !Idempotent(httpMethod(a.Code)) {
		d.note("retries-not-made", "retries", fmt.Sprintf("a %s is sent once: its retries are not made", httpMethod(a.Code)),
			"remove retries; the operator can send it again")
	}
}

// Idempotent reports whether sending a request of that method twice does what
// sending it once does (RFC 9110, 9.2.2).
func Idempotent(method string) bool { return method != "POST" && method != "PATCH" }
