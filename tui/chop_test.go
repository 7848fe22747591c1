package tui

import (
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestLongTextsBreakAtWords(t *testing.T) {
	l := &look{sym: unicodeSymbols}
	for _, test := range []struct {
		text  string
		cells int
		want  []string
	}{
		{"git log --oneline master", 14, []string{"git log ", "--oneline ", "master"}},
		{"one two", 3, []string{"one", " tw", "o"}},
	} {
		if got := chop(test.text, test.cells); !slices.Equal(got, test.want) {
			t.Errorf("chop(%q, %d) = %q", test.text, test.cells, got)
		}
	}
	for _, test := range []struct {
		text  string
		cells int
		want  []string
	}{
		{"lo que envío por facebook no se publica", 20, []string{"lo que envío por ", "facebook no se ", "publica"}},
		{"http://127.0.0.1:42849/api/v1/alerts", 30, []string{"http://127.0.0.1:42849/api/", "…v1/alerts"}},
		{"abcdefghij", 5, []string{"abcd", "…efgh", "…ij"}},
		{"short", 5, []string{"short"}},
	} {
		if got := l.broken(test.text, test.cells); !slices.Equal(got, test.want) {
			t.Errorf("broken(%q, %d) = %q, want %q", test.text, test.cells, got, test.want)
		}
	}
	values := l.valueLines([]string{"a=1", "b=2", "PROMETHEUS_URL=http://127.0.0.1:42849", "c=3"}, 40)
	if want := []string{"a=1  b=2", "PROMETHEUS_URL=http://127.0.0.1:42849", "c=3"}; !slices.Equal(values, want) {
		t.Errorf("values: %q", values)
	}
}

// TestNothingOfACommandIsLost breaks hard texts at every width.
func TestNothingOfACommandIsLost(t *testing.T) {
	parts := append([]string{"a", " ", "  ", "/", "--x=", "ñ", "界", "e\u0301", "é", "…"}, nasty...)
	rapid.Check(t, func(rt *rapid.T) {
		text := shown(strings.NewReplacer("\t", "", "\r", "", "\n", "", "\x1b", "").Replace(strings.Join(rapid.SliceOfN(rapid.SampledFrom(parts), 0, 30).Draw(rt, "parts"), "")))
		cells := rapid.IntRange(6, 20).Draw(rt, "cells")
		whole := chop(text, cells)
		if strings.Join(whole, "") != text {
			rt.Fatalf("chop(%q, %d) = %q", text, cells, whole)
		}
		for _, l := range []*look{{sym: unicodeSymbols}, {sym: asciiSymbols}} {
			for _, line := range slices.Concat(whole, l.broken(text, cells)) {
				if width(line) > cells {
					rt.Fatalf("%q is wider than %d", line, cells)
				}
			}
		}
	})
}
