package cli

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime/debug"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"genia.ai/bitacora/internal/sanitize"
	"genia.ai/bitacora/internal/walk"
	"genia.ai/bitacora/runbooks"
	"genia.ai/bitacora/runbooks/library"
)

// loaded is a runbook with where it came from.
type loaded struct {
	*runbooks.Runbook
	source   []byte
	name     string // short name, for the run id
	path     string
	modified time.Time
	shipped  bool
	beside   map[string]string // values of an .ini file of the same name
	section  string            // at which it is to be entered, "" for its beginning
	heading  string            // of the section

	planned func() *walk.Plan // nil: nobody has begun to plan
	called  []string          // programs that its scripts call; nil: nobody has looked, or none
}

// calls returns the programs that the runbook's scripts call.
func (l *loaded) calls() []string {
	if l.called == nil {
		l.called = l.Commands()
	}
	return l.called
}

// planBeside begins to make the runbook ready to be walked, which takes a long one some
// time, while something else is done.
func (l *loaded) planBeside() {
	l.planned = beside(func() *walk.Plan {
		plan := walk.NewPlan(l.Runbook)
		walk.New(plan)
		return plan
	})
}

// plan returns the runbook made ready to be walked.
func (l *loaded) plan() *walk.Plan {
	if l.planned == nil {
		return walk.NewPlan(l.Runbook)
	}
	return l.planned()
}

// load finds and parses a runbook: a path, the name of one in the folders, or of a
// shipped one, or an address whose last parts name one; each may name a section
// behind a #.
func (a *app) load(name string) (*loaded, error) {
	found, fragment, err := a.locate(name)
	if err != nil {
		return nil, err
	}
	if len(found.source) > largeRunbook {
		debug.SetGCPercent(readingGC)
	}
	found.Runbook, err = runbooks.Parse(found.path, found.source)
	if err != nil || fragment == "" {
		return found, err
	}
	place, err := found.Find(fragment)
	if err != nil {
		return nil, wrongUse("error.section", "Path", found.path, "Detail", err)
	}
	found.section, found.heading = place.Slug, place.Heading
	return found, nil
}

func isPath(name string) bool {
	return strings.ContainsRune(name, filepath.Separator) || strings.HasSuffix(name, ".md")
}

func readRunbook(path string) (*loaded, error) {
	info, err := os.Stat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, wrongUse("error.no-file", "Path", path)
	case err != nil:
		return nil, &usageError{err}
	case info.IsDir():
		return nil, wrongUse("error.directory", "Path", path)
	case info.Size() > maxRunbook:
		return nil, wrongUse("error.too-long", "Path", path, "Bytes", info.Size(), "Most", maxRunbook)
	}
	source, err := os.ReadFile(path)
	if err != nil {
		return nil, &usageError{err}
	}
	name := strings.TrimSuffix(filepath.Base(path), filepath.Ext(path))
	return &loaded{source: source, name: name, path: path, modified: info.ModTime(), beside: readBeside(path)}, nil
}

// readBeside returns the values of the .ini file beside a runbook: nothing when
// there is none that can be read.
func readBeside(path string) map[string]string {
	path = strings.TrimSuffix(path, filepath.Ext(path)) + ".ini"
	if info, err := os.Stat(path); err != nil || !info.Mode().IsRegular() || info.Size() > maxBeside {
		return nil
	}
	content, err := os.ReadFile(path)
	if err != nil {
		return nil
	}
	return runbooks.ReadINI(content)
}

// maxBeside bounds the size of an .ini file, in bytes.
const maxBeside = 256 << 10

// maxRunbook bounds the size of a runbook, in bytes.
const maxRunbook = 32 << 20

// findings returns what the parser and lint have to say, in the order of lines.
func (l *loaded) findings(now time.Time) []runbooks.Diagnostic {
	all := append(l.Lint(now, l.modified), hiddenCode(l.Sequence)...)
	slices.SortStableFunc(all, func(a, b runbooks.Diagnostic) int { return cmp.Compare(a.Line, b.Line) })
	return all
}

// hiddenCode finds actions whose text cannot be shown as it would run. They are
// errors: nobody could know what they say yes to.
func hiddenCode(steps []*runbooks.Step) []runbooks.Diagnostic {
	var all []runbooks.Diagnostic
	for _, step := range steps {
		for _, action := range step.Actions {
			at := sanitize.IndexHidden(action.Code)
			if at < 0 {
				continue
			}
			r, _ := utf8.DecodeRuneInString(action.Code[at:])
			all = append(all, runbooks.Diagnostic{
				Severity: runbooks.SeverityError, Code: "hidden-character",
				Line: action.Line + strings.Count(action.Code[:at], "\n"), Column: 1,
				Message: fmt.Sprintf("the invisible character %U stands in an action: it cannot be shown as it would run", r),
				Hint:    "remove the character",
			})
		}
		all = append(all, hiddenCode(step.Substeps)...)
	}
	return all
}

// printFinding tells a diagnostic on standard error.
func (a *app) printFinding(path string, d runbooks.Diagnostic) {
	var text bytes.Buffer
	writeFinding(&text, path, d)
	_, _ = a.err.Write(text.Bytes()) // there is nowhere else to tell it
}

func countErrors(findings []runbooks.Diagnostic) int {
	n := 0
	for _, d := range findings {
		if d.Severity == runbooks.SeverityError {
			n++
		}
	}
	return n
}

// origin is where the text came from, as it is recorded: the run may be resumed
// from another working directory.
func (p *preparation) origin() string {
	if path, err := filepath.Abs(p.rb.path); err == nil && !p.isShipped() {
		return path
	}
	return p.rb.path
}

// isShipped reports whether a run's runbook came with the program.
func (p *preparation) isShipped() bool {
	_, err := library.Read(strings.TrimSuffix(p.rb.path, ".md"))
	return p.rb.shipped || err == nil && !strings.ContainsRune(p.rb.path, filepath.Separator)
}
