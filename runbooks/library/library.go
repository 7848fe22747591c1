// Package library holds the runbooks that ship with the program.
//
// It guarantees that every runbook it names can be read, byte for byte as it was
// reviewed: they are part of the binary and depend on no file of the machine.
package library

import (
	"embed"
	"fmt"
	"io/fs"
	"slices"
	"strings"
)

//go:embed *.md
var files embed.FS

const extension = ".md"

// NotFoundError says that no runbook has that name.
type NotFoundError struct {
	Name       string
	Suggestion string   // the closest name, or ""
	Known      []string // every name there is
}

func (e *NotFoundError) Error() string {
	if e.Suggestion != "" {
		return fmt.Sprintf("no runbook is called %q; did you mean %q?", e.Name, e.Suggestion)
	}
	return fmt.Sprintf("no runbook is called %q; there are: %s", e.Name, strings.Join(e.Known, ", "))
}

// Names lists the shipped runbooks, sorted, without their extension.
func Names() []string {
	paths, err := fs.Glob(files, "*"+extension)
	if err != nil {
		return nil // only a malformed pattern fails, and this one is not
	}
	names := make([]string, 0, len(paths))
	for _, path := range paths {
		names = append(names, strings.TrimSuffix(path, extension))
	}
	return names
}

// Read gives the bytes of a shipped runbook, named with or without its
// extension. A name that is not one of Names is a *NotFoundError.
func Read(name string) ([]byte, error) {
	wanted := strings.TrimSuffix(name, extension)
	for _, known := range Names() {
		if known == wanted {
			return files.ReadFile(known + extension)
		}
	}
	return nil, NotFound(name, nil)
}

// NotFound says so of a name that neither a shipped runbook nor one of the others has.
func NotFound(name string, others []string) *NotFoundError {
	known := slices.Concat(Names(), others)
	slices.Sort(known)
	known = slices.Compact(known)
	return &NotFoundError{Name: name, Suggestion: closest(strings.TrimSuffix(name, extension), known), Known: known}
}

// closest finds the name that few edits turn into name, or "" when none is near:
// more than a third of its letters wrong is not a slip any more. The beginning
// of a name counts as near.
func closest(name string, known []string) string {
	best, bestDistance := "", len(name)/3+1
	for _, candidate := range known {
		if len(name) >= 3 && strings.HasPrefix(candidate, name) {
			return candidate
		}
		if d := distance(name, candidate); d < bestDistance {
			best, bestDistance = candidate, d
		}
	}
	return best
}

// distance is the Levenshtein distance between a and b, in bytes.
func distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			substituted := diagonal
			if a[i] != b[j] {
				substituted++
			}
			diagonal = row[j+1]
			row[j+1] = min(substituted, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(b)]
}
