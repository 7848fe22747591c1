package redact

import (
	"regexp"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// definition masks known secrets as they are defined: at each position the longest
// pattern that stands there, else the byte.
type definition []spelling

type spelling struct {
	text   string
	folded bool
	mask   string
}

func (d *definition) add(name, value string) {
	f := forms(value)
	for _, form := range f.exact {
		*d = append(*d, spelling{form, false, Mask(name)})
	}
	for _, form := range f.folded {
		*d = append(*d, spelling{form, true, Mask(name)})
	}
}

// standsIn returns how many bytes at the start of text are the spelling.
func (s spelling) standsIn(text string) int {
	rest := text
	for i := range len(s.text) {
		if s.folded && i > 0 {
			if after, ok := strings.CutPrefix(rest, "\r\n"); ok {
				rest = after
			} else {
				rest = strings.TrimPrefix(rest, "\n")
			}
		}
		if rest == "" || rest[0] != s.text[i] {
			return 0
		}
		rest = rest[1:]
	}
	return len(text) - len(rest)
}

func (d definition) apply(text string) string {
	var out strings.Builder
	for text != "" {
		longest, mask := 0, ""
		for _, s := range d {
			if n := s.standsIn(text); n > longest {
				longest, mask = n, s.mask
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

// The sieve lets no secret through, wherever it stands in a longer text.
func TestNoSecretSlipsThrough(t *testing.T) {
	secrets := dozen()
	set := mustSet(t, secrets)
	var spelt []string
	for name, value := range secrets {
		f := forms(value)
		for _, form := range append(f.exact, f.folded...) {
			if len(form) < 500 && name != "DEPLOY_KEY" {
				spelt = append(spelt, form)
			}
		}
	}
	filler := rapid.StringOfN(rapid.SampledFrom([]rune("abc XYZ019-_=/+%\\.,:{}\"\n")), 0, 40, -1)
	rapid.Check(t, func(t *rapid.T) {
		form := rapid.SampledFrom(spelt).Draw(t, "form")
		text := filler.Draw(t, "before") + form + filler.Draw(t, "after")
		got := inChunks(t, set.Stream(), text)
		if strings.Contains(got, form) || !strings.Contains(got, "[secret ") {
			t.Fatalf("%q became %q", text, got)
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

// masks splits a masked text at what stands in place of secrets.
var masks = regexp.MustCompile(`\[secret [^\]]*\]`)

func FuzzStream(f *testing.F) {
	f.Fuzz(func(t *testing.T, value string, text []byte, size uint16) {
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
		out = stream.Flush(out)
		if whole, n := set.String(string(text)); whole != string(out) || n != stream.Count() {
			t.Fatalf("in chunks of %d: %q, %d; at once %q, %d", int(size)+1, out, stream.Count(), whole, n)
		}
		if len(value) > 200 || len(text) > 2000 {
			return // the definition is slow
		}
		want := &definition{}
		want.add("S", value)
		known := &stage{finder: &known{vocabulary: set.known}}
		if got := string(known.pass(text, true)); got != want.apply(string(text)) {
			t.Fatalf("known secrets: got %q, want %q", got, want.apply(string(text)))
		}
		for _, piece := range masks.Split(string(out), -1) {
			for _, form := range forms(value).exact {
				if strings.Contains(piece, form) {
					t.Fatalf("%q is left in %q", form, out)
				}
			}
		}
	})
}
