package cli

import (
	"bufio"
	"errors"
	"fmt"
	"os"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"genia.ai/bitacora/internal/event"
	"genia.ai/bitacora/internal/i18n"
	"genia.ai/bitacora/internal/sanitize"
	"genia.ai/bitacora/internal/transcript"
	"genia.ai/bitacora/internal/walk"
	"genia.ai/bitacora/runbooks"
)

// runFilter picks runs from the list.
type runFilter struct{ state, mode, runbook string }

// States that runs can be filtered by.
const (
	stateOpen  = "open"
	stateEnded = "ended"
)

func (f runFilter) check() error {
	if f.state != "" && f.state != stateOpen && f.state != stateEnded {
		return wrongUse("error.either", "Flag", "state", "Given", f.state, "One", stateOpen, "Other", stateEnded)
	}
	if f.mode != "" && f.mode != event.ModeLive && f.mode != event.ModeRehearsal {
		return wrongUse("error.either", "Flag", "mode", "Given", f.mode, "One", event.ModeLive, "Other", event.ModeRehearsal)
	}
	return nil
}

func (f runFilter) fits(row runRow) bool {
	ended := row.Status == string(walk.StatusEnded)
	switch {
	case f.state == stateOpen && ended, f.state == stateEnded && !ended, f.mode != "" && row.Mode != f.mode:
		return false
	}
	return f.runbook == "" || strings.Contains(row.Run, f.runbook) || strings.Contains(strings.ToLower(row.Title), strings.ToLower(f.runbook))
}

func (a *app) runsCommand() *cobra.Command {
	var (
		asJSON bool
		filter runFilter
	)
	cmd := &cobra.Command{
		Use:  "runs",
		Args: cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			rows, err := a.filteredRuns(filter)
			if err != nil {
				return err
			}
			if asJSON {
				return writeJSON(a.out, rows)
			}
			return a.printRuns(rows, filter != runFilter{})
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "")
	cmd.Flags().StringVar(&filter.state, "state", "", "")
	filter.register(cmd)
	cmd.AddCommand(a.pruneCommand())
	return cmd
}

// register adds the flags that list and prune share: what is pruned has ended.
func (f *runFilter) register(cmd *cobra.Command) {
	cmd.Flags().StringVar(&f.mode, "mode", "", "")
	cmd.Flags().StringVar(&f.runbook, "runbook", "", "")
}

// printRuns prints the list; filtered says that there may be others.
func (a *app) printRuns(rows []runRow, filtered bool) error {
	p := a.printer("")
	if len(rows) == 0 {
		return a.noRuns(p, filtered)
	}
	out := bufio.NewWriterSize(a.out, outSize) // a table writes cell by cell
	table := tabwriter.NewWriter(out, 0, 4, 2, ' ', 0)
	for _, row := range rows {
		fmt.Fprintf(table, "%s\t%s\t%s\t%s\n", sanitize.Line(row.Run), p.T("mode."+row.Mode), a.fate(row), sanitize.Line(row.Title))
	}
	return errors.Join(table.Flush(), out.Flush())
}

func (a *app) filteredRuns(filter runFilter) ([]runRow, error) {
	if err := filter.check(); err != nil {
		return nil, err
	}
	all, err := a.runRows()
	if err != nil {
		return nil, err
	}
	rows := []runRow{}
	for _, row := range all {
		if filter.fits(row) {
			rows = append(rows, row)
		}
	}
	return rows, nil
}

func (a *app) pruneCommand() *cobra.Command {
	var (
		age    string
		yes    bool
		filter runFilter
	)
	cmd := &cobra.Command{
		Use:  "prune",
		Args: cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			if age == "" {
				return wrongUse("error.age-needed")
			}
			least, err := runbooks.ParseDuration(age)
			if err != nil || least <= 0 {
				return wrongUse("error.age", "Given", age)
			}
			return a.prune(filter, a.clock.Now().Add(-least), yes)
		},
	}
	cmd.Flags().StringVar(&age, "older-than", "", "")
	cmd.Flags().BoolVar(&yes, "yes", false, "")
	filter.register(cmd)
	return cmd
}

// prune removes ended runs. One that has not ended is never removed, nor one that
// somebody holds.
func (a *app) prune(filter runFilter, before time.Time, yes bool) error {
	filter.state = stateEnded
	rows, err := a.filteredRuns(filter)
	if err != nil {
		return err
	}
	p := a.printer("")
	var errs []error
	found := false
	for _, row := range rows {
		if row.Ended == nil || !row.Ended.Before(before) {
			continue
		}
		if yes {
			if err := a.remove(row); err != nil {
				errs = append(errs, err)
				continue
			}
		}
		id := "cli.would-prune"
		if yes {
			id = "cli.pruned"
		}
		found = true
		fmt.Fprintln(a.out, p.T(id, "Run", sanitize.Line(row.Run), "Title", sanitize.Line(row.Title)))
	}
	if !found && len(errs) == 0 {
		fmt.Fprintln(a.err, p.T("cli.none-to-prune"))
	}
	return errors.Join(errs...)
}

// remove deletes a run's directory and its anchored heads, in that order: a
// directory without heads is only less well guarded.
func (a *app) remove(row runRow) error {
	lock, err := a.takeLock(row.Dir)
	if err != nil {
		return err
	}
	if err := os.RemoveAll(row.Dir); err != nil {
		return errors.Join(fmt.Errorf("remove %s: %w", row.Run, err), lock.Release())
	}
	if heads := transcript.HeadsPath(row.Dir); heads != "" {
		if err := os.Remove(heads); err != nil && !errors.Is(err, os.ErrNotExist) {
			return errors.Join(fmt.Errorf("remove the heads of %s: %w", row.Run, err), lock.Release())
		}
	}
	return lock.Release()
}

// noRuns says that nothing is listed.
func (a *app) noRuns(p *i18n.Printer, filtered bool) error {
	if filtered {
		_, err := fmt.Fprintln(a.err, p.T("cli.no-such-runs"))
		return err
	}
	store, err := a.store()
	if err != nil {
		return err
	}
	_, err = fmt.Fprintln(a.err, p.T("cli.no-runs", "Dir", store.Root))
	return err
}
