package actions

import (
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"genia.ai/bitacora/runbooks"
)

// newPrometheus starts Debian's Prometheus, which scrapes itself, and returns its
// address.
func newPrometheus(t *testing.T) string {
	t.Helper()
	program, err := exec.LookPath("prometheus")
	if err != nil {
		t.Fatal("prometheus is not installed; on Debian: apt-get install prometheus (.ci/run does it)")
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := listener.Addr().String()
	_ = listener.Close()
	dir := t.TempDir()
	config := fmt.Sprintf("global: {scrape_interval: 200ms, scrape_timeout: 200ms}\nscrape_configs:\n- job_name: self\n  static_configs:\n  - targets: [%q]\n", address)
	if err := os.WriteFile(filepath.Join(dir, "prometheus.yml"), []byte(config), 0o600); err != nil {
		t.Fatal(err)
	}
	log, err := os.Create(filepath.Join(dir, "log"))
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), program, "--config.file="+filepath.Join(dir, "prometheus.yml"),
		"--storage.tsdb.path="+filepath.Join(dir, "data"), "--web.listen-address="+address)
	cmd.Dir, cmd.Stdout, cmd.Stderr = dir, log, log
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Kill() // it is killed by the test's context anyway
		_ = cmd.Wait()         // it was killed
		if t.Failed() {
			said, _ := os.ReadFile(log.Name())
			t.Logf("prometheus said:\n%s", said)
		}
		_ = log.Close()
	})
	return "http://" + address
}

// TestRealPrometheus asks a real server: it waits for the first scrape with until,
// then compares, captures and draws.
func TestRealPrometheus(t *testing.T) {
	address := newPrometheus(t)
	do := func(query string, set runbooks.Settings) (Result, *recorder) {
		out := newRecorder()
		return liveExecutor(t, runbooks.KindPromQL, "PROMETHEUS_URL="+address).Execute(t.Context(), Request{
			Action: queryAction(query, set), Params: map[string]string{"job": "self"},
		}, out), out
	}
	r, out := do(`up{job="{{job}}"}`, runbooks.Settings{
		Until: ">= 1", Interval: 50 * time.Millisecond, Timeout: time.Minute, Capture: []runbooks.Capture{{Name: "up"}},
	})
	series := fmt.Sprintf("up{instance=%q,job=\"self\"}", strings.TrimPrefix(address, "http://"))
	if r.Outcome != OutcomeOK || r.Captured["up"] != "1" || !strings.HasSuffix(out.text(StreamOut), series+" 1\n") {
		t.Fatalf("got %s %q", show(r), out.all())
	}
	if r, _ := do("up", runbooks.Settings{Expect: "< 1"}); r.Outcome != OutcomeFailed || r.Status != 200 || r.Reason != "expected < 1, got 1" {
		t.Errorf("threshold: %s", show(r))
	}
	if r, _ := do("sum(up) * 2", runbooks.Settings{Expect: "== 2"}); r.Outcome != OutcomeOK {
		t.Errorf("expression: %s", show(r))
	}
	if r, _ := do("up{", runbooks.Settings{}); r.Outcome != OutcomeFailed || r.Status != 400 || !strings.Contains(r.Reason, "parse error") {
		t.Errorf("no query: %s", show(r))
	}
	if r, out := do(`up{job="other"}`, runbooks.Settings{Expect: ">= 0"}); r.Outcome != OutcomeFailed || !strings.Contains(out.text(StreamInfo), "no sample") {
		t.Errorf("no series: %s %q", show(r), out.all())
	}
	// At first the server has been up for less than the range, and a machine that has much
	// to do may miss a scrape; then all of it is drawn.
	want := series + " 1\n  ▄▄▄\n  min 1  max 1  mean 1  last 1  (3 samples, "
	last := ""
	for tries := 0; tries < 10 && !strings.HasPrefix(last, want); tries++ {
		r, out = do("up", runbooks.Settings{
			Range: 2 * time.Second, Step: time.Second, Until: `$.data.result[0].values[2][1] == "1"`, Interval: 50 * time.Millisecond, Timeout: time.Minute, Expect: ">= 1",
		})
		all := out.text(StreamOut)
		last = all[max(strings.LastIndex(all, series), 0):]
	}
	if r.Outcome != OutcomeOK || !strings.HasPrefix(last, want) {
		t.Errorf("range: %s %q", show(r), last)
	}
	if r, _ := do("up", runbooks.Settings{Range: 2 * time.Second, Step: time.Second, Expect: "> 1"}); r.Outcome != OutcomeFailed {
		t.Errorf("threshold of a range: %s", show(r))
	}
}
