package redact

import (
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"net/url"
	"os/exec"
	"strings"
	"testing"
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
