// Package cli holds the commands and wires the packages together: it finds the
// runbook, opens the transcript, gives the session its executors, starts a front
// end and turns how it ended into an exit code.
//
// It guarantees that nothing is recorded or run before the runbook parsed, its
// values were checked and everything that automatic mode would have to ask was
// answered.
package cli

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"runtime/debug"
	"slices"
	"strconv"
	"strings"
	"syscall"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"genia.ai/bitacora/internal/config"
	"genia.ai/bitacora/internal/i18n"
	"genia.ai/bitacora/internal/sanitize"
	"genia.ai/bitacora/internal/session"
	"genia.ai/bitacora/internal/transcript"
	"genia.ai/bitacora/runbooks"
	"genia.ai/bitacora/tui"
)

// version is set by the linker for a release.
var version = ""

// app is what every command works with.
type app struct {
	in      *os.File
	out     io.Writer
	err     io.Writer
	env     config.Lookup
	catalog *i18n.Catalog
	clock   transcript.Clock
	random  io.Reader
	lang    string            // of --lang, or of the run that goes on
	wish    string            // of --lang, as given: for help and errors
	palette string            // of --palette
	mouse   bool              // of --mouse
	masked  map[string]string // secrets that were found, by name
}

// Main runs the program with the arguments after its name and returns its exit code.
func Main(args []string) int {
	// Until the first screen is there nothing is worth collecting: most of what is
	// made until then stays. What runs for long asks for less afterwards.
	debug.SetGCPercent(startingGC)
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM, syscall.SIGHUP)
	defer stop()
	// A reader of our output that goes away ends no run: it would leave an action
	// without its end on record. Writes to it fail instead of killing the program.
	brokenPipes := make(chan os.Signal, 1)
	signal.Notify(brokenPipes, syscall.SIGPIPE)
	defer signal.Stop(brokenPipes)
	a, err := newApp()
	if err != nil {
		fmt.Fprintf(os.Stderr, "bitacora: %s\n", sanitize.String(err.Error()))
		return exitCode(err)
	}
	a.wish = wishOf(args)
	root := a.root()
	root.SetArgs(args)
	err = root.ExecuteContext(ctx)
	a.report(err)
	return exitCode(err)
}

// How much garbage may stand beside what is used, in percent: while a program
// starts, which is over before anything is collected; while a large runbook is read; and
// while a screen or a server stays beside a flood of output.
const (
	startingGC = 400
	readingGC  = 200
	lastingGC  = 30
)

// largeRunbook is how many bytes of a runbook make reading it more than a part of the start.
const largeRunbook = 1 << 20

// report prints an error unless it was told before, in the operator's language.
// Problems of a runbook begin with their place, so that editors find it.
func (a *app) report(err error) {
	if err == nil {
		return // without reading a text
	}
	var (
		told  *exitError
		parse *runbooks.ParseError
	)
	p := a.operatorPrinter()
	switch {
	case errors.As(err, &told), errors.Is(err, syscall.EPIPE):
	case errors.As(err, &parse):
		fmt.Fprintln(a.err, sanitize.String(words(err, p)))
	default:
		fmt.Fprintf(a.err, "bitacora: %s\n", sanitize.String(words(err, p)))
	}
	var storage *session.StorageError
	if errors.As(err, &storage) {
		fmt.Fprintln(a.err, "    "+p.T("error.storage-hint"))
	}
}

func newApp() (*app, error) {
	catalog, err := i18n.Load()
	if err != nil {
		return nil, err
	}
	clock, err := transcript.NewSystemClock()
	if err != nil {
		return nil, err
	}
	return &app{
		in: os.Stdin, out: os.Stdout, err: os.Stderr, env: os.LookupEnv,
		catalog: catalog, clock: clock, random: rand.Reader,
	}, nil
}

func (a *app) root() *cobra.Command {
	root := &cobra.Command{
		Use:  "bitacora",
		Args: cobra.NoArgs,
		PersistentPreRunE: func(cmd *cobra.Command, _ []string) error {
			if asksCompletion(cmd) {
				document(cmd.Root(), a.operatorPrinter()) // shells show the texts beside the words
			}
			if a.lang != "" && a.lang != "es" && a.lang != "en" {
				return wrongUse("error.lang", "Given", a.lang)
			}
			if a.palette != "" && !slices.Contains(tui.Palettes(), a.palette) {
				return wrongUse("error.one-of", "Flag", "palette", "Given", a.palette, "Known", strings.Join(tui.Palettes(), ", "))
			}
			return nil
		},
		SilenceErrors: true,
		SilenceUsage:  true,
		RunE:          func(cmd *cobra.Command, _ []string) error { return a.pick(cmd.Context()) },
	}
	root.SetHelpFunc(a.help)
	root.SetUsageFunc(a.usage)
	root.SetOut(a.out)
	root.SetErr(a.err)
	root.PersistentFlags().StringVar(&a.lang, "lang", "", "")
	root.PersistentFlags().StringVar(&a.palette, "palette", "", "")
	root.PersistentFlags().BoolVar(&a.mouse, "mouse", false, "")
	root.SetFlagErrorFunc(func(cmd *cobra.Command, err error) error {
		return wrongUse("error.see-help", "Detail", err, "Command", cmd.CommandPath())
	})
	root.AddCommand(
		a.runCommand(), a.rehearseCommand(), a.showCommand(), a.lintCommand(), a.listCommand(), a.newCommand(),
		a.runsCommand(), a.resumeCommand(), a.watchCommand(), a.noteCommand(), a.exportCommand(), a.verifyCommand(), a.sandboxCommand(), a.manCommand(), a.versionCommand(),
		a.serveCommand(),
	)
	takeOver(root)
	wrapArgErrors(root)
	completeValues(root)
	return root
}

// takeOver adds the commands that cobra would add later, with exit codes of its own.
func takeOver(root *cobra.Command) {
	root.InitDefaultCompletionCmd()
	root.InitDefaultHelpCmd()
	for _, cmd := range root.Commands() {
		switch cmd.Name() {
		case "completion":
			cmd.Args, cmd.RunE = cobra.NoArgs, func(cmd *cobra.Command, _ []string) error { return cmd.Help() }
		case "help":
			cmd.Run, cmd.RunE = nil, func(cmd *cobra.Command, args []string) error {
				asked, rest, err := root.Find(args)
				if err != nil || len(rest) > 0 {
					return wrongUse("error.see-help", "Detail", say("error.no-command", "Given", strconv.Quote(strings.Join(args, " ")), "Command", strconv.Quote(root.Name())), "Command", root.Name())
				}
				asked.InitDefaultHelpFlag()
				return asked.Help()
			}
		}
	}
}

// wrapArgErrors makes wrong arguments exit with the code of wrong usage.
func wrapArgErrors(cmd *cobra.Command) {
	if check := cmd.Args; check != nil {
		cmd.Args = func(cmd *cobra.Command, args []string) error {
			switch err := check(cmd, args); {
			case err == nil:
				return nil
			case cmd.HasParent():
				return wrongUse("error.arguments", "Line", lineOf(cmd), "Command", cmd.CommandPath())
			default:
				return wrongUse("error.see-help", "Detail", say("error.no-command", "Given", strconv.Quote(args[0]), "Command", strconv.Quote(cmd.CommandPath())), "Command", cmd.CommandPath())
			}
		}
	}
	for _, sub := range cmd.Commands() {
		wrapArgErrors(sub)
	}
}

// wishOf is the language that the arguments ask for. It is looked for before cobra
// reads them, as one that they get wrong is to be told in that language too.
func wishOf(args []string) string {
	wish := ""
	for i, arg := range args {
		if arg == "--" {
			break
		}
		if value, ok := strings.CutPrefix(arg, "--lang="); ok {
			wish = value
		} else if arg == "--lang" && i+1 < len(args) {
			wish = args[i+1]
		}
	}
	return wish
}

// operatorPrinter returns the texts in the language of the operator, whatever runbook
// there is: for help, and for what went wrong.
func (a *app) operatorPrinter() *i18n.Printer {
	return a.catalog.Printer(append([]string{a.wish}, config.Locales(a.env)...)...)
}

// printer returns the texts in the language of the flag, of the runbook or of the locale.
func (a *app) printer(runbookLang string) *i18n.Printer {
	return a.catalog.Printer(append([]string{a.lang, runbookLang}, config.Locales(a.env)...)...)
}

// store returns where transcripts are kept.
func (a *app) store() (transcript.Store, error) {
	root, err := config.StateDir(a.env)
	return transcript.Store{Root: root, Disk: transcript.OS{}}, err
}

// terminal reports whether both ends of the program are a terminal that can show
// a full screen.
func (a *app) terminal() bool {
	out, ok := a.out.(*os.File)
	return ok && term.IsTerminal(int(a.in.Fd())) && term.IsTerminal(int(out.Fd())) && config.FullScreen(a.env)
}

func (a *app) versionCommand() *cobra.Command {
	return &cobra.Command{
		Use:  "version",
		Args: cobra.NoArgs,
		Run:  func(*cobra.Command, []string) { fmt.Fprintf(a.out, "bitacora %s\n", programVersion()) },
	}
}

// programVersion is what the linker was told, else what the build recorded.
func programVersion() string {
	if version != "" {
		return version
	}
	if info, ok := debug.ReadBuildInfo(); ok && info.Main.Version != "" {
		return strings.Trim(info.Main.Version, "()")
	}
	return "devel"
}
