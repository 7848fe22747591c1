package cli

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"runtime/debug"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"genia.ai/bitacora/internal/config"
	"genia.ai/bitacora/internal/folders"
	"genia.ai/bitacora/internal/fuzzy"
	"genia.ai/bitacora/internal/sanitize"
	"genia.ai/bitacora/runbooks"
	"genia.ai/bitacora/runbooks/library"
)

// listed is what list --json prints of one runbook.
type listed struct {
	Name      string   `json:"name"` // what run takes: of a name that an earlier folder has, the path
	Title     string   `json:"title"`
	Path      string   `json:"path"` // "" when it is shipped
	Lang      string   `json:"lang"`
	Phases    int      `json:"phases"`
	Steps     int      `json:"steps"`
	Scenarios int      `json:"scenarios"`
	Problem   string   `json:"problem"` // why it cannot be run, or ""
	Folder    string   `json:"folder"`  // in which it was found, "" when it is shipped
	Headings  []string `json:"headings"`
	Alerts    []string `json:"alerts"`
	HiddenBy  string   `json:"hidden_by"` // path of what has its name, or ""
}

func (a *app) listCommand() *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use: "list [WORD…]",
		RunE: func(cmd *cobra.Command, args []string) error {
			all, notes := a.runbooks(cmd.Context())
			all = matching(all, strings.Join(args, " "))
			for _, note := range notes {
				fmt.Fprintf(a.err, "bitacora: %s\n", sanitize.Line(note))
			}
			if asJSON {
				return writeJSON(a.out, all)
			}
			return a.printList(all)
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "")
	return cmd
}

func (a *app) printList(all []listed) error {
	p := a.printer("")
	out := bufio.NewWriterSize(a.out, outSize) // a table writes cell by cell
	table := tabwriter.NewWriter(out, 0, 4, 2, ' ', 0)
	for _, rb := range all {
		title, where := rb.Title, rb.Path
		if rb.Problem != "" {
			title = "! " + rb.Problem
		}
		if rb.HiddenBy != "" {
			where = p.T("cli.list.hidden", "By", rb.HiddenBy)
		}
		fmt.Fprintf(table, "%s\t%s\t%s\n", sanitize.Line(rb.Name), sanitize.Line(title), sanitize.Line(where))
	}
	return errors.Join(table.Flush(), out.Flush())
}

// outSize is how much of a table is written at a time, in bytes.
const outSize = 64 << 10

// matching keeps what a query fits, the best first.
func matching(all []listed, query string) []listed {
	if strings.TrimSpace(query) == "" {
		return all
	}
	texts := make([]fuzzy.Text, len(all))
	for i, rb := range all {
		texts[i] = fuzzy.NewText(rb.Title, rb.Name, filepath.Base(rb.Path), rb.Headings, rb.Alerts)
	}
	kept := []listed{}
	for _, i := range fuzzy.Rank(texts, nil, query) {
		kept = append(kept, all[i])
	}
	return kept
}

// listingGC is how much garbage may stand beside what is used, in percent, while
// thousands of files are parsed.
const listingGC = 800

// runbooks lists what can be run: what stands in the folders, in their order, then
// the shipped ones. A name found earlier hides a later one, which then goes by its
// path. The notes say what could not be looked at.
func (a *app) runbooks(ctx context.Context) ([]listed, []string) {
	defer debug.SetGCPercent(debug.SetGCPercent(listingGC))
	dirs, err := config.RunbookDirs(a.env)
	var notes []string
	if err != nil {
		notes = append(notes, err.Error())
	}
	all := []listed{}
	taken := map[string]string{}
	opts := folders.Options{Cache: config.CacheDir(a.env), Version: programVersion(), Now: a.clock.Now}
	for _, dir := range dirs {
		files, more := folders.List(ctx, dir, opts)
		notes = append(notes, more...)
		for _, f := range files {
			entry := describe(f.Name, f.Outline)
			entry.Path, entry.Folder, entry.Problem = f.Path, dir, f.Problem
			if by, hidden := taken[f.Name]; hidden {
				entry.HiddenBy, entry.Name = by, byPath(f.Path)
			} else {
				taken[f.Name] = f.Path
			}
			all = append(all, entry)
		}
	}
	for _, name := range library.Names() {
		if _, hidden := taken[name]; hidden {
			continue // it has no path to be run by
		}
		source, err := library.Read(name)
		if err != nil {
			continue // every name of Names can be read
		}
		outline, err := runbooks.ReadOutline(name+".md", source)
		entry := describe(name, outline)
		if err != nil {
			entry.Problem, _, _ = strings.Cut(err.Error(), "\n")
		}
		all = append(all, entry)
	}
	return all, notes
}

// byPath writes a path so that run takes it for one.
func byPath(path string) string {
	if filepath.IsAbs(path) || strings.ContainsRune(path, filepath.Separator) {
		return path
	}
	return "." + string(filepath.Separator) + path
}

func describe(name string, o runbooks.Outline) listed {
	entry := listed{
		Name: name, Title: o.Title, Lang: o.Lang, Phases: o.Phases, Steps: o.Steps, Scenarios: o.Scenarios,
		Headings: o.Headings, Alerts: o.Alerts,
	}
	if entry.Headings == nil {
		entry.Headings = []string{}
	}
	if entry.Alerts == nil {
		entry.Alerts = []string{}
	}
	return entry
}
