package cli

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"genia.ai/bitacora/internal/config"
	"genia.ai/bitacora/internal/i18n"
	"genia.ai/bitacora/internal/sanitize"
	"genia.ai/bitacora/runbooks"
	"genia.ai/bitacora/runbooks/library"
)

func (a *app) showCommand() *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "show RUNBOOK",
		Short: "Print how a runbook was understood: phases, scenarios, steps, actions, parameters",
		Args:  cobra.ExactArgs(1), ValidArgsFunction: a.completeRunbook,
		RunE: func(_ *cobra.Command, args []string) error {
			rb, err := a.load(args[0])
			if err != nil {
				return err
			}
			rb.Diagnostics = rb.findings(a.clock.Now())
			if !asJSON {
				return a.printOutline(rb)
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

// printOutline prints the runbook in the order of the walk.
func (a *app) printOutline(rb *loaded) error {
	var b strings.Builder
	p := a.printer(rb.Lang)
	fmt.Fprintf(&b, "%s\n", rb.Title)
	if rb.Summary != "" {
		fmt.Fprintf(&b, "%s\n", rb.Summary)
	}
	for _, scenario := range rb.Scenarios {
		fmt.Fprintf(&b, "  ◇ %s: %s — %s\n", scenario.ID, scenario.Title, scenario.Condition)
	}
	for _, param := range rb.Params {
		fmt.Fprintf(&b, "  · %s\n", strings.TrimSuffix(param.Name+": "+param.Label, ": "))
	}
	for _, secret := range rb.Secrets {
		fmt.Fprintf(&b, "  · [secret %s]\n", secret)
	}
	phase := runbooks.Phase("")
	for _, step := range rb.Sequence {
		if step.Phase != phase {
			phase = step.Phase
			fmt.Fprintf(&b, "\n%s\n", p.T("phase."+string(phase)))
		}
		outlineStep(&b, p, step, "  ")
	}
	_, err := fmt.Fprint(a.out, sanitize.String(b.String()))
	return err
}

func outlineStep(b *strings.Builder, p *i18n.Printer, step *runbooks.Step, indent string) {
	fmt.Fprintf(b, "%s%s %s%s\n", indent, step.ID, step.Text, mark(step.Scenario))
	for _, action := range step.Actions {
		name := action.Name
		if name == "" {
			name = action.ID
		}
		fmt.Fprintf(b, "%s    ▸ %s %s (%s)%s\n", indent, action.Kind, name, p.T("effect."+string(action.Effect)), mark(action.Scenario))
	}
	for _, sub := range step.Substeps {
		outlineStep(b, p, sub, indent+"  ")
	}
}

func mark(scenario string) string {
	if scenario == "" {
		return ""
	}
	return " ◇" + scenario
}

// listed is what list --json prints of one runbook.
type listed struct {
	Name      string `json:"name"`
	Title     string `json:"title"`
	Path      string `json:"path"` // "" when it is shipped
	Lang      string `json:"lang"`
	Phases    int    `json:"phases"`
	Steps     int    `json:"steps"`
	Scenarios int    `json:"scenarios"`
	Problem   string `json:"problem"` // why it cannot be run, or ""
}

func (a *app) listCommand() *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "list",
		Short: "List the runbooks that can be run by name",
		Args:  cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			all := a.runbooks()
			if asJSON {
				return writeJSON(a.out, all)
			}
			table := tabwriter.NewWriter(a.out, 0, 4, 2, ' ', 0)
			for _, rb := range all {
				title := rb.Title
				if rb.Problem != "" {
					title = rb.Problem
				}
				fmt.Fprintf(table, "%s\t%s\t%s\n", sanitize.Line(rb.Name), sanitize.Line(title), sanitize.Line(rb.Path))
			}
			return table.Flush()
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print one JSON array")
	return cmd
}

// runbooks lists what can be named: the user's and the system's directories,
// then the shipped ones. A name found earlier hides a later one.
func (a *app) runbooks() []listed {
	all := []listed{}
	known := func(name string) bool {
		return slices.ContainsFunc(all, func(l listed) bool { return l.Name == name })
	}
	for _, dir := range config.DataDirs(a.env) {
		entries, err := os.ReadDir(dir)
		if err != nil {
			continue // most of these directories do not exist
		}
		for _, entry := range entries {
			name, isRunbook := strings.CutSuffix(entry.Name(), ".md")
			if isRunbook && !known(name) {
				all = append(all, a.describe(name, filepath.Join(dir, entry.Name())))
			}
		}
	}
	for _, name := range library.Names() {
		if !known(name) {
			all = append(all, a.describe(name, ""))
		}
	}
	return all
}

func (a *app) describe(name, path string) listed {
	target := path
	if path == "" {
		target = name
	}
	entry := listed{Name: name, Path: path}
	rb, err := a.load(target)
	if err != nil {
		entry.Problem, _, _ = strings.Cut(err.Error(), "\n")
		return entry
	}
	entry.Title, entry.Lang, entry.Steps, entry.Scenarios = rb.Title, rb.Lang, len(rb.Sequence), len(rb.Scenarios)
	phases := map[runbooks.Phase]bool{}
	for _, step := range rb.Sequence {
		phases[step.Phase] = true
	}
	delete(phases, runbooks.PhaseNone)
	entry.Phases = len(phases)
	return entry
}
