package tui

import (
	"context"
	"runtime/debug"
	"sync"
	"time"

	tea "github.com/charmbracelet/bubbletea"

	"genia.ai/bitacora/internal/session"
	"genia.ai/bitacora/internal/walk"
)

// tasks counts the goroutines that do the I/O of the screens, so that Run does
// not return before they have ended.
type tasks struct {
	mu     sync.Mutex
	n      int
	closed bool
	idle   chan struct{}
}

// begin reports whether a task may still start.
func (t *tasks) begin() bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.closed {
		return false
	}
	t.n++
	return true
}

func (t *tasks) end() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.n--
	if t.closed && t.n == 0 {
		close(t.idle)
	}
}

// wait lets no further task start and waits for those that run, but not longer
// than the limit.
func (t *tasks) wait(limit time.Duration) {
	t.mu.Lock()
	t.closed, t.idle = true, make(chan struct{})
	if t.n == 0 {
		close(t.idle)
	}
	t.mu.Unlock()
	timer := time.NewTimer(limit)
	defer timer.Stop()
	select {
	case <-t.idle:
	case <-timer.C:
	}
}

// task makes a command of something that does I/O. It is counted.
func (a *app) task(do func(context.Context) tea.Msg) tea.Cmd {
	return func() tea.Msg {
		if !a.tasks.begin() {
			return nil
		}
		defer a.tasks.end()
		return do(a.ctx)
	}
}

// guarded turns a panic in a command, or in one of a batch, into the error of Run: the
// program would print its trace across the screen.
func guarded(cmd tea.Cmd) tea.Cmd {
	if cmd == nil {
		return nil
	}
	return func() (msg tea.Msg) {
		defer func() {
			if v := recover(); v != nil {
				msg = taskPanickedMsg{err: &PanicError{Value: v, Stack: debug.Stack()}}
			}
		}()
		msg = cmd()
		if batch, ok := msg.(tea.BatchMsg); ok {
			for i := range batch {
				batch[i] = guarded(batch[i])
			}
		}
		return msg
	}
}

// second waits until the clock shows another second.
func (a *app) second() tea.Cmd {
	return a.task(func(ctx context.Context) tea.Msg {
		timer := time.NewTimer(time.Second)
		defer timer.Stop()
		select {
		case <-timer.C:
			return secondPassedMsg{}
		case <-ctx.Done():
			return nil
		}
	})
}

// pick opens what was picked and joins it.
func (a *app) pick(choice Choice) tea.Cmd {
	return a.task(func(ctx context.Context) tea.Msg {
		opened, err := a.opts.Open(ctx, choice)
		if err != nil {
			return openedMsg{err: err}
		}
		attachment, err := opened.Client.Attach(ctx)
		return openedMsg{opened: opened, attachment: attachment, err: err}
	})
}

// listenTo fills the pump from a feed until the context ends, and hands over the
// first batch.
func (a *app) listenTo(feed session.Feed) tea.Cmd {
	return tea.Batch(a.task(func(ctx context.Context) tea.Msg {
		a.pump.fill(ctx, feed)
		return nil
	}), a.nextBatch())
}

func (a *app) nextBatch() tea.Cmd {
	return a.task(func(ctx context.Context) tea.Msg {
		if msg := a.pump.take(ctx); msg != nil {
			return *msg
		}
		return nil
	})
}

// do sends a command to the session. When it is refused the reason is shown on
// the dialog that it came from, which stays open; else that dialog is closed and
// then is called, both once the state holds what the command recorded.
func (a *app) do(cmd walk.Command, then func() tea.Cmd) tea.Cmd {
	return a.doOr(cmd, then, a.explain)
}

func (a *app) doOr(cmd walk.Command, then func() tea.Cmd, explain func(error) string) tea.Cmd {
	from := a.dialog
	if why := a.readOnly(); why != "" && !anyones(cmd) {
		a.refused(from, why)
		return nil
	}
	a.nextID++
	id := a.nextID
	a.flight++
	a.replies[id] = func(msg commandDoneMsg) tea.Cmd {
		a.demotedBy(msg.err)
		if msg.err != nil {
			a.refused(from, explain(msg.err))
			return nil
		}
		a.waiters = append(a.waiters, waiter{seq: msg.ack.Seq, fn: func() tea.Cmd {
			if from != nil && a.dialog == from {
				a.dialog = nil
			}
			if then == nil {
				return nil
			}
			return then()
		}})
		return a.settle()
	}
	client := a.client
	return a.task(func(ctx context.Context) tea.Msg {
		ack, err := client.Do(ctx, cmd)
		return commandDoneMsg{id: id, ack: ack, err: err}
	})
}

func (a *app) refused(from dialog, text string) {
	if from != nil && a.dialog == from {
		from.refused(text)
		return
	}
	a.say(true, text)
}

// opening is preview for a dialog that the operator has asked for. What is typed
// until it stands there was not meant for the screen behind it, where an s, a yes to
// the dialog, would skip the step: it is thrown away.
func (a *app) opening(action string, show func(previewedMsg) tea.Cmd) tea.Cmd {
	a.awaited++
	return a.preview(action, func(msg previewedMsg) tea.Cmd {
		a.awaited--
		return show(msg)
	})
}

// preview asks what an action would run and shows the answer.
func (a *app) preview(action string, show func(previewedMsg) tea.Cmd) tea.Cmd {
	a.nextID++
	id := a.nextID
	a.shows[id] = show
	client := a.client
	return a.task(func(ctx context.Context) tea.Msg {
		preview, err := client.Preview(ctx, action)
		return previewedMsg{id: id, action: action, preview: preview, err: err}
	})
}
