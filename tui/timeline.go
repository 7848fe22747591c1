package tui

import (
	"slices"
	"strings"

	tea "github.com/charmbracelet/bubbletea"
	"github.com/charmbracelet/lipgloss"

	"genia.ai/bitacora/internal/event"
	"genia.ai/bitacora/runbooks"
)

// timelineScreen is the transcript as it grows, the last event at the foot. The
// cursor follows it until the operator moves.
type timelineScreen struct {
	a      *app
	width  int
	height int
	kinds  int // index into timelineKinds
	back   int // shown events behind the one under the cursor; 0 follows
	seen   int
}

// timelineKinds are what the timeline can be reduced to: message ids below
// tui.kinds, in the order in which the key goes through them.
var timelineKinds = []string{"all", "steps", "actions", "people", "deviations", "run"}

// ofKind reports whether an event is one of those that a filter shows.
func (r *run) ofKind(filter string, ev event.Event) bool {
	kind, _, _ := strings.Cut(string(ev.Kind), ".")
	switch filter {
	case "steps":
		return slices.Contains([]string{"step", "phase", "scenario", "choice", "param"}, kind)
	case "actions":
		return slices.Contains([]string{"action", "adhoc", "undo"}, kind)
	case "people":
		return slices.Contains([]string{"note", "todo", "milestone", "severity", "comms", "role", "driver"}, kind)
	case "deviations":
		return r.deviates(ev)
	case "run":
		return slices.Contains([]string{"run", "client", "driver", "recovered", "superseded", "runbook"}, kind)
	}
	return true
}

func newTimeline(a *app) *timelineScreen { return &timelineScreen{a: a} }

func (t *timelineScreen) name() string { return "timeline" }

func (t *timelineScreen) setSize(width, height int) { t.width, t.height = width, height }

// events are those that are shown.
func (t *timelineScreen) events() []event.Event {
	if t.kinds == 0 {
		return t.a.run.events
	}
	var events []event.Event
	for _, ev := range t.a.run.events {
		if t.a.run.ofKind(timelineKinds[t.kinds], ev) {
			events = append(events, ev)
		}
	}
	return events
}

func (t *timelineScreen) keys() []offer {
	p := t.a.p
	return []offer{
		{id: keyDo, label: p.T("tui.timeline.jump"), why: t.whyJump()},
		{id: keyKinds}, {id: keyDown, label: p.T("tui.foot.move")}, {id: keyUp, quiet: true}, {id: keyPageDown, quiet: true},
		{id: keyPageUp, quiet: true}, {id: keyTop, quiet: true}, {id: keyBottom, quiet: true}, {id: keyNote},
	}
}

// step is that of the event under the cursor, or nil.
func (t *timelineScreen) step() *runbooks.Step {
	events := t.events()
	at := len(events) - 1 - t.back
	if at < 0 || at >= len(events) {
		return nil
	}
	for _, step := range t.a.run.plan.Steps() {
		if step.ID == events[at].Step {
			return step
		}
	}
	return nil
}

func (t *timelineScreen) whyJump() string {
	if _, ok := t.a.base.(*walkScreen); !ok || t.step() == nil {
		return t.a.p.T("tui.why.no-step")
	}
	return ""
}

func (t *timelineScreen) act(id keyID) tea.Cmd {
	total := len(t.events())
	page := max(t.rows()-1, 1)
	switch id {
	case keyDo:
		return t.jump()
	case keyKinds:
		t.kinds, t.back = (t.kinds+1)%len(timelineKinds), 0
		t.seen = len(t.events())
	default:
		by := map[keyID]int{keyUp: 1, keyDown: -1, keyPageUp: page, keyPageDown: -page, keyTop: total, keyBottom: -total}[id]
		t.back = max(0, min(t.back+by, total-1))
	}
	return nil
}

// jump shows the step of the event in the walk.
func (t *timelineScreen) jump() tea.Cmd {
	step := t.step()
	w, ok := t.a.base.(*walkScreen)
	if !ok || step == nil {
		return nil
	}
	t.a.over = nil
	w.cursor, w.focus = slices.Index(w.steps(), step), paneList
	return w.askPreviews()
}

func (t *timelineScreen) rows() int { return t.height - 1 }

func (t *timelineScreen) view() []string {
	events := t.events()
	if t.back > 0 && t.seen > 0 {
		t.back += max(len(events)-t.seen, 0) // what is read stays in sight
	}
	t.seen = len(events)
	t.back = max(0, min(t.back, len(events)-1))
	at := len(events) - 1 - t.back
	s := scroll{}
	s.resize(len(events), t.rows())
	s.offset = s.total - s.height - max(t.back-t.rows()/2, 0) // the cursor in the middle, at the foot when it follows
	s.move(0)
	title := t.a.p.T("tui.timeline.title", "Count", len(t.a.run.events))
	if t.kinds > 0 {
		title = t.a.p.T("tui.timeline.some", "Kinds", t.a.p.T("tui.kinds."+timelineKinds[t.kinds]), "Count", len(events))
	}
	lines := []string{t.a.look.ruleWith(t.a.look.strong.Render(title), t.width)}
	for i := s.offset; i < min(s.offset+s.height, len(events)); i++ {
		lines = append(lines, t.row(events[i], i == at))
	}
	return block(lines, t.height)
}

func (t *timelineScreen) row(ev event.Event, here bool) string {
	text := t.a.eventLine(ev)
	if utc := t.a.utc(ev.At); utc != "" && t.width >= wide {
		text = t.a.look.dim.Render(utc) + " " + text
	}
	style := lipgloss.NewStyle().Inline(true)
	if here {
		text, style = ansiFree(text), t.a.look.cursor
	}
	return style.Render(t.a.look.cut(text, t.width))
}
