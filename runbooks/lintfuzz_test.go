package runbooks

import (
	"bytes"
	"runtime"
	"syscall"
	"testing"
	"time"
)

// FuzzInspect asserts that an inspection ends, that every finding has a place in
// the text, and that its edits fit it.
func FuzzInspect(f *testing.F) {
	for _, src := range []string{
		"# T\n\n## Fix\n\n1. Do\n\n   ```sh {name=a}\n   curl -X POST $URL\n   rm -rf $D\n   ```\n",
		"```console\n$ kubectl delete pod <pod>\ndone\n```\n\n[a](b.md#c) ![d](<e f.png>)\n\n[g]: h.md\n",
		"> ```bash\n> #!/bin/sh\n> make x | curl -d @- http://a.b\n> make y\n> ```\n",
		"# T\n\n```http {effect=write after=x}\nPUT http://{{h}}/disable\n```\n\n```choice {name=x}\na: A -> end\nb: B -> phase:decision\n```\n",
		"# T\n\n```promql {expect=\"< 1\"}\nup\n```\n\n```output\n2\n```\n",
		"---\nlint-ignore: [no-undo, x]\n---\n# T <!-- bitacora lint-ignore=no-set-e -->\n\n1. a <!-- bitacora lint-ignore -->\n   <!-- bitacora lint-ignore=\"a,b\" role=c -->\n   ```sh {lint-ignore=d}\n   rm -r $A\n   ```\n",
		"Run `git push --force` then\r\n\r\n\t```sh\r\n\texport A_TOKEN=abc1234567\r\n\t```\r\n",
	} {
		f.Add([]byte(src))
	}
	f.Fuzz(func(t *testing.T, src []byte) {
		list, err := Inspect("db.md", src, Surroundings{Read: func(string) ([]byte, error) { return src, nil }})
		if err != nil {
			return
		}
		lines := bytes.Split(src, []byte("\n"))
		for _, found := range list {
			if found.Line < 1 || found.Line > len(lines) || found.Column < 1 || found.Message == "" || found.Code == "" {
				t.Errorf("%+v", found.Diagnostic)
			}
			if at := found.Ignored; at != nil && (at.Line < 1 || at.Line > len(lines) || at.Column < 1 || found.Severity == SeverityError) {
				t.Errorf("%+v is ignored at %+v", found.Diagnostic, *at)
			}
			if fix := found.Fix; fix != nil && (fix.Line < 1 || fix.Line > len(lines) || len(fix.Before) != fix.At || fix.Text == "") {
				t.Errorf("%+v", *fix)
			}
		}
	})
}

// TestInspectTakesTimeInProportion compares a text with one eight times as long, by the
// time of the processors: that of the clock tells what else the machine does. Somebody
// else's use of its caches still shows, so that some rounds are allowed for.
func TestInspectTakesTimeInProportion(t *testing.T) {
	texts := [2][]byte{document(100 << 10), document(800 << 10)}
	best := [2]time.Duration{time.Hour, time.Hour}
	for range 6 {
		for i, src := range texts {
			runtime.GC() // what the other left behind is not this one's
			began := processorTime(t)
			if _, err := Inspect("db.md", src, Surroundings{}); err != nil {
				t.Fatal(err)
			}
			best[i] = min(best[i], processorTime(t)-began)
		}
		if best[1] <= 30*best[0] {
			return
		}
	}
	t.Errorf("100 KiB take %v, 800 KiB %v", best[0], best[1])
}

// processorTime is how long the processors have worked for this process.
func processorTime(t *testing.T) time.Duration {
	t.Helper()
	var used syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &used); err != nil {
		t.Fatal(err)
	}
	return time.Duration(used.Utime.Nano() + used.Stime.Nano())
}
