package secrets

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

const value = "s3cret-value"

func write(t *testing.T, path, text string, mode os.FileMode) string {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(path, mode); err != nil {
		t.Fatal(err)
	}
	return path
}

func finder(env map[string]string, config Config) *Finder {
	f := &Finder{Lookup: func(name string) (string, bool) { v, ok := env[name]; return v, ok }, Config: config, Home: env["HOME"]}
	for name, v := range env {
		f.Environ = append(f.Environ, name+"="+v)
	}
	return f
}

func find1(t *testing.T, f *Finder) Found {
	t.Helper()
	found, err := f.Find(context.Background(), "TOKEN")
	if err != nil {
		t.Fatal(err)
	}
	if found.Problem != "" && (found.Value != "" || strings.Contains(found.Problem, value)) {
		t.Fatalf("a problem with a value: %+v", found)
	}
	return found
}

func TestTheFirstSourceThatIsGivenCounts(t *testing.T) {
	dir := t.TempDir()
	write(t, filepath.Join(dir, "a"), "from-file-a\n", 0o600)
	write(t, filepath.Join(dir, "b"), "from-file-b\r\n", 0o400)
	config := Config{"TOKEN": {File: "~/b"}}
	env := map[string]string{"HOME": dir, "TOKEN": "from-env", "TOKEN_FILE": filepath.Join(dir, "a")}
	for _, test := range []struct {
		without, value string
		origin         Origin
	}{{"", "from-env", OriginEnv}, {"TOKEN", "from-file-a", OriginFile}, {"TOKEN_FILE", "from-file-b", OriginFile}} {
		delete(env, test.without)
		if got := find1(t, finder(env, config)); got.Value != test.value || got.Origin != test.origin {
			t.Errorf("without %q: %+v", test.without, got)
		}
	}
	if got := find1(t, finder(map[string]string{}, nil)); got != (Found{Name: "TOKEN"}) {
		t.Errorf("nowhere: %+v", got)
	}
	// What is named and does not work is not passed over in silence.
	env["TOKEN_FILE"] = filepath.Join(dir, "missing")
	if got := find1(t, finder(env, config)); got.Value != "" || !strings.Contains(got.Problem, "missing") {
		t.Errorf("a file that is not there: %+v", got)
	}
}

func TestFilesOfOthersAreRefused(t *testing.T) {
	dir := t.TempDir()
	plain := write(t, filepath.Join(dir, "plain"), value, 0o600)
	link := filepath.Join(dir, "link")
	if err := os.Symlink(plain, link); err != nil {
		t.Fatal(err)
	}
	linked := filepath.Join(dir, "dir")
	if err := os.Symlink(dir, linked); err != nil {
		t.Fatal(err)
	}
	fifo := filepath.Join(dir, "fifo")
	if err := unix.Mkfifo(fifo, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct{ name, path, problem string }{
		{"private", plain, ""},
		{"below a linked directory", filepath.Join(linked, "plain"), ""},
		{"group may read", write(t, filepath.Join(dir, "group"), value, 0o640), "chmod 0600"},
		{"others may read", write(t, filepath.Join(dir, "other"), value, 0o604), "chmod 0600"},
		{"others may write", write(t, filepath.Join(dir, "writable"), value, 0o602), "chmod 0600"},
		{"a link", link, "symbolic link"},
		{"a fifo, which nobody writes to", fifo, "not a regular file"},
		{"a directory", dir, "not a regular file"},
		{"a device", "/dev/zero", "not a regular file"},
		{"empty", write(t, filepath.Join(dir, "empty"), "\n", 0o600), "empty"},
		{"NUL", write(t, filepath.Join(dir, "nul"), value+"\x00", 0o600), "NUL"},
		{"short", write(t, filepath.Join(dir, "short"), "abc\n", 0o600), "shorter than 6"},
		{"long", write(t, filepath.Join(dir, "long"), strings.Repeat("x", maxValue+1), 0o600), "longer than"},
	} {
		t.Run(test.name, func(t *testing.T) {
			got := find1(t, finder(map[string]string{"TOKEN_FILE": test.path}, nil))
			if (got.Value == value) != (test.problem == "") || !strings.Contains(got.Problem, test.problem) {
				t.Errorf("%+v, want problem %q", got, test.problem)
			}
		})
	}
}

func TestFilesOfAnotherUserAreRefused(t *testing.T) {
	path := write(t, filepath.Join(t.TempDir(), "theirs"), value, 0o600)
	problem := "belongs to another user"
	if os.Geteuid() == 0 {
		if err := os.Chown(path, 12345, 12345); err != nil {
			t.Fatal(err)
		}
	} else {
		path, problem = "/etc/hostname", "another user" // root's
	}
	if got := find1(t, finder(map[string]string{"TOKEN_FILE": path}, nil)); !strings.Contains(got.Problem, problem) {
		t.Errorf("%+v", got)
	}
}

func TestCommands(t *testing.T) {
	env := map[string]string{"PATH": os.Getenv("PATH"), "HOME": t.TempDir(), "GPG_TTY": "/dev/pts/7", "BASH_ENV": "/evil", "LD_PRELOAD": "/evil.so", "OTHER": "x"}
	for _, test := range []struct{ name, script, value, problem string }{
		{"prints it", "echo " + value, value, ""},
		{"one line end is taken off", "printf '" + value + "\\n\\n'", value + "\n", ""},
		{"knows the terminal's name, and nothing of the rest", `echo "$GPG_TTY:$BASH_ENV:$LD_PRELOAD:$OTHER"`, "/dev/pts/7:::", ""},
		{"has no terminal", "if (: </dev/tty) 2>/dev/null; then echo terminal; else echo no-terminal; fi", "no-terminal", ""},
		{"has no input", "cat; echo " + value, value, ""},
		{"fails", "echo " + value + "; echo 'no such entry' >&2; exit 3", "", "exit status 3: no such entry"},
		{"tells the value among its errors", "echo " + value + "; echo 'bad: " + value + "' >&2; exit 1", "", "bad: [secret output]"},
		{"drives the terminal among its errors", `printf '\033]52;c;QQ==\a\033[2Jplain' >&2; exit 1`, "", "exit status 1: plain"},
		{"prints nothing", "exit 0", "", "empty"},
		{"prints without end", "yes", "", "longer than"},
		{"hangs", "echo 'waiting for a card' >&2; sleep 600 & wait", "", "did not answer within"},
	} {
		t.Run(test.name, func(t *testing.T) {
			f := finder(env, Config{"TOKEN": {Command: []string{"sh", "-c", test.script}}})
			if f.Timeout = 20 * time.Second; test.name == "hangs" {
				f.Timeout = 300 * time.Millisecond
			}
			got := find1(t, f)
			if got.Value != test.value || !strings.Contains(got.Problem, test.problem) || (got.Problem == "") != (test.problem == "") {
				t.Errorf("%+v", got)
			}
			if got.Value != "" && got.Origin != OriginCommand {
				t.Errorf("origin %q", got.Origin)
			}
		})
	}
}

func TestProgramsAreNotLookedForInTheWorkingDirectory(t *testing.T) {
	dir := t.TempDir()
	write(t, filepath.Join(dir, "pass"), "#!/bin/sh\necho "+value+"\n", 0o700)
	t.Chdir(dir)
	for _, command := range []string{"pass", "./pass"} {
		got := find1(t, finder(map[string]string{"PATH": ":.:" + filepath.Join(dir, "empty")}, Config{"TOKEN": {Command: []string{command}}}))
		if got.Value != "" || got.Problem == "" {
			t.Errorf("%s: %+v", command, got)
		}
	}
}

func TestInterruptedSearchIsAnError(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	f := finder(map[string]string{"PATH": os.Getenv("PATH")}, Config{"TOKEN": {Command: []string{"sleep", "600"}}})
	if _, err := f.Find(ctx, "TOKEN"); !errors.Is(err, context.Canceled) {
		t.Errorf("%v", err)
	}
}

func TestLoad(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "secrets.yaml")
	if config, err := Load(path); err != nil || len(config) != 0 {
		t.Fatalf("a file that is not there: %v, %v", config, err)
	}
	for _, test := range []struct {
		name, text string
		mode       os.FileMode
		problem    string
	}{
		{"both kinds", "A: {file: ~/a}\nB:\n  command: [pass, show, genia/b]\n", 0o644, ""},
		{"nothing in it", "", 0o600, ""},
		{"others may write it", "A: {file: /a}\n", 0o662, "can be used by others"},
		{"a value", "A: " + value + "\n", 0o600, "secrets.yaml:1"},
		{"a value as a member", "A: {value: " + value + "}\n", 0o600, "never a value"},
		{"both at once", "A: {file: /a, command: [b]}\n", 0o600, "A needs either"},
		{"neither", "A: {}\n", 0o600, "A needs either"},
		{"no name", "a-b: {file: /a}\n", 0o600, `"a-b" is no name`},
		{"no YAML", "A: [" + value + "\n", 0o600, "cannot be read"},
	} {
		t.Run(test.name, func(t *testing.T) {
			config, err := Load(write(t, path, test.text, test.mode))
			switch {
			case test.problem == "" && err != nil:
				t.Error(err)
			case test.problem != "" && (err == nil || !strings.Contains(err.Error(), test.problem)):
				t.Errorf("%v, %v", config, err)
			case err != nil && strings.Contains(err.Error(), value):
				t.Errorf("the error holds the value: %v", err)
			}
		})
	}
}
