package cli

import (
	"errors"

	"github.com/spf13/cobra"

	"genia.ai/bitacora/internal/sanitize"
	"genia.ai/bitacora/runbooks"
)

func (a *app) showCommand() *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "show RUNBOOK",
		Short: "Print the walk: what is asked, phases, steps, commands and what they change; RUNBOOK#SECTION from there on",
		Args:  cobra.ExactArgs(1), ValidArgsFunction: a.completeRunbook,
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
	cmd.Flags().BoolVar(&asJSON, "json", false, "print the contract "+runbooks.Schema)
	return cmd
}

func (a *app) lintCommand() *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "lint PATH…",
		Short: "Say what is wrong with runbooks; exits 3 when there are errors (warnings do not count)",
		Args:  cobra.MinimumNArgs(1), ValidArgsFunction: a.completeRunbook,
		RunE: func(_ *cobra.Command, args []string) error {
			return a.lint(args, asJSON)
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print one JSON array of {path, diagnostics}")
	return cmd
}

// linted is what lint --json prints of one file.
type linted struct {
	Path        string                `json:"path"`
	Diagnostics []runbooks.Diagnostic `json:"diagnostics"`
}

func (a *app) lint(names []string, asJSON bool) error {
	var all []linted
	errorCount := 0
	for _, name := range names {
		result := linted{Path: name, Diagnostics: []runbooks.Diagnostic{}}
		rb, err := a.load(name)
		var parse *runbooks.ParseError
		switch {
		case errors.As(err, &parse):
			result.Diagnostics = parse.Problems
		case err != nil:
			return err
		default:
			result.Diagnostics = append(result.Diagnostics, rb.findings(a.clock.Now())...)
		}
		errorCount += countErrors(result.Diagnostics)
		all = append(all, result)
	}
	if asJSON {
		if err := writeJSON(a.out, all); err != nil {
			return err
		}
	} else {
		for _, result := range all {
			for _, d := range result.Diagnostics {
				a.printFinding(result.Path, d)
			}
		}
	}
	if errorCount > 0 {
		return &exitError{exitRunbook}
	}
	return nil
}
