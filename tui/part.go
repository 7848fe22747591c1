package tui

import (
	"strconv"
	"strings"
	"time"

	tea "github.com/charmbracelet/bubbletea"

	"genia.ai/bitacora/internal/walk"
	"genia.ai/bitacora/runbooks"
)

// defaultWatch is what a block that never ends may take when the runbook does not
// say (docs/runbook-format.md, timeout).
const defaultWatch = 10 * time.Minute

// pickPart asks which alternative of a block is meant, if it has any, and goes on
// with its number, 0 for a block without.
func (a *app) pickPart(action *runbooks.Action, then func(n int) tea.Cmd) tea.Cmd {
	if len(action.Alternatives) == 0 {
		return then(0)
	}
	items := make([]item, 0, len(action.Alternatives))
	for i, alternative := range action.Alternatives {
		code := strings.TrimSpace(alternative.Code)
		first, rest, _ := strings.Cut(code, "\n")
		it := item{label: a.clean(first), pick: func() tea.Cmd { return then(i + 1) }}
		if rest != "" {
			it.detail = a.clean(strings.Join(strings.Split(rest, "\n"), " ; "))
		}
		items = append(items, it)
	}
	d := a.choose(a.p.T("tui.pick.title", "Name", a.run.actionName(action)), []string{a.p.T("tui.pick.help")}, items)
	if n, err := strconv.Atoi(a.given(action).Value); err == nil {
		d.startAt(n - 1)
	}
	return nil
}

// partText says, for the walk, that a block has alternatives or never ends.
func (a *app) partText(action *runbooks.Action) string {
	switch {
	case len(action.Alternatives) > 0:
		return a.p.T("tui.action.alternatives", "Count", len(action.Alternatives))
	case action.Endless:
		return a.endlessText(action)
	}
	return ""
}

func (a *app) endlessText(action *runbooks.Action) string {
	limit := action.Settings.Timeout
	if limit == 0 {
		limit = defaultWatch
	}
	return a.p.T("tui.action.endless", "Limit", a.p.Span(limit))
}

// watching reports whether what runs is watched until it is stopped.
func watching(running *walk.Running) bool { return running != nil && running.Endless }
