package tui

import (
	"bytes"
	"io"
	"runtime/debug"
	"strings"
	"sync"
	"time"
)

// paintInterval is the shortest time between two frames: what a hurried hand or a
// burst of messages draws meanwhile comes as one.
const paintInterval = 16 * time.Millisecond

// painter draws the frames in the place of the toolkit's renderer. That one looks at
// a clock sixty times a second whether there is a frame: the first one and every key's
// are late by it, and an idle screen never sleeps. A frame is drawn here at once
// unless one was just before; of a frame what differs from the rows as they stand. How
// long the terminal takes is noted in pace.
//
// Frames come by show from one goroutine; a terminal that takes nothing holds
// up nobody but close, which waits for the write that is under way.
type painter struct {
	out   io.Writer
	modes modes
	enter string // switches the modes of the screen on
	leave string // and off again
	pace  *pace

	// panicked is told of a panic in the goroutine that draws; nothing is drawn after it.
	panicked func(*PanicError)

	wake chan struct{} // holds one token while there is a frame
	stop chan struct{}
	done chan struct{} // closed when the last frame is written

	mu    sync.Mutex
	next  frame
	fresh bool // next is drawn whole

	drawing sync.Mutex // held while something is written, and from open on until the first frame stands
	taken   bool       // the terminal was
	away    bool       // it is lent
	behind  bool       // it was somebody else's without being lent, and is not taken again yet
	rows    []string   // as they stand; nil = not known
	columns int        // of the frame that stands
}

// frame is what a screen shows: rows that are no wider than columns.
type frame struct {
	text    string
	columns int
}

// modes are those of the terminal's driver.
type modes interface {
	raw() error     // hands on every key as it comes
	again() error   // raw once more, when somebody else changed them meanwhile
	restore() error // as it was before
	ours() bool     // it is in the foreground: who draws elsewhere draws across a shell
}

// The modes of the screen: its own buffer, no cursor, pasted text marked as such.
// A terminal without a second buffer is left with its cursor on the last row.
const (
	screenOn  = "\x1b[?1049h\x1b[m\x1b[2J\x1b[H\x1b[?25l\x1b[?2004h"
	screenOff = "\x1b[m\x1b[?2004l\x1b[999H\x1b[?1049l\x1b[?25h"
	// Out of the screen's own buffer, if that is shown; else nothing changes, the cursor,
	// which the second would put where it was when that was last left, included.
	screenOut = "\x1b7\x1b[?1049l"
	mouseOn   = "\x1b[?1002h\x1b[?1006h"
	mouseOff  = "\x1b[?1002l\x1b[?1006l"
)

func newPainter(out io.Writer, modes modes, mouse bool, pace *pace) *painter {
	p := &painter{
		out: out, modes: modes, enter: screenOn, leave: screenOff, pace: pace,
		wake: make(chan struct{}, 1), stop: make(chan struct{}), done: make(chan struct{}),
	}
	if mouse {
		p.enter, p.leave = screenOn+mouseOn, mouseOff+screenOff
	}
	return p
}

// open takes the terminal and has the frame drawn that was shown before, if there is
// one, in the same write. It does not wait for it: where the terminal takes nothing from
// the start, keys are to count all the same. It has to be followed by close.
func (p *painter) open() error {
	if err := p.modes.raw(); err != nil {
		close(p.done)
		return err
	}
	p.drawing.Lock() // paint unlocks it: nobody lets go of what was not taken yet
	go p.paint()
	return nil
}

// close gives the terminal back. Its screen is as it was before open.
func (p *painter) close() error {
	close(p.stop)
	<-p.done
	return p.release()
}

// release gives the terminal to somebody else until regain; frames are kept.
func (p *painter) release() error {
	p.drawing.Lock()
	defer p.drawing.Unlock()
	if p.away {
		return nil
	}
	p.away = true
	_, err := io.WriteString(p.out, p.leave)
	if failed := p.modes.restore(); err == nil {
		err = failed
	}
	return err
}

// regain takes it back and draws anew.
func (p *painter) regain() error {
	if err := p.modes.raw(); err != nil {
		return err
	}
	p.drawing.Lock()
	p.away = false
	p.take()
	return nil
}

// retake does that for a terminal that was not lent, but used by somebody else all the
// same: a shell, while the program was stopped from outside.
func (p *painter) retake() error {
	p.drawing.Lock()
	defer p.drawing.Unlock()
	if p.away || !p.taken {
		return nil
	}
	return p.takeBack()
}

// takeBack needs drawing. Which buffer is shown is not known: the shell's may be the
// screen's own, or the other one when a program left that. So it is left first: what the
// shell wrote in the other one stays.
func (p *painter) takeBack() error {
	err := p.modes.again()
	p.rows, p.behind = nil, false
	p.draw([]byte(screenOut + p.enter))
	return err
}

// holds reports whether the terminal is the painter's, be it that somebody else has it
// all the same.
func (p *painter) holds() bool {
	p.drawing.Lock()
	defer p.drawing.Unlock()
	return p.taken && !p.away
}

// take switches the modes of the screen on, and draws. It unlocks drawing.
func (p *painter) take() {
	defer p.drawing.Unlock()
	p.rows, p.taken = nil, true
	p.draw([]byte(p.enter))
}

// show draws a frame soon; fresh says that nothing is certain of what stands there.
func (p *painter) show(f frame, fresh bool) {
	p.mu.Lock()
	same := p.next == f && !fresh && !p.fresh
	p.next, p.fresh = f, p.fresh || fresh
	p.mu.Unlock()
	if same {
		return
	}
	select {
	case p.wake <- struct{}{}:
	default:
	}
}

// paint draws what is shown until stop.
func (p *painter) paint() {
	defer close(p.done)
	defer func() {
		if v := recover(); v != nil {
			p.panicked(&PanicError{Value: v, Stack: debug.Stack()})
		}
	}()
	p.take()
	timer := time.NewTimer(paintInterval)
	defer timer.Stop()
	for {
		select {
		case <-p.stop:
			return
		case <-timer.C: // not sooner than paintInterval after the last
		}
		select {
		case <-p.stop:
			return
		case <-p.wake:
		}
		p.repaint()
		timer.Reset(paintInterval)
	}
}

func (p *painter) repaint() {
	p.drawing.Lock()
	defer p.drawing.Unlock()
	switch {
	case p.away:
	case !p.modes.ours():
		p.behind = true
	case p.behind:
		_ = p.takeBack() // a terminal that is gone is noticed where its keys are read
	default:
		p.draw(nil)
	}
}

// draw writes the bytes and what turns the screen into the latest frame. A terminal
// that takes nothing any more is noticed where its keys are read.
func (p *painter) draw(before []byte) {
	p.mu.Lock()
	f, fresh := p.next, p.fresh
	p.fresh = false
	p.mu.Unlock()
	out := bytes.NewBuffer(before)
	if f.text != "" {
		p.compose(out, f, fresh)
	}
	if out.Len() == 0 {
		return
	}
	began := time.Now()
	if _, err := p.out.Write(out.Bytes()); err != nil {
		p.mu.Lock()
		p.fresh = true // how much of it arrived is not known
		p.mu.Unlock()
	}
	p.pace.wrote(out.Len(), time.Since(began))
}

// compose writes what turns the rows that stand into those of a frame.
func (p *painter) compose(out *bytes.Buffer, f frame, fresh bool) {
	rows := strings.Split(f.text, "\n")
	if fresh || f.columns != p.columns || len(rows) != len(p.rows) {
		p.rows = nil
	}
	for i, row := range rows {
		switch {
		case p.rows == nil:
			wholeRow(out, i, row, f.columns)
		case p.rows[i] != row:
			rowPatch(out, i, p.rows[i], row, f.columns)
		}
	}
	p.rows, p.columns = rows, f.columns
}
