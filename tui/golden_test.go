package tui

import (
	"errors"
	"fmt"
	"testing"

	"genia.ai/bitacora/internal/event"
	"genia.ai/bitacora/internal/session"
)

// toExecution walks to the first step of the execution phase.
func (d *drive) toExecution() *drive {
	d.press("enter")                                          // begin
	d.press("p", "enter", "ctrl+u").write("pedidos")          // a value
	d.press("enter").ends(event.OutcomeOK, "{\"firing\": 3}") // alerts
	d.press("enter")                                          // 1.1 done
	d.press("enter")                                          // 1.2 done
	d.press("enter", "enter").write("crece desde las 8")      // the decision
	return d.press("enter")                                   // 2.1 done
}

// toSummary walks to the end.
func (d *drive) toSummary() *drive {
	d.toExecution()
	d.press("enter", "y").ends(event.OutcomeOK, "parado")                             // stop
	d.press("enter").write("pedidos").ends(event.OutcomeOK, "42 mensajes eliminados") // purge
	d.press("enter")                                                                  // 3.1 done
	d.press("s").write("lo arranca el turno de día")                                  // 3.2 skipped
	d.press("m", "enter").write("-5m")
	d.press("+").write("revisar el umbral de la alerta")
	d.press("enter")                                        // 4.1 done
	d.press("enter").write("INC-7").press("enter", "enter") // ticket, sure
	return d.press("enter")
}

// scenes are the screens, each as somebody gets there.
var scenes = []struct {
	name string
	mode string
	play func(*drive)
}{
	{"briefing", event.ModeLive, func(*drive) {}},
	{"walk-first", event.ModeRehearsal, func(d *drive) { d.press("enter") }},
	{"walk-decision", event.ModeLive, func(d *drive) {
		d.press("enter", "enter").ends(event.OutcomeOK, "{\"firing\": 3}").press("enter", "enter", "enter")
	}},
	{"walk-running", event.ModeLive, func(d *drive) {
		d.toExecution().press("enter", "y")
		d.c.push(printed("parando consumidor@pedidos"))
		d.deliver()
	}},
	{"walk-other", event.ModeLive, func(d *drive) { d.toExecution().press("j", "j") }},
	{"value", event.ModeLive, func(d *drive) {
		d.press("enter", "enter").ends(event.OutcomeOK).press("enter", "enter", "enter", "enter").write("crece")
		d.press("enter", "enter").write("Pedidos;x")
	}},
	{"comms", event.ModeLive, func(d *drive) { d.toExecution().press("c", "2", "enter").write("30").press("c") }},
	{"update", event.ModeLive, func(d *drive) { d.toExecution().press("c", "1", "enter") }},
	{"update-send", event.ModeLive, func(d *drive) { d.toExecution().press("c", "1", "enter", "ctrl+d") }},
	{"scenario", event.ModeLive, func(d *drive) { d.toExecution().press("enter", "y").ends(event.OutcomeOK).press("S") }},
	{"ticks", event.ModeLive, func(d *drive) {
		d.press("enter", "enter").ends(event.OutcomeOK).press("enter", "x", "X")
	}},
	{"confirm", event.ModeLive, func(d *drive) { d.toExecution().press("enter") }},
	{"confirm-lands", event.ModeLive, func(d *drive) {
		d.c.lands = []session.Fact{
			{Name: "host", Value: "guardia1"}, {Name: "user", Value: "ana"}, {Name: "git.branch", Value: "main"},
			{Name: "git.remote", Value: "https://git.example/colas/consumidor.git"}, {Name: "kube.context", Value: "prod-eu-west"}, {Name: "kube.namespace"},
		}
		d.toExecution().press("enter")
	}},
	{"confirm-destructive", event.ModeRehearsal, func(d *drive) {
		d.toExecution().press("enter", "y").ends(event.OutcomeSimulated).press("enter")
	}},
	{"failure", event.ModeLive, func(d *drive) {
		d.toExecution().press("enter", "y").ends(event.OutcomeFailed, "deteniendo", "error: permiso denegado")
	}},
	{"note", event.ModeLive, func(d *drive) { d.press("enter", "n", "h", "o", "l", "a") }},
	{"timeline", event.ModeLive, func(d *drive) { d.toExecution().press("t") }},
	{"summary", event.ModeLive, func(d *drive) { d.toSummary() }},
	{"summary-ended", event.ModeLive, func(d *drive) { d.toSummary().press("enter", "y") }},
	{"help", event.ModeLive, func(d *drive) { d.press("enter", "?") }},
	{"leave", event.ModeLive, func(d *drive) { d.press("enter", "q") }},
	{"storage", event.ModeLive, func(d *drive) {
		d.toExecution()
		d.c.push(session.StorageFailed{Err: &session.StorageError{Op: "sync", Err: errors.New("no space left on device")}})
		d.deliver()
		d.press("enter")
	}},
}

func printed(text string) session.Update {
	return session.OutputPrinted{Action: "stop", Stream: session.StreamOut, Text: text + "\n"}
}

func TestScreens(t *testing.T) {
	for _, scene := range scenes {
		for _, lang := range []string{"es", "en"} {
			for _, size := range [][2]int{{80, 24}, {120, 40}, {60, 15}} {
				name := fmt.Sprintf("%s-%s-%dx%d", scene.name, lang, size[0], size[1])
				t.Run(name, func(t *testing.T) {
					d := newDrive(t, lang, scene.mode, size[0], size[1])
					scene.play(d)
					d.fits()
					d.golden(name)
				})
			}
		}
	}
}
