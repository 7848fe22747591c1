package e2e

import (
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"genia.ai/bitacora/internal/transcript"
)

// at waits until the step that begins with the text is the current one.
func (term *terminal) at(text string) *terminal {
	term.t.Helper()
	term.see("›▶ " + text)
	return term
}

// done completes the current step.
func (term *terminal) done() {
	term.t.Helper()
	before := savedSeq(term.see("enter dar el paso por hecho"))
	term.act("enter", func(screen string) bool { return savedSeq(screen) > before })
}

// savedSeq returns the number that the screen says is saved; a half-drawn screen
// may say none, or a smaller one.
func savedSeq(screen string) uint64 {
	shown := savedMark.FindStringSubmatch(screen)
	if shown == nil {
		return 0
	}
	seq, _ := strconv.ParseUint(shown[1], 10, 64) // the pattern takes digits only
	return seq
}

// reads runs a reading action and waits for its success.
func (term *terminal) reads(name string) {
	term.t.Helper()
	term.see("enter ejecutar " + name)
	term.starts(succeeded(name))
}

// starts lets what is next, and only reads, run. An enter that comes before its command has
// stood on the screen for a moment shows it first, and is pressed once more.
func (term *terminal) starts(holds func(screen string) bool) {
	term.t.Helper()
	term.actAgain("enter", holds, func(screen string) bool {
		return tooFast.MatchString(screen) || asksToRead.MatchString(screen)
	})
}

// asksToRead is the question whether something that only reads is to be run.
var asksToRead = regexp.MustCompile(`(?s)── (¿Ejecutar|Run) .*(Solo lee|It only reads)`)

// succeeded holds when the screen says so, at its foot or beside the action.
func succeeded(name string) func(string) bool {
	return func(screen string) bool {
		return strings.Contains(screen, name+": correcto") || strings.Contains(screen, "✓ "+name+" ·")
	}
}

// writes runs a changing action: the dialog shows what will run, and takes a yes
// only when the keys have been quiet for a moment.
func (term *terminal) writes(name string, shown ...string) {
	term.t.Helper()
	term.see("enter ejecutar " + name)
	term.act("enter", shows("¿Ejecutar "+name+"?"))
	term.see(append([]string{"y/enter ejecutar"}, shown...)...)
	term.act("y", succeeded(name))
}

func shows(text string) func(string) bool {
	return func(screen string) bool { return strings.Contains(screen, text) }
}

func lacks(text string) func(string) bool {
	return func(screen string) bool { return !strings.Contains(screen, text) }
}

// tooFast is what the screen says to a key that came too soon.
var tooFast = regexp.MustCompile("Tecla mantenida|Demasiado pronto|Key held down|Too soon|una vez más|once more")

// act presses a key and waits for its effect. The screen refuses keys that come
// too fast; only then the key is pressed again, after a moment.
func (term *terminal) act(key string, holds func(screen string) bool) {
	term.t.Helper()
	term.actAgain(key, holds, tooFast.MatchString)
}

// insist presses a key again and again until it has its effect: one that does no
// harm when it comes twice.
func (term *terminal) insist(key string, holds func(screen string) bool) {
	term.t.Helper()
	term.actAgain(key, holds, func(string) bool { return true })
}

func (term *terminal) actAgain(key string, holds, repeat func(screen string) bool) {
	term.t.Helper()
	term.press(key)
	again := time.NewTicker(700 * time.Millisecond)
	defer again.Stop()
	deadline := time.NewTimer(patience)
	defer deadline.Stop()
	for {
		screen := term.screen()
		if holds(screen) {
			return
		}
		select {
		case <-term.news:
		case <-again.C:
			if screen = term.screen(); !holds(screen) && repeat(screen) {
				term.press(key)
			}
		case <-deadline.C:
			term.t.Fatalf("%s has no effect; the screen:\n%s", key, screen)
		}
	}
}

// answers picks the option of a choice that stands so many lines below the
// first, with a reason; words are those of the question.
func (term *terminal) answers(words string, down int, reason string) {
	term.t.Helper()
	term.see("enter responder", words)
	term.act("enter", shows("enter elegir"))
	term.press("g")
	for range down {
		term.press("j")
	}
	term.act("enter", shows("¿por qué?"))
	term.typeText(reason).act("enter", lacks("¿por qué?"))
}

// enters gives the value of an input.
func (term *terminal) enters(words, value string) {
	term.t.Helper()
	term.see("enter responder", words)
	term.act("enter", shows("enter aceptar"))
	term.press("ctrl+u").typeText(value).act("enter", lacks("enter aceptar"))
}

// TestFullScreenWalkRollsTheConnectorBack walks scenario 1 key by key.
func TestFullScreenWalkRollsTheConnectorBack(t *testing.T) {
	service, env := practice(t, "facebook")
	term := open(t, options{cols: 120, rows: 40, env: env}, "run", local(t, service),
		"--param", "connector=facebook", "--param", "version=v1.4.2")
	term.see("EN VIVO", "Rollback de conectores", "enter empezar")
	trustAndBegin(term)

	term.at("1 Ver qué alertas").reads("firing-alerts")
	term.done()
	term.at("2 Medir la tasa").reads("connector-rates")
	term.reads("executor-rate")
	term.reads("panel-rate")
	term.done()
	term.at("3 Leer las últimas").reads("error-log")
	term.done()
	term.at("4 Contrastar").reads("user-reports")
	term.done()
	term.at("5 Fijar la gravedad").answers("¿Qué gravedad tiene?", 1, "publicar falla")
	term.answers("¿A quién alcanza?", 0, "")
	term.done()

	term.at("1 Decidir si").answers("▶ decisión", 0, "la tasa no baja")
	term.done()
	term.at("2 Elegir el escenario").answers("▶ decisión", 0, "solo facebook")
	term.done()
	term.at("3 Nombrar a quien").enters("¿Quién coordina el rollback?", "Bea")
	term.done()

	term.at("1 Comprobar que v1.4.2").reads("check-connector-version")
	term.done()
	term.at("2 Desactivar").writes("disable-connector", "/admin/connectors/facebook/disable", "[secret ADMIN_TOKEN]")
	term.done()
	term.at("3 Traer de v1.4.2").writes("checkout-connector", "git checkout")
	term.done()
	term.at("4 Reconstruir").writes("build-connector", "npm run build")
	term.done()
	term.at("5 Desplegar en staging").writes("deploy-connector", "npm run deploy:staging")
	term.done()
	term.at("6 Verificar").reads("served-connector")
	term.reads("connector-still-disabled")
	term.done()
	term.at("7 Confirmar").reads("stable-connector")
	term.done()

	term.at("1 Contar a quienes").writes("notify-connector-users")
	term.done()
	term.at("2 Publicar el aviso").writes("dashboard-notice")
	term.done()
	term.at("3 Escribir a los").writes("mail-admins")
	term.done()
	term.at("4 Poner al día").writes("status-degraded")
	term.done()

	term.at("1 Buscar la causa").reads("diff-connector")
	term.enters("¿Cuál es la causa raíz", "lotes demasiado grandes")
	term.done()
	term.at("2 Preparar la corrección").done()
	term.at("3 Acordar cuándo").enters("¿Cuándo y cómo se despliega", "mañana")
	term.done()
	term.at("4 Llevar la corrección").done()
	term.see("enter responder", "¿Está desplegada y comprobada")
	term.act("enter", shows("enter elegir"))
	term.press("j").act("enter", lacks("enter elegir"))
	term.done()
	term.at("8 Incorporar lo aprendido").enters("¿Qué hay que cambiar", "limitar los lotes")
	term.done()
	term.see("enter terminar el recorrido")
	term.act("enter", shows("¿Terminar el recorrido?"))
	term.act("y", shows("completado"))
	term.press("q")
	if code := term.exit(); code != 0 {
		t.Errorf("exit %d", code)
	}

	checkRolledBack(t, env)
	checkExport(t, env)
}

// checkRolledBack asks the service itself.
func checkRolledBack(t *testing.T, env []string) {
	t.Helper()
	out, errs, code := command(t, env, "run", query(t), "--auto")
	flat := strings.Join(strings.Fields(strings.ReplaceAll(out, "|", "")), "") // the response is laid out in lines
	if code != 0 || !strings.Contains(flat, `"connector":"facebook","state":"disabled","version":"v1.4.2"`) {
		t.Errorf("the service says (exit %d)\n%s%s", code, out, errs)
	}
}

// query is a runbook that asks the practice service for the connector.
func query(t *testing.T) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "ask.md")
	text := "---\nenv: {GENIA_API: 'http://127.0.0.1:1'}\nsecrets: [ADMIN_TOKEN]\n---\n# Ask\n\n## Check\n\n1. Ask.\n\n" +
		"   ```http {effect=read}\n   GET {{GENIA_API}}/admin/connectors/facebook\n   Authorization: Bearer {{ADMIN_TOKEN}}\n   ```\n"
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// checkExport looks for every step, command, decision and time in the export of
// the walk.
func checkExport(t *testing.T, env []string) {
	t.Helper()
	id := oldestRun(t, env)
	out, errs, code := command(t, env, "export", id)
	if code != 0 {
		t.Fatalf("exit %d: %s", code, errs)
	}
	for _, want := range []string{
		"Ver qué alertas", "Medir la tasa", "Leer las últimas", "Contrastar", "Fijar la gravedad", "Decidir si", "Elegir el escenario",
		"Nombrar a quien", "Desactivar", "Traer de v1.4.2", "Reconstruir", "Desplegar en staging", "Verificar", "Confirmar que el conector",
		"Contar a quienes", "Publicar el aviso", "Escribir a los", "Poner al día", "Buscar la causa", "Preparar la corrección",
		"Acordar cuándo", "Llevar la corrección", "Incorporar lo aprendido",
		"/admin/connectors/facebook/disable", "git checkout", "npm run build", "npm run deploy:staging",
		"la tasa no baja", "solo facebook", "publicar falla", "lotes demasiado grandes", "ana",
	} {
		if !strings.Contains(out, want) {
			t.Errorf("the export lacks %q", want)
		}
	}
	if !regexp.MustCompile(`\d{4}-\d\d-\d\d.\d\d:\d\d:\d\d`).MatchString(out) {
		t.Error("the export holds no times")
	}
}

// oldestRun returns the id of the first run of a home.
func oldestRun(t *testing.T, env []string) string {
	t.Helper()
	out, errs, code := command(t, env, "runs", "--json")
	ids := regexp.MustCompile(`"run": "([^"]+)"`).FindAllStringSubmatch(out, -1)
	if code != 0 || len(ids) == 0 {
		t.Fatalf("runs: exit %d\n%s%s", code, out, errs)
	}
	return ids[len(ids)-1][1]
}

var savedMark = regexp.MustCompile(`(?:guardado|saved) #(\d+)`)

// TestKilledRunKeepsWhatItShowedAsSaved kills the program in the middle of an
// action. What the screen had shown as saved is in the transcript, which can
// still be exported and verified.
func TestKilledRunKeepsWhatItShowedAsSaved(t *testing.T) {
	env := home(t)
	path := filepath.Join(t.TempDir(), "slow.md")
	text := "---\ntitle: Slow\nlang: es\n---\n# Slow\n\n## Execution\n\n1. Look.\n\n   ```sh {name=look effect=read}\n   echo looked\n   ```\n\n" +
		"2. Wait.\n\n   ```sh {name=wait effect=read}\n   echo waiting; sleep 600\n   ```\n"
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	term := open(t, options{cols: 80, rows: 24, env: env}, "run", path)
	trustAndBegin(term)
	term.at("1 Look").reads("look")
	term.done()
	term.at("2 Wait").see("enter ejecutar wait")
	term.starts(shows("wait en marcha"))
	screen := term.see("  waiting\n")
	if err := term.cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	<-term.ended

	shown := savedMark.FindStringSubmatch(screen)
	if shown == nil {
		t.Fatalf("the screen does not say what is saved:\n%s", screen)
	}
	saved, err := strconv.ParseUint(shown[1], 10, 64)
	if err != nil {
		t.Fatal(err)
	}
	id := oldestRun(t, env)
	got, err := transcript.Read(filepath.Join(strings.TrimPrefix(env[1], "XDG_STATE_HOME="), "bitacora", "runs", id))
	if err != nil {
		t.Fatal(err)
	}
	if got.Damage != nil || len(got.Events) == 0 || got.Events[len(got.Events)-1].Seq < saved {
		t.Errorf("the screen had shown %d as saved; %d events are there, damage: %v", saved, len(got.Events), got.Damage)
	}
	out, errs, code := command(t, env, "export", id)
	if code != 0 || !strings.Contains(out, "echo waiting; sleep 600") || !strings.Contains(out, "looked") {
		t.Errorf("export: exit %d\n%s%s", code, out, errs)
	}
	if out, errs, code := command(t, env, "verify", id); code != 0 {
		t.Errorf("verify: exit %d\n%s%s", code, out, errs)
	}
}
