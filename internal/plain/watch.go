package plain

import (
	"errors"
	"fmt"

	"genia.ai/bitacora/internal/session"
	"genia.ai/bitacora/internal/walk"
)

// demotedError unwinds the questions that are open when somebody else drives.
type demotedError struct{ by session.Demoted }

func (e *demotedError) Error() string { return "the run is driven by " + e.by.By }

// ErrLost is returned when the connection to a run was lost that had not ended.
var ErrLost = errors.New("the connection to the run was lost; what was saved is safe")

// watch shows what happens until the run has ended, or the operator has seen
// enough. It asks nothing and changes nothing.
func (t *talk) watch() error {
	t.say(t.p.T("plain.watch"))
	t.sayDriver()
	if step := t.state.Current(); step != nil {
		t.showStep(step)
	}
	lines := t.lines.lines
	if t.following && !t.opts.Watch && !t.opts.Interactive {
		lines = nil // they were meant for questions that are not asked any more
	}
	for t.state.Status != walk.StatusEnded {
		select {
		case batch, ok := <-t.updates.batches:
			if err := t.take(batch, ok); err != nil {
				return err
			}
		case <-t.broken:
			return &leftError{LeftBreak}
		case <-t.opts.Interrupt:
			return &leftError{LeftAsked}
		case line, ok := <-lines:
			switch {
			case ok:
				if err := t.whileWatching(line); err != nil {
					return err
				}
			case t.opts.Interactive:
				return &leftError{LeftInput}
			default:
				lines = nil // nobody types, but somebody may read
			}
		}
	}
	t.say("")
	t.showSummary()
	return nil
}

// whileWatching obeys the commands that change nothing, or only add to the record.
func (t *talk) whileWatching(line string) error {
	command, arg := t.parse(line)
	switch {
	case line == "":
		return nil
	case command == nil || !command.anyones || command.asks && arg == "":
		t.say(t.p.T("plain.watch.only"))
		return nil
	}
	return command.do(t, arg)
}

// sayDriver says who drives.
func (t *talk) sayDriver() {
	driver, ok := t.company.Driver()
	if !ok {
		t.say(t.p.T("plain.watch.nobody", "Run", t.state.Run))
		return
	}
	t.say(t.p.T("plain.watch.driver", "Operator", oneLine(driver.Operator), "Host", oneLine(driver.Host), "At", t.clock(driver.Since)))
}

func (t *talk) sayDemoted(by session.Demoted) {
	t.say("")
	t.say(t.p.T("plain.demoted", "Operator", oneLine(by.By), "Host", oneLine(by.Host), "Reason", oneLine(by.Reason)))
}

// lost is the error of a run that is not heard of any more. What it said before
// is taken in first.
func (t *talk) lost() error {
	for batch := range t.updates.batches {
		if err := t.take(batch, true); err != nil {
			return err
		}
	}
	return t.closed()
}

// closed is the error of a feed that is over: none when the run is, too.
func (t *talk) closed() error {
	switch {
	case t.state.Status == walk.StatusEnded:
		return errEnded
	case errors.Is(t.updates.err, session.ErrClosed):
		return &leftError{LeftLost}
	}
	return fmt.Errorf("the run is no longer followed: %w", t.updates.err)
}
