package tui

import (
	"context"
	"errors"
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	tea "github.com/charmbracelet/bubbletea"

	"genia.ai/bitacora/internal/event"
	"genia.ai/bitacora/internal/session"
	"genia.ai/bitacora/internal/walk"
	"genia.ai/bitacora/runbooks"
)

func TestWriteIsAcceptedOnlyAfterTheQuietTime(t *testing.T) {
	d := newDrive(t, "es", event.ModeLive, 80, 24).toExecution()
	d.press("enter").see("¿Ejecutar stop?")
	d.hammer("y", "y", "enter", "y").see("Demasiado pronto")
	if d.recorded(event.KindActionConfirmed) != 0 {
		t.Fatal("keys that were typed ahead confirmed an action")
	}
	d.press("y")
	if d.recorded(event.KindActionConfirmed) != 1 {
		t.Fatalf("a deliberate yes did not confirm:\n%s", d.screen())
	}
}

func TestKeysInOneReadCannotConfirm(t *testing.T) {
	d := newDrive(t, "es", event.ModeLive, 80, 24).toExecution()
	d.now = d.now.Add(time.Second)
	d.send(tea.KeyMsg{Type: tea.KeyEnter})
	d.send(tea.KeyMsg{Type: tea.KeyRunes, Runes: []rune("yyyy")})
	if d.recorded(event.KindActionStarted) != 1 {
		t.Fatal("an action was started by type-ahead")
	}
}

func TestDestructiveNeedsItsTargetTyped(t *testing.T) {
	d := newDrive(t, "en", event.ModeLive, 80, 24).toExecution()
	d.press("enter", "y").ends(event.OutcomeOK)
	d.press("enter").see("Run purge?", "IT DESTROYS SOMETHING", "pedidos")
	started := d.recorded(event.KindActionStarted)
	d.hammer("p", "e", "d", "i", "d", "o", "s", "enter")
	if d.recorded(event.KindActionStarted) != started {
		t.Fatal("a destructive action ran because its target was typed ahead")
	}
	d.press("enter", "y", "enter").see("nothing was run")
	if d.recorded(event.KindActionStarted) != started {
		t.Fatal("a destructive action ran without its target")
	}
	d.press("ctrl+u").write("pedidos")
	if d.recorded(event.KindActionStarted) != started+1 {
		t.Fatalf("the typed target did not start it:\n%s", d.screen())
	}
}

func TestOutputThatIsOnlyCountedIsSaid(t *testing.T) {
	d := newDrive(t, "en", event.ModeLive, 80, 24).toExecution()
	d.press("enter", "y")
	action := d.c.state.Running.Action
	for _, bytes := range []int64{3 << 20, 170 << 20} {
		d.now = d.now.Add(10 * time.Second)
		d.send(updatesArrivedMsg{updates: []session.Update{session.OutputBeyond{Action: action, Bytes: bytes}}})
	}
	d.see("170 MB beyond the limit, only counted")
	if lines := strings.Count(d.screen(), "the rest is only counted"); lines != 1 {
		t.Errorf("said %d times", lines)
	}
}

func TestMergedKeysCountOneByOne(t *testing.T) {
	d := newDrive(t, "es", event.ModeLive, 80, 24).press("enter")
	d.send(tea.KeyMsg{Type: tea.KeyRunes, Runes: []rune("jjj")})
	if w := d.a.base.(*walkScreen); w.cursor != 3 {
		t.Fatalf("three j in one read moved to %d", w.cursor)
	}
	d.press("n")
	d.send(tea.KeyMsg{Type: tea.KeyRunes, Runes: []rune("un texto"), Paste: true})
	d.see("> un texto")
}

func TestHeldEnterDoesNotRunThrough(t *testing.T) {
	d := newDrive(t, "es", event.ModeLive, 80, 24).press("enter", "enter")
	d.ends(event.OutcomeOK)
	d.press("enter")
	d.hammer("enter", "enter", "enter", "enter")
	if done := d.recorded(event.KindStepDone); done != 1 {
		t.Fatalf("a held enter finished %d steps", done)
	}
}

func TestRefusedValueKeepsWhatWasTyped(t *testing.T) {
	d := newDrive(t, "es", event.ModeLive, 80, 24).press("enter", "p", "enter").write("Pedidos 1")
	d.see("> Pedidos 1", "No tiene la forma [a-z-]+; pedidos sí la tiene.")
	d.press("ctrl+u").write("pedidos").unseen("Valor de Cola").see("la cola pedidos")
}

func TestSkipNeedsAReason(t *testing.T) {
	d := newDrive(t, "es", event.ModeLive, 80, 24).press("enter", "s", "enter")
	d.see("Hace falta un motivo").write("ya lo miró el turno anterior")
	if d.recorded(event.KindStepSkipped) != 1 {
		t.Fatalf("not skipped:\n%s", d.screen())
	}
}

func TestFailureOpensItsMenuAndEveryWayLeadsOn(t *testing.T) {
	fail := func(t *testing.T) *drive {
		d := newDrive(t, "es", event.ModeLive, 80, 24).toExecution()
		return d.press("enter", "y").ends(event.OutcomeFailed, "permiso denegado").see("stop ha fallado", "permiso denegado")
	}
	down := func(n int) []string { return strings.Split(strings.Repeat("j", n), "")[:n] }
	for _, test := range []struct {
		way  string
		play func(*drive)
		kind event.Kind
		want int
	}{
		{"retry", func(d *drive) { d.press("enter", "y").ends(event.OutcomeOK) }, event.KindActionStarted, 3},
		{"edit", func(d *drive) { d.press(down(1)...).press("enter", "enter", "ctrl+u").write("otra").press("y") }, event.KindActionStarted, 3},
		{"adhoc", func(d *drive) { d.press(down(2)...).press("enter").write("id").press("y") }, event.KindAdhocStarted, 1},
		{"accept", func(d *drive) { d.press(down(3)...).press("enter").write("hecho a mano") }, event.KindStepAccepted, 1},
		{"skip", func(d *drive) { d.press(down(4)...).press("enter").write("no hace falta") }, event.KindStepSkipped, 1},
		{"handover", func(d *drive) { d.press(down(6)...).press("enter").write("luis").write("sigue tú") }, event.KindDriverChanged, 1},
		{"stop", func(d *drive) { d.press(down(7)...).press("enter").write("sin permiso") }, event.KindRunEnded, 1},
	} {
		t.Run(test.way, func(t *testing.T) {
			d := fail(t)
			test.play(d)
			if got := d.recorded(test.kind); got != test.want {
				t.Fatalf("%d events %s, want %d:\n%s", got, test.kind, test.want, d.screen())
			}
			if d.a.quitting {
				t.Fatal("the failure menu left the program")
			}
		})
	}
}

func TestWhatFailsBeforeItsStartIsAnsweredOpensTheMenu(t *testing.T) {
	t.Run("started by enter", func(t *testing.T) {
		d := newDrive(t, "es", event.ModeLive, 80, 24).press("enter")
		d.c.instant, d.fast = event.OutcomeFailed, true
		d.press("enter").see("alerts ha fallado", "1 Reintentar")
	})
	t.Run("confirmed, then retried", func(t *testing.T) {
		d := newDrive(t, "es", event.ModeLive, 80, 24).toExecution()
		d.c.instant, d.fast = event.OutcomeFailed, true
		d.press("enter", "y").see("stop ha fallado", "1 Reintentar")
		d.press("enter").see("¿Ejecutar stop?").press("y").see("stop ha fallado", "1 Reintentar")
		d.hammer("enter").see("Demasiado pronto").unseen("¿Ejecutar stop?")
	})
	t.Run("an undo, which is said", func(t *testing.T) {
		d := newDrive(t, "es", event.ModeLive, 80, 24).toExecution()
		d.press("enter", "y").ends(event.OutcomeOK).press("enter").write("pedidos").ends(event.OutcomeFailed).see("purge ha fallado")
		d.c.instant, d.fast = event.OutcomeFailed, true
		d.press("6", "enter", "enter").see("¿Ejecutar start?").press("y").see("start: falló")
	})
}

func TestUndo(t *testing.T) {
	d := newDrive(t, "es", event.ModeLive, 80, 24).toExecution()
	d.press("u").see("todavía no hay nada que deshacer")
	d.press("enter", "y").ends(event.OutcomeOK)
	d.press("u").see("start (deshace stop)").press("enter").see("systemctl start consumidor@pedidos").press("y")
	d.ends(event.OutcomeOK)
	if d.recorded(event.KindUndoDone) != 1 {
		t.Fatalf("not undone:\n%s", d.screen())
	}
}

func TestCancelSaysSoAtOnce(t *testing.T) {
	d := newDrive(t, "es", event.ModeLive, 80, 24).toExecution().press("enter", "y")
	d.now = d.now.Add(time.Second)
	d.a.Update(tea.KeyMsg{Type: tea.KeyCtrlC})
	d.see("Cancelando stop")
	d.deliver()
}

func TestNotesWhileAnActionRuns(t *testing.T) {
	d := newDrive(t, "es", event.ModeLive, 80, 24).toExecution().press("enter", "y")
	d.press("n").write("los clientes ya llaman").see("Guardado como #")
	if d.recorded(event.KindNote) != 1 || d.c.state.Running == nil {
		t.Fatal("no note was recorded while the action ran")
	}
	d.press("s").see("Hay una acción en marcha")
}

func TestScenarioIsAskedWhereNoChoiceSteers(t *testing.T) {
	rb := queueRunbook()
	rb.Sequence[2].Actions = nil
	rb.Sequence[2].AsksScenario = true
	d := &drive{t: t, now: morning()}
	d.c = newFakeClient(rb, event.ModeLive, func() time.Time { return d.now })
	d.begin(Options{Client: d.c, Printer: printer(t, "es")}, 80, 24)
	d.press("enter", "enter").ends(event.OutcomeOK).press("enter", "enter", "enter")
	d.see("¿Qué escenario se aplica?", "Falla el bróker").press("j", "enter", "enter").see("Llamar al proveedor")
	if d.c.state.Scenario != "broker" {
		t.Fatalf("scenario %q", d.c.state.Scenario)
	}
}

func TestStorageFailureStopsEverything(t *testing.T) {
	d := newDrive(t, "es", event.ModeLive, 80, 24).toExecution()
	broken := &session.StorageError{Op: "sync", Err: errors.New("no space left on device")}
	d.c.broken = broken
	d.c.push(session.StorageFailed{Err: broken})
	d.deliver()
	d.see("NO SE GUARDA", "no space left")
	d.press("enter").see("NO SE GUARDA").unseen("¿Ejecutar")
}

func TestValuesErrorIsShown(t *testing.T) {
	d := newDrive(t, "es", event.ModeLive, 80, 24).toExecution()
	d.c.badValue = errors.New("falta el secreto QUEUE_TOKEN")
	d.press("enter").see("No se puede ejecutar con estos valores: falta el secreto QUEUE_TOKEN")
}

func TestReopenAndGoto(t *testing.T) {
	d := newDrive(t, "es", event.ModeLive, 80, 24).toExecution()
	d.press("k", "g").see("ya está terminado").press("o").write("faltaba un dato").see("▶ 1. Decidir qué falla")
	d.press("j", "j", "g").see("Primero hay que registrar una decisión: ¿Qué falla?")
	d.press("end", "g").see("▶ Abrir la incidencia")
}

func TestPicker(t *testing.T) {
	d := &drive{t: t, now: morning()}
	d.c = newFakeClient(queueRunbook(), event.ModeRehearsal, func() time.Time { return d.now })
	var chosen Choice
	d.begin(Options{
		Printer: printer(t, "en"),
		Entries: []Entry{
			{Name: "cola", Title: "Restaurar la cola de pedidos", Phases: 5, Steps: 8, LastRun: morning().Add(-50 * time.Hour)},
			{Name: "dns", Title: "Cambiar el DNS", Phases: 2, Steps: 4},
		},
		Open: func(_ context.Context, choice Choice) (Opened, error) {
			if chosen = choice; choice.Entry.Name == "dns" {
				return Opened{}, errors.New("dns.md:3:1: no steps")
			}
			return Opened{Client: d.c, Printer: printer(t, "es")}, nil
		},
	}, 80, 24)
	d.golden("picker-en-80x24")
	d.press("j", "enter").see("dns.md:3:1: no steps")
	d.press("/").write("pedidos").unseen("Cambiar el DNS").press("r")
	if !chosen.Rehearsal || chosen.Entry.Name != "cola" {
		t.Fatalf("chosen %+v", chosen)
	}
	d.see("ENSAYO", "empezar")
}

func TestLeaving(t *testing.T) {
	d := newDrive(t, "es", event.ModeLive, 80, 24).press("enter", "q").see("¿Salir?").press("esc").unseen("¿Salir?")
	d.press("esc").unseen("¿Salir?")
	if d.a.quitting {
		t.Fatal("a bare esc left")
	}
	d.press("ctrl+c", "enter")
	if !d.a.quitting {
		t.Fatal("not left")
	}
	if r := d.a.outcome(); r.Ended || r.Saved.Seq != d.c.state.Seq || r.Run != d.c.state.Run {
		t.Fatalf("result %+v", r)
	}
}

func TestEndedRunIsLeftWithoutAsking(t *testing.T) {
	d := newDrive(t, "es", event.ModeLive, 80, 24).toSummary().press("enter", "y").see("Recorrido terminado")
	d.press("enter").see("solo se pueden añadir notas, pendientes e hitos.")
	d.press("q")
	if r := d.a.outcome(); !d.a.quitting || !r.Ended || r.Outcome != event.RunIncomplete {
		t.Fatalf("quitting %v, result %+v", d.a.quitting, r)
	}
}

func TestEveryKeyWithAReasonSaysIt(t *testing.T) {
	d := newDrive(t, "es", event.ModeLive, 80, 24).press("enter")
	for _, o := range d.a.offers() {
		if o.why == "" {
			continue
		}
		d.press(bindingOf(o.id).keys[0]).see(o.why)
	}
}

// TestTexts looks up every message that the code names: none may be missing, and
// no view may hold a text of its own.
func TestTexts(t *testing.T) {
	names, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	var files []*ast.File
	for _, name := range names {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		files = append(files, file)
	}
	seen := 0
	for _, lang := range []string{"es", "en"} {
		p := printer(t, lang)
		for _, file := range files {
			ast.Inspect(file, func(n ast.Node) bool {
				lit, ok := n.(*ast.BasicLit)
				if !ok || lit.Kind != token.STRING {
					return true
				}
				id, err := strconv.Unquote(lit.Value)
				if err != nil || !strings.HasPrefix(id, "tui.") || strings.HasSuffix(id, ".") {
					return true
				}
				seen++
				if text := p.T(id, "Count", 2, "Attempt", 1); text == id {
					t.Errorf("%s: %s has no text", lang, id)
				}
				return true
			})
		}
		for _, b := range bindings {
			if id := "tui.key." + string(b.id); p.T(id) == id {
				t.Errorf("%s: %s has no text", lang, id)
			}
		}
		for _, row := range KeyTable(p) {
			if row.Keys == "" || row.Does == "" {
				t.Errorf("%s: empty row in the table of keys", lang)
			}
		}
	}
	if seen < 100 {
		t.Fatalf("only %d messages found in the code", seen)
	}
}

func TestSuggestedValueIsReplacedByTypingAndKeptByEditing(t *testing.T) {
	d := newDrive(t, "es", event.ModeLive, 80, 24).press("enter", "p", "enter").write("pedidos")
	d.press("p", "enter").see("> pedidos").write("otra").see("la cola otra")
	d.press("p", "enter", "end").write("-vez").see("la cola otra-vez")
	d.press("p", "enter", "enter").see("la cola otra-vez")
}

func TestDigitPicksInTheFailureMenu(t *testing.T) {
	d := newDrive(t, "es", event.ModeLive, 80, 24).toExecution()
	d.press("enter", "y").ends(event.OutcomeFailed, "permiso denegado")
	d.press("5").see("› 5 Omitir el paso").press("9").see("› 5 Omitir el paso")
	d.press("enter").write("no hace falta")
	if d.recorded(event.KindStepSkipped) != 1 || d.recorded(event.KindActionStarted) != 2 {
		t.Fatalf("5 did not skip:\n%s", d.screen())
	}
}

func TestAuthorsDefaultIsWhatEnterAnswers(t *testing.T) {
	rb := queueRunbook()
	rb.Sequence[2].Actions[0].Settings.Default = "broker"
	sure := &runbooks.Action{ID: "go-on", Name: "go-on", Kind: runbooks.KindConfirm, Code: "¿Seguimos?\n", Settings: runbooks.Settings{Default: "no"}}
	rb.Sequence[0].Actions = []*runbooks.Action{sure}
	d := &drive{t: t, now: morning()}
	d.c = newFakeClient(rb, event.ModeLive, func() time.Time { return d.now })
	d.begin(Options{Client: d.c, Printer: printer(t, "es")}, 80, 24)
	d.press("enter", "enter").see("› 2 no").press("enter", "enter", "enter")
	d.press("enter").see("› 2 El bróker").press("enter").write("")
	if d.c.state.Scenario != "broker" || d.c.state.Action("go-on").Answer != walk.AnswerNo {
		t.Fatalf("scenario %q, go-on %q", d.c.state.Scenario, d.c.state.Action("go-on").Answer)
	}
}

func TestHomeAndEndScrollLongPages(t *testing.T) {
	d := newDrive(t, "es", event.ModeLive, 60, 15)
	d.press("end").see("Registro:").press("home").see("Qué hacer cuando la cola")
	d.press("?", "end").see("no forma parte de este recorrido")
}
