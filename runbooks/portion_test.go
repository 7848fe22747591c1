package runbooks

import (
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
)

// samePortioned asserts that it makes no difference in what portions a text is read.
func samePortioned(t *testing.T, name, text string) {
	t.Helper()
	read := func(portion int) ([]*block, *findings) {
		f := &findings{}
		src := readSource(name, []byte(text), f)
		if len(f.problems) > 0 {
			return nil, f
		}
		return readBlocks(src, f, portion), f
	}
	whole, said := read(len(text) + 1)
	for _, size := range []int{1, 200} {
		if blocks, f := read(size); !reflect.DeepEqual(blocks, whole) || !reflect.DeepEqual(f, said) {
			t.Errorf("%s: read in portions of %d bytes it says something else", name, size)
		}
	}
}

func TestPortions(t *testing.T) {
	for name, text := range map[string]string{
		"an open fence": "# A\n\n```sh\nls\n\n# B\n\nx\n```\n\n# C\n\n- a\n", "a longer fence": "# A\n\n````\n```\n\n# B\n````\n\n# C\n",
		"a fence in a list": "# A\n\n- a\n\n  ```sh\n  ls\n\n# B\n\n  ```\n\n# C\n", "open HTML": "# A\n\n<pre>\n\n# B\n</pre>\n\n# C\n\n<div>\n\n# D\n",
		"a definition below": "# A\n\nsee [this][x]\n\n# B\n\n[x]: https://example.org\n", "no heading": "# A\n\n####### B\n\n#C\n\n#\n\n##\tD\n",
		"an annotation above": "# A\n\n<!-- bitacora phase=execution -->\n\n## B\n\n1. a\n\n<!-- bitacora scenario=x -->\n", "nothing": "", "lists": "1. a\n\n   b\n\n# A\n\n1. a\n2. b\n\n\n# B\n\n> q\n\n# C",
		"an empty fence": "# A\n\n```\n```\n\n# B\n\n```\n\n# C\n",
	} {
		samePortioned(t, name, text)
	}
	samples, err := filepath.Glob(filepath.Join("testdata", "*.md"))
	if err != nil || len(samples) == 0 {
		t.Fatalf("no samples: %v", err)
	}
	for _, path := range append(samples, filepath.Join("library", "rollback-conectores.md")) {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		samePortioned(t, path, string(text))
	}
	samePortioned(t, "a long text", string(document(3*portionSize)))
}

// FuzzPortions asserts the same of any text.
func FuzzPortions(f *testing.F) {
	f.Add("# A\n\n```sh\nls\n\n# B\n```\n\n> - a\n\n# C\n\n<pre>\n\n# D\n")
	f.Add(strings.Repeat("## A\n\n- a [x]\n\n| a | b |\n|---|---|\n\n", 3))
	f.Fuzz(func(t *testing.T, text string) { samePortioned(t, "fuzz.md", text) })
}

func TestPortionsEndWithWhoeverWantsThem(t *testing.T) {
	text := []byte(strings.Repeat("# A\n\nb\n\n", 1000))
	work := newParsing(text, 100)
	work.tree(0)
	work.stop()
	if len(work.cuts) < 50 || work.next > work.wanted+portionsAhead {
		t.Errorf("%d of %d portions were parsed", work.next, len(work.cuts))
	}
}

func TestPortionsTellWhatTheParserDid(t *testing.T) {
	work := newParsing([]byte(strings.Repeat("# A\n\nb\n\n", 10)), 10)
	defer work.stop()
	work.mu.Lock()
	work.failed = "lost"
	work.mu.Unlock()
	defer func() {
		if v := recover(); v != "lost" {
			t.Errorf("it panicked with %v", v)
		}
	}()
	work.tree(0)
	t.Error("it did not panic")
}
