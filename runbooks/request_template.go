package runbooks

import (
	"slices"
	"strings"
)

// Template is a text with {{name}} in it, cut into pieces. Anything else between
// double braces is text (other tools' templates are full of it).
type Template []TemplatePart

// TemplatePart is either literal text or the place of a value.
type TemplatePart struct {
	Text string // literal, when Name is ""
	Name string
}

// ParseTemplate cuts s into pieces. Every text is a template.
func ParseTemplate(s string) Template {
	var t Template
	at := 0
	for _, p := range inBraces(s, templateName) {
		if p.start > at {
			t = append(t, TemplatePart{Text: s[at:p.start]})
		}
		t = append(t, TemplatePart{Name: s[p.name:p.behind]})
		at = p.end
	}
	if at < len(s) {
		t = append(t, TemplatePart{Text: s[at:]})
	}
	return t
}

// Names returns the names in the template, each once, in order of first use.
func (t Template) Names() []string {
	var names []string
	for _, p := range t {
		if p.Name != "" && !slices.Contains(names, p.Name) {
			names = append(names, p.Name)
		}
	}
	return names
}

// Expand puts what value returns in the place of each name. Encoding for the
// place is up to value; its first error ends the expansion.
func (t Template) Expand(value func(name string) (string, error)) (string, error) {
	var b strings.Builder
	for _, p := range t {
		text := p.Text
		if p.Name != "" {
			var err error
			if text, err = value(p.Name); err != nil {
				return "", err
			}
		}
		b.WriteString(text)
	}
	return b.String(), nil
}

// Names returns the names of the {{name}} in s, each once, in order of first use.
func Names(s string) []string { return ParseTemplate(s).Names() }

// Expand puts what value returns in the place of each {{name}} of s.
func Expand(s string, value func(name string) (string, error)) (string, error) {
	return ParseTemplate(s).Expand(value)
}
