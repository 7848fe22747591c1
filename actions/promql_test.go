package actions

import (
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"genia.ai/bitacora/internal/redact"
	"genia.ai/bitacora/runbooks"
)

func queryAction(code string, set runbooks.Settings) *runbooks.Action {
	return &runbooks.Action{ID: "q", Kind: runbooks.KindPromQL, Lang: "promql", Code: code, Effect: runbooks.EffectRead, Settings: set}
}

const twoSeries = `{"status":"success","data":{"resultType":"vector","result":[
	{"metric":{"__name__":"err","job":"a"},"value":[1,"0.31"]},{"metric":{"job":"b\n"},"value":[1,"0.02"]}]}}`

func TestPromQL(t *testing.T) {
	var query, answer string
	status := http.StatusOK
	b := newBackend(t, func(w http.ResponseWriter, r *http.Request) {
		query = r.URL.Query().Get("query")
		w.WriteHeader(status)
		_, _ = io.WriteString(w, answer)
	})
	exec := liveExecutor(t, runbooks.KindPromQL, "PROMETHEUS_URL="+b.URL+"/prom/")
	do := func(set runbooks.Settings) (Result, *recorder) {
		out := newRecorder()
		return exec.Execute(t.Context(), Request{
			Action: queryAction("rate(err{job=~\"{{re}}\"}[{{window}}]) > {{n}}\n", set),
			Params: map[string]string{"re": `a"} or up{x="\d`, "window": "5m", "n": "0"},
		}, out), out
	}
	answer = twoSeries
	r, out := do(runbooks.Settings{Expect: "< 0.5", Capture: []runbooks.Capture{{Name: "first", Selector: "$.data.result[0].value[1]"}}})
	if r.Outcome != OutcomeOK || r.Captured["first"] != "0.31" || out.text(StreamOut) != "err{job=\"a\"} 0.31\n{job=\"b\\n\"} 0.02\n" {
		t.Errorf("got %s %q", show(r), out.all())
	}
	if want := `rate(err{job=~"a\"} or up{x=\"\\d"}[5m]) > 0`; query != want || !strings.HasPrefix(b.requests()[0], "GET /prom/api/v1/query?query=rate%28") {
		t.Errorf("asked %q, want %q; %q", query, want, b.requests())
	}
	if r, _ := do(runbooks.Settings{Expect: "< 0.05"}); r.Outcome != OutcomeFailed || *r.Met || r.Reason != "expected < 0.05, got 0.31" {
		t.Errorf("every series must satisfy it: %s", show(r))
	}
	answer = `{"status":"success","data":{"resultType":"scalar","result":[1,"7"]}}`
	if r, out := do(runbooks.Settings{Capture: []runbooks.Capture{{Name: "n"}}}); r.Captured["n"] != "7" || out.text(StreamOut) != "7\n" {
		t.Errorf("got %s %q", show(r), out.all())
	}
	answer = `{"status":"success","data":{"resultType":"vector","result":[]}}`
	if r, _ := do(runbooks.Settings{Expect: "< 1"}); r.Outcome != OutcomeFailed || !strings.Contains(r.Reason, "no sample") {
		t.Errorf("got %s", show(r))
	}
	answer = `{"status":"success","data":{"resultType":"matrix","result":[]}}`
	if r, _ := do(runbooks.Settings{}); r.Outcome != OutcomeFailed || !strings.Contains(r.Reason, "matrix") {
		t.Errorf("got %s", show(r))
	}
	status, answer = http.StatusBadRequest, `{"status":"error","error":"parse error at char 3"}`
	if r, _ := do(runbooks.Settings{}); r.Outcome != OutcomeFailed || r.Status != 400 || !strings.Contains(r.Reason, "parse error at char 3") {
		t.Errorf("got %s", show(r))
	}
	status, answer = http.StatusBadGateway, `<html>`
	if r, _ := do(runbooks.Settings{}); r.Outcome != OutcomeFailed || !strings.Contains(r.Reason, "status 502") {
		t.Errorf("got %s", show(r))
	}
}

func TestPromQLRefusals(t *testing.T) {
	for _, tc := range []struct{ code, value string }{
		{"up > {{v}}", "0 or vector(1)"}, {"up{a=`{{v}}`}", "` or up"}, {"{{missing}}", ""}, {"  ", ""},
	} {
		exec := liveExecutor(t, runbooks.KindPromQL, "PROMETHEUS_URL=http://127.0.0.1:1")
		if _, err := exec.Preview(Request{Action: queryAction(tc.code, runbooks.Settings{}), Params: map[string]string{"v": tc.value}}); err == nil {
			t.Errorf("%q with %q was accepted", tc.code, tc.value)
		}
	}
	if _, err := liveExecutor(t, runbooks.KindPromQL).Preview(Request{Action: queryAction("up", runbooks.Settings{})}); err == nil || !strings.Contains(err.Error(), "PROMETHEUS_URL") {
		t.Errorf("got %v", err)
	}
}

// TestPromQLCommentsOpenNoQuotes: an apostrophe in a comment must not make what
// follows look quoted.
func TestPromQLCommentsOpenNoQuotes(t *testing.T) {
	exec := liveExecutor(t, runbooks.KindPromQL, "PROMETHEUS_URL=http://127.0.0.1:1")
	preview := func(code, value string) (Preview, error) {
		return exec.Preview(Request{Action: queryAction(code, runbooks.Settings{}), Params: map[string]string{"v": value}})
	}
	got, err := preview("# don't page\nup{a=\"{{v}}\"}", `x"} or vector(1) or y{a="`)
	if want := "# don't page\n" + `up{a="x\"} or vector(1) or y{a=\""}`; err != nil || got.Command != want {
		t.Errorf("got %q, %v; want %q", got.Command, err, want)
	}
	if got, err := preview("# it's\nup > {{v}}", "0 or vector(1)"); err == nil {
		t.Errorf("an expression was accepted: %q", got.Command)
	}
	if got, err := preview("up # {{v}}", "x\nor vector(1)"); err == nil {
		t.Errorf("a value left its comment: %q", got.Command)
	}
	if got, err := preview("up # {{v}}", "what's \"up\""); err != nil || got.Command != "up # what's \"up\"" {
		t.Errorf("in a comment: %q, %v", got.Command, err)
	}
}

// TestSecretsAreMaskedBeforeTheyAreCut: what is told of an answer is cut short,
// and the beginning of a secret is one too many.
func TestSecretsAreMaskedBeforeTheyAreCut(t *testing.T) {
	masks, err := redact.New(map[string]string{"OTHER": "hunter2-hunter2-hunter2"})
	if err != nil {
		t.Fatal(err)
	}
	long := strings.Repeat("x", 75) + "hunter2-hunter2-hunter2"
	b := newBackend(t, func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, `{"v":"`+long+`"}`) })
	r := liveExecutor(t, runbooks.KindHTTP).Execute(t.Context(), Request{
		Action: httpAction("GET {{API}}/", runbooks.Settings{Expect: `$.v == "y"`}),
		Env:    map[string]string{"API": b.URL}, Masks: masks,
	}, newRecorder())
	if r.Outcome != OutcomeFailed || strings.Contains(r.Reason, "hunt") || !strings.Contains(r.Reason, "[secr") {
		t.Errorf("got %s", show(r))
	}
}

func TestPromQLPolls(t *testing.T) {
	n := 0
	b := newBackend(t, func(w http.ResponseWriter, _ *http.Request) {
		if n++; n == 1 {
			w.WriteHeader(http.StatusServiceUnavailable)
			return
		}
		_, _ = fmt.Fprintf(w, `{"status":"success","data":{"resultType":"scalar","result":[1,"%v"]}}`, []float64{0, 0, 0.31, 0.04}[n])
	})
	out := newRecorder()
	r := liveExecutor(t, runbooks.KindPromQL).Execute(t.Context(), Request{
		Action: queryAction("x", runbooks.Settings{Until: "< 0.05", Interval: time.Millisecond}), Env: map[string]string{"PROMETHEUS_URL": b.URL},
	}, out)
	if r.Outcome != OutcomeOK || r.Attempts != 3 || !*r.Met || !strings.Contains(out.text(StreamInfo), "waiting for < 0.05: 0.31 after 0 s\n") {
		t.Errorf("got %s %q", show(r), out.text(StreamInfo))
	}
}
