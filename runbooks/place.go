package runbooks

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode"
)

// Place is where a walk can be entered: a section, and the step that comes first in
// it.
type Place struct {
	Slug    string // as links name it: deploy-the-service, deploy-the-service-1
	Heading string
	Step    string // id of a top-level step
}

// NoPlaceError says that a runbook has no section of that name.
type NoPlaceError struct {
	Fragment string
	Near     []string // slugs that are like it, or that there are; five at most
}

func (e *NoPlaceError) Error() string {
	text := fmt.Sprintf("no section is called #%s", e.Fragment)
	if len(e.Near) > 0 {
		text += "; there are: #" + strings.Join(e.Near, ", #")
	}
	return text
}

// Slug turns a heading into what hosts of Markdown name it by in links (as
// github-slugger does): small letters, blanks as dashes, nothing but letters,
// digits, dashes and underscores.
func Slug(heading string) string {
	var b strings.Builder
	for _, r := range strings.ToLower(strings.TrimSpace(heading)) {
		switch {
		case r == ' ' || r == '\t' || r == '\n':
			b.WriteByte('-')
		case r == '-' || r == '_' || unicode.IsLetter(r) || unicode.IsMark(r) || unicode.IsDigit(r) || unicode.Is(unicode.Nl, r):
			b.WriteRune(r)
		}
	}
	return b.String()
}

// heading is one that a link can lead to.
type heading struct {
	slug, text string
	line, end  int // its text goes from line up to, not including, end
	level      int
}

// headings lists what links can lead to, the title first when it is a heading. The
// second heading of a name gets -1, the third -2.
func (rb *Runbook) headings() []heading {
	const beyond = int(^uint(0) >> 1)
	var list []heading
	if rb.titleLine > 0 {
		list = append(list, heading{text: rb.Title, line: rb.titleLine, end: beyond})
	}
	for _, s := range rb.Sections {
		if isTitle := s.Heading == rb.Title && (s.Line == rb.titleLine || rb.titleLine == 0 && s.Line == 1); !isTitle {
			list = append(list, heading{text: s.Heading, line: s.Line, end: beyond, level: s.Level})
		}
	}
	used := map[string]int{}
	for i := range list {
		slug := Slug(list[i].text)
		list[i].slug = slug
		for _, taken := used[list[i].slug]; taken; _, taken = used[list[i].slug] {
			used[slug]++
			list[i].slug = slug + "-" + strconv.Itoa(used[slug])
		}
		used[list[i].slug] = 0
		for j := i + 1; j < len(list); j++ {
			if list[j].level <= list[i].level {
				list[i].end = list[j].line
				break
			}
		}
	}
	return list
}

// Find returns the section that a fragment names: the slug of its heading, the
// heading's own text, or the name of an alert in it; small and capital letters
// are the same. A section without steps leads to the first step after it within
// the section around it, else to the first one there. Errors: *NoPlaceError, also
// when the runbook has no steps at all.
func (rb *Runbook) Find(fragment string) (Place, error) {
	list := rb.headings()
	at := findHeading(list, strings.TrimPrefix(strings.TrimSpace(fragment), "#"))
	if at < 0 || len(rb.Sequence) == 0 {
		return Place{}, &NoPlaceError{Fragment: fragment, Near: nearHeadings(list, fragment)}
	}
	step := rb.firstStep(list, at)
	return Place{Slug: list[at].slug, Heading: list[at].text, Step: step.ID}, nil
}

// findHeading returns the heading that a fragment names, the best way to name it
// first, or -1.
func findHeading(list []heading, fragment string) int {
	if fragment == "" {
		return -1
	}
	slug := Slug(fragment)
	for _, named := range []func(heading) bool{
		func(h heading) bool { return h.slug == strings.ToLower(fragment) },
		func(h heading) bool { return strings.EqualFold(h.text, fragment) },
		func(h heading) bool { return slug != "" && h.slug == slug },
		func(h heading) bool { return slug != "" && fold(h.slug) == fold(slug) },
		func(h heading) bool {
			return slices.ContainsFunc(alertsOf(h.text), func(name string) bool { return strings.EqualFold(name, fragment) })
		},
	} {
		if i := slices.IndexFunc(list, named); i >= 0 {
			return i
		}
	}
	return -1
}

// firstStep returns the step at which a walk that enters at a heading begins: the
// earliest, in the order of the walk, of those below it.
func (rb *Runbook) firstStep(list []heading, at int) *Step {
	from, to := list[at].line, list[at].end
	for level := list[at].level; ; {
		if step := rb.stepBetween(from, to); step != nil {
			return step
		}
		outer := at
		for outer--; outer >= 0 && list[outer].level >= level; outer-- {
		}
		if outer < 0 {
			break
		}
		// What follows in the section around it comes first, then all of that.
		if step := rb.stepBetween(from, list[outer].end); step != nil {
			return step
		}
		at, level = outer, list[outer].level
		from, to = list[at].line, list[at].end
	}
	return rb.Sequence[0]
}

func (rb *Runbook) stepBetween(from, to int) *Step {
	for _, step := range rb.Sequence {
		if step.Line >= from && step.Line < to {
			return step
		}
	}
	return nil
}

// maxNear is how many sections an error names.
const maxNear = 5

// nearHeadings are the slugs that a fragment may have meant: those that share a
// word or are few edits away, else the first ones.
func nearHeadings(list []heading, fragment string) []string {
	slug := fold(Slug(fragment))
	words := strings.FieldsFunc(slug, func(r rune) bool { return r == '-' || r == '_' })
	var near, all []string
	for _, h := range list {
		if h.slug == "" {
			continue
		}
		folded := fold(h.slug)
		if nearest(slug, []string{folded}) != "" || slices.ContainsFunc(words, func(w string) bool { return len(w) > 3 && strings.Contains(folded, w) }) ||
			len(slug) > 2 && strings.Contains(folded, slug) {
			near = append(near, h.slug)
		}
		all = append(all, h.slug)
	}
	if len(near) == 0 {
		near = all
	}
	return near[:min(len(near), maxNear)]
}
