// Package runbooks reads Markdown runbooks: front matter, headings, lists and
// fences become phases, scenarios, steps and actions, and every doubt becomes a
// diagnostic with file, line and column.
//
// The package guarantees that Parse never panics, never runs anything, never
// reads a file other than the bytes it is given, and returns either a whole
// Runbook or an error, never a half-loaded one. The JSON form of Runbook is a
// public contract (schema bitacora/runbook/v1, docs/runbook-format.md).
package runbooks

import "time"

// Schema names the JSON contract that `bitacora show --json` prints.
const Schema = "bitacora/runbook/v1"

// Phase is one of the five phases of an incident, or PhaseNone.
type Phase string

// The phases in the order in which the ribbon shows them.
const (
	PhaseIdentification Phase = "identification"
	PhaseDecision       Phase = "decision"
	PhaseExecution      Phase = "execution"
	PhaseCommunication  Phase = "communication"
	PhaseFollowUp       Phase = "follow-up"
	PhaseNone           Phase = "none"
)

// Phases returns the five phases in ribbon order.
func Phases() []Phase {
	return []Phase{PhaseIdentification, PhaseDecision, PhaseExecution, PhaseCommunication, PhaseFollowUp}
}

// SectionKind says what a section's content is for.
type SectionKind string

// The kinds of section.
const (
	SectionSteps     SectionKind = "steps"
	SectionContext   SectionKind = "context"
	SectionReference SectionKind = "reference"
	SectionChecklist SectionKind = "checklist"
)

// Kind is the kind of an action.
type Kind string

// The kinds of action.
const (
	KindShell   Kind = "shell"
	KindHTTP    Kind = "http"
	KindMail    Kind = "mail"
	KindPromQL  Kind = "promql"
	KindChoice  Kind = "choice"
	KindInput   Kind = "input"
	KindConfirm Kind = "confirm"
)

// Asks reports whether an action of this kind asks the operator instead of
// touching a system.
func (k Kind) Asks() bool { return k == KindChoice || k == KindInput || k == KindConfirm }

// Effect is what an action may change. An effect that is not declared counts as
// EffectWrite, unless every parsed command of the block is known to only read.
type Effect string

// The effects, from harmless to irreversible.
const (
	EffectRead        Effect = "read"
	EffectWrite       Effect = "write"
	EffectDestructive Effect = "destructive"
)

// Runbook is a parsed Markdown runbook. It is immutable after Parse.
type Runbook struct {
	Schema      string       `json:"schema"`
	Title       string       `json:"title"`
	Lang        string       `json:"lang"` // BCP 47, "" when neither declared nor recognised
	Summary     string       `json:"summary"`
	Source      Source       `json:"source"`
	Params      []Param      `json:"params"`
	Secrets     []string     `json:"secrets"`
	Roles       []Role       `json:"roles"`
	Scenarios   []Scenario   `json:"scenarios"`
	Sections    []Section    `json:"sections"`
	Diagnostics []Diagnostic `json:"diagnostics"`

	Env         map[string]string       `json:"-"` // front-matter env: trusted values, may stand raw as an origin
	Hosts       []string                `json:"-"` // hosts http actions may reach; empty = any
	Targets     map[Phase]time.Duration `json:"-"` // how long each phase should take at most
	ReviewAfter time.Duration           `json:"-"` // 0 when not declared

	// Sequence holds every top-level step, those of scenarios included, in the
	// order of the walk: the document's, but for the steps of alternatives that
	// stand outside the phases. Each step carries its Phase and Scenario.
	Sequence []*Step `json:"-"`

	titleLine int // of the heading that is the title, 0 when none is
}

// Source says where the bytes came from.
type Source struct {
	Path   string `json:"path"`   // as given by the caller
	SHA256 string `json:"sha256"` // hex, over the exact bytes
}

// Role is a part that somebody plays during a run.
type Role struct {
	ID     string `json:"id"`
	Title  string `json:"title"`
	Holder string `json:"holder"` // "" when unassigned
}

// Scenario is one of several alternatives, of which exactly one is chosen.
type Scenario struct {
	ID        string  `json:"id"`
	Title     string  `json:"title"`
	Condition string  `json:"condition"` // the prose that says when it applies
	Steps     []*Step `json:"steps"`
}

// Section is a heading other than the title, with what stands directly below it.
type Section struct {
	Heading string      `json:"heading"`
	Level   int         `json:"level"`
	Phase   Phase       `json:"phase"`
	Kind    SectionKind `json:"kind"`
	Steps   []*Step     `json:"steps"`

	Line int    `json:"-"`
	Body string `json:"-"` // Markdown of the section that belongs to no step
}

// Step is what the operator does next.
type Step struct {
	ID        string    `json:"id"`     // unique in the runbook
	Number    string    `json:"number"` // as written in the source, "" for bullets
	Text      string    `json:"text"`   // plain text, inline markup resolved, placeholders kept
	Line      int       `json:"line"`
	Scenario  string    `json:"scenario"` // id of the only scenario it belongs to, or ""
	Role      string    `json:"role"`     // id of the role that does it, or ""
	Substeps  []*Step   `json:"substeps"`
	Actions   []*Action `json:"actions"`
	Suggested []string  `json:"suggested"` // code spans that look like commands

	Phase        Phase  `json:"-"`
	Heading      string `json:"-"` // heading of the section it stands in
	Body         string `json:"-"` // Markdown below the step's own text, without its actions
	Context      string `json:"-"` // Markdown that explains, from the section and those above it that have no steps
	AsksScenario bool   `json:"-"` // the scenario is asked for here
}

// Action is something a step can run or ask.
type Action struct {
	ID           string            `json:"id"` // unique in the runbook
	Name         string            `json:"name"`
	Kind         Kind              `json:"kind"`
	Lang         string            `json:"lang"` // first word of the info string
	Code         string            `json:"code"` // the exact text between the fences
	Line         int               `json:"line"` // of the first line of Code
	Scenario     string            `json:"scenario"`
	Effect       Effect            `json:"effect"`
	Attrs        map[string]string `json:"attrs"` // as written, unknown keys included
	SampleOutput string            `json:"sample_output"`
	Alternatives []Alternative     `json:"alternatives"` // ways to do it, of which one is picked; empty: the code runs as a whole
	Endless      bool              `json:"endless"`      // it runs until somebody stops it

	Caption  string   `json:"-"` // the paragraph that introduces it, or ""
	Settings Settings `json:"-"` // Attrs, parsed and checked
	Options  []Option `json:"-"` // of a choice
	Uses     []string `json:"-"` // names of parameters it needs, in order of first use
	Secrets  []string `json:"-"` // names of secrets it needs
	Blanks   []string `json:"-"` // names of parameters that a blank of Code stands for: <pod>, YOUR_POD
	Declared bool     `json:"-"` // Effect was declared, not inferred

	// ChangesShell tells that the shell which later blocks share may be another one after
	// this: a PATH, a function, an alias, a text that was sourced.
	ChangesShell bool `json:"-"`

	filled string // Code with variables in place of its blanks, "" when it has none
}

// Script returns what is run: Code, with a reference to a variable in place of
// each blank, so that no value ever becomes part of the text.
func (a *Action) Script() string {
	if a.filled != "" {
		return a.filled
	}
	return a.Code
}

// Settings are the attributes of an action, parsed. The zero value of a field
// means that the attribute was not given.
type Settings struct {
	Timeout     time.Duration // of one attempt; with Until, of the whole polling
	Interval    time.Duration // between polls or retries
	Retries     int           // attempts after the first, reads only
	Redirects   int           // redirects that an http action follows
	Range, Step time.Duration // promql: how far back, and from sample to sample
	Until       string        // condition to poll for, see docs/runbook-format.md
	Expect      string        // condition that decides success
	ExpectExit  []int         // exit codes that count as success; empty = 0
	Capture     []Capture     // values to keep for later steps
	Confirm     bool          // ask before running, whatever the effect
	Interactive bool          // wants the operator's terminal
	Cwd         string        // template, "" = the run's own directory
	Host        string        // run there over SSH
	Args        []string      // names of parameters, positional
	Undo        string        // name of the action that reverts this one
	Target      string        // template of what a destructive action destroys
	Role        string
	After       string  // name of an action that must have succeeded (or been answered yes) first
	Default     string  // answer of a choice, input or confirm when nobody is asked
	Similarity  float64 // share of the sample output that must come, 0 to 1; 0 = not asked for
	SampleRegex string  // the sample output is this regular expression
	Interpreter string  // program that runs the script instead of the one of its language
	Apart       bool    // left out where nobody asks for it by name
}

// Capture keeps part of what an action returned as a value of the run.
type Capture struct {
	Name     string // parameter name
	Selector string // "" = whole trimmed output; "$.a.b" = JSON path into the body
}

// Option is one line of a choice.
type Option struct {
	Key, Label string
	Steer      Steer
}

// SteerKind says what picking an option does to the walk.
type SteerKind string

// The kinds of steering; SteerNone goes on with the next step.
const (
	SteerNone     SteerKind = ""
	SteerScenario SteerKind = "scenario"
	SteerPhase    SteerKind = "phase"
	SteerEnd      SteerKind = "end"
)

// Steer is where an option leads.
type Steer struct {
	Kind   SteerKind
	Target string // scenario id or phase
}

// Severity of a diagnostic.
type Severity string

// Severities. Only errors make lint and run fail.
const (
	SeverityError   Severity = "error"
	SeverityWarning Severity = "warning"
	SeverityInfo    Severity = "info"
)

// Diagnostic is something lint has to say about a runbook.
type Diagnostic struct {
	Severity Severity `json:"severity"`
	Code     string   `json:"code"` // stable, kebab-case
	Line     int      `json:"line"`
	Column   int      `json:"column"`
	Message  string   `json:"message"`
	Hint     string   `json:"hint"`
}
