package session

import (
	"slices"
	"testing"
)

func TestLines(t *testing.T) {
	for _, test := range []struct {
		name   string
		chunks []string
		want   []string
	}{
		{"whole lines", []string{"a\nb\n"}, []string{"a", "b"}},
		{"a line in pieces", []string{"a", "b", "\nc"}, []string{"ab", "c"}},
		{"an open line", []string{"a"}, []string{"a"}},
		{"DOS ends", []string{"a\r", "\nb\r\n"}, []string{"a", "b"}},
		{"written over", []string{"10%\r", "20%\r30", "%\r100%\n"}, []string{"100%"}},
		{"written over and open", []string{"10%\r20%"}, []string{"20%"}},
		{"empty lines stay", []string{"\n\na\n"}, []string{"", "", "a"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			var lines Lines
			var got []string
			for _, chunk := range test.chunks {
				for _, line := range lines.Add(OutputPrinted{Stream: StreamOut, Text: chunk}) {
					got = append(got, line.Text)
				}
			}
			for _, line := range lines.Flush() {
				got = append(got, line.Text)
			}
			if !slices.Equal(got, test.want) {
				t.Errorf("got %q, want %q", got, test.want)
			}
			if rest := lines.Flush(); len(rest) > 0 {
				t.Errorf("flushed twice: %q", rest)
			}
		})
	}
}

func TestLinesKeepStreamsApart(t *testing.T) {
	var lines Lines
	lines.Add(OutputPrinted{Stream: StreamOut, Text: "to "})
	got := lines.Add(OutputPrinted{Stream: StreamErr, Text: "warning\n"})
	got = append(got, lines.Add(OutputPrinted{Stream: StreamOut, Text: "do\n"})...)
	if want := []Line{{StreamErr, "warning"}, {StreamOut, "to do"}}; !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}
