package i18n

import (
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// told are the sentences in which executors report, as they word them: always in
// English, so that a transcript reads the same whoever kept it. The English text
// of a message is the form by which it is known.
type told struct {
	id     string
	form   *regexp.Regexp
	fields []string
}

var toldField = regexp.MustCompile(`\\\{\\\{\\\.(\w+)\\\}\\\}`)

// loadTold makes forms of the English sentences.
func loadTold() ([]told, error) {
	raw, err := files.ReadFile("messages/told.en.json")
	if err != nil {
		return nil, fmt.Errorf("read the sentences of executors: %w", err)
	}
	var texts map[string]string
	if err := json.Unmarshal(raw, &texts); err != nil {
		return nil, fmt.Errorf("read the sentences of executors: %w", err)
	}
	var all []told
	for id, text := range texts {
		t := told{id: id}
		quoted := regexp.QuoteMeta(text)
		for _, m := range toldField.FindAllStringSubmatch(quoted, -1) {
			t.fields = append(t.fields, m[1])
		}
		form := toldField.ReplaceAllStringFunc(quoted, func(field string) string {
			if strings.Contains(field, "Seen") {
				return `(.+?)` // a report itself, of several sentences perhaps
			}
			return `([^;]+?)`
		})
		t.form, err = regexp.Compile(`\A` + form + `\z`)
		if err != nil {
			return nil, fmt.Errorf("sentence %s: %w", id, err)
		}
		all = append(all, t)
	}
	// The longer sentence is the one that says more of a text which two could be.
	slices.SortFunc(all, func(a, b told) int { return len(b.form.String()) - len(a.form.String()) })
	return all, nil
}

// Told translates what an executor reported of an action: its progress, or why it
// failed. A text that is none of the known sentences, or of several joined by
// semicolons, is returned as it is.
func (p *Printer) Told(text string) string {
	if p.lang == "en" {
		return text
	}
	sentences, err := p.told()
	if err != nil {
		return text
	}
	for _, t := range sentences {
		m := t.form.FindStringSubmatch(text)
		if m == nil {
			continue
		}
		var args []any
		for i, field := range t.fields {
			value := m[i+1]
			if field == "Seen" {
				value = p.Told(value)
			}
			args = append(args, field, value)
		}
		return p.T(t.id, args...)
	}
	if first, rest, ok := strings.Cut(text, "; "); ok {
		return p.Told(first) + "; " + p.Told(rest)
	}
	return text
}
