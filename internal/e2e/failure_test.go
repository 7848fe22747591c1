package e2e

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

const branches = `---
title: Branches
lang: en
params:
  - {name: answer, label: Answer, pattern: "[a-z]+"}
---
# Branches

## Execution

1. Open it.

   ` + "```sh {name=open effect=write undo=close}\n   echo opened\n   ```" + `

2. Try it.

   ` + "```sh {name=try effect=read}\n   echo \"the answer is $answer\"\n   test \"$answer\" = yes\n   ```" + `

3. Close it.

   ` + "```sh {name=close effect=write}\n   echo closed\n   ```" + `

4. Look back.
`

// failed opens a run and walks it to the menu of a failure.
func failed(t *testing.T, env []string) *terminal {
	t.Helper()
	path := filepath.Join(t.TempDir(), "branches.md")
	if err := os.WriteFile(path, []byte(branches), 0o600); err != nil {
		t.Fatal(err)
	}
	term := open(t, options{cols: 80, rows: 24, env: env}, "run", path, "--param", "answer=no")
	trustAndBegin(term)
	term.see("enter run open")
	term.act("enter", shows("Run open?"))
	term.act("y", shows("✓ open ·"))
	term.act("enter", shows("enter run try"))
	term.starts(shows("try failed."))
	term.see("the answer is no", "exit code 1", "with answer=no", "Retry")
	return term
}

// way takes the line of the failure menu that holds a text.
func (term *terminal) way(text string, holds func(screen string) bool) {
	term.t.Helper()
	line := regexp.MustCompile(`(?m)^[ ›]+(\d) ` + text).FindStringSubmatch(term.see(text))
	if line == nil {
		term.t.Fatalf("the menu has no %q:\n%s", text, term.screen())
	}
	term.press(line[1]).see("› " + line[1] + " " + text)
	term.act("enter", holds)
}

// says types a text into a prompt once it takes it, and accepts it.
func (term *terminal) says(text string, holds func(screen string) bool) {
	term.t.Helper()
	term.act(text[:1], shows("> "+text[:1]))
	term.typeText(text[1:]).see("> " + text)
	term.act("enter", holds)
}

// TestEveryWayOutOfAFailure takes each line of the menu in the real program, and looks
// for what the record says of it.
func TestEveryWayOutOfAFailure(t *testing.T) {
	for name, way := range map[string]struct {
		take     func(term *terminal)
		recorded string // in the export
	}{
		"retry": {func(term *terminal) {
			before := savedSeq(term.screen()) // what comes between the two menus may be too short to be seen
			term.way("Retry", func(screen string) bool { return savedSeq(screen) > before })
			term.see("try failed.", "Retry")
		}, "attempt 2"},
		"change a value": {func(term *terminal) {
			term.way("Change a value", shows("Answer"))
			term.act("enter", shows("> no"))
			term.press("ctrl+u").typeText("yes").see("> yes")
			term.act("enter", shows("with answer=yes"))
			term.act("enter", succeeded("try"))
		}, "the answer is yes"},
		"own command": {func(term *terminal) {
			term.way("Run another command", shows("\n >"))
			term.typeText("echo by-hand").see("> echo by-hand")
			term.act("enter", shows("y/enter run"))
			term.act("y", shows("  by-hand\n"))
		}, "echo by-hand"},
		"accept": {func(term *terminal) {
			term.way("Accept the step", shows("\n >"))
			term.says("checked elsewhere", shows("enter run close"))
		}, "checked elsewhere"},
		"skip": {func(term *terminal) {
			term.way("Skip the step", shows("\n >"))
			term.says("not needed", shows("enter run close"))
		}, "not needed"},
		"undo": {func(term *terminal) {
			term.way("Undo something", shows("close"))
			term.act("enter", shows("y/enter run"))
			term.act("y", shows("  closed\n"))
		}, "closed"},
		"hand over": {func(term *terminal) {
			term.way("Hand over", shows("\n >"))
			term.says("bea", lacks("> bea"))
			term.says("end of my shift", lacks("end of my shift"))
		}, "end of my shift"},
		"stop": {func(term *terminal) {
			term.way("Stop the run", shows("\n >"))
			term.says("the vendor goes on", shows("Transcript"))
		}, "the vendor goes on"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			env := home(t)
			term := failed(t, env)
			way.take(term)
			id := oldestRun(t, env)
			out, errs, code := command(t, env, "export", id)
			if code != 0 || !strings.Contains(out, way.recorded) {
				t.Errorf("the export (exit %d) lacks %q:\n%s%s", code, way.recorded, out, errs)
			}
			if out, errs, code := command(t, env, "verify", id); code != 0 {
				t.Errorf("verify: exit %d\n%s%s", code, out, errs)
			}
		})
	}
}

// TestResizeStorm changes the size of the terminal again and again while an action
// prints. Wherever it ends, the screen is whole and stands where it stood.
func TestResizeStorm(t *testing.T) {
	env := home(t)
	path := filepath.Join(t.TempDir(), "storm.md")
	var text strings.Builder
	text.WriteString("---\ntitle: Storm\nlang: en\n---\n# Storm\n\n## Execution\n\n")
	for i := range 40 {
		fmt.Fprintf(&text, "%d. Step number %d.\n\n", i+1, i+1)
		if i == 0 {
			text.WriteString("   ```sh {name=flood effect=read}\n   while :; do echo line of output; done\n   ```\n\n")
		}
	}
	if err := os.WriteFile(path, []byte(text.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	term := open(t, options{cols: 120, rows: 40, env: env}, "run", path)
	trustAndBegin(term)
	term.see("enter run flood")
	term.starts(shows("flood is running"))
	for range 25 {
		term.press("j")
	}
	term.see("›○ 26 Step")
	for i := range 120 {
		cols, rows := 60+i*53%241, 15+i*37%86
		term.resize(cols, rows)
	}
	for _, size := range [][2]int{{60, 15}, {300, 100}, {80, 24}} {
		term.resize(size[0], size[1])
		screen := term.until(fmt.Sprintf("the screen is whole at %dx%d", size[0], size[1]), func(screen string) bool {
			lines := strings.Split(screen, "\n")
			return strings.Contains(screen, "›○ 26 Step") && strings.Contains(lines[0], "LIVE") && strings.Contains(lines[len(lines)-1], "q leave") &&
				strings.Contains(lines[len(lines)-2], "flood is running") && strings.Count(screen, "── Output") == 1
		})
		if n := strings.Count(screen, "q leave"); n != 1 {
			t.Errorf("%d feet on one screen:\n%s", n, screen)
		}
	}
	term.press("ctrl+c").see("the operator stopped it")
}
