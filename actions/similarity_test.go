package actions

import (
	"math"
	"strings"
	"testing"

	"genia.ai/bitacora/runbooks"
)

// The values are those of the papers: Jaro (1989), Winkler (1990).
func TestSimilarity(t *testing.T) {
	for _, tc := range []struct {
		a, b string
		want float64
	}{
		{"MARTHA", "MARHTA", 0.961}, {"DIXON", "DICKSONX", 0.813}, {"DWAYNE", "DUANE", 0.84}, {"ABC", "XYZ", 0},
		{"", "", 1}, {"a", "", 0}, {"a", "a", 1}, {"ñandú", "ñandu", 0.92}, {"CRATE", "TRACE", 0.733},
	} {
		if got := similarity(tc.a, tc.b); math.Abs(got-tc.want) > 0.001 {
			t.Errorf("%q and %q: %.4f, want %.3f", tc.a, tc.b, got, tc.want)
		}
	}
	if got := similarity(strings.Repeat("a", 1<<20), strings.Repeat("a", 1<<20)+"b"); got != 1 {
		t.Errorf("long texts: %f", got)
	}
}

// TestExpectedSimilarity: what a script prints is compared with the sample.
func TestExpectedSimilarity(t *testing.T) {
	for name, tc := range map[string]struct {
		code, sample, regex string
		share               float64
		met                 bool
		reason              string
	}{
		"alike":               {code: `echo "pod/api-7f3a restarted"`, sample: "pod/api-9c1d restarted\n", share: 0.8, met: true},
		"unlike":              {code: `echo "Error: connection refused"`, sample: "pod/api-9c1d restarted\n", share: 0.8, reason: "the output is like the runbook's to 0."},
		"equal asked":         {code: `printf 'a\033[31mb\033[0m\r\nc\n'`, sample: "ab\nc", share: 1, met: true},
		"errors do not count": {code: `echo noise noise noise >&2; echo ok`, sample: "ok", share: 1, met: true},
		"JSON":                {code: `echo '{"b":1,   "a":[2]}'`, sample: "{\n \"a\": [2],\n \"b\": 1\n}", share: 1, met: true},
		"expression":          {code: `echo "took 41 ms"`, regex: `took \d+ ms`, met: true},
		"other expression":    {code: `echo "took long"`, regex: `took \d+ ms`, reason: "does not match what the runbook shows"},
		"failed all the same": {code: `echo ok; exit 3`, sample: "ok", share: 1, reason: "exit code 3"},
	} {
		action := script(tc.code, runbooks.Settings{Similarity: tc.share, SampleRegex: tc.regex})
		action.SampleOutput = tc.sample
		r := liveExecutor(t, runbooks.KindShell).Execute(t.Context(), Request{Action: action, Dir: t.TempDir()}, newRecorder())
		if (r.Outcome == OutcomeOK) != tc.met || !strings.Contains(r.Reason, tc.reason) || r.Exit == nil {
			t.Errorf("%s: %s", name, show(r))
		}
		if *r.Exit == 0 && (r.Met == nil || *r.Met != tc.met) {
			t.Errorf("%s: met %v", name, r.Met)
		}
	}
}
