package event

import "time"

// Kinds about the steps and the actions of a walk.
const (
	KindParamSet        Kind = "param.set"
	KindScenarioChanged Kind = "scenario.changed"
	KindPhaseEntered    Kind = "phase.entered"
	KindStepStarted     Kind = "step.started"
	KindStepDone        Kind = "step.done"
	KindStepSkipped     Kind = "step.skipped"
	KindStepReopened    Kind = "step.reopened"
	KindStepAccepted    Kind = "step.accepted"
	KindStepTicked      Kind = "step.ticked"
	KindActionConfirmed Kind = "action.confirmed"
	KindActionStarted   Kind = "action.started"
	KindActionEnded     Kind = "action.ended"
	KindChoiceMade      Kind = "choice.made"
	KindUndoPushed      Kind = "undo.pushed"
	KindUndoDone        Kind = "undo.done"
	KindAdhocStarted    Kind = "adhoc.started"
	KindAdhocEnded      Kind = "adhoc.ended"
)

// Where a value came from.
const (
	SourceFlag     = "flag"
	SourceOperator = "operator"
	SourceDefault  = "default"
	SourceExample  = "example" // rehearsal: the parameter's example, or <NAME>
	SourceCapture  = "capture"
	SourceAnswer   = "answer"
)

// ParamSet says which value a parameter has from now on.
type ParamSet struct {
	Name     string `json:"name"`
	Value    string `json:"value"`
	Source   string `json:"source"`
	Invented bool   `json:"invented"` // made up for a rehearsal
	Action   string `json:"action"`   // the input or capture that gave it, or ""
}

// ScenarioChanged says which alternative is walked from now on.
type ScenarioChanged struct {
	From   string `json:"from"`
	To     string `json:"to"`
	Reason string `json:"reason"`

	Done []string `json:"done"` // ids of the steps of From that were finished, or whose actions ran
}

// PhaseEntered says that the first step of a phase is the current one.
type PhaseEntered struct {
	From string `json:"from"`
}

// StepStarted says that the step is the current one.
type StepStarted struct {
	Text string `json:"text"`
}

// How a step came to be done.
const (
	HowOperator   = "operator"
	HowUnattended = "unattended" // automatic mode passed a manual step
)

// StepDone says that the step is complete.
type StepDone struct {
	How string `json:"how"`
}

// StepSkipped is a deviation.
type StepSkipped struct {
	Reason string `json:"reason"`
}

// StepReopened makes a finished step current again.
type StepReopened struct {
	Reason string `json:"reason"`
}

// StepAccepted is a deviation: the step counts as done although not every
// action of it succeeded.
type StepAccepted struct {
	Reason string `json:"reason"`
}

// StepTicked says that one of the substeps of the step was done, or was not after
// all. It decides nothing: the step is done when step.done says so.
type StepTicked struct {
	Substep string `json:"substep"` // its id
	Done    bool   `json:"done"`
}

// ActionConfirmed says that the operator asked for exactly this to run.
type ActionConfirmed struct {
	Action string   `json:"action"`
	Effect string   `json:"effect"`
	Target string   `json:"target"` // as typed, for destructive actions
	How    string   `json:"how"`    // operator, or unattended in automatic mode
	Lands  []string `json:"lands"`  // where it was about to land: "git.branch=main"; an empty value could not be told
}

// ActionStarted stands in the transcript before the action runs.
type ActionStarted struct {
	Action    string   `json:"action"`
	Name      string   `json:"name"`
	ActKind   string   `json:"action_kind"`
	Effect    string   `json:"effect"`
	Attempt   int      `json:"attempt"` // from 1
	Command   string   `json:"command"` // exactly as run, secrets replaced by their names
	Where     string   `json:"where"`
	Values    []string `json:"values"`
	Simulated bool     `json:"simulated"`
	Undoes    string   `json:"undoes"` // id of the action that this one reverts, or ""

	Line        int    `json:"line"`        // in the runbook, of the first line of the code that runs
	CodeSHA256  string `json:"code_sha256"` // of exactly that code, hex; what Bitácora puts around it is not part of it
	Alternative int    `json:"alternative"` // which of the block's alternatives was picked, from 1; 0 = the block has none
	Endless     bool   `json:"endless"`     // it is watched: it runs until the operator stops it, or its timeout
	Wrapper     string `json:"wrapper"`     // SHA-256 of what Bitácora runs around the code in the same shell, hex, or ""
	Interactive bool   `json:"interactive"` // it talks with the operator through a terminal of its own
}

// Outcomes of an action.
const (
	OutcomeOK        = "ok"
	OutcomeFailed    = "failed"
	OutcomeTimeout   = "timeout"
	OutcomeCancelled = "cancelled"
	OutcomeUnknown   = "unknown"
	OutcomeSimulated = "simulated"
)

// Ending is how an action or an ad-hoc command ended.
type Ending struct {
	Outcome    string            `json:"outcome"`
	Exit       *int              `json:"exit"`
	Signal     string            `json:"signal"`
	Status     int               `json:"status"` // HTTP or SMTP, 0 when there was none
	Met        *bool             `json:"met"`    // expectation met; null when there was none
	Reason     string            `json:"reason"`
	EndedAt    time.Time         `json:"ended_at"` // UTC, microseconds
	DurationMS int64             `json:"duration_ms"`
	Tries      int               `json:"tries"`  // polls or retries
	Output     string            `json:"output"` // file below the run's directory, or ""
	Bytes      int64             `json:"bytes"`  // of that file
	SHA256     string            `json:"sha256"` // of that file
	Redactions int               `json:"redactions"`
	Dropped    int64             `json:"dropped"` // bytes beyond what is kept of one action's output
	Captured   map[string]string `json:"captured"`
	Vars       []string          `json:"vars"`    // names of variables that the block set for later ones
	Stopped    string            `json:"stopped"` // who ended a block that is watched: operator or timeout; else ""
}

// Who ended a block that is watched.
const (
	StoppedByOperator = "operator"
	StoppedByTimeout  = "timeout"
)

// Succeeded reports whether the walk may go on as if the action had worked.
func (e Ending) Succeeded() bool { return e.Outcome == OutcomeOK || e.Outcome == OutcomeSimulated }

// ActionEnded is the answer to ActionStarted.
type ActionEnded struct {
	Action string `json:"action"`
	Ending
}

// ChoiceMade says what the operator picked, or answered to a confirm (yes or no).
type ChoiceMade struct {
	Action string `json:"action"`
	Name   string `json:"name"`
	Key    string `json:"key"`
	Label  string `json:"label"`
	Steer  string `json:"steer"` // scenario:x, phase:x, end, or ""
	Reason string `json:"reason"`
	How    string `json:"how"` // operator, default or answer
}

// UndoPushed says that an inverse is available.
type UndoPushed struct {
	Action string `json:"action"` // the action that succeeded
	Undo   string `json:"undo"`   // the action that reverts it
}

// UndoDone says that the inverse was run.
type UndoDone struct {
	Action string `json:"action"`
	Undo   string `json:"undo"`
}

// AdhocStarted is a deviation: a command that the runbook does not hold.
type AdhocStarted struct {
	ID      string `json:"id"`
	Command string `json:"command"`
	Where   string `json:"where"`

	Interactive bool `json:"interactive"` // a shell in a terminal of its own; what it showed is its output
}

// AdhocEnded is the answer to AdhocStarted.
type AdhocEnded struct {
	ID string `json:"id"`
	Ending
}

// Kind implements Data.
func (ParamSet) Kind() Kind { return KindParamSet }

// Kind implements Data.
func (ScenarioChanged) Kind() Kind { return KindScenarioChanged }

// Kind implements Data.
func (PhaseEntered) Kind() Kind { return KindPhaseEntered }

// Kind implements Data.
func (StepStarted) Kind() Kind { return KindStepStarted }

// Kind implements Data.
func (StepDone) Kind() Kind { return KindStepDone }

// Kind implements Data.
func (StepSkipped) Kind() Kind { return KindStepSkipped }

// Kind implements Data.
func (StepReopened) Kind() Kind { return KindStepReopened }

// Kind implements Data.
func (StepAccepted) Kind() Kind { return KindStepAccepted }

// Kind implements Data.
func (StepTicked) Kind() Kind { return KindStepTicked }

// Kind implements Data.
func (ActionConfirmed) Kind() Kind { return KindActionConfirmed }

// Kind implements Data.
func (ActionStarted) Kind() Kind { return KindActionStarted }

// Kind implements Data.
func (ActionEnded) Kind() Kind { return KindActionEnded }

// Kind implements Data.
func (ChoiceMade) Kind() Kind { return KindChoiceMade }

// Kind implements Data.
func (UndoPushed) Kind() Kind { return KindUndoPushed }

// Kind implements Data.
func (UndoDone) Kind() Kind { return KindUndoDone }

// Kind implements Data.
func (AdhocStarted) Kind() Kind { return KindAdhocStarted }

// Kind implements Data.
func (AdhocEnded) Kind() Kind { return KindAdhocEnded }
