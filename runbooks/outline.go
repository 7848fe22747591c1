package runbooks

import "strings"

// Outline is what a list of runbooks shows of one, and what it is found by. It says
// nothing about what may be run: that takes Parse.
type Outline struct {
	Title, Lang string
	Headings    []string // in the order of the text, the title's left out
	Alerts      []string // names of alerts, see alertsOf
	Phases      int      // how many of the five have steps
	Steps       int
	Scenarios   int
}

// Bounds of what an Outline keeps.
const (
	maxHeadings = 200
	maxHeading  = 160 // bytes
)

// ReadOutline reads as much of a runbook as a list needs: the same text, in the same
// way as Parse, without what only matters to who runs it. What Parse refuses it
// refuses too, with a *ParseError that may name fewer problems.
func ReadOutline(path string, src []byte) (Outline, error) {
	b := parse(path, src, true)
	if err := b.refusal(path); err != nil {
		return Outline{}, err
	}
	rb := b.rb
	// A list keeps thousands of these: none may hold on to the text that it is from.
	o := Outline{Title: strings.Clone(rb.Title), Lang: strings.Clone(rb.Lang), Phases: len(rb.phases()), Steps: len(rb.Sequence), Scenarios: len(rb.Scenarios)}
	o.Alerts = alertsOf(o.Title)
	for _, s := range b.sections {
		if s.root {
			continue
		}
		for _, name := range alertsOf(s.Heading) {
			if len(o.Alerts) < maxAlerts {
				o.Alerts = append(o.Alerts, strings.Clone(name))
			}
		}
		if len(o.Headings) < maxHeadings {
			o.Headings = append(o.Headings, strings.Clone(cutHeading(s.Heading)))
		}
	}
	o.Alerts = writtenAlerts(o.Alerts, b.src.lines)
	return o, nil
}

// cutHeading bounds a heading, between characters.
func cutHeading(heading string) string {
	if len(heading) <= maxHeading {
		return heading
	}
	end := 0
	for i := range heading {
		if i > maxHeading {
			break
		}
		end = i
	}
	return heading[:end]
}

// phases are those of the five that have steps.
func (rb *Runbook) phases() map[Phase]bool {
	phases := map[Phase]bool{}
	for _, step := range rb.Sequence {
		if step.Phase != PhaseNone {
			phases[step.Phase] = true
		}
	}
	return phases
}
