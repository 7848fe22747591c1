package cli_test

import (
	"encoding/json"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// corpus returns the real runbooks that lie beside the repository, by their origin.
func corpus(t *testing.T) map[string][]string {
	t.Helper()
	shared := os.Getenv("BITACORA_SHARED")
	if shared == "" {
		shared = filepath.Join("..", "..", "..", "shared")
	}
	root, err := filepath.Abs(filepath.Join(shared, "corpus"))
	if err != nil {
		t.Fatal(err)
	}
	files := map[string][]string{}
	err = filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
		if err == nil && !entry.IsDir() && strings.Contains(entry.Name(), ".md") {
			origin, _, _ := strings.Cut(strings.TrimPrefix(path, root+"/"), "/")
			files[origin] = append(files[origin], path)
		}
		return err
	})
	if err != nil {
		t.Skipf("no shared runbooks: %v", err)
	}
	return files
}

// bitacora runs the command in a home of its own.
func bitacora(t *testing.T, home string, args ...string) (stdout, stderr string, err error) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "bitacora", args...)
	cmd.Env = append(os.Environ(), "HOME="+home, "XDG_STATE_HOME="+home+"/state", "LC_ALL=en_US.UTF-8", "TERM=dumb", "BITACORA_IDLE=2s")
	var out, problems strings.Builder
	cmd.Stdout, cmd.Stderr = &out, &problems
	err = cmd.Run()
	return out.String(), problems.String(), err
}

// TestRealRunbooksAreShown prints each of the real runbooks as JSON.
func TestRealRunbooksAreShown(t *testing.T) {
	home := t.TempDir()
	for _, paths := range corpus(t) {
		for _, path := range paths {
			out, problems, err := bitacora(t, home, "show", "--json", path)
			var shown struct{ Schema string }
			if err != nil || problems != "" || json.Unmarshal([]byte(out), &shown) != nil || shown.Schema != "bitacora/runbook/v1" {
				t.Errorf("%s: %v %s", path, err, problems)
			}
		}
	}
}

// TestRealRunbooksAreRehearsed walks one of each origin to its end without
// questions. One that holds alternatives is told which.
func TestRealRunbooksAreRehearsed(t *testing.T) {
	home := t.TempDir()
	for _, paths := range corpus(t) {
		path := paths[len(paths)-1]
		args := []string{"run", path, "--dry-run", "--auto"}
		_, problems, err := bitacora(t, home, args...)
		if strings.Contains(problems, "--scenario a|") {
			_, problems, err = bitacora(t, home, append(args, "--scenario", "a")...)
		}
		if err != nil {
			t.Errorf("%s: %v\n%s", path, err, problems)
		}
	}
}
