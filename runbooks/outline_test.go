package runbooks

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// sameAsParse fails when an outline says otherwise than the runbook.
func sameAsParse(t *testing.T, path string, src []byte) {
	t.Helper()
	rb, parseErr := Parse(path, src)
	o, err := ReadOutline(path, src)
	if (err == nil) != (parseErr == nil) {
		t.Fatalf("%s: ReadOutline says %v, Parse %v", path, err, parseErr)
	}
	if err != nil {
		return
	}
	if o.Title != rb.Title || o.Lang != rb.Lang || o.Steps != len(rb.Sequence) || o.Scenarios != len(rb.Scenarios) || o.Phases != len(rb.phases()) {
		t.Errorf("%s: outline %+v; the runbook has %q %q, %d steps, %d scenarios, %d phases",
			path, o, rb.Title, rb.Lang, len(rb.Sequence), len(rb.Scenarios), len(rb.phases()))
	}
}

func TestOutlineAgreesWithParse(t *testing.T) {
	sameAsParse(t, "long.md", document(20<<10))
	for _, src := range []string{
		"", "# T\n", "---\ntitle: [\n---\n# T\n", "# T\n\n```sh\nls\n", "# T\n\n```sh {name=\"x}\nls\n```\n",
		"# T\n\n## Decision\n\n1. Pick\n\n### Scenario 1: a\n\n1. do `kubectl get pods`\n\n### Scenario 2: b\n\n- `make b`\n\n## Follow-up\n\n- [ ] tell\n",
		"# T\n\nRun it:\n\n    $ ls\n    x\n\n```sh\nX=$1\nwhile true; do sleep 1; done\n# or\nls\n```\n",
	} {
		sameAsParse(t, "x.md", []byte(src))
	}
	paths, err := filepath.Glob(filepath.Join("testdata", "*.md"))
	more, _ := filepath.Glob(filepath.Join("testdata", "compat", "*.md"))
	if err != nil || len(paths) == 0 || len(more) == 0 {
		t.Fatalf("no samples: %v", err)
	}
	for _, path := range append(paths, more...) {
		src, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		sameAsParse(t, path, src)
	}
}

func TestOutlineAgreesWithParseOnRealRunbooks(t *testing.T) {
	corpus(t, func(path string, src []byte) { sameAsParse(t, path, src) })
}

func TestOutlineNamesHeadingsAndAlerts(t *testing.T) {
	src := "# Kafka\n\nSee `ConsumerLagHigh` and `kubectl`.\n\n## KafkaDown (critical)\n\n1. Look\n\n## etcdNoLeader\n\n```yaml\n- alert: DiskWillFill\n```\n\n## Meaning\n\nAn HTTPServer in JSON.\n"
	o, err := ReadOutline("kafka.md", []byte(src))
	if err != nil {
		t.Fatal(err)
	}
	if want := []string{"KafkaDown (critical)", "etcdNoLeader", "Meaning"}; !slices.Equal(o.Headings, want) {
		t.Errorf("headings %q, want %q", o.Headings, want)
	}
	if want := []string{"KafkaDown", "etcdNoLeader", "ConsumerLagHigh", "DiskWillFill"}; !slices.Equal(o.Alerts, want) {
		t.Errorf("alerts %q, want %q", o.Alerts, want)
	}
}

func TestOutlineIsBounded(t *testing.T) {
	var b strings.Builder
	for i := range 1000 {
		b.WriteString("## Alert" + strings.Repeat("Ñandú", 60) + "\n\n`NameNumber" + strings.Repeat("x", i%50) + "`\n\n")
	}
	o, err := ReadOutline("x.md", []byte(b.String()))
	if err != nil {
		t.Fatal(err)
	}
	if len(o.Headings) != maxHeadings || len(o.Alerts) > maxAlerts {
		t.Errorf("%d headings, %d alerts", len(o.Headings), len(o.Alerts))
	}
	for _, h := range o.Headings {
		if len(h) > maxHeading || !strings.HasPrefix(h, "AlertÑandú") || strings.ContainsRune(h, '�') {
			t.Fatalf("heading %q", h)
		}
	}
}

func TestIsAlertName(t *testing.T) {
	for word, want := range map[string]bool{
		"HighErrorRate": true, "KubePodCrashLooping": true, "etcdNoLeader": true, "TargetDown": true, "Node2Down": true,
		"High": false, "JSON": false, "kubectl": false, "HTTP": false, "high_error_rate": false, "ÁrbolCaído": false, "": false,
	} {
		if got := isAlertName(word); got != want {
			t.Errorf("isAlertName(%q) = %v", word, got)
		}
	}
}
