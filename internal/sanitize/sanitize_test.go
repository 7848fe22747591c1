package sanitize

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"
	"unicode/utf8"

	"pgregory.net/rapid"
)

func clean(opts Options, chunks ...string) string {
	f := New(opts)
	var out []byte
	for _, c := range chunks {
		out = f.Append(out, []byte(c))
	}
	return string(f.Flush(out))
}

func TestFilter(t *testing.T) {
	for _, tc := range []struct{ name, in, want string }{
		{"plain text", "año\t1\r\nñ €\n", "año\t1\r\nñ €\n"},
		{"colour", "\x1b[1;31mred\x1b[0m", "red"},
		{"cursor motion", "a\x1b[2J\x1b[10;5Hb", "ab"},
		{"private mode", "a\x1b[?1049hb", "ab"},
		{"status report", "a\x1b[6nb", "ab"},
		{"title ended by BEL", "a\x1b]0;evil\ab", "ab"},
		{"clipboard ended by ST", "a\x1b]52;c;QUFB\x1b\\b", "ab"},
		{"hyperlink", "\x1b]8;;http://x\x1b\\link\x1b]8;;\x1b\\", "link"},
		{"DCS", "a\x1bP$qm\x1b\\b", "ab"},
		{"APC, PM, SOS", "a\x1b_x\x1b\\b\x1b^x\x1b\\c\x1bXx\x1b\\d", "abcd"},
		{"two bytes", "a\x1bcb\x1b7c", "abc"},
		{"charset", "a\x1b(0b", "ab"},
		{"C1 as characters", "a\u009b31mb\u009d0;x\u009cc\u0085d", "abcd"},
		{"C1 as bytes is broken UTF-8", "a\x9b31mb", "a\uFFFD31mb"},
		{"broken UTF-8 hides no escape", "\xf0\x1b]52;c;AAAA\ax", "\uFFFDx"},
		{"overlong, surrogate", "\xc0\x9b\xed\xa0\x80", "\uFFFD\uFFFD\uFFFD\uFFFD\uFFFD"},
		{"C0 and DEL", "a\x00\x07\x08\x0b\x0c\x0e\x7fb", "ab"},
		{"bidi", "a\u202eb\u2066c\u200fd\u061ce", "abcde"},
		{"separators", "a\u2028b\u2029c", "abc"},
		{"tags and zero width", "a\U000E0041\U000E007Fb\u200bc\ufeffd", "abcd"},
		{"joiners stay", "👨\u200d👩", "👨\u200d👩"},
		{"newline ends a sequence", "a\x1b]0;never ended\nb\x1b[3\nc", "a\nb\nc"},
		{"CAN ends a sequence", "a\x1b]0;x\x18b", "ab"},
		{"escape restarts", "a\x1b[3\x1b[31mb", "ab"},
		{"letter out of place", "a\x1b[3éb", "aéb"},
		{"unfinished at the end", "a\x1b[3", "a"},
		{"unfinished rune", "a\xe2\x82", "a\uFFFD\uFFFD"},
		{"nested introducer", "a\x1b]0;x\x1b]52;c;QQ==\ab", "ab"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			if got := clean(Options{}, tc.in); got != tc.want {
				t.Errorf("got %q, want %q", got, tc.want)
			}
			if got := clean(Options{}, strings.Split(tc.in, "")...); utf8.ValidString(tc.in) && got != tc.want {
				t.Errorf("rune by rune: got %q, want %q", got, tc.want)
			}
		})
	}
}

func TestKeptColours(t *testing.T) {
	for _, tc := range []struct{ in, want string }{
		{"\x1b[1;38:2:1:2:3mx\x1b[m", "\x1b[1;38:2:1:2:3mx\x1b[m"},
		{"\u009b31mx", "\x1b[31mx"},
		{"\x1b[>4mx\x1b[?1mx\x1b[1 mx", "xxx"},
		{"\x1b[3\x071mx", "x"},
		{"\x1b[" + strings.Repeat("1", maxSGR+1) + "mx", "x"},
		{"\x1b[2Jx\x1b]0;t\ay", "xy"},
	} {
		if got := clean(Options{KeepSGR: true}, tc.in); got != tc.want {
			t.Errorf("%q: got %q, want %q", tc.in, got, tc.want)
		}
	}
}

func TestSequencesAreCapped(t *testing.T) {
	got := clean(Options{}, "\x1b]0;"+strings.Repeat("x", maxString)+"seen")
	if !strings.HasSuffix(got, "seen") {
		t.Errorf("a string sequence without an end swallows what follows: %d bytes left", len(got))
	}
	got = clean(Options{}, "\x1b["+strings.Repeat("1", 2*maxControl)+"seen")
	if !strings.HasSuffix(got, "seen") {
		t.Errorf("a control sequence without an end swallows what follows: %q", got)
	}
}

func TestRemovedCounts(t *testing.T) {
	f := New(Options{KeepSGR: true})
	f.Flush(f.Append(nil, []byte("a\x1b[31mb\x1b[2J\x07\xff")))
	if f.Removed() != 3 {
		t.Errorf("removed %d, want 3", f.Removed())
	}
}

func TestLine(t *testing.T) {
	if got := Line("a\r\nb\tc\x1b[2J\rd"); got != "a b c d" {
		t.Errorf("got %q", got)
	}
	if got := String("a\nb"); got != "a\nb" {
		t.Errorf("got %q", got)
	}
}

// hostile makes streams out of the pieces that matter.
func hostile() *rapid.Generator[[]byte] {
	piece := rapid.OneOf(
		rapid.SampledFrom([]string{
			"\x1b", "[", "]", "\x1b[", "\x1b]52;c;", "\a", "\x1b\\", "\u009b", "\u009d", "\u009c", "31m", ";", "?", "\n", "\r",
			"\xf0", "\xe2\x82", "\x9b", "\u202e", "\U000E0041", "é", "€", "😀", "text", "\x18", "\x00", "(", "P", "0m",
		}),
		rapid.StringN(0, 5, 10),
		rapid.Map(rapid.SliceOfN(rapid.Byte(), 0, 5), func(b []byte) string { return string(b) }),
	)
	return rapid.Map(rapid.SliceOfN(piece, 0, 60), func(p []string) []byte { return []byte(strings.Join(p, "")) })
}

func TestChunksNeverMatter(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		in := hostile().Draw(t, "in")
		opts := Options{KeepSGR: rapid.Bool().Draw(t, "colours")}
		whole := clean(opts, string(in))
		f := New(opts)
		var out []byte
		for rest := in; len(rest) > 0; {
			n := rapid.IntRange(1, len(rest)).Draw(t, "n")
			out = f.Append(out, rest[:n])
			rest = rest[n:]
		}
		if out = f.Flush(out); string(out) != whole {
			t.Fatalf("in chunks %q, at once %q", out, whole)
		}
		checkSafe(t, opts, out)
	})
}

type failer interface{ Fatalf(string, ...any) }

// checkSafe fails unless out is what the package promises.
func checkSafe(t failer, opts Options, out []byte) {
	if !utf8.Valid(out) {
		t.Fatalf("not UTF-8: %q", out)
	}
	for s := string(out); s != ""; {
		r, size := utf8.DecodeRuneInString(s)
		if r == escape && opts.KeepSGR {
			end := strings.IndexByte(s, 'm')
			if end < 2 || s[1] != '[' || strings.Trim(s[2:end], "0123456789:;") != "" {
				t.Fatalf("an escape that is no colour: %q", s)
			}
			s = s[end+1:]
			continue
		}
		if hidden(r) {
			t.Fatalf("%U reached the output: %q", r, out)
		}
		s = s[size:]
	}
}

func FuzzFilter(f *testing.F) {
	f.Fuzz(func(t *testing.T, in []byte, size uint8, colours bool) {
		opts := Options{KeepSGR: colours}
		flt := New(opts)
		var out []byte
		for chunk := range chunks(in, int(size)+1) {
			out = flt.Append(out, chunk)
		}
		out = flt.Flush(out)
		var next []byte
		again := New(opts)
		for chunk := range chunks(in, int(size)+1) {
			next = append(next, again.Next(chunk)...)
		}
		if next = again.Flush(next); !bytes.Equal(next, out) || again.Removed() != flt.Removed() {
			t.Fatalf("Next %q, Append %q", next, out)
		}
		if whole := clean(opts, string(in)); whole != string(out) {
			t.Fatalf("in chunks of %d %q, at once %q", int(size)+1, out, whole)
		}
		checkSafe(t, opts, out)
		if again := clean(opts, string(out)); again != string(out) {
			t.Fatalf("cleaning twice changes %q to %q", out, again)
		}
	})
}

func chunks(p []byte, n int) func(func([]byte) bool) {
	return func(yield func([]byte) bool) {
		for len(p) > 0 {
			k := min(n, len(p))
			if !yield(p[:k]) {
				return
			}
			p = p[k:]
		}
	}
}

func TestJSONKeepsItsValueAndDrivesNothing(t *testing.T) {
	value := "a\u009b5m\u202eb\x7f\U000e0041\u00e9\u200dc"
	text, err := json.Marshal(map[string]string{value: value})
	if err != nil {
		t.Fatal(err)
	}
	safe := JSON(text)
	if got := String(string(safe)); got != string(safe) {
		t.Errorf("%q still holds hidden characters", safe)
	}
	var back map[string]string
	if err := json.Unmarshal(safe, &back); err != nil || back[value] != value {
		t.Errorf("%q reads back as %q, %v", safe, back, err)
	}
}
