package sandbox

import (
	"fmt"
	"net/smtp"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// deploy does what a rollback does: check out, build, deploy.
func (s *started) deploy(version, path string) {
	s.t.Helper()
	s.mustRun("git", "checkout", "refs/tags/"+version, "--", path)
	s.mustRun("npm", "run", "build")
	s.mustRun("npm", "run", "deploy:staging")
}

// npmKinds are the ways to have npm: the stand-in always, the real one where it is installed.
func npmKinds() map[string]bool {
	kinds := map[string]bool{"stand-in": true}
	if _, err := exec.LookPath("npm"); err == nil {
		kinds["npm"] = false
	}
	return kinds
}

func TestOnlyTheGoodVersionOfTheFaultyPartHelps(t *testing.T) {
	metrics := map[string]string{
		"facebook": `genia_connector_error_rate{connector="facebook"}`,
		"executor": `genia_executor_error_rate`,
		"panel":    `genia_panel_error_rate`,
	}
	for kind, standIn := range npmKinds() {
		for fault, metric := range metrics {
			if !standIn && fault != "executor" {
				continue // once is enough: npm itself is slow to start
			}
			t.Run(kind+"/"+fault, func(t *testing.T) {
				clock := newFakeClock()
				s := start(t, Options{Fault: fault, Clock: clock.now, Settle: 10 * time.Second, NPMStandIn: standIn})
				paths := map[string]string{
					"facebook": "src/lib/connectors/facebook.ts", "executor": "src/lib/mcp/executor.ts", "panel": "src/panel/panel.ts",
				}
				settled := func() float64 {
					s.value(metric) // notices the deployment
					clock.advance(10 * time.Second)
					return s.value(metric)
				}
				for _, bad := range []string{"v1.4.0", "v1.3.0", "v1.5.0"} {
					s.deploy(bad, paths[fault])
					if rate := settled(); rate != highRate {
						t.Errorf("with %s the rate is %v, want %v", bad, rate, highRate)
					}
				}
				other := "src/lib/connectors/instagram.ts"
				s.deploy(GoodVersion, other)
				if rate := settled(); rate != highRate {
					t.Errorf("with %s of another part the rate is %v", GoodVersion, rate)
				}
				s.deploy(GoodVersion, paths[fault])
				if rate := s.value(metric); rate != highRate {
					t.Errorf("at once after the deployment the rate is %v, want %v still", rate, highRate)
				}
				clock.advance(5 * time.Second)
				if rate := s.value(metric); rate >= highRate || rate <= lowRate {
					t.Errorf("half way the rate is %v", rate)
				}
				clock.advance(5 * time.Second)
				if rate := s.value(metric); rate != lowRate {
					t.Errorf("once settled the rate is %v, want %v", rate, lowRate)
				}
				if alerts := s.alerts(); len(alerts) != 0 {
					t.Errorf("still firing: %+v", alerts)
				}
			})
		}
	}
}

func TestCheckoutAloneChangesNothingServed(t *testing.T) {
	s := start(t, Options{Fault: "twitter", NPMStandIn: true})
	served := func() string {
		return s.promql(`genia_build_info{connector="twitter"}`).Data.Result[0].Metric["version"]
	}
	s.mustRun("git", "checkout", GoodVersion, "--", "src/lib/connectors/twitter.ts")
	if served() != "v1.5.0" {
		t.Error("a checkout was served")
	}
	s.mustRun("npm", "run", "build")
	if served() != "v1.5.0" {
		t.Error("a build was served")
	}
	s.mustRun("npm", "run", "deploy:staging")
	if served() != GoodVersion {
		t.Error("a deployment was not served")
	}
}

func TestBrokenSourceDoesNotBuild(t *testing.T) {
	s := start(t, Options{NPMStandIn: true})
	file := filepath.Join(s.RepositoryDir(), "src/panel/panel.ts")
	whole, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	before := s.served.version(parts()[7])
	for name, text := range map[string]string{
		"empty":        "",
		"no version":   "export const other = 1;\n",
		"two versions": string(whole) + "export const version = \"v1.4.2\";\n",
		"conflict":     string(whole) + "<<<<<<< HEAD\n",
	} {
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if out, err := s.run("npm", "run", "build"); err == nil {
			t.Errorf("%s: it built:\n%s", name, out)
		} else if !strings.Contains(out, "panel.ts") {
			t.Errorf("%s: the message does not name the file:\n%s", name, out)
		}
	}
	s.mustRun("npm", "run", "deploy:staging") // dist/ is still the last good build
	if after := s.served.version(parts()[7]); after != before {
		t.Errorf("a failed build was served: %s", after)
	}
	if err := os.RemoveAll(filepath.Join(s.RepositoryDir(), "dist")); err != nil {
		t.Fatal(err)
	}
	if out, err := s.run("npm", "run", "deploy:staging"); err == nil || !strings.Contains(out, "npm run build") {
		t.Errorf("without dist/: %v\n%s", err, out)
	}
}

func TestInterruptedDeploymentDoesNotBlockTheNext(t *testing.T) {
	s := start(t, Options{NPMStandIn: true})
	if err := os.MkdirAll(filepath.Join(s.Dir(), "staging/releases/2/lib"), 0o700); err != nil {
		t.Fatal(err)
	}
	s.deploy(GoodVersion, "src/panel/panel.ts")
	if got := s.served.version(parts()[7]); got != GoodVersion {
		t.Errorf("served: %s", got)
	}
	for range 4 {
		s.mustRun("npm", "run", "deploy:staging")
	}
	kept, err := os.ReadDir(filepath.Join(s.Dir(), "staging/releases"))
	if err != nil {
		t.Fatal(err)
	}
	if len(kept) != 2 {
		t.Errorf("%d releases are kept, want the current and the one before", len(kept))
	}
}

func TestMissingServedFileFails(t *testing.T) {
	clock := newFakeClock()
	s := start(t, Options{Fault: "facebook", Clock: clock.now, Settle: time.Second})
	if err := os.Remove(filepath.Join(s.Dir(), "staging/current")); err != nil {
		t.Fatal(err)
	}
	s.value("genia_panel_error_rate")
	clock.advance(time.Second)
	if rate := s.value("genia_panel_error_rate"); rate != highRate {
		t.Errorf("nothing is deployed and the panel's rate is %v", rate)
	}
	if _, text := s.request("GET", "/logs/errors", "", ""); !strings.Contains(text, "missing") {
		t.Errorf("the log does not say so:\n%s", text)
	}
}

func TestStandInRefusesTheRest(t *testing.T) {
	s := start(t, Options{NPMStandIn: true})
	before := s.fingerprint()
	for _, args := range [][]string{{}, {"install"}, {"run"}, {"run", "test"}, {"run", "build", "--force"}, {"exec", "build"}, {"run", "../build"}} {
		out, err := s.run("npm", args...)
		if err == nil || !strings.Contains(out, "only 'npm run build'") {
			t.Errorf("npm %q: %v\n%s", args, err, out)
		}
	}
	if s.fingerprint() != before {
		t.Error("a refused call changed something")
	}
	notes := s.Notes()
	if len(notes) != 2 || notes[1].Kind != NoteNPMStandIn || notes[1].Detail != filepath.Join(s.Dir(), "bin", "npm") {
		t.Errorf("notes: %+v", notes)
	}
	if path := s.Env()["PATH"]; !strings.HasPrefix(path, filepath.Dir(notes[1].Detail)+":") {
		t.Errorf("PATH %q does not begin with the stand-in", path)
	}
}

func TestStandInIsUsedWhereNPMIsMissing(t *testing.T) {
	bin := t.TempDir()
	for _, name := range []string{"git", "sh", "sed", "grep", "rm", "mkdir", "cp", "mv", "cat", "dirname"} {
		path, err := exec.LookPath(name)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.Symlink(path, filepath.Join(bin, name)); err != nil {
			t.Fatal(err)
		}
	}
	t.Setenv("PATH", bin)
	s := start(t, Options{Fault: "panel"})
	if s.binDir == "" {
		t.Fatal("no stand-in")
	}
	s.deploy(GoodVersion, "src/panel/panel.ts")
	if got := s.served.version(parts()[7]); got != GoodVersion {
		t.Errorf("served: %s", got)
	}
}

func TestRepositoryIsTheSameEveryTime(t *testing.T) {
	heads := map[string]bool{}
	for range 2 {
		s := start(t, Options{NPMStandIn: true})
		heads[s.mustRun("git", "show-ref")] = true
		if dirty := s.mustRun("git", "status", "--porcelain"); dirty != "" {
			t.Errorf("the checkout is not clean:\n%s", dirty)
		}
		tags := strings.Fields(s.mustRun("git", "tag"))
		if strings.Join(tags, " ") != "v1.3.0 v1.4.0 v1.4.2 v1.5.0" {
			t.Errorf("tags: %q", tags)
		}
		for _, tag := range tags {
			for _, p := range parts() {
				text := s.mustRun("git", "show", tag+":src/"+p.path)
				if !strings.Contains(text, fmt.Sprintf("export const version = %q;\n", tag)) {
					t.Errorf("%s of %s declares another version:\n%s", p.path, tag, text)
				}
				if strings.Contains(text, "[[") && p.component == componentConnector {
					t.Errorf("%s of %s is not filled in", p.path, tag)
				}
			}
		}
	}
	if len(heads) != 1 {
		t.Errorf("two starts give different repositories: %v", heads)
	}
}

func TestFingerprint(t *testing.T) {
	clock := newFakeClock()
	s := start(t, Options{Clock: clock.now, NPMStandIn: true})
	last := s.fingerprint()
	for _, path := range []string{
		"/", "/admin/connectors", "/admin/panel", "/api/v1/query?query=up", "/api/v1/alerts",
		"/api/v1/query_range?query=up&start=0&end=9&step=1", "/logs/errors", "/reports", "/notices", "/status", "/mail", "/nothing",
	} {
		s.request("GET", path, testToken, "")
		clock.advance(time.Minute)
		if s.fingerprint() != last {
			t.Fatalf("GET %s changed the fingerprint", path)
		}
	}
	changes := []struct {
		what string
		do   func()
	}{
		{"disable", func() { s.ok("POST", "/admin/connectors/facebook/disable", "") }},
		{"a call that is refused", func() { s.request("POST", "/admin/panel/disable", "wrong", "") }},
		{"read-only", func() { s.ok("POST", "/admin/connectors/readonly", "") }},
		{"panel", func() { s.ok("POST", "/admin/panel/disable", "") }},
		{"report", func() { s.ok("POST", "/reports", `{"user":"a","text":"b"}`) }},
		{"notice", func() { s.ok("POST", "/notices", `{"audience":"a","title":"b","body":"c"}`) }},
		{"status", func() { s.ok("POST", "/status", `{"state":"outage","message":"b"}`) }},
		{"mail", func() {
			if err := smtp.SendMail(s.mail.addr(), nil, "a@b.example", []string{"c@d.example"}, []byte("Subject: x\r\n\r\ny\r\n")); err != nil {
				t.Fatal(err)
			}
		}},
		{"checkout", func() { s.mustRun("git", "checkout", GoodVersion, "--", "src/panel/panel.ts") }},
		{"build", func() { s.mustRun("npm", "run", "build") }},
		{"deployment", func() { s.mustRun("npm", "run", "deploy:staging") }},
		{"a file's mode", func() {
			if err := os.Chmod(filepath.Join(s.RepositoryDir(), "package.json"), 0o640); err != nil {
				t.Fatal(err)
			}
		}},
	}
	for _, change := range changes {
		change.do()
		now := s.fingerprint()
		if now == last {
			t.Errorf("%s does not change the fingerprint", change.what)
		}
		last = now
	}
}
