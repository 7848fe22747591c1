package tui

import (
	"bytes"
	"errors"
	"fmt"
	"math/rand/v2"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	tea "github.com/charmbracelet/bubbletea"
	"github.com/charmbracelet/x/vt"

	"genia.ai/bitacora/internal/event"
)

// randomFrame changes some rows of a frame a little, as screens do.
func randomFrame(rng *rand.Rand, rows []string, width int, more string) []string {
	l := newLook("", func(string) string { return "" }, true)
	texts := []string{"abc", "  ", "paso 2 · hecho", "──────", "日本語", "x", "🙂 ok", "› ", "año", more}
	out := make([]string, len(rows))
	for i, row := range rows {
		out[i] = row
		switch rng.IntN(6) {
		case 0:
			out[i] = ""
		case 1, 2:
			var b strings.Builder
			for range rng.IntN(6) {
				text := texts[rng.IntN(len(texts))]
				switch rng.IntN(4) {
				case 0:
					text = l.cursor.Render(text)
				case 1:
					text = l.warn.Render(text)
				}
				b.WriteString(text)
			}
			out[i] = l.cut(b.String(), width)
		case 3:
			out[i] = l.fit(row, width)
		}
	}
	return out
}

// screenOf is what a terminal shows of the bytes.
func screenOf(b []byte, width, height int) string {
	emu := vt.NewEmulator(width, height)
	_, _ = emu.Write(b)
	return emu.Render()
}

// TestPatchedFramesShowTheSame: what a frame changes shows the same, cell by cell, as
// the frame drawn whole on an empty screen, at every size.
func TestPatchedFramesShowTheSame(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	for _, of := range []struct {
		width, height, upTo int
		more                string
	}{
		{40, 12, 40, "y"}, {13, 5, 13, "─"},
		{41, 12, 40, "e\u0301tude"}, // the emulator breaks a full row that ends so
	} {
		width, height := of.width, of.height
		p, rows := &painter{}, make([]string, height)
		emu := vt.NewEmulator(width, height)
		sent, had := 0, 0
		for i := range 300 {
			rows = randomFrame(rng, rows, of.upTo, of.more)
			f := frame{strings.Join(rows, "\n"), width}
			var whole, less bytes.Buffer
			(&painter{}).compose(&whole, f, true)
			p.compose(&less, f, i%50 == 49)
			_, _ = emu.Write(less.Bytes())
			if want, got := screenOf(whole.Bytes(), width, height), emu.Render(); want != got {
				t.Fatalf("frame %d: %q\nas %q\nshows\n%s\ninstead of\n%s", i, f.text, less.Bytes(), got, want)
			}
			sent, had = sent+less.Len(), had+whole.Len()
		}
		if sent >= had {
			t.Errorf("%d bytes instead of %d", sent, had)
		}
	}
}

// TestClockCostsFewBytes looks at what a second costs.
func TestClockCostsFewBytes(t *testing.T) {
	p := &painter{}
	costs := func(clock string, fresh bool) string {
		var out bytes.Buffer
		p.compose(&out, frame{" LIVE  " + clock + "  A title of some length that does not change\nsecond\nthird", 80}, fresh)
		return out.String()
	}
	costs("00:07", false)
	if got := costs("00:08", false); got != "\x1b[1;12H8" {
		t.Errorf("a second costs %q", got)
	}
	if got := costs("00:09", true); !strings.Contains(got, "A title") {
		t.Errorf("what stands on the screen is not known, and yet only %q is sent", got)
	}
}

// slowTerminal takes a write only when it is told to.
type slowTerminal struct {
	writes chan string
	fails  error
	begun  atomic.Int32 // writes

	elsewhere atomic.Bool // the terminal is a shell's

	mu    sync.Mutex
	modes []string
}

func (s *slowTerminal) Write(b []byte) (int, error) {
	s.begun.Add(1)
	s.writes <- string(b)
	return len(b), s.fails
}

func (s *slowTerminal) ours() bool     { return !s.elsewhere.Load() }
func (s *slowTerminal) raw() error     { return s.mode("raw") }
func (s *slowTerminal) again() error   { return s.mode("again") }
func (s *slowTerminal) restore() error { return s.mode("restored") }
func (s *slowTerminal) mode(what string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.modes = append(s.modes, what)
	return nil
}

func (s *slowTerminal) took(t *testing.T) string {
	t.Helper()
	select {
	case b := <-s.writes:
		return b
	case <-time.After(10 * time.Second):
		t.Fatal("nothing is written")
		return ""
	}
}

func TestPainterDrawsTheLatestFrame(t *testing.T) {
	s := &slowTerminal{writes: make(chan string)}
	p := newPainter(s, s, true, &pace{})
	p.show(frame{"first", 80}, false)
	if err := p.open(); err != nil { // it waits for no write: keys are to count meanwhile
		t.Fatal(err)
	}
	if got := s.took(t); got != screenOn+mouseOn+"\x1b[1Hfirst\x1b[K" {
		t.Errorf("opened with %q", got)
	}
	p.show(frame{"second", 80}, false)
	for s.begun.Load() < 2 { // until it is being written
		runtime.Gosched()
	}
	for i := range 100 {
		p.show(frame{fmt.Sprintf("frame %d", i), 80}, false)
	}
	if got := s.took(t); got != "\x1b[1Hsecond" {
		t.Errorf("then %q", got)
	}
	if got := s.took(t); !strings.Contains(got, "frame 99") {
		t.Errorf("of a hundred frames while the terminal took nothing, %q", got)
	}

	lent := make(chan error, 1)
	go func() { lent <- p.release() }()
	if got := s.took(t); got != mouseOff+screenOff {
		t.Errorf("released with %q", got)
	}
	if err := <-lent; err != nil {
		t.Fatal(err)
	}
	p.show(frame{"meanwhile", 80}, false)
	go func() { lent <- p.regain() }()
	if got := s.took(t); got != screenOn+mouseOn+"\x1b[1Hmeanwhile\x1b[K" {
		t.Errorf("taken back with %q", got)
	}
	if err := <-lent; err != nil {
		t.Fatal(err)
	}
	go func() { lent <- p.retake() }() // somebody wrote across it
	if got := s.took(t); got != screenOut+screenOn+mouseOn+"\x1b[1Hmeanwhile\x1b[K" {
		t.Errorf("drawn anew with %q", got)
	}
	if err := <-lent; err != nil {
		t.Fatal(err)
	}
	go func() { lent <- p.close() }()
	if got := s.took(t); got != mouseOff+screenOff {
		t.Errorf("closed with %q", got)
	}
	if err := <-lent; err != nil {
		t.Fatal(err)
	}
	if err := p.retake(); err != nil { // it is not ours any more: nothing is written
		t.Fatal(err)
	}
	if got := strings.Join(s.modes, " "); got != "raw restored raw again restored" {
		t.Errorf("modes: %s", got)
	}
}

// TestNothingIsDrawnInTheBackground: not across a shell; and what stands there then is not
// known any more, nor which buffer it stands in.
func TestNothingIsDrawnInTheBackground(t *testing.T) {
	s := &slowTerminal{writes: make(chan string, 9)}
	p := newPainter(s, s, false, &pace{})
	p.show(frame{"first", 80}, false)
	p.repaint()
	s.took(t)
	s.elsewhere.Store(true)
	p.show(frame{"second", 80}, false)
	p.repaint()
	if len(s.writes) > 0 {
		t.Errorf("drawn across a shell: %q", <-s.writes)
	}
	s.elsewhere.Store(false)
	p.show(frame{"third", 80}, false)
	p.repaint()
	if got := s.took(t); got != screenOut+screenOn+"\x1b[1Hthird\x1b[K" {
		t.Errorf("then %q", got)
	}
	p.show(frame{"fourth", 80}, false)
	p.repaint()
	if got := s.took(t); !strings.HasPrefix(got, "\x1b[1Hfourth") {
		t.Errorf("and %q", got)
	}
}

func TestTheMouseIsOffUnlessAskedFor(t *testing.T) {
	for _, mouse := range []bool{false, true} {
		var out bytes.Buffer
		p := newPainter(&out, &slowTerminal{}, mouse, &pace{})
		if err := errors.Join(p.open(), p.close()); err != nil {
			t.Fatal(err)
		}
		if got := strings.Contains(out.String(), "\x1b[?100"); got != mouse {
			t.Errorf("asked for: %v, wrote %q", mouse, out.String())
		}
	}
}

// TestNothingIsKnownAfterAFailedWrite: how much of it arrived is not known.
func TestNothingIsKnownAfterAFailedWrite(t *testing.T) {
	s := &slowTerminal{writes: make(chan string, 9), fails: errors.New("half of it")}
	p := newPainter(s, s, false, &pace{})
	p.show(frame{"first\nsecond", 80}, false)
	p.repaint()
	p.show(frame{"other\nsecond", 80}, false)
	p.repaint()
	s.took(t)
	if got := s.took(t); !strings.Contains(got, "second") {
		t.Errorf("wrote %q", got)
	}
	for len(p.wake) > 0 {
		<-p.wake
	}
	p.show(frame{"other\nsecond", 80}, false)
	if len(p.wake) == 0 {
		t.Error("the frame that was lost counts as shown")
	}
}

// crashing is a terminal on which a frame panics.
type crashing struct{ slowTerminal }

func (c *crashing) Write(b []byte) (int, error) {
	if bytes.Contains(b, []byte("a frame")) {
		panic("injected")
	}
	return len(b), nil
}

func TestPanicOfThePainterIsTold(t *testing.T) {
	for _, early := range []bool{false, true} {
		c := &crashing{}
		p := newPainter(c, c, false, &pace{})
		told := make(chan *PanicError, 1)
		p.panicked = func(err *PanicError) { told <- err }
		if early {
			p.show(frame{"a frame", 80}, false)
		}
		if err := p.open(); err != nil {
			t.Fatal(err)
		}
		p.show(frame{"a frame", 80}, false)
		if err := <-told; err.Value != "injected" || len(err.Stack) == 0 {
			t.Errorf("told %v", err)
		}
		<-p.done
		if err := p.close(); err != nil {
			t.Fatal(err)
		}
		if got := strings.Join(c.modes, " "); got != "raw restored" {
			t.Errorf("modes: %s", got)
		}
	}
}

// BenchmarkCompose measures a frame in which every row but the first differs.
func BenchmarkCompose(b *testing.B) {
	of := func(what string) frame {
		rows := []string{"title"}
		for i := range 39 {
			rows = append(rows, strings.Repeat(fmt.Sprintf("%s %d · ", what, i), 10))
		}
		return frame{strings.Join(rows, "\n"), 120}
	}
	p, out := &painter{}, &bytes.Buffer{}
	odd, even := of("other"), of("row")
	for b.Loop() {
		out.Reset()
		p.compose(out, odd, false)
		p.compose(out, even, false)
	}
}

// TestScreenIsDrawnAnew: what something else wrote across the screen is gone after ctrl+l and after a
// change of size, also in a dialog.
func TestScreenIsDrawnAnew(t *testing.T) {
	d := newDrive(t, "en", event.ModeLive, 80, 24)
	d.a.fresh = false
	var anew []bool
	d.a.show = func(_ frame, fresh bool) { anew = append(anew, fresh) }
	d.press("enter", "ctrl+l", "j", "n", "ctrl+l")
	d.send(tea.WindowSizeMsg{Width: 80, Height: 24})
	var got []bool
	for _, fresh := range anew {
		if fresh || len(got) == 0 || got[len(got)-1] {
			got = append(got, fresh)
		}
	}
	if want := []bool{false, true, false, true, true}; !slices.Equal(got, want) {
		t.Errorf("drawn anew: %v, want %v", got, want)
	}
}
