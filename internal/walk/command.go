package walk

import (
	"time"

	"genia.ai/bitacora/internal/event"
)

// Command is what a front end asks for. Commands about a step or an action name
// it, so that a command meant for what was on the screen a moment ago is refused
// instead of applied to something else.
type Command interface{ command() }

// Start opens the run.
type Start struct{ event.RunStarted }

// Begin leaves the briefing and enters the first step.
type Begin struct{}

// SetParam gives a parameter a value.
type SetParam struct {
	Name, Value, Source string
	Invented            bool // only in a rehearsal: the value is not checked
}

// AssignRole says who plays a role.
type AssignRole struct{ Role, Holder string }

// ChooseScenario picks the alternative to walk. Once one is walked, another needs
// a reason.
type ChooseScenario struct{ Scenario, Reason string }

// Choose answers a choice, or a confirm with yes or no.
type Choose struct{ Action, Key, Reason, How string }

// Answer answers an input.
type Answer struct {
	Action, Value, Source string
	Invented              bool // only in a rehearsal: the value is not checked
}

// Run starts an action of the current step. Command, Where, Values and Lands are
// what the executor's preview says; they go into the record.
type Run struct {
	Action    string
	Confirmed bool   // the operator saw the preview and said yes
	Target    string // typed by the operator, for destructive actions
	How       string // event.HowOperator or event.HowUnattended
	Command   string
	Where     string
	Values    []string
	Lands     []string // "git.branch=main"

	Alternative int // of a block that has some: which one was picked, from 1

	// What the session adds to the record: see event.ActionStarted.
	Line       int
	CodeSHA256 string
	Wrapper    string
}

// Undo starts the inverse of an action that succeeded.
type Undo struct {
	Action string // the action to revert
	Run           // Run.Action is ignored
}

// Ended says how the running action or ad-hoc command ended. Only the session
// sends it.
type Ended struct {
	Action string
	Ending event.Ending
}

// Cancel asks for the running action to be ended. It causes no event by itself;
// the end of the action is one.
type Cancel struct{ Action string }

// Done completes the current step.
type Done struct{ Step, How string }

// Skip leaves the current step undone, for a reason.
type Skip struct{ Step, Reason string }

// Accept counts the current step as done although an action of it failed or
// never ran, for a reason.
type Accept struct{ Step, Reason string }

// Reopen makes a finished step current again; its answers must be given anew.
type Reopen struct{ Step, Reason string }

// Goto makes another open step the current one.
type Goto struct{ Step string }

// Tick says that a substep of the current step is done, or is not after all.
type Tick struct {
	Step, Substep string
	Done          bool
}

// Adhoc runs a command that the runbook does not hold, or opens a shell for the
// operator, which the session puts in the place of an empty command.
type Adhoc struct {
	ID, Command, Where string
	Interactive        bool
}

// WriteNote records a note.
type WriteNote struct{ Text string }

// WriteTodo records something left to do, or closes it.
type WriteTodo struct {
	ID, Text string
	Done     bool
}

// MarkMilestone records a turning point of the incident.
type MarkMilestone struct {
	Name string
	When time.Time
}

// SetSeverity records how bad the incident is.
type SetSeverity struct{ Severity string }

// PlanComms says when the next update to those who wait is due.
type PlanComms struct {
	Every time.Duration // 0 = once
	After time.Duration // 0 = none is due
}

// SendComms records that an update was sent, in these words.
type SendComms struct{ Text string }

// HandOver passes the run to another operator.
type HandOver struct{ To, Reason string }

// Join records that a front end attached.
type Join struct{ event.ClientJoined }

// Leave records that a front end is gone.
type Leave struct{ event.ClientLeft }

// Pause records that the run waits.
type Pause struct{ Reason string }

// Resume records that somebody goes on.
type Resume struct {
	Operator, Host string
	Lost           []event.LostVars // shell variables that went with the server before
}

// ReopenRun goes on with a run that has ended, for what it left to do.
type ReopenRun struct {
	Operator, Host, Reason string
	Lost                   []event.LostVars // shell variables that went with the server before
}

// Trust records that the operator accepts the text that is run.
type Trust struct{ event.RunbookTrusted }

// Changed records that the runbook's own file is no longer what is run.
type Changed struct{ event.RunbookChanged }

// End closes the run.
type End struct{ Reason string }

func (Start) command()          {}
func (Begin) command()          {}
func (SetParam) command()       {}
func (AssignRole) command()     {}
func (ChooseScenario) command() {}
func (Choose) command()         {}
func (Answer) command()         {}
func (Run) command()            {}
func (Undo) command()           {}
func (Ended) command()          {}
func (Cancel) command()         {}
func (Done) command()           {}
func (Skip) command()           {}
func (Accept) command()         {}
func (Reopen) command()         {}
func (Goto) command()           {}
func (Tick) command()           {}
func (Adhoc) command()          {}
func (WriteNote) command()      {}
func (WriteTodo) command()      {}
func (MarkMilestone) command()  {}
func (SetSeverity) command()    {}
func (PlanComms) command()      {}
func (SendComms) command()      {}
func (HandOver) command()       {}
func (Join) command()           {}
func (Leave) command()          {}
func (Pause) command()          {}
func (Resume) command()         {}
func (ReopenRun) command()      {}
func (Trust) command()          {}
func (Changed) command()        {}
func (End) command()            {}
