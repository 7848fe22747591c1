package plain

import (
	"bytes"
	"context"
	"io"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"genia.ai/bitacora/internal/event"
	"genia.ai/bitacora/internal/session/sessiontest"
)

// terminal is an interactive talk that a test drives by what it sees.
type terminal struct {
	t    *testing.T
	in   *io.PipeWriter
	mu   sync.Mutex
	out  bytes.Buffer
	grew chan struct{}
	done chan talked

	cue, ahead string // a line typed when cue is printed, before what comes next is
}

func (term *terminal) Write(p []byte) (int, error) {
	term.mu.Lock()
	defer term.mu.Unlock()
	if term.cue != "" && bytes.Contains(p, []byte(term.cue)) {
		term.cue = ""
		for _, piece := range []string{term.ahead + "\n", " "} { // the second is taken when the first was read
			if _, err := io.WriteString(term.in, piece); err != nil {
				return 0, err
			}
		}
	}
	select {
	case term.grew <- struct{}{}:
	default:
	}
	return term.out.Write(p)
}

func (term *terminal) text() string {
	term.mu.Lock()
	defer term.mu.Unlock()
	return term.out.String()
}

func (term *terminal) see(want string) *terminal {
	term.t.Helper()
	late := time.After(5 * time.Second)
	for !strings.Contains(term.text(), want) {
		select {
		case <-term.grew:
		case <-late:
			term.t.Fatalf("%q did not appear:\n%s", want, term.text())
		}
	}
	return term
}

func (term *terminal) typed(lines ...string) *terminal {
	term.t.Helper()
	for _, line := range lines {
		if _, err := io.WriteString(term.in, line+"\n"); err != nil {
			term.t.Fatal(err)
		}
	}
	return term
}

func open(ctx context.Context, t *testing.T, fake *sessiontest.Session, interrupts <-chan os.Signal, change ...func(*Options)) *terminal {
	t.Helper()
	opts := Options{Interrupt: interrupts}
	for _, apply := range change {
		apply(&opts)
	}
	return openWith(ctx, t, fake, opts)
}

func openWith(ctx context.Context, t *testing.T, fake *sessiontest.Session, opts Options) *terminal {
	t.Helper()
	in, typed := io.Pipe()
	term := &terminal{t: t, in: typed, grew: make(chan struct{}, 1), done: make(chan talked, 1)}
	opts.In, opts.Out, opts.Printer, opts.Now, opts.Interactive = in, term, printer(t, "en"), now, true
	go func() {
		result, err := Run(ctx, fake, opts)
		term.done <- talked{result: result, err: err}
	}()
	t.Cleanup(func() { _ = typed.Close() })
	return term
}

func TestInterruptionCancelsThenAsks(t *testing.T) {
	fake := newRun(t, event.ModeLive, sessiontest.Options{Attempts: map[string][]sessiontest.Attempt{"errors": {{Hold: true}}}})
	ctx, interrupt := context.WithCancel(t.Context())
	term := open(ctx, t, fake, nil)
	term.typed("facebook", "v1.4.2", "").see("Enter begins the walk").typed("").see("Enter runs it").typed("").see("running: errors")
	fake.Print("half a line")
	term.typed("note still waiting").see("note: still waiting").typed("goto 1.2").see("Now only: cancel")
	interrupt()
	term.see("  | half a line").see("ended: errors cancelled").see("FAILED: errors").see("What now?").typed("leave")
	got := <-term.done
	if got.err != nil || got.result.Left != LeftAsked {
		t.Errorf("result %+v, %v\n%s", got.result, got.err, term.text())
	}
}

func TestInterruptionAtAQuestionAsks(t *testing.T) {
	fake := newRun(t, event.ModeLive, captured(nil))
	ctx, interrupt := context.WithCancel(t.Context())
	term := open(ctx, t, fake, nil)
	term.typed("facebook", "v1.4.2", "").see("Enter begins the walk").typed("").see("Enter runs it")
	interrupt()
	term.see("Interrupted. 1 go on").typed("3")
	got := <-term.done
	if got.err != nil || got.result.Outcome != event.RunStopped {
		t.Errorf("result %+v, %v\n%s", got.result, got.err, term.text())
	}
}

func TestWhatIsTypedAheadConfirmsNothing(t *testing.T) {
	fake := newRun(t, event.ModeLive, captured(map[string][]sessiontest.Attempt{"errors": {{Hold: true}}}))
	term := open(t.Context(), t, fake, nil)
	term.typed("facebook", "v1.4.2", "").see("Enter begins the walk").typed("").see("Enter runs it").typed("").see("running: errors")
	term.typed("y").see("Now only: cancel")
	if err := fake.Release(event.Ending{Captured: map[string]string{"rate": "1"}}); err != nil {
		t.Fatal(err)
	}
	term.see("Enter: step done").typed("").see("· 1.2").typed("").see("1. Yes, roll back").typed("1").see("1. One connector")
	term.mu.Lock()
	term.cue, term.ahead = "(script, changes)", "y"
	term.mu.Unlock()
	term.typed("1").see("What was typed ahead was dropped.").see("Run exactly this?").typed("leave")
	if got := <-term.done; got.err != nil {
		t.Error(got.err)
	}
	if want := []string{"errors"}; !slices.Equal(started(fake.Events()), want) {
		t.Errorf("ran %v, want %v", started(fake.Events()), want)
	}
}

func TestLinesReadAheadCanBeDropped(t *testing.T) {
	r := startReader(strings.NewReader("y\nfacebook\n"))
	<-r.ended
	if n := r.discard(); n != 2 {
		t.Errorf("dropped %d lines, want 2", n)
	}
	if _, ok := <-r.lines; ok {
		t.Error("a line was left")
	}
	r.stop()
}

func TestPressesAndTheEndOfTheContext(t *testing.T) {
	fake := newRun(t, event.ModeLive, sessiontest.Options{Attempts: map[string][]sessiontest.Attempt{"errors": {{Hold: true}}}})
	ctx, hangUp := context.WithCancel(t.Context())
	presses := make(chan os.Signal, 1)
	term := open(ctx, t, fake, presses)
	term.typed("facebook", "v1.4.2", "").see("Enter begins the walk")
	presses <- os.Interrupt
	term.see("Interrupted. 1 go on").typed("1", "").see("Enter runs it").typed("").see("running: errors")
	presses <- os.Interrupt
	term.see("ended: errors cancelled").see("What now?").typed("retry").see("Enter runs it").typed("").see("Attempt 2")
	hangUp()
	got := <-term.done
	if got.err != nil || got.result.Left != LeftBreak || got.result.Outcome != "" {
		t.Errorf("result %+v, %v\n%s", got.result, got.err, term.text())
	}
	if ends := of(fake.Events(), event.KindActionEnded); len(ends) != 1 {
		t.Errorf("%d attempts ended: a terminal that hangs up must not end what runs", len(ends))
	}
}
