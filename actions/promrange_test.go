package actions

import (
	"fmt"
	"math"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"genia.ai/bitacora/runbooks"
)

func TestPromQLRange(t *testing.T) {
	var asked url.Values
	var path string
	matrix := func(series ...string) string {
		return `{"status":"success","data":{"resultType":"matrix","result":[` + strings.Join(series, ",") + `]}}`
	}
	var answer func(start float64) string
	b := newBackend(t, func(w http.ResponseWriter, r *http.Request) {
		asked, path = r.URL.Query(), r.URL.Path
		start, err := strconv.ParseFloat(asked.Get("start"), 64)
		if err != nil {
			t.Error(err)
		}
		_, _ = w.Write([]byte(answer(start)))
	})
	do := func(set runbooks.Settings) (Result, *recorder) {
		out := newRecorder()
		return liveExecutor(t, runbooks.KindPromQL, "PROMETHEUS_URL="+b.URL).Execute(t.Context(), Request{Action: queryAction("err", set)}, out), out
	}
	values := func(start float64, step int, of ...string) string {
		var points []string
		for i, v := range of {
			if v != "" {
				points = append(points, fmt.Sprintf(`[%.3f,"%s"]`, start+float64(i*step), v))
			}
		}
		return `{"metric":{"__name__":"err","job":"a"},"values":[` + strings.Join(points, ",") + `]}`
	}
	set := runbooks.Settings{Range: 4 * time.Minute, Step: time.Minute, Expect: "< 0.5"}
	answer = func(start float64) string { return matrix(values(start, 60, "0", "", "0.7", "0.35", "0.1")) }
	r, out := do(set)
	text := out.text(StreamOut)
	if r.Outcome != OutcomeOK || !*r.Met || !strings.HasPrefix(text, "err{job=\"a\"} 0.1\n  ▁·█▅▂\n  min 0  max 0.7  mean 0.2875  last 0.1  (4 samples, ") {
		t.Errorf("got %s %q", show(r), text)
	}
	start, _ := strconv.ParseFloat(asked.Get("start"), 64)
	end, _ := strconv.ParseFloat(asked.Get("end"), 64)
	if path != "/api/v1/query_range" || asked.Get("query") != "err" || asked.Get("step") != "60" || math.Abs(end-start-240) > 0.001 || math.Abs(end-float64(time.Now().Unix())) > 60 {
		t.Errorf("asked %s %v", path, asked)
	}
	// What counts is the value of now; one that ended earlier is none.
	set.Expect = "> 0.5"
	if r, _ := do(set); r.Outcome != OutcomeFailed || r.Reason != "expected > 0.5, got 0.1" {
		t.Errorf("got %s", show(r))
	}
	set.Expect = ">= 0"
	answer = func(start float64) string { return matrix(values(start, 60, "1", "2", "2", "1", "")) }
	if r, out := do(set); r.Outcome != OutcomeFailed || !strings.HasPrefix(out.text(StreamOut), "err{job=\"a\"} no sample now\n  ▁██▁·\n") {
		t.Errorf("got %s %q", show(r), out.all())
	}
	answer = func(float64) string { return matrix() }
	if r, out := do(set); r.Outcome != OutcomeFailed || !strings.Contains(out.text(StreamInfo), "no sample") {
		t.Errorf("got %s %q", show(r), out.all())
	}
	answer = func(start float64) string {
		var all []string
		for i := range 25 {
			all = append(all, strings.Replace(values(start, 60, "1", "1", "1", "1", "1"), `"a"`, `"`+strconv.Itoa(i)+`"`, 1))
		}
		return matrix(all...)
	}
	if r, out := do(set); r.Outcome != OutcomeOK || strings.Count(out.text(StreamOut), "▄▄▄▄▄") != chartSeries || !strings.HasSuffix(out.text(StreamOut), "and 5 more series\n") {
		t.Errorf("got %s %q", show(r), out.all())
	}
	answer = func(float64) string { return twoSeries }
	if r, _ := do(set); r.Outcome != OutcomeFailed || !strings.Contains(r.Reason, "not series over time") {
		t.Errorf("got %s", show(r))
	}
	p, err := liveExecutor(t, runbooks.KindPromQL, "PROMETHEUS_URL="+b.URL).Preview(Request{Action: queryAction("err", runbooks.Settings{Range: 30 * time.Minute})})
	if err != nil || p.Command != "err\n# range 30m0s, step 31s" {
		t.Errorf("preview %q, %v", p.Command, err)
	}
}

func TestChartKeepsPeaksAndItsWidth(t *testing.T) {
	many := make([]float64, 11000)
	many[777] = 5
	if got := drawn(many); utf8.RuneCountInString(got) != chartColumns || strings.Count(got, "█") != 1 || strings.Count(got, "▁") != chartColumns-1 {
		t.Errorf("drawn %q", got)
	}
	// One low value among many: its column shows a higher one, the scale is still its.
	many = slices.Repeat([]float64{0.38}, 2*chartColumns)
	many[0] = 0.0064
	if got := drawn(many); got != strings.Repeat("█", chartColumns) {
		t.Errorf("drawn %q", got)
	}
	for _, tc := range []struct {
		values []float64
		want   string
	}{
		{nil, ""}, {[]float64{math.NaN()}, "·"}, {[]float64{3, 3}, "▄▄"}, {[]float64{-1, 0, 1}, "▁▅█"},
		{[]float64{math.Inf(-1), 1, 2, math.Inf(1)}, "▁▁██"}, {[]float64{-math.MaxFloat64, math.MaxFloat64}, "▁█"},
	} {
		if got := drawn(tc.values); got != tc.want {
			t.Errorf("%v: drawn %q, want %q", tc.values, got, tc.want)
		}
	}
	for back, want := range map[time.Duration]time.Duration{time.Second: time.Second, time.Minute: 2 * time.Second, 30 * time.Minute: 31 * time.Second, 10 * time.Minute: 11 * time.Second, 24 * time.Hour: 1465 * time.Second} {
		if s := newSpan(back, 0); s.step != want || s.steps() >= chartColumns {
			t.Errorf("%s: step %s, %d steps", back, s.step, s.steps())
		}
	}
}
