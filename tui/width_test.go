package tui

import (
	"strings"
	"testing"

	"github.com/charmbracelet/x/ansi"
	"pgregory.net/rapid"
)

// TestWidthIsTheToolkits compares the short cut with what the toolkit measures.
func TestWidthIsTheToolkits(t *testing.T) {
	parts := append([]string{
		"a", " ", "ñ", "Ó", "…", "│", "─", "·", "\x1b[1m", "\x1b[38;5;9m", "\x1b[m", "\x1b", "\x1b[", "\u0301", "界", "👍", "\u200d", "\ufe0f",
		"\u00ad", "\u20e3", "1", "©", "®", "\t", "\x7f", "\u0300", "\U0001F1EA", "क्ष",
	}, nasty...)
	rapid.Check(t, func(rt *rapid.T) {
		text := strings.Join(rapid.SliceOfN(rapid.SampledFrom(parts), 0, 8).Draw(rt, "parts"), "")
		if got, want := width(text), ansi.StringWidth(text); got != want {
			rt.Fatalf("width(%q) = %d, the toolkit says %d", text, got, want)
		}
	})
}
