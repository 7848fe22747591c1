package runbooks

import (
	"strings"
	"testing"
	"time"
)

func TestLintOfRequestsAndQueries(t *testing.T) {
	fence := func(kind, attrs, code string) string {
		return doc("lang: en\nhosts: [a.example]", "1. Do\n\n   ```"+kind+" {"+attrs+"}\n   "+code+"\n   ```")
	}
	get, post := "GET https://a.example/", "POST https://a.example/"
	for _, tc := range []struct {
		code, src, want string // "" = not a word of it
		severity        Severity
	}{
		{"retries-not-made", fence("http", "effect=read retries=2", post), "a POST is sent once", SeverityWarning},
		{"retries-not-made", fence("http", "effect=read retries=2", get), "", ""},
		{"invalid-number", fence("http", "redirects=11", get), "more than the 10", SeverityError},
		{"invalid-number", fence("http", "redirects=-1", get), "not a number", SeverityError},
		{"misplaced-attribute", fence("promql", "redirects=1", "up"), "means nothing on promql", SeverityWarning},
		{"misplaced-attribute", fence("http", "range=30m", get), "means nothing on http", SeverityWarning},
		{"step-without-range", fence("promql", "step=30s", "up"), "range=30m", SeverityWarning},
		{"invalid-duration", fence("promql", "range=1m step=2m", "up"), "longer than range", SeverityError},
		{"invalid-duration", fence("promql", "range=30d step=1s", "up"), "11000", SeverityError},
		{"invalid-duration", fence("promql", "range=10ms", "up"), "shorter than a second", SeverityError},
		{"unknown-attribute", fence("promql", "range=30m step=30s", "up"), "", ""},
	} {
		rb, err := Parse("x.md", []byte(tc.src))
		if err != nil {
			t.Fatal(err)
		}
		found := codes(rb.Diagnostics)[tc.code]
		if tc.want == "" && len(found) > 0 {
			t.Errorf("%s: %v\n%s", tc.code, found, tc.src)
		}
		if tc.want != "" && (len(found) == 0 || found[0].Severity != tc.severity || !strings.Contains(found[0].Format("x.md"), tc.want)) {
			t.Errorf("no %s with %q in %v\n%s", tc.code, tc.want, rb.Diagnostics, tc.src)
		}
	}
	rb, err := Parse("x.md", []byte(fence("promql", "range=30m step=30s", "up")))
	if err != nil {
		t.Fatal(err)
	}
	if set := rb.Sequence[0].Actions[0].Settings; set.Range != 30*time.Minute || set.Step != 30*time.Second {
		t.Errorf("settings %+v", set)
	}
}
