package sandbox

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const testToken = "only-for-tests"

// fakeClock is a clock that moves when it is told to.
type fakeClock struct {
	mu sync.Mutex
	at time.Time
}

func newFakeClock() *fakeClock {
	return &fakeClock{at: time.Date(2026, 3, 16, 10, 12, 0, 0, time.UTC)}
}

func (c *fakeClock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.at
}

func (c *fakeClock) advance(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.at = c.at.Add(d)
}

// started is a running service and the means to talk to it.
type started struct {
	*Service
	t *testing.T
}

func start(t *testing.T, opts Options) *started {
	t.Helper()
	if opts.Token == "" {
		opts.Token = testToken
	}
	s, err := Start(t.Context(), opts)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return &started{s, t}
}

// client keeps no connection, so that none is left when the test ends.
func client() *http.Client {
	return &http.Client{Transport: &http.Transport{DisableKeepAlives: true}, Timeout: 10 * time.Second}
}

// request sends a request and gives status and body.
func (s *started) request(method, path, token, body string) (int, string) {
	s.t.Helper()
	req, err := http.NewRequestWithContext(s.t.Context(), method, s.URL()+path, strings.NewReader(body))
	if err != nil {
		s.t.Fatal(err)
	}
	if token != "" {
		req.Header.Set("Authorization", "Bearer "+token)
	}
	resp, err := client().Do(req)
	if err != nil {
		s.t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		s.t.Fatal(err)
	}
	return resp.StatusCode, string(text)
}

// ok sends a request with the right token and wants a 2xx.
func (s *started) ok(method, path, body string) string {
	s.t.Helper()
	status, text := s.request(method, path, testToken, body)
	if status/100 != 2 {
		s.t.Fatalf("%s %s: %d %s", method, path, status, text)
	}
	return text
}

// run runs a command in the repository as an operator would.
func (s *started) run(name string, args ...string) (string, error) {
	s.t.Helper()
	env := os.Environ()
	path := os.Getenv("PATH")
	if own, has := s.Env()["PATH"]; has {
		path = own
	}
	env = append(env, "PATH="+path)
	if file := filepath.Join(s.binDir, name); s.binDir != "" && fileExists(file) {
		name = file
	}
	cmd := exec.CommandContext(s.t.Context(), name, args...)
	cmd.Dir, cmd.Env = s.RepositoryDir(), env
	out, err := cmd.CombinedOutput()
	return string(out), err
}

func (s *started) mustRun(name string, args ...string) string {
	s.t.Helper()
	out, err := s.run(name, args...)
	if err != nil {
		s.t.Fatalf("%s %q: %v\n%s", name, args, err, out)
	}
	return out
}

func (s *started) fingerprint() string {
	s.t.Helper()
	sum, err := s.Fingerprint()
	if err != nil {
		s.t.Fatal(err)
	}
	return sum
}

func fileExists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}

func decodeJSON[T any](t *testing.T, text string) T {
	t.Helper()
	var value T
	if err := json.Unmarshal([]byte(text), &value); err != nil {
		t.Fatalf("%v in %s", err, text)
	}
	return value
}

func TestOptionsThatAreRefused(t *testing.T) {
	used := t.TempDir()
	if err := os.WriteFile(filepath.Join(used, "mine"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	tests := map[string]struct {
		opts Options
		want string
	}{
		"unknown fault":    {Options{Fault: "myspace"}, `unknown fault "myspace"`},
		"not loopback":     {Options{Addr: "0.0.0.0:0"}, "not on the loopback interface"},
		"host by name":     {Options{Addr: "example.com:80"}, "not on the loopback interface"},
		"no port":          {Options{Addr: "127.0.0.1"}, "give one such as 127.0.0.1:8080"},
		"directory in use": {Options{Dir: used}, "is not empty"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			s, err := Start(t.Context(), test.opts)
			if err == nil {
				_ = s.Close()
				t.Fatal("it started")
			}
			if !strings.Contains(err.Error(), test.want) {
				t.Errorf("%v does not say %q", err, test.want)
			}
		})
	}
	_, err := Start(t.Context(), Options{Fault: "myspace"})
	var unknown *UnknownFaultError
	if !errors.As(err, &unknown) || unknown.Fault != "myspace" {
		t.Errorf("%v is not an *UnknownFaultError", err)
	}
	if !fileExists(filepath.Join(used, "mine")) {
		t.Error("a directory that was in use lost a file")
	}
}

func TestPortInUseLeavesNothing(t *testing.T) {
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = taken.Close() }()
	t.Setenv("TMPDIR", t.TempDir())
	if s, err := Start(t.Context(), Options{Addr: taken.Addr().String()}); err == nil {
		_ = s.Close()
		t.Fatal("it started on a port in use")
	}
	left, err := os.ReadDir(os.Getenv("TMPDIR"))
	if err != nil {
		t.Fatal(err)
	}
	if len(left) != 0 {
		t.Errorf("%d entries are left behind", len(left))
	}
}

func TestFaultFor(t *testing.T) {
	for _, test := range []struct{ scenario, connector, want string }{
		{"connector", "instagram", "instagram"},
		{"connector", "", "facebook"},
		{"connector", "myspace", "facebook"},
		{"executor", "instagram", "executor"},
		{"panel", "", "panel"},
		{"", "mailchimp", "mailchimp"},
		{"", "", "facebook"},
		{"", "panel", "facebook"},
	} {
		if got := FaultFor(test.scenario, test.connector); got != test.want {
			t.Errorf("FaultFor(%q, %q) = %q, want %q", test.scenario, test.connector, got, test.want)
		}
	}
	want := []string{"facebook", "instagram", "linkedin", "twitter", "mailchimp", "sendgrid", "executor", "panel"}
	if got := Faults(); !slices.Equal(got, want) {
		t.Errorf("Faults() = %q", got)
	}
}

func TestCloseLeavesNothing(t *testing.T) {
	before := goleak.IgnoreCurrent()
	t.Setenv("TMPDIR", t.TempDir())
	s, err := Start(t.Context(), Options{})
	if err != nil {
		t.Fatal(err)
	}
	info, err := os.Stat(s.Dir())
	if err != nil {
		t.Fatal(err)
	}
	if info.Mode().Perm() != 0o700 {
		t.Errorf("the directory has mode %v, want 0700", info.Mode().Perm())
	}
	// A client that does not hang up must not keep Close waiting for ever.
	idle, err := net.Dial("tcp", strings.TrimPrefix(s.Env()["SMTP_URL"], "smtp://"))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = idle.Close() }()
	if _, err := idle.Read(make([]byte, 3)); err != nil {
		t.Fatal(err)
	}
	addr := s.Hosts()[0]
	for range 2 {
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
	}
	if fileExists(s.Dir()) {
		t.Errorf("%s is left behind", s.Dir())
	}
	if conn, err := net.Dial("tcp", addr); err == nil {
		_ = conn.Close()
		t.Error("the service still answers")
	}
	goleak.VerifyNone(t, before)
}

func TestGivenDirectoryIsKept(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "practice")
	s, err := Start(t.Context(), Options{Dir: dir})
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if !fileExists(filepath.Join(dir, "repo", "package.json")) {
		t.Error("Close removed a directory that was not its own")
	}
}

func TestCancelledContextStopsServing(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	s, err := Start(ctx, Options{})
	if err != nil {
		t.Fatal(err)
	}
	addr := s.Hosts()[0]
	cancel()
	deadline := time.Now().Add(10 * time.Second)
	for {
		conn, err := net.Dial("tcp", addr)
		if err != nil {
			break
		}
		_ = conn.Close()
		if time.Now().After(deadline) {
			t.Fatal("the service still answers")
		}
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
}

func TestStartCancelledBeforehand(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if s, err := Start(ctx, Options{}); err == nil {
		_ = s.Close()
		t.Fatal("it started")
	} else if !errors.Is(err, context.Canceled) && !strings.Contains(err.Error(), "killed") {
		t.Errorf("unexpected: %v", err)
	}
}
