package runbooks

import (
	"fmt"
	"strings"
)

// directive is a comment that annotates what cannot carry attributes.
type directive struct {
	attrs   []attribute // at counts bytes in the line
	ignores []attribute // what is said for lint alone
	line    int

	similarity string // of an expected_similarity comment, "" otherwise
}

var similarityForm = lazily(`<!--\s*expected_similarity\s*=(.*?)-->`)

// directives returns where the attributes of directives begin and end in a text: what
// stands behind <!-- bitacora and before --> on the same line.
func directives(text string) [][2]int {
	var list [][2]int
	for at := 0; ; {
		next := strings.Index(text[at:], "<!--")
		if next < 0 {
			return list
		}
		at += next + len("<!--")
		start := afterSpace(text, at)
		rest, ok := strings.CutPrefix(text[start:], "bitacora")
		if !ok || rest != "" && isWordByte(rest[0]) {
			continue
		}
		start = len(text) - len(rest)
		line, _, _ := strings.Cut(rest, "\n")
		if end := strings.Index(line, "-->"); end >= 0 {
			list = append(list, [2]int{start, start + end})
			at = start + end + len("-->")
		}
	}
}

// readDirectives returns the annotations that a comment, or a line with several
// comments, holds. base is the byte offset of text in its line.
func readDirectives(text string, line, base int, src *source, f *findings) []directive {
	var list []directive
	for _, m := range directives(text) {
		d := directive{line: line}
		attrs, err := readAttributes(strings.TrimRight(text[m[0]:m[1]], " \t\n"), base+m[0])
		if err != nil {
			f.fatal("directive", line, src.column(line, err.at), err.message, err.hint)
			continue
		}
		for _, a := range attrs {
			if a.bare {
				f.fatal("directive", line, src.column(line, a.at), fmt.Sprintf("the directive's %q has no value", a.key), "write "+a.key+"=value")
			}
		}
		d.attrs, d.ignores = splitIgnores(attrs)
		list = append(list, d)
	}
	if !strings.Contains(text, "expected_similarity") {
		return list
	}
	for _, m := range similarityForm().FindAllStringSubmatch(text, -1) {
		list = append(list, directive{line: line, similarity: strings.TrimSpace(m[1])})
	}
	return list
}

func (s *source) column(line, at int) int {
	if line < 1 || line > len(s.lines) {
		return 1
	}
	return column(s.lines[line-1], at) + s.shifted[line]
}

// place is what a directive stands on.
type place int

const (
	onHeading place = iota
	onList
	onItem
)

func directiveKeys(p place) []string {
	switch p {
	case onHeading:
		return []string{"scenario", "title", "condition", "phase", "kind", "role"}
	case onList:
		return []string{"scenario", "role"}
	}
	return []string{"scenario", "role", "id"}
}

// value returns the last value given for key by directives, and its place.
func directiveValue(list []directive, key string) (value string, line, at int) {
	for _, d := range list {
		for _, a := range d.attrs {
			if a.key == key {
				value, line, at = a.value, d.line, a.at
			}
		}
	}
	return value, line, at
}

// lintDirectives warns of keys that mean nothing where they stand.
func lintDirectives(list []directive, p place, src *source, f *findings) {
	if len(list) == 0 {
		return
	}
	known := directiveKeys(p)
	where := map[place]string{onHeading: "a heading", onList: "a list", onItem: "a list item"}[p]
	for _, d := range list {
		for _, a := range d.attrs {
			found := false
			for _, k := range known {
				found = found || k == a.key
			}
			if !found {
				f.add(SeverityWarning, "unknown-attribute", d.line, src.column(d.line, a.at),
					fmt.Sprintf("a directive on %s knows no %q", where, a.key), didYouMean(a.key, known))
			}
		}
	}
}
