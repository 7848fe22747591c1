package tui

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"genia.ai/bitacora/internal/event"
	"genia.ai/bitacora/internal/i18n"
	"genia.ai/bitacora/internal/session"
	"genia.ai/bitacora/internal/walk"
	"genia.ai/bitacora/runbooks"
)

// run is what the screens know of the run they are attached to. Its state is the
// replay of the recorded events and nothing else.
type run struct {
	plan     *walk.Plan
	state    walk.State
	events   []event.Event
	deviant  map[uint64]bool // events that record a deviation, by their seq
	saved    session.Saved
	briefing session.Briefing
	out      output
	replay   replay
	company  walk.Company // who is attached
	counts   phaseCounts

	printer *i18n.Printer
	clean   func(string) string

	storage    *session.StorageError // sticky: nothing starts any more
	demoted    *session.Demoted      // somebody else drives
	demotedAt  time.Time
	former     walk.Attached // who drove before that
	cut        bool          // the feed ended: nothing further will be heard
	cutErr     error
	cancelling string // id of the action that was asked to end
	silent     time.Time
	uncounted  uncounted
	previews   map[string]*previewState
	outdated   map[string]session.Preview // as they last were, for the room that they take
	offered    map[string]bool            // secrets that were asked for
}

// uncounted is how much of the output of the action that began then was counted only.
type uncounted struct {
	since time.Time
	bytes int64
}

// previewState is what an action would run now, as last asked.
type previewState struct {
	preview session.Preview
	err     error
	asked   bool
	known   bool
}

func newRun(att *session.Attachment, p *i18n.Printer, clean func(string) string) *run {
	r := &run{
		plan: att.Plan, briefing: own(att.Briefing), saved: att.Saved, printer: p, clean: clean,
		state: walk.New(att.Plan), previews: map[string]*previewState{}, outdated: map[string]session.Preview{},
		offered: map[string]bool{}, deviant: map[uint64]bool{},
	}
	for _, ev := range att.Events {
		r.remember(ev)
	}
	r.replay = replay{past: session.NewReplayed(att.Events), pieces: map[int][]session.OutputPrinted{}, stale: true}
	r.lay()
	return r
}

// own copies what changes here: secrets that are given are there from then on.
func own(b session.Briefing) session.Briefing {
	b.Secrets = slices.Clone(b.Secrets)
	return b
}

func (r *run) book() *runbooks.Runbook { return r.plan.Runbook() }

// title is the runbook's, safe to show.
func (r *run) title() string { return r.clean(r.book().Title) }

// text fills in the values of the run and makes the result safe to show.
func (r *run) text(s string) string { return r.clean(r.state.FillText(s)) }

// take applies one update of the feed.
func (r *run) take(u session.Update) {
	switch u := u.(type) {
	case session.EventRecorded:
		r.saved = u.Saved
		r.record(u.Event)
	case session.OutputPrinted:
		if !r.replayed(u) {
			r.live()
			r.print(u)
		}
	case session.OutputDropped:
		r.out.mark(outputBad, r.printer.T("tui.out.dropped", "Bytes", u.Bytes))
	case session.OutputBeyond:
		r.beyond(u)
	case session.StorageFailed:
		r.storage = u.Err
	case session.Demoted:
		r.demote(u, time.Time{})
	}
}

// beyond says once in the pane that the rest of the output is only counted, and at
// the foot how much that is.
func (r *run) beyond(u session.OutputBeyond) {
	running := r.state.Running
	if running == nil || running.Action != u.Action {
		return
	}
	if !r.uncounted.since.Equal(running.StartedAt) {
		r.out.mark(outputBad, r.printer.T("tui.out.beyond"))
	}
	r.uncounted = uncounted{since: running.StartedAt, bytes: u.Bytes}
}

// live says that what follows in the output pane is new.
func (r *run) live() {
	r.lay()
	r.replay.over = true
}

// demote makes this front end one that only follows. It is told so before the
// take-over is recorded; without a time it was when the last event was.
func (r *run) demote(by session.Demoted, at time.Time) {
	if at.IsZero() && len(r.events) > 0 {
		at = r.events[len(r.events)-1].At
	}
	r.demoted, r.demotedAt = &by, at
	r.former, _ = r.company.Driver()
}

// told translates what Bitácora itself reports of an action, line by line.
func (r *run) told(text string) string {
	lines := strings.SplitAfter(text, "\n")
	for i, line := range lines {
		body, end, ended := strings.Cut(line, "\n")
		lines[i] = r.printer.Told(body)
		if ended {
			lines[i] += "\n" + end
		}
	}
	return strings.Join(lines, "")
}

func outputKindOf(stream session.Stream) outputKind {
	switch stream {
	case session.StreamErr:
		return outputError
	case session.StreamInfo:
		return outputInfo
	case session.StreamOut:
	}
	return outputPrinted
}

// record applies one event. An event that was applied already is passed over, so
// that an attachment and its feed may overlap.
func (r *run) record(ev event.Event) {
	if ev.Seq != 0 && ev.Seq <= r.state.Seq {
		return
	}
	r.remember(ev)
	switch data := ev.Data.(type) {
	case event.ActionStarted, event.AdhocStarted:
		r.live()
		r.heading(ev)
	case event.ActionEnded:
		r.ended(r.nameOf(data.Action), data.Ending)
	case event.AdhocEnded:
		r.ended(r.printer.T("tui.adhoc.name"), data.Ending)
	case event.ParamSet, event.ScenarioChanged, event.ChoiceMade, event.StepStarted, event.RunResumed:
		r.outdate()
	}
}

// outdate has every preview asked for again.
func (r *run) outdate() {
	for id, slot := range r.previews {
		if slot.known && slot.err == nil {
			r.outdated[id] = slot.preview
		}
	}
	clear(r.previews)
}

// remember applies an event to what is known of the run.
func (r *run) remember(ev event.Event) {
	if walk.DeviationOf(r.state, ev) != "" {
		r.deviant[ev.Seq] = true
	}
	r.events = append(r.events, ev)
	r.state = walk.Apply(r.state, ev)
	r.company = r.company.Apply(ev)
}

// deviates reports whether an event tells of something done otherwise than written.
func (r *run) deviates(ev event.Event) bool { return r.deviant[ev.Seq] }

func (r *run) ended(name string, ending event.Ending) {
	r.cancelling = ""
	r.outdate()
	r.live()
	r.markEnd(name, ending)
}

func (r *run) actionHeading(data event.ActionStarted) string {
	name := data.Name
	if name == "" {
		name = data.Action
	}
	id := "tui.out.started"
	if data.Simulated {
		id = "tui.out.simulated"
	}
	if data.Undoes != "" {
		id = "tui.out.undoing"
	}
	return r.printer.T(id, "Name", r.clean(name), "Attempt", data.Attempt, "Undoes", r.clean(data.Undoes))
}

// ending tells how an action ended, on one line.
func (r *run) ending(ending event.Ending) string {
	text := r.printer.T("outcome." + ending.Outcome)
	if ending.Outcome == event.OutcomeUnknown {
		return text // there is nothing else to know
	}
	if ending.Exit != nil && !walk.TellsExit(ending) && (ending.Status == 0 || *ending.Exit != 0) {
		text += " · " + r.printer.T("tui.out.exit", "Exit", *ending.Exit)
	}
	if ending.Signal != "" {
		text += " · " + r.clean(ending.Signal)
	}
	if ending.Status != 0 {
		text += " · " + r.printer.T("tui.out.status", "Status", ending.Status)
	}
	if ending.Met != nil && !*ending.Met {
		text += " · " + r.printer.T("tui.out.unmet")
	}
	text += " · " + r.printer.Took(time.Duration(ending.DurationMS)*time.Millisecond)
	if ending.Reason != "" && ending.Outcome != event.OutcomeCancelled {
		text += " · " + r.clean(r.printer.Told(ending.Reason))
	}
	return text
}

// current is the id of the current step, or "".
func (r *run) current() string {
	if step := r.state.Current(); step != nil {
		return step.ID
	}
	return ""
}

// actionName is how an action is called on the screen: one that only asks in the
// words of the runbook.
func (r *run) actionName(action *runbooks.Action) string {
	if words := r.plan.Wording(action); words != "" {
		return r.text(words)
	}
	if action.Name != "" {
		return r.clean(action.Name)
	}
	return r.clean(action.ID)
}

// nameOf is actionName for an id.
func (r *run) nameOf(id string) string {
	if action := r.find(id); action != nil {
		return r.actionName(action)
	}
	return r.clean(id)
}

// runningName is how the running action is called on the screen.
func (r *run) runningName(running *walk.Running) string {
	if running.Adhoc {
		return r.printer.T("tui.adhoc.name")
	}
	return r.nameOf(running.Action)
}

// find returns the action of an id or name, wherever it stands, or nil.
func (r *run) find(id string) *runbooks.Action {
	action, _ := r.plan.Action(id)
	return action
}

// param returns the declaration of a parameter; one that is not declared gets
// the defaults.
func (r *run) param(name string) runbooks.Param {
	for _, p := range r.book().Params {
		if p.Name == name {
			return p
		}
	}
	return runbooks.Param{Name: name}
}

// answered reports whether a value comes from the walk itself: from a decision,
// an input or what an action returned.
func (r *run) answered(p runbooks.Param) bool {
	action := r.find(p.Name)
	return p.Origin == runbooks.OriginCapture || action != nil && action.Kind.Asks()
}

// command returns what an action last ran, exactly, or "".
func (r *run) command(action string) string {
	for _, ev := range slices.Backward(r.events) {
		if started, ok := ev.Data.(event.ActionStarted); ok && started.Action == action {
			return started.Command
		}
	}
	return ""
}

// valuesOf returns the values that an action was last given.
func (r *run) valuesOf(action string) []string {
	for _, ev := range slices.Backward(r.events) {
		if started, ok := ev.Data.(event.ActionStarted); ok && started.Action == action {
			return started.Values
		}
	}
	return nil
}

// scenario returns the chosen scenario's title, or "".
func (r *run) scenario() string {
	for _, s := range r.book().Scenarios {
		if s.ID == r.state.Scenario {
			return r.clean(s.Title)
		}
	}
	return ""
}

// stepLabel is a step's number and text as the list shows it.
func (r *run) stepLabel(step *runbooks.Step) string {
	label := r.text(step.Text)
	if number := step.Number; number != "" {
		return r.clean(number) + " " + label
	}
	return label
}

// counted makes an id out of how often something was recorded, so that the same
// events always give the same ids.
func (r *run) counted(prefix string, kind event.Kind) string {
	n := 1
	for _, ev := range r.events {
		if ev.Kind == kind {
			n++
		}
	}
	return prefix + "-" + strconv.Itoa(n)
}

// roleTitle is how a role is called on the screen.
func (r *run) roleTitle(id string) string {
	for _, role := range r.book().Roles {
		if role.ID == id {
			return r.clean(role.Title)
		}
	}
	return r.clean(id)
}
