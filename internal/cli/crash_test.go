package cli

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"genia.ai/bitacora/internal/secrets"
	"genia.ai/bitacora/internal/transcript"
	"genia.ai/bitacora/tui"
)

func TestPanicIsWrittenToAFileWithoutSecrets(t *testing.T) {
	clock, err := transcript.NewSystemClock()
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	a := &app{clock: clock, env: func(name string) (string, bool) { return dir, name == "XDG_STATE_HOME" }}
	a.keepForMasks([]secrets.Found{{Name: "DB_PASSWORD", Value: "c0rrect-horse"}, {Name: "SHORT", Value: "x"}})
	told := a.screenError(&tui.PanicError{Value: "index \x1b[2J of c0rrect-horse", Stack: []byte("goroutine 7 [running]:\nmain.f(\"c0rrect-horse\")\n")})
	paths, err := filepath.Glob(filepath.Join(dir, "bitacora", crashDir, "*.txt"))
	if err != nil || len(paths) != 1 {
		t.Fatalf("%d reports: %v", len(paths), err)
	}
	if !strings.Contains(told.Error(), paths[0]) || strings.ContainsAny(told.Error(), "\x1b") || strings.Contains(told.Error(), "horse") {
		t.Errorf("told: %v", told)
	}
	report, err := os.ReadFile(paths[0])
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"internal error in the screen: index", "[secret DB_PASSWORD]", "goroutine 7 [running]", "bitacora "} {
		if !strings.Contains(string(report), want) {
			t.Errorf("the report lacks %q:\n%s", want, report)
		}
	}
	if strings.Contains(string(report), "horse") || strings.Contains(string(report), "\x1b") {
		t.Errorf("the report holds what it must not:\n%s", report)
	}
	if info, err := os.Stat(paths[0]); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("mode %v, %v", info.Mode(), err)
	}
}

func TestPanicThatCannotBeWrittenIsStillTold(t *testing.T) {
	a := &app{env: func(string) (string, bool) { return "", false }}
	err := a.screenError(&tui.PanicError{Value: "boom"})
	if err == nil || !strings.Contains(err.Error(), "boom") || !strings.Contains(err.Error(), "could not be written") {
		t.Errorf("told: %v", err)
	}
}
