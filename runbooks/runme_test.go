package runbooks

import (
	"strings"
	"testing"
)

func TestProgramOfAnInterpreter(t *testing.T) {
	for command, want := range map[string]string{
		"bash": "bash", "/bin/bash": "bash", "env bash": "bash", "/usr/bin/env bash -u": "bash", "env -S bash -eu": "bash", "/usr/bin/env --split-string python3 -u": "python3", "env -- bash": "bash",
		"bash -euo pipefail": "bash", "bash --norc": "bash", "python3 -u": "python3", "": "", "  ": "",
		// none of these may be run as if nothing had been said
		"sudo bash": "sudo bash", "sudo -u x bash": "sudo -u x bash", "env X=Y bash": "env X=Y bash", "env -S X=Y bash": "env -S X=Y bash", "env -i bash": "env -i bash", "env -u PATH bash": "env -u PATH bash",
		"env": "env", "env -S": "env -S", "env -Sbash": "env -Sbash", "env -S 'bash -e'": "env -S 'bash -e'", "env env bash": "env env bash", "bash -n": "bash -n", "bash -en": "bash -en", "bash -c x": "bash -c x", "bash ./x.sh": "bash ./x.sh",
		"bash -o noexec": "bash -o noexec", "python -m x": "python -m x", "perl -ne x": "perl -ne x", "node -e x": "node -e x", "X=Y bash": "X=Y bash", "-S bash": "-S bash", "nice bash": "nice bash", "ssh h bash": "ssh h bash",
	} {
		if got, _ := program(command); got != want {
			t.Errorf("%q is run by %q, want %q", command, got, want)
		}
	}
}

// TestNoOtherInterpreterIsAShell: what a block does is only told of a shell.
func TestNoOtherInterpreterIsAShell(t *testing.T) {
	for command, want := range map[string]string{
		"env -S bash": "read ", "env X=Y bash": "write warning", "sudo bash": "write warning", "env -i bash": "write warning", "bash -n": "write warning", "bash -e": "read info", "bash": "read ", "ruby": "write ",
	} {
		for name, text := range map[string]string{
			"attribute":    steps("", "sh {effect=write}|make x", "sh {interpreter=\""+command+"\"}|ls"),
			"front matter": steps("shell: "+command+"\n", "sh {effect=write}|make x", "sh|ls"),
		} {
			rb, err := Parse("r.md", []byte(text))
			if err != nil {
				t.Fatal(err)
			}
			got := []string{string(rb.Sequence[1].Actions[0].Effect), ""}
			for _, d := range rb.Diagnostics {
				if d.Code == "interpreter" {
					got[1] += string(d.Severity)
				}
			}
			if strings.Join(got, " ") != want {
				t.Errorf("%s %q: %q, want %q", name, command, got, want)
			}
		}
	}
}
