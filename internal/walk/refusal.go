package walk

import (
	"fmt"
	"genia.ai/bitacora/internal/event"
	"strings"
)

// Code says why a command was refused. Codes are stable: front ends have a text
// for each.
type Code string

// The reasons for a refusal.
const (
	CodeNotNow         Code = "not-now"         // the run is not at the point where this makes sense
	CodeEnded          Code = "ended"           // the run is over
	CodeBusy           Code = "busy"            // an action runs
	CodeNotRunning     Code = "not-running"     // that action does not run
	CodeUnknown        Code = "unknown"         // no such step, action, scenario, role or parameter
	CodeNotCurrent     Code = "not-current"     // the step is not the current one
	CodeNotOnWalk      Code = "not-on-walk"     // the step belongs to another scenario, or was steered past
	CodeNotDue         Code = "not-due"         // the action waits for another one, or belongs to another scenario
	CodeAnswerKind     Code = "answer-kind"     // the action asks nothing, or something else
	CodeAnswerInvalid  Code = "answer-invalid"  // not one of the options, or not a value that may stand there
	CodeDecisionNeeded Code = "decision-needed" // a choice must be made first
	CodeScenarioNeeded Code = "scenario-needed" // the scenario must be chosen first
	CodeActionsOpen    Code = "actions-open"    // actions of the step have not succeeded
	CodeParamsNeeded   Code = "params-needed"   // values are missing
	CodeConfirmNeeded  Code = "confirm-needed"  // the action changes something: it must be confirmed
	CodeTargetNeeded   Code = "target-needed"   // what is destroyed must be typed
	CodeReasonNeeded   Code = "reason-needed"   // a deviation needs a reason
	CodePickNeeded     Code = "pick-needed"     // one of the alternatives of a block must be picked
	CodeNothingToUndo  Code = "nothing-to-undo" // that action left nothing to revert
)

// Refusal is the error of a command that cannot be obeyed. Nothing was recorded.
type Refusal struct {
	Code  Code
	ID    string   // step, action, scenario, role or parameter it is about
	Names []string // what is missing or open, or what would have been possible
	Cause error    // of an invalid value
}

func (r *Refusal) Error() string {
	text := refusalTexts[r.Code]
	if r.ID != "" {
		text = fmt.Sprintf("%s: %s", r.ID, text)
	}
	if len(r.Names) > 0 {
		text = fmt.Sprintf("%s (%s)", text, strings.Join(r.Names, ", "))
	}
	if r.Cause != nil {
		text = fmt.Sprintf("%s: %v", text, r.Cause)
	}
	return text
}

// Unwrap returns the cause.
func (r *Refusal) Unwrap() error { return r.Cause }

var refusalTexts = map[Code]string{
	CodePickNeeded:     "pick one of its alternatives, or leave it",
	CodeNotNow:         "not possible at this point of the run",
	CodeEnded:          "the run has ended; notes can be added, and it can be opened again with a reason",
	CodeBusy:           "an action is running; wait for its end or cancel it",
	CodeNotRunning:     "nothing of that name is running",
	CodeUnknown:        "the runbook has nothing of that name",
	CodeNotCurrent:     "that is not the current step",
	CodeNotOnWalk:      "that step is not part of this walk",
	CodeNotDue:         "that action is not due",
	CodeAnswerKind:     "that action does not take this answer",
	CodeAnswerInvalid:  "that answer is not possible",
	CodeDecisionNeeded: "a decision must be recorded first",
	CodeScenarioNeeded: "the scenario must be chosen first",
	CodeActionsOpen:    "actions of this step have not succeeded; run them, accept or skip the step with a reason",
	CodeParamsNeeded:   "values are missing",
	CodeConfirmNeeded:  "it changes something and must be confirmed",
	CodeTargetNeeded:   "it destroys something; type its target to confirm",
	CodeReasonNeeded:   "a deviation needs a reason",
	CodeNothingToUndo:  "it left nothing to undo",
}

func refuse(code Code, id string, names ...string) ([]event.Event, error) {
	return nil, &Refusal{Code: code, ID: id, Names: names}
}
