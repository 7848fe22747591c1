package actions

import (
	"fmt"
	"os"
	"strings"
	"sync"
	"testing"

	"go.uber.org/goleak"

	"genia.ai/bitacora/runbooks"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// recorder is a Sink that remembers.
type recorder struct {
	mu      sync.Mutex
	streams [3]strings.Builder
	change  chan struct{}
}

func newRecorder() *recorder { return &recorder{change: make(chan struct{}, 1)} }

func (r *recorder) Write(s Stream, p []byte) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.streams[s].Write(p)
	select {
	case r.change <- struct{}{}:
	default:
	}
}

func (r *recorder) text(s Stream) string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.streams[s].String()
}

func (r *recorder) all() string {
	return r.text(StreamOut) + r.text(StreamErr) + r.text(StreamInfo)
}

// environ is a clean operator's environment with a home of its own.
func environ(t *testing.T, more ...string) []string {
	t.Helper()
	return append([]string{"PATH=" + os.Getenv("PATH"), "HOME=" + t.TempDir()}, more...)
}

func script(code string, set runbooks.Settings) *runbooks.Action {
	return &runbooks.Action{ID: "a", Kind: runbooks.KindShell, Lang: "sh", Code: code, Effect: runbooks.EffectRead, Settings: set}
}

func httpAction(code string, set runbooks.Settings) *runbooks.Action {
	return &runbooks.Action{ID: "h", Kind: runbooks.KindHTTP, Lang: "http", Code: code, Effect: runbooks.EffectRead, Settings: set}
}

// show is a Result for messages of tests.
func show(r Result) string {
	exit := "-"
	if r.Exit != nil {
		exit = fmt.Sprint(*r.Exit)
	}
	return fmt.Sprintf("%s exit=%s signal=%q status=%d captured=%v reason=%q attempts=%d", r.Outcome, exit, r.Signal, r.Status, r.Captured, r.Reason, r.Attempts)
}
