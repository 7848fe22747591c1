package actions

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptrace"
	"net/url"
	"sync/atomic"
	"time"

	"github.com/go-resty/resty/v2"
)

// maxBody bounds what is read of a response, after decompression, in bytes. What
// is shown and what conditions see is the same.
const maxBody = 1 << 20

// web is the one HTTP client of a registry. It follows no redirect, repeats
// nothing by itself, keeps no cookies and says nothing on its own.
type web struct {
	client *resty.Client
}

// newWeb returns a client that trusts roots, or the system's when it is nil.
func newWeb(roots *x509.CertPool) *web {
	transport := &http.Transport{
		Proxy:                 http.ProxyFromEnvironment,
		DialContext:           (&net.Dialer{Timeout: 15 * time.Second, KeepAlive: 30 * time.Second}).DialContext,
		TLSClientConfig:       &tls.Config{MinVersion: tls.VersionTLS12, RootCAs: roots},
		TLSHandshakeTimeout:   15 * time.Second,
		ExpectContinueTimeout: time.Second,
		ForceAttemptHTTP2:     true,
		// Actions are minutes apart: a connection kept open would only be found dead.
		DisableKeepAlives: true,
	}
	client := resty.NewWithClient(&http.Client{Transport: noRedirects{transport}})
	client.SetRedirectPolicy(resty.RedirectPolicyFunc(func(*http.Request, []*http.Request) error {
		return http.ErrUseLastResponse
	}))
	client.SetDoNotParseResponse(true)
	client.SetRetryCount(0)
	client.SetAllowGetMethodPayload(true)
	client.SetDisableWarn(true)
	client.SetLogger(silent{})
	client.SetHeader("User-Agent", "bitacora")
	return &web{client: client}
}

// heldLocation is where a response keeps its Location from net/http, which would
// read it even if it leads nowhere, and tell it in its error.
const heldLocation = "Held-Location"

// noRedirects hides from net/http where a response leads to.
type noRedirects struct{ http.RoundTripper }

// RoundTrip implements http.RoundTripper.
func (n noRedirects) RoundTrip(r *http.Request) (*http.Response, error) {
	resp, err := n.RoundTripper.RoundTrip(r)
	if err != nil {
		return nil, err
	}
	moveHeader(resp.Header, "Location", heldLocation)
	return resp, nil
}

func moveHeader(h http.Header, from, to string) {
	delete(h, to)
	if all, ok := h[from]; ok {
		h[to] = all
		delete(h, from)
	}
}

// silent is a logger of resty: what it has to say could hold a header or a query.
type silent struct{}

func (silent) Errorf(string, ...any) {}
func (silent) Warnf(string, ...any)  {}
func (silent) Debugf(string, ...any) {}

// response is what came back, its body open.
type response struct {
	status  string
	code    int
	headers http.Header
	body    io.ReadCloser
}

// sendError says that there was no response, and whether the server may have got
// the request all the same.
type sendError struct {
	where string
	err   error
	sent  bool
}

func (e *sendError) Error() string { return e.where + ": " + e.err.Error() }

func (e *sendError) Unwrap() error { return e.err }

// send sends the request once. Errors are *sendError; they never hold a query, a
// header or the body.
func (w *web) send(ctx context.Context, p httpPlan) (*response, error) {
	var sent atomic.Bool
	r := w.client.R().SetContext(httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{WroteHeaders: func() { sent.Store(true) }}))
	for _, h := range p.headers {
		r.Header.Add(h.Name, h.Value)
	}
	if p.body != "" {
		r.SetBody([]byte(p.body))
	}
	resp, err := r.Execute(p.method, p.url.String())
	if err != nil {
		if resp != nil && resp.RawResponse != nil {
			_ = resp.RawResponse.Body.Close() // the request has failed anyway
		}
		return nil, &sendError{where: p.where(), err: withoutURL(err), sent: sent.Load()}
	}
	raw := resp.RawResponse
	moveHeader(raw.Header, heldLocation, "Location")
	return &response{status: raw.Proto + " " + raw.Status, code: raw.StatusCode, headers: raw.Header, body: raw.Body}, nil
}

// withoutURL takes out of an error of net/http what repeats the request's URL,
// whose query may hold anything.
func withoutURL(err error) error {
	var u *url.Error
	for errors.As(err, &u) {
		err = u.Err
	}
	return err
}

// drop closes a response that nobody wants to read.
func (r *response) drop() { _ = r.body.Close() }

// read hands the body on as it comes, up to maxBody, and returns it.
func (r *response) read(take func([]byte)) (body []byte, cut bool, err error) {
	defer func() { _ = r.body.Close() }() // everything wanted was read
	buf := make([]byte, 16<<10)
	for {
		n, err := r.body.Read(buf)
		if room := maxBody - len(body); n > room {
			n, cut = room, true
		}
		body = append(body, buf[:n]...)
		if n > 0 {
			take(buf[:n])
		}
		switch {
		case cut:
			return body, true, nil
		case errors.Is(err, io.EOF):
			return body, false, nil
		case err != nil:
			return body, false, withoutURL(err)
		}
	}
}
