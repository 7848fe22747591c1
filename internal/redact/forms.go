package redact

import (
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"
)

// spellings are what is looked for of one secret, each of at least MinLength bytes.
type spellings struct {
	exact  []string
	folded []string // also when line breaks stand in them
}

// forms returns the spellings of a secret's value; nil when the value itself is
// too short. White space around the value belongs to none of them: masking it
// would join lines.
func forms(value string) *spellings {
	value = strings.TrimSpace(value)
	if len(value) < MinLength {
		return nil
	}
	exact := repeated(value)
	if strings.ContainsAny(value, "\r\n") {
		exact = append(exact, repeated(strings.ReplaceAll(value, "\r\n", "\n"))...)
		for _, line := range lines(value) {
			exact = append(append(exact, line, jsonInside(line, false)), singleQuoted(line)...)
		}
	}
	if !utf8.ValidString(value) { // as it is when its encoding was repaired
		exact = append(exact, repeated(string([]rune(value)))...)
	}
	hexed := hex.EncodeToString([]byte(value))
	folded := append(base64Forms(value), hexed, strings.ToUpper(hexed))
	return &spellings{exact: distinct(exact), folded: distinct(folded)}
}

// distinct drops what is double or too short.
func distinct(all []string) []string {
	slices.Sort(all)
	return slices.DeleteFunc(slices.Compact(all), func(s string) bool { return len(s) < MinLength })
}

// repeated are the ways in which programs repeat a text that they were given.
func repeated(text string) []string {
	if strings.IndexFunc(text, func(r rune) bool { return r > 'z' || !alphanumeric(byte(r)) }) < 0 {
		return []string{text} // nobody encodes it
	}
	all := append([]string{text}, percentForms(text)...)
	all = append(all, markupForms(text)...)
	quoted := append(jsonForms(text), sourceForms(text)...)
	all = append(all, quoted...)
	all = append(all, shellForms(text)...)
	for _, q := range quoted { // a body in JSON on a command line
		all = append(all, singleQuoted(q)...)
	}
	return all
}

// lines are the lines of a value that say something about it: the armour around
// a key is in every key.
func lines(value string) []string {
	var all []string
	for line := range strings.Lines(value) {
		if line = strings.TrimSpace(line); len(line) >= MinLength && !strings.HasPrefix(line, "-----") {
			all = append(all, line)
		}
	}
	return all
}

// base64Forms are what the value looks like inside a longer text that was
// encoded: its own characters differ with the three places where it may stand,
// and those at its ends also depend on its neighbours and are left out.
func base64Forms(value string) []string {
	var all []string
	for offset := range 3 {
		padded := append(make([]byte, offset), value...)
		from, to := (offset*8+5)/6, len(padded)*8/6
		for _, enc := range []*base64.Encoding{base64.RawStdEncoding, base64.RawURLEncoding} {
			all = append(all, enc.EncodeToString(padded)[from:to])
		}
	}
	return all
}

// unreserved names the characters, beside letters and digits, that encoders of
// URLs and forms leave as they are.
var unreserved = [...]string{
	"",                       // some encode everything
	"-_.~",                   // RFC 3986, curl, Go's url.QueryEscape
	"-_.~/",                  // Python's urllib.parse.quote
	"-_.",                    // PHP's urlencode
	"-_.*",                   // Java's URLEncoder, HTML forms
	"-_.!~*'()",              // JavaScript's encodeURIComponent
	"-_.!~*'();,/?:@&=+$#",   // encodeURI
	"-_.~$&+=:@",             // Go's url.PathEscape
	"-_.~$&+=:@/;,",          // Go's url.URL, the path
	"-_.~$&+=;,",             // Go's url.URL, the password
	"-_.~$&+=:@/;,!*'()?[]",  // Go's url.URL, the fragment; lenient clients
	"-_.~$&+=:@/;,!*'()?[]%", // what only encodes blanks, quotes and what is not ASCII
}

// percentForms are the value in a URL or a form, with digits in both cases.
func percentForms(value string) []string {
	var all []string
	for _, keep := range unreserved {
		for _, format := range []string{"%%%02X", "%%%02x"} {
			s := percentEncode(value, keep, format)
			all = append(all, s, strings.ReplaceAll(s, "%20", "+"))
		}
	}
	return all
}

func percentEncode(value, keep, format string) string {
	var b strings.Builder
	for _, c := range []byte(value) {
		if alphanumeric(c) || strings.IndexByte(keep, c) >= 0 {
			b.WriteByte(c)
		} else {
			fmt.Fprintf(&b, format, c)
		}
	}
	return b.String()
}

func alphanumeric(c byte) bool {
	return c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z'
}
