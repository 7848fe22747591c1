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

var (
	directiveForm  = lazily(`<!--\s*bitacora\b(.*?)-->`)
	similarityForm = lazily(`<!--\s*expected_similarity\s*=(.*?)-->`)
)

// readDirectives returns the annotations that a comment, or a line with several
// comments, holds. base is the byte offset of text in its line.
func readDirectives(text string, line, base int, src *source, f *findings) []directive {
	var list []directive
	for _, m := range directiveForm().FindAllStringSubmatchIndex(text, -1) {
		d := directive{line: line}
		attrs, err := readAttributes(strings.TrimRight(text[m[2]:m[3]], " \t\n"), base+m[2])
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
