package redact

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"net/url"
	"os/exec"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func mustSet(t testing.TB, secrets map[string]string) *Set {
	t.Helper()
	s, err := New(secrets)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestMasksAndCounts(t *testing.T) {
	s := mustSet(t, map[string]string{"TOKEN": "hunter2hunter2", "KEY": "hunter2\n"})
	got, n := s.String("a hunter2 b hunter2hunter2 c hunter2hunter d")
	want := "a [secret KEY] b [secret TOKEN] c [secret KEY]hunter d"
	if got != want || n != 3 {
		t.Errorf("got %q, %d; want %q", got, n, want)
	}
}

func TestShortSecretIsRefusedWithoutItsValue(t *testing.T) {
	for _, value := range []string{"", "ab1xy", " ab1xy \n"} {
		_, err := New(map[string]string{"PIN": value, "OK": "long enough"})
		var short *ShortSecretError
		if !errors.As(err, &short) || short.Name != "PIN" {
			t.Fatalf("%q: got %v", value, err)
		}
		if strings.Contains(err.Error(), "ab1xy") {
			t.Errorf("the error tells the value: %v", err)
		}
	}
}

const awkward = `p4ss w"ord'/+?&=$x\é`

func TestEncodings(t *testing.T) {
	s := mustSet(t, map[string]string{"S": awkward})
	jsonText, _ := json.Marshal(map[string]string{"k": awkward})
	spellings := map[string]string{
		"raw":       awkward,
		"hex":       hex.EncodeToString([]byte(awkward)),
		"HEX":       strings.ToUpper(hex.EncodeToString([]byte(awkward))),
		"query":     url.QueryEscape(awkward),
		"path":      url.PathEscape(awkward),
		"lower":     strings.ReplaceAll(strings.ToLower(url.QueryEscape(awkward)), "+", "%20"),
		"json":      string(jsonText),
		"in quotes": `'` + strings.ReplaceAll(awkward, `'`, `'\''`) + `'`,
	}
	for _, prefix := range []string{"", "x", "xy", "xyz"} {
		spellings["base64 after "+prefix] = base64.StdEncoding.EncodeToString([]byte(prefix + awkward + "tail"))
		spellings["base64url after "+prefix] = base64.URLEncoding.EncodeToString([]byte(prefix + awkward + "tail"))
	}
	for name, spelling := range spellings {
		got, n := s.String("before " + spelling + " after")
		if n != 1 || !strings.HasPrefix(got, "before ") || !strings.HasSuffix(got, " after") {
			t.Errorf("%s: %q became %q", name, spelling, got)
		}
	}
}

func TestShellQuoted(t *testing.T) {
	bash, err := exec.LookPath("bash")
	if err != nil {
		t.Fatal(err)
	}
	for _, value := range []string{awkward, "#tag=a b@c", "tab\there", "two\nlines!", "~home{a,b}"} {
		s := mustSet(t, map[string]string{"S": value})
		for _, script := range []string{`printf %q "$1"`, `set -x; : "$1"`, `x=$1; declare -p x`} {
			out, err := exec.Command(bash, "-c", script, "sh", value).CombinedOutput()
			if err != nil {
				t.Fatal(err)
			}
			if got, n := s.String(string(out)); n == 0 {
				t.Errorf("%s of %q: %q is not masked", script, value, got)
			}
		}
	}
}

func TestLinesOfAKey(t *testing.T) {
	key := "-----BEGIN KEY-----\r\nMIIBVgIBADANBgkq\r\nabc\r\nhkiG9w0BAQEFAASC\r\n-----END KEY-----\r\n"
	s := mustSet(t, map[string]string{"KEY": key})
	got, n := s.String("-----BEGIN KEY-----\nMIIBVgIBADANBgkq  abc\nother")
	if n != 1 || strings.Contains(got, "MIIB") || !strings.HasPrefix(got, "-----BEGIN KEY-----\n") {
		t.Errorf("got %q", got)
	}
	if got, _ := s.String(strings.ReplaceAll(key, "\r", "")); got != "[secret KEY]\n" {
		t.Errorf("the whole key became %q", got)
	}
}

func TestHoldsBackExactlyWhatCouldMatch(t *testing.T) {
	stream := mustSet(t, map[string]string{"S": "abcabd"}).Stream()
	for _, step := range []struct{ in, out string }{
		{"x", "x"}, {"abc", ""}, {"ab", ""}, {"c", "abc"}, {"abd", "[secret S]"}, {"ab", ""}, {"x", "abx"},
	} {
		if got := string(stream.Append(nil, []byte(step.in))); got != step.out {
			t.Fatalf("after %q: let go of %q, want %q", step.in, got, step.out)
		}
	}
}

// reference is the definition: at each position the longest pattern that stands
// there, else the byte.
func reference(s *Set, patterns []pattern, text string) string {
	var out strings.Builder
	for text != "" {
		longest := pattern{}
		for _, p := range patterns {
			if len(p.text) > len(longest.text) && strings.HasPrefix(text, p.text) {
				longest = p
			}
		}
		if longest.text == "" {
			out.WriteByte(text[0])
			text = text[1:]
			continue
		}
		out.Write(s.masks[longest.secret])
		text = text[len(longest.text):]
	}
	return out.String()
}

func TestSameAsTheReferenceForAnyChunks(t *testing.T) {
	// A small alphabet makes overlaps, prefixes and suffixes of each other frequent.
	word := rapid.StringOfN(rapid.SampledFrom([]rune("ab")), 6, 12, -1)
	rapid.Check(t, func(t *rapid.T) {
		secrets := map[string]string{}
		var patterns []pattern
		for i, value := range rapid.SliceOfNDistinct(word, 1, 5, rapid.ID[string]).Draw(t, "secrets") {
			secrets[string(rune('A'+i))] = value
			patterns = append(patterns, pattern{value, i})
		}
		set, err := New(secrets)
		if err != nil {
			t.Fatal(err)
		}
		text := rapid.StringOfN(rapid.SampledFrom([]rune("aabbx")), 0, 120, -1).Draw(t, "text")
		want := reference(set, patterns, text)
		stream := set.Stream()
		var out []byte
		for rest := []byte(text); len(rest) > 0; {
			n := rapid.IntRange(1, len(rest)).Draw(t, "n")
			out = stream.Append(out, rest[:n])
			rest = rest[n:]
		}
		if out = stream.Flush(out); string(out) != want {
			t.Fatalf("%q of %q: got %q, want %q", secrets, text, out, want)
		}
	})
}

func FuzzStream(f *testing.F) {
	f.Add("secret-value", []byte("a secret-value b secret-valu"), uint8(3))
	f.Add("aaaaaaab", []byte("aaaaaaaaaaaaaab"), uint8(1))
	f.Fuzz(func(t *testing.T, value string, text []byte, size uint8) {
		set, err := New(map[string]string{"S": value})
		if err != nil {
			return
		}
		var patterns []pattern
		for _, form := range forms(value) {
			patterns = append(patterns, pattern{form, 0})
		}
		stream := set.Stream()
		var out []byte
		for rest := text; len(rest) > 0; {
			n := min(int(size)+1, len(rest))
			out = stream.Append(out, rest[:n])
			rest = rest[n:]
		}
		if out, want := stream.Flush(out), reference(set, patterns, string(text)); string(out) != want {
			t.Fatalf("got %q, want %q", out, want)
		}
	})
}

func dozen(t testing.TB) *Set {
	secrets := map[string]string{}
	for i := range 12 {
		name := string(rune('A' + i))
		secrets[name] = strings.Repeat(name+"x9/", 8) + name
	}
	return mustSet(t, secrets)
}

func TestAppendDoesNotAllocate(t *testing.T) {
	stream := dozen(t).Stream()
	in := bytes.Repeat([]byte("ok Ax9/ nothing to see Bx9/B\n"), 100)
	dst := make([]byte, 0, 2*len(in))
	stream.Append(dst, in)
	if n := testing.AllocsPerRun(50, func() { dst = stream.Append(dst[:0], in) }); n != 0 {
		t.Errorf("%v allocations a chunk", n)
	}
}

func BenchmarkNoHits(b *testing.B) {
	stream := dozen(b).Stream()
	in := bytes.Repeat([]byte("2026-01-02T03:04:05Z INFO connector=facebook status=ok latency=12ms\n"), 1000)
	dst := make([]byte, 0, len(in))
	b.SetBytes(int64(len(in)))
	for b.Loop() {
		dst = stream.Append(dst[:0], in)
	}
}
