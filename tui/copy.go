package tui

import (
	"context"
	"io"

	tea "github.com/charmbracelet/bubbletea"

	"genia.ai/bitacora/internal/clipboard"
	"genia.ai/bitacora/runbooks"
)

// writtenMsg says how something that was asked for by one key went.
type writtenMsg struct {
	said string // what to say if it went well
	err  error
}

// whyCopy says why nothing is copied, or "".
func (a *app) whyCopy() string {
	if a.opts.NoClipboard {
		return a.p.T("tui.why.no-clipboard")
	}
	return ""
}

// copy asks the terminal to copy a text. It is one write, so that it never stands
// in the middle of a frame; whether the terminal obeys it does not tell.
func (a *app) copy(what, text string) tea.Cmd {
	if why := a.whyCopy(); why != "" {
		a.say(true, why)
		return nil
	}
	sequence, err := clipboard.Sequence(text)
	if err != nil {
		a.say(true, a.p.T("tui.copy.long"))
		return nil
	}
	said := a.p.T("tui.copy.asked", "What", what)
	return a.task(func(context.Context) tea.Msg {
		_, err := io.WriteString(a.opts.Out, sequence)
		return writtenMsg{said: said, err: err}
	})
}

// copied is the action whose command can be copied: the next one of the selected
// step, else its first.
func (w *walkScreen) copied() *runbooks.Action {
	step := w.selected()
	if step == nil {
		return nil
	}
	if next := w.a.run.state.NextAction(); next != nil && w.here() && !next.Kind.Asks() {
		return next
	}
	for _, action := range w.a.run.state.StepActions(step.ID) {
		if !action.Kind.Asks() {
			return action
		}
	}
	return nil
}

func (w *walkScreen) whyCopy() string {
	if why := w.a.whyCopy(); why != "" {
		return why
	}
	if w.copied() == nil {
		return w.a.p.T("tui.why.no-command")
	}
	return ""
}

// copyCommand copies what an action would run now: as it is shown, so that secrets
// stand there by their names.
func (w *walkScreen) copyCommand() tea.Cmd {
	action := w.copied()
	text := action.Code
	if slot := w.a.run.previews[action.ID]; slot != nil && slot.known && slot.err == nil {
		text = slot.preview.Command
	}
	return w.a.copy(w.a.p.T("tui.copy.command", "Name", w.a.run.actionName(action)), w.a.cleanText(text))
}

// whyExport says why the run cannot be exported from here, or "".
func (a *app) whyExport() string {
	if a.opts.Export == nil {
		return a.p.T("tui.why.no-export")
	}
	return ""
}

// export writes the run for the post-mortem and says where.
func (a *app) export() tea.Cmd {
	run, export := a.run.state.Run, a.opts.Export
	return a.task(func(ctx context.Context) tea.Msg {
		path, err := export(ctx, run)
		if err != nil {
			return writtenMsg{err: err}
		}
		return writtenMsg{said: a.p.T("tui.export.written", "Path", a.clean(path))}
	})
}

// written says how it went.
func (a *app) written(msg writtenMsg) tea.Cmd {
	if msg.err != nil {
		a.say(true, a.clean(msg.err.Error()))
		return nil
	}
	a.say(false, msg.said)
	return nil
}
