package cli

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"genia.ai/bitacora/internal/sanitize"
	"genia.ai/bitacora/runbooks"
)

// The formats of lint.
const (
	formatText   = "text"
	formatJSON   = "json"
	formatSARIF  = "sarif"
	formatGitHub = "github"
)

func lintFormats() []string { return []string{formatText, formatJSON, formatSARIF, formatGitHub} }

// lintFlags are the flags of lint.
type lintFlags struct {
	format, least string
	asJSON        bool
	fix, diff     bool
}

func (a *app) lintCommand() *cobra.Command {
	var flags lintFlags
	cmd := &cobra.Command{
		Use:  "lint PATH…",
		Args: cobra.MinimumNArgs(1), ValidArgsFunction: a.completeRunbook,
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := flags.check(); err != nil {
				return err
			}
			return a.lint(cmd.Context(), args, flags)
		},
	}
	cmd.Flags().BoolVar(&flags.asJSON, "json", false, "")
	cmd.Flags().StringVar(&flags.format, "format", formatText, "")
	cmd.Flags().StringVar(&flags.least, "severity", string(runbooks.SeverityInfo), "")
	cmd.Flags().BoolVar(&flags.fix, "fix", false, "")
	cmd.Flags().BoolVar(&flags.diff, "diff", false, "")
	return cmd
}

// check refuses flags that mean nothing.
func (f *lintFlags) check() error {
	if f.asJSON {
		if f.format != formatText && f.format != formatJSON {
			return wrongUse("error.two-formats", "Given", f.format)
		}
		f.format = formatJSON
	}
	switch {
	case !slices.Contains(lintFormats(), f.format):
		return wrongUse("error.one-of", "Flag", "format", "Given", f.format, "Known", strings.Join(lintFormats(), ", "))
	case severityRank(runbooks.Severity(f.least)) < 0:
		return wrongUse("error.severity", "Given", f.least)
	case f.diff && !f.fix:
		return wrongUse("error.diff-alone")
	case f.diff && f.format != formatText:
		return wrongUse("error.diff-format", "Given", f.format)
	}
	return nil
}

// severityRank orders severities; -1 is none of them.
func severityRank(s runbooks.Severity) int {
	return slices.Index([]runbooks.Severity{runbooks.SeverityInfo, runbooks.SeverityWarning, runbooks.SeverityError}, s)
}

// linted is what lint says of one file, and what lint --json prints of it.
type linted struct {
	Path        string    `json:"path"`
	Diagnostics []finding `json:"diagnostics"`

	fixes []*runbooks.Fix // of the findings that have one
}

// finding is a diagnostic, and whether its author wants nothing said of it.
type finding struct {
	runbooks.Diagnostic
	Suppressions []suppression `json:"suppressions,omitempty"` // one at most
}

// suppression says where a finding is ignored, in the words of SARIF.
type suppression struct {
	Kind   string `json:"kind"` // inSource
	Line   int    `json:"line"`
	Column int    `json:"column"`
}

// ignored reports whether nothing is to be said of it.
func (f finding) ignored() bool { return len(f.Suppressions) > 0 }

func (a *app) lint(ctx context.Context, names []string, flags lintFlags) error {
	files, err := a.lintTargets(names)
	if err != nil {
		return err
	}
	checker := newShellChecker(ctx, a.env)
	errorCount := 0
	all := make([]linted, 0, len(files))
	for _, file := range files {
		result, err := a.lintFile(file, checker)
		if err != nil {
			return err
		}
		if flags.fix && !file.shipped {
			if result, err = a.fix(file, result, checker, flags); err != nil {
				return err
			}
		}
		result.Diagnostics = slices.DeleteFunc(result.Diagnostics, func(d finding) bool {
			if d.Severity == runbooks.SeverityError {
				errorCount++
			}
			return severityRank(d.Severity) < severityRank(runbooks.Severity(flags.least))
		})
		all = append(all, result)
	}
	if checker.late() {
		fmt.Fprintln(a.err, a.printer("").T("cli.lint-late"))
	}
	if !flags.diff {
		if err := a.printLint(all, flags); err != nil {
			return err
		}
	}
	if errorCount > 0 {
		return &exitError{exitRunbook}
	}
	return nil
}

// lintTargets finds the runbooks that are named, those of directories included.
func (a *app) lintTargets(names []string) ([]*loaded, error) {
	var files []*loaded
	for _, name := range names {
		info, err := os.Stat(name)
		if err != nil || !info.IsDir() || !isPath(name) && a.known(name) {
			file, err := a.find(name)
			if err != nil {
				return nil, err
			}
			if file.shipped {
				file.path = name
			}
			files = append(files, file)
			continue
		}
		paths, err := markdownBelow(name)
		if err != nil {
			return nil, err
		}
		if len(paths) == 0 {
			return nil, wrongUse("error.no-markdown", "Path", name)
		}
		for _, path := range paths {
			file, err := readRunbook(path)
			if err != nil {
				return nil, err
			}
			files = append(files, file)
		}
	}
	return files, nil
}

// known reports whether a name is that of a runbook, and not only of a directory.
func (a *app) known(name string) bool {
	_, err := a.find(name)
	return err == nil
}

// markdownBelow lists the .md files of a directory in the order of their names,
// without those of hidden directories.
func markdownBelow(dir string) ([]string, error) {
	var paths []string
	err := filepath.WalkDir(dir, func(path string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return &usageError{err}
		case entry.IsDir() && path != dir && strings.HasPrefix(entry.Name(), "."):
			return fs.SkipDir
		case !entry.IsDir() && strings.EqualFold(filepath.Ext(entry.Name()), ".md"):
			if info, err := os.Stat(path); err == nil && info.Mode().IsRegular() {
				paths = append(paths, path)
			}
		}
		return nil
	})
	return paths, err
}

// lintFile inspects one file.
func (a *app) lintFile(file *loaded, checker *shellChecker) (linted, error) {
	result := linted{Path: file.path, Diagnostics: []finding{}}
	around := runbooks.Surroundings{Now: a.clock.Now(), Modified: file.modified, CheckShell: checker.check(), More: func(rb *runbooks.Runbook) []runbooks.Diagnostic {
		return append(hiddenCode(rb.Sequence), writtenSecrets(file.source)...)
	}}
	if !file.shipped {
		around.Read = readFrom(filepath.Dir(file.path))
	}
	findings, err := runbooks.Inspect(file.path, file.source, around)
	var parse *runbooks.ParseError
	if errors.As(err, &parse) {
		for _, d := range parse.Problems {
			result.Diagnostics = append(result.Diagnostics, finding{Diagnostic: d})
		}
		return result, nil
	}
	if err != nil {
		return linted{}, err
	}
	for _, f := range findings {
		d := finding{Diagnostic: f.Diagnostic}
		switch {
		case f.Ignored != nil:
			d.Suppressions = []suppression{{"inSource", f.Ignored.Line, f.Ignored.Column}}
		case f.Fix != nil:
			result.fixes = append(result.fixes, f.Fix)
		}
		result.Diagnostics = append(result.Diagnostics, d)
	}
	return result, nil
}

// readFrom reads what links lead to, from a directory on.
func readFrom(dir string) func(path string) ([]byte, error) {
	return func(path string) ([]byte, error) {
		path = filepath.Join(dir, filepath.FromSlash(path))
		info, err := os.Stat(path)
		if err != nil {
			return nil, fs.ErrNotExist // what cannot be reached is not there for its readers either
		}
		if !info.Mode().IsRegular() || info.Size() > maxRunbook || !strings.EqualFold(filepath.Ext(path), ".md") {
			return nil, nil
		}
		return os.ReadFile(path)
	}
}

func (a *app) printLint(all []linted, flags lintFlags) error {
	switch flags.format {
	case formatJSON:
		return writeJSON(a.out, all)
	case formatSARIF:
		return writeJSON(a.out, sarifOf(all))
	case formatGitHub:
		_, err := a.out.Write(annotations(all))
		return err
	}
	var text bytes.Buffer
	for _, result := range all {
		for _, d := range result.Diagnostics {
			if !d.ignored() {
				writeFinding(&text, result.Path, d.Diagnostic)
			}
		}
	}
	if _, err := a.out.Write(text.Bytes()); err != nil {
		return err
	}
	a.summarise(all, flags)
	return nil
}

// summarise tells on standard error how much there is.
func (a *app) summarise(all []linted, flags lintFlags) {
	counts, fixes, ignored := map[runbooks.Severity]int{}, 0, 0
	for _, result := range all {
		for _, d := range result.Diagnostics {
			if d.ignored() {
				ignored++
				continue
			}
			counts[d.Severity]++
		}
		fixes += len(result.fixes)
	}
	p := a.printer("")
	fmt.Fprintln(a.err, p.T("cli.lint-summary", "Files", len(all), "Errors", counts[runbooks.SeverityError],
		"Warnings", counts[runbooks.SeverityWarning], "Notes", counts[runbooks.SeverityInfo]))
	if ignored > 0 {
		fmt.Fprintln(a.err, p.T("cli.lint-ignored", "Ignored", ignored))
	}
	if fixes > 0 && !flags.fix {
		fmt.Fprintln(a.err, p.T("cli.lint-fixable", "Fixes", fixes))
	}
}

// writeFinding writes a diagnostic as file:line:col: severity: message.
func writeFinding(w *bytes.Buffer, path string, d runbooks.Diagnostic) {
	fmt.Fprintf(w, "%s:%d:%d: %s: %s [%s]\n", sanitize.Line(path), d.Line, d.Column, d.Severity, sanitize.Line(d.Message), d.Code)
	if d.Hint != "" {
		fmt.Fprintf(w, "    %s\n", sanitize.Line(d.Hint))
	}
}
