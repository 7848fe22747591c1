package cli_test

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"genia.ai/bitacora/runbooks"
)

// kept proves that a name is in attrs, that lint says so, and that the block runs
// as if it were not there.
func kept(name, value string) func(t *testing.T, c *compat) {
	return func(t *testing.T, c *compat) {
		if got := c.action(t, "runme-kept.md", "look").Attrs[name]; got != value {
			t.Errorf("%s is %q, want %q", name, got, value)
		}
		printed, code := c.bitacora(t, "lint", "docs/runme-kept.md")
		if code != 0 || !strings.Contains(printed, `info: the attribute "`+name+`" is kept, and does nothing here [kept-attribute]`) {
			t.Errorf("lint says (exit code %d)\n%s", code, printed)
		}
		c.auto(t, 0, []string{"| looked"}, "runme-kept.md")
	}
}

// pumps are the flags that runme.md asks for.
var pumps = []string{"--param", "SITE=north", "--param", "WAIT_FOR=rain, or snow"}

func runmeCases() []compatCase {
	// The walk of runme.md prints what its blocks do.
	walk := func(wants ...string) func(t *testing.T, c *compat) {
		return func(t *testing.T, c *compat) { c.auto(t, 1, wants, "runme.md", pumps...) }
	}
	unasked := func(name, print string) func(t *testing.T, c *compat) {
		return func(t *testing.T, c *compat) {
			if p := c.param(t, "runme.md", name); p.Name != "" {
				t.Errorf("%s is asked for: %+v", name, p)
			}
			walk("running "+print+" (", "| plain Enter\n")(t, c)
		}
	}
	list := []compatCase{
		{"Runme", `attributes as {"name":"x"}, {name=x}, { name="x" interactive=false }`, walk("running list-pumps", "running wait", "running log")},
		{"Runme", "name", func(t *testing.T, c *compat) {
			if a := c.action(t, "runme.md", "empty"); a.ID != "empty" {
				t.Errorf("its id is %q", a.ID)
			}
			c.auto(t, 0, []string{"| tank emptied"}, "runme.md", append(slices.Clone(pumps), "--answer", "empty=yes")...)
		}},
		{"Runme", "cwd", walk("| log in log")}, // {{SITE}}/log, beside docs and not below it
		{"Runme", "interactive=true", func(t *testing.T, c *compat) {
			c.auto(t, 2, []string{"talk talks with the operator (interactive=true)", "!silent talks"}, "runme-talk.md")
		}},
		{"Runme", "interactive=false", walk("| listed in")},
		{"Runme", "interpreter", walk("| counted by bash without flags")}, // the others are run by dash
		{"Runme", "excludeFromRunAll=true", func(t *testing.T, c *compat) {
			walk("skipped: empty is left out", "--answer empty=yes runs it", "!| tank emptied")(t, c)
			c.auto(t, 0, []string{"| tank emptied"}, "runme.md", append(slices.Clone(pumps), "--answer", "empty=yes")...)
		}},
		{"Runme", "promptEnv=false", unasked("MESSAGE", "plain")},
		{"Runme", "promptEnv=no", unasked("NOTE", "plain-no")},
		{"Runme", "promptEnv=0", unasked("MEMO", "plain-0")},
		{"Runme", "export X=message: several words without quotes", func(t *testing.T, c *compat) {
			c.auto(t, 2, []string{"--param WAIT_FOR", "Enter what to wait for", "!PUMP"}, "runme.md", pumps[:2]...)
			walk("| red waits for rain, or snow")(t, c)
		}},
		{"Runme", "background=true", func(t *testing.T, c *compat) {
			if !c.action(t, "runme-background.md", "serve").Endless {
				t.Error("the block is taken to end")
			}
			c.auto(t, 2, []string{"serve never ends by itself"}, "runme-background.md")
			c.auto(t, 0, []string{"| serving", "| looked"}, "runme-background-limit.md")
		}},
		{"Runme", "front matter shell", walk("by another shell")},
		{"Runme", "front matter cwd", walk("| listed in pumps", "| again in pumps")},
		{"Runme", "front matter skipPrompts", func(t *testing.T, c *compat) {
			if p := c.param(t, "runme-skip.md", "WAIT_FOR"); p.Name != "" {
				t.Errorf("it is asked for: %+v", p)
			}
			c.auto(t, 0, []string{"| waits for Enter\n"}, "runme-skip.md")
		}},
		{"Runme", "other front matter (runme, terminalRows)", func(t *testing.T, c *compat) {
			printed, code := c.bitacora(t, "lint", "docs/runme.md")
			if code != 0 {
				t.Errorf("exit code %d", code)
			}
			check(t, printed, []string{`info: unknown member "runme"`, `info: unknown member "terminalRows"`, `!unknown member "shell"`})
		}},
	}
	for name, value := range map[string]string{
		"category": "logs", "tag": "pumps", "tags": "a,b", "id": "01HLOOK", "mimeType": "text/plain", "terminalRows": "20",
		"closeTerminalOnSuccess": "false", "openTerminalOnError": "true", "transform": "false", "ignore": "true",
	} {
		list = append(list, compatCase{"Runme", name, kept(name, value)})
	}
	return list
}

func innovationCases() []compatCase {
	const tool, file = "Innovation Engine", "innovation.md"
	id := []string{"--param", "PUMP_ID=7"}
	walk := func(wants ...string) func(t *testing.T, c *compat) {
		return func(t *testing.T, c *compat) { c.auto(t, 0, wants, file, id...) }
	}
	withoutINI := func(t *testing.T, c *compat) {
		if err := os.Remove(filepath.Join(c.dir, "docs", "innovation.ini")); err != nil {
			t.Fatal(err)
		}
	}
	return []compatCase{
		{tool, "<!-- expected_similarity=0.8 --> above a block", func(t *testing.T, c *compat) {
			walk(`| { "state": "running", "name": "blue-pump" }`)(t, c)
			c.auto(t, 4, []string{"| broken", "the output is like the runbook's to 0.", "expected 0.80"}, "innovation-unlike.md")
		}},
		{tool, `<!-- expected_similarity="RE" -->`, func(t *testing.T, c *compat) {
			walk("| state: starting")(t, c)
			c.auto(t, 4, []string{"| state: broken", "the output does not match what the runbook shows"}, "innovation-no-match.md")
		}},
		{tool, "a comment that holds a block  variables  of export NAME=value", func(t *testing.T, c *compat) {
			withoutINI(t, c)
			given := append(slices.Clone(id), "--param", "PUMP_ZONE=z")
			c.auto(t, 0, []string{`"name": "red-pump"`, "! Hello, pump (7 in z)"[1:]}, file, given...)
			c.auto(t, 0, []string{`"name": "old-pump"`}, file, append(given, "--param", "PUMP_NAME=old-pump")...)
			c.auto(t, 2, []string{"missing --param PUMP_ID", "!PUMP_NAME", "!PUMP_NOTE"}, file, "--param", "PUMP_ZONE=z")
		}},
		{tool, "## Prerequisites with links to documents", func(t *testing.T, c *compat) {
			walk("The pump needs water in the tank.", "Open the valve", "!| tank filled", "!| valve opened", "!The manual")(t, c)
			shown, _ := c.bitacora(t, "show", "docs/"+file)
			commands := regexp.MustCompile("`(bitacora run [^`]+)`").FindAllStringSubmatch(shown, -1)
			if len(commands) != 2 {
				t.Fatalf("%d commands are named in\n%s", len(commands), shown)
			}
			// What is named is what can be typed right there.
			for i, print := range []string{"| tank filled", "| valve opened"} {
				cmd := exec.CommandContext(t.Context(), "sh", "-c", commands[i][1]+" --auto")
				cmd.Dir, cmd.Env = c.dir, c.env
				out, err := cmd.CombinedOutput()
				if err != nil || !bytes.Contains(out, []byte(print)) {
					t.Errorf("%s: %v\n%s", commands[i][1], err, out)
				}
			}
		}},
		{tool, "an .ini file of the same name beside the document", func(t *testing.T, c *compat) {
			walk(`"name": "blue-pump"`, "(7 in north-1)")(t, c)
			c.auto(t, 0, []string{`"name": "old-pump"`}, file, append(slices.Clone(id), "--param", "PUMP_NAME=old-pump")...)
			withoutINI(t, c)
			c.auto(t, 2, []string{"missing --param PUMP_ZONE"}, file, id...)
		}},
		{tool, "azurecli", walk("| logged out")},
		{tool, "azurecli-interactive", walk("| state: starting")},
	}
}

func xcCases() []compatCase {
	const file = "xc.md"
	walk := func(wants ...string) func(t *testing.T, c *compat) {
		return func(t *testing.T, c *compat) { c.auto(t, 0, wants, file, "--param", "PUMP=north-2") }
	}
	// requires walks a document whose second task requires the first, which is left
	// out unless it is asked for.
	requires := func(word string) func(t *testing.T, c *compat) {
		return func(t *testing.T, c *compat) {
			path := filepath.Join(c.dir, "docs", "xc-requires.md")
			src, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(path, bytes.ReplaceAll(src, []byte("Requires:"), []byte(word+":")), 0o600); err != nil {
				t.Fatal(err)
			}
			c.auto(t, 1, []string{"!| drained", "!| stopped"}, "xc-requires.md")
			c.auto(t, 0, []string{"| drained", "| stopped"}, "xc-requires.md", "--answer", "drain=yes")
			printed, _ := c.bitacora(t, "lint", "docs/"+file)
			check(t, printed, []string{`the task "paint" is required, but none of that name stands above`, `!task "fill"`, `!task "start-up"`})
		}
	}
	ignored := func(word string) func(t *testing.T, c *compat) {
		return func(t *testing.T, c *compat) {
			shown, _ := c.bitacora(t, "show", "docs/"+file)
			if !regexp.MustCompile(`(?m)^\S+  report\n(?: .*\n)*    ` + word + ": ").MatchString(shown) {
				t.Errorf("%s is not kept as text in\n%s", word, shown)
			}
			walk("running report", "| reported")(t, c)
		}
	}
	return []compatCase{
		{"xc", "the heading of a task", walk("running fill (", "running start-up (", "running look (", "running report (")},
		{"xc", "the first block of a task", walk("| started north-2", "| looks tank")},
		{"xc", "a first line #! of that block", func(t *testing.T, c *compat) {
			if a := c.action(t, file, "report"); a.Lang != "perl" {
				t.Errorf("its language is %q", a.Lang)
			}
			walk("| reported")(t, c)
		}},
		{"xc", "a task without a block", func(t *testing.T, c *compat) {
			sections := c.parsed(t, file).Sections
			i := slices.IndexFunc(sections, func(s runbooks.Section) bool { return s.Heading == "all" })
			if i < 0 || len(sections[i].Steps) > 0 {
				t.Errorf("section %d of %+v", i, sections)
			}
			walk("!· all", "!running all")(t, c)
		}},
		{"xc", "Requires", requires("Requires")},
		{"xc", "Req", requires("Req")},
		{"xc", "Inputs", func(t *testing.T, c *compat) {
			c.auto(t, 2, []string{"missing --param PUMP", "!SPEED"}, file)
			walk("| started north-2, slow")(t, c)
		}},
		{"xc", "Env", func(t *testing.T, c *compat) {
			walk("| filled north to 80")(t, c)
			c.auto(t, 0, []string{"| filled north to 90"}, file, "--param", "PUMP=a", "--param", "LEVEL=90")
		}},
		{"xc", "Environment", walk("| started north-2, slow")},
		{"xc", "Dir", walk("to 80 in tank")},
		{"xc", "Directory", walk("| looks tank")},
		{"xc", "Interactive", func(t *testing.T, c *compat) {
			c.auto(t, 2, []string{"configure talks with the operator"}, "xc-talk.md")
		}},
		{"xc", "Run", ignored("Run")},
		{"xc", "RunDeps", ignored("RunDeps")},
		{"xc", "RunDependencies", ignored("RunDependencies")},
		{"xc", "Hidden", ignored("Hidden")},
	}
}
