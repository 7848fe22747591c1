// Package session is the imperative shell around internal/walk: the only place
// that decides, records, syncs and then acts.
//
// It guarantees: an event is on disk before it is acknowledged or shown; an
// action starts only after its start is on disk, and its end is recorded whatever
// happens to whoever watches; after the first failed write or sync nothing
// starts any more; every byte that an action prints is decoded, stripped of
// control sequences and redacted before a file or a front end gets it.
//
// Front ends know a run through Client and nothing else.
package session

import (
	"context"
	"errors"
	"time"

	"genia.ai/bitacora/internal/event"
	"genia.ai/bitacora/internal/walk"
)

// Client is what a front end knows of a run: commands go in; events, output and
// acknowledgements come out.
type Client interface {
	// Attach returns what happened so far and a feed of what happens from now on.
	Attach(ctx context.Context) (*Attachment, error)
	// Do carries out a command and returns when what it recorded is on disk. An
	// action that it starts goes on by itself; its end comes through the feed.
	// Errors: *walk.Refusal (nothing was recorded), *StorageError, *ValuesError.
	Do(ctx context.Context, cmd walk.Command) (Ack, error)
	// Preview returns what an action would run now, by its id, or by walk.PartID one
	// of its alternatives, or by AdhocPreview a command of the operator's own. It
	// touches nothing.
	Preview(ctx context.Context, action string) (Preview, error)
	// GiveSecret tells the run the value of a secret that it lacks. The value stays
	// in the memory of the session and is never recorded; who asked the operator
	// forgets it. Errors: *SecretError.
	GiveSecret(ctx context.Context, name, value string) error
	// Terminal goes into the terminal of the interactive action that runs, which
	// only who drives may do. Errors: *walk.Refusal when none runs,
	// *NotDriverError, ErrNoTerminal, io.EOF when it has just ended.
	Terminal(ctx context.Context, screen Screen) (Terminal, error)
}

// Ack says what a command recorded. Everything up to Seq is on disk since At.
type Ack struct {
	Seq    uint64
	At     time.Time
	Events []event.Event
}

// Preview is exactly what an action would run, secrets replaced by their names.
type Preview struct {
	Command string
	Where   string
	Values  []string // "connector=facebook"
	Lands   []Fact   // where it will land, of what has to be confirmed
	Wrapper string   // SHA-256 of what runs around a script in the same shell, or ""
}

// Fact says one thing about where an action will land, by the names of
// docs/transcript-format.md. An empty Value: it matters, but could not be told.
type Fact struct {
	Name, Value string
}

// Attachment is one front end's view of a run.
type Attachment struct {
	Plan     *walk.Plan
	Events   []event.Event // everything recorded so far; walk.Replay gives the state
	Saved    Saved         // of the last of them
	Briefing Briefing
	Feed     Feed
}

// Feed hands out what happened since it was last asked.
type Feed interface {
	// Next waits until something happened and returns all of it, in order. It
	// returns ErrClosed when the session is over and everything was handed out,
	// and the context's error when that ends first.
	Next(ctx context.Context) ([]Update, error)
	// Close detaches.
	Close()
}

// ErrClosed is returned by a feed whose session is over.
var ErrClosed = errors.New("the session is closed")

// Update is one thing that a front end is told.
type Update interface{ update() }

// EventRecorded says that an event is on disk.
type EventRecorded struct {
	Event event.Event
	Saved Saved
}

// Saved says up to where the transcript is on disk, and since when.
type Saved struct {
	Seq  uint64
	At   time.Time
	Code string // short code of the head that was anchored last, "" before the first
}

// Stream tells apart what an action prints.
type Stream string

// The streams; StreamInfo is what Bitácora itself reports of a running action.
const (
	StreamOut  Stream = "out"
	StreamErr  Stream = "err"
	StreamInfo Stream = "info"
)

// OutputPrinted is what a running action printed: valid UTF-8 without control
// sequences other than \n, \r and \t, secrets masked.
type OutputPrinted struct {
	Action  string
	Attempt int
	Stream  Stream
	Text    string
}

// OutputDropped says that the front end was too slow: so many bytes of output
// were left out of the feed. The file has them.
type OutputDropped struct {
	Action string
	Bytes  int64
}

// OutputBeyond says that a running action prints more than is kept of one: so many
// bytes so far are counted only. It comes at most once a second.
type OutputBeyond struct {
	Action string
	Bytes  int64
}

// StorageFailed says that the transcript can no longer be written. No further
// action starts.
type StorageFailed struct{ Err *StorageError }

// Demoted says that this front end drives no longer: somebody took over. Its
// commands are refused from now on; it goes on following.
type Demoted struct {
	By, Host, Reason string
}

func (Demoted) update()       {}
func (EventRecorded) update() {}
func (OutputPrinted) update() {}
func (OutputDropped) update() {}
func (OutputBeyond) update()  {}
func (StorageFailed) update() {}

// StorageError says that an event could not be made durable. It is sticky.
type StorageError struct {
	Op  string // what was tried
	Err error
}

func (e *StorageError) Error() string {
	return "the transcript cannot be written (" + e.Op + "): " + e.Err.Error() +
		"; nothing further is started, what was recorded stays readable"
}

func (e *StorageError) Unwrap() error { return e.Err }

// ValuesError says that an action cannot run with the values it has: a secret is
// missing, or a value may not stand where the action puts it.
type ValuesError struct {
	Action string
	Err    error
}

func (e *ValuesError) Error() string { return e.Action + ": " + e.Err.Error() }

func (e *ValuesError) Unwrap() error { return e.Err }

// NotDriverError says that the front end may only watch: somebody else drives.
type NotDriverError struct {
	Operator, Host string
	Since          time.Time
}

func (e *NotDriverError) Error() string {
	return "the run is driven by " + e.Operator + " on " + e.Host + " since " + e.Since.UTC().Format(time.RFC3339) +
		"; watch it, or take over with a reason"
}

// Briefing is what the operator should know before the first step.
type Briefing struct {
	Run     string // run id
	Dir     string // where the transcript is
	Secrets []SecretFact
	Tools   []ToolFact
	Notes   []string // texts about this run and this host
	Sandbox string   // address of the practice service's page, or ""
	Trust   Trust
	Idle    time.Duration // how long nobody may be attached before the run is paused; 0 = 10 minutes
}

// TrustState says what the operator knows of the text that is run.
type TrustState string

// The states of trust.
const (
	TrustShipped TrustState = "shipped" // comes with the program
	TrustKnown   TrustState = "trusted" // accepted before
	TrustNew     TrustState = "new"     // never run
	TrustChanged TrustState = "changed" // another text of this name was accepted
)

// Trust says whether the operator accepted the text that is run.
type Trust struct {
	State    TrustState
	SHA256   string // of the text
	Previous string // that was accepted before, "" when none was
	Path     string
}

// Asks reports whether the operator must accept the text before it is run.
func (t Trust) Asks() bool { return t.State == TrustNew || t.State == TrustChanged }

// SecretFact says whether a secret is there. The value is never told.
type SecretFact struct {
	Name    string
	Present bool
	Origin  SecretOrigin // where it came from; "" when it is not there
	Problem string       // why the source that the operator named gave nothing, or ""
}

// SecretOrigin says where a secret came from.
type SecretOrigin string

// The origins of secrets.
const (
	SecretFromEnv      SecretOrigin = "env"
	SecretFromFile     SecretOrigin = "file"
	SecretFromCommand  SecretOrigin = "command"
	SecretFromPractice SecretOrigin = "practice" // the practice service gave it out
	SecretAsked        SecretOrigin = "asked"    // the operator typed it
)

// SecretReason says why a secret was not taken.
type SecretReason string

// The reasons to refuse a secret.
const (
	SecretUnknown  SecretReason = "unknown"  // the runbook needs none of that name
	SecretShort    SecretReason = "short"    // it could not be masked
	SecretForm     SecretReason = "form"     // it holds a NUL or a line end
	SecretBusy     SecretReason = "busy"     // an action runs, whose output is masked already
	SecretRecorded SecretReason = "recorded" // it stands in a value or a name of the run
)

// SecretError says why a secret was not taken. It never holds the value.
type SecretError struct {
	Name   string
	Reason SecretReason
}

func (e *SecretError) Error() string {
	return "the secret " + e.Name + " was not taken: " + map[SecretReason]string{
		SecretUnknown:  "the runbook needs none of that name",
		SecretShort:    "it is shorter than 6 bytes and could not be masked; use a longer one",
		SecretForm:     "it holds a NUL or a line end",
		SecretBusy:     "an action runs; give it when that has ended",
		SecretRecorded: "it stands in a value or a name of this run, so that it could not be masked; use another value",
	}[e.Reason]
}

// ToolFact says where a command that the runbook's scripts use was found.
type ToolFact struct {
	Name string
	Path string // "" when it is missing
}
