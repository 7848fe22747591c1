package plain

import (
	"slices"
	"strings"
	"testing"
)

func TestTextBreaksAtSpaces(t *testing.T) {
	for _, test := range []struct {
		text          string
		prefix, cells int
		want          []string
	}{
		{"one two three four five six", 0, 0, []string{"one two three four five six"}},
		{"one two three four five six", 0, 20, []string{"one two three four", "five six"}},
		{"one two three four five six", 4, 24, []string{"one two three four", "five six"}},
		{"  - one two three four five", 0, 20, []string{"  - one two three", "    four five"}},
		{"10. one two three four five", 0, 20, []string{"10. one two three", "    four five"}},
		{"in /a/long/path/that/nobody/breaks there", 0, 20, []string{"in", "/a/long/path/that/nobody/breaks", "there"}},
		{"```\necho one two three four five\n```\n", 0, 20, []string{"```", "echo one two three four five", "```", ""}},
		{"| a | table of a row |\nñandú ñandú ñandú ñandú", 0, 20, []string{"| a | table of a row |", "ñandú ñandú ñandú", "ñandú"}},
	} {
		got := wrapped(test.text, test.prefix, test.cells)
		if !slices.Equal(got, test.want) {
			t.Errorf("wrapped(%q, %d, %d) = %q, want %q", test.text, test.prefix, test.cells, got, test.want)
		}
		if a, b := strings.Fields(test.text), strings.Fields(strings.Join(got, " ")); !slices.Equal(a, b) {
			t.Errorf("words of %q became %q", test.text, got)
		}
	}
}
