package preflight

import (
	"context"
	"errors"
	"net"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"genia.ai/bitacora/internal/session"
	"genia.ai/bitacora/runbooks"
)

func parsed(t *testing.T, text string) *runbooks.Runbook {
	t.Helper()
	rb, err := runbooks.Parse("x.md", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return rb
}

func direct(*http.Request) (*url.URL, error) { return nil, nil }

const requests = "# T\n\n## Execution\n\n1. a\n\n   ```http\n   GET {{API}}/x/{{id}}\n   ```\n\n   ```http\n   POST https://b.example:8443/y\n   ```\n\n" +
	"   ```http\n   GET https://{{cluster}}.example/\n   ```\n\n   ```http\n   GET http://127.0.0.1:9/\n   ```\n\n   ```http\n   GET https://b.example/again\n   ```\n\n" +
	"   ```sh {host=ops@db1}\n   uptime\n   ```\n\n   ```sh {host=jump}\n   uptime\n   ```\n\n   ```sh {host=\"{{target}}\"}\n   uptime\n   ```\n"

func TestHosts(t *testing.T) {
	home := t.TempDir()
	if err := os.MkdirAll(filepath.Join(home, ".ssh"), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(home, ".ssh", "config"), []byte("Host jump other\n  ProxyJump x\nhost=third\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	opts := Options{Env: map[string]string{"API": "https://api.example"}, Proxy: direct, Getenv: func(string) string { return home }}
	rb := parsed(t, requests)
	if got, want := Hosts(rb, opts), []string{"api.example", "b.example", "db1"}; !slices.Equal(got, want) {
		t.Errorf("hosts %q, want %q", got, want)
	}
	opts.Proxy = func(*http.Request) (*url.URL, error) { return url.Parse("http://proxy") }
	if got, want := Hosts(rb, opts), []string{"db1"}; !slices.Equal(got, want) {
		t.Errorf("through a proxy %q, want %q", got, want)
	}
}

func TestRunResolves(t *testing.T) {
	lookup := func(ctx context.Context, host string) error {
		switch host {
		case "b.example":
			return &net.DNSError{Err: "no such host", IsNotFound: true}
		case "db1":
			return errors.New("refused")
		}
		return nil
	}
	checks := Run(t.Context(), parsed(t, requests), Options{Env: map[string]string{"API": "https://api.example"}, Proxy: direct, Lookup: lookup})
	states := map[string]session.CheckState{}
	for _, c := range checks {
		states[c.Name] = c.State
	}
	for name, want := range map[string]session.CheckState{
		"api.example": session.CheckGood, "b.example": session.CheckBad, "db1": session.CheckUnknown, "jump": session.CheckGood,
	} {
		if states[name] != want {
			t.Errorf("%s is %q, want %q", name, states[name], want)
		}
	}
}

func TestASilentResolverIsNotWaitedFor(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	lookup := func(ctx context.Context, _ string) error {
		cancel() // instead of Limit
		<-ctx.Done()
		return ctx.Err()
	}
	state, why, _ := resolve(ctx, "x.example", lookup)
	if state != session.CheckUnknown || why != "resolver" {
		t.Errorf("%s: %s", state, why)
	}
}

func git(t *testing.T, dir string, args ...string) {
	t.Helper()
	cmd := exec.Command("git", args...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "HOME="+dir, "GIT_CONFIG_NOSYSTEM=1", "GIT_AUTHOR_NAME=a", "GIT_AUTHOR_EMAIL=a@b", "GIT_COMMITTER_NAME=a", "GIT_COMMITTER_EMAIL=a@b")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("git %v: %v\n%s", args, err, out)
	}
}

// TestTree needs git, as the practice service's repository does.
func TestTree(t *testing.T) {
	dir := t.TempDir()
	git(t, dir, "init", "-q")
	below := filepath.Join(dir, "a", "b")
	if err := os.MkdirAll(below, 0o755); err != nil {
		t.Fatal(err)
	}
	home := func(string) string { return dir }
	look := func() session.Check {
		t.Helper()
		check := lookAtTree(t.Context(), below, home)
		if check == nil {
			t.Fatal("no tree was found")
		}
		return *check
	}
	if c := look(); c.State != session.CheckGood || c.Name != dir {
		t.Errorf("an empty tree: %+v", c)
	}
	for _, name := range []string{"one", "two"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(name), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if c := look(); c.State != session.CheckBad || c.Count != 2 {
		t.Errorf("two new files: %+v", c)
	}
	git(t, dir, "add", ".")
	git(t, dir, "commit", "-qm", "x")
	if c := look(); c.State != session.CheckGood || c.Count != 0 {
		t.Errorf("committed: %+v", c)
	}
	git(t, dir, "mv", "one", "three")
	if c := look(); c.Count != 1 {
		t.Errorf("a rename: %+v", c)
	}
	linked := filepath.Join(t.TempDir(), "linked")
	git(t, dir, "worktree", "add", "-q", linked)
	if c := lookAtTree(t.Context(), linked, home); c == nil || c.State != session.CheckGood {
		t.Errorf("a linked tree: %+v", c)
	}
	if c := lookAtTree(t.Context(), t.TempDir(), home); c != nil {
		t.Errorf("no tree: %+v", c)
	}
}

// TestNothingOfARepositoryRuns: whatever a repository says should run does not.
func TestNothingOfARepositoryRuns(t *testing.T) {
	for _, config := range []string{
		"[core]\n\tfsmonitor = %s\n", "[filter \"x\"]\n\tclean = %s\n\tsmudge = %s\n", "[include]\n\tpath = %s\n", "[includeIf \"gitdir:/\"]\n\tpath = %s\n", "[core]\n\thooksPath = %s\n",
	} {
		dir := t.TempDir()
		git(t, dir, "init", "-q")
		ran := filepath.Join(t.TempDir(), "ran")
		script := filepath.Join(t.TempDir(), "post-index-change")
		if err := os.WriteFile(script, []byte("#!/bin/sh\ntouch "+ran+"\ncat\n"), 0o755); err != nil {
			t.Fatal(err)
		}
		value := script
		if strings.Contains(config, "hooksPath") {
			value = filepath.Dir(script)
		}
		if err := os.WriteFile(filepath.Join(dir, ".gitattributes"), []byte("* filter=x\n"), 0o600); err != nil {
			t.Fatal(err)
		}
		git(t, dir, "add", ".")
		file, err := os.OpenFile(filepath.Join(dir, ".git", "config"), os.O_APPEND|os.O_WRONLY, 0)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := file.WriteString(strings.ReplaceAll(config, "%s", value)); err != nil {
			t.Fatal(err)
		}
		file.Close()
		if err := os.WriteFile(filepath.Join(dir, ".gitattributes"), []byte("*  filter=x\n"), 0o600); err != nil {
			t.Fatal(err)
		}
		check := lookAtTree(t.Context(), dir, func(string) string { return dir })
		if check == nil {
			t.Fatal("no tree was found")
		}
		if _, err := os.Stat(ran); err == nil {
			t.Errorf("%q was run", config)
		}
		if !strings.Contains(config, "hooksPath") && check.State != session.CheckUnknown {
			t.Errorf("%q: %+v", config, check)
		}
	}
}

func TestRunLooksAtTheTreeOnlyForGit(t *testing.T) {
	dir := t.TempDir()
	git(t, dir, "init", "-q")
	opts := Options{Dir: dir, Getenv: func(string) string { return dir }}
	if checks := Run(t.Context(), parsed(t, "# T\n\n1. a\n\n   ```sh\n   ls\n   ```\n"), opts); len(checks) != 0 {
		t.Errorf("without git: %+v", checks)
	}
	if checks := Run(t.Context(), parsed(t, "# T\n\n1. a\n\n   ```sh\n   git pull\n   ```\n"), opts); len(checks) != 1 || checks[0].Kind != session.CheckTree {
		t.Errorf("with git: %+v", checks)
	}
}
