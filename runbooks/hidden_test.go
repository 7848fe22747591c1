package runbooks

import (
	"slices"
	"testing"
)

// TestOrdinaryTasksRunNothingUnknown: "Tasks" is not only what xc calls a list of scripts.
func TestOrdinaryTasksRunNothingUnknown(t *testing.T) {
	for _, test := range []struct {
		text string
		want bool // it runs
	}{
		{"You will see something like this:\n\n```\nNAME   READY  STATUS\nrm     1/1    Running\n```\n", false},
		{"```\n{ \"replicas\": 3 }\n```\n", false}, {"```\nSELECT * FROM users;\n```\n", false}, {"```\nkey: value\n```\n", false},
		{"The expected output:\n\n```\nmysql> DROP DATABASE prod;\nQuery OK\n```\n", false}, {"You should see:\n\n```\n> rm -rf /\ntotal 0\n```\n", false},
		{"Requires: other\n\n```\nmake-it so\n```\n", true}, {"```\n#!/usr/bin/env bash\nmake-it so\n```\n", true}, {"```\n#!/usr/bin/env -S bash -e\nmake-it so\n```\n", true}, {"```\n#!/usr/bin/awk -f\nmake-it so\n```\n", false}, {"```\n#!/usr/bin/env X=1 bash\nmake-it so\n```\n", false}, {"```sh\nmake-it so\n```\n", true},
	} {
		rb, err := Parse("x.md", []byte("# X\n\n## Tasks\n\n### Look at it\n\n"+test.text+"\n### other\n\n```sh\nls\n```\n"))
		if err != nil {
			t.Fatal(err)
		}
		runs := false
		for _, step := range rb.Sequence {
			for _, action := range step.Actions {
				runs = runs || action.Kind == KindShell && action.Code != "ls\n"
			}
		}
		if runs != test.want {
			t.Errorf("%q runs: %v", test.text, runs)
		}
	}
}

// TestCommentsHideNothing: what stands below a comment that ends with a backslash is run, and
// lint sees it.
func TestCommentsHideNothing(t *testing.T) {
	for code, want := range map[string]string{
		"ls # all \\\nrm x": "ls # all  \nrm x", "ls '# \\\nx' # \\\ny": "ls '# \\\nx' #  \ny", "ls \\\n  x": "ls \\\n  x", "a#b \\\nc": "a#b \\\nc", "# x \\": "# x \\",
	} {
		if got := endComments(code); got != want {
			t.Errorf("%q is read as %q, want %q", code, got, want)
		}
	}
	findings, err := Inspect("x.md", []byte("# X\n\n1. a\n\n   ```sh {effect=read}\n   ls # all \\\n   rm -rf /data\n   ```\n"), Surroundings{})
	if err != nil || !slices.ContainsFunc(findings, func(f Finding) bool { return f.Code == "effect-understated" }) {
		t.Errorf("lint does not see what the comment hides: %+v", findings)
	}
}

// TestContinuationsOfPrompts: what stands below a comment is no part of the command.
func TestContinuationsOfPrompts(t *testing.T) {
	for command, want := range map[string]bool{
		"ls \\\n": true, "ls\\\n": true, "ls # see \\\n": false, "grep x f # C:\\\\\n": false, "echo x\\\\\n": false, "echo '#' \\\n": true, "ls\n": false,
	} {
		if got := goesOn(command); got != want {
			t.Errorf("%q goes on: %v", command, got)
		}
	}
}
