package runbooks

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// ParseError says why a text is not a runbook. It lists every problem, not only
// the first.
type ParseError struct {
	Path     string
	Problems []Diagnostic // all of severity error, in the order of their lines
}

// Error formats each problem as path:line:col: message; hint, one a line.
func (e *ParseError) Error() string {
	lines := make([]string, len(e.Problems))
	for i, d := range e.Problems {
		lines[i] = d.Format(e.Path)
	}
	return strings.Join(lines, "\n")
}

// Format renders d as path:line:col: message; hint.
func (d Diagnostic) Format(path string) string {
	text := fmt.Sprintf("%s:%d:%d: %s", path, d.Line, d.Column, d.Message)
	if d.Hint != "" {
		text += "; " + d.Hint
	}
	return text
}

// HasErrors reports whether one of the diagnostics is an error, so that the
// runbook must not be run.
func HasErrors(diagnostics []Diagnostic) bool {
	return slices.ContainsFunc(diagnostics, func(d Diagnostic) bool { return d.Severity == SeverityError })
}

// findings collects what there is to say about a text. Fatal ones keep it from
// being loaded at all; the others travel with the runbook.
type findings struct {
	problems []Diagnostic
	notes    []Diagnostic
}

func (f *findings) fatal(code string, line, col int, message, hint string) {
	f.problems = append(f.problems, Diagnostic{SeverityError, code, line, col, message, hint})
}

func (f *findings) add(severity Severity, code string, line, col int, message, hint string) {
	f.notes = append(f.notes, Diagnostic{severity, code, line, col, message, hint})
}

func sortDiagnostics(list []Diagnostic) {
	slices.SortStableFunc(list, func(a, b Diagnostic) int {
		return cmp.Or(cmp.Compare(a.Line, b.Line), cmp.Compare(a.Column, b.Column), cmp.Compare(a.Code, b.Code))
	})
}

// didYouMean returns a hint that names the word nearest to got, or "".
func didYouMean(got string, words []string) string {
	if near := nearest(got, words); near != "" {
		return fmt.Sprintf("did you mean %q?", near)
	}
	return ""
}

// nearest returns the word that takes the fewest edits from got: two at most, one
// for short words, none when got is too short to tell.
func nearest(got string, words []string) string {
	limit := 2
	if len(got) < 4 {
		limit = 1
	}
	if len(got) < 2 || len(got) > 64 {
		return ""
	}
	best, name := limit+1, ""
	for _, w := range words {
		if len(w)-len(got) > limit || len(got)-len(w) > limit {
			continue
		}
		if d := editDistance(strings.ToLower(got), strings.ToLower(w)); d < best {
			best, name = d, w
		}
	}
	return name
}

// editDistance counts insertions, deletions, substitutions and swaps of
// neighbours (optimal string alignment).
func editDistance(a, b string) int {
	rows := [3][]int{make([]int, len(b)+1), make([]int, len(b)+1), make([]int, len(b)+1)}
	for j := range rows[1] {
		rows[1][j] = j
	}
	for i := 1; i <= len(a); i++ {
		before, last, row := rows[(i+2)%3], rows[i%3], rows[(i+1)%3]
		row[0] = i
		for j := 1; j <= len(b); j++ {
			change := 1
			if a[i-1] == b[j-1] {
				change = 0
			}
			row[j] = min(last[j]+1, row[j-1]+1, last[j-1]+change)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				row[j] = min(row[j], before[j-2]+1)
			}
		}
	}
	return rows[(len(a)+1)%3][len(b)]
}
