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
	lang    string            // of --lang
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
		report(os.Stderr, err)
		return exitCode(err)
	}
	root := a.root()
	root.SetArgs(args)
	err = root.ExecuteContext(ctx)
	report(a.err, err)
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

// report prints an error unless it was told before. Problems of a runbook begin
// with their place, so that editors find it.
func report(w io.Writer, err error) {
	var (
		told  *exitError
		parse *runbooks.ParseError
	)
	switch {
	case err == nil, errors.As(err, &told), errors.Is(err, syscall.EPIPE):
	case errors.As(err, &parse):
		fmt.Fprintln(w, sanitize.String(err.Error()))
	default:
		fmt.Fprintf(w, "bitacora: %s\n", sanitize.String(err.Error()))
	}
	var storage *session.StorageError
	if errors.As(err, &storage) {
		fmt.Fprintln(w, "    make room there, or set XDG_STATE_HOME to a directory that can be written")
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
		Use:   "bitacora",
		Short: "Walk a Markdown runbook during an incident and keep the record",
		Long: "Bitácora walks an on-call operator through a Markdown runbook in the terminal, runs the\n" +
			"attached actions inline and leaves a timestamped transcript for the post-mortem.\n" +
			"Without a command it lets you pick a runbook.",
		Args: cobra.NoArgs,
		PersistentPreRunE: func(*cobra.Command, []string) error {
			if a.lang != "" && a.lang != "es" && a.lang != "en" {
				return usagef("--lang %s: it is es or en", a.lang)
			}
			if a.palette != "" && !slices.Contains(tui.Palettes(), a.palette) {
				return usagef("--palette %s: it is one of %s", a.palette, strings.Join(tui.Palettes(), ", "))
			}
			return nil
		},
		SilenceErrors: true,
		SilenceUsage:  true,
		RunE:          func(cmd *cobra.Command, _ []string) error { return a.pick(cmd.Context()) },
	}
	root.SetOut(a.out)
	root.SetErr(a.err)
	root.PersistentFlags().StringVar(&a.lang, "lang", "", "language of the screens: es or en (default: the runbook's, then the locale's)")
	root.PersistentFlags().StringVar(&a.palette, "palette", "", "colours of the full screen: "+strings.Join(tui.Palettes(), ", ")+" (default: $BITACORA_PALETTE)")
	root.PersistentFlags().BoolVar(&a.mouse, "mouse", false, "the wheel scrolls and a click selects in the full screen (or BITACORA_MOUSE=1)")
	root.SetFlagErrorFunc(func(cmd *cobra.Command, err error) error {
		return usagef("%w; see `%s --help`", err, cmd.CommandPath())
	})
	root.AddCommand(
		a.runCommand(), a.rehearseCommand(), a.showCommand(), a.lintCommand(), a.listCommand(), a.newCommand(),
		a.runsCommand(), a.resumeCommand(), a.watchCommand(), a.noteCommand(), a.exportCommand(), a.verifyCommand(), a.sandboxCommand(), a.manCommand(), a.versionCommand(),
		a.serveCommand(),
	)
	wrapArgErrors(root)
	completeValues(root)
	return root
}

// wrapArgErrors makes wrong arguments exit with the code of wrong usage.
func wrapArgErrors(cmd *cobra.Command) {
	if check := cmd.Args; check != nil {
		cmd.Args = func(cmd *cobra.Command, args []string) error {
			switch err := check(cmd, args); {
			case err == nil:
				return nil
			case cmd.HasParent():
				return usagef("too few or too many arguments; write it as `%s`; see `%s --help`", cmd.UseLine(), cmd.CommandPath())
			default:
				return usagef("%w; see `%s --help`", err, cmd.CommandPath())
			}
		}
	}
	for _, sub := range cmd.Commands() {
		wrapArgErrors(sub)
	}
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
		Use:   "version",
		Short: "Print the version",
		Args:  cobra.NoArgs,
		Run:   func(*cobra.Command, []string) { fmt.Fprintf(a.out, "bitacora %s\n", programVersion()) },
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
