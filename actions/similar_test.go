package actions

import (
	"math"
	"testing"

	"genia.ai/bitacora/runbooks"
)

func TestSimilarity(t *testing.T) {
	for _, tc := range []struct {
		a, b string
		want float64
	}{
		{"MARTHA", "MARHTA", 0.961}, {"DIXON", "DICKSONX", 0.813}, {"abc", "abc", 1}, {"", "", 1}, {"a", "", 0}, {"abc", "xyz", 0}, {"ñu", "ñu", 1},
	} {
		if got := similarity(tc.a, tc.b); math.Abs(got-tc.want) > 0.001 {
			t.Errorf("similarity(%q, %q) = %.3f, want %.3f", tc.a, tc.b, got, tc.want)
		}
	}
}

func TestSampleClauses(t *testing.T) {
	for _, tc := range []struct {
		settings runbooks.Settings
		output   string
		met      bool
	}{
		{runbooks.Settings{Similarity: 0.9}, "3 pods are ready\n", true},
		{runbooks.Settings{Similarity: 0.9}, "no such namespace\n", false},
		{runbooks.Settings{SampleRegex: `^\d+ pods`}, "12 pods are there\n", true},
		{runbooks.Settings{SampleRegex: `^\d+ pods`}, "none\n", false},
		{runbooks.Settings{}, "whatever\n", true},
	} {
		action := &runbooks.Action{Kind: runbooks.KindShell, SampleOutput: "2 pods are ready\n", Settings: tc.settings}
		c := condition{clauses: sampleClauses(action)}
		o := &observation{kind: runbooks.KindShell, body: []byte(tc.output), output: []byte(tc.output)}
		if met, seen := c.evaluate(o); met != tc.met {
			t.Errorf("%+v on %q: %v, %s", tc.settings, tc.output, met, seen)
		}
	}
}
