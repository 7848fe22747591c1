package auto

import (
	"bufio"
	"fmt"
	"io"
	"strings"
	"time"

	"genia.ai/bitacora/internal/event"
	"genia.ai/bitacora/internal/i18n"
	"genia.ai/bitacora/internal/sanitize"
	"genia.ai/bitacora/internal/session"
	"genia.ai/bitacora/internal/walk"
	"genia.ai/bitacora/runbooks"
)

// Prefixes of the lines, so that what Bitácora says is never taken for what an
// action printed.
const (
	prefixRun     = "== "
	prefixStep    = "-- "
	prefixNote    = "   "
	prefixCommand = "   $ "
	prefixOut     = "   | "
	prefixErr     = "   ! "
	prefixInfo    = "   . "
)

// reporter prints what happens, line by line.
type reporter struct {
	out   *bufio.Writer // shown by batches: a line each would be a system call each
	p     *i18n.Printer
	lines session.Lines

	counted string // action whose further output is only counted, as was said
}

func newReporter(out io.Writer, p *i18n.Printer) *reporter {
	return &reporter{out: bufio.NewWriterSize(out, 64<<10), p: p}
}

// line prints one line; show lets it be seen. A screen that is gone does not stop a
// run: whatever happens is in the transcript, so errors of the writer are passed
// over.
func (r *reporter) line(prefix, text string) {
	if text = strings.TrimRight(text, " "); text == "" {
		prefix = strings.TrimRight(prefix, " ")
	}
	_, _ = r.out.WriteString(prefix)
	_, _ = r.out.WriteString(text)
	_ = r.out.WriteByte('\n')
}

// show lets everything printed so far be seen.
func (r *reporter) show() { _ = r.out.Flush() }

func oneLine(text string) string { return strings.TrimSpace(sanitize.Line(text)) }

func (r *reporter) mode(s walk.State) string {
	mode := r.p.T("mode.live")
	if s.Rehearsal() {
		mode = r.p.T("mode.rehearsal")
	}
	if s.Sandbox {
		mode += " · " + r.p.T("auto.sandbox")
	}
	return mode
}

func (r *reporter) banner(s walk.State) {
	r.line(prefixRun, r.mode(s)+" · "+oneLine(s.Plan().Runbook().Title))
	if s.Rehearsal() {
		r.line(prefixRun, r.p.T("auto.rehearsal"))
	}
	r.line(prefixRun, r.p.T("auto.run", "Run", s.Run))
	r.show()
}

func (r *reporter) close(s walk.State, result Result) {
	r.flush()
	outcome := r.p.T("auto.not-ended")
	if result.Outcome != "" {
		outcome = r.p.T("run." + result.Outcome)
	}
	for _, left := range s.Leftovers() {
		outcome += ", " + r.p.T("run.left."+string(left.Kind), "Count", left.Count)
	}
	text := r.mode(s) + " · " + outcome
	if result.FailedAction != "" {
		text += " · " + oneLine(result.FailedAction)
	}
	r.line(prefixRun, text)
	r.line(prefixRun, r.p.T("auto.saved", "Seq", result.LastSaved.Seq))
}

func (r *reporter) failed(f *failure) {
	r.flush()
	r.line(prefixNote, r.p.T("auto.failed", "Action", oneLine(f.action), "Reason", oneLine(r.p.Told(f.reason))))
}

// event prints what was recorded and up to where it is on disk.
func (r *reporter) event(s walk.State, ev event.Event, saved session.Saved) {
	if text := r.describe(s, ev); text != "" {
		r.line("", text+"  "+r.p.T("auto.saved", "Seq", saved.Seq))
	}
}

func (r *reporter) describe(s walk.State, ev event.Event) string {
	switch data := ev.Data.(type) {
	case event.PhaseEntered:
		return prefixRun + r.p.T("phase."+ev.Phase)
	case event.StepStarted:
		return prefixStep + r.step(s, ev, data)
	case event.StepDone:
		return prefixNote + r.p.T("auto.step-done", "Step", ev.Step)
	case event.ParamSet:
		text := fmt.Sprintf("%s = %s (%s)", data.Name, oneLine(data.Value), r.p.T("auto.source."+data.Source))
		if data.Invented {
			text += " " + r.p.T("auto.invented")
		}
		return prefixNote + text
	case event.ScenarioChanged:
		return prefixNote + r.p.T("auto.scenario", "Scenario", oneLine(data.To))
	case event.ChoiceMade:
		return prefixNote + r.p.T("auto.choice", "Name", oneLine(nameOr(data.Name, data.Action)), "Label", r.answer(data),
			"How", r.p.T("auto.how."+data.How))
	case event.ActionStarted:
		r.command(s, data)
		return prefixNote + r.p.T("auto.started", "Name", oneLine(nameOr(data.Name, data.Action)),
			"Effect", r.p.T("effect."+data.Effect))
	case event.ActionEnded:
		r.flush()
		return prefixNote + r.ending(data.Ending)
	case event.StepSkipped:
		return prefixNote + r.p.T("auto.step-skipped", "Step", ev.Step, "Reason", r.skipped(s, ev.Step, data))
	case event.StepReopened:
		return prefixNote + r.p.T("auto.step-reopened", "Step", ev.Step)
	}
	return ""
}

// skipped tells why a step was left out and, where its author left it out, what to
// give for it to run.
func (r *reporter) skipped(s walk.State, step string, data event.StepSkipped) string {
	if data.Reason == reasonApart {
		for _, action := range s.StepActions(step) {
			if action.Settings.Apart {
				return r.p.T("auto.apart", "Name", oneLine(nameOf(action)), "Flag", FlagAnswer)
			}
		}
	}
	return oneLine(data.Reason)
}

func nameOr(name, id string) string {
	if name != "" {
		return name
	}
	return id
}

func (r *reporter) answer(data event.ChoiceMade) string {
	if data.Label == data.Key && (data.Key == walk.AnswerYes || data.Key == walk.AnswerNo) {
		return r.p.T("answer." + data.Key)
	}
	return oneLine(data.Label)
}

// step is the header of a step: where it stands in the walk as decided so far.
func (r *reporter) step(s walk.State, ev event.Event, data event.StepStarted) string {
	_, total, least := s.Progress()
	text := fmt.Sprintf("%d/%d", s.Position(ev.Step), total)
	if least {
		text += "+" // a scenario that is not chosen yet may add some
	}
	if phase := ev.Phase; phase != "" && phase != string(runbooks.PhaseNone) {
		text += " " + r.p.T("phase."+phase)
	}
	return text + " · " + ev.Step + " · " + oneLine(s.Fill(data.Text))
}

func (r *reporter) command(s walk.State, data event.ActionStarted) {
	for line := range strings.SplitSeq(strings.TrimRight(sanitize.String(data.Command), "\n"), "\n") {
		r.line(prefixCommand, strings.ReplaceAll(line, "\r", ""))
	}
	if s.Rehearsal() {
		r.line(prefixNote, r.p.T("auto.simulated"))
	}
}

func (r *reporter) ending(ending event.Ending) string {
	text := r.p.T("outcome." + ending.Outcome)
	if ending.Exit != nil {
		text += " · " + r.p.T("auto.exit", "Exit", *ending.Exit)
	}
	if ending.Status != 0 {
		text += " · " + r.p.T("auto.status", "Status", ending.Status)
	}
	text += " · " + r.p.Took(time.Duration(ending.DurationMS)*time.Millisecond)
	if ending.Reason != "" {
		text += " · " + oneLine(r.p.Told(ending.Reason))
	}
	return text
}

// output prints whole lines as they come.
func (r *reporter) output(update session.OutputPrinted) {
	for _, line := range r.lines.Add(update) {
		r.printed(line)
	}
}

// flush prints lines that were not ended.
func (r *reporter) flush() {
	for _, line := range r.lines.Flush() {
		r.printed(line)
	}
}

func (r *reporter) printed(line session.Line) {
	text := line.Text
	if line.Stream == session.StreamInfo {
		text = r.p.Told(text)
	}
	r.line(prefixOf(line.Stream), text)
}

func (r *reporter) dropped(update session.OutputDropped) {
	r.line(prefixInfo, r.p.T("auto.dropped", "Bytes", update.Bytes))
}

// beyond says once for an action that the rest is only counted; how much that was
// stands at its end.
func (r *reporter) beyond(update session.OutputBeyond) {
	if r.counted != update.Action {
		r.counted = update.Action
		r.line(prefixInfo, r.p.T("auto.beyond"))
	}
}

func prefixOf(stream session.Stream) string {
	switch stream {
	case session.StreamErr:
		return prefixErr
	case session.StreamInfo:
		return prefixInfo
	}
	return prefixOut
}
