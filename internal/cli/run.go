package cli

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"genia.ai/bitacora/internal/auto"
	"genia.ai/bitacora/internal/event"
	"genia.ai/bitacora/internal/sanitize"
)

// runFlags are the flags of run and rehearse.
type runFlags struct {
	params, answers []string // name=value
	scenario        string
	dryRun          bool
	sandbox         bool
	fault           string
	plain           bool
	auto            bool
}

func (f *runFlags) register(cmd *cobra.Command) {
	flags := cmd.Flags()
	flags.StringArrayVarP(&f.params, "param", "p", nil, "")
	flags.StringArrayVar(&f.answers, "answer", nil, "")
	flags.StringVar(&f.scenario, "scenario", "", "")
	flags.BoolVar(&f.sandbox, "sandbox", false, "")
	flags.StringVar(&f.fault, "fault", "", "")
	flags.BoolVar(&f.plain, "plain", false, "")
	flags.BoolVar(&f.auto, "auto", false, "")
	cmd.PreRunE = func(*cobra.Command, []string) error {
		if f.plain && f.auto {
			return wrongUse("error.plain-and-auto")
		}
		return nil
	}
}

func (a *app) runCommand() *cobra.Command {
	var flags runFlags
	cmd := &cobra.Command{
		Use:  "run RUNBOOK",
		Args: cobra.ExactArgs(1), ValidArgsFunction: a.completeRunbook,
		RunE: func(cmd *cobra.Command, args []string) error { return a.run(cmd.Context(), args[0], flags) },
	}
	flags.register(cmd)
	cmd.Flags().BoolVar(&flags.dryRun, "dry-run", false, "")
	return cmd
}

func (a *app) rehearseCommand() *cobra.Command {
	flags := runFlags{dryRun: true}
	cmd := &cobra.Command{
		Use:  "rehearse RUNBOOK",
		Args: cobra.ExactArgs(1), ValidArgsFunction: a.completeRunbook,
		RunE: func(cmd *cobra.Command, args []string) error { return a.run(cmd.Context(), args[0], flags) },
	}
	flags.register(cmd)
	return cmd
}

// run walks one runbook to where the operator leaves it: in this process when
// nobody is asked, else in a run server that outlives the terminal.
func (a *app) run(ctx context.Context, name string, flags runFlags) error {
	rb, err := a.load(name)
	if err != nil {
		return err
	}
	rb.planBeside()
	if n := a.reportErrors(rb); n > 0 {
		return &exitError{exitRunbook}
	}
	if len(rb.Sequence) == 0 {
		a.tell(noSteps(rb))
		return &exitError{exitRunbook}
	}
	found, err := a.findSecrets(ctx, rb.Runbook, flags.dryRun || flags.sandbox)
	if err != nil {
		return a.screenError(err)
	}
	rb.calls() // while the plan is made
	prep, err := a.prepare(rb, flags, found)
	if err != nil {
		return err
	}
	if flags.auto {
		return a.runAuto(ctx, prep, flags)
	}
	if !flags.plain && a.terminal() {
		return a.runScreen(ctx, prep, flags)
	}
	ready, err := a.launch(ctx, prep.spec(flags), prep.printer)
	if err != nil {
		return err
	}
	hello := a.hello(a.frontEnd(flags))
	hello.Drive, hello.Known = true, prep.plan
	return a.drive(ctx, ready.Dir, hello, view{
		plain: flags.plain, printer: prep.printer, scenario: prep.scenario, answers: prep.answers, checks: prep.checks(a, flags),
	})
}

// spec is what a server of the run is told.
func (p *preparation) spec(flags runFlags) serveSpec {
	return serveSpec{
		Source: p.rb.source, Name: p.rb.name, Path: p.rb.path, Modified: p.rb.modified, Shipped: p.rb.shipped,
		Params: p.params, Secrets: p.found, Section: p.rb.section, Scenario: p.scenario, DryRun: p.dryRun, Sandbox: flags.sandbox, Fault: flags.fault,
	}
}

// runAuto walks without asking.
func (a *app) runAuto(ctx context.Context, prep *preparation, flags runFlags) (err error) {
	if err := prep.provide(ctx, flags); err != nil {
		return err
	}
	defer func() { err = withClosing(err, prep.close()) }()
	if err := auto.Check(prep.plan, prep.autoOptions(a)); err != nil {
		return a.explain(err, prep)
	}
	if err := prep.start(ctx, a, flags); err != nil {
		return err
	}
	err = a.walkAuto(ctx, prep)
	state := prep.session.State()
	a.whereabouts(prep.printer, left{run: prep.id, dir: prep.dir, seq: state.Seq, outcome: state.Outcome})
	return err
}

// reportErrors prints what lint holds against a runbook and counts the errors.
func (a *app) reportErrors(rb *loaded) int {
	findings := rb.findings(a.clock.Now())
	for _, d := range findings {
		if d.Severity == "error" {
			a.printFinding(rb.path, d)
		}
	}
	return countErrors(findings)
}

// noSteps says that a runbook holds nothing to be walked.
func noSteps(rb *loaded) error { return wrongUse("error.no-steps", "Path", rb.path) }

// tell prints an error in the operator's language.
func (a *app) tell(err error) {
	fmt.Fprintf(a.err, "bitacora: %s\n", sanitize.String(words(err, a.operatorPrinter())))
}

// explain prints what automatic mode lacks, in the operator's language.
func (a *app) explain(err error, prep *preparation) error {
	var missing *auto.MissingError
	if !errors.As(err, &missing) {
		return err
	}
	for _, line := range missing.Lines(a.operatorPrinter()) {
		fmt.Fprintln(a.err, line)
	}
	for _, f := range prep.found {
		if f.Problem != "" {
			fmt.Fprintf(a.err, "%s: %s\n", f.Name, sanitize.Line(f.Problem))
		}
	}
	return &exitError{exitUsage}
}

// walkAuto returns nil when the run was completed.
func (a *app) walkAuto(ctx context.Context, prep *preparation) error {
	result, err := auto.Run(ctx, prep.session, prep.autoOptions(a))
	switch {
	case errors.Is(err, auto.ErrInterrupted):
		return &exitError{exitInterrupted}
	case err != nil:
		return err
	case result.FailedAction != "":
		return &exitError{exitAction}
	case result.Outcome != event.RunCompleted:
		return &exitError{exitIncomplete}
	}
	return nil
}

// pairs reads NAME=VALUE flags.
func pairs(flag string, given []string) (map[string]string, error) {
	values := make(map[string]string, len(given))
	for _, pair := range given {
		name, value, ok := strings.Cut(pair, "=")
		if !ok || name == "" {
			return nil, wrongUse("error.pair", "Flag", flag, "Given", strconv.Quote(pair))
		}
		if _, twice := values[name]; twice {
			return nil, wrongUse("error.twice", "Flag", flag, "Name", name)
		}
		values[name] = value
	}
	return values, nil
}

func modeOf(dryRun bool) string {
	if dryRun {
		return event.ModeRehearsal
	}
	return event.ModeLive
}
