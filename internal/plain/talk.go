package plain

import (
	"context"
	"errors"
	"io"
	"strings"
	"time"

	"genia.ai/bitacora/internal/event"
	"genia.ai/bitacora/internal/i18n"
	"genia.ai/bitacora/internal/sanitize"
	"genia.ai/bitacora/internal/session"
	"genia.ai/bitacora/internal/walk"
)

// talk is one conversation with the operator.
type talk struct {
	ctx      context.Context // lives as long as the talk; an interruption does not end it
	client   session.Client
	opts     Options
	p        *i18n.Printer
	commands []command

	plan     *walk.Plan
	state    walk.State
	events   []event.Event
	company  walk.Company // who is attached
	saved    session.Saved
	briefing session.Briefing

	asked map[string]bool // parameters that were asked for in the briefing

	toldTrust bool   // what is asked about the text was said
	shown     string // the preview that was shown last
	lines     *reader
	updates   *pump
	broken    <-chan struct{} // the context's end; nil once it was seen
	cut       session.Lines   // output of the running action
	replay    replay
	following bool   // somebody else drives
	prompted  bool   // the cursor stands behind a prompt
	counted   string // action whose further output is only counted, as was said
	storage   error

	draft   []string       // lines of an update that was not sent yet
	overdue time.Time      // when the update was due that was said to be late
	printed []session.Line // what actions printed, the end of it
}

// say prints lines. Everything that is ever printed passes through here or
// through prompt, and is stripped of control characters there.
func (t *talk) say(text string) { t.sayBehind("", text) }

// sayBehind prints a text with a prefix before each of its lines, which are as long as
// the terminal is wide at most.
func (t *talk) sayBehind(prefix, text string) {
	text = strings.Join(wrapped(strings.TrimRight(clean(text), "\n"), len(prefix), t.cells()), "\n")
	t.sayExact(prefix, text)
}

// cells is how wide the terminal is now, 0 when there is none.
func (t *talk) cells() int {
	if t.opts.Width == nil {
		return 0
	}
	return t.opts.Width()
}

// sayExact is sayBehind for what is not ours to break: commands, that they may be
// copied, and what actions print.
func (t *talk) sayExact(prefix, text string) {
	if t.prompted && t.opts.Interactive {
		t.write("\n")
	}
	t.prompted = false
	for line := range strings.SplitSeq(strings.TrimRight(clean(text), "\n"), "\n") {
		t.write(strings.TrimRight(prefix+line, " ") + "\n")
	}
}

// write prints text that is clean. A screen that is gone does not end a run.
func (t *talk) write(text string) { _, _ = io.WriteString(t.opts.Out, text) }

func clean(text string) string {
	return strings.NewReplacer("\r\n", "\n", "\r", " ", "\t", "    ").Replace(sanitize.String(text))
}

func oneLine(text string) string { return strings.TrimSpace(sanitize.Line(text)) }

func (t *talk) prompt(text string) {
	end := "\n"
	if t.opts.Interactive {
		end = " "
	}
	t.write(strings.Join(wrapped(oneLine(text)+" >", 0, t.cells()), "\n") + end)
	t.prompted = true
}

// read asks until a line comes.
func (t *talk) read(question string) (string, error) {
	t.prompt(question)
	for {
		select {
		case line, ok := <-t.lines.lines:
			if !ok {
				return "", &leftError{LeftInput}
			}
			t.prompted = false
			return line, nil
		case batch, ok := <-t.updates.batches:
			if err := t.take(batch, ok); err != nil {
				return "", err
			}
			if !t.prompted {
				t.prompt(question)
			}
		case <-t.broken:
			t.broken = nil
			if t.opts.Interrupt != nil {
				return "", &leftError{LeftBreak}
			}
			if err := t.interrupted(); err != nil {
				return "", err
			}
			t.prompt(question)
		case <-t.opts.Interrupt:
			if err := t.interrupted(); err != nil {
				return "", err
			}
			t.prompt(question)
		}
	}
}

// dropTyped throws away what was typed before a question that it must not answer: whole
// lines, and the one that was begun. What comes through a pipe was not typed ahead.
func (t *talk) dropTyped() {
	if !t.opts.Interactive {
		return
	}
	if t.opts.Discard != nil {
		t.opts.Discard()
	}
	if t.lines.discard() > 0 {
		t.say(t.p.T("plain.discarded"))
	}
}

// errEnded unwinds the questions that are open when the run was ended.
var errEnded = errors.New("the run was ended")

// interrupted asks what ctrl+c at a question was meant to do.
func (t *talk) interrupted() error {
	t.say("")
	for {
		t.prompt(t.p.T("plain.interrupted"))
		var line string
		var ok bool
		select {
		case line, ok = <-t.lines.lines:
		case <-t.broken:
			t.broken = nil
		case <-t.opts.Interrupt:
		}
		t.prompted = false
		if !ok {
			return &leftError{LeftBreak}
		}
		switch strings.ToLower(line) {
		case "1", "":
			return nil
		case "2":
			return &leftError{LeftAsked}
		case "3":
			if err := t.end(t.p.T("plain.interrupted.reason")); err != nil {
				return err
			}
			return errEnded
		}
	}
}

// wait waits until nothing runs any more. Ctrl+c cancels what runs.
func (t *talk) wait() error {
	lines := t.lines.lines
	if !t.opts.Interactive {
		lines = nil
	}
	quiet := newSilence(t.opts.After)
	for t.state.Running != nil {
		select {
		case batch, ok := <-t.updates.batches:
			if err := t.take(batch, ok); err != nil {
				return err
			}
			if prints(batch) {
				quiet.broken()
			}
		case <-quiet.over:
			t.say("  . " + t.p.T("tui.msg.silent", "Time", t.p.Span(quiet.told())))
		case <-t.broken:
			t.broken = nil
			if t.opts.Interrupt != nil {
				return &leftError{LeftBreak} // what runs goes on
			}
			if err := t.cancel(); err != nil {
				return err
			}
		case <-t.opts.Interrupt:
			if err := t.cancel(); err != nil {
				return err
			}
		case line, ok := <-lines:
			if !ok {
				return &leftError{LeftInput} // what runs goes on
			}
			if err := t.whileRunning(line); err != nil {
				return err
			}
		}
	}
	return nil
}

// whileRunning obeys the few commands that make sense then.
func (t *talk) whileRunning(line string) error {
	command, arg := t.parse(line)
	switch {
	case line == "" && t.talks():
		return t.goIn()
	case line == "":
		return nil
	case command == nil || !command.running:
		t.say(t.p.T("plain.running.only"))
		return nil
	case command.asks && arg == "":
		// A question would have to wait for the end of the action.
		t.say(t.p.T("plain.running.only"))
		return nil
	}
	return command.do(t, arg)
}

func (t *talk) cancel() error {
	if t.state.Running == nil {
		t.say(t.p.T("plain.running.none"))
		return nil
	}
	t.say(t.p.T("plain.cancelling"))
	_, err := t.do(walk.Cancel{Action: t.state.Running.Action})
	return err
}

// do carries out a command. A refusal is told and is no error.
func (t *talk) do(cmd walk.Command) (done bool, err error) {
	ack, err := t.client.Do(t.ctx, cmd)
	var refusal *walk.Refusal
	var values *session.ValuesError
	var other *session.NotDriverError
	switch {
	case errors.As(err, &other):
		return false, &demotedError{session.Demoted{By: other.Operator, Host: other.Host}}
	case errors.Is(err, session.ErrClosed):
		return false, t.lost()
	case errors.As(err, &refusal):
		t.say(oneLine(t.refusal(refusal)))
		return false, nil
	case errors.Is(err, session.ErrNoTerminal):
		t.say(t.p.T("terminal.none"))
		return false, nil
	case errors.As(err, &values):
		t.say(t.p.T("plain.values", "Reason", oneLine(values.Err.Error())))
		return false, nil
	case err != nil:
		return false, err
	}
	return true, t.catchUp(ack.Seq)
}

// catchUp takes in everything up to an event that is known to be recorded.
func (t *talk) catchUp(seq uint64) error {
	for t.state.Seq < seq {
		batch, ok := <-t.updates.batches
		if err := t.take(batch, ok); err != nil {
			return err
		}
	}
	return nil
}

func (t *talk) refusal(r *walk.Refusal) string {
	detail := strings.Join(r.Names, ", ")
	if r.Cause != nil {
		detail = r.Cause.Error()
	}
	return t.p.T("refusal."+string(r.Code), "ID", r.ID, "Names", strings.Join(r.Names, ", "), "Detail", detail)
}

// take takes in what happened and prints it.
func (t *talk) take(batch []session.Update, ok bool) error {
	if !ok {
		return t.closed()
	}
	var demoted error
	for _, update := range batch {
		if out, ok := update.(session.OutputPrinted); ok && t.replayed(out) {
			continue
		}
		t.sayReplayed()
		switch update := update.(type) {
		case session.EventRecorded:
			t.state = walk.Apply(t.state, update.Event)
			t.events = append(t.events, update.Event)
			t.company = t.company.Apply(update.Event)
			t.saved = update.Saved
			t.tell(update.Event)
		case session.OutputPrinted:
			t.print(t.cut.Add(update))
		case session.OutputDropped:
			t.say(t.p.T("plain.dropped", "Bytes", update.Bytes))
		case session.OutputBeyond:
			if t.counted != update.Action {
				t.counted = update.Action
				t.say(t.p.T("plain.beyond"))
			}
		case session.StorageFailed:
			t.storage = update.Err
		case session.Demoted:
			demoted = &demotedError{update}
		}
	}
	t.sayReplayed()
	if t.storage != nil && !t.following {
		return t.storage
	}
	return demoted
}

// print shows what an action printed, marked as such.
func (t *talk) print(lines []session.Line) {
	if len(lines) > 0 {
		t.shown = "" // the preview has moved up
	}
	t.remember(lines)
	for _, line := range lines {
		prefix, text := "  | ", line.Text
		switch line.Stream {
		case session.StreamErr:
			prefix = "  ! "
		case session.StreamInfo:
			prefix, text = "  . ", t.p.Told(text)
		}
		t.sayExact(prefix, text)
	}
}
