package cli

import (
	"github.com/spf13/cobra"

	"genia.ai/bitacora/internal/sanitize"
)

func (a *app) showCommand() *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:  "show RUNBOOK",
		Args: cobra.ExactArgs(1), ValidArgsFunction: a.completeRunbook,
		RunE: func(_ *cobra.Command, args []string) error {
			rb, err := a.load(args[0])
			if err != nil {
				return err
			}
			rb.Diagnostics = rb.findings(a.clock.Now())
			if !asJSON {
				return a.printAll(rb)
			}
			raw, err := rb.JSON()
			if err != nil {
				return err
			}
			_, err = a.out.Write(sanitize.JSON(raw))
			return err
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "")
	return cmd
}

// printAll prints the walk, and what keeps it from being walked.
func (a *app) printAll(rb *loaded) error {
	if err := a.printWalk(rb); err != nil {
		return err
	}
	if a.reportErrors(rb) > 0 {
		return &exitError{exitRunbook}
	}
	return nil
}
