package tui

import (
	"context"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	tea "github.com/charmbracelet/bubbletea"
	"github.com/charmbracelet/x/ansi"

	"genia.ai/bitacora/internal/event"
	"genia.ai/bitacora/internal/i18n"
	"genia.ai/bitacora/internal/session"
)

var update = flag.Bool("update", false, "write the golden files anew")

// drive plays the operator: it presses keys, runs what Update asked for, and
// delivers what the session recorded. Nothing waits; the clock is its own.
type drive struct {
	t   testing.TB
	a   *app
	c   *fakeClient
	now time.Time

	sent    int    // messages
	checked uint64 // last event that the shown state was compared at

	holding bool // previews come late
	fast    bool // what a command caused is told before the command is answered
	held    []tea.Msg
}

var catalog = sync.OnceValues(i18n.Load)

func printer(t testing.TB, lang string) *i18n.Printer {
	t.Helper()
	texts, err := catalog()
	if err != nil {
		t.Fatal(err)
	}
	return texts.Printer(lang)
}

func morning() time.Time { return time.Date(2026, 11, 23, 8, 46, 0, 0, time.UTC) }

// newDrive attaches to a fresh run of the queue runbook.
func newDrive(t testing.TB, lang, mode string, width, height int) *drive {
	t.Helper()
	d := &drive{t: t, now: morning()}
	d.c = newFakeClient(queueRunbook(), mode, func() time.Time { return d.now })
	d.begin(Options{Client: d.c, Printer: printer(t, lang)}, width, height)
	return d
}

func (d *drive) clock() time.Time { return d.now }

func (d *drive) begin(opts Options, width, height int) {
	d.beginWith(opts, width, height, func(session.Feed) {})
}

func (d *drive) beginWith(opts Options, width, height int, listen func(session.Feed)) {
	opts.Now = func() time.Time { return d.now }
	opts.Location = time.UTC
	opts.Getenv = func(string) string { return "" }
	opts.Out = io.Discard
	d.a = newApp(context.Background(), opts.withDefaults())
	idle := func() tea.Cmd { return nil }
	d.a.listen, d.a.batch, d.a.tick = func(feed session.Feed) tea.Cmd { listen(feed); return nil }, idle, idle
	d.a.resumable = func() bool { return false }
	d.a.prepare(context.Background(), width, height)
	d.run(d.a.Init())
	d.deliver()
}

// send hands a message to the program and lets everything it causes happen.
func (d *drive) send(msg tea.Msg) {
	d.sent++
	_, cmd := d.a.Update(msg)
	d.run(cmd)
	d.deliver()
}

func (d *drive) run(cmd tea.Cmd) {
	if cmd == nil {
		return
	}
	switch msg := cmd().(type) {
	case nil, tea.QuitMsg:
	case tea.BatchMsg:
		for _, cmd := range msg {
			d.run(cmd)
		}
	default:
		if _, ok := msg.(previewedMsg); ok && d.holding {
			d.held = append(d.held, msg)
			return
		}
		if _, ok := msg.(commandDoneMsg); ok && d.fast {
			d.deliver()
		}
		_, cmd := d.a.Update(msg)
		d.run(cmd)
	}
}

// late delivers the previews that were held.
func (d *drive) late() {
	held := d.held
	d.holding, d.held = false, nil
	for _, msg := range held {
		d.send(msg)
	}
}

// deliver passes on what the session recorded, until nothing more happens.
func (d *drive) deliver() {
	for d.c != nil && d.a.run != nil {
		updates := d.c.take()
		if len(updates) == 0 {
			return
		}
		_, cmd := d.a.Update(updatesArrivedMsg{updates: updates})
		d.run(cmd)
	}
}

func keyMsg(name string) tea.KeyMsg {
	special := map[string]tea.KeyType{
		"enter": tea.KeyEnter, "esc": tea.KeyEsc, "tab": tea.KeyTab, "up": tea.KeyUp, "down": tea.KeyDown,
		"ctrl+c": tea.KeyCtrlC, "ctrl+d": tea.KeyCtrlD, "pgup": tea.KeyPgUp, "pgdown": tea.KeyPgDown, "home": tea.KeyHome, "end": tea.KeyEnd,
		"backspace": tea.KeyBackspace, "ctrl+u": tea.KeyCtrlU, "ctrl+z": tea.KeyCtrlZ, "ctrl+l": tea.KeyCtrlL,
	}
	if name == " " {
		return tea.KeyMsg{Type: tea.KeySpace, Runes: []rune{' '}}
	}
	if kind, ok := special[name]; ok {
		return tea.KeyMsg{Type: kind}
	}
	return tea.KeyMsg{Type: tea.KeyRunes, Runes: []rune(name)}
}

// press presses keys as somebody does who reads: half a second apart.
func (d *drive) press(names ...string) *drive {
	d.t.Helper()
	for _, name := range names {
		d.now = d.now.Add(500 * time.Millisecond)
		d.send(keyMsg(name))
	}
	return d
}

// hammer presses keys a few milliseconds apart.
func (d *drive) hammer(names ...string) *drive {
	for _, name := range names {
		d.now = d.now.Add(10 * time.Millisecond)
		d.send(keyMsg(name))
	}
	return d
}

// write types a text letter by letter and accepts it.
func (d *drive) write(text string) *drive {
	for _, r := range text {
		d.press(string(r))
	}
	return d.press("enter")
}

// ends lets the running action end.
func (d *drive) ends(outcome string, printed ...string) *drive {
	d.now = d.now.Add(2300 * time.Millisecond)
	d.c.finish(outcome, printed...)
	d.deliver()
	return d
}

// screen is what the operator reads, without styles.
func (d *drive) screen() string { return ansi.Strip(d.a.View()) }

func (d *drive) see(texts ...string) *drive {
	d.t.Helper()
	for _, text := range texts {
		if !strings.Contains(d.screen(), text) {
			d.t.Fatalf("the screen does not show %q:\n%s", text, d.screen())
		}
	}
	return d
}

func (d *drive) unseen(texts ...string) *drive {
	d.t.Helper()
	for _, text := range texts {
		if strings.Contains(d.screen(), text) {
			d.t.Fatalf("the screen shows %q:\n%s", text, d.screen())
		}
	}
	return d
}

// recorded reports how often a kind of event was recorded.
func (d *drive) recorded(kind event.Kind) int {
	n := 0
	for _, ev := range d.c.events {
		if ev.Kind == kind {
			n++
		}
	}
	return n
}

// golden compares the screen with a file.
func (d *drive) golden(name string) {
	d.t.Helper()
	path := filepath.Join("testdata", name+".txt")
	lines := strings.Split(d.screen(), "\n")
	for i := range lines {
		lines[i] = strings.TrimRight(lines[i], " ")
	}
	got := strings.Join(lines, "\n") + "\n"
	if *update {
		if err := os.MkdirAll("testdata", 0o755); err != nil {
			d.t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			d.t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(path)
	if err != nil {
		d.t.Fatal(err)
	}
	if got != string(want) {
		d.t.Errorf("%s differs; write it anew with -update if it should.\ngot:\n%s\nwant:\n%s", path, got, want)
	}
}

// fits fails when a line is wider than the screen or the view not as high.
func (d *drive) fits() {
	d.t.Helper()
	if err := d.misfit(); err != nil {
		d.t.Fatal(err)
	}
}

func (d *drive) misfit() error {
	lines := strings.Split(d.a.View(), "\n")
	if len(lines) != d.a.height {
		return fmt.Errorf("%d lines on a screen of %d:\n%s", len(lines), d.a.height, d.screen())
	}
	for _, line := range lines {
		if w := ansi.StringWidth(line); w > d.a.width {
			return fmt.Errorf("a line of %d cells on a screen of %d: %q", w, d.a.width, ansi.Strip(line))
		}
	}
	return nil
}
