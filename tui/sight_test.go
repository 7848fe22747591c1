package tui

import (
	"strings"
	"testing"
	"time"

	tea "github.com/charmbracelet/bubbletea"

	"genia.ai/bitacora/internal/event"
	"genia.ai/bitacora/runbooks"
)

// lookDrive is a walk whose first action only reads, below a long text.
func lookDrive(t *testing.T, code string, width, height int) *drive {
	t.Helper()
	rb := queueRunbook()
	step := rb.Sequence[0]
	step.Body = strings.Repeat("Antes de mirar hay que saber qué se espera. ", 30)
	step.Context = strings.Repeat("Y después, por qué se mira. ", 30)
	step.Actions[0].Kind, step.Actions[0].Lang, step.Actions[0].Code = runbooks.KindShell, "sh", code
	step.Actions[0].Caption = strings.Repeat("Así se mira: ", 20)
	d := &drive{t: t, now: morning()}
	d.c = newFakeClient(rb, event.ModeLive, func() time.Time { return d.now })
	d.begin(Options{Client: d.c, Printer: printer(t, "es")}, width, height)
	return d.press("enter") // leaves the briefing
}

func (d *drive) starts(n int) *drive {
	d.t.Helper()
	if got := d.recorded(event.KindActionStarted); got != n {
		d.t.Fatalf("%d actions were started, not %d:\n%s", got, n, d.screen())
	}
	return d
}

func echoes(lines int) string {
	var code strings.Builder
	for i := range lines {
		code.WriteString("echo linea-" + number(i+1) + "\n")
	}
	return code.String()
}

func TestACommandInSightRunsAtOnce(t *testing.T) {
	for _, size := range [][2]int{{60, 15}, {80, 24}, {120, 40}} {
		d := lookDrive(t, echoes(3), size[0], size[1])
		d.see("echo linea-1", "echo linea-2", "echo linea-3")
		d.press("enter").starts(1)
	}
}

// TestALongCommandIsShownWhole: of what the detail has no room for, most is not enough.
func TestALongCommandIsShownWhole(t *testing.T) {
	for _, size := range [][2]int{{60, 15}, {80, 24}, {120, 40}} {
		d := lookDrive(t, echoes(60), size[0], size[1])
		d.see("echo linea-1", "echo linea-2", "líneas más")
		d.press("enter").starts(0).see("¿Ejecutar alerts?", "echo linea-1")
		for range 60 {
			d.hammer("down")
		}
		d.see("echo linea-60").press("enter").starts(1)
	}
	d := lookDrive(t, echoes(20), 80, 24) // most of it is to be seen, but the last rows
	d.see("echo linea-10").unseen("echo linea-20").press("enter").starts(0).see("echo linea-1")
}

// TestNothingRunsUnseen: whatever took the command off the screen, enter shows it first.
func TestNothingRunsUnseen(t *testing.T) {
	hide := map[string]func(d *drive){
		"scrolled to the text":   func(d *drive) { d.press("tab", "home") },
		"scrolled past it":       func(d *drive) { d.press("tab", "end") },
		"the list alone":         func(d *drive) { d.press("z") },
		"the output alone":       func(d *drive) { d.press("tab", "tab", "z") },
		"a part of it":           func(d *drive) { d.press("tab", "k", "k") },
		"a screen made smaller":  func(d *drive) { d.press("tab", "home"); d.send(tea.WindowSizeMsg{Width: 60, Height: 15}) },
		"the screen given to it": func(d *drive) { d.press("tab", "z", "home") },
	}
	for name, away := range hide {
		t.Run(name, func(t *testing.T) {
			d := lookDrive(t, echoes(3), 80, 24)
			away(d)
			d.press("enter").starts(0).see("¿Ejecutar alerts?", "echo linea-1", "echo linea-2", "echo linea-3", "Solo lee")
			d.hammer("enter").starts(0)
			d.press("enter").starts(1)
		})
	}
}

// TestWhatASheetCoversIsNotSeen: the palette's own do included.
func TestWhatASheetCoversIsNotSeen(t *testing.T) {
	d := lookDrive(t, echoes(3), 80, 24)
	d.press(":", "d", "o").see("› do").press("enter").starts(0).see("¿Ejecutar alerts?", "echo linea-3")
	d.press("esc").hammer("enter").starts(0).see("¿Ejecutar alerts?") // it was uncovered just now
	d.press("esc")
	d.now = d.now.Add(quietTime)
	d.send(secondPassedMsg{})
	d.hammer("enter").starts(1)
}

// TestWhatTheLastKeyShowedIsNotSeen: keys that arrive in one read, of which the first
// brings the command into sight.
func TestWhatTheLastKeyShowedIsNotSeen(t *testing.T) {
	for name, show := range map[string]func(d *drive){
		"scrolled there":     func(d *drive) { d.press("tab", "home", "k").hammer("pgdown") },
		"back from the list": func(d *drive) { d.press("z").hammer("z") },
		"another screen":     func(d *drive) { d.press("t").hammer("esc") },
		"drawn anew":         func(d *drive) { d.press("ctrl+l").hammer() },
		"a larger screen": func(d *drive) {
			d.press("tab", "home")
			d.send(tea.WindowSizeMsg{Width: 120, Height: 60})
		},
	} {
		t.Run(name, func(t *testing.T) {
			d := lookDrive(t, echoes(3), 80, 40)
			show(d)
			d.see("echo linea-1", "echo linea-3").hammer("enter").starts(0).see("¿Ejecutar alerts?")
		})
	}
}

func TestWhoHadTheTerminalHidTheCommand(t *testing.T) {
	d := lookDrive(t, echoes(3), 80, 24)
	d.a.resumable, d.a.lend = func() bool { return true }, func(_ tea.ExecCommand, done tea.ExecCallback) tea.Cmd {
		d.now = d.now.Add(time.Hour)
		return func() tea.Msg { return done(nil) }
	}
	d.press("ctrl+z").see("echo linea-3").hammer("enter").starts(0).see("¿Ejecutar alerts?")
}

func TestAChangedCommandIsShownBeforeARetry(t *testing.T) {
	rb := queueRunbook()
	action := rb.Sequence[0].Actions[0]
	action.Code, action.Uses = "GET https://cola.example/api/{{queue}}", []string{"queue"}
	d := &drive{t: t, now: morning()}
	d.c = newFakeClient(rb, event.ModeLive, func() time.Time { return d.now })
	d.begin(Options{Client: d.c, Printer: printer(t, "es")}, 80, 24)
	d.press("enter")
	// What was a blank is shown as it runs.
	d.press("enter").write("pedidos").starts(0).see("GET https://cola.example/api/pedidos").press("enter").starts(1)
	d.ends(event.OutcomeFailed)
	// The same again needs no second look; with another value it does.
	d.press("enter").starts(2).ends(event.OutcomeFailed)
	d.press("2", "enter").see("Cola = pedidos").press("enter").write("envios").starts(2)
	d.see("GET https://cola.example/api/envios").press("enter").starts(3)
}
