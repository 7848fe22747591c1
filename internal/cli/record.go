package cli

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"github.com/spf13/cobra"

	"genia.ai/bitacora/internal/event"
	"genia.ai/bitacora/internal/export"
	"genia.ai/bitacora/internal/i18n"
	"genia.ai/bitacora/internal/sanitize"
	"genia.ai/bitacora/internal/transcript"
	"genia.ai/bitacora/internal/walk"
	"genia.ai/bitacora/runbooks"
)

// maxExportedOutput is how much of one action's output is read for an export.
const maxExportedOutput = 8 << 20

// recorded is a run that was read back.
type recorded struct {
	entry      transcript.Entry
	transcript *transcript.Transcript
	plan       *walk.Plan
	state      walk.State
}

// open reads a run by its id, a prefix of it, or "last".
func (a *app) open(name string) (*recorded, error) {
	store, err := a.store()
	if err != nil {
		return nil, err
	}
	entry, err := find(store, name)
	if err != nil {
		return nil, err
	}
	return openEntry(entry)
}

// find returns the run that a name means. Where it looked is said, because a run
// that seems lost is often one of another state directory.
func find(store transcript.Store, name string) (transcript.Entry, error) {
	entry, err := store.Find(name)
	var missing *transcript.NotFoundError
	switch {
	case errors.As(err, &missing) && name == transcript.Last:
		return entry, wrongUse("error.no-runs", "Dir", store.Root)
	case errors.As(err, &missing) && len(missing.Candidates) == 0:
		return entry, wrongUse("error.looked-in", "Detail", err, "Dir", store.Root)
	case err != nil:
		return entry, &usageError{err}
	}
	return entry, nil
}

func openEntry(entry transcript.Entry) (*recorded, error) {
	t, err := transcript.Read(entry.Dir)
	if err != nil {
		return nil, err
	}
	path := "runbook.md"
	if len(t.Events) > 0 {
		if started, ok := t.Events[0].Data.(event.RunStarted); ok {
			path = started.Path
		}
	}
	rb, err := runbooks.Parse(path, t.Runbook)
	if err != nil {
		return nil, fmt.Errorf("the runbook kept with the run: %w", err)
	}
	plan := walk.NewPlan(rb)
	return &recorded{entry: entry, transcript: t, plan: plan, state: walk.Replay(plan, t.Events)}, nil
}

func (a *app) exportCommand() *cobra.Command {
	var format, file string
	cmd := &cobra.Command{
		Use:  "export RUN",
		Args: cobra.ExactArgs(1), ValidArgsFunction: a.completeRun,
		RunE: func(_ *cobra.Command, args []string) error {
			run, err := a.open(args[0])
			if err != nil {
				return err
			}
			return a.toFile(file, func(w io.Writer) error { return a.export(w, run, format) })
		},
	}
	cmd.Flags().StringVar(&format, "format", "md", "")
	cmd.Flags().StringVarP(&file, "output", "o", "", "")
	return cmd
}

func (a *app) export(w io.Writer, run *recorded, format string) error {
	record := export.Record{
		Plan: run.plan, Events: run.transcript.Events, Head: run.transcript.LastHead().String(),
		ReadOutput: func(path string) (string, bool, error) {
			return run.transcript.ReadOutput(path, maxExportedOutput)
		},
	}
	if damage := run.transcript.Damage; damage != nil {
		record.Damage = damage.Error()
	}
	var err error
	switch format {
	case "md":
		p := a.printer(a.recordedLang(run))
		err = export.Markdown(w, record, export.Options{T: p.T, Took: p.Took, Span: p.Span, Told: p.Told, Location: time.Local})
	case "json":
		var text bytes.Buffer
		if err = export.JSON(&text, record); err == nil {
			_, err = w.Write(sanitize.JSON(text.Bytes()))
		}
	default:
		return wrongUse("error.either", "Flag", "format", "Given", format, "One", "md", "Other", "json")
	}
	if err == nil && run.transcript.Damage != nil {
		err = run.transcript.Damage
	}
	return err
}

// exportHere writes a run as Markdown into the working directory, into a file that
// was not there, and returns its path.
func (a *app) exportHere(ctx context.Context, id string) (string, error) {
	run, err := a.open(id)
	if err != nil {
		return "", err
	}
	for n := 1; ; n++ {
		name := id + ".md"
		if n > 1 {
			name = fmt.Sprintf("%s-%d.md", id, n)
		}
		err := a.toFile(name, func(w io.Writer) error { return a.export(w, run, "md") })
		if errors.Is(err, fs.ErrExist) && n < maxExports && ctx.Err() == nil {
			continue
		}
		if err != nil {
			return "", err
		}
		return filepath.Abs(name)
	}
}

// maxExports bounds the names that are tried for an export.
const maxExports = 100

func (a *app) recordedLang(run *recorded) string {
	if len(run.transcript.Events) > 0 {
		if started, ok := run.transcript.Events[0].Data.(event.RunStarted); ok {
			return started.Lang
		}
	}
	return ""
}

// toFile gives write a new file, private to the user, or standard output.
func (a *app) toFile(name string, write func(io.Writer) error) (err error) {
	if name == "" || name == "-" {
		return write(a.out)
	}
	file, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return &usageError{err}
	}
	defer func() { err = errors.Join(err, file.Close()) }()
	return write(file)
}

// runRow is what runs --json prints of one run.
type runRow struct {
	Run      string     `json:"run"`
	Mode     string     `json:"mode"`
	Title    string     `json:"title"`
	Status   string     `json:"status"` // briefing, walking, paused or ended
	Outcome  string     `json:"outcome"`
	Operator string     `json:"operator"`
	Started  *time.Time `json:"started"`
	Ended    *time.Time `json:"ended"`
	Events   int        `json:"events"`
	Dir      string     `json:"dir"`
	Problem  string     `json:"problem"`
}

// fate says in words how a run stands.
func (a *app) fate(row runRow) string {
	p := a.printer("")
	switch {
	case row.Problem != "":
		return sanitize.Line(row.Problem)
	case row.Outcome != "":
		return p.T("run." + row.Outcome)
	}
	return p.T("cli.open")
}

func (a *app) runRows() ([]runRow, error) {
	store, err := a.store()
	if err != nil {
		return nil, err
	}
	entries, err := store.List()
	if err != nil {
		return nil, err
	}
	rows := make([]runRow, 0, len(entries))
	for _, entry := range entries {
		rows = append(rows, rowOf(entry))
	}
	return rows, nil
}

func rowOf(entry transcript.Entry) runRow {
	row := runRow{Run: entry.ID, Mode: event.ModeLive, Dir: entry.Dir}
	if entry.Rehearsal {
		row.Mode = event.ModeRehearsal
	}
	run, err := openEntry(entry)
	if err != nil {
		row.Problem = err.Error()
		return row
	}
	row.Title, row.Status = run.plan.Runbook().Title, string(run.state.Status)
	row.Outcome, row.Operator = run.state.Outcome, run.state.Operator
	row.Events = len(run.transcript.Events)
	if at := run.state.StartedAt; !at.IsZero() {
		row.Started = &at
	}
	if at := run.state.EndedAt; !at.IsZero() {
		row.Ended = &at
	}
	if run.transcript.Damage != nil {
		row.Problem = run.transcript.Damage.Error()
	}
	return row
}

// printerOf returns the texts in the language of a run.
func (a *app) printerOf(entry transcript.Entry) (*i18n.Printer, error) {
	t, err := transcript.Read(entry.Dir)
	if err != nil {
		return nil, err
	}
	return a.printer(a.recordedLang(&recorded{transcript: t})), nil
}
