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

// TestRunme has a case for each row of the table of docs/compatibility.md.
func TestRunme(t *testing.T) {
	rb := compatible(t, "runme.md")
	list, watch, wait := mustAction(t, rb, "list-pumps"), mustAction(t, rb, "watch-pumps"), mustAction(t, rb, "wait")
	plain, count, empty := mustAction(t, rb, "plain"), mustAction(t, rb, "count"), mustAction(t, rb, "empty")
	for _, tc := range []struct {
		row  string
		got  any
		want any
	}{
		{"name, JSON spelling", list.ID, "list-pumps"},
		{"name, spelling of HTML attributes", watch.ID, "watch-pumps"},
		{"interactive=false", list.Settings.Interactive, false},
		{"id is kept", list.Attrs["id"], "01HPUMP"},
		{"background is kept", watch.Attrs["background"], "true"},
		{"category is kept", watch.Attrs["category"], "logs"},
		{"cwd of a cell", watch.Settings.Cwd, "/var/log"},
		{"cwd of the front matter", list.Settings.Cwd, "/srv/pumps"},
		{"shell of the front matter", list.Settings.Interpreter, "zsh"},
		{"interpreter of a cell", count.Settings.Interpreter, "python3"},
		{"excludeFromRunAll stands apart", empty.Settings.Apart, true},
		{"excludeFromRunAll is asked for", empty.Settings.Confirm, true},
		{"others do not stand apart", list.Settings.Apart || list.Settings.Confirm, false},
		{"export X=message is asked for", strings.Join(wait.Uses, " "), "WAIT_SECS"},
		{"export X=message is what is run", wait.Script(), "export WAIT_SECS=\"${WAIT_SECS}\"\nexport PUMP=\"red\"\nsleep \"$WAIT_SECS\"\n"},
		{"export X=message is the label", mustParam(t, rb, "WAIT_SECS").Label, "Enter how long to wait in seconds"},
		{"export X=message takes any text", mustParam(t, rb, "WAIT_SECS").FreeText, true},
		{"promptEnv=false", plain.Script(), "export MESSAGE=Enter a message\n"},
		{"promptEnv=false asks nothing", len(plain.Uses), 0},
	} {
		if tc.got != tc.want {
			t.Errorf("%s: %#v, want %#v", tc.row, tc.got, tc.want)
		}
	}
	kept := []string{}
	for _, d := range codes(rb.Diagnostics)["kept-attribute"] {
		if d.Severity != SeverityInfo {
			t.Errorf("%v", d)
		}
		kept = append(kept, strings.Split(d.Message, `"`)[1])
	}
	if want := "id background category closeTerminalOnSuccess"; strings.Join(kept, " ") != want {
		t.Errorf("kept are %v, want %s", kept, want)
	}
	if unknown := codes(rb.Diagnostics)["unknown-attribute"]; len(unknown) > 0 {
		t.Errorf("unknown: %v", unknown)
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
	want := "none none.1 |Fill the tank\nexecution execution.1 |Start the pump [shell pumpctl start --name $PUMP_NAME --note \"$PUMP_NOTE\" --id $PUMP_ID --zone $PUMP_ZONE]\nidentification identification.1 |Look at the pump [shell pumpctl show]"
	if got := sketch(rb); got != want {
		t.Errorf("prerequisites and cells:\n%s\nwant\n%s", got, want)
	}
	start, look := rb.Sequence[1].Actions[0], rb.Sequence[2].Actions[0]
	if start.Settings.Similarity != 0.8 || start.SampleOutput != "{ \"state\": \"running\" }\n" {
		t.Errorf("expected_similarity as a share: %+v, sample %q", start.Settings, start.SampleOutput)
	}
	if look.Settings.SampleRegex != "state: (running|starting)" || look.SampleOutput != "state: running\n" {
		t.Errorf("expected_similarity as an expression: %+v, sample %q", look.Settings, look.SampleOutput)
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
	fill, start := mustAction(t, rb, "fill"), mustAction(t, rb, "start")
	for _, tc := range []struct {
		row  string
		got  any
		want any
	}{
		{"Dir", fill.Settings.Cwd, "./tank"},
		{"Env is a default", mustParam(t, rb, "LEVEL").Default, "80"},
		{"Env, second value", mustParam(t, rb, "TANK").Default, "north"},
		{"Inputs", mustParam(t, rb, "PUMP").Required, true},
		{"Requires", start.Settings.After, "fill"},
		{"Requires what is not there", len(codes(rb.Diagnostics)["required-later"]), 1},
		{"attributes are no text of a step", sketch(rb), "execution execution.1 |Fills the tank. [shell pumpctl fill --tank $TANK --level $LEVEL]\nexecution execution.2 |Starts a pump. [shell pumpctl start $PUMP]"},
	} {
		if tc.got != tc.want {
			t.Errorf("%s: %#v, want %#v", tc.row, tc.got, tc.want)
		}
	}
}
