// Package actions runs what a runbook's steps attach: scripts, HTTP requests,
// mails and queries.
//
// One file a kind; Live and Rehearsal are the two explicit tables of executors.
// The package guarantees: values never become code (they travel as environment,
// arguments, or encoded for the place where they stand), every executor ends
// when its context does and leaves no process of its own behind, and the
// executors of a rehearsal hold nothing that can spawn or dial. It records
// nothing itself: everything an action prints goes to the Sink of its caller,
// which is the recorder.
package actions

import (
	"context"
	"errors"
	"io"
	"time"

	"genia.ai/bitacora/internal/redact"
	"genia.ai/bitacora/runbooks"
)

// Stream tells apart what an action prints.
type Stream uint8

// The streams. StreamInfo is what the executor itself reports (a poll's progress).
const (
	StreamOut Stream = iota
	StreamErr
	StreamInfo
)

// Sink takes what an action prints, as it comes, unfiltered. Write must be
// called by one goroutine at a time, in order of arrival; p is not kept.
type Sink interface {
	Write(stream Stream, p []byte)
}

// Request is everything an executor may know about one attempt.
type Request struct {
	Action *runbooks.Action

	Params  map[string]string // values by parameter name, captured ones included
	Dashed  []string          // parameters whose patterns say that a value may begin with a dash
	Env     map[string]string // the author's env, already merged with the process's
	Secrets map[string]string // values by secret name
	Hosts   []string          // allow-list of http, empty = any

	Asked bool // the operator is asked before it runs, whatever its effect

	Masks *redact.Set // of all secrets of the run; nil = of Secrets alone

	Dir   string      // working directory of the run
	Shell *ShellState // variables, functions and directory carried between blocks

	Terminal Terminal // of who drives the run, for an interactive script; nil = there is none
}

// Preview is what the operator sees before an action runs, exactly as it will
// run, with secrets replaced by their names.
type Preview struct {
	Command string   // the script, or the request with its values in place
	Where   string   // working directory, or host
	Values  []string // "connector=facebook" of what it is given
	Lands   []Fact   // where it will land, of what the operator is asked about
	Wrapper string   // what runs around a script in the same shell, or ""
}

// Outcome is how an attempt ended.
type Outcome string

// The outcomes.
const (
	OutcomeOK        Outcome = "ok"
	OutcomeFailed    Outcome = "failed"
	OutcomeTimeout   Outcome = "timeout"
	OutcomeCancelled Outcome = "cancelled"
	OutcomeUnknown   Outcome = "unknown"
	OutcomeSimulated Outcome = "simulated"
)

// Result is how an attempt ended and what it left.
type Result struct {
	Outcome  Outcome
	Exit     *int              // exit code, nil when there was none
	Signal   string            // name of the signal that ended it, or ""
	Status   int               // HTTP or SMTP status, 0 when there was none
	Met      *bool             // whether expect or until held; nil when none was given
	Captured map[string]string // by capture name
	Reason   string            // why it failed, in a sentence for the operator
	Attempts int               // polls or retries included
	Duration time.Duration
}

// Executor runs actions of one kind.
type Executor interface {
	// Preview renders what Execute would do, or says what is wrong with the
	// values. It touches nothing.
	Preview(Request) (Preview, error)
	// Execute runs the action once, polling and retries included, and returns
	// when everything that it started has ended. Whatever goes wrong is told in
	// the Result.
	Execute(context.Context, Request, Sink) Result
}

// Registry is the table of executors by kind. Kinds that ask the operator have none.
type Registry map[runbooks.Kind]Executor

// Close ends what executors keep from one action to the next, such as connections
// to other hosts. None of them may be used afterwards.
func (r Registry) Close() error {
	var errs []error
	for _, executor := range r {
		if keeps, ok := executor.(io.Closer); ok {
			errs = append(errs, keeps.Close())
		}
	}
	return errors.Join(errs...)
}
