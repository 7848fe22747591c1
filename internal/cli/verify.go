package cli

import (
	"encoding/json"
	"fmt"

	"github.com/spf13/cobra"

	"genia.ai/bitacora/internal/sanitize"
	"genia.ai/bitacora/internal/transcript"
)

// verdict is what verify --json prints.
type verdict struct {
	Run string `json:"run"`
	transcript.Report
}

func (a *app) verifyCommand() *cobra.Command {
	var (
		asJSON bool
		expect string
	)
	cmd := &cobra.Command{
		Use:  "verify RUN",
		Args: cobra.ExactArgs(1), ValidArgsFunction: a.completeRun,
		RunE: func(_ *cobra.Command, args []string) error {
			store, err := a.store()
			if err != nil {
				return err
			}
			entry, err := find(store, args[0])
			if err != nil {
				return err
			}
			var head *transcript.Head
			if expect != "" {
				parsed, err := transcript.ParseHead(expect)
				if err != nil {
					return &usageError{err}
				}
				head = &parsed
			}
			return a.verify(entry, head, expect, asJSON)
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "")
	cmd.Flags().StringVar(&expect, "expect", "", "")
	return cmd
}

// verify prints what was found; typed is the expected head as it was typed.
func (a *app) verify(entry transcript.Entry, expect *transcript.Head, typed string, asJSON bool) error {
	t, err := transcript.Read(entry.Dir)
	if err != nil {
		return err
	}
	report := t.Verify(expect)
	if asJSON {
		encoder := json.NewEncoder(a.out)
		encoder.SetEscapeHTML(false)
		encoder.SetIndent("", "  ")
		if err := encoder.Encode(verdict{Run: entry.ID, Report: report}); err != nil {
			return err
		}
		return report.Err()
	}
	p := a.printer("")
	fmt.Fprintln(a.out, p.T("cli.verified", "Run", entry.ID, "Events", report.Events, "Head", report.Head.Hash, "Code", report.Code))
	if report.Err() == nil {
		fmt.Fprintln(a.out, p.T("cli.verified-more", "Epochs", len(report.Epochs), "Outputs", report.Outputs, "Anchors", report.Anchors))
	}
	if expect != nil && report.Err() == nil {
		fmt.Fprintln(a.out, p.T("cli.expected", "Head", typed))
	}
	if report.Torn > 0 {
		fmt.Fprintln(a.out, p.T("cli.torn"))
	}
	for _, foreign := range report.Foreign {
		fmt.Fprintln(a.out, p.T("cli.foreign", "File", foreign.File, "Bytes", foreign.Bytes, "Offset", foreign.Offset))
	}
	for _, warning := range report.Warnings {
		fmt.Fprintln(a.out, sanitize.Line(warning))
	}
	for _, damage := range report.Damage[min(1, len(report.Damage)):] {
		fmt.Fprintf(a.err, "bitacora: %s\n", sanitize.Line(words(damage, a.operatorPrinter())))
	}
	return report.Err()
}
