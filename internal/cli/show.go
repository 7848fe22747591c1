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
				return a.printWalk(rb)
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
