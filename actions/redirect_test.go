package actions

import (
	"crypto/x509"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"strings"
	"sync"
	"testing"

	"genia.ai/bitacora/runbooks"
)

// wiretap is a server that keeps everything that reaches it, as it came.
type wiretap struct {
	*httptest.Server
	mu  sync.Mutex
	all []string
}

func newWiretap(t *testing.T, start func(http.Handler) *httptest.Server, answer http.HandlerFunc) *wiretap {
	t.Helper()
	w := &wiretap{}
	w.Server = start(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		raw, err := httputil.DumpRequest(r, true)
		if err != nil {
			t.Error(err)
		}
		w.mu.Lock()
		w.all = append(w.all, string(raw))
		w.mu.Unlock()
		answer(rw, r)
	}))
	t.Cleanup(w.Close)
	return w
}

func (w *wiretap) got() []string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return append([]string(nil), w.all...)
}

const (
	redirectToken = "hunter2/hunter2+"
	credentials   = "Authorization: Bearer {{T}}\nX-Api-Key: {{T}}\nPRIVATE-TOKEN: {{T}}\nCookie: s={{T}}\nAccept: application/json\n"
)

// send sends a request that carries credentials in every header, its body and its
// query, and follows up to three redirects.
func send(t *testing.T, method, origin string, roots *x509.CertPool, hosts ...string) (Result, *recorder) {
	t.Helper()
	body := ""
	if method != "GET" {
		body = "\n{\"token\": \"{{T}}\"}"
	}
	out := newRecorder()
	r := Live(LiveOptions{Roots: roots})[runbooks.KindHTTP].Execute(t.Context(), Request{
		Action: httpAction(method+" {{API}}/start?t={{T}}\n"+credentials+body, runbooks.Settings{Redirects: 3}), Hosts: hosts,
		Env: map[string]string{"API": origin}, Secrets: map[string]string{"T": redirectToken},
	}, out)
	return r, out
}

// to answers with a redirect.
func to(status int, location func() string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/start" {
			w.Header().Set("Location", location())
			w.WriteHeader(status)
			return
		}
		_, _ = io.WriteString(w, "arrived")
	}
}

// onPort0 starts a server on another address of this machine: another host.
func onPort0(t *testing.T, address string) func(http.Handler) *httptest.Server {
	return func(h http.Handler) *httptest.Server {
		listener, err := net.Listen("tcp", address+":0")
		if err != nil {
			t.Fatal(err)
		}
		s := &httptest.Server{Listener: listener, Config: &http.Server{Handler: h}}
		s.Start()
		return s
	}
}

// TestRedirectElsewhereCarriesNothing: to another port, host or scheme go neither
// headers nor the body, whatever they are called, nor where we came from.
func TestRedirectElsewhereCarriesNothing(t *testing.T) {
	secure := newWiretap(t, httptest.NewTLSServer, func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "arrived") })
	arrived := func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "arrived") }
	roots := x509.NewCertPool()
	roots.AddCert(secure.Certificate())
	for name, other := range map[string]*wiretap{
		"port":   newWiretap(t, httptest.NewServer, arrived),
		"host":   newWiretap(t, onPort0(t, "127.0.0.2"), arrived),
		"scheme": secure,
	} {
		for _, method := range []string{"GET", "POST", "PUT", "DELETE"} {
			for _, status := range []int{301, 302, 303, 307, 308} {
				first := newWiretap(t, httptest.NewServer, to(status, func() string { return other.URL + "/x#frag" }))
				before := len(other.got())
				r, out := send(t, method, first.URL, roots)
				followed := method == "GET" || status == 303 || method == "POST" && status < 303
				if (r.Outcome == OutcomeOK) != followed || len(other.got())-before != map[bool]int{true: 1}[followed] {
					t.Errorf("%s: %s and %d: %s; there arrived %q", name, method, status, show(r), other.got()[before:])
				}
				if len(first.got()) != 1 || !strings.Contains(first.got()[0], redirectToken) {
					t.Errorf("%s: sent %q", name, first.got())
				}
				if followed != strings.Contains(out.text(StreamInfo), "sent without headers and body\n") {
					t.Errorf("%s: said %q", name, out.text(StreamInfo))
				}
				first.Close()
			}
		}
		for _, request := range other.got() {
			lower := strings.ToLower(request)
			for _, leak := range []string{"hunter", "authorization", "x-api-key", "private-token", "cookie", "referer", "token", "/start", "content-type"} {
				if strings.Contains(lower, leak) {
					t.Errorf("%s: %q arrived in %q", name, leak, request)
				}
			}
			if !strings.HasPrefix(request, "GET /x HTTP/1.1\r\n") || !strings.Contains(request, "Accept: application/json\r\n") || !strings.HasSuffix(request, "\r\n\r\n") {
				t.Errorf("%s: arrived %q", name, request)
			}
		}
	}
}

func TestRedirectToTheSameOriginCarriesAll(t *testing.T) {
	for _, tc := range []struct {
		method string
		status int
		want   string
	}{{"GET", 302, "GET"}, {"POST", 307, "POST"}, {"PUT", 308, "PUT"}, {"POST", 301, "GET"}, {"POST", 303, "GET"}, {"DELETE", 303, "GET"}} {
		first := newWiretap(t, httptest.NewServer, to(tc.status, func() string { return "/moved/" }))
		r, out := send(t, tc.method, first.URL, nil)
		all := first.got()
		if r.Outcome != OutcomeOK || len(all) != 2 || !strings.HasPrefix(all[1], tc.want+" /moved/ HTTP/1.1\r\n") {
			t.Fatalf("%s and %d: %s; sent %q", tc.method, tc.status, show(r), all)
		}
		if n := strings.Count(all[1], redirectToken); n != 4+strings.Count(all[1], `"token"`) || strings.Contains(all[1], `"token"`) != (tc.want != "GET") {
			t.Errorf("%s and %d: then sent %q", tc.method, tc.status, all[1])
		}
		if strings.Contains(all[1], "Referer") || strings.Contains(out.all(), redirectToken) {
			t.Errorf("%q; %q", all[1], out.all())
		}
	}
}

// TestRedirectsThatAreRefused: where following would be wrong, the redirect itself
// is the response, and the screen says why.
func TestRedirectsThatAreRefused(t *testing.T) {
	other := newWiretap(t, httptest.NewServer, func(http.ResponseWriter, *http.Request) {})
	for _, tc := range []struct{ location, said string }{
		{"{other}/?t=" + redirectToken, "carry a secret to another address"},
		{"{other}/?t=hunter2%2Fhunter2%2B", "carry a secret to another address"},
		{"http://u:p@{otherhost}/", "a user or a password"},
		{"file:///etc/passwd", "no http or https address"},
		{"http://%zz/", "not a URL"},
		{"/start", "3 were, and no more are asked for"},
	} {
		location := strings.NewReplacer("{other}", other.URL, "{otherhost}", strings.TrimPrefix(other.URL, "http://")).Replace(tc.location)
		first := newWiretap(t, httptest.NewServer, to(302, func() string { return location }))
		r, out := send(t, "GET", first.URL, nil)
		if r.Outcome != OutcomeFailed || r.Status != 302 || !strings.Contains(out.text(StreamInfo), tc.said) || strings.Contains(out.text(StreamInfo), "hunter") {
			t.Errorf("%s: %s, said %q", tc.location, show(r), out.text(StreamInfo))
		}
	}
	first := newWiretap(t, httptest.NewServer, to(302, func() string { return other.URL }))
	r, out := send(t, "GET", first.URL, nil, strings.TrimPrefix(first.URL, "http://"))
	if r.Outcome != OutcomeFailed || !strings.Contains(out.text(StreamInfo), "is not on the runbook's list of hosts") {
		t.Errorf("a host that is not listed: %s, said %q", show(r), out.text(StreamInfo))
	}
	secure := newWiretap(t, httptest.NewTLSServer, to(302, func() string { return other.URL }))
	roots := x509.NewCertPool()
	roots.AddCert(secure.Certificate())
	r, out = send(t, "GET", secure.URL, roots)
	if r.Outcome != OutcomeFailed || !strings.Contains(out.text(StreamInfo), "from https to http") {
		t.Errorf("downgrade: %s, said %q", show(r), out.text(StreamInfo))
	}
	if len(other.got()) != 0 {
		t.Errorf("there arrived %q", other.got())
	}
}

func TestSameOrigin(t *testing.T) {
	for _, tc := range []struct {
		from, to string
		bare     bool
	}{
		{"http://a.example/x", "http://A.example:80/y", false}, {"https://a.example/x", "https://a.example:443/y", false},
		{"https://a.example:8443/", "https://a.example:8443/", false}, {"https://[::1]/", "https://[::1]:443/", false},
		{"http://a.example:8443/", "https://a.example:8443/", true}, // the same port, and another scheme
		{"http://a.example/", "https://a.example/", true}, {"http://a.example/", "http://a.example:8080/", true},
		{"http://a.example/", "http://a.example./", true}, {"http://a.example/", "http://b.a.example/", true}, {"http://a.example/", "//b.example/", true},
	} {
		from, err := url.Parse(tc.from)
		if err != nil {
			t.Fatal(err)
		}
		p := httpPlan{method: "GET", url: from, headers: []runbooks.Header{{Name: "X-Api-Key", Value: "k"}}, body: "b"}
		next, bare, err := values{}.redirected(p, 307, tc.to, guard{})
		if err != nil || bare != tc.bare || bare != (len(next.headers) == 0 && next.body == "") {
			t.Errorf("%s to %s: %+v, %v, %v", tc.from, tc.to, next, bare, err)
		}
	}
}
