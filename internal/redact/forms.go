package redact

import (
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"html"
	"net/url"
	"slices"
	"strings"
	"unicode/utf16"
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
	all := []string{value}
	if strings.ContainsAny(value, "\r\n") {
		all = append(all, strings.ReplaceAll(value, "\r\n", "\n"))
		all = append(all, lines(value)...)
	}
	all = append(all, percentForms(value)...)
	all = append(all, jsonForms(value)...)
	all = append(all, shellForms(value)...)
	all = append(all, html.EscapeString(value))
	folded := []string{hex.EncodeToString([]byte(value)), strings.ToUpper(hex.EncodeToString([]byte(value)))}
	return &spellings{exact: distinct(all), folded: distinct(append(folded, base64Forms(value)...))}
}

// distinct drops what is double or too short.
func distinct(all []string) []string {
	slices.Sort(all)
	return slices.DeleteFunc(slices.Compact(all), func(s string) bool { return len(s) < MinLength })
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

// percentForms are the value in a URL or a form, with digits in both cases.
func percentForms(value string) []string {
	query := url.QueryEscape(value)
	all := []string{query, strings.ReplaceAll(query, "+", "%20"), url.PathEscape(value), percentEncode(value)}
	for _, s := range slices.Clone(all) {
		all = append(all, lowerPercent(s))
	}
	return all
}

// percentEncode encodes everything but letters and digits.
func percentEncode(value string) string {
	var b strings.Builder
	for _, c := range []byte(value) {
		if c >= '0' && c <= '9' || c|0x20 >= 'a' && c|0x20 <= 'z' {
			b.WriteByte(c)
		} else {
			fmt.Fprintf(&b, "%%%02X", c)
		}
	}
	return b.String()
}

func lowerPercent(s string) string {
	b := []byte(s)
	for i := 0; i+2 < len(b); i++ {
		if b[i] == '%' {
			copy(b[i+1:], strings.ToLower(s[i+1:i+3]))
			i += 2
		}
	}
	return string(b)
}

// jsonForms are the inside of a JSON string, in the ways of common encoders.
func jsonForms(value string) []string {
	var plain strings.Builder
	enc := json.NewEncoder(&plain)
	enc.SetEscapeHTML(false)
	// A string always encodes; broken UTF-8 becomes U+FFFD, as it did on the way here.
	_ = enc.Encode(value)
	escaped, _ := json.Marshal(value)

	inner := strings.TrimSuffix(strings.TrimPrefix(plain.String(), `"`), "\"\n")
	all := []string{inner, string(escaped[1 : len(escaped)-1]), strings.ReplaceAll(inner, "/", `\/`)}
	return append(all, asciiJSON(all[0]), asciiJSON(all[2]))
}

// asciiJSON escapes what is not ASCII, as Python's and PHP's encoders do.
func asciiJSON(s string) string {
	var b strings.Builder
	for _, r := range s {
		switch {
		case r < 0x80:
			b.WriteRune(r)
		case r < 0x10000:
			fmt.Fprintf(&b, `\u%04x`, r)
		default:
			hi, lo := utf16.EncodeRune(r)
			fmt.Fprintf(&b, `\u%04x\u%04x`, hi, lo)
		}
	}
	return b.String()
}

// shellForms are the value quoted for a shell: what stands between single
// quotes, between double quotes, and with a backslash before what is special
// (printf %q, set -x).
func shellForms(value string) []string {
	const special = " \t\n!\"#$&'()*,;<=>?@[\\]^`{|}~"
	var bare, double, ansi strings.Builder
	for _, c := range []byte(value) {
		if strings.IndexByte(special, c) >= 0 {
			bare.WriteByte('\\')
		}
		bare.WriteByte(c)
		if strings.IndexByte("\"$`\\!", c) >= 0 {
			double.WriteByte('\\')
		}
		double.WriteByte(c)
		switch c {
		case '\n':
			ansi.WriteString(`\n`)
		case '\t':
			ansi.WriteString(`\t`)
		case '\'', '\\':
			ansi.WriteByte('\\')
			fallthrough
		default:
			ansi.WriteByte(c)
		}
	}
	return []string{
		bare.String(), double.String(), ansi.String(),
		strings.ReplaceAll(double.String(), `\!`, `!`),
		strings.ReplaceAll(bare.String(), `\@`, `@`),
		strings.ReplaceAll(bare.String(), `\=`, `=`),
		bashQuote(value),
		strings.ReplaceAll(value, `'`, `'\''`),
		strings.ReplaceAll(value, `'`, `'"'"'`),
	}
}

// bashQuote quotes as bash's printf %q does, which leaves = and @ alone, and ~
// and # too unless they stand first.
func bashQuote(value string) string {
	var b strings.Builder
	for i, c := range []byte(value) {
		if strings.IndexByte(" !\"$&'()*,;<>?[\\]^`{|}", c) >= 0 || i == 0 && (c == '~' || c == '#') {
			b.WriteByte('\\')
		}
		b.WriteByte(c)
	}
	return b.String()
}
