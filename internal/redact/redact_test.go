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

	"genia.ai/bitacora/internal/sanitize"
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
		{"z", "z"}, {"abc", ""}, {"ab", ""}, {"c", "abc"}, {"abd", "[secret S]"}, {"ab", ""}, {"z", "abz"},
	} {
		if got := string(stream.Append(nil, []byte(step.in))); got != step.out {
			t.Fatalf("after %q: let go of %q, want %q", step.in, got, step.out)
		}
	}
}

// Colours and invisible characters are gone before secrets are looked for.
func TestASecretSplitByWhatIsStrippedIsMasked(t *testing.T) {
	set := mustSet(t, map[string]string{"S": "hunter2hunter2"})
	for _, printed := range []string{
		"hunter2\x1b[31mhunter2\x1b[0m", "hun\x1b[0;1m\x1b[Kter2\u200bhunter2", "hunter2\x1b]8;;http://x\x1b\\hunter2\x1b]8;;\x1b\\",
		"h\x00u\u202enter2hun\x7fter2", "aHVudGVy\x1b[32m\nMmh1bnRl\x1b[0mcjI=", ghp[:9] + "\x1b[1m" + ghp[9:],
	} {
		filter, stream := sanitize.New(sanitize.Options{}), set.Stream()
		var out []byte
		for i := range len(printed) {
			out = stream.Append(out, filter.Next([]byte{printed[i]}))
		}
		out = stream.Flush(stream.Append(out, filter.Flush(nil)))
		if got := string(masks.ReplaceAll(out, nil)); stream.Count() != 1 || len(got) > 2 {
			t.Errorf("%q became %q", printed, out)
		}
	}
}

// What programs print of one value that has everything which is quoted.
func TestWhatProgramsPrint(t *testing.T) {
	const value = "p4ss w\"ord'/+?&=$x\\é€😀~!*()#tab\there\nnl"
	s := mustSet(t, map[string]string{"S": value})
	for name, printed := range map[string]string{
		"printf %q, C locale":       `$'p4ss w"ord\'/+?&=$x\\\303\251\342\202\254\360\237\230\200~!*()#tab\there\nnl'`,
		"printf %q, UTF-8 locale":   `$'p4ss w"ord\'/+?&=$x\\é€😀~!*()#tab\there\nnl'`,
		"set -x":                    `+ : 'p4ss w"ord'\''/+?&=$x\é€😀~!*()#tab` + "\there\nnl'",
		"set -x of ${V@Q}":          `+ echo '$'\''p4ss w"ord\'\''/+?&=$x\\é€😀~!*()#tab\there\nnl'\'''`,
		"set -x in dash":            `+ : p4ss w"ord'"'"'/+?&=$x\é€😀~!*()#tab` + "\there\nnl",
		"Python repr":               `'p4ss w"ord\'/+?&=$x\\é€😀~!*()#tab\there\nnl'`,
		"Python ascii":              `'p4ss w"ord\'/+?&=$x\\\xe9\u20ac\U0001f600~!*()#tab\there\nnl'`,
		"Python repr of bytes":      `b'p4ss w"ord\'/+?&=$x\\\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80~!*()#tab\there\nnl'`,
		"Python json.dumps":         `"p4ss w\"ord'/+?&=$x\\\u00e9\u20ac\ud83d\ude00~!*()#tab\there\nnl"`,
		"Python urllib quote":       `p4ss%20w%22ord%27/%2B%3F%26%3D%24x%5C%C3%A9%E2%82%AC%F0%9F%98%80~%21%2A%28%29%23tab%09here%0Anl`,
		"Python urllib quote_plus":  `p4ss+w%22ord%27%2F%2B%3F%26%3D%24x%5C%C3%A9%E2%82%AC%F0%9F%98%80~%21%2A%28%29%23tab%09here%0Anl`,
		"Python html.escape":        "p4ss w&quot;ord&#x27;/+?&amp;=$x\\é€😀~!*()#tab\there\nnl",
		"encodeURIComponent":        `p4ss%20w%22ord'%2F%2B%3F%26%3D%24x%5C%C3%A9%E2%82%AC%F0%9F%98%80~!*()%23tab%09here%0Anl`,
		"encodeURI":                 `p4ss%20w%22ord'/+?&=$x%5C%C3%A9%E2%82%AC%F0%9F%98%80~!*()#tab%09here%0Anl`,
		"Go %q":                     `"p4ss w\"ord'/+?&=$x\\é€😀~!*()#tab\there\nnl"`,
		"Go %+q":                    `"p4ss w\"ord'/+?&=$x\\\u00e9\u20ac\U0001f600~!*()#tab\there\nnl"`,
		"Go html.EscapeString":      "p4ss w&#34;ord&#39;/+?&amp;=$x\\é€😀~!*()#tab\there\nnl",
		"Go xml.EscapeText":         `p4ss w&#34;ord&#39;/+?&amp;=$x\é€😀~!*()#tab&#x9;here&#xA;nl`,
		"Go json.Marshal":           `"p4ss w\"ord'/+?\u0026=$x\\é€😀~!*()#tab\there\nnl"`,
		"Go url.URL":                `http://u:p4ss%20w%22ord%27%2F+%3F&=$x%5C%C3%A9%E2%82%AC%F0%9F%98%80~%21%2A%28%29%23tab%09here%0Anl@h/`,
		"Go url.URL, path":          `/p4ss%20w%22ord%27/+%3F&=$x%5C%C3%A9%E2%82%AC%F0%9F%98%80~%21%2A%28%29%23tab%09here%0Anl`,
		"PHP json_encode":           `"p4ss w\"ord'\/+?&=$x\\\u00e9\u20ac\ud83d\ude00~!*()#tab\there\nnl"`,
		"git, C":                    `"p4ss w\"ord'/+?&=$x\\\303\251\342\202\254\360\237\230\200~!*()#tab\there\nnl"`,
		"JSON in a log of JSON":     `{"log":"{\"k\":\"p4ss w\\\"ord'/+?&=$x\\\\é€😀~!*()#tab\\there\\nnl\"}"}`,
		"JSON on a command line":    `+ curl -d '{"k":"p4ss w\"ord'\''/+?&=$x\\é€😀~!*()#tab\there\nnl"}' http://h`,
		"SQL":                       `IDENTIFIED BY 'p4ss w"ord''/+?&=$x\é€😀~!*()#tab` + "\there\nnl'",
		"hex":                       hex.EncodeToString([]byte(value)),
		"curl -v, basic, wrapped":   wrap(base64.StdEncoding.EncodeToString([]byte("user:"+value)), 8, "\r\n"),
		"base64, wrapped at 64":     wrap(base64.StdEncoding.EncodeToString([]byte(strings.Repeat("x", 30)+value+"\n")), 64, "\n"),
		"base64, wrapped at 1":      wrap(base64.StdEncoding.EncodeToString([]byte("xy"+value)), 1, "\n"),
		"base64url, wrapped at 76":  wrap(base64.URLEncoding.EncodeToString([]byte(strings.Repeat("x", 50)+value)), 76, "\n"),
		"hex, wrapped as xxd -p is": wrap(hex.EncodeToString([]byte(strings.Repeat("x", 20)+value)), 60, "\n"),
	} {
		got, n := s.String(printed)
		rest := strings.ReplaceAll(got, Mask("S"), "")
		if n != 1 || strings.Contains(rest, "ord") || strings.Contains(rest, "here") {
			t.Errorf("%s: %q became %q", name, printed, got)
		}
	}
}
