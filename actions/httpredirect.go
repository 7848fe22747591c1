package actions

import (
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"

	"genia.ai/bitacora/runbooks"
)

// redirects reports whether a status asks to send the request elsewhere (RFC 9110,
// 15.4).
func redirects(status int) bool {
	return slices.Contains([]int{301, 302, 303, 307, 308}, status)
}

// redirected is the request that a redirect asks for in answer to p. To the same
// scheme, host and port it carries what p carried. Anywhere else it carries
// nothing of p: no header but Accept, no body, so that no credential travels, by
// whatever name; bare says so. What would have to carry something there is refused.
// Errors never hold the location: it may repeat a query.
func (v values) redirected(p httpPlan, status int, location string, g guard) (next httpPlan, bare bool, err error) {
	to, err := url.Parse(location)
	if err != nil {
		return httpPlan{}, false, errors.New("its Location is not a URL")
	}
	to = p.url.ResolveReference(to)
	to.Fragment, to.RawFragment = "", ""
	switch {
	case to.Scheme != "http" && to.Scheme != "https" || to.Hostname() == "":
		return httpPlan{}, false, errors.New("it leads to no http or https address")
	case to.Scheme == "http" && p.url.Scheme == "https":
		return httpPlan{}, false, errors.New("it leads from https to http, which everybody between could read")
	case to.User != nil:
		return httpPlan{}, false, errors.New("its Location holds a user or a password")
	}
	if err := v.allowHost(to); err != nil {
		return httpPlan{}, false, err
	}
	next = httpPlan{method: p.method, url: to, headers: p.headers, body: p.body}
	if status == 303 && p.method != "HEAD" || status <= 302 && p.method == "POST" {
		next.method, next.body = "GET", ""
		next.headers = without(p.headers, "Content-Type", "Content-Encoding", "Content-Language")
	}
	if sameOrigin(p.url, to) {
		return next, false, nil
	}
	if next.method != "GET" && next.method != "HEAD" {
		return httpPlan{}, false, fmt.Errorf("it leads to another address, %s, and a %s is not sent there", to.Host, next.method)
	}
	if g.holdsSecret(to.String()) {
		return httpPlan{}, false, fmt.Errorf("it would carry a secret to another address, %s", to.Host)
	}
	next.body, next.headers = "", nil
	for _, h := range p.headers {
		if strings.EqualFold(h.Name, "Accept") {
			next.headers = append(next.headers, h)
		}
	}
	return next, true, nil
}

// sameOrigin reports whether two URLs lead to the same scheme, host and port.
func sameOrigin(a, b *url.URL) bool {
	return a.Scheme == b.Scheme && strings.EqualFold(a.Hostname(), b.Hostname()) && effectivePort(a) == effectivePort(b)
}

func without(headers []runbooks.Header, names ...string) []runbooks.Header {
	return slices.DeleteFunc(slices.Clone(headers), func(h runbooks.Header) bool {
		return slices.ContainsFunc(names, func(name string) bool { return strings.EqualFold(name, h.Name) })
	})
}

// holdsSecret reports whether a text holds a secret in one of the forms that are
// masked.
func (g guard) holdsSecret(text string) bool {
	if g.set == nil {
		return false
	}
	_, masked := g.set.String(text)
	return masked > 0
}
