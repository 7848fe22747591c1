package export

import (
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"
)

// visible replaces what could drive the reader's terminal, or hide or reorder
// text, by U+FFFD. Line feeds and tabs stay. Joiners stay: scripts need them.
func visible(text string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\n' || r == '\t' || r == '\u200c' || r == '\u200d':
			return r
		case unicode.IsControl(r), unicode.Is(unicode.Cf, r), r == '\u2028', r == '\u2029':
			return utf8.RuneError
		}
		return r
	}, strings.ToValidUTF8(strings.ReplaceAll(text, "\r\n", "\n"), "\ufffd"))
}

// leading is what makes a block of the line that it begins: a heading, a list
// item, a rule or an underline.
var leading = regexp.MustCompile(`^(?:[#+=-]|\d{1,9}[.)](?:\s|$))`)

// inline makes a text safe within a line of Markdown: it can start no block, no
// emphasis, no link, no HTML and no table cell, and it cannot end the line.
func inline(text string) string {
	text = strings.Join(strings.Fields(visible(text)), " ")
	var out strings.Builder
	runes := []rune(text)
	for i, r := range runes {
		switch {
		case r == '<':
			out.WriteString("&lt;") // even simple readers of HTML comments and tags understand that
			continue
		case r == '>':
			out.WriteString("&gt;")
			continue
		case strings.ContainsRune("\\`*[]|~", r), r == '_' && !within(runes, i), r == '&' && entity(runes, i):
			out.WriteByte('\\')
		}
		out.WriteRune(r)
	}
	text = out.String()
	if at := leading.FindStringIndex(text); at != nil {
		mark := strings.IndexFunc(text, func(r rune) bool { return r < '0' || r > '9' })
		text = text[:mark] + `\` + text[mark:]
	}
	if trimmed := strings.TrimRight(text, "#"); trimmed != text && trimmed != `\` {
		text = trimmed + strings.ReplaceAll(text[len(trimmed):], "#", `\#`)
	}
	return text
}

// within reports whether the rune stands between letters or digits, where an
// underscore emphasises nothing (CommonMark 0.31, 6.2).
func within(runes []rune, i int) bool {
	return i > 0 && i+1 < len(runes) && wordly(runes[i-1]) && wordly(runes[i+1])
}

func wordly(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }

func entity(runes []rune, i int) bool {
	return i+1 < len(runes) && (runes[i+1] == '#' || wordly(runes[i+1]))
}

// fence returns a fenced code block whose fence is longer than any run of
// backticks in the text.
func fence(lang, text string) string {
	text = visible(text)
	longest, run := 0, 0
	for _, r := range text {
		if r != '`' {
			run = 0
			continue
		}
		run++
		longest = max(longest, run)
	}
	mark := strings.Repeat("`", max(3, longest+1))
	if text != "" && !strings.HasSuffix(text, "\n") {
		text += "\n"
	}
	return mark + language(lang) + "\n" + text + mark + "\n"
}

// language keeps an info string to what a language can be called.
func language(lang string) string {
	return strings.Map(func(r rune) rune {
		if r < utf8.RuneSelf && (wordly(r) || strings.ContainsRune("+-_.", r)) {
			return r
		}
		return -1
	}, lang)
}

// cut returns the beginning and the end of a text that is longer than limit
// bytes, at line ends where there are any near, and how many bytes stand between.
func cut(text string, limit int) (head, tail string, omitted int) {
	if len(text) <= limit {
		return text, "", 0
	}
	half := limit / 2
	head, tail = text[:half], text[len(text)-half:]
	if i := strings.LastIndexByte(head, '\n'); i >= half/2 {
		head = head[:i+1]
	}
	if i := strings.IndexByte(tail, '\n'); i >= 0 && i <= half/2 {
		tail = tail[i+1:]
	}
	for !utf8.ValidString(head) && len(head) > half-utf8.UTFMax {
		head = head[:len(head)-1]
	}
	for !utf8.ValidString(tail) && len(tail) > half-utf8.UTFMax {
		tail = tail[1:]
	}
	return head, tail, len(text) - len(head) - len(tail)
}
