package runbooks

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
)

// inspected returns what Inspect says of a text, one finding a line.
func inspected(t *testing.T, src string, around Surroundings) []Finding {
	t.Helper()
	list, err := Inspect("db.md", []byte(src), around)
	if err != nil {
		t.Fatal(err)
	}
	return list
}

// withCode returns the findings of one code as severity line:col: message; hint.
func withCode(list []Finding, code string) string {
	var b strings.Builder
	for _, f := range list {
		if f.Code == code {
			fmt.Fprintf(&b, "%s %d:%d: %s; %s\n", f.Severity, f.Line, f.Column, f.Message, f.Hint)
		}
	}
	return b.String()
}

// block is a text whose only step holds a block; the first line of its code is 11.
func block11(info, code string) string {
	return doc("lang: en", "1. Do\n\n   ```"+info+"\n   "+strings.ReplaceAll(code, "\n", "\n   ")+"\n   ```")
}

func TestInspect(t *testing.T) {
	for _, tc := range []struct{ name, code, src, want string }{
		{"curl that writes", "curl-without-fail", block11("sh", "true\n  sudo curl -s -X POST https://x.example.com"), "warning 12:11: curl counts"},
		{"curl that reads", "curl-without-fail", block11("sh", "curl https://x.example.com"), "info 11:4: curl counts"},
		{"curl in a block with attributes", "curl-without-fail", block11("sh {name=a}", "curl https://x.example.com"), "warning 11:4"},
		{"curl -f", "curl-without-fail", block11("sh {name=a}", "curl -fsS https://x.example.com\ncurl --fail-with-body -d a=b https://x.example.com"), ""},
		{"curl whose status is looked at", "curl-without-fail", block11("sh {name=a}", "curl -so /dev/null -w '%{http_code}' https://x.example.com\ncurl -I https://x.example.com"), ""},
		{"curl whose f belongs to a value", "curl-without-fail", block11("sh {name=a}", "curl -ofile https://x.example.com"), "warning 11:4"},
		{"curl in a text", "curl-without-fail", block11("sh {name=a}", "echo curl https://x.example.com # curl"), ""},
		{"script that goes on", "no-set-e", block11("sh {name=a}", "make x\nmake y"), "warning 11:1: the script goes on"},
		{"commands for readers", "no-set-e", block11("sh", "make x\nmake y"), "info 11:1"},
		{"script with set -e", "no-set-e", block11("sh {name=a}", "set -eu\nmake x\nmake y"), ""},
		{"script with errexit", "no-set-e", block11("bash {name=a}", "#!/bin/bash -e\nmake x\nmake y"), ""},
		{"joined commands", "no-set-e", block11("sh {name=a}", "make x && make y || exit 1"), ""},
		{"one command", "no-set-e", block11("sh {name=a}", "echo a\nmake x\necho b"), ""},
		{"reads only", "no-set-e", block11("sh {name=a effect=read}", "make x\nmake y"), ""},
		{"unquoted", "unquoted-variable", block11("sh", "make $TARGET \"$OTHER\" ${#X}"), `info 11:9: $TARGET stands without quotes`},
		{"unquoted where it destroys", "unquoted-variable", block11("sh", "rm -r $DIR"), `warning 11:10: $DIR stands`},
		{"unquoted where it does nothing", "unquoted-variable", block11("sh", "echo $DIR\n[[ -n $DIR ]]\nA=$DIR"), ""},
		{"not valid shell", "shell-syntax", block11("sh {name=a}", "make x\nif true; then"), "warning 12:13: the script is not valid shell"},
		{"zsh", "shell-syntax", block11("zsh {name=a}", "print ${(j:,:)x}"), ""},
		{"destroys and says nothing", "destructive-command", block11("sh", "sudo rm -rf /srv/x"), "warning 11:9: rm -r cannot be taken back, and the block does not say so; put effect=destructive"},
		{"destroys as a write", "destructive-command", block11("sh {effect=write}", "kubectl -n shop delete pod x"), "info 11:4: kubectl delete cannot be taken back; the block says effect=write"},
		{"destroys and says so", "destructive-command", block11("sh {effect=destructive target=x}", "rm -rf /srv/x"), ""},
		{"destroys as a read", "effect-understated", block11("sh {effect=read}", "terraform destroy"), "error 11:4: terraform destroy destroys"},
		{"destroys nothing", "destructive-command", block11("sh", "kubectl delete pod x --dry-run=client\nrm x\necho rm -rf /\ngit push origin main\ndocker ps"), ""},
		{"drops a table", "destructive-command", block11("sh", "psql -c 'DROP TABLE users'"), "warning 11:4: DROP TABLE"},
		{"drops a table from a here-document", "destructive-command", block11("sh", "psql <<EOF\ndelete from users;\nEOF"), "warning 11:4: delete from users;"},
		{"forces a push", "destructive-command", block11("sh", "git -C x push --force"), "warning 11:4: git push --force"},
		{"prunes", "destructive-command", block11("sh", "docker system prune -af"), "warning 11:4: docker system prune"},
		{"finds and deletes", "destructive-command", block11("sh", "find /tmp -mtime +3 -delete"), "warning 11:24: find -delete"},
		{"at a prompt", "destructive-command", block11("console", "$ ls\na b\n$ rm -r a\n"), "warning 13:6: rm -r"},
		{"http to where it may not go", "host-not-listed", doc("hosts: [a.example.com]", "1. Do\n\n   ```http {name=a effect=read}\n   GET https://b.example.com/\n   ```"), "error 11:4: the host b.example.com"},
		{"http to where it may go", "host-not-listed", doc("hosts: [a.example.com]", "1. Do\n\n   ```http {name=a effect=read}\n   GET https://A.example.com:8443/\n   ```"), ""},
		{"http to where env says", "host-not-listed", doc("hosts: [\"{{API}}\"]\nenv: {API: \"https://a.example.com\"}", "1. Do\n\n   ```http {name=a effect=read}\n   GET {{API}}/x\n   ```"), ""},
		{"curl to where http may not go", "host-not-listed", doc("hosts: [a.example.com]", "1. Do\n\n   ```sh\n   curl https://elsewhere.dev/\n   ```"), "warning 11:9: the host elsewhere.dev"},
		{"plain http", "plain-http", block11("sh", "wget http://elsewhere.dev/x"), "info 11:9: the request to elsewhere.dev"},
		{"plain http with a secret", "plain-http", block11("sh", "curl -H \"Authorization: Bearer $API_TOKEN\" http://elsewhere.dev/x"), "warning 11:47"},
		{"plain http next door", "plain-http", block11("sh", "curl http://localhost:9090/ http://10.0.0.1/ http://web/ http://db.internal/"), ""},
		{"host= that is none", "bad-host", block11("sh {host=\"db 1\"}", "true"), "error 10:11: host=db 1 is not a host name"},
		{"host= that is one", "bad-host", block11("sh {host=ops@db1}", "true") + block11("sh {host=\"{{h}}\"}", "true") + block11("sh {host=\"::1\"}", "true"), ""},
		{"secret that nothing checks", "unchecked-secret", block11("sh", "#!/bin/sh\nlogin \"$API_TOKEN\""), "warning 12:12: the script uses API_TOKEN"},
		{"secret that is checked", "unchecked-secret", block11("sh", "[ -z \"$API_TOKEN\" ] && exit 1\nlogin \"$API_TOKEN\""), ""},
		{"secret that must be set", "unchecked-secret", block11("sh", ": \"${API_TOKEN:?}\"\nlogin \"$API_TOKEN\""), ""},
		{"secret that is declared", "unchecked-secret", doc("secrets: [API_TOKEN]", "1. Do\n\n   ```sh\n   login \"$API_TOKEN\"\n   ```"), ""},
		{"secret that is written down", "secret-in-text", block11("sh", "export DB_PASSWORD=h8Kq2zzP9w"), "warning 11:11: the value of DB_PASSWORD stands in the text"},
		{"secret that is made up", "secret-in-text", block11("sh", "export DB_PASSWORD=changeme123 API_KEY=\"<key>\" X_TOKEN=$Y"), ""},
		{"choice that leads nowhere", "steer-nowhere", doc("lang: en", "1. Do\n\n   ```choice {name=a}\n   y: Yes\n   n: No -> phase:communication\n   ```"), "warning 12:4: the option \"n\" leads to the phase communication"},
		{"step that no answer leads to", "unreachable-step", doc("lang: en", "1. Do\n\n   ```choice {name=a}\n   y: Yes -> end\n   n: No -> phase:follow-up\n   ```\n\n2. Look\n\n## Follow-up\n\n1. Write it down"), "warning 15:1: every answer"},
		{"step that an answer leads to", "unreachable-step", doc("lang: en", "1. Do\n\n   ```choice {name=a}\n   y: Yes\n   n: No -> end\n   ```\n\n2. Look"), ""},
		{"after what comes later", "due-later", doc("lang: en", "1. Do\n\n   ```sh {name=a effect=read after=b}\n   true\n   ```\n\n   ```sh {name=b effect=read}\n   true\n   ```"), "warning 10:30: after=b"},
		{"after each other", "never-due", doc("lang: en", "1. Do\n\n   ```sh {name=a effect=read after=b}\n   true\n   ```\n\n   ```sh {name=b effect=read after=a}\n   true\n   ```"), "error 10:30: after=b: that action waits for this one"},
		{"change that nobody looks at", "no-verification", block11("sh {effect=write}", "make x"), "info 10:1: nothing that is run looks whether the change of line 11 worked"},
		{"change that a step says to look at", "no-verification", block11("sh {effect=write}", "make x") + "\n2. Check that x is there.\n", "warning 14:1: nothing that is run"},
		{"change that is looked at", "no-verification", block11("sh {effect=write}", "make x") + "\n2. Look.\n\n   ```sh {effect=read}\n   ls x\n   ```\n", ""},
		{"change that looks itself", "no-verification", block11("sh {effect=write expect=done}", "make x"), ""},
		{"disabled for good", "never-reenabled", block11("sh", "featurectl disable checkout"), "warning 11:4: \"disable\" takes something out of service"},
		{"disabled and enabled", "never-reenabled", block11("sh", "featurectl disable checkout") + "\n2. Then\n\n   ```sh\n   featurectl enable checkout\n   ```\n", ""},
		{"read-only and removed", "never-reenabled", doc("lang: en", "1. Do\n\n   ```http {effect=write}\n   PUT https://a.example.com/read-only\n   ```\n\n   ```http {effect=write}\n   DELETE https://a.example.com/read-only\n   ```"), ""},
		{"staging alone", "staging-only", block11("sh", "npm run deploy:staging"), "warning 11:4: the runbook deploys to staging"},
		{"staging and production", "staging-only", block11("sh", "npm run deploy:staging\nnpm run deploy:production"), ""},
		{"nothing takes it back", "no-undo", block11("sh {effect=write}", "make x"), "info 10:11: nothing of the runbook takes back what is changed in line 11"},
		{"an action takes it back", "no-undo", block11("sh {effect=write undo=b}", "make x") + "\n2. If need be\n\n   ```sh {name=b effect=write}\n   make y\n   ```\n", ""},
		{"sample that fails its text", "sample-mismatch", doc("lang: en", "1. Do\n\n   ```sh {effect=read expect=ready}\n   true\n   ```\n\n   ```output\n   waiting\n   ```"), `warning 10:23: the sample output does not meet expect="ready"`},
		{"sample that fails its pattern", "sample-mismatch", doc("lang: en", "1. Do\n\n   ```sh {effect=read expect=\"body ~ ^[0-9]+$\"}\n   true\n   ```\n\n   ```output\n   12a\n   ```"), "warning 10:23"},
		{"sample that fails its number", "sample-mismatch", doc("lang: en", "1. Do\n\n   ```promql {expect=\"< 0.05\"}\n   up\n   ```\n\n   ```output\n   0.4\n   ```"), "warning 10:15"},
		{"sample that fails its path", "sample-mismatch", doc("lang: en", "1. Do\n\n   ```sh {effect=read expect=\"$.a.b == 'x'\"}\n   true\n   ```\n\n   ```output\n   {\"a\":{\"b\":\"y\"}}\n   ```"), "warning 10:23"},
		{"sample that meets it", "sample-mismatch", doc("lang: en", "1. Do\n\n   ```sh {effect=read expect=\"$.a.b >= 2 && body ~ [0-9]\"}\n   true\n   ```\n\n   ```output\n   {\"a\":{\"b\":2}}\n   ```"), ""},
		{"sample against its similarity", "sample-mismatch", doc("lang: en", "1. Do\n\n   ```sh {effect=read}\n   true\n   ```\n\n   <!-- expected_similarity=\"^ok\" -->\n   ```output\n   failed\n   ```"), "warning 10:7: the sample output does not match its own pattern"},
		{"anchor of nothing", "broken-anchor", doc("lang: en", "1. See [there](#elsewhere)"), "warning 8:16: no heading is called \"#elsewhere\""},
		{"anchor of a heading", "broken-anchor", doc("lang: en", "1. See [there](#mitigation), [x](#a-b--c) and [y](#own)\n\n## A b & C\n\n<a id=\"own\"></a>"), ""},
	} {
		t.Run(tc.name, func(t *testing.T) {
			got := withCode(inspected(t, tc.src, Surroundings{}), tc.code)
			if tc.want == "" && got != "" || !strings.HasPrefix(got, tc.want) {
				t.Errorf("%s of\n%s\nis %q, want %q", tc.code, tc.src, got, tc.want)
			}
		})
	}
}

func TestInspectScenarios(t *testing.T) {
	list := inspected(t, `# T

## Decision

1. Which one?

   `+"```choice\n   a: A -> scenario:1\n   ```"+`

## Scenario 1: A

1. Do

   `+"```sh {name=x effect=write}\n   make x\n   ```"+`

## Scenario 2: B

1. Do

   `+"```sh {name=y effect=write after=x}\n   make x\n   ```\n", Surroundings{})
	if got := withCode(list, "unreachable-scenario"); !strings.HasPrefix(got, `warning 19:1: no choice leads to the scenario "Scenario 2: B"`) {
		t.Errorf("unreachable-scenario is %q", got)
	}
	if got := withCode(list, "never-due"); !strings.HasPrefix(got, `error 23:31: after=x: that action belongs to scenario "1"`) {
		t.Errorf("never-due is %q", got)
	}
}

func TestInspectFollowsLinks(t *testing.T) {
	files := map[string]string{"a.md": "# A\n\n## Deep *down*\n", "img/x.png": "", "docs/b.md": "# B\n"}
	around := Surroundings{Read: func(path string) ([]byte, error) {
		content, ok := files[path]
		if !ok {
			return nil, fs.ErrNotExist
		}
		return []byte(content), nil
	}}
	src := "# T\n\nSee [a](a.md#deep-down), [b](docs/b), [no](c.md),\n[not](a.md#shallow), ![x](img/x.png) and ![y](img/y.png).\n" +
		"[web](https://example.com/x.md) [site](/x.md) [mail](mailto:a@example.com) [t]({{ref}})\n\n[later]\n\n[later]: d.md\n"
	list := inspected(t, src, around)
	want := "warning 3:44: there is no file \"c.md\"|warning 4:47: there is no file \"img/y.png\"|warning 9:10: there is no file \"d.md\""
	var got []string
	for line := range strings.SplitSeq(strings.TrimSpace(withCode(list, "broken-link")), "\n") {
		place, _, _ := strings.Cut(line, " where")
		got = append(got, place)
	}
	if strings.Join(got, "|") != want {
		t.Errorf("broken-link is\n%s, want\n%s", strings.Join(got, "|"), want)
	}
	if got := withCode(list, "broken-anchor"); !strings.HasPrefix(got, `warning 4:7: no heading is called "#shallow"`) || strings.Count(got, "\n") != 1 {
		t.Errorf("broken-anchor is %q", got)
	}
	if list := inspected(t, src, Surroundings{}); withCode(list, "broken-link") != "" {
		t.Error("links are judged without anything to judge by")
	}
}

func TestInspectAsksAboutScripts(t *testing.T) {
	var asked []string
	list := inspected(t, block11("bash {name=a effect=write}", "make x\nmake <target>"), Surroundings{CheckShell: func(dialect, script string) []ShellRemark {
		asked = append(asked, dialect+": "+script)
		return []ShellRemark{{Line: 2, Column: 3, Severe: true, Message: "SC1: no", Hint: "see"}, {Line: 99, Column: 1, Message: "SC2: far"}}
	}})
	if want := []string{"bash: make x\nmake \"${target}\"\n"}; !slices.Equal(asked, want) {
		t.Errorf("asked %q, want %q", asked, want)
	}
	if got := withCode(list, "shellcheck"); got != "info 11:1: SC2: far; \nwarning 12:6: SC1: no; see\n" {
		t.Errorf("shellcheck is %q", got)
	}
}

func TestInspectGathersNotes(t *testing.T) {
	src := "# T\n\n## Mitigation\n"
	for range 5 {
		src += "\n```sh\nmake x\n```\n"
	}
	if got := withCode(inspected(t, src, Surroundings{}), "undeclared-effect"); got != "info 5:4: the actions do not say what they may change, and write is taken, in line 5, 9, 13, 17, 21; put effect=read, effect=write or effect=destructive\n" {
		t.Errorf("undeclared-effect is %q", got)
	}
}

func TestInspectSaysWhatLintSays(t *testing.T) {
	now := time.Date(2026, 11, 23, 0, 0, 0, 0, time.UTC)
	list := inspected(t, doc("review-after: 24h", "1. Do"), Surroundings{Now: now, Modified: now.AddDate(0, -1, 0)})
	if withCode(list, "review-overdue") == "" {
		t.Error("the review is not overdue")
	}
	if _, err := Inspect("db.md", []byte("---\nparams: [a\n---\n"), Surroundings{}); err == nil {
		t.Error("a text that cannot be read was inspected")
	}
}

// TestInspectPlan names what the plan that the product was asked for lacks.
func TestInspectPlan(t *testing.T) {
	path := sharedFile(t, "plan/plan-de-rollback.md")
	src, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	list, err := Inspect(path, src, Surroundings{})
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []struct {
		what, code string
		lines      []int
	}{
		{"the third scenario has no script", "scenario-without-script", []int{25}},
		{"deploys only to staging", "staging-only", []int{92, 122}},
		{"curl unchecked", "curl-without-fail", []int{82, 112}},
		{"no set -e", "no-set-e", []int{68, 99}},
		{"ADMIN_TOKEN never checked", "unchecked-secret", []int{83, 113}},
		{"nothing reactivates", "never-reenabled", []int{82, 112}},
		{"nothing verifies", "no-verification", []int{49}},
		{"roles unassigned", "role-unassigned", []int{139, 140, 141}},
		{"scripts after their use", "script-after-use", []int{67, 98}},
	} {
		var lines []int
		for _, f := range list {
			if f.Code == want.code {
				lines = append(lines, f.Line)
			}
		}
		if !slices.Equal(lines, want.lines) {
			t.Errorf("%s (%s) is found in lines %v, want %v", want.what, want.code, lines, want.lines)
		}
	}
}

// TestInspectCorpus looks at real runbooks: every finding has its place, errors are
// none, and warnings stay few.
func TestInspectCorpus(t *testing.T) {
	var warnings []int
	corpus(t, func(path string, src []byte) {
		list, err := Inspect(path, src, Surroundings{})
		if err != nil {
			t.Errorf("%s: %v", path, err)
			return
		}
		n, lines := 0, 1+strings.Count(string(src), "\n")
		for _, f := range list {
			if f.Line < 1 || f.Line > lines || f.Column < 1 || f.Severity == SeverityError {
				t.Errorf("%s: %+v", path, f.Diagnostic)
			}
			if f.Severity == SeverityWarning {
				n++
			}
		}
		warnings = append(warnings, n)
	})
	slices.Sort(warnings)
	if median, ninth := warnings[len(warnings)/2], warnings[len(warnings)*9/10]; median > 0 || ninth > 3 {
		t.Errorf("the median of warnings is %d and the ninth decile %d: too many to be read; %v", median, ninth, warnings)
	}
}

var (
	codeCall    = regexp.MustCompile(`\b(?:add|report|error|warn|fail|note|fatal)\((?:(Severity\w+|severity|beyond), )?"([a-z0-9-]+)"`)
	codeLiteral = regexp.MustCompile(`(?:Code: |d\.Code, d\.Message(?:, d\.Hint)? = |Severity(?:Error|Warning|Info), |code, few = )"([a-z]+(?:-[a-z]+)+)"`)
)

// TestRulesAreComplete reads the sources for codes: each is described, with the
// severities that it is given, and nothing is described that is never said.
func TestRulesAreComplete(t *testing.T) {
	said := map[string]bool{"bad-default": true, "bad-example": true} // put together of two words
	rule := map[string]Rule{}
	for _, r := range Rules() {
		rule[r.Code] = r
		if r.Means == "" || len(r.Severities) == 0 {
			t.Errorf("%s is not described", r.Code)
		}
	}
	sources, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	beside, err := filepath.Glob("../internal/cli/*.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range append(sources, beside...) {
		if strings.HasSuffix(path, "_test.go") || path == "lintrules.go" {
			continue
		}
		source, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		found := map[string]string{}
		if !strings.HasPrefix(path, "..") {
			for _, m := range codeCall.FindAllStringSubmatch(string(source), -1) {
				if m[2] != "bad-" && strings.Contains(m[2], "-") || m[1] != "" && m[2] != "bad-" || m[2] == "attributes" || m[2] == "directive" {
					found[m[2]] = m[1]
				}
			}
		}
		for _, m := range codeLiteral.FindAllStringSubmatch(string(source), -1) {
			found[m[1]] = ""
		}
		for code, severity := range found {
			said[code] = true
			r, known := rule[code]
			if !known {
				t.Errorf("%s: the code %q is not described", path, code)
				continue
			}
			if s, ok := strings.CutPrefix(severity, "Severity"); ok && !slices.Contains(r.Severities, Severity(strings.ToLower(s))) {
				t.Errorf("%s: %q is said with severity %s, described with %v", path, code, s, r.Severities)
			}
		}
	}
	for code := range rule {
		if !said[code] {
			t.Errorf("%q is described and never said", code)
		}
	}
}
