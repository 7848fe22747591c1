package cli

import (
	"github.com/spf13/cobra"

	"genia.ai/bitacora/internal/sandbox"
	"genia.ai/bitacora/internal/transcript"
)

// completeRunbook offers the runbooks that go by a name, and files.
func (a *app) completeRunbook(cmd *cobra.Command, _ []string, _ string) ([]string, cobra.ShellCompDirective) {
	var names []string
	all, _ := a.runbooks(cmd.Context())
	for _, rb := range all {
		names = append(names, cobra.CompletionWithDesc(rb.Name, rb.Title))
	}
	return names, cobra.ShellCompDirectiveDefault
}

// completeRun offers the runs on record, the newest first.
func (a *app) completeRun(_ *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
	store, err := a.store()
	if err != nil || len(args) > 0 {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	entries, err := store.List()
	if err != nil {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	names := []string{transcript.Last}
	for _, entry := range entries {
		names = append(names, entry.ID)
	}
	return names, cobra.ShellCompDirectiveNoFileComp | cobra.ShellCompDirectiveKeepOrder
}

// completeValues makes the flags of every command that take one of a few values offer them.
func completeValues(root *cobra.Command) {
	values := map[string][]string{"lang": {"es", "en"}, "format": {"md", "json"}, "fault": sandbox.Faults()}
	for _, cmd := range append(root.Commands(), root) {
		for flag, known := range values {
			if cmd.LocalNonPersistentFlags().Lookup(flag) == nil && cmd.PersistentFlags().Lookup(flag) == nil {
				continue
			}
			// It fails only for a flag that is not there or has one already.
			_ = cmd.RegisterFlagCompletionFunc(flag, cobra.FixedCompletions(known, cobra.ShellCompDirectiveNoFileComp))
		}
	}
}
