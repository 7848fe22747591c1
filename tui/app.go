package tui

import (
	"context"
	"runtime/debug"
	"slices"
	"sync/atomic"
	"time"

	tea "github.com/charmbracelet/bubbletea"

	"genia.ai/bitacora/internal/i18n"
	"genia.ai/bitacora/internal/session"
	"genia.ai/bitacora/internal/walk"
)

// repeatWindow is how soon the same key again counts as the keyboard's repeat: a
// held enter must not run through the walk.
const repeatWindow = 120 * time.Millisecond

// app is the root: it routes keys and messages, sizes the screens, and draws the
// frame around them. What a screen does stands in the screen's own file.
type app struct {
	ctx  context.Context
	opts Options
	p    *i18n.Printer
	look *look

	width, height int
	frame         string
	run           *run
	client        session.Client
	early         bool     // the run is being opened, see early.go
	base          screen   // follows from the run's state
	over          []screen // opened on top of it by the operator
	dialog        dialog
	note          notice
	sight         sight
	lastKey       pressed

	nextID  int
	flight  int // commands that have not come back
	awaited int // dialogs that were asked for and do not stand there yet
	replies map[int]func(commandDoneMsg) tea.Cmd
	shows   map[int]func(previewedMsg) tea.Cmd
	waiters []waiter
	ended   *walk.Running // what ended while a command was under way; nothing was done about it yet
	draft   string        // of an update that was not sent yet
	undoing string        // action that is undone as one of all, or ""

	checks   []session.Check // what was found out about this machine
	checking bool            // it is being looked at

	tasks     tasks
	pump      *pump
	lend      func(tea.ExecCommand, tea.ExecCallback) tea.Cmd // lends the terminal
	lent      bool                                            // it is
	show      func(f frame, fresh bool)                       // puts a frame on the terminal
	fresh     bool                                            // nothing is certain of what stands there
	resized   chan struct{}                                   // asks for the size of the terminal
	listen    func(session.Feed) tea.Cmd                      // these three wait; tests put their own in
	batch     func() tea.Cmd
	tick      func() tea.Cmd
	resumable func() bool // whether a shell could make the program go on
	first     tea.Cmd     // of Init
	quit      chan struct{}
	quitting  bool
	departed  Left
	alerting  int // rows of the alert when the screens were last sized
	left      atomic.Pointer[leaving]
}

// notice is the last thing that the foot of the screen had to say.
type notice struct {
	text string
	bad  bool
	at   time.Time
}

type pressed struct {
	name string
	at   time.Time
}

// waiter runs once the state holds everything up to seq.
type waiter struct {
	seq uint64
	fn  func() tea.Cmd
}

// Messages. Each says what happened, and to what.
type (
	secondPassedMsg struct{}
	openedMsg       struct {
		opened     Opened
		attachment *session.Attachment
		err        error
	}
	commandDoneMsg struct {
		id  int
		ack session.Ack
		err error
	}
	previewedMsg struct {
		id      int
		action  string
		preview session.Preview
		err     error
	}
	taskPanickedMsg struct{ err *PanicError }
	checkedMsg      struct{ checks []session.Check }
)

func newApp(ctx context.Context, opts Options) *app {
	a := &app{
		ctx: ctx, opts: opts, p: opts.Printer, look: opts.look(), client: opts.Client,
		replies: map[int]func(commandDoneMsg) tea.Cmd{}, shows: map[int]func(previewedMsg) tea.Cmd{},
		pump: newPump(), quit: make(chan struct{}), resized: make(chan struct{}, 1),
		show: func(frame, bool) {},
	}
	a.lend, a.resumable = tea.Exec, resumable
	a.listen, a.batch, a.tick = a.listenTo, a.nextBatch, a.second
	a.base = &waiting{a: a}
	if a.client == nil && opts.Start == nil {
		a.base = newPicker(a)
	}
	a.publish()
	return a
}

// Init starts the clock and whatever prepare left to be done.
func (a *app) Init() tea.Cmd { return guarded(tea.Batch(a.tick(), a.first)) }

// prepare attaches to the run, if there is one already, and draws the first
// frame: it stands on the terminal before the program has started.
func (a *app) prepare(ctx context.Context, width, height int) {
	defer func() {
		if v := recover(); v != nil {
			a.first = a.crash(&PanicError{Value: v, Stack: debug.Stack()})
		}
	}()
	if a.opts.Start != nil {
		a.showEarly()
		a.first = a.openEarly()
	}
	if a.opts.Checks != nil {
		a.first = tea.Batch(a.first, a.check(a.opts.Checks))
	}
	if a.client != nil {
		attachment, err := a.client.Attach(ctx)
		a.first = tea.Batch(a.first, a.handle(openedMsg{opened: Opened{Client: a.client}, attachment: attachment, err: err}))
	}
	if width > 0 && height > 0 {
		a.handle(tea.WindowSizeMsg{Width: width, Height: height})
	}
	a.draw()
	a.publish()
}

// View returns what the last Update drew: drawing there keeps a panic of a
// screen where it can be recovered.
func (a *app) View() string { return a.frame }

// Update takes one message. A panic becomes the error of Run.
func (a *app) Update(msg tea.Msg) (model tea.Model, cmd tea.Cmd) {
	defer func() {
		if v := recover(); v != nil {
			model, cmd = a, a.crash(&PanicError{Value: v, Stack: debug.Stack()})
		}
	}()
	cmd = a.handle(msg)
	a.draw()
	a.publish()
	a.show(frame{a.frame, a.width}, a.fresh)
	a.fresh = false
	return a, guarded(cmd)
}

// paintOn lets a painter draw the frames from now on.
func (a *app) paintOn(p *painter) {
	a.show, a.fresh = p.show, false
	a.show(frame{a.frame, a.width}, false)
	lend := a.lend
	a.lend = func(c tea.ExecCommand, done tea.ExecCallback) tea.Cmd {
		return lend(away{ExecCommand: c, ctx: a.ctx, painter: p, ended: a.askSize}, done)
	}
}

// askSize has the size of the terminal looked at: it may have changed unnoticed.
func (a *app) askSize() {
	select {
	case a.resized <- struct{}{}:
	default:
	}
}

func (a *app) handle(msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case tea.WindowSizeMsg:
		a.width, a.height, a.fresh = msg.Width, msg.Height, true
		a.resize()
	case tea.KeyMsg:
		return a.keys(msg)
	case tea.MouseMsg:
		return a.mouse(msg)
	case secondPassedMsg:
		return a.tick()
	case openedMsg:
		return a.opened(msg)
	case commandDoneMsg:
		a.flight--
		reply := a.replies[msg.id]
		delete(a.replies, msg.id)
		return tea.Batch(reply(msg), a.followUp())
	case previewedMsg:
		show := a.shows[msg.id]
		delete(a.shows, msg.id)
		return show(msg)
	case updatesArrivedMsg:
		return a.arrived(msg)
	case checkedMsg:
		a.checks, a.checking = msg.checks, false
	case writtenMsg:
		return a.written(msg)
	case terminalLeftMsg:
		return a.terminalLeft(msg)
	case wentOnMsg:
		a.lent = false
		if msg.err != nil {
			a.say(true, a.explain(msg.err))
		}
	case taskPanickedMsg:
		return a.crash(msg.err)
	}
	return nil
}

// keys splits what arrived in one read: over a slow link several presses come
// as one message. Pasted text stays whole.
func (a *app) keys(msg tea.KeyMsg) tea.Cmd {
	if msg.Type != tea.KeyRunes || msg.Paste || len(msg.Runes) < 2 {
		return a.key(msg)
	}
	cmds := make([]tea.Cmd, 0, len(msg.Runes))
	for _, r := range msg.Runes {
		cmds = append(cmds, a.key(tea.KeyMsg{Type: tea.KeyRunes, Runes: []rune{r}, Alt: msg.Alt}))
	}
	return tea.Batch(cmds...)
}

func (a *app) key(msg tea.KeyMsg) tea.Cmd {
	now, name := a.now(), msg.String()
	repeated := name == a.lastKey.name && now.Sub(a.lastKey.at) < repeatWindow
	a.lastKey = pressed{name: name, at: now}
	if a.quitting {
		return nil
	}
	a.note = notice{} // it was read
	switch name {
	case "ctrl+z":
		return a.suspend()
	case "ctrl+l": // also in dialogs: something else may have written across them
		a.fresh = true
		return nil
	}
	if a.tooSmall() && name != "ctrl+c" {
		return nil
	}
	if a.dialog != nil {
		return a.dialog.press(msg)
	}
	if a.awaited > 0 && name != "ctrl+c" {
		return nil
	}
	if menu, ok := a.top().(numbered); ok {
		if n, ok := digit(name); ok {
			menu.jump(n)
			return nil
		}
	}
	o, ok := match(a.offers(), name)
	switch {
	case !ok:
		a.elsewhere(name)
		return nil
	case o.why != "":
		a.say(true, o.why)
		return nil
	case o.id == keyDo && repeated:
		a.say(false, a.p.T("tui.msg.repeated"))
		return nil
	}
	return a.act(o.id)
}

// act does what a key promises: what every screen offers here, the rest there.
func (a *app) act(id keyID) tea.Cmd {
	if a.early {
		return a.actEarly(id)
	}
	switch id {
	case keyRedraw:
		a.fresh = true
	case keyHelp:
		a.open(newHelp(a))
	case keyCommands:
		a.openCommands()
	case keyTimeline:
		a.open(newTimeline(a))
	case keyClose:
		a.closeScreen()
	case keyDetach:
		return a.detach()
	case keyLeave:
		return a.askLeave()
	case keyCancel:
		return a.cancel()
	case keyNote:
		a.askNote()
	case keyTodo:
		a.askTodo()
	case keyMilestone:
		a.askMilestone()
	case keyComms:
		a.askComms()
	case keyScenario:
		a.askChangeScenario()
	case keySeverity:
		a.askSeverity()
	case keyRoles:
		a.askRole()
	case keyHandover:
		a.askHandover()
	case keyParams:
		a.askParams()
	case keyEnd:
		a.askEnd()
	default:
		return a.top().act(id)
	}
	return nil
}

func (a *app) now() time.Time { return a.opts.Now() }

func (a *app) top() screen {
	if n := len(a.over); n > 0 {
		return a.over[n-1]
	}
	return a.base
}

func (a *app) open(s screen) {
	a.over = slices.DeleteFunc(a.over, func(o screen) bool { return o.name() == s.name() })
	a.over = append(a.over, s)
	a.resize()
}

func (a *app) closeScreen() {
	if n := len(a.over); n > 0 {
		a.over = a.over[:n-1]
	}
}

// say puts something at the foot of the screen. What went wrong and does not fit
// there gets a sheet, so that it can be read whole.
func (a *app) say(bad bool, text string) {
	a.note = notice{text: text, bad: bad, at: a.now()}
	if bad && a.dialog == nil && width(text)+2 > a.width {
		a.note = notice{}
		a.dialog = &message{a: a, text: text}
	}
}
