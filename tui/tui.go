// Package tui is the full-screen front end: picker, briefing, walk, failure
// menu, timeline, summary and help over one session.Client.
//
// It guarantees: what a screen shows of a run is the replay of the recorded
// events and nothing else, and "saved" is shown only for what the session says is
// on disk; Update does no I/O (commands run in goroutines that end with the
// context and come back as messages); a change is never started by a key that
// was pressed before its dialog could be read; no text of a runbook or an action
// reaches the terminal uncleaned; no line is wider and no view higher than the
// screen. Whatever happens, the terminal is restored before Run returns.
//
// Markdown is rendered by hand from goldmark's tree: a step is a few lines of
// prose, and glamour with its highlighter costs some 10 ms and several MB at
// every start, also of commands that draw nothing.
package tui

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"runtime/debug"
	"sync"
	"time"

	tea "github.com/charmbracelet/bubbletea"

	"genia.ai/bitacora/internal/i18n"
	"genia.ai/bitacora/internal/session"
	"genia.ai/bitacora/tui/internal/background"
)

// stallLimit is how long a terminal that takes nothing may delay the end.
const stallLimit = 2 * time.Second

// Options are what the front end is given.
type Options struct {
	// Client is the run to show. When it is nil the picker comes first and Open
	// is asked for it.
	Client session.Client
	// Entries are what the picker offers, in its order.
	Entries []Entry
	// Open opens what was picked.
	Open func(ctx context.Context, choice Choice) (Opened, error)
	// Start opens the run that is to be shown while Early stands on the screen: what
	// the briefing will say, worked out before anything is recorded. Both go
	// together, in the place of Client. An error of Start is that of Run.
	Start func(ctx context.Context) (Opened, error)
	Early *session.Attachment
	// Checks looks at what the run will need of this machine, in the background, while
	// the briefing is read already; nil = there is nothing to look at. It ends with the
	// context.
	Checks func(ctx context.Context) []session.Check
	// Scenario and Answers, by the name or id of a choice, input or confirm, are
	// what questions start with; the operator still confirms each.
	Scenario string
	Answers  map[string]string
	// Export writes a run for the post-mortem and returns where; nil = it cannot be.
	Export func(ctx context.Context, run string) (path string, err error)
	// NoClipboard says that nothing is to be copied by the terminal.
	NoClipboard bool

	// Watch says that the run is only followed: somebody else drives it, or nobody.
	Watch bool
	// Rehearsal says that what is picked will be rehearsed; once a run is open
	// its own mode counts.
	Rehearsal bool

	Palette Palette // "" = PaletteDefault
	Mouse   bool    // the wheel scrolls, a click selects; nothing needs it

	Printer  *i18n.Printer
	Clean    func(string) string // makes one line of outside text safe to show
	Now      func() time.Time
	Location *time.Location // of the times that are shown; nil = local
	Getenv   func(string) string

	In  *os.File  // nil = os.Stdin
	Out io.Writer // nil = os.Stdout
}

// Entry is a runbook, or an unfinished run, that the picker offers.
type Entry struct {
	Name  string // how it is called on the command line
	Title string
	Path  string // where it comes from, as shown
	Lang  string
	Note  string // what is wrong with it, or ""; such an entry can still be picked

	Headings, Alerts []string // it is also found by these

	Phases, Steps int
	Run           string    // id of an unfinished run; "" for a runbook
	LastRun       time.Time // zero = never
	LastRehearsed time.Time
}

// Choice is what was picked.
type Choice struct {
	Entry     Entry
	Rehearsal bool
}

// Opened is an open run. A nil Printer keeps the language, nil Checks those of the
// Options.
type Opened struct {
	Client  session.Client
	Printer *i18n.Printer
	Checks  func(ctx context.Context) []session.Check
}

// Result says how the front end was left.
type Result struct {
	Client  session.Client // the run that was shown, nil when none was opened
	Run     string         // its id
	Dir     string         // where its transcript is
	Ended   bool           // the run has ended
	Outcome string         // of the run, "" when it has not ended
	Saved   session.Saved  // the last position that the screen showed as saved
	Left    Left           // how; "" when it was interrupted
	Driven  string         // who took the run over from this front end and where, as was said; "" = nobody
}

// Left says how the operator left. The run is never ended by it.
type Left string

// The ways to leave.
const (
	LeftDetached Left = "detached" // on purpose, the run goes on in its server
	LeftQuit     Left = "quit"     // after being asked, likewise; or before a run was open, or as a watcher
	LeftClosed   Left = "closed"   // the run has ended
	LeftLost     Left = "lost"     // the connection to the run was lost before
)

// ErrLost is returned when the connection to a run was lost that had not ended.
var ErrLost = errors.New("the connection to the run was lost; what was saved is safe")

// PanicError is a panic of ours that was caught; the terminal was restored first.
type PanicError struct {
	Value any
	Stack []byte
}

func (e *PanicError) Error() string { return fmt.Sprintf("internal error in the screen: %v", e.Value) }

// ErrStalled says that the terminal took nothing for too long; its modes were
// restored, its screen could not be.
var ErrStalled = errors.New("the terminal does not respond; left without redrawing it")

// ErrGone says that the terminal was closed under the screen. The run goes on.
var ErrGone = errors.New("the terminal was closed")

// Run shows the screens until the operator leaves or the context ends. Its
// Result is valid with every error. Errors: *PanicError, ErrStalled, ErrLost, ErrGone,
// the context's, and what the terminal reports. Of
// a run that was lost its last words stay below the restored screen.
func Run(ctx context.Context, opts Options) (Result, error) {
	opts = opts.withDefaults()
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	a := newApp(ctx, opts)
	columns, rows := size(opts.Out)
	if columns <= 0 || rows <= 0 {
		columns, rows = usualColumns, usualRows
	}
	a.prepare(ctx, columns, rows)

	tty := &ttyModes{in: opts.In}
	program := tea.NewProgram(a,
		tea.WithoutRenderer(), // the painter draws
		tea.WithInput(newKeyInput(opts.In, func() { cancel(ErrGone) })),
		tea.WithoutSignalHandler(), // signals come through the context, see wait
		tea.WithoutCatchPanics(),   // app recovers and restores first
	)
	screen := newPainter(opts.Out, tty, opts.Mouse, a.pump.pace)
	screen.panicked = func(err *PanicError) { program.Send(taskPanickedMsg{err}) }
	a.paintOn(screen)
	var watching sync.WaitGroup
	watching.Go(func() {
		watchSize(ctx, opts.Out, tea.WindowSizeMsg{Width: columns, Height: rows}, a.resized, program.Send)
	})
	watching.Go(func() {
		watchStops(ctx, opts.In, screen.holds, func() {
			_ = screen.retake() // a terminal that is gone is noticed where its keys are read
			a.askSize()
		})
	})
	finished := make(chan error, 1)
	go func() { finished <- runOn(screen, program) }()

	err := wait(ctx, a.quit, finished, program.Quit)
	interrupted := context.Cause(ctx)
	if errors.Is(err, ErrStalled) {
		_ = tty.leave()
	}
	cancel(nil)
	if !errors.Is(err, ErrStalled) { // then the program may take no message any more
		watching.Wait()
		a.tasks.wait(stallLimit)
	}
	if text := a.farewell(); text != "" && err == nil {
		_, _ = fmt.Fprintln(opts.Out, text) // who is gone reads nothing
	}
	return a.outcome(), a.failure(interrupted, err)
}

// runOn runs the program on a terminal, which it gives back whatever happens.
func runOn(screen *painter, program *tea.Program) (err error) {
	if err := screen.open(); err != nil {
		return err
	}
	defer func() {
		v := recover()
		if v != nil {
			err = &PanicError{Value: v, Stack: debug.Stack()}
			_ = program.ReleaseTerminal() // ends the reading of keys
			_ = screen.modes.restore()    // who had been lent the terminal cannot any more
		}
		if failed := screen.close(); err == nil {
			err = failed
		}
	}()
	_, err = program.Run()
	return err
}

// wait returns how the program ended, or ErrStalled when it should have. The end
// of the context asks it to quit: were it killed instead, bubbletea would close
// its input under the goroutine that reads it.
func wait(ctx context.Context, left <-chan struct{}, finished <-chan error, quit func()) error {
	select {
	case err := <-finished:
		return err
	case <-left:
	case <-ctx.Done():
		go quit() // blocks for as long as the terminal is stalled
	}
	timer := time.NewTimer(stallLimit)
	defer timer.Stop()
	select {
	case err := <-finished:
		return err
	case <-timer.C:
		return ErrStalled
	}
}

func (o Options) withDefaults() Options {
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Location == nil {
		o.Location = time.Local
	}
	if o.Getenv == nil {
		o.Getenv = os.Getenv
	}
	if o.In == nil {
		o.In = os.Stdin
	}
	if o.Out == nil {
		o.Out = os.Stdout
	}
	return o
}

func (o Options) look() *look { return newLook(o.Palette, o.Getenv, background.Dark(o.Getenv)) }
