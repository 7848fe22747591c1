package sanitize

import "testing"

func TestIndexHidden(t *testing.T) {
	for text, want := range map[string]int{
		"": -1, "plain\n\ttext\r\n": -1, "año — 日本": -1, "a\x1b[2J": 1, "año\u202e": 4, "\u200bx": 0, "abcdefghij\x7f": 10, "é\u0085": 2,
	} {
		if got := IndexHidden(text); got != want {
			t.Errorf("IndexHidden(%q) = %d, want %d", text, got, want)
		}
	}
}
