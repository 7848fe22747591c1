package cli

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"genia.ai/bitacora/internal/i18n"
	"genia.ai/bitacora/runbooks"
)

var update = flag.Bool("update", false, "write the golden files anew")

// golden compares a text with a file of testdata/lint.
func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	path := filepath.Join("testdata", "lint", name)
	if *update {
		if err := os.WriteFile(path, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Errorf("%s is\n%s\nwant\n%s", name, got, want)
	}
}

// someFindings are findings with everything that a format has to escape.
func someFindings() []linted {
	return []linted{
		{Path: "ops/cache, 100%: full.md", Diagnostics: []finding{
			{Diagnostic: runbooks.Diagnostic{Severity: runbooks.SeverityError, Code: "effect-understated", Line: 6, Column: 1, Message: "100% gone: a, b\x1b[31m", Hint: "put effect=destructive"}},
			{Diagnostic: runbooks.Diagnostic{Severity: runbooks.SeverityWarning, Code: "broken-link", Line: 9, Column: 12, Message: "there is no file \"ñ.md\""}},
			{
				Diagnostic:   runbooks.Diagnostic{Severity: runbooks.SeverityWarning, Code: "curl-without-fail", Line: 12, Column: 4, Message: "left out"},
				Suppressions: []suppression{{"inSource", 10, 5}},
			},
		}},
		{Path: "/srv/b.md", Diagnostics: []finding{
			{Diagnostic: runbooks.Diagnostic{Severity: runbooks.SeverityInfo, Code: "no-undo", Line: 1, Column: 1, Message: "first\nsecond", Hint: "see a::b"}},
		}},
		{Path: "clean.md", Diagnostics: []finding{}},
	}
}

func TestLintAsText(t *testing.T) {
	var text, counts bytes.Buffer
	catalog, err := i18n.Load()
	if err != nil {
		t.Fatal(err)
	}
	a := &app{out: &text, err: &counts, catalog: catalog, env: func(name string) (string, bool) { return map[string]string{"LC_ALL": "en"}[name], name == "LC_ALL" }}
	if err := a.printLint(someFindings(), lintFlags{format: formatText}); err != nil {
		t.Fatal(err)
	}
	golden(t, "report.txt", append(text.Bytes(), counts.Bytes()...))
}

func TestLintAsJSON(t *testing.T) {
	var out bytes.Buffer
	if err := writeJSON(&out, someFindings()); err != nil {
		t.Fatal(err)
	}
	golden(t, "report.json", out.Bytes())
}

func TestLintAsAnnotations(t *testing.T) {
	got := annotations(someFindings())
	golden(t, "report.github", got)
	for line := range strings.Lines(string(got)) {
		properties, message, ok := strings.Cut(strings.TrimPrefix(line, "::"), "::")
		if !ok || strings.Count(properties, ",") != 3 || strings.ContainsAny(message[:len(message)-1], "\r\n\x1b") {
			t.Errorf("%q is not one command", line)
		}
	}
}

func TestLintAsSARIF(t *testing.T) {
	log := sarifOf(someFindings())
	driver := &log.Runs[0].Tool.Driver
	if !slices.IsSortedFunc(driver.Rules, func(a, b sarifRule) int { return strings.Compare(a.ID, b.ID) }) {
		t.Error("the rules are in no order")
	}
	for _, r := range log.Runs[0].Results {
		if driver.Rules[r.RuleIndex].ID != r.RuleID {
			t.Errorf("%s has the index of %s", r.RuleID, driver.Rules[r.RuleIndex].ID)
		}
	}
	for _, r := range driver.Rules {
		if r.Short.Text == "" || !slices.Contains([]string{"error", "warning", "note"}, r.Default.Level) {
			t.Errorf("rule %+v", r)
		}
	}
	// The rules are those of docs/lint.md; the golden holds the first alone.
	driver.Version, driver.Rules = "test", driver.Rules[:1]
	var out bytes.Buffer
	if err := writeJSON(&out, log); err != nil {
		t.Fatal(err)
	}
	golden(t, "report.sarif", out.Bytes())
	var again sarifLog
	if err := json.Unmarshal(out.Bytes(), &again); err != nil || again.Version != "2.1.0" || len(again.Runs[0].Results) != 4 {
		t.Errorf("reads back as %+v, %v", again, err)
	}
}

func TestFixesChangeNothingElse(t *testing.T) {
	fix := func(line, at int, before, text string) *runbooks.Fix {
		return &runbooks.Fix{Line: line, At: at, Before: before, Text: text, Does: text}
	}
	for _, tc := range []struct {
		name, source, want string
		fixes              []*runbooks.Fix
		done               int
	}{
		{"several of a line, in any order", "a b c\nd", "a1 b2 c\nd3", []*runbooks.Fix{fix(1, 1, "a", "1"), fix(2, 1, "d", "3"), fix(1, 3, "a b", "2")}, 3},
		{"a line before one that is changed", "x\ny\n", "x\nnew\nyz\n", []*runbooks.Fix{fix(2, 0, "", "new\n"), fix(2, 1, "y", "z")}, 2},
		{"CRLF stays", "x\r\ny\r\n", "x\r\nnew\r\ny\r\n", []*runbooks.Fix{fix(2, 0, "", "new\n")}, 1},
		{"the same place once", "x", "x1", []*runbooks.Fix{fix(1, 1, "x", "1"), fix(1, 1, "x", "1")}, 1},
		{"another text than was seen", "x\n", "x\n", []*runbooks.Fix{fix(1, 1, "y", "1"), fix(7, 0, "", "1")}, 0},
		{"byte order mark", "\ufeffcurl\n", "\ufeffcurl\n", []*runbooks.Fix{fix(1, 4, "curl", " --fail")}, 0},
	} {
		got, done := applied([]byte(tc.source), tc.fixes)
		if string(got) != tc.want || len(done) != tc.done {
			t.Errorf("%s: %q with %d done, want %q with %d", tc.name, got, len(done), tc.want, tc.done)
		}
	}
}

func TestReplacedFileStaysWhatItIs(t *testing.T) {
	dir := t.TempDir()
	target, link := filepath.Join(dir, "a.md"), filepath.Join(dir, "link.md")
	if err := os.WriteFile(target, []byte("old"), 0o640); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink("a.md", link); err != nil {
		t.Fatal(err)
	}
	if err := replaceFile(link, []byte("old"), []byte("new")); err != nil {
		t.Fatal(err)
	}
	content, err := os.ReadFile(target)
	info, statErr := os.Stat(target)
	if err != nil || statErr != nil || string(content) != "new" || info.Mode().Perm() != 0o640 {
		t.Errorf("%q, %v, %v", content, info.Mode(), err)
	}
	if there, err := os.Readlink(link); err != nil || there != "a.md" {
		t.Errorf("the link is %q, %v", there, err)
	}
	if err := replaceFile(target, []byte("old"), []byte("newer")); err == nil || !strings.Contains(err.Error(), "changed meanwhile") {
		t.Errorf("a file that was changed was replaced: %v", err)
	}
	if entries, err := os.ReadDir(dir); err != nil || len(entries) != 2 {
		t.Errorf("%v, %v are left", entries, err)
	}
}

func TestShellcheckIsNotWaitedFor(t *testing.T) {
	slow := filepath.Join(t.TempDir(), "shellcheck")
	if err := os.WriteFile(slow, []byte("#!/bin/sh\nexec sleep 60\n"), 0o700); err != nil {
		t.Fatal(err)
	}
	c := newShellChecker(t.Context(), func(string) (string, bool) { return filepath.Dir(slow), true })
	c.once, c.left = 50*time.Millisecond, 80*time.Millisecond
	for range 3 {
		if remarks := c.ask("sh", "true"); remarks != nil {
			t.Errorf("it said %v", remarks)
		}
	}
	if !c.late() || c.left > 0 {
		t.Errorf("late %v, %v left", c.late(), c.left)
	}
	if none := newShellChecker(t.Context(), func(string) (string, bool) { return "relative:", true }); none.check() != nil {
		t.Error("it was found where nothing is")
	}
}
