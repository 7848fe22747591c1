package event

import "time"

// Kinds about the run and the people in it.
const (
	KindRunStarted    Kind = "run.started"
	KindRunPaused     Kind = "run.paused"
	KindRunResumed    Kind = "run.resumed"
	KindRunEnded      Kind = "run.ended"
	KindRunReopened   Kind = "run.reopened"
	KindClientJoined  Kind = "client.joined"
	KindClientLeft    Kind = "client.left"
	KindDriverChanged Kind = "driver.changed"
	KindRoleAssigned  Kind = "role.assigned"
	KindNote          Kind = "note"
	KindTodo          Kind = "todo"
	KindMilestone     Kind = "milestone"
	KindSeveritySet   Kind = "severity.set"
	KindCommsPlanned  Kind = "comms.planned"
	KindCommsSent     Kind = "comms.sent"
)

// Modes of a run.
const (
	ModeLive      = "live"
	ModeRehearsal = "rehearsal"
)

// RunStarted opens every transcript.
type RunStarted struct {
	Run      string `json:"run"`
	Mode     string `json:"mode"` // live or rehearsal
	Title    string `json:"title"`
	Path     string `json:"path"`   // where the runbook was read from
	SHA256   string `json:"sha256"` // of the exact bytes kept as runbook.md
	Lang     string `json:"lang"`
	Operator string `json:"operator"`
	Host     string `json:"host"`
	Bitacora string `json:"bitacora"` // version of the program
	Sandbox  bool   `json:"sandbox"`  // against the practice service
	Section  string `json:"section"`  // slug of the section at which the walk was entered, "" for its beginning

	Env map[string]string `json:"env"` // the runbook's env, with the values that the run has; null in records of before
}

// RunPaused says that the run waits without anybody attached.
type RunPaused struct {
	Reason string `json:"reason"`
}

// RunResumed says that somebody went on with a paused run.
type RunResumed struct {
	Operator string     `json:"operator"`
	Host     string     `json:"host"`
	Lost     []LostVars `json:"lost"` // shell variables that went with the server before
}

// Outcomes of a run.
const (
	RunCompleted  = "completed"  // every step that applied was done
	RunIncomplete = "incomplete" // ended with skipped steps or accepted failures
	RunStopped    = "stopped"    // ended before its last step
)

// RunEnded closes a run.
type RunEnded struct {
	Outcome string `json:"outcome"`
	Reason  string `json:"reason"`
}

// RunReopened says that somebody goes on with a run that had ended: its follow-up
// is left to do. Nothing is started or put back by it.
type RunReopened struct {
	Operator string     `json:"operator"`
	Host     string     `json:"host"`
	Reason   string     `json:"reason"`
	Lost     []LostVars `json:"lost"` // shell variables that went with the server before
}

// ClientJoined says that a front end attached.
type ClientJoined struct {
	Client   string `json:"client"`
	FrontEnd string `json:"front_end"` // tui, plain, auto or watch
	Operator string `json:"operator"`
	Host     string `json:"host"`
}

// ClientLeft says that a front end is gone.
type ClientLeft struct {
	Client string `json:"client"`
	Reason string `json:"reason"`
}

// DriverChanged says that the run passed to another operator. Who drove until then caused
// it and handed over, or who drives from then on, and took over.
type DriverChanged struct {
	From   string `json:"from"`
	To     string `json:"to"`
	Reason string `json:"reason"`
}

// RoleAssigned says who plays a role.
type RoleAssigned struct {
	Role   string `json:"role"`
	Holder string `json:"holder"`
}

// Note is something the operator wants remembered.
type Note struct {
	Text string `json:"text"`
}

// Todo is something left to do after the run; the same ID closes it.
type Todo struct {
	ID   string `json:"id"`
	Text string `json:"text"`
	Done bool   `json:"done"`
}

// Milestones of an incident.
const (
	MilestoneImpact       = "impact"
	MilestoneDetected     = "detected"
	MilestoneAcknowledged = "acknowledged"
	MilestoneDeclared     = "declared"
	MilestoneMitigated    = "mitigated"
	MilestoneResolved     = "resolved"
)

// Milestones returns the names in the order in which they usually happen.
func Milestones() []string {
	return []string{
		MilestoneImpact, MilestoneDetected, MilestoneAcknowledged,
		MilestoneDeclared, MilestoneMitigated, MilestoneResolved,
	}
}

// Milestone says when a turning point of the incident was. When may lie before
// the event's own time.
type Milestone struct {
	Name string    `json:"name"`
	When time.Time `json:"when"` // UTC, microseconds
}

// SeveritySet says how bad the incident is thought to be.
type SeveritySet struct {
	Severity string `json:"severity"`
}

// CommsPlanned says when the next update to those who wait for news is due.
type CommsPlanned struct {
	EveryMS int64 `json:"every_ms"` // from then on each update makes the next one due so much later; 0 = once
	AfterMS int64 `json:"after_ms"` // so long after this event the next one is due; 0 = none is
}

// CommsSent says that an update was sent, in these words.
type CommsSent struct {
	Text string `json:"text"`
}

// Kind implements Data.
func (RunStarted) Kind() Kind { return KindRunStarted }

// Kind implements Data.
func (RunPaused) Kind() Kind { return KindRunPaused }

// Kind implements Data.
func (RunResumed) Kind() Kind { return KindRunResumed }

// Kind implements Data.
func (RunEnded) Kind() Kind { return KindRunEnded }

// Kind implements Data.
func (RunReopened) Kind() Kind { return KindRunReopened }

// Kind implements Data.
func (CommsPlanned) Kind() Kind { return KindCommsPlanned }

// Kind implements Data.
func (CommsSent) Kind() Kind { return KindCommsSent }

// Kind implements Data.
func (ClientJoined) Kind() Kind { return KindClientJoined }

// Kind implements Data.
func (ClientLeft) Kind() Kind { return KindClientLeft }

// Kind implements Data.
func (DriverChanged) Kind() Kind { return KindDriverChanged }

// Kind implements Data.
func (RoleAssigned) Kind() Kind { return KindRoleAssigned }

// Kind implements Data.
func (Note) Kind() Kind { return KindNote }

// Kind implements Data.
func (Todo) Kind() Kind { return KindTodo }

// Kind implements Data.
func (Milestone) Kind() Kind { return KindMilestone }

// Kind implements Data.
func (SeveritySet) Kind() Kind { return KindSeveritySet }
