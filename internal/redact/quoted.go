package redact

import (
	"encoding/json"
	"fmt"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// jsonForms are the inside of a JSON string, in the ways of common encoders, and
// of one that stands in another JSON string, as logs of logs have it.
func jsonForms(value string) []string {
	plain := jsonInside(value, false)
	all := []string{plain, jsonInside(value, true), strings.ReplaceAll(plain, "/", `\/`), strictJSON(plain)}
	for _, format := range []string{`\u%04x`, `\u%04X`} {
		for _, s := range all[:4] {
			all = append(all, escapeRunes(s, utf16Escape(format)))
		}
	}
	return append(all, jsonInside(plain, false), jsonInside(all[1], false), jsonInside(all[4], false))
}

// jsonInside is Go's encoder; escapeHTML is its default.
func jsonInside(value string, escapeHTML bool) string {
	var b strings.Builder
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(escapeHTML)
	// A string always encodes; broken UTF-8 becomes U+FFFD, as it did on the way here.
	_ = enc.Encode(value)
	return strings.TrimSuffix(strings.TrimPrefix(b.String(), `"`), "\"\n")
}

// strictJSON escapes what .NET's encoder does in a text that Go's has encoded.
func strictJSON(s string) string {
	return strings.NewReplacer(`\"`, `\u0022`, `&`, `\u0026`, `'`, `\u0027`, `+`, `\u002B`, `<`, `\u003C`, `>`, `\u003E`, "`", `\u0060`).Replace(s)
}

// utf16Escape writes a rune as one or two UTF-16 units.
func utf16Escape(format string) func(rune) string {
	return func(r rune) string {
		s := ""
		for _, unit := range utf16.Encode([]rune{r}) {
			s += fmt.Sprintf(format, unit)
		}
		return s
	}
}

// bytesEscape writes a rune as its UTF-8 bytes.
func bytesEscape(format string) func(rune) string {
	return func(r rune) string {
		s := ""
		for _, c := range utf8.AppendRune(nil, r) {
			s += fmt.Sprintf(format, c)
		}
		return s
	}
}

// runeEscape writes a rune as Python's ascii and, if short is false, Go's %+q do.
func runeEscape(short bool) func(rune) string {
	return func(r rune) string {
		switch {
		case short && r < 0x100:
			return fmt.Sprintf(`\x%02x`, r)
		case r < 0x10000:
			return fmt.Sprintf(`\u%04x`, r)
		}
		return fmt.Sprintf(`\U%08x`, r)
	}
}

// escapeRunes replaces what is not ASCII.
func escapeRunes(s string, escape func(rune) string) string {
	var b strings.Builder
	for _, r := range s {
		if r < utf8.RuneSelf {
			b.WriteRune(r)
		} else {
			b.WriteString(escape(r))
		}
	}
	return b.String()
}

// sourceForms are the inside of a literal of a programming language: Go's %q,
// Python's repr and ascii, of bytes too, C, bash's $'…' and git's file names.
func sourceForms(value string) []string {
	var all []string
	for _, quotes := range []string{``, `'`, `"`} {
		pairs := []string{`\`, `\\`, "\n", `\n`, "\t", `\t`, "\r", `\r`}
		if quotes != "" {
			pairs = append(pairs, quotes, `\`+quotes)
		}
		s := strings.NewReplacer(pairs...).Replace(value)
		all = append(all, s)
		for _, escape := range []func(rune) string{bytesEscape(`\%03o`), bytesEscape(`\x%02x`), runeEscape(true), runeEscape(false)} {
			all = append(all, escapeRunes(s, escape))
		}
	}
	return all
}

// shellForms are the value quoted for a shell: what stands between single
// quotes, between double quotes, and with a backslash before what is special
// (printf %q, set -x).
func shellForms(value string) []string {
	bare := backslashed(value, " \t\n!\"#$&'()*,;<=>?@[\\]^`{|}~")
	double := backslashed(value, "\"$`\\!")
	all := []string{
		bare, double,
		strings.ReplaceAll(double, `\!`, `!`),
		strings.ReplaceAll(bare, `\@`, `@`),
		strings.ReplaceAll(bare, `\=`, `=`),
		bashQuote(value),
		strings.ReplaceAll(value, `"`, `""`), // CSV
		strings.ReplaceAll(value, `'`, `''`), // SQL, YAML, PowerShell
	}
	return append(all, singleQuoted(value)...)
}

// singleQuoted are the ways to have a single quote between single quotes.
func singleQuoted(s string) []string {
	return []string{strings.ReplaceAll(s, `'`, `'\''`), strings.ReplaceAll(s, `'`, `'"'"'`)}
}

func backslashed(value, special string) string {
	var b strings.Builder
	for _, c := range []byte(value) {
		if strings.IndexByte(special, c) >= 0 {
			b.WriteByte('\\')
		}
		b.WriteByte(c)
	}
	return b.String()
}

// bashQuote quotes as bash's printf %q does, which leaves = and @ alone, and ~
// and # too unless they stand first.
func bashQuote(value string) string {
	quoted := backslashed(value, " !\"$&'()*,;<>?[\\]^`{|}")
	if value[0] == '~' || value[0] == '#' {
		return `\` + quoted
	}
	return quoted
}

// markupForms are the value in HTML or XML. Encoders agree on three characters,
// but not on the quotes.
func markupForms(value string) []string {
	var all []string
	for _, double := range []string{`"`, "&quot;", "&#34;"} {
		for _, single := range []string{`'`, "&#39;", "&#x27;", "&#039;", "&apos;"} {
			s := strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", `"`, double, `'`, single).Replace(value)
			all = append(all, s, strings.NewReplacer("\n", "&#xA;", "\t", "&#x9;", "\r", "&#xD;").Replace(s))
		}
	}
	return all
}
