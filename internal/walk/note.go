package walk

import (
	"cmp"
	"regexp"
	"strings"

	"genia.ai/bitacora/runbooks"
)

// variable is a variable as a shell or a heading of a runbook names it.
var variable = regexp.MustCompile(`\$(?:([A-Za-z_][A-Za-z0-9_]*)|\{([A-Za-z_][A-Za-z0-9_]*)\})`)

// FillNote is Fill for what is told about a run: a variable that is a parameter of the
// runbook stands for its value there too, once there is one. Scripts are never filled.
func (s State) FillNote(text string) string {
	return variable.ReplaceAllStringFunc(s.Fill(text), func(name string) string {
		groups := variable.FindStringSubmatch(name)
		if value, ok := s.Value(groups[1] + groups[2]); ok {
			return value.Text
		}
		return name
	})
}

// FillText is Fill for what is read before there are values: a parameter without one
// stands as what it is called, in brackets.
func (s State) FillText(text string) string {
	text = s.Fill(text)
	if !strings.Contains(text, "{{") {
		return text
	}
	filled, _ := runbooks.Expand(text, func(name string) (string, error) { // never fails: the function does not
		if param, ok := s.plan.param(name); ok {
			return "[" + cmp.Or(param.Label, name) + "]", nil
		}
		return "{{" + name + "}}", nil
	})
	return filled
}
