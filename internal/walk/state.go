package walk

import (
	"maps"
	"slices"
	"time"

	"genia.ai/bitacora/internal/event"
	"genia.ai/bitacora/runbooks"
)

// Status is where a run stands as a whole.
type Status string

// The statuses of a run, in order.
const (
	StatusNew      Status = "new"      // nothing recorded
	StatusBriefing Status = "briefing" // started, no step entered
	StatusWalking  Status = "walking"
	StatusPaused   Status = "paused"
	StatusEnded    Status = "ended"
)

// StepStatus is where a step stands.
type StepStatus string

// The statuses of a step.
const (
	StepPending  StepStatus = "pending"
	StepActive   StepStatus = "active"
	StepDone     StepStatus = "done"
	StepSkipped  StepStatus = "skipped"
	StepAccepted StepStatus = "accepted" // counts as done by the operator's word
)

// Bearing says whether a step is part of the walk as it was decided so far.
type Bearing string

// The bearings of a step.
const (
	BearingOn        Bearing = "on"        // it will be walked
	BearingUndecided Bearing = "undecided" // bound to a scenario, none chosen yet
	BearingOther     Bearing = "other"     // bound to another scenario
	BearingSteered   Bearing = "steered"   // a choice led past it
)

// StepState is what is known of a step.
type StepState struct {
	Status    StepStatus
	Bearing   Bearing
	Reason    string // of a skip or an acceptance
	StartedAt time.Time
	EndedAt   time.Time
}

// ActionState is what is known of an action.
type ActionState struct {
	Attempts int
	Running  bool
	Answer   string       // key of a choice, yes or no of a confirm, value of an input
	Ending   event.Ending // of the last attempt; Outcome is "" before the first one ended
}

// Succeeded reports whether the action is done with: it ran well, or was answered.
func (a ActionState) Succeeded() bool { return a.Answer != "" || a.Ending.Succeeded() }

// Failed reports whether the last attempt ended otherwise than well.
func (a ActionState) Failed() bool {
	return !a.Running && a.Ending.Outcome != "" && !a.Ending.Succeeded()
}

// Value is a parameter's value and where it came from.
type Value struct {
	Text     string
	Source   string
	Invented bool
}

// Running is the action that runs now.
type Running struct {
	Action    string // id, or the id of the ad-hoc command
	Adhoc     bool
	Undoes    string // id of the action that it reverts, or ""
	Attempt   int
	StartedAt time.Time
	Endless   bool // it runs until it is stopped

	Interactive bool // it has a terminal that who drives can go into
}

// UndoEntry is an inverse that can be run.
type UndoEntry struct {
	Action string // what succeeded
	Undo   string // what reverts it
}

// MilestoneState is a turning point that was recorded.
type MilestoneState struct {
	Name string
	When time.Time
}

// State is everything that is known of a run. The zero value is of no use; see
// New. Copies share memory that is never changed.
type State struct {
	plan *Plan

	Status    Status
	Run       string
	Mode      string // event.ModeLive or event.ModeRehearsal
	Sandbox   bool
	Operator  string
	Host      string
	StartedAt time.Time
	EndedAt   time.Time
	Outcome   string // of the run, "" before its end
	Reason    string
	Seq       uint64 // of the last event applied
	Scenario  string
	Phase     runbooks.Phase
	Severity  string
	Section   string // at which the walk was entered, "" for its beginning
	Trusted   string // SHA-256 of the text that the operator accepted, or ""
	Running   *Running
	Reopened  int // how often it went on after its end

	current    int
	entry      int // step at which the walk was entered, none: at its beginning
	steps      cells[StepState]
	actions    cells[ActionState]
	values     cells[Value]     // by the names of the plan
	others     map[string]Value // of names that the plan does not know
	roles      map[string]string
	env        map[string]string // of the runbook, as the run has it
	undo       *undoList
	todos      []event.Todo
	milestones []MilestoneState
	adhoc      *AdhocState
	lost       []event.LostVars
	comms      CommsState
	ticks      cells[struct{}] // of the substeps
	spent      map[runbooks.Phase]time.Duration
	phaseSince time.Time     // since when Phase is the current one; zero = it is not
	between    time.Duration // between its ends and its being opened again
	reshelled  bool          // the shell that blocks share may have been changed
}

// AdhocState is the last command that the runbook did not hold.
type AdhocState struct {
	ID, Command string
	Ending      event.Ending // Outcome is "" while it runs
}

// New returns the state of a run of which nothing is recorded yet.
func New(plan *Plan) State {
	plan.begin.once.Do(func() { plan.begin.state = begin(plan) })
	return plan.begin.state
}

// begin works that state out, sharing it with nobody.
func begin(plan *Plan) State {
	s := State{
		plan:    plan,
		Status:  StatusNew,
		Phase:   runbooks.PhaseNone,
		current: none,
		entry:   none,
		values:  newCells(len(plan.named), func(int) (Value, class) { return Value{}, 0 }),
		ticks:   newCells(len(plan.substeps), func(int) (struct{}, class) { return struct{}{}, tickOpen }),
		roles:   map[string]string{},
	}
	s.actions = newCells(len(plan.actions), func(a int) (ActionState, class) { return ActionState{}, s.actionClass(a, ActionState{}) })
	for _, role := range plan.runbook.Roles {
		if role.Holder != "" {
			s.roles[role.ID] = role.Holder
		}
	}
	return s.bearings(func(int) StepState { return StepState{Status: StepPending} })
}

// Replay returns the state after the events.
func Replay(plan *Plan, events []event.Event) State {
	s := begin(plan)
	s.own(true) // nobody ever sees the states in between
	for _, ev := range events {
		s = Apply(s, ev)
	}
	s.own(false)
	return s
}

// own says whether nobody else has this state, nor one that shares memory with it.
func (s *State) own(alone bool) {
	s.steps.owned, s.actions.owned, s.values.owned, s.ticks.owned = alone, alone, alone, alone
}

// entered notes where the walk begins. A section that the text does not have, which
// no run of ours records, means its beginning.
func (s State) entered(section string) State {
	if section == "" {
		return s
	}
	s.Section = section
	if place, err := s.plan.runbook.Find(section); err == nil {
		s.entry = s.plan.step(place.Step)
	}
	return s
}

// Before reports whether a step stands before the one at which the walk was entered
// and was never begun: it is neither due nor skipped, and Goto still leads there.
func (s State) Before(id string) bool {
	i := s.plan.step(id)
	return i != none && s.before(i)
}

// before is false of every step once a decision led elsewhere than to the section.
func (s State) before(step int) bool {
	if step >= s.begins() {
		return false
	}
	st := s.steps.at(step)
	return st.Status == StepPending && st.StartedAt.IsZero()
}

// begins is where the walk begins: what stands before it is left out, unless it was
// begun. Once a decision led elsewhere than to the section, that is the first step.
func (s State) begins() int {
	if s.entry == none {
		return 0
	}
	if bearing := s.steps.at(s.entry).Bearing; bearing == BearingOther || bearing == BearingSteered {
		return 0
	}
	return s.entry
}

// Plan returns what is walked.
func (s State) Plan() *Plan { return s.plan }

// Rehearsal reports whether nothing is really executed.
func (s State) Rehearsal() bool { return s.Mode == event.ModeRehearsal }

// Current returns the current step, or nil when there is none.
func (s State) Current() *runbooks.Step {
	if s.current == none {
		return nil
	}
	return s.plan.steps[s.current]
}

// Step returns the state of a step; the zero value when the id is unknown.
func (s State) Step(id string) StepState {
	if i := s.plan.step(id); i != none {
		return *s.steps.at(i)
	}
	return StepState{}
}

// Action returns the state of an action by id or name; the zero value when unknown.
func (s State) Action(id string) ActionState {
	if i := s.plan.action(id); i != none {
		return *s.actions.at(i)
	}
	return ActionState{}
}

// Value returns the value of a parameter.
func (s State) Value(name string) (Value, bool) {
	if i, known := s.plan.names[name]; known {
		return *s.values.at(i), s.values.is(i) == valueSet
	}
	v, ok := s.others[name]
	return v, ok
}

// Values returns a copy of all values by name.
func (s State) Values() map[string]Value {
	values := make(map[string]Value, len(s.others)+s.values.count(valueSet, s.values.size))
	maps.Copy(values, s.others)
	for i := s.values.first(valueSet, 0); i != none; i = s.values.first(valueSet, i+1) {
		values[s.plan.named[i]] = *s.values.at(i)
	}
	return values
}

// Holder returns who plays a role, "" when nobody does.
func (s State) Holder(role string) string { return s.roles[role] }

// Undoable returns the inverses that can be run, the last first.
func (s State) Undoable() []UndoEntry {
	var entries []UndoEntry
	for l := s.undo; l != nil; l = l.before {
		entries = append(entries, l.entry)
	}
	return entries
}

// Todos returns what is left to do after the run, done ones included.
func (s State) Todos() []event.Todo { return slices.Clone(s.todos) }

// Milestones returns the turning points in the order in which they were recorded.
func (s State) Milestones() []MilestoneState { return slices.Clone(s.milestones) }

// Adhoc returns the last ad-hoc command, or nil.
func (s State) Adhoc() *AdhocState { return s.adhoc }

// Lost returns the shell variables that went with a lost run server and were not
// set again since, and which steps set them.
func (s State) Lost() []event.LostVars { return slices.Clone(s.lost) }
