package tui

import (
	"testing"
	"time"

	"genia.ai/bitacora/internal/event"
	"genia.ai/bitacora/runbooks"
)

// driveWith attaches to a run of the queue runbook after a change to its actions.
func driveWith(t *testing.T, change func(rb *runbooks.Runbook), opts Options) *drive {
	t.Helper()
	rb := queueRunbook()
	change(rb)
	d := &drive{t: t, now: morning()}
	d.c = newFakeClient(rb, event.ModeLive, func() time.Time { return d.now })
	opts.Client, opts.Printer = d.c, printer(t, "es")
	d.begin(opts, 80, 24)
	return d
}

func byDefault(name, value string) func(*runbooks.Runbook) {
	return func(rb *runbooks.Runbook) {
		action, _ := rb.Action(name)
		action.Settings.Default = value
	}
}

// toDecision walks to the choice and opens it.
func (d *drive) toDecision() *drive {
	d.press("enter")
	d.press("p", "enter", "ctrl+u").write("pedidos")
	d.press("enter").ends(event.OutcomeOK)
	return d.press("enter", "enter", "enter")
}

// toQuestions walks the scenario broker to the last step and opens its input.
func (d *drive) toQuestions() *drive {
	d.toDecision()
	d.press("2", "enter").write("crece")
	return d.press("enter", "enter", "enter", "enter")
}

func (d *drive) lastChoice() event.ChoiceMade {
	var last event.ChoiceMade
	for _, ev := range d.c.events {
		if made, ok := ev.Data.(event.ChoiceMade); ok {
			last = made
		}
	}
	return last
}

func TestQuestionsStartAtTheirDefaults(t *testing.T) {
	d := driveWith(t, byDefault("which", "broker"), Options{}).toDecision()
	d.see("› 2 El bróker").press("g").see("› 1 El consumidor").press("G").see("› 3 Nada: falsa alarma").press("2", "enter").write("crece")
	if made := d.lastChoice(); made.Key != "broker" {
		t.Fatalf("enter chose %+v", made)
	}

	d = driveWith(t, byDefault("ticket", "INC-1"), Options{}).toQuestions().see("> INC-1").press("enter")
	if got := d.c.state.Action("ticket").Answer; got != "INC-1" {
		t.Fatalf("enter answered %q", got)
	}

	d = driveWith(t, byDefault("sure", "no"), Options{}).toQuestions().write("INC-7").press("enter").see("› 2 no").press("enter")
	if made := d.lastChoice(); made.Action != "sure" || made.Key != "no" {
		t.Fatalf("enter answered %+v", made)
	}
}

func TestQuestionsStartAtWhatTheCommandLineSays(t *testing.T) {
	nothing := func(*runbooks.Runbook) {}
	driveWith(t, nothing, Options{Scenario: "broker"}).toDecision().see("› 2 El bróker")
	driveWith(t, byDefault("which", "broker"), Options{Answers: map[string]string{"which": "none"}}).toDecision().see("› 3 Nada: falsa alarma")
}

func TestYesAndNoAreKeys(t *testing.T) {
	for key, want := range map[string]string{"y": "yes", "s": "yes", "S": "yes", "n": "no"} {
		d := driveWith(t, func(*runbooks.Runbook) {}, Options{}).toQuestions().write("INC-7").press("enter").see("¿Está avisado")
		d.hammer(key).see("Demasiado pronto")
		d.press(key)
		if made := d.lastChoice(); made.Action != "sure" || made.Key != want {
			t.Errorf("%s answered %+v, want %s", key, made, want)
		}
	}
}

func TestSIsNoYesInEnglish(t *testing.T) {
	d := newDrive(t, "en", event.ModeLive, 80, 24).toExecution().press("enter").see("Run stop?", "y/enter")
	d.press("s").see("Run stop?")
	if d.recorded(event.KindActionConfirmed) != 0 {
		t.Fatal("s confirmed an action")
	}
}

// TestTheKeyThatSkipsRunsNothing: in Spanish the letter of "sí" skips a step. Who presses it
// over the confirmation of that step may mean either.
func TestTheKeyThatSkipsRunsNothing(t *testing.T) {
	d := newDrive(t, "es", event.ModeLive, 80, 24).toExecution().press("enter").see("¿Ejecutar stop?", "y/enter ejecutar")
	d.press("s", "S").see("¿Ejecutar stop?", "aquí no es un sí")
	if d.recorded(event.KindActionConfirmed) != 0 {
		t.Fatal("s confirmed an action")
	}
	d.press("y")
	if d.recorded(event.KindActionConfirmed) != 1 {
		t.Fatalf("y did not confirm it:\n%s", d.screen())
	}
}

func TestInputShowsItsQuestionOnly(t *testing.T) {
	d := driveWith(t, func(rb *runbooks.Runbook) {
		action, _ := rb.Action("ticket")
		action.Code = "pattern: .{1,80}\n¿Con qué incidencia se sigue?\n"
		rb.Params = append(rb.Params, runbooks.Param{Name: "ticket", Pattern: ".{1,80}"})
	}, Options{}).toQuestions()
	d.see("¿Con qué incidencia se sigue?").unseen(".{1,80}")
	d.press("esc").see("¿Con qué incidencia se sigue?").unseen(".{1,80}")
}

func TestStepsOfOtherScenariosAreFolded(t *testing.T) {
	d := driveWith(t, func(*runbooks.Runbook) {}, Options{}).toDecision()
	d.press("esc").see("Arrancar el consumidor").unseen("pasos de otros")
	d.press("enter", "2", "enter").write("crece").see("· 2 pasos de otros escenarios").unseen("Arrancar el consumidor")
	d.press("enter").see("›▶ 1. Llamar al proveedor")
	d.press("k").see("›✓ 1. Decidir") // over the fold
	d.press("j").see("›▶ 1. Llamar al proveedor")
	d.press("z").see("Arrancar el consumidor").unseen("pasos de otros") // the whole list has them
}
