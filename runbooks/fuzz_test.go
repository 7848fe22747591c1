package runbooks

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"testing"
)

// FuzzParse asserts that no bytes make Parse panic, break an invariant, or
// return a part of a runbook, and that it says the same twice.
func FuzzParse(f *testing.F) {
	samples, err := filepath.Glob(filepath.Join("testdata", "*.md"))
	if err == nil {
		var written []string // for other tools
		written, err = filepath.Glob(filepath.Join("testdata", "compat", "*.md"))
		samples = append(samples, written...)
	}
	if err != nil || len(samples) == 0 {
		f.Fatalf("no samples: %v", err)
	}
	for _, path := range samples {
		src, err := os.ReadFile(path)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(src)
	}
	for _, s := range []string{
		"", "---", "---\n---\n", "\ufeff# T\r\n\r\n1. a\r\n", "+++\ntitle = 'x'\n+++\n",
		"# T\n\n- a\n  - b\n    1. c\n\n       ```sh {name=x effect=read}\n       ls\n       ```\n",
		"```sh {\"name\":\"x\",\"timeout\":\"5m\"}\nX=$1\necho \"Usage: x [a] <b>\" ${Y:-z}\n```\n\n```output\nok\n```\n",
		"<!-- bitacora scenario=a title=\"x y\" -->\n## A\n\n- b <!-- bitacora id=c -->\n",
		"## Scenario 1: a\n\ntext\n\n1. b\n\n## Scenario 2: c\n\n1. d\n\n## Decision\n\n- e type\n",
		"```choice {name=c default=a}\na: A -> scenario:x\nb: B -> end\n```\n\n```input {name=v}\nq\npattern: [a-z]+\n```\n",
		"| # | Action |\n|---|---|\n| 1 | `kubectl get pods` |\n", "> ```\n> kubectl get <pod>\n> ```\n", "$ a\\\n", "* * *\n- \n1)\n", "<!--\n-->\n<details>\n",
	} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, src []byte) {
		rb, err := Parse("fuzz.md", src)
		if err != nil {
			var parse *ParseError
			if rb != nil || !errors.As(err, &parse) || len(parse.Problems) == 0 {
				t.Fatalf("Parse = %v, %v", rb, err)
			}
			for _, d := range parse.Problems {
				if d.Line < 1 || d.Line > 1+bytes.Count(src, []byte("\n")) || d.Column < 1 || d.Severity != SeverityError {
					t.Errorf("problem %+v", d)
				}
			}
			return
		}
		checkInvariants(t, "fuzz.md", src, rb)
		for _, s := range rb.Scenarios {
			rb.ParamsFor(s.ID)
		}
		again, err := Parse("fuzz.md", src)
		if err != nil {
			t.Fatal(err)
		}
		one, _ := rb.JSON()
		two, _ := again.JSON()
		if !bytes.Equal(one, two) {
			t.Errorf("two readings differ:\n%s\n%s", one, two)
		}
	})
}
