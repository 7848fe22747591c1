package runbooks

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode/utf8"
)

// attribute is one key=value of an info string or a directive, as written.
type attribute struct {
	key, value string
	at         int // byte offset of the key in the text it was read from
	line       int // of the directive that gives it, 0 when an info string does
	bare       bool
}

// syntaxError says at which byte a list of attributes stops making sense.
type syntaxError struct {
	at      int
	message string
	hint    string
}

func (e *syntaxError) Error() string { return e.message }

// maxAttributes bounds what one info string or directive may give.
const maxAttributes = 64

// readAttributes reads key=value pairs separated by blanks; a value with blanks
// stands in double or single quotes, in which a backslash escapes the quote and
// itself.
func readAttributes(s string, base int) ([]attribute, *syntaxError) {
	var list []attribute
	for i := 0; i < len(s); {
		if strings.IndexByte(" \t,", s[i]) >= 0 {
			i++
			continue
		}
		if len(list) == maxAttributes {
			return nil, &syntaxError{base + i, fmt.Sprintf("more than %d attributes are given", maxAttributes), "remove some"}
		}
		start := i
		for i < len(s) && strings.IndexByte(" \t=", s[i]) < 0 {
			i++
		}
		a := attribute{key: s[start:i], at: base + start}
		switch {
		case a.key == "":
			return nil, &syntaxError{base + start, "an attribute has no name before its =", "write name=value"}
		case i >= len(s) || s[i] != '=':
			a.key, a.bare = strings.TrimSuffix(a.key, ","), true
		default:
			value, end, err := readValue(s, i+1, base)
			if err != nil {
				return nil, err
			}
			a.value, i = value, end
		}
		list = append(list, a)
	}
	return list, nil
}

func readValue(s string, i, base int) (string, int, *syntaxError) {
	if i >= len(s) || s[i] != '"' && s[i] != '\'' {
		start := i
		for i < len(s) && s[i] != ' ' && s[i] != '\t' {
			i++
		}
		return s[start:i], i, nil
	}
	quote, start := s[i], i
	var b strings.Builder
	for i++; i < len(s); i++ {
		switch {
		case s[i] == '\\' && i+1 < len(s) && (s[i+1] == quote || s[i+1] == '\\'):
			i++
			b.WriteByte(s[i])
		case s[i] == quote:
			if i+1 < len(s) && strings.IndexByte(" \t,", s[i+1]) < 0 {
				return "", 0, &syntaxError{base + i + 1, "a quoted value is followed by more text", "put a blank between attributes"}
			}
			return b.String(), i + 1, nil
		default:
			b.WriteByte(s[i])
		}
	}
	return "", 0, &syntaxError{base + start, fmt.Sprintf("the quote %c is never closed", quote), "close it before the end of the attributes"}
}

// info is the info string of a fence, taken apart.
type info struct {
	word   string // first word
	attrs  []attribute
	braces bool // it had attributes at all
}

// readInfo takes an info string apart: "sh {name=x effect=read}",
// `sh {"name":"x"}`.
func readInfo(s string) (info, *syntaxError) {
	open := strings.IndexByte(s, '{')
	head := s
	if open >= 0 {
		head = s[:open]
	}
	in := info{word: firstWord(head)}
	if open < 0 {
		return in, nil
	}
	body := strings.TrimRight(s[open:], " \t")
	in.braces = true
	if !strings.HasSuffix(body, "}") {
		return in, foreign(s[open:], &syntaxError{open, "the attributes are not closed", "end them with }"})
	}
	inner := body[1 : len(body)-1]
	var list []attribute
	var err *syntaxError
	if t := strings.TrimLeft(inner, " \t"); strings.HasPrefix(t, `"`) && strings.Contains(inner, `:`) {
		list, err = readJSONAttributes(body, open)
	} else {
		list, err = readAttributes(inner, open+1)
	}
	if err != nil {
		return in, foreign(body, err)
	}
	in.attrs = list
	return in, nil
}

func firstWord(s string) string {
	if i := strings.IndexAny(strings.TrimLeft(s, " \t"), " \t,"); i >= 0 {
		s = strings.TrimLeft(s, " \t")[:i]
	}
	return strings.TrimSpace(s)
}

// foreign drops an error about braces that were written for another tool: those
// in which none of our attributes is given.
func foreign(braces string, err *syntaxError) *syntaxError {
	for _, known := range attributeNames {
		for _, form := range []string{known + "=", `"` + known + `"`} {
			if strings.Contains(braces, form) {
				return err
			}
		}
	}
	return nil
}

// plainJSON reads {"name":"value", …} of texts without escapes, which is what people
// write; it reports false when there is more in it.
func plainJSON(body string, base int) ([]attribute, bool) {
	list := make([]attribute, 0, 1+strings.Count(body, `","`))
	at := afterBlanks(body, 1)
	for key := at; ; key = at + 1 {
		a := attribute{at: base + at}
		var ok bool
		if a.key, at, ok = plainText(body, key); !ok || len(list) == maxAttributes || at == len(body) || body[at] != ':' {
			return nil, false
		}
		if a.value, at, ok = plainText(body, at+1); !ok || at == len(body) {
			return nil, false
		}
		list = append(list, a)
		if body[at] != ',' {
			return list, body[at:] == "}"
		}
	}
}

func afterBlanks(s string, at int) int {
	for at < len(s) && (s[at] == ' ' || s[at] == '\t') {
		at++
	}
	return at
}

// plainText reads a text in double quotes, after blanks; it stops behind it and the
// blanks that follow.
func plainText(body string, at int) (text string, end int, ok bool) {
	at = afterBlanks(body, at)
	if at == len(body) || body[at] != '"' {
		return "", at, false
	}
	for end = at + 1; end < len(body) && body[end] != '"'; end++ {
		if c := body[end]; c < ' ' || c >= utf8.RuneSelf || c == '\\' {
			return "", at, false
		}
	}
	if end == len(body) {
		return "", at, false
	}
	return body[at+1 : end], afterBlanks(body, end+1), true
}

func readJSONAttributes(body string, base int) ([]attribute, *syntaxError) {
	if list, ok := plainJSON(body, base); ok {
		return list, nil
	}
	dec := json.NewDecoder(bytes.NewReader([]byte(body)))
	dec.UseNumber()
	bad := func(message string) *syntaxError {
		return &syntaxError{base + int(dec.InputOffset()), message, "write {\"name\":\"value\"}, without nesting"}
	}
	var list []attribute
	if _, err := dec.Token(); err != nil {
		return nil, bad("the attributes are not valid JSON")
	}
	for dec.More() {
		if len(list) == maxAttributes {
			return nil, bad(fmt.Sprintf("more than %d attributes are given", maxAttributes))
		}
		at := base + int(dec.InputOffset())
		key, err := dec.Token()
		if err != nil {
			return nil, bad("the attributes are not valid JSON")
		}
		name, ok := key.(string)
		if !ok {
			return nil, bad("the attributes are not valid JSON")
		}
		value, err := dec.Token()
		if err != nil {
			return nil, bad("the attributes are not valid JSON")
		}
		a := attribute{key: name, at: at}
		switch v := value.(type) {
		case string:
			a.value = v
		case json.Number, bool:
			a.value = fmt.Sprint(v)
		case nil:
		default:
			return nil, bad(fmt.Sprintf("the attribute %q is not a flat value", name))
		}
		list = append(list, a)
	}
	if _, err := dec.Token(); err != nil {
		return nil, bad("the attributes are not valid JSON")
	}
	if _, err := dec.Token(); err != io.EOF {
		return nil, bad("more text follows the attributes")
	}
	return list, nil
}

// attributeSpec says where an attribute may stand.
type attributeSpec struct {
	name  string
	kinds []Kind
}

// attributeSpecs is the table of what is known.
var attributeSpecs = func() []attributeSpec {
	acts := []Kind{KindShell, KindHTTP, KindMail, KindPromQL}
	asks := []Kind{KindChoice, KindInput, KindConfirm}
	all := slices.Concat(acts, asks)
	shell := []Kind{KindShell}
	return []attributeSpec{
		{"name", all}, {"effect", acts}, {"timeout", acts}, {"interval", acts}, {"retries", acts}, {"until", acts},
		{"expect", acts}, {"expect-exit", shell}, {"capture", acts}, {"confirm", acts}, {"interactive", shell}, {"cwd", shell},
		{"host", shell}, {"args", shell}, {"undo", acts}, {"target", acts}, {"role", all}, {"after", all}, {"default", asks},
		{"scenario", all}, {"redirects", []Kind{KindHTTP}}, {"range", []Kind{KindPromQL}}, {"step", []Kind{KindPromQL}},
	}
}()

var attributeNames = func() []string {
	var names []string
	for _, s := range attributeSpecs {
		names = append(names, s.name)
	}
	return names
}()
