package redact

import (
	"regexp"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// definition masks known secrets as they are defined: at each position the longest
// pattern that stands there, else the byte.
type definition struct {
	patterns []*regexp.Regexp
	masks    []string
}

func (d *definition) add(name, value string) {
	f := forms(value)
	for _, form := range f.exact {
		d.patterns, d.masks = append(d.patterns, regexp.MustCompile("^(?s:"+quote(form, "")+")")), append(d.masks, Mask(name))
	}
	for _, form := range f.folded {
		d.patterns, d.masks = append(d.patterns, regexp.MustCompile("^(?s:"+quote(form, `(?:\r?\n)?`)+")")), append(d.masks, Mask(name))
	}
}

func quote(form, between string) string {
	var all []string
	for i := range len(form) {
		all = append(all, regexp.QuoteMeta(form[i:i+1]))
	}
	return strings.Join(all, between)
}

func (d *definition) apply(text string) string {
	var out strings.Builder
	for text != "" {
		longest, mask := 0, ""
		for i, p := range d.patterns {
			if n := len(p.FindString(text)); n > longest {
				longest, mask = n, d.masks[i]
			}
		}
		if longest == 0 {
			out.WriteByte(text[0])
			text = text[1:]
			continue
		}
		out.WriteString(mask)
		text = text[longest:]
	}
	return out.String()
}

func inChunks(t *rapid.T, stream *Stream, text string) string {
	var out []byte
	for rest := []byte(text); len(rest) > 0; {
		n := rapid.IntRange(1, len(rest)).Draw(t, "n")
		out = stream.Append(out, rest[:n])
		clear(rest[:n]) // what was given is not used later
		rest = rest[n:]
	}
	return string(stream.Flush(out))
}

func TestSameAsTheDefinitionForAnyChunks(t *testing.T) {
	// A small alphabet makes overlaps, prefixes and suffixes of each other frequent.
	word := rapid.StringOfN(rapid.SampledFrom([]rune("ab")), 6, 12, -1)
	rapid.Check(t, func(t *rapid.T) {
		secrets, want := map[string]string{}, &definition{}
		var pieces []string
		for i, value := range rapid.SliceOfNDistinct(word, 1, 4, rapid.ID[string]).Draw(t, "secrets") {
			name := string(rune('A' + i))
			secrets[name] = value
			want.add(name, value)
			pieces = append(pieces, forms(value).folded...)
		}
		set, err := New(secrets)
		if err != nil {
			t.Fatal(err)
		}
		piece := rapid.OneOf(
			rapid.StringOfN(rapid.SampledFrom([]rune("aabbx")), 0, 20, -1),
			rapid.Custom(func(t *rapid.T) string {
				return wrap(rapid.SampledFrom(pieces).Draw(t, "form"), rapid.IntRange(1, 9).Draw(t, "width"),
					rapid.SampledFrom([]string{"\n", "\r\n", "\r"}).Draw(t, "break"))
			}),
			rapid.SampledFrom([]string{"\n", "\r\n", "\r"}),
		)
		text := strings.Join(rapid.SliceOfN(piece, 0, 12).Draw(t, "text"), "")
		if got, want := inChunks(t, set.Stream(), text), want.apply(text); got != want {
			t.Fatalf("%q of %q: got %q, want %q", secrets, text, got, want)
		}
	})
}

// wrap breaks s into lines of width bytes.
func wrap(s string, width int, newline string) string {
	var all []string
	for len(s) > width {
		all, s = append(all, s[:width]), s[width:]
	}
	return strings.Join(append(all, s), newline)
}

func FuzzStream(f *testing.F) {
	f.Add("secret-value", []byte("a secret-value b secret-valu"), uint8(3))
	f.Add("aaaaaaab", []byte("aaaaaaaaaaaaaab"), uint8(1))
	f.Fuzz(func(t *testing.T, value string, text []byte, size uint8) {
		set, err := New(map[string]string{"S": value})
		if err != nil {
			return
		}
		stream := set.Stream()
		var out []byte
		for rest := text; len(rest) > 0; {
			n := min(int(size)+1, len(rest))
			out = stream.Append(out, rest[:n])
			rest = rest[n:]
		}
		want := &definition{}
		want.add("S", value)
		if out, want := stream.Flush(out), want.apply(string(text)); string(out) != want {
			t.Fatalf("got %q, want %q", out, want)
		}
	})
}
