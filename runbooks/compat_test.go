package runbooks

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// compatible reads a file that was written for another tool.
func compatible(t *testing.T, name string) *Runbook {
	t.Helper()
	path := filepath.Join("testdata", "compat", name)
	src, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	rb, err := Parse(path, src)
	if err != nil {
		t.Fatal(err)
	}
	checkInvariants(t, path, src, rb)
	if HasErrors(rb.Diagnostics) {
		t.Errorf("%s: %v", path, rb.Diagnostics)
	}
	return rb
}

func mustAction(t *testing.T, rb *Runbook, name string) *Action {
	t.Helper()
	a, _ := rb.Action(name)
	if a == nil {
		t.Fatalf("no action is called %q:\n%s", name, sketch(rb))
	}
	return a
}

func mustParam(t *testing.T, rb *Runbook, name string) Param {
	t.Helper()
	i := slices.IndexFunc(rb.Params, func(p Param) bool { return p.Name == name })
	if i < 0 {
		t.Fatalf("no parameter is called %q: %v", name, paramNames(rb.Params))
	}
	return rb.Params[i]
}

// What the documents do when they are walked is proven beside the command
// (internal/cli/compatcases_test.go); here is what the parser makes of them.

func TestRunme(t *testing.T) {
	rb := compatible(t, "runme.md")
	list, log, wait := mustAction(t, rb, "list-pumps"), mustAction(t, rb, "log"), mustAction(t, rb, "wait")
	plain, count, empty := mustAction(t, rb, "plain"), mustAction(t, rb, "count"), mustAction(t, rb, "empty")
	for _, tc := range []struct {
		row  string
		got  any
		want any
	}{
		{"name, JSON spelling", list.ID, "list-pumps"},
		{"name, spelling of HTML attributes", log.ID, "log"},
		{"interactive=false", list.Settings.Interactive, false},
		{"cwd of a cell", log.Settings.Cwd, "{{SITE}}/log"},
		{"cwd of the front matter", list.Settings.Cwd, "pumps"},
		{"shell of the front matter", list.Settings.Interpreter, "dash"},
		{"interpreter of a cell", count.Settings.Interpreter, "bash"},
		{"excludeFromRunAll stands apart", empty.Settings.Apart, true},
		{"excludeFromRunAll is asked for", empty.Settings.Confirm, true},
		{"others do not stand apart", list.Settings.Apart || list.Settings.Confirm, false},
		{"export X=message is asked for", strings.Join(wait.Uses, " "), "WAIT_FOR"},
		{"export X=message is what is run", wait.Script(), "export WAIT_FOR=\"${WAIT_FOR}\"\nexport PUMP=\"red\"\necho \"$PUMP waits for $WAIT_FOR\"\n"},
		{"export X=message is the label", mustParam(t, rb, "WAIT_FOR").Label, "Enter what to wait for"},
		{"export X=message takes any text", mustParam(t, rb, "WAIT_FOR").FreeText, true},
		{"promptEnv=false", plain.Script(), plain.Code},
		{"promptEnv=false asks nothing", len(plain.Uses), 0},
	} {
		if tc.got != tc.want {
			t.Errorf("%s: %#v, want %#v", tc.row, tc.got, tc.want)
		}
	}
	if unknown := codes(rb.Diagnostics)["unknown-attribute"]; len(unknown) > 0 {
		t.Errorf("unknown: %v", unknown)
	}
}

// TestRunmeIsTrue takes for true what Runme does.
func TestRunmeIsTrue(t *testing.T) {
	for value, want := range map[string]bool{"true": true, "1": true, "TRUE": true, "t": true, "false": false, "0": false, "F": false} {
		rb, err := Parse("x.md", []byte("# T\n\n## Run\n\n```sh {\"name\":\"a\",\"excludeFromRunAll\":\""+value+"\",\"background\":\""+value+"\",\"interactive\":\""+value+"\"}\nmake x\n```\n"))
		if err != nil {
			t.Fatal(err)
		}
		a := mustAction(t, rb, "a")
		if a.Settings.Apart != want || a.Settings.Interactive != want || a.Endless != want || HasErrors(rb.Diagnostics) {
			t.Errorf("%s: %+v, endless %v, %v", value, a.Settings, a.Endless, rb.Diagnostics)
		}
	}
	rb, err := Parse("x.md", []byte("# T\n\n## Run\n\n```sh {background=yes}\nmake x\n```\n"))
	if err != nil || len(codes(rb.Diagnostics)["invalid-bool"]) != 1 {
		t.Errorf("%v, %v", rb, err)
	}
}

func TestRunmeSkipPrompts(t *testing.T) {
	rb, err := Parse("x.md", []byte("---\nskipPrompts: true\n---\n# T\n\n## Run\n\n```sh\nexport X=Enter the value\n```\n"))
	if err != nil {
		t.Fatal(err)
	}
	if a := rb.Sequence[0].Actions[0]; a.Script() != a.Code || len(rb.Params) != 0 {
		t.Errorf("script %q, params %v", a.Script(), rb.Params)
	}
}

func TestExportPrompts(t *testing.T) {
	for code, want := range map[string]string{
		"export A=Enter a name\n":        "A:Enter a name",
		"export A=value\n":               "",
		"export A=value B\n":             "", // exports B, too
		"export A=\"Enter a name\"\n":    "",
		"export A=Enter $B now\n":        "",
		"export A=one B=two\n":           "",
		"  export A=How long? b\necho x": "A:How long? b",
	} {
		got := ""
		for _, p := range exportPrompts(code) {
			got += p.name + ":" + p.text
		}
		if got != want {
			t.Errorf("%q asks %q, want %q", code, got, want)
		}
	}
}

func TestInnovationEngine(t *testing.T) {
	rb := compatible(t, "innovation.md")
	for _, tc := range []struct {
		row, name, def string
		required, free bool
	}{
		{"variables comment", "PUMP_NAME", "red-pump", false, false},
		{"variables comment, quoted text", "PUMP_NOTE", "Hello, pump", false, true},
		{"variables comment, computed value", "PUMP_ID", "", true, false},
		{"variable that nothing sets", "PUMP_ZONE", "", true, false},
	} {
		if p := mustParam(t, rb, tc.name); p.Default != tc.def || p.Required != tc.required || p.FreeText != tc.free {
			t.Errorf("%s: %+v", tc.row, p)
		}
	}
	var steps []string
	for _, s := range rb.Sequence {
		steps = append(steps, string(s.Phase)+" "+s.Text)
	}
	if got, want := strings.Join(steps, "|"), "none The pump needs water in the tank.|none Open the valve|execution Start the pump|identification Look at the pump|identification Log out"; got != want {
		t.Errorf("prerequisites and cells:\n%s\nwant\n%s", got, want)
	}
	start, look := rb.Sequence[2].Actions[0], rb.Sequence[3].Actions[0]
	if start.Settings.Similarity != 0.8 || start.SampleOutput != "{ \"state\": \"running\", \"name\": \"red-pump\" }\n" {
		t.Errorf("expected_similarity as a share: %+v, sample %q", start.Settings, start.SampleOutput)
	}
	if look.Settings.SampleRegex != "state: (running|starting)" || look.SampleOutput != "state: running\n" {
		t.Errorf("expected_similarity as an expression: %+v, sample %q", look.Settings, look.SampleOutput)
	}
}

// TestPrerequisites names what is to be walked first, and with which command.
func TestPrerequisites(t *testing.T) {
	for _, tc := range []struct{ name, file, item, want string }{
		{"beside the document", "x.md", "- [A](a.md)", "- a.md: `bitacora run a.md`"},
		{"from the document's directory on", "/srv/docs/deep/x.md", "- [A](../a.md)", "- ../a.md: `bitacora run /srv/docs/a.md`"},
		{"a section of it", "docs/x.md", "- See [A](a.md#part-two)", "- a.md: `bitacora run docs/a.md#part-two`"},
		{"quoted for a shell", "docs/x.md", "- [A](<b/it's%20a.md>)", "- b/it's a.md: `bitacora run 'docs/b/it'\\''s a.md'`"},
		{"a dash is no option", "x.md", "- [A](-a.md)", "- -a.md: `bitacora run ./-a.md`"},
		{"several of one item", "x.md", "- Do [A](a.md) and [B](b.md \"the other\"), then [A](a.md)", "- a.md: `bitacora run a.md`\n- b.md: `bitacora run b.md`"},
		{"in a sentence", "x.md", "It builds on [A](a.md).", "- a.md: `bitacora run a.md`"},
		{"on another host", "x.md", "- Read all of [A](https://example.org/a.md)", ""},
		{"from the root of a site", "x.md", "- Read all of [A](/docs/a.md)", ""},
		{"no runbook", "x.md", "- Get all of [A](a.tgz)", ""},
	} {
		rb, err := Parse(tc.file, []byte("# T\n\n## Prerequisites\n\n"+tc.item+"\n\n## Steps\n\n1. Do it\n"))
		if err != nil {
			t.Fatal(err)
		}
		if got := rb.Sequence[0].Body; got != tc.want {
			t.Errorf("%s: %q, want %q", tc.name, got, tc.want)
		}
	}
	rb, err := Parse("x.md", []byte("# T\n\n## Steps\n\n1. Do [it](it.md) now\n"))
	if err != nil || rb.Sequence[0].Body != "" {
		t.Errorf("a link elsewhere became a prerequisite: %+v, %v", rb, err)
	}
}

func TestReadINI(t *testing.T) {
	src, err := os.ReadFile("testdata/compat/innovation.ini")
	if err != nil {
		t.Fatal(err)
	}
	if got, want := fmt.Sprint(ReadINI(src)), "map[PUMP_NAME:blue-pump PUMP_ZONE:north-1]"; got != want {
		t.Errorf("ReadINI = %s, want %s", got, want)
	}
}

func TestXC(t *testing.T) {
	rb := compatible(t, "xc.md")
	fill, start, look := mustAction(t, rb, "fill"), mustAction(t, rb, "start-up"), mustAction(t, rb, "look")
	for _, tc := range []struct {
		row  string
		got  any
		want any
	}{
		{"Dir", fill.Settings.Cwd, "./tank"},
		{"Directory", look.Settings.Cwd, "tank"},
		{"Env is a default", mustParam(t, rb, "LEVEL").Default, "80"},
		{"Env, second value", mustParam(t, rb, "TANK").Default, "north"},
		{"Environment and Inputs", mustParam(t, rb, "SPEED").Default, "slow"},
		{"Inputs", mustParam(t, rb, "PUMP").Required, true},
		{"Requires", start.Settings.After, "fill"},
		{"Requires a name with a blank", look.Settings.After, "start-up"},
		{"Requires what is not there", len(codes(rb.Diagnostics)["required-later"]), 1},
		{"a block without a language is one script", start.Code, "pumpctl() { echo \"started $3, $5\"; }\npumpctl start --pump \"$PUMP\" --speed \"$SPEED\"\n"},
		{"attributes are no text of a step", rb.Sequence[1].Text, "Starts a pump, long options and all."},
		{"what says nothing of a task is its text", rb.Sequence[0].Text, "Fills the tank."},
		{"Interactive is not the rule", start.Settings.Interactive, false},
		{"Interactive", mustAction(t, compatible(t, "xc-talk.md"), "configure").Settings.Interactive, true},
	} {
		if tc.got != tc.want {
			t.Errorf("%s: %#v, want %#v", tc.row, tc.got, tc.want)
		}
	}
}
