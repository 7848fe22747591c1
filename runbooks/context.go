package runbooks

import "strings"

// explainSteps gives the first step of each section what explains it: the part of
// the section that belongs to no step, and the sections before it that only
// describe. What follows the last step explains nothing any more.
func (b *builder) explainSteps() {
	for _, p := range b.placed {
		if p.from.first == nil {
			p.from.first = p.Step
		}
	}
	var described []string
	for _, s := range b.sections {
		body := s.Body
		switch {
		case body == "" || s.Kind == SectionReference || s.scripts:
			body = ""
		case s.Heading == b.rb.Title:
			// The briefing has said its title and its summary.
			body = strings.TrimSpace(strings.TrimPrefix(body, b.rb.Summary))
		case s.first == nil:
			body = "**" + s.Heading + "**\n\n" + body
		}
		if body != "" {
			described = append(described, body)
		}
		if s.first != nil {
			s.first.Context = strings.Join(described, "\n\n")
			described = nil
		}
	}
}
