package runbooks

import (
	"bytes"
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

// TestInspectTakesTimeInProportion compares a text with one eight times as long.
func TestInspectTakesTimeInProportion(t *testing.T) {
	took := func(size int) time.Duration {
		src := document(size)
		best := time.Hour
		for range 3 {
			began := time.Now()
			if _, err := Inspect("db.md", src, Surroundings{}); err != nil {
				t.Fatal(err)
			}
			best = min(best, time.Since(began))
		}
		return best
	}
	small, large := took(100<<10), took(800<<10)
	t.Logf("100 KiB in %v, 800 KiB in %v", small, large)
	if large > 30*small {
		t.Errorf("100 KiB take %v, 800 KiB %v", small, large)
	}
}
