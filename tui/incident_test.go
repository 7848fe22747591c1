package tui

import (
	"bytes"
	"context"
	"strings"
	"testing"
	"time"

	"genia.ai/bitacora/internal/event"
	"genia.ai/bitacora/runbooks"
)

func TestUpdateIsDraftedEditedAndRecorded(t *testing.T) {
	d := newDrive(t, "es", event.ModeLive, 80, 24).toExecution()
	d.press("c").see("Todavía no se ha enviado", "No hay ninguno previsto").press("2", "enter").write("30")
	d.see("aviso en 30m")
	d.press("c", "1", "enter").see("Aviso: edítalo", "Estado a las 08:46 UTC: Ejecución", "- Anotar desde cuándo se nota")
	d.press("X", "esc") // kept
	d.press("c").see("Seguir con el que está empezado").press("2", "enter").see("XRestaurar la cola")
	d.press("ctrl+d").see("¿es esto lo que se envía?", "Registrarlo como enviado").press("enter")
	if d.recorded(event.KindCommsSent) != 1 {
		t.Fatalf("not recorded:\n%s", d.screen())
	}
	sent := d.c.events[len(d.c.events)-1].Data.(event.CommsSent).Text
	if !strings.HasPrefix(sent, "XRestaurar la cola de pedidos\n") {
		t.Errorf("recorded %q", sent)
	}
	if d.a.draft != "" {
		t.Error("the draft is still there")
	}
	d.now = d.now.Add(33 * time.Minute)
	d.send(secondPassedMsg{})
	d.see("! aviso vencido hace 3m", "Ejecución 33m/1m!")
	d.press("c").see("El próximo tocaba a las").press("1", "enter").see("No se ha terminado ningún paso desde el último aviso")
}

func TestScenarioIsChangedOnTheScreen(t *testing.T) {
	d := newDrive(t, "es", event.ModeLive, 140, 30).toExecution()
	d.press("enter", "y").ends(event.OutcomeOK)
	d.press("S").unseen("Ya hecho").see("Empezado en Falla el consumidor, sin terminar", "1. Parar el consumidor", "Se puede deshacer con u: stop")
	d.press("enter").write("").see("motivo").write("también cae el bróker")
	d.see("▶ 1. Llamar al proveedor del bróker")
	if d.c.state.Scenario != "broker" || len(d.c.state.Undoable()) != 1 {
		t.Fatalf("scenario %s:\n%s", d.c.state.Scenario, d.screen())
	}
	d.press("t").see("escenario: Falla el bróker: también cae el bróker (hecho o empezado antes en Falla el consumidor: 3.1)")
	early := newDrive(t, "es", event.ModeLive, 100, 30).press("enter", "S")
	early.see("todavía no se ha elegido ningún escenario")
}

// TestAFailedStepIsNotCalledDone: neither when the scenario is changed in the step after it.
func TestAFailedStepIsNotCalledDone(t *testing.T) {
	d := newDrive(t, "en", event.ModeLive, 140, 30).toExecution()
	d.press("enter", "y").ends(event.OutcomeFailed).press("esc")
	d.press("S").unseen("Already done").see("Begun under", "reverted by a change: 1. Parar el consumidor").press("esc")
	d.press("s").write("la para otro").see("Arrancar el consumidor")
	d.press("enter", "y").ends(event.OutcomeOK).press("enter")
	d.see("saved").press("S").see("Already done under", "reverted by a change: 2. Arrancar el consumidor", "not finished, and not reverted by a change: 1. Parar")
}

func TestSubstepsAreTicked(t *testing.T) {
	d := newDrive(t, "es", event.ModeLive, 100, 30).press("enter")
	d.press("x").see("este paso no tiene partes que marcar")
	d.press("p", "enter", "ctrl+u").write("pedidos").press("enter").ends(event.OutcomeOK).press("enter")
	d.see("[ ] en los pedidos").press("x").see("[x] en los pedidos", "[ ] en los correos", "1 de 2 partes")
	d.press("X", "k", "enter").see("[ ] en los pedidos")
	if d.recorded(event.KindStepTicked) != 2 {
		t.Fatalf("%d ticks:\n%s", d.recorded(event.KindStepTicked), d.screen())
	}
}

// TestOpenPartsAreNotForgotten: they are said, and asked about where others are ticked.
func TestOpenPartsAreNotForgotten(t *testing.T) {
	start := func() *drive {
		d := newDrive(t, "es", event.ModeLive, 120, 30).press("enter", "enter").ends(event.OutcomeOK).press("enter")
		return d.see("dar el paso por hecho (2 sin marcar)", "[ ] en los pedidos")
	}
	d := start().press("enter").see("2 partes sin marcar: en los pedidos; en los correos de confirmación")
	if d.recorded(event.KindStepDone) != 2 {
		t.Fatalf("the step is not done:\n%s", d.screen())
	}
	d = start().press("x").see("(1 sin marcar)").press("enter")
	d.see("¿Dar por hecho 2. Anotar", "1 parte sin marcar: en los correos de confirmación").press("enter").see("Partes de: 2. Anotar", "[x] en los pedidos")
	if d.recorded(event.KindStepDone) != 1 {
		t.Fatalf("the step is done:\n%s", d.screen())
	}
	d.press("esc", "enter", "y").see("Decidir qué falla")
	if d.recorded(event.KindStepDone) != 2 || d.a.dialog != nil {
		t.Fatalf("the step is not done:\n%s", d.screen())
	}
	d = start().press("x", "x").unseen("sin marcar").press("enter")
	if d.recorded(event.KindStepDone) != 2 || d.a.dialog != nil {
		t.Fatalf("a step whose parts are ticked asks:\n%s", d.screen())
	}
}

// TestDigitsMoveInEveryList: none of them picks, and the help says so.
func TestDigitsMoveInEveryList(t *testing.T) {
	for key, want := range map[string]string{"m": "› 2 detectado", "c": "› 2 ", "v": "› 2 SEV2", "r": "› 2 Comunicación"} {
		d := newDrive(t, "es", event.ModeLive, 100, 30).press("enter")
		before := len(d.c.events)
		d.press(key).see("› 1 ").press("2").see(want, "j/k/1-9 mover").press("9").see(want)
		if len(d.c.events) != before || d.a.dialog == nil {
			t.Fatalf("%s: a digit picked:\n%s", key, d.screen())
		}
	}
	newDrive(t, "en", event.ModeLive, 100, 60).press("enter", "?").see("1-9", "in a numbered list: move to that line; enter picks it")
}

// TestTheRunbooksOwnSeveritiesAreOffered in the place of the usual ones, and as it records them.
func TestTheRunbooksOwnSeveritiesAreOffered(t *testing.T) {
	rb := queueRunbook()
	rb.Sequence[0].Actions = append(rb.Sequence[0].Actions, &runbooks.Action{
		ID: "severity", Name: "severity", Kind: runbooks.KindChoice,
		Options: []runbooks.Option{{Key: "critica", Label: "Nadie puede pedir"}, {Key: "alta", Label: "Se pierde una parte"}},
	})
	d := &drive{t: t, now: morning()}
	d.c = newFakeClient(rb, event.ModeLive, func() time.Time { return d.now })
	d.begin(Options{Client: d.c, Printer: printer(t, "es")}, 100, 30)
	d.press("enter", "v").see("› 1 critica: Nadie puede pedir", "2 alta: Se pierde una parte", "3 otra").unseen("SEV1")
	d.press("2", "enter")
	if d.c.state.Severity != "alta" {
		t.Fatalf("severity %q:\n%s", d.c.state.Severity, d.screen())
	}
	d.press("v").see("› 2 alta")
}

func TestTodosAreTickedOff(t *testing.T) {
	d := newDrive(t, "es", event.ModeLive, 100, 30).press("enter", "+").write("avisar a legal")
	d.press("+").see("[ ] avisar a legal").press("j", "enter").press("+").see("[x] avisar a legal")
}

func TestOutputIsSearched(t *testing.T) {
	d := newDrive(t, "es", event.ModeLive, 80, 24).toExecution().press("enter", "y")
	d.c.push(printed("la aguja primera" + strings.Repeat("\npaja", 50) + "\nla AGUJA segunda" + strings.Repeat("\npaja", 50)))
	d.deliver()
	d.press("/").write("aguja").see("AGUJA segunda", "Encontrado «aguja»")
	d.press("/", "enter").see("aguja primera").press("end")
	d.press("/", "ctrl+u").write("alfiler").see("«alfiler» no está en la salida")
}

func TestTimelineIsFilteredAndLeadsToItsStep(t *testing.T) {
	d := newDrive(t, "es", event.ModeLive, 100, 30).toExecution().press("n").write("una nota")
	d.press("t").see("Cronología: ").press("f").see("Cronología: pasos y decisiones")
	d.press("f").see("Cronología: acciones", "alerts: correcto").press("enter")
	if w, ok := d.a.top().(*walkScreen); !ok || w.selected().ID != "1.1" {
		t.Fatalf("it did not lead to the step:\n%s", d.screen())
	}
	d.press("t", "f", "f", "f").see("una nota").press("esc")
}

func TestCommandIsCopiedOnlyOnRequestAndWithoutControls(t *testing.T) {
	var out bytes.Buffer
	d := newDrive(t, "es", event.ModeLive, 80, 24).toExecution()
	d.a.opts.Out = &out
	d.press("j", "k")
	if out.Len() != 0 {
		t.Fatalf("unasked: %q", out.String())
	}
	d.press("y").see("copiar la orden de stop")
	if got := out.String(); !strings.HasPrefix(got, "\x1b]52;c;") || strings.Count(got, "\x1b") != 1 || !strings.HasSuffix(got, "\a") {
		t.Errorf("wrote %q", got)
	}
	out.Reset()
	d.a.opts.NoClipboard = true
	if d.press("y").see("BITACORA_CLIPBOARD"); out.Len() != 0 {
		t.Errorf("wrote %q", out.String())
	}
}

func TestSummaryExportsAndTellsTheTimes(t *testing.T) {
	d := newDrive(t, "es", event.ModeLive, 100, 50).toSummary()
	d.press("w").see("desde aquí no se puede")
	d.a.opts.Export = func(_ context.Context, run string) (string, error) { return "/tmp/" + run + ".md", nil }
	d.press("w").see("Escrito: /tmp/20261123T084600Z-cola-7f3a.md")
	d.press("m", "6", "enter").write("").see("desde «inicio del impacto» hasta «resuelto»")
}

func TestEmptyCommandOpensAShell(t *testing.T) {
	d := newDrive(t, "es", event.ModeLive, 80, 24).toExecution()
	d.press("!").write("").see("¿Abrir un shell propio?", "$SHELL -i", "en /srv/cola")
	if d.recorded(event.KindAdhocStarted) != 0 {
		t.Fatal("it was opened unasked")
	}
	d.press("esc", "!").write("uptime").see("¿Ejecutar esta orden?", "uptime", "en /srv/cola")
}
