package cli_test

import (
	"encoding/json"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"genia.ai/bitacora/runbooks"
)

// compat is a directory with the documents that were written for other tools, in
// docs, and the directories that they start their blocks in.
type compat struct {
	dir string
	env []string
}

func newCompat(t *testing.T) *compat {
	t.Helper()
	c := &compat{dir: t.TempDir()}
	if err := os.CopyFS(filepath.Join(c.dir, "docs"), os.DirFS(filepath.Join("..", "..", "runbooks", "testdata", "compat"))); err != nil {
		t.Fatal(err)
	}
	for _, dir := range []string{"pumps", "north/log", "tank"} {
		if err := os.MkdirAll(filepath.Join(c.dir, dir), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	c.env = []string{"PATH=" + os.Getenv("PATH"), "HOME=" + c.dir, "XDG_DATA_DIRS=" + filepath.Join(c.dir, "none"), "LC_ALL=en_US.UTF-8", "TERM=dumb",
		"BITACORA_OPERATOR=ana", "BITACORA_IDLE=2s"}
	return c
}

// bitacora calls the program and returns what it printed and its exit code.
func (c *compat) bitacora(t *testing.T, args ...string) (printed string, code int) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "bitacora", args...)
	cmd.Dir, cmd.Env = c.dir, c.env
	out, err := cmd.CombinedOutput()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		t.Fatal(err)
	}
	return string(out), cmd.ProcessState.ExitCode()
}

// auto walks a document without questions. It wants an exit code, and of what is
// printed each of the lines, or none of a line that begins with !.
func (c *compat) auto(t *testing.T, code int, wants []string, file string, flags ...string) {
	t.Helper()
	printed, got := c.bitacora(t, append([]string{"run", "docs/" + file, "--auto"}, flags...)...)
	if got != code {
		t.Errorf("%s %v: exit code %d, want %d:\n%s", file, flags, got, code, printed)
	}
	check(t, printed, wants)
}

func check(t *testing.T, printed string, wants []string) {
	t.Helper()
	for _, want := range wants {
		text, none := strings.CutPrefix(want, "!")
		if strings.Contains(printed, text) == none {
			t.Errorf("%q is there: %v, in\n%s", text, none, printed)
		}
	}
}

// parsed returns a document as show --json tells it.
func (c *compat) parsed(t *testing.T, file string) *runbooks.Runbook {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "bitacora", "show", "--json", "docs/"+file)
	cmd.Dir, cmd.Env = c.dir, c.env
	out, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	var rb runbooks.Runbook
	if err := json.Unmarshal(out, &rb); err != nil {
		t.Fatal(err)
	}
	return &rb
}

// action returns the action of that name.
func (c *compat) action(t *testing.T, file, name string) *runbooks.Action {
	t.Helper()
	for _, section := range c.parsed(t, file).Sections {
		for _, step := range section.Steps {
			for _, a := range step.Actions {
				if a.Name == name {
					return a
				}
			}
		}
	}
	t.Fatalf("%s: no action is called %q", file, name)
	return nil
}

// param returns the parameter of that name; none is one without a name.
func (c *compat) param(t *testing.T, file, name string) runbooks.Param {
	t.Helper()
	for _, p := range c.parsed(t, file).Params {
		if p.Name == name {
			return p
		}
	}
	return runbooks.Param{}
}

// compatCase proves one name of the tables of docs/compatibility.md.
type compatCase struct {
	tool, name string
	prove      func(t *testing.T, c *compat)
}

// TestCompatibility proves every row of docs/compatibility.md on documents that are
// walked.
func TestCompatibility(t *testing.T) {
	for _, tc := range slices.Concat(runmeCases(), innovationCases(), xcCases()) {
		t.Run(tc.tool+"/"+strings.ReplaceAll(tc.name, "/", "|"), func(t *testing.T) {
			t.Parallel()
			tc.prove(t, newCompat(t))
		})
	}
}

// TestCompatibilityIsProven compares the tables with the cases: neither can say
// more than the other.
func TestCompatibilityIsProven(t *testing.T) {
	doc, err := os.ReadFile(filepath.Join("..", "..", "docs", "compatibility.md"))
	if err != nil {
		t.Fatal(err)
	}
	var proven []string
	for _, tc := range slices.Concat(runmeCases(), innovationCases(), xcCases()) {
		proven = append(proven, tc.tool+": "+tc.name)
	}
	said := namesOfTables(doc)
	if len(said) < 40 {
		t.Fatalf("only %d names were found in the tables: %q", len(said), said)
	}
	for _, name := range said {
		if !slices.Contains(proven, name) {
			t.Errorf("%s: the document promises it, no case proves it", name)
		}
	}
	for i, name := range proven {
		if !slices.Contains(said, name) || slices.Contains(proven[:i], name) {
			t.Errorf("%s: a case proves it, or twice, and the document does not say it", name)
		}
	}
}

var nameList = regexp.MustCompile("^`[^`]+`(?:, `[^`]+`)*$")

// namesOfTables returns what stands in the first columns, behind the heading: each
// of several names in code, else the cell as it reads.
func namesOfTables(doc []byte) []string {
	var names []string
	tool := ""
	for line := range strings.Lines(string(doc)) {
		line = strings.TrimSpace(line)
		if heading, ok := strings.CutPrefix(line, "## "); ok {
			tool = heading
		}
		if !strings.HasPrefix(line, "| ") || strings.HasPrefix(line, "| what |") {
			continue
		}
		cell := strings.TrimSpace(strings.Split(line, "|")[1])
		if !nameList.MatchString(cell) {
			names = append(names, tool+": "+strings.ReplaceAll(cell, "`", ""))
			continue
		}
		for name := range strings.SplitSeq(cell, ", ") {
			names = append(names, tool+": "+strings.Trim(name, "`"))
		}
	}
	return names
}

func TestNamesOfTables(t *testing.T) {
	got := namesOfTables([]byte("## A\n\n| what | here |\n|---|---|\n| `a`, `b=1` | x |\n| front `c` | y |\n| ```` ```v ```` of `d` | z |\n"))
	if want := []string{"A: a", "A: b=1", "A: front c", "A:  v  of d"}; !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
}

// TestCompatibleDocumentsHaveNoErrors: what another tool takes is no mistake here.
func TestCompatibleDocumentsHaveNoErrors(t *testing.T) {
	c := newCompat(t)
	printed, code := c.bitacora(t, "lint", "docs", "--severity", "error")
	if code != 0 || !strings.Contains(printed, "Errors: 0") {
		t.Errorf("exit code %d:\n%s", code, printed)
	}
}
