package export

import "time"

// document is a run, told for who was not there. It is the JSON contract: times
// are RFC 3339 UTC or null, durations milliseconds, lists never null.
type document struct {
	Schema   string     `json:"schema"`
	Run      string     `json:"run"`
	Mode     string     `json:"mode"` // live or rehearsal
	Sandbox  bool       `json:"sandbox"`
	Title    string     `json:"title"`
	Lang     string     `json:"lang"`
	Runbook  source     `json:"runbook"`
	Bitacora string     `json:"bitacora"` // version that recorded the run
	Operator string     `json:"operator"` // who started it
	Host     string     `json:"host"`
	Started  *time.Time `json:"started"`
	Ended    *time.Time `json:"ended"`
	// DurationMS runs up to the last event when the run was not ended.
	DurationMS int64  `json:"duration_ms"`
	Outcome    string `json:"outcome"` // completed, incomplete, stopped, or "" when it was not ended
	Reason     string `json:"reason"`
	Severity   string `json:"severity"` // the last one recorded
	Scenario   string `json:"scenario"`
	Section    string `json:"section"`  // slug of the section at which the walk was entered, "" for its beginning
	LastSeq    uint64 `json:"last_seq"` // of the last event in the record
	Head       string `json:"head"`     // its seq and hash, to check the record against one day
	Damage     string `json:"damage"`

	Params     []param     `json:"params"`
	Roles      []role      `json:"roles"`
	Decisions  []decision  `json:"decisions"`
	Phases     []phase     `json:"phases"`
	Milestones []milestone `json:"milestones"`
	Deviations []deviation `json:"deviations"`
	Steps      []*step     `json:"steps"`
	Adhoc      []*attempt  `json:"adhoc"`   // commands that the runbook does not hold
	Updates    []note      `json:"updates"` // what was sent to those who wait, in these words
	Notes      []note      `json:"notes"`
	Todos      []todo      `json:"todos"`
}

// bearingBefore is the bearing of a step that stands before the section at which the
// walk was entered and was never begun.
const bearingBefore = "before"

type source struct {
	Path   string `json:"path"`
	SHA256 string `json:"sha256"`
}

// param is a parameter with its last value.
type param struct {
	Name     string    `json:"name"`
	Value    string    `json:"value"`
	Source   string    `json:"source"`
	Invented bool      `json:"invented"`
	At       time.Time `json:"at"`
}

type role struct {
	ID     string `json:"id"`
	Title  string `json:"title"`
	Holder string `json:"holder"`
}

// decision is an answer to a choice or a confirm, or the choice of the scenario.
type decision struct {
	Seq    uint64    `json:"seq"`
	At     time.Time `json:"at"`
	Actor  string    `json:"actor"`
	Step   string    `json:"step"`
	Name   string    `json:"name"` // of the action; "scenario" when no action asked
	Key    string    `json:"key"`
	Label  string    `json:"label"`
	Steer  string    `json:"steer"`
	Reason string    `json:"reason"`
	How    string    `json:"how"`
}

// phase sums up all the time that was spent in a phase.
type phase struct {
	Phase      string    `json:"phase"`
	Entered    int       `json:"entered"` // times
	First      time.Time `json:"first"`
	DurationMS int64     `json:"duration_ms"`
	TargetMS   int64     `json:"target_ms"` // what the runbook allows, 0 = nothing said
}

type milestone struct {
	Name     string    `json:"name"`
	When     time.Time `json:"when"`
	Recorded time.Time `json:"recorded"`
}

// deviation is anything done otherwise than written; its kinds are those of the walk.
type deviation struct {
	Seq    uint64    `json:"seq"`
	At     time.Time `json:"at"`
	Actor  string    `json:"actor"`
	Kind   string    `json:"kind"`
	Step   string    `json:"step"`
	What   string    `json:"what"`
	Reason string    `json:"reason"`
}

type step struct {
	ID       string `json:"id"`
	Number   string `json:"number"`
	Text     string `json:"text"` // with the values that the run had in the end
	Phase    string `json:"phase"`
	Scenario string `json:"scenario"`
	Role     string `json:"role"`
	Status   string `json:"status"`  // pending, active, done, skipped or accepted
	Bearing  string `json:"bearing"` // on, undecided, other, steered or before
	How      string `json:"how"`     // of a step that is done: operator or unattended
	Reason   string `json:"reason"`
	// Started is when it first was the current step; the duration is all the
	// time that it was.
	Started    *time.Time `json:"started"`
	Ended      *time.Time `json:"ended"`
	DurationMS int64      `json:"duration_ms"`
	Parts      []part     `json:"parts"` // its substeps, nested ones after their own
	Actions    []*action  `json:"actions"`
}

// part is a substep, a box to tick.
type part struct {
	ID     string `json:"id"`
	Number string `json:"number"`
	Text   string `json:"text"` // with the values that the run had in the end
	Ticked bool   `json:"ticked"`
	depth  int
}

type action struct {
	ID       string     `json:"id"`
	Name     string     `json:"name"`
	Kind     string     `json:"kind"`
	Lang     string     `json:"lang"`
	Effect   string     `json:"effect"`
	Answer   string     `json:"answer"` // of a choice, input or confirm
	Attempts []*attempt `json:"attempts"`
}

// attempt is one time that something ran.
type attempt struct {
	Attempt    int               `json:"attempt"`
	ID         string            `json:"id"` // of the action or the ad-hoc command
	Seq        uint64            `json:"seq"`
	Step       string            `json:"step"` // current then
	Actor      string            `json:"actor"`
	Started    time.Time         `json:"started"`
	Ended      *time.Time        `json:"ended"`
	Command    string            `json:"command"`
	Where      string            `json:"where"`
	Values     []string          `json:"values"`
	Lands      []string          `json:"lands"` // where it was about to land, as it was confirmed: "git.branch=main"
	Simulated  bool              `json:"simulated"`
	Undoes     string            `json:"undoes"`
	Confirmed  string            `json:"confirmed"` // operator or unattended, "" = needed none
	Target     string            `json:"target"`    // as typed, of a destructive action
	Outcome    string            `json:"outcome"`   // unknown when nobody knows how it ended
	Exit       *int              `json:"exit"`
	Signal     string            `json:"signal"`
	Status     int               `json:"status"`
	Met        *bool             `json:"met"`
	Reason     string            `json:"reason"`
	DurationMS int64             `json:"duration_ms"`
	Tries      int               `json:"tries"`
	Captured   map[string]string `json:"captured"`
	Output     output            `json:"output"`

	Line        int    `json:"line"`        // in the runbook, of the code that ran
	CodeSHA256  string `json:"code_sha256"` // of that code
	Alternative int    `json:"alternative"` // of the block, from 1; 0 = it has none
	Stopped     string `json:"stopped"`     // who ended a block that was watched: operator, timeout or ""

	ended bool
}

// output is what an attempt printed.
type output struct {
	Path       string `json:"path"`
	Bytes      int64  `json:"bytes"`
	SHA256     string `json:"sha256"`
	Redactions int    `json:"redactions"`
	Dropped    int64  `json:"dropped"` // bytes that were not kept
	Text       string `json:"text"`
	Truncated  bool   `json:"truncated"` // the file holds more than Text
	Problem    string `json:"problem"`   // why Text could not be read
}

type note struct {
	Seq   uint64    `json:"seq"`
	At    time.Time `json:"at"`
	Actor string    `json:"actor"`
	Step  string    `json:"step"`
	Text  string    `json:"text"`
}

type todo struct {
	ID   string `json:"id"`
	Text string `json:"text"`
	Done bool   `json:"done"`
}
