package session

// CheckKind says what was looked at.
type CheckKind string

// The kinds of check.
const (
	CheckHost CheckKind = "host" // the name of a host that the runbook goes to
	CheckTree CheckKind = "tree" // the git working tree that its scripts work in
)

// CheckState says what was found.
type CheckState string

// The states of a check.
const (
	CheckGood    CheckState = "good"
	CheckBad     CheckState = "bad"
	CheckUnknown CheckState = "unknown" // it could not be found out in time, or safely
)

// Check is something that was looked at on this machine before the first step, which
// nothing depends on but what the operator makes of it.
type Check struct {
	Kind   CheckKind
	Name   string // host, or directory
	State  CheckState
	Count  int    // of a tree: files that are changed
	Why    string // why it is not known, the last part of the message check.why.<why>, or ""
	Detail string // further words of the system's, in its language
}
