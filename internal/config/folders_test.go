package config

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

func TestRunbookDirsInOrder(t *testing.T) {
	home := t.TempDir()
	path := filepath.Join(home, ".config", "bitacora", "config.yaml")
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		t.Fatal(err)
	}
	env := from(map[string]string{"HOME": home, "BITACORA_PATH": "/a:~/mine:", "XDG_DATA_DIRS": "/sys"})
	dirs := func() ([]string, error) { return RunbookDirs(env) }
	base := []string{"/a", home + "/mine", "runbooks", home + "/.local/share/bitacora/runbooks", "/sys/bitacora/runbooks"}
	if got, err := dirs(); err != nil || !slices.Equal(got, base) {
		t.Errorf("without a file: %q, %v", got, err)
	}
	for text, want := range map[string][]string{
		"runbooks: [/b, ~/docs, /a, rel]\nother: 1\n": {"/a", home + "/mine", "/b", home + "/docs", filepath.Dir(path) + "/rel"},
		"": {"/a", home + "/mine"},
	} {
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if got, err := dirs(); err != nil || !slices.Equal(got, append(want, base[2:]...)) {
			t.Errorf("%q: %q, %v", text, got, err)
		}
	}
	if err := os.WriteFile(path, []byte("runbooks: {a: [}\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if got, err := dirs(); !slices.Equal(got, base) || err == nil || !strings.Contains(err.Error(), path) {
		t.Errorf("a broken file: %q, %v", got, err)
	}
}
