package sandbox

import (
	"crypto/subtle"
	"encoding/json"
	"io"
	"log"
	"net/http"
	"strings"
)

// maxBody bounds what a request may send.
const maxBody = 64 << 10

// quiet is the log of servers whose complaints nobody needs: they would land on
// the operator's screen.
func quiet() *log.Logger { return log.New(io.Discard, "", 0) }

// routes is the whole HTTP interface of the service.
func (s *Service) routes() http.Handler {
	mux := http.NewServeMux()
	s.adminRoutes(mux)
	s.newsRoutes(mux)
	s.prometheusRoutes(mux)
	mux.HandleFunc("GET /{$}", s.page)
	mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		fail(w, http.StatusNotFound, "there is no "+r.Method+" "+r.URL.Path+" here")
	})
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.served.observe(s.now())
		r.Body = http.MaxBytesReader(w, r.Body, maxBody)
		if reads(r) {
			mux.ServeHTTP(w, r)
			return
		}
		watched := &statusWriter{ResponseWriter: w, status: http.StatusOK}
		mux.ServeHTTP(watched, r)
		s.state.record(call{At: s.now(), What: r.Method + " " + r.URL.Path, Status: watched.status})
	})
}

// reads tells whether a request only asks. A query may come as a POST, because
// Prometheus allows it.
func reads(r *http.Request) bool {
	return r.Method == http.MethodGet || r.Method == http.MethodHead || strings.HasPrefix(r.URL.Path, "/api/v1/")
}

// statusWriter remembers how a request was answered.
type statusWriter struct {
	http.ResponseWriter
	status int
}

func (w *statusWriter) WriteHeader(status int) {
	w.status = status
	w.ResponseWriter.WriteHeader(status)
}

// authorised lets only requests with the service's bearer token through.
func (s *Service) authorised(next http.HandlerFunc) http.HandlerFunc {
	want := []byte("Bearer " + s.token)
	return func(w http.ResponseWriter, r *http.Request) {
		got := []byte(r.Header.Get("Authorization"))
		if subtle.ConstantTimeCompare(got, want) != 1 {
			w.Header().Set("WWW-Authenticate", `Bearer realm="genia-admin"`)
			fail(w, http.StatusUnauthorized, "the bearer token is missing or wrong; check ADMIN_TOKEN")
			return
		}
		next(w, r)
	}
}

// answer writes a JSON value on one line.
func answer(w http.ResponseWriter, status int, value any) {
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	// The only failure left here is a client that went away.
	_ = enc.Encode(value)
}

// fail answers with an error: {"error": reason, "message": what to do}.
func fail(w http.ResponseWriter, status int, message string) {
	answer(w, status, map[string]string{
		"error":   strings.ToLower(http.StatusText(status)),
		"message": message,
	})
}

// decode reads a JSON body into into, or answers 400 and returns false.
func decode(w http.ResponseWriter, r *http.Request, into any) bool {
	if err := json.NewDecoder(r.Body).Decode(into); err != nil {
		fail(w, http.StatusBadRequest, "the body is not the JSON that is expected: "+err.Error())
		return false
	}
	return true
}
