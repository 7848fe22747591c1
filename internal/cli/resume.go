package cli

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/rogpeppe/go-internal/diff"
	"github.com/spf13/cobra"

	"genia.ai/bitacora/internal/config"
	"genia.ai/bitacora/internal/event"
	"genia.ai/bitacora/internal/runserver"
	"genia.ai/bitacora/internal/sanitize"
	"genia.ai/bitacora/internal/secrets"
	"genia.ai/bitacora/internal/session"
	"genia.ai/bitacora/internal/transcript"
	"genia.ai/bitacora/internal/walk"
	"genia.ai/bitacora/runbooks/library"
)

// resumeFlags are the flags of resume.
type resumeFlags struct {
	takeOver bool
	reopen   bool
	reason   string
	plain    bool
	diff     bool
}

func (a *app) resumeCommand() *cobra.Command {
	var flags resumeFlags
	cmd := &cobra.Command{
		Use:  "resume [RUN]",
		Args: cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			entry, err := a.pickRun(args)
			if err != nil {
				return err
			}
			if flags.diff {
				return a.printDiff(entry)
			}
			if flags.reopen && strings.TrimSpace(flags.reason) == "" {
				return wrongUse("error.reopen-reason")
			}
			if flags.takeOver && strings.TrimSpace(flags.reason) == "" {
				return wrongUse("error.take-over-reason")
			}
			if flags.reason != "" && !flags.takeOver && !flags.reopen {
				return wrongUse("error.reason-alone")
			}
			if err := canReopen(entry, flags); err != nil {
				return err
			}
			return a.resume(cmd.Context(), entry, flags)
		},
	}
	cmd.Flags().BoolVar(&flags.takeOver, "take-over", false, "")
	cmd.Flags().BoolVar(&flags.reopen, "reopen", false, "")
	cmd.Flags().StringVar(&flags.reason, "reason", "", "")
	cmd.Flags().BoolVar(&flags.plain, "plain", false, "")
	cmd.Flags().BoolVar(&flags.diff, "diff", false, "")
	return cmd
}

// pickRun finds the run that is named, or the newest one that has not ended.
func (a *app) pickRun(args []string) (transcript.Entry, error) {
	store, err := a.store()
	if err != nil {
		return transcript.Entry{}, err
	}
	if len(args) > 0 {
		entry, err := store.Find(args[0])
		if err != nil {
			return entry, &usageError{err}
		}
		return entry, nil
	}
	entries, err := store.List()
	if err != nil {
		return transcript.Entry{}, err
	}
	for _, entry := range entries {
		if row := rowOf(entry); row.Problem == "" && row.Status != string(walk.StatusEnded) && row.Events > 0 {
			return entry, nil
		}
	}
	return transcript.Entry{}, wrongUse("error.none-waits")
}

// resume attaches to a run as its driver, after starting a server if there is none.
func (a *app) resume(ctx context.Context, entry transcript.Entry, flags resumeFlags) error {
	hello := a.hello(a.frontEnd(runFlags{plain: flags.plain}))
	hello.Drive, hello.TakeOver, hello.Reason = true, flags.takeOver, flags.reason
	printer, err := a.printerOf(entry)
	if err != nil {
		return err
	}
	v := view{plain: flags.plain, printer: printer}
	// Of a run that nobody ever held the zero holder is nobody's.
	holder, _ := transcript.ReadHolder(entry.Dir)
	client, err := runserver.Dial(ctx, entry.Dir, hello)
	if errors.Is(err, runserver.ErrNoServer) && flags.takeOver {
		client, err = a.dialHolder(ctx, entry.Dir, hello, holder)
	}
	spec := serveSpec{Resume: entry.Dir}
	switch {
	case err == nil && flags.reopen:
		return errors.Join(wrongUse("error.still-looked-at"), client.Close())
	case err == nil:
		return a.hand(ctx, client, hello, v)
	case errors.Is(err, runserver.ErrNoServer):
	case errors.Is(err, runserver.ErrWedged) && flags.takeOver:
		spec.Seize = &seizure{Reason: flags.reason, Holder: holder}
	default:
		return howToGetIn(err, entry.ID)
	}
	switch ended, err := hasEnded(entry); {
	case err != nil:
		return err
	case ended && !flags.reopen:
		return wrongUse("error.ended", "Run", entry.ID)
	case ended:
		spec.Reopen = flags.reason
	}
	if spec.Secrets, err = a.findSecretsOf(ctx, entry); err != nil {
		return a.screenError(err)
	}
	ready, err := a.launch(ctx, spec, printer)
	if err != nil {
		return err
	}
	return a.drive(ctx, ready.Dir, hello, v)
}

// canReopen refuses to open a run again that has not ended.
func canReopen(entry transcript.Entry, flags resumeFlags) error {
	if !flags.reopen {
		return nil
	}
	ended, err := hasEnded(entry)
	if err == nil && !ended {
		err = wrongUse("error.not-ended", "Run", entry.ID)
	}
	return err
}

// findSecretsOf looks for the secrets of a run again: the server that knew them is
// gone, and they are stored nowhere.
func (a *app) findSecretsOf(ctx context.Context, entry transcript.Entry) ([]secrets.Found, error) {
	t, err := transcript.Read(entry.Dir)
	if err != nil {
		return nil, err
	}
	p, err := a.remember(t, nil)
	if err != nil {
		return nil, err
	}
	sandbox := walk.Replay(p.plan, t.Events).Sandbox
	return a.findSecrets(ctx, p.rb.Runbook, p.dryRun || sandbox)
}

// dialHolder dials again while the process that holds a run lives: it may be about
// to listen, or about to be gone. One that does neither is wedged: it cannot be
// reached any more, and only a take-over frees the run.
func (a *app) dialHolder(ctx context.Context, dir string, hello runserver.Hello, holder transcript.Holder) (*runserver.Client, error) {
	ctx, cancel := context.WithTimeout(ctx, dyingLimit)
	defer cancel()
	again := time.NewTicker(20 * time.Millisecond)
	defer again.Stop()
	for {
		client, err := runserver.Dial(ctx, dir, hello)
		if !errors.Is(err, runserver.ErrNoServer) || !holder.Lives(a.clock.BootID()) {
			return client, err
		}
		select {
		case <-again.C:
		case <-ctx.Done():
			return nil, runserver.ErrWedged
		}
	}
}

// howToGetIn adds to a refusal what the operator can type instead.
func howToGetIn(err error, run string) error {
	var driven *session.NotDriverError
	if !errors.As(err, &driven) && !errors.Is(err, runserver.ErrWedged) {
		return err
	}
	return fmt.Errorf("%w:\n  bitacora watch %s\n  bitacora resume %s --take-over --reason \"…\"", err, run, run)
}

func hasEnded(entry transcript.Entry) (bool, error) {
	t, err := transcript.Read(entry.Dir)
	if err != nil {
		return false, err
	}
	if t.Damage != nil {
		return false, t.Damage
	}
	ended := false
	for _, ev := range t.Events {
		switch ev.Kind {
		case event.KindRunEnded:
			ended = true
		case event.KindRunReopened:
			ended = false
		}
	}
	return ended, nil
}

// printDiff shows what changed in the runbook's own file since the run began.
func (a *app) printDiff(entry transcript.Entry) error {
	run, err := openEntry(entry)
	if err != nil {
		return err
	}
	path := run.plan.Runbook().Source.Path
	if _, err := library.Read(strings.TrimSuffix(path, ".md")); err == nil && !strings.ContainsRune(path, filepath.Separator) {
		return wrongUse("error.no-diff", "Path", path)
	}
	now, err := os.ReadFile(path)
	if err != nil {
		return wrongUse("error.read-now", "Detail", err)
	}
	text := diff.Diff(entry.ID+"/runbook.md", run.transcript.Runbook, path, now)
	_, err = fmt.Fprint(a.out, sanitize.String(string(text)))
	return err
}

func (a *app) watchCommand() *cobra.Command {
	var plain bool
	cmd := &cobra.Command{
		Use:  "watch RUN",
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			entry, err := a.pickRun(args)
			if err != nil {
				return err
			}
			printer, err := a.printerOf(entry)
			if err != nil {
				return err
			}
			err = a.drive(cmd.Context(), entry.Dir, a.hello("watch"), view{plain: plain, printer: printer, watch: true})
			if errors.Is(err, runserver.ErrNoServer) {
				if ended, err := hasEnded(entry); err != nil || ended {
					if err == nil {
						err = wrongUse("error.watch-ended", "Run", entry.ID)
					}
					return err
				}
				return wrongUse("error.watch-nobody", "Run", entry.ID)
			}
			return err
		},
	}
	cmd.Flags().BoolVar(&plain, "plain", false, "")
	return cmd
}

func (a *app) noteCommand() *cobra.Command {
	return &cobra.Command{
		Use:  "note RUN TEXT…",
		Args: cobra.MinimumNArgs(2),
		RunE: func(cmd *cobra.Command, args []string) error {
			entry, err := a.pickRun(args[:1])
			if err != nil {
				return err
			}
			seq, err := a.note(cmd.Context(), entry, strings.Join(args[1:], " "))
			if err != nil {
				return err
			}
			fmt.Fprintln(a.out, a.printer("").T("cli.noted", "Run", entry.ID, "Seq", seq))
			return nil
		},
	}
}

// note hands a note to the run's server, or writes it when there is none.
func (a *app) note(ctx context.Context, entry transcript.Entry, text string) (uint64, error) {
	hello := a.hello("note")
	hello.Guest = true
	client, err := runserver.Dial(ctx, entry.Dir, hello)
	if err == nil {
		ack, err := client.Do(ctx, walk.WriteNote{Text: text})
		return ack.Seq, errors.Join(err, client.Close())
	}
	if !errors.Is(err, runserver.ErrNoServer) {
		return 0, err
	}
	lock, err := a.takeLock(entry.Dir)
	if err != nil {
		return 0, err
	}
	ack, err := a.noteAlone(ctx, entry.Dir, text)
	return ack.Seq, errors.Join(err, lock.Release())
}

func (a *app) noteAlone(ctx context.Context, dir, text string) (session.Ack, error) {
	found, err := transcript.Read(dir)
	if err != nil {
		return session.Ack{}, err
	}
	p, err := a.remember(found, nil)
	if err != nil {
		return session.Ack{}, err
	}
	writer, t, err := transcript.Open(transcript.OS{}, dir, a.clock, transcript.OpenOptions{
		Begin: p.begin(a, nil, serveSpec{}), Actor: config.Operator(a.env),
	})
	if err != nil {
		return session.Ack{}, err
	}
	opts := p.sessionOptions(a, writer, dir)
	opts.Events, opts.Saved = t.Events, session.Saved{Seq: t.Events[len(t.Events)-1].Seq, At: a.clock.Now()}
	s := session.New(ctx, opts)
	ack, err := s.DoAs(ctx, config.Operator(a.env), walk.WriteNote{Text: text})
	return ack, errors.Join(err, s.Close())
}
