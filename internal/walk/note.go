package walk

import "regexp"

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
