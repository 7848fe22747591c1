package cli

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"runtime/debug"
	"syscall"
	"time"

	"github.com/spf13/cobra"
	"golang.org/x/sys/unix"

	"genia.ai/bitacora/internal/process"
	"genia.ai/bitacora/internal/runserver"
	"genia.ai/bitacora/internal/sanitize"
	"genia.ai/bitacora/internal/secrets"
	"genia.ai/bitacora/internal/transcript"
	"genia.ai/bitacora/runbooks"
)

// serveName is the hidden command that a run server is started with.
const serveName = "serve-run"

// serveSpec is what a run server is told to serve: a new run of a runbook, or
// one that goes on. Everything else it finds in the environment that it inherits.
type serveSpec struct {
	Source   []byte            `json:"source"`
	Name     string            `json:"name"`
	Path     string            `json:"path"`
	Modified time.Time         `json:"modified"`
	Shipped  bool              `json:"shipped"`
	Params   map[string]string `json:"params"`
	Secrets  []secrets.Found   `json:"secrets"` // through the pipe only: neither argument nor environment
	Scenario string            `json:"scenario"`
	Section  string            `json:"section"`
	DryRun   bool              `json:"dry_run"`
	Sandbox  bool              `json:"sandbox"`
	Fault    string            `json:"fault"`
	Lang     string            `json:"lang"`
	Wish     string            `json:"wish"`  // the operator's --lang, for errors
	Notes    []string          `json:"notes"` // for the briefing, found out by the front end

	Resume string        `json:"resume"` // directory of the run to go on with, or ""
	Reopen string        `json:"reopen"` // why a run that has ended goes on, or ""
	Seize  *seizure      `json:"seize"`  // take over from a server that does not answer
	Idle   time.Duration `json:"idle"`
}

// seizure is a take-over from a wedged server: the one that held the run when it
// did not answer, and no other.
type seizure struct {
	Reason string            `json:"reason"`
	Holder transcript.Holder `json:"holder"`
}

func (a *app) serveCommand() *cobra.Command {
	return &cobra.Command{
		Use:    serveName,
		Hidden: true,
		Args:   cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			var spec serveSpec
			if err := runserver.ReadSpec(&spec); err != nil {
				return err
			}
			return a.serve(cmd.Context(), spec)
		},
	}
}

// serve is the life of a run server.
func (a *app) serve(ctx context.Context, spec serveSpec) (err error) {
	// A terminal that hangs up is the front end's affair. The server ends by TERM.
	// Heard and passed over, not ignored: what a server ignores its actions ignore
	// too, and ctrl-c in their terminals would do nothing.
	passed := make(chan os.Signal, 1)
	signal.Notify(passed, syscall.SIGHUP, syscall.SIGINT, syscall.SIGPIPE)
	defer signal.Stop(passed)
	ctx, stop := signal.NotifyContext(context.WithoutCancel(ctx), syscall.SIGTERM)
	defer stop()
	a.lang, a.wish = spec.Lang, spec.Wish
	prep, server, err := a.raise(ctx, spec)
	if err != nil {
		ready := runserver.Ready{Error: sanitize.String(words(err, a.operatorPrinter())), Code: exitCode(err)}
		return errors.Join(runserver.Detach(ready, os.Stderr), &exitError{ready.Code})
	}
	defer func() { err = errors.Join(err, prep.close()) }()
	// It may stay for days beside what it runs: memory counts more than speed.
	debug.SetGCPercent(lastingGC)
	log, err := openLog(prep.dir)
	if err != nil {
		return err
	}
	defer log.Close()
	if err := runserver.Detach(runserver.Ready{Run: prep.id, Dir: prep.dir}, log); err != nil {
		return err
	}
	if len(prep.rb.source) > longText {
		debug.FreeOSMemory() // reading it took much that nothing else will reclaim for hours
	}
	return server.Serve(ctx)
}

// longText is the length of a runbook, in bytes, from which on it pays to collect at
// once what reading it left behind.
const longText = 256 << 10

// openLog opens the file that takes what a server says when nobody listens: a
// crash.
func openLog(dir string) (*os.File, error) {
	const flags = os.O_WRONLY | os.O_CREATE | os.O_APPEND | unix.O_NOFOLLOW | unix.O_CLOEXEC
	file, err := os.OpenFile(filepath.Join(dir, "server.log"), flags, 0o600)
	if err != nil {
		return nil, fmt.Errorf("open the run server's log: %w", err)
	}
	return file, nil
}

// raise prepares the run and opens its socket.
func (a *app) raise(ctx context.Context, spec serveSpec) (*preparation, *runserver.Server, error) {
	if err := process.BecomeSubreaper(); err != nil {
		return nil, nil, fmt.Errorf("become the parent of stray processes: %w", err)
	}
	open := a.openNew
	if spec.Resume != "" {
		open = a.openAgain
	}
	prep, err := open(ctx, spec)
	if err != nil {
		return nil, nil, err
	}
	server, err := runserver.Listen(runserver.Options{
		Session: prep.session, Dir: prep.dir, Path: prep.rb.path, Idle: spec.Idle, Now: a.clock.Now, Lost: prep.lost,
	})
	if err != nil {
		return nil, nil, errors.Join(err, prep.close())
	}
	return prep, server, nil
}

// openNew starts a new run.
func (a *app) openNew(ctx context.Context, spec serveSpec) (*preparation, error) {
	rb := &loaded{source: spec.Source, name: spec.Name, path: spec.Path, modified: spec.Modified, shipped: spec.Shipped}
	var err error
	if rb.Runbook, err = runbooks.Parse(spec.Path, spec.Source); err != nil {
		return nil, err
	}
	if spec.Section != "" {
		place, err := rb.Find(spec.Section)
		if err != nil {
			return nil, err
		}
		rb.section, rb.heading = place.Slug, place.Heading
	}
	flags := runFlags{dryRun: spec.DryRun, sandbox: spec.Sandbox, fault: spec.Fault, scenario: spec.Scenario, plain: true}
	prep, err := a.prepare(rb, flags, spec.Secrets)
	if err != nil {
		return nil, err
	}
	prep.params, prep.notes = spec.Params, spec.Notes
	if err := prep.provide(ctx, flags); err != nil {
		return nil, err
	}
	if err := prep.start(ctx, a, flags); err != nil {
		return nil, errors.Join(err, prep.close())
	}
	return prep, nil
}
