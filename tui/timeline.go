package tui

import (
	tea "github.com/charmbracelet/bubbletea"
)

// timelineScreen is the transcript as it grows, the last event at the foot.
type timelineScreen struct {
	a      *app
	width  int
	height int
	back   int // events scrolled back from the last; 0 follows
	seen   int
}

func newTimeline(a *app) *timelineScreen { return &timelineScreen{a: a, seen: len(a.run.events)} }

func (t *timelineScreen) name() string { return "timeline" }

func (t *timelineScreen) setSize(width, height int) { t.width, t.height = width, height }

func (t *timelineScreen) keys() []offer {
	return []offer{
		{id: keyDown, label: t.a.p.T("tui.foot.scroll")}, {id: keyUp, quiet: true}, {id: keyPageDown, quiet: true},
		{id: keyPageUp, quiet: true}, {id: keyTop, quiet: true}, {id: keyBottom, quiet: true}, {id: keyNote},
	}
}

func (t *timelineScreen) act(id keyID) tea.Cmd {
	s := scroll{}
	s.resize(len(t.a.run.events), t.rows())
	s.offset = s.total - s.height - t.back
	s.page(id)
	t.back = max(s.total-s.height-s.offset, 0)
	return nil
}

func (t *timelineScreen) rows() int { return t.height - 1 }

func (t *timelineScreen) view() []string {
	events := t.a.run.events
	if t.back > 0 {
		t.back += len(events) - t.seen // what is read stays in sight
	}
	t.seen = len(events)
	s := scroll{}
	s.resize(len(events), t.rows())
	s.offset = s.total - s.height - t.back
	s.move(0)
	title := t.a.p.T("tui.timeline.title", "Count", len(events))
	lines := []string{t.a.look.ruleWith(t.a.look.strong.Render(title), t.width)}
	for i := s.offset; i < min(s.offset+s.height, len(events)); i++ {
		lines = append(lines, t.a.look.cut(t.a.eventLine(events[i]), t.width))
	}
	return block(lines, t.height)
}
