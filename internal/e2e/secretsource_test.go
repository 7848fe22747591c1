package e2e

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"golang.org/x/sys/unix"
)

const typedSecret = "hunter2-Gr4nat3"

// needy is a runbook whose actions use a secret and print it.
const needy = "---\ntitle: Needy\nlang: es\nsecrets: [API_TOKEN]\n---\n# Needy\n\n## Execution\n\n1. Use it.\n\n" +
	"   ```bash {name=use effect=read}\n   echo \"token ${#API_TOKEN} $API_TOKEN\"\n   ```\n\n2. Use it again.\n\n" +
	"   ```bash {name=again effect=read}\n   echo \"again ${#API_TOKEN} $API_TOKEN\"\n   ```\n"

// absent fails when a text stands in any file below the directories, or in what any
// process shows of its command line; of the server also in its environment.
func absent(t *testing.T, text string, server int, dirs ...string) {
	t.Helper()
	for _, dir := range dirs {
		err := filepath.WalkDir(dir, func(path string, entry fs.DirEntry, err error) error {
			if err != nil || !entry.Type().IsRegular() {
				return err
			}
			content, err := os.ReadFile(path)
			if strings.Contains(string(content), text) {
				t.Errorf("%s holds it", path)
			}
			return err
		})
		if err != nil {
			t.Error(err)
		}
	}
	lines, _ := filepath.Glob("/proc/[0-9]*/cmdline") // the pattern is well-formed
	for _, path := range append([]string{filepath.Join("/proc", strconv.Itoa(server), "environ")}, lines...) {
		if content, err := os.ReadFile(path); err == nil && strings.Contains(string(content), text) {
			t.Errorf("%s holds it", path)
		}
	}
}

// TestSecretIsTypedHidden gives a secret at the briefing of the full screen, loses
// the server, and is asked again.
func TestSecretIsTypedHidden(t *testing.T) {
	t.Parallel()
	env := append(home(t), "BITACORA_IDLE=60s")
	term := open(t, options{cols: 100, rows: 30, env: env}, "run", write(t, "needy.md", needy))
	term.see("enter empezar", "API_TOKEN: falta")
	term.act("enter", shows("¿Ejecutar este texto?"))
	term.act("s", shows("Secreto API_TOKEN"))
	term.typeText("abc").press("enter")
	term.see("menos de 6 bytes")
	term.press("ctrl+u").typeText(typedSecret).press("enter")
	term.at("1 Use it").see("enter ejecutar use")
	term.starts(shows(fmt.Sprintf("token %d [secret API_TOKEN]", len(typedSecret))))
	term.done()
	term.at("2 Use it again")
	dir := runDir(t, env)
	server := serverOf(t, dir)
	absent(t, typedSecret, server, filepath.Dir(stateDir(env)))

	if err := unix.Kill(server, unix.SIGKILL); err != nil {
		t.Fatal(err)
	}
	term.see("CONEXIÓN PERDIDA")
	if strings.Contains(term.wrote(), typedSecret) {
		t.Error("the terminal was sent the secret")
	}
	again := open(t, options{cols: 100, rows: 30, env: env}, "resume", "last")
	again.see("enter leído")
	again.act("esc", lacks("enter leído"))
	again.at("2 Use it again").see("enter ejecutar again")
	again.act("enter", shows("Secreto API_TOKEN"))
	again.typeText(typedSecret).starts(shows(fmt.Sprintf("again %d [secret API_TOKEN]", len(typedSecret))))
	absent(t, typedSecret, serverOf(t, dir), filepath.Dir(stateDir(env)))
	if strings.Contains(again.wrote(), typedSecret) {
		t.Error("the terminal was sent the secret")
	}
}

// TestSecretIsTypedHiddenLineByLine is the same in plain mode, where the terminal
// itself would show what is typed.
func TestSecretIsTypedHiddenLineByLine(t *testing.T) {
	t.Parallel()
	env := home(t)
	term := open(t, options{cols: 100, rows: 40, env: env}, "run", "--plain", write(t, "needy.md", needy))
	term.see("Secreto API_TOKEN: FALTA", "s/N")
	term.typeText("s").press("enter")
	term.see("API_TOKEN (no se ve")
	term.typeText("abc").press("enter")
	term.see("menos de 6 bytes")
	term.typeText(typedSecret).press("enter")
	term.see("API_TOKEN ya está", "Intro empieza")
	term.press("enter")
	term.see("echo \"token")
	term.press("enter")
	term.see(fmt.Sprintf("token %d [secret API_TOKEN]", len(typedSecret)))
	if strings.Contains(term.wrote(), typedSecret) {
		t.Error("the terminal was sent the secret")
	}
	term.typeText("nota shown").press("enter") // what is typed is shown again
	term.see("nota shown")
	dir := runDir(t, env)
	absent(t, typedSecret, serverOf(t, dir), filepath.Dir(stateDir(env)))
}

// TestSecretsComeFromWhereTheOperatorSays gives one by each source that needs
// nobody, and finds it neither in the server's environment nor in any file of the
// run.
func TestSecretsComeFromWhereTheOperatorSays(t *testing.T) {
	t.Parallel()
	book := write(t, "needy.md", needy)
	file := write(t, "token", typedSecret+"\n")
	open4 := write(t, "readable", typedSecret+"\n")
	if err := os.Chmod(open4, 0o644); err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		name, variable, config string
		works                  bool
		says                   string
	}{
		{"environment", "API_TOKEN=" + typedSecret, "", true, "del entorno"},
		{"file", "API_TOKEN_FILE=" + file, "", true, "de un fichero"},
		{"configured file", "", "API_TOKEN: {file: " + file + "}\n", true, "de un fichero"},
		{"command", "", "API_TOKEN: {command: [cat, " + file + "]}\n", true, "de un comando"},
		{"readable file", "API_TOKEN_FILE=" + open4, "", false, "chmod 0600"},
		{"failing command", "", "API_TOKEN: {command: [cat, /nowhere]}\n", false, "No such file"},
		{"nothing", "", "", false, "API_TOKEN_FILE"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			env := append(home(t), "BITACORA_IDLE=60s", test.variable)
			if test.config != "" {
				dir := filepath.Join(strings.TrimPrefix(env[0], "HOME="), ".config", "bitacora")
				if err := os.MkdirAll(dir, 0o700); err != nil {
					t.Fatal(err)
				}
				if err := os.WriteFile(filepath.Join(dir, "secrets.yaml"), []byte(test.config), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			out, errs, code := command(t, env, "run", "--auto", book)
			want := fmt.Sprintf("again %d [secret API_TOKEN]", len(typedSecret))
			switch {
			case strings.Contains(out+errs, typedSecret):
				t.Errorf("it was printed:\n%s%s", out, errs)
			case test.works && (code != 0 || !strings.Contains(out, want)):
				t.Errorf("exit %d:\n%s%s", code, out, errs)
			case !test.works && (code != 2 || !strings.Contains(errs, test.says)):
				t.Errorf("exit %d without %q:\n%s%s", code, test.says, out, errs)
			}
			if !test.works {
				return
			}
			term := open(t, options{cols: 100, rows: 30, env: env}, "run", book)
			term.see("enter empezar", "API_TOKEN: "+test.says)
			dirs, err := filepath.Glob(filepath.Join(stateDir(env), "runs", "*", "socket"))
			if err != nil || len(dirs) != 1 {
				t.Fatalf("%v, %v", dirs, err)
			}
			absent(t, typedSecret, serverOf(t, filepath.Dir(dirs[0])), stateDir(env))
		})
	}
}
