//go:build !race

// Under the race detector the pools of package regexp forget on purpose, and
// memory is not what it is.

package runbooks

import (
	"runtime"
	"testing"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/extension"
	"github.com/yuin/goldmark/text"
)

// allocated returns the bytes that f allocates.
func allocated(f func()) uint64 {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	f()
	runtime.ReadMemStats(&after)
	return after.TotalAlloc - before.TotalAlloc
}

// TestMemoryInProportion keeps what reading takes within four times what goldmark
// alone takes for the same text, whatever its size. Time is measured by
// BenchmarkParse.
func TestMemoryInProportion(t *testing.T) {
	if _, err := Parse("first.md", document(1)); err != nil { // makes what all readings share
		t.Fatal(err)
	}
	for shape, text := range shapes {
		for _, size := range []int{10 << 10, 256 << 10, 2 << 20} {
			if bare, ours := appetite(t, text(size)); ours > 4*bare {
				t.Errorf("%s: %d bytes take %d bytes, goldmark alone %d", shape, size, ours, bare)
			}
		}
	}
}

// appetite returns the bytes that goldmark alone and Parse allocate for a text.
func appetite(t *testing.T, src []byte) (bare, ours uint64) {
	t.Helper()
	bare = allocated(func() {
		goldmark.New(goldmark.WithExtensions(extension.GFM)).Parser().Parse(text.NewReader(src))
	})
	ours = allocated(func() {
		if _, err := Parse("long.md", src); err != nil {
			t.Error(err)
		}
	})
	return bare, ours
}
