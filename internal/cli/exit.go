package cli

import (
	"context"
	"errors"
	"fmt"

	"genia.ai/bitacora/internal/auto"
	"genia.ai/bitacora/internal/runserver"
	"genia.ai/bitacora/internal/session"
	"genia.ai/bitacora/internal/transcript"
	"genia.ai/bitacora/runbooks"
)

// Exit codes, as README and the man page give them.
const (
	exitOK          = 0
	exitIncomplete  = 1 // the run ended with failed or skipped steps
	exitUsage       = 2
	exitRunbook     = 3 // the runbook does not parse or has no steps, or lint has errors
	exitAction      = 4 // an action failed in automatic mode
	exitLocked      = 5 // the run is driven by someone else
	exitDamaged     = 6 // the transcript is damaged
	exitStorage     = 7 // storage failed
	exitInterrupted = 130
)

// usageError is a wrong use of a command: what, and what to do instead.
type usageError struct{ err error }

func (e *usageError) Error() string { return e.err.Error() }

func (e *usageError) Unwrap() error { return e.err }

// wrongUse is a wrong use whose words are those of a message; see say.
func wrongUse(id string, args ...any) error { return &usageError{say(id, args...)} }

// exitError carries an exit code whose reason was already told.
type exitError struct{ code int }

func (e *exitError) Error() string { return fmt.Sprintf("exit %d", e.code) }

// exitCode maps an error to what a caller decides on.
func exitCode(err error) int {
	var (
		exit    *exitError
		usage   *usageError
		missing *auto.MissingError
		parse   *runbooks.ParseError
		damage  *transcript.DamageError
		storage *session.StorageError
		driven  *session.NotDriverError
		locked  *transcript.LockedError
		network *transcript.NetworkFilesystemError
		start   *runserver.StartError
	)
	switch {
	case err == nil:
		return exitOK
	case errors.As(err, &exit):
		return exit.code
	case errors.As(err, &start):
		return start.Ready.Code
	case errors.As(err, &usage), errors.As(err, &missing):
		return exitUsage
	case errors.As(err, &parse):
		return exitRunbook
	case errors.As(err, &damage):
		return exitDamaged
	case errors.As(err, &storage):
		return exitStorage
	case errors.As(err, &network):
		return exitStorage
	case errors.As(err, &driven), errors.As(err, &locked), errors.Is(err, runserver.ErrWedged):
		return exitLocked
	case errors.Is(err, context.Canceled):
		return exitInterrupted
	}
	return exitIncomplete
}

// withClosing adds what went wrong at the end, unless the run already ended for
// want of storage: closing then only says so again.
func withClosing(err, closing error) error {
	var before, after *session.StorageError
	if errors.As(err, &before) && errors.As(closing, &after) {
		return err
	}
	return errors.Join(err, closing)
}
