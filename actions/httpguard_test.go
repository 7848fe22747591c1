package actions

import (
	"bytes"
	"compress/gzip"
	"crypto/tls"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"genia.ai/bitacora/runbooks"
)

// bomb is a gzip stream that inflates to size megabytes of zeros.
func bomb(t *testing.T, megabytes int) []byte {
	t.Helper()
	var b bytes.Buffer
	zeros := make([]byte, 1<<20)
	z, err := gzip.NewWriterLevel(&b, gzip.BestCompression)
	if err != nil {
		t.Fatal(err)
	}
	for range megabytes {
		if _, err := z.Write(zeros); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// TestHTTPBombIsCutAtTheCap: a response is bounded after it was decompressed, and
// so is the memory that it takes.
func TestHTTPBombIsCutAtTheCap(t *testing.T) {
	packed := bomb(t, 200)
	if len(packed) > 250<<10 {
		t.Fatalf("the bomb is %d bytes long", len(packed))
	}
	for _, contentType := range []string{"text/plain", "application/json"} {
		b := newBackend(t, func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Encoding", "gzip")
			w.Header().Set("Content-Type", contentType)
			_, _ = w.Write(packed)
		})
		out := &counted{}
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		r := liveExecutor(t, runbooks.KindHTTP).Execute(t.Context(), Request{
			Action: httpAction("GET {{API}}/", runbooks.Settings{}), Env: map[string]string{"API": b.URL},
		}, out)
		runtime.ReadMemStats(&after)
		if r.Outcome != OutcomeOK || out.out < maxBody || out.out > maxBody+1000 {
			t.Errorf("%s: %s, %d bytes", contentType, show(r), out.out)
		}
		// Everything that was allocated on the way, server and garbage included.
		if grown := after.TotalAlloc - before.TotalAlloc; grown > 24<<20 {
			t.Errorf("%s: %d MiB were allocated", contentType, grown>>20)
		}
	}
}

// counted is a Sink that keeps nothing.
type counted struct{ out int }

func (c *counted) Write(s Stream, p []byte) {
	if s == StreamOut {
		c.out += len(p)
	}
}

func TestHTTPRefusesOldTLS(t *testing.T) {
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	server.Config.ErrorLog = log.New(io.Discard, "", 0)
	server.TLS = &tls.Config{MinVersion: tls.VersionTLS10, MaxVersion: tls.VersionTLS11}
	server.StartTLS()
	t.Cleanup(server.Close)
	roots := server.Client().Transport.(*http.Transport).TLSClientConfig.RootCAs
	req := Request{Action: httpAction("GET {{API}}/", runbooks.Settings{}), Env: map[string]string{"API": server.URL}}
	if r := Live(LiveOptions{Roots: roots})[runbooks.KindHTTP].Execute(t.Context(), req, newRecorder()); r.Outcome != OutcomeFailed || !strings.Contains(r.Reason, "protocol version") {
		t.Errorf("got %s", show(r))
	}
}

// TestHTTPPostIsSentOnce: not even where the connection breaks before an answer,
// which is when clients like to try again.
func TestHTTPPostIsSentOnce(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	var arrived atomic.Int64
	done := make(chan struct{})
	go func() {
		defer close(done)
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			if _, err := conn.Read(make([]byte, 4096)); err == nil {
				arrived.Add(1)
			}
			_ = conn.Close()
		}
	}()
	t.Cleanup(func() {
		_ = listener.Close()
		<-done
	})
	action := httpAction("POST {{API}}/?t={{T}}\n\n{}", runbooks.Settings{Timeout: 5 * time.Second})
	action.Effect = runbooks.EffectWrite
	out := newRecorder()
	r := liveExecutor(t, runbooks.KindHTTP).Execute(t.Context(), Request{
		Action: action, Env: map[string]string{"API": "http://" + listener.Addr().String()}, Secrets: map[string]string{"T": "hunter2hunter2"},
	}, out)
	if r.Outcome != OutcomeFailed || arrived.Load() != 1 || !strings.Contains(r.Reason, "may have been carried out") || strings.Contains(r.Reason+out.all(), "hunter2") {
		t.Errorf("got %s; it arrived %d times", show(r), arrived.Load())
	}
}

// TestHTTPErrorsNeverTellAQuery: not a secret's value alone, which is masked: no
// query at all, whatever net/http has to say.
func TestHTTPErrorsNeverTellAQuery(t *testing.T) {
	gone := httptest.NewServer(nil)
	gone.Close()
	broken := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		conn, _, err := w.(http.Hijacker).Hijack()
		if err == nil {
			_, _ = io.WriteString(conn, "HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\nshort")
			_ = conn.Close()
		}
	}))
	t.Cleanup(broken.Close)
	slow := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }))
	t.Cleanup(slow.Close)
	for name, origin := range map[string]string{
		"refused": gone.URL, "broken": broken.URL, "timeout": slow.URL, "no name": "http://no-such-name.invalid", "not TLS": "https" + strings.TrimPrefix(broken.URL, "http"),
	} {
		out := newRecorder()
		r := liveExecutor(t, runbooks.KindHTTP).Execute(t.Context(), Request{
			Action: httpAction("GET {{API}}/p?free={{v}}&t={{T}}\nX-Api-Key: {{v}}", runbooks.Settings{Timeout: 300 * time.Millisecond}),
			Env:    map[string]string{"API": origin}, Params: map[string]string{"v": "telltale"}, Secrets: map[string]string{"T": "hunter2hunter2"},
		}, out)
		if r.Outcome != OutcomeFailed && r.Outcome != OutcomeTimeout || r.Reason == "" {
			t.Errorf("%s: %s", name, show(r))
		}
		for _, leak := range []string{"telltale", "hunter2", "free=", "[secret"} {
			if strings.Contains(r.Reason+out.all(), leak) {
				t.Errorf("%s tells %q: %s %q", name, leak, r.Reason, out.all())
			}
		}
	}
}

func TestHTTPLaysJSONOut(t *testing.T) {
	for _, tc := range []struct{ contentType, body, want string }{
		{"application/json", `{"z":1.0,"a":[],"n":12345678901234567890,"t":"a\u00e9<>","o":{"b":null}}`,
			"{\n  \"z\": 1.0,\n  \"a\": [],\n  \"n\": 12345678901234567890,\n  \"t\": \"a\\u00e9<>\",\n  \"o\": {\n    \"b\": null\n  }\n}\n"},
		{"application/problem+json; charset=utf-8", "[1,2]\n", "[\n  1,\n  2\n]\n"},
		{"application/json", `{"broken":`, `{"broken":` + "\n"},
		{"application/json", `{"a":1}{"b":2}`, `{"a":1}{"b":2}` + "\n"},
		{"application/x-ndjson", `{"a":1}`, `{"a":1}` + "\n"},
		{"text/plain", `{"a":1}`, `{"a":1}` + "\n"},
		{"application/json", "", ""},
		{"application/json", `["` + strings.Repeat("x", maxPretty) + `"]`, `["` + strings.Repeat("x", maxPretty) + `"]` + "\n"},
		// A secret that is JSON itself would no longer be found in what is laid out.
		{"application/json", `{"key":{"id":"a1","pem":"b2"}}`, `{"key":{"id":"a1","pem":"b2"}}` + "\n"},
	} {
		b := newBackend(t, func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", tc.contentType)
			_, _ = io.WriteString(w, tc.body)
		})
		out := newRecorder()
		r := liveExecutor(t, runbooks.KindHTTP).Execute(t.Context(), Request{
			Action: httpAction("GET {{API}}/", runbooks.Settings{Capture: captures(tc.body)}), Env: map[string]string{"API": b.URL},
			Secrets: map[string]string{"KEY": `{"id":"a1","pem":"b2"}`},
		}, out)
		_, body, _ := strings.Cut(out.text(StreamOut), "\n\n")
		if r.Outcome != OutcomeOK || body != tc.want {
			t.Errorf("%s %.60q: %s, shown %.80q", tc.contentType, tc.body, show(r), body)
		}
		if strings.HasPrefix(tc.body, `{"z"`) && r.Captured["all"] != tc.body {
			t.Errorf("what is kept is what came: %q", r.Captured["all"])
		}
	}
}

func captures(body string) []runbooks.Capture {
	if body == "" || len(body) > maxCaptured {
		return nil
	}
	return []runbooks.Capture{{Name: "all"}}
}
