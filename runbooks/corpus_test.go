package runbooks

import (
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
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

// corpus calls visit for each of the real runbooks.
func corpus(t *testing.T, visit func(path string, src []byte)) {
	t.Helper()
	root := sharedFile(t, "corpus")
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.Contains(d.Name(), ".md") {
			return err
		}
		src, err := os.ReadFile(path)
		if err == nil {
			visit(path, src)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestCorpus(t *testing.T) {
	files, steps, actions, samples, blanks := 0, 0, 0, 0, 0
	slowest, name := time.Duration(0), ""
	corpus(t, func(path string, src []byte) {
		files++
		began := time.Now()
		rb, err := Parse(path, src)
		if took := time.Since(began); took > slowest {
			slowest, name = took, path
		}
		if err != nil {
			t.Errorf("does not parse:\n%v", err)
			return
		}
		checkInvariants(t, path, src, rb)
		checkCommands(t, path, src)
		checkLines(t, path, src)
		checkRunnable(t, path, rb)
		steps += len(rb.Sequence)
		blanks += len(rb.Params)
		rb.visit(func(s *Step) bool {
			actions += len(s.Actions)
			for _, a := range s.Actions {
				if a.SampleOutput != "" {
					samples++
				}
			}
			return true
		})
	})
	if files < 50 || steps < 400 || actions < 150 {
		t.Errorf("read %d files, %d steps, %d actions: too few for the corpus", files, steps, actions)
	}
	t.Logf("%d files, %d steps, %d actions, %d samples, %d parameters; the slowest took %v: %s", files, steps, actions, samples, blanks, slowest, name)
}

// checkCommands asserts that every block of commands outside of reference
// sections belongs to exactly one step, and that no other block does.
func checkCommands(t *testing.T, path string, src []byte) {
	t.Helper()
	b := parse(path, src, false)
	steps := map[*Action]int{}
	b.rb.visit(func(s *Step) bool {
		for _, a := range s.Actions {
			steps[a]++
		}
		return true
	})
	owners := map[*block]int{}
	for _, a := range b.actions {
		owners[a.blk] += steps[a.Action]
	}
	var check func(list []*block, reference bool)
	check = func(list []*block, reference bool) {
		for _, blk := range list {
			if blk.kind == blockCode {
				want := 0
				if blk.reading().class == codeAction && !reference {
					want = 1
				}
				if owners[blk] != want {
					t.Errorf("%s:%d: the block belongs to %d steps, want %d\n%s", path, blk.line, owners[blk], want, blk.code)
				}
			}
			check(blk.children, reference)
		}
	}
	for _, s := range b.sections {
		check(s.blocks, s.Kind == SectionReference && !s.scripts)
	}
}

// checkLines asserts that the line of each action, step and section is the one
// where its text stands.
func checkLines(t *testing.T, path string, src []byte) {
	t.Helper()
	rb, err := Parse(path, src)
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.ReplaceAll(string(src), "\r\n", "\n"), "\n")
	holds := func(what string, line int, text string) {
		words := wordsOf(text)
		if len(words) > 0 && !slices.Contains(wordsOf(lines[line-1]), words[0]) {
			t.Errorf("%s:%d: %s starts with %q, the line is %q", path, line, what, words[0], lines[line-1])
		}
	}
	for _, s := range rb.Sections {
		if !strings.Contains(lines[max(s.Line-1, 0)], "<%") && s.Line > 1 {
			holds("the section", s.Line, s.Heading)
		}
	}
	rb.visit(func(s *Step) bool {
		if s.Number != "" {
			holds("the step", s.Line, s.Text)
		}
		for _, a := range s.Actions {
			first, _, _ := strings.Cut(a.Code, "\n")
			if line := lines[a.Line-1]; !strings.HasSuffix(strings.TrimSpace(line), strings.TrimSpace(first)) && !strings.Contains(line, "`"+first+"`") {
				t.Errorf("%s:%d: the action starts with %q, the line is %q", path, a.Line, first, line)
			}
		}
		return true
	})
}

// checkRunnable asserts that no line that can only have been printed, and no
// prompt, is left in what would be run.
func checkRunnable(t *testing.T, path string, rb *Runbook) {
	t.Helper()
	rb.visit(func(s *Step) bool {
		for _, a := range s.Actions {
			if a.Kind != KindShell || !isShellLang(a.Lang) || len(a.Attrs) > 0 {
				continue
			}
			if commands, printed := splitPrinted(a.Code); printed != "" {
				t.Errorf("%s:%d: output would be run after %q:\n%s", path, a.Line, commands, printed)
			}
			if first := firstCommand(a.Code); promptOf(first) > 0 || looksLikeQuery(a.Code) {
				t.Errorf("%s:%d: a prompt or a query would be run: %q", path, a.Line, first)
			}
		}
		return true
	})
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
