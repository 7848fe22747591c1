package actions

import (
	"compress/gzip"
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"reflect"
	"strings"
	"sync"
	"testing"
	"time"

	"genia.ai/bitacora/runbooks"
)

// backend is a server that remembers what it was sent.
type backend struct {
	*httptest.Server
	mu   sync.Mutex
	seen []string // "METHOD uri body"
}

func newBackend(t *testing.T, answer http.HandlerFunc) *backend {
	b := &backend{}
	b.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		b.mu.Lock()
		b.seen = append(b.seen, strings.TrimSpace(r.Method+" "+r.RequestURI+" "+string(body)))
		b.mu.Unlock()
		answer(w, r)
	}))
	t.Cleanup(b.Close)
	return b
}

func (b *backend) requests() []string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return append([]string(nil), b.seen...)
}

func liveExecutor(t *testing.T, kind runbooks.Kind, more ...string) Executor {
	t.Helper()
	return Live(LiveOptions{Environ: environ(t, more...)})[kind]
}

func TestHTTPSendsWhatThePreviewShows(t *testing.T) {
	var got http.Header
	b := newBackend(t, func(w http.ResponseWriter, r *http.Request) {
		got = r.Header
		w.Header().Set("Content-Type", "application/json")
		w.Header().Set("Set-Cookie", "session=topsecret")
		_, _ = io.WriteString(w, `{"state":"off","by":{"name":"ana"}}`)
	})
	action := httpAction("POST {{API}}/c/{{id}}/off?why={{why}}&x=1\nAuthorization: Bearer {{TOKEN}}\n\n{\"why\": \"{{why}}\", \"n\": {{n}}}\n",
		runbooks.Settings{Expect: `200 && $.state == "off" && header content-type ~ json`, Capture: []runbooks.Capture{{Name: "by", Selector: "$.by.name"}}})
	req := Request{
		Action: action, Env: map[string]string{"API": b.URL + "/v1/"},
		Params:  map[string]string{"id": "a/b c", "why": "it \"broke\"\n&x=2", "n": "3"},
		Secrets: map[string]string{"TOKEN": "hunter2/hunter2"}, Hosts: []string{"other.example", "{{API}}"},
	}
	exec := liveExecutor(t, runbooks.KindHTTP)
	p, err := exec.Preview(req)
	want := "POST " + b.URL + "/v1/c/a%2Fb%20c/off?why=it%20%22broke%22%0A%26x%3D2&x=1\nAuthorization: Bearer [secret TOKEN]\n" +
		"Content-Type: application/json\n\n{\"why\": \"it \\\"broke\\\"\\n&x=2\", \"n\": 3}"
	if err != nil || p.Command != want || p.Where != strings.TrimPrefix(b.URL, "http://") {
		t.Errorf("preview %q %q, %v\nwant %q", p.Command, p.Where, err, want)
	}
	if len(b.requests()) != 0 {
		t.Fatal("the preview sent something")
	}
	out := newRecorder()
	r := exec.Execute(t.Context(), req, out)
	if r.Outcome != OutcomeOK || r.Status != 200 || !*r.Met || r.Captured["by"] != "ana" {
		t.Errorf("got %s", show(r))
	}
	sent := []string{`POST /v1/c/a%2Fb%20c/off?why=it%20%22broke%22%0A%26x%3D2&x=1 {"why": "it \"broke\"\n&x=2", "n": 3}`}
	if !reflect.DeepEqual(b.requests(), sent) || got.Get("Authorization") != "Bearer hunter2/hunter2" {
		t.Errorf("sent %q, %v", b.requests(), got)
	}
	text := out.text(StreamOut)
	if !strings.HasPrefix(text, "HTTP/1.1 200 OK\nContent-Type: application/json\n") || !strings.HasSuffix(text, "\n\n{\n  \"state\": \"off\",\n  \"by\": {\n    \"name\": \"ana\"\n  }\n}\n") {
		t.Errorf("printed %q", text)
	}
	if strings.Contains(out.all(), "topsecret") {
		t.Errorf("a cookie was printed: %q", out.all())
	}
}

func TestHTTPRefusals(t *testing.T) {
	b := newBackend(t, func(http.ResponseWriter, *http.Request) {})
	for name, tc := range map[string]struct {
		code, value string
		hosts       []string
	}{
		"climbing":               {"DELETE {{API}}/c/{{v}}", "../..", nil},
		"climbing with prefix":   {"DELETE {{API}}/c/x/{{v}}", "..", nil},
		"climbing backwards":     {"DELETE {{API}}/c/{{v}}", `..\admin`, nil},
		"dot made of two":        {"DELETE {{API}}/c/.{{v}}", ".", nil},
		"empty segment":          {"DELETE {{API}}/c/{{v}}", "", nil},
		"header CR LF":           {"GET {{API}}/\nX-A: {{v}}", "a\r\nX-Evil: 1", nil},
		"header LF":              {"GET {{API}}/\nX-A: {{v}}", "a\nb", nil},
		"origin":                 {"GET {{v}}/", b.URL, nil},
		"host":                   {"GET http://{{v}}/", "evil.example", nil},
		"host behind the origin": {"GET {{API}}{{v}}/", "@evil.example", nil},
		"JSON outside quotes":    {"POST {{API}}/\n\n{\"n\": {{v}}}", `1, "admin": true`, nil},
		"JSON array":             {"POST {{API}}/\n\n[{{v}}]", `1, 2`, nil},
		"not JSON":               {"POST {{API}}/\n\n{\"n\": }", "", nil},
		"JSON behind a string":   {"POST {{API}}/\n\n{\"n\": [{{v}}]}", `1, 2`, nil},
		"host not listed":        {"GET {{API}}/", "", []string{"api.example", "127.0.0.1:1"}},
		"missing value":          {"GET {{API}}/{{nothing}}", "", nil},
		"other scheme":           {"GET file:///etc/passwd", "", nil},
		"user in URL":            {"GET http://u:p@{{HOST}}/", "", nil},
		"other Host":             {"GET {{API}}/\nHost: other.example", "", nil},
	} {
		t.Run(name, func(t *testing.T) {
			req := Request{
				Action: httpAction(tc.code, runbooks.Settings{}), Params: map[string]string{"v": tc.value}, Hosts: tc.hosts,
				Env: map[string]string{"API": b.URL, "HOST": strings.TrimPrefix(b.URL, "http://")},
			}
			exec := liveExecutor(t, runbooks.KindHTTP)
			_, err := exec.Preview(req)
			if err == nil {
				t.Fatal("the preview accepts it")
			}
			if tc.value != "" && len(tc.value) > 2 && strings.Contains(err.Error(), tc.value) {
				t.Errorf("the error repeats the value: %v", err)
			}
			if r := exec.Execute(t.Context(), req, newRecorder()); r.Outcome != OutcomeFailed || r.Reason != err.Error() {
				t.Errorf("got %s, want %v", show(r), err)
			}
		})
	}
	if len(b.requests()) != 0 {
		t.Errorf("sent %q", b.requests())
	}
	var missing *MissingValueError
	_, err := liveExecutor(t, runbooks.KindHTTP).Preview(Request{Action: httpAction("GET {{API}}/", runbooks.Settings{})})
	if !errors.As(err, &missing) || missing.Name != "API" {
		t.Errorf("got %v", err)
	}
}

func TestHTTPValuesInOtherPlaces(t *testing.T) {
	b := newBackend(t, func(http.ResponseWriter, *http.Request) {})
	for _, tc := range []struct{ code, want string }{
		{"POST {{API}}/\nContent-Type: application/x-www-form-urlencoded\n\na={{v}}&b=1", "POST / a=%3Ca%3E%26b%3D%222%22&b=1"},
		{"POST {{API}}/\nContent-Type: application/xml\n\n<v>{{v}}</v>", "POST / <v>&lt;a&gt;&amp;b=&#34;2&#34;</v>"},
		{"PUT {{API}}/\nContent-Type: text/plain\n\n{{v}}", `PUT / <a>&b="2"`},
		{"POST {{API}}/\nContent-Type: application/x-ndjson\n\n{\"index\":{}}\n{\"m\":\"{{v}}\"}", `POST / {"index":{}}` + "\n" + `{"m":"<a>&b=\"2\""}`},
		{"GET http://{{HOST}}/{{v}}#frag", "GET /%3Ca%3E&b=%222%22"},
		{"GET {{API}}?q={{v}}", "GET /?q=%3Ca%3E%26b%3D%222%22"},
	} {
		r := liveExecutor(t, runbooks.KindHTTP).Execute(t.Context(), Request{
			Action: httpAction(tc.code, runbooks.Settings{}), Params: map[string]string{"v": `<a>&b="2"`},
			Env: map[string]string{"API": b.URL, "HOST": strings.TrimPrefix(b.URL, "http://")},
		}, newRecorder())
		all := b.requests()
		if r.Outcome != OutcomeOK || len(all) == 0 || all[len(all)-1] != tc.want {
			t.Errorf("%q: %s, sent %q, want %q", tc.code, show(r), all, tc.want)
		}
	}
}

func TestHTTPStatusAndRedirects(t *testing.T) {
	elsewhere := newBackend(t, func(http.ResponseWriter, *http.Request) {})
	b := newBackend(t, func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/moved":
			http.Redirect(w, r, elsewhere.URL+"/x", http.StatusTemporaryRedirect)
		case "/gone":
			http.Error(w, "no such thing", http.StatusNotFound)
		}
	})
	do := func(path string, set runbooks.Settings) (Result, *recorder) {
		out := newRecorder()
		return liveExecutor(t, runbooks.KindHTTP).Execute(t.Context(), Request{
			Action: httpAction("POST {{API}}"+path+"\nAuthorization: Bearer {{T}}\n\n{}", set),
			Env:    map[string]string{"API": b.URL}, Secrets: map[string]string{"T": "hunter2hunter2"},
		}, out), out
	}
	r, out := do("/moved", runbooks.Settings{})
	if r.Outcome != OutcomeFailed || r.Status != 307 || r.Met != nil || !strings.Contains(out.all(), "not followed") || len(elsewhere.requests()) != 0 {
		t.Errorf("redirect: %s %q, elsewhere got %q", show(r), out.all(), elsewhere.requests())
	}
	if r, _ := do("/gone", runbooks.Settings{}); r.Outcome != OutcomeFailed || r.Reason != "expected 2xx, got status 404" {
		t.Errorf("got %s", show(r))
	}
	if r, _ := do("/gone", runbooks.Settings{Expect: "200, 404 && body ~ such"}); r.Outcome != OutcomeOK {
		t.Errorf("got %s", show(r))
	}
	if r, _ := do("/gone", runbooks.Settings{Expect: "body ~ such"}); r.Outcome != OutcomeFailed {
		t.Errorf("the default status holds beside other conditions: %s", show(r))
	}
}

func TestHTTPRetries(t *testing.T) {
	b := newBackend(t, func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusBadGateway) })
	for method, attempts := range map[string]int{"GET": 3, "POST": 1, "PATCH": 1, "PUT": 3} {
		before := len(b.requests())
		out := newRecorder()
		r := liveExecutor(t, runbooks.KindHTTP).Execute(t.Context(), Request{
			Action: httpAction(method+" {{API}}/", runbooks.Settings{Retries: 2, Interval: time.Millisecond}), Env: map[string]string{"API": b.URL},
		}, out)
		if told := strings.Contains(out.text(StreamInfo), "its 2 retries are not made: a "+method+" is sent once\n"); told != (attempts == 1) {
			t.Errorf("%s: said %q", method, out.text(StreamInfo))
		}
		if r.Outcome != OutcomeFailed || r.Attempts != attempts || len(b.requests())-before != attempts {
			t.Errorf("%s: %s, sent %d", method, show(r), len(b.requests())-before)
		}
	}
}

func TestHTTPErrorsTellNoSecret(t *testing.T) {
	b := newBackend(t, func(http.ResponseWriter, *http.Request) {})
	b.Close()
	out := newRecorder()
	r := liveExecutor(t, runbooks.KindHTTP).Execute(t.Context(), Request{
		Action: httpAction("GET {{API}}/p/{{T}}?token={{T}}&free={{v}}", runbooks.Settings{}), Env: map[string]string{"API": b.URL},
		Params: map[string]string{"v": "query-value"}, Secrets: map[string]string{"T": "hunter 2/hunter"},
	}, out)
	if r.Outcome != OutcomeFailed || !strings.Contains(r.Reason, "refused") || !strings.Contains(r.Reason, "/p/[secret T]: ") {
		t.Errorf("got %s", show(r))
	}
	for _, leak := range []string{"hunter", "query-value", "token="} {
		if strings.Contains(r.Reason+out.all(), leak) {
			t.Errorf("%q is told: %s %q", leak, r.Reason, out.all())
		}
	}
	short := Request{Action: httpAction("GET http://x/", runbooks.Settings{}), Secrets: map[string]string{"PIN": "1234"}}
	if _, err := liveExecutor(t, runbooks.KindHTTP).Preview(short); err == nil || !strings.Contains(err.Error(), "PIN") || strings.Contains(err.Error(), "1234") {
		t.Errorf("a secret that cannot be masked: %v", err)
	}
}

func TestHTTPBodyIsCapped(t *testing.T) {
	b := newBackend(t, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Encoding", "gzip")
		z := gzip.NewWriter(w)
		zeros := make([]byte, 1<<20)
		for range 50 {
			if _, err := z.Write(zeros); err != nil {
				return
			}
		}
		_ = z.Close()
	})
	out := newRecorder()
	r := liveExecutor(t, runbooks.KindHTTP).Execute(t.Context(), Request{
		Action: httpAction("GET {{API}}/", runbooks.Settings{}), Env: map[string]string{"API": b.URL},
	}, out)
	if n := len(out.text(StreamOut)); r.Outcome != OutcomeOK || n > maxBody+1000 || n < maxBody || !strings.Contains(out.text(StreamInfo), "1024 KiB") {
		t.Errorf("got %s, %d bytes, %q", show(r), n, out.text(StreamInfo))
	}
}

func TestHTTPCancelSaysThatItMayHaveHappened(t *testing.T) {
	arrived := make(chan struct{})
	b := newBackend(t, func(_ http.ResponseWriter, r *http.Request) {
		close(arrived)
		<-r.Context().Done()
	})
	ctx, cancel := context.WithCancel(t.Context())
	go func() {
		<-arrived
		cancel()
	}()
	action := httpAction("POST {{API}}/", runbooks.Settings{})
	action.Effect = runbooks.EffectWrite
	r := liveExecutor(t, runbooks.KindHTTP).Execute(ctx, Request{Action: action, Env: map[string]string{"API": b.URL}}, newRecorder())
	if r.Outcome != OutcomeCancelled || !strings.Contains(r.Reason, "may have been carried out") {
		t.Errorf("got %s", show(r))
	}
}

func TestHTTPVerifiesTLS(t *testing.T) {
	server := httptest.NewTLSServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	server.Config.ErrorLog = nil
	t.Cleanup(server.Close)
	req := Request{Action: httpAction("GET {{API}}/", runbooks.Settings{}), Env: map[string]string{"API": server.URL}}
	if r := liveExecutor(t, runbooks.KindHTTP).Execute(t.Context(), req, newRecorder()); r.Outcome != OutcomeFailed || !strings.Contains(r.Reason, "certificate") {
		t.Errorf("got %s", show(r))
	}
	roots := server.Client().Transport.(*http.Transport).TLSClientConfig.RootCAs
	if r := Live(LiveOptions{Roots: roots})[runbooks.KindHTTP].Execute(t.Context(), req, newRecorder()); r.Outcome != OutcomeOK {
		t.Errorf("got %s", show(r))
	}
}
