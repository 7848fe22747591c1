package runbooks

import (
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// sharedFile returns a path in the directory of shared test material: real
// runbooks and the plan, which are read but not part of the project. Only tests
// that need it may skip.
func sharedFile(t *testing.T, name string) string {
	t.Helper()
	dir := os.Getenv("BITACORA_SHARED")
	if dir == "" {
		dir = filepath.Join("..", "..", "shared")
	}
	path := filepath.Join(dir, name)
	if _, err := os.Stat(path); err != nil {
		t.Skipf("no shared material: %v", err)
	}
	return path
}

func TestCorpus(t *testing.T) {
	root := sharedFile(t, "corpus")
	files, steps, actions := 0, 0, 0
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.Contains(d.Name(), ".md") {
			return err
		}
		src, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		files++
		rb, err := Parse(path, src)
		if err != nil {
			t.Errorf("does not parse:\n%v", err)
			return nil
		}
		checkInvariants(t, path, src, rb)
		checkCommands(t, path, src)
		steps += len(rb.Sequence)
		rb.visit(func(s *Step) bool { actions += len(s.Actions); return true })
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if files < 50 || steps < 400 || actions < 150 {
		t.Errorf("read %d files, %d steps, %d actions: too few for the corpus", files, steps, actions)
	}
	t.Logf("%d files, %d steps, %d actions", files, steps, actions)
}

// checkCommands asserts R14: every block that can be run, outside of reference
// sections, belongs to exactly one step.
func checkCommands(t *testing.T, path string, src []byte) {
	t.Helper()
	b := parse(path, src)
	var count func(list []*block, cue string) int
	count = func(list []*block, cue string) int {
		n := 0
		for _, blk := range list {
			if blk.kind == blockCode && blk.reading().class == codeAction {
				n++
			}
			n += count(blk.children, "")
		}
		return n
	}
	want, got := 0, 0
	for _, s := range b.sections {
		if s.Kind != SectionReference || s.scripts {
			want += count(s.blocks, "")
		}
	}
	lines := map[int]bool{}
	b.rb.visit(func(s *Step) bool {
		for _, a := range s.Actions {
			lines[a.Line] = true
		}
		return true
	})
	for _, a := range b.actions {
		if a.blk.kind == blockCode && lines[a.Line] {
			got++
		}
	}
	if got != want {
		t.Errorf("%s: %d blocks can be run, %d belong to a step", path, want, got)
	}
}

// checkInvariants asserts what holds for every runbook that was parsed.
func checkInvariants(t *testing.T, path string, src []byte, rb *Runbook) {
	t.Helper()
	lines := 1 + strings.Count(string(src), "\n")
	inFile := func(what string, line int) {
		if line < 1 || line > lines {
			t.Errorf("%s: %s has line %d of %d", path, what, line, lines)
		}
	}
	stepIDs, actionIDs := map[string]bool{}, map[string]bool{}
	rb.visit(func(s *Step) bool {
		inFile("step "+s.ID, s.Line)
		if s.ID == "" || stepIDs[s.ID] {
			t.Errorf("%s: step id %q is empty or taken twice", path, s.ID)
		}
		stepIDs[s.ID] = true
		if s.Substeps == nil || s.Actions == nil || s.Suggested == nil {
			t.Errorf("%s: step %s has a null list", path, s.ID)
		}
		for _, a := range s.Actions {
			inFile("action "+a.ID, a.Line)
			if a.ID == "" || actionIDs[a.ID] {
				t.Errorf("%s: action id %q is empty or taken twice", path, a.ID)
			}
			actionIDs[a.ID] = true
			if a.Kind == "" || a.Effect == "" || a.Attrs == nil {
				t.Errorf("%s: action %s is incomplete: %+v", path, a.ID, a)
			}
		}
		return true
	})
	listed := 0
	for _, s := range rb.Sections {
		inFile("section "+s.Heading, s.Line)
		listed += len(s.Steps)
		for _, step := range s.Steps {
			if step.Scenario != "" && rb.Scenario(step.Scenario) != nil {
				t.Errorf("%s: step %s of a scenario stands in a section", path, step.ID)
			}
		}
	}
	for _, s := range rb.Scenarios {
		listed += len(s.Steps)
	}
	if listed != len(rb.Sequence) {
		t.Errorf("%s: %d steps are listed, %d are walked", path, listed, len(rb.Sequence))
	}
	for _, d := range rb.Diagnostics {
		inFile("diagnostic "+d.Code, d.Line)
		if d.Column < 1 || d.Message == "" || d.Severity == "" {
			t.Errorf("%s: diagnostic %+v", path, d)
		}
	}
	if _, err := rb.JSON(); err != nil {
		t.Errorf("%s: %v", path, err)
	}
}
