package runbooks

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

// heard returns the findings of some codes: the lines of those that stand, and in
// brackets of those that are ignored, with where that is said.
func heard(list []Finding, codes string) string {
	var b []string
	for _, f := range list {
		switch {
		case !strings.Contains(" "+codes+" ", " "+f.Code+" "):
		case f.Ignored != nil:
			b = append(b, fmt.Sprintf("(%s %d by %d:%d)", f.Code, f.Line, f.Ignored.Line, f.Ignored.Column))
		default:
			b = append(b, fmt.Sprintf("%s %d", f.Code, f.Line))
		}
	}
	return strings.Join(b, " ")
}

const destroying = "```sh\nrm -rf /srv/a\n```\n"

func TestIgnores(t *testing.T) {
	const codes = "destructive-command curl-without-fail unused-ignore unknown-code unknown-attribute directive-without-target"
	for _, tc := range []struct{ name, src, want string }{
		{"front matter, the whole text", "---\nlint-ignore: [destructive-command]\n---\n# T\n\n## Fix\n\n" + destroying + "\nThen\n\n" + destroying, "(destructive-command 9 by 2:15) (destructive-command 15 by 2:15)"},
		{"front matter, one code", "---\nlint-ignore: destructive-command\n---\n# T\n\n## Fix\n\n" + destroying, "(destructive-command 9 by 2:14)"},
		{"above a fence, it alone", "# T\n\n## Fix\n\n<!-- bitacora lint-ignore=destructive-command -->\n" + destroying + "\nThen\n\n" + destroying, "(destructive-command 7 by 5:15) destructive-command 13"},
		{"a fence's attribute", "# T\n\n## Fix\n\n```sh {name=a effect=write lint-ignore=destructive-command}\nrm -rf /srv/a\n```\n", "(destructive-command 6 by 5:28)"},
		{"a fence's attribute in JSON", "# T\n\n## Fix\n\n```sh {\"name\":\"a\",\"lint-ignore\":\"destructive-command\"}\nrm -rf /srv/a\n```\n", "(destructive-command 6 by 5:18)"},
		{"several codes", "# T\n\n## Fix\n\n<!-- bitacora lint-ignore=\"destructive-command, curl-without-fail\" -->\n```sh\nrm -rf /srv/a\ncurl -d a=b https://x.internal\n```\n", "(destructive-command 7 by 5:15) (curl-without-fail 8 by 5:15)"},
		{"another code stands", "# T\n\n## Fix\n\n<!-- bitacora lint-ignore=destructive-command -->\n```sh\nrm -rf /srv/a\ncurl -d a=b https://x.internal\n```\n", "(destructive-command 7 by 5:15) curl-without-fail 8"},
		{"at the end of an item, with what is in it", "# T\n\n## Fix\n\n1. Remove it <!-- bitacora lint-ignore=destructive-command -->\n\n   ```sh\n   rm -rf /srv/a\n   ```\n2. Again\n\n   ```sh\n   rm -rf /srv/b\n   ```\n", "(destructive-command 8 by 5:28) destructive-command 13"},
		{"in an item, above its fence", "# T\n\n## Fix\n\n1. Remove it\n\n   <!-- bitacora lint-ignore=destructive-command -->\n   ```sh\n   rm -rf /srv/a\n   ```\n", "(destructive-command 9 by 7:18)"},
		{"above a list, all of it", "# T\n\n## Fix\n\n<!-- bitacora lint-ignore=destructive-command -->\n1. Remove it\n\n   ```sh\n   rm -rf /srv/a\n   ```\n2. Again\n\n   ```sh\n   rm -rf /srv/b\n   ```\n", "(destructive-command 9 by 5:15) (destructive-command 14 by 5:15)"},
		{"above a heading, its section and those below", "# T\n\n<!-- bitacora lint-ignore=destructive-command -->\n## Fix\n\n" + destroying + "\n### More\n\n" + destroying + "\n## Mitigation\n\n" + destroying, "(destructive-command 7 by 3:15) (destructive-command 13 by 3:15) destructive-command 19"},
		{"beside other keys", "# T\n\n## Fix\n\n<!-- bitacora name=a lint-ignore=destructive-command -->\n" + destroying, "(destructive-command 7 by 5:22)"},
		{"nothing to ignore", "# T\n\n## Fix\n\n<!-- bitacora lint-ignore=curl-without-fail -->\n" + destroying, "unused-ignore 5 destructive-command 7"},
		{"nothing to ignore in the front matter", "---\nlint-ignore:\n  - curl-without-fail\n---\n# T\n\n## Fix\n\n1. Do\n", "unused-ignore 3"},
		{"no such code", "# T\n\n## Fix\n\n<!-- bitacora lint-ignore=destructive-comand -->\n" + destroying, "unknown-code 5 destructive-command 7"},
		{"no code", "# T\n\n## Fix\n\n```sh {lint-ignore=\"\"}\nmake x\n```\n", "unknown-code 5"},
		{"what is unused cannot be ignored", "---\nlint-ignore: [unused-ignore, no-undo]\n---\n# T\n\n## Fix\n\n1. Do\n", "unused-ignore 2 unused-ignore 2"},
		{"nothing stands below", "# T\n\n## Fix\n\n1. Do\n\n<!-- bitacora lint-ignore=no-undo -->\n", "directive-without-target 7"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			if got := heard(inspected(t, tc.src, Surroundings{}), codes); got != tc.want {
				t.Errorf("lint says %q of\n%s, want %q", got, tc.src, tc.want)
			}
		})
	}
}

// TestErrorsCannotBeIgnored: what keeps a runbook from being walked, or would run
// without a question, is told whatever its author says.
func TestErrorsCannotBeIgnored(t *testing.T) {
	list := inspected(t, "---\nlint-ignore: [effect-understated]\n---\n# T\n\n## Fix\n\n```sh {effect=read}\nrm -rf /srv/a\n```\n", Surroundings{})
	if got := heard(list, "effect-understated unused-ignore"); got != "unused-ignore 2 effect-understated 9" {
		t.Errorf("lint says %q", got)
	}
	if got := withCode(list, "unused-ignore"); got != "warning 2:15: effect-understated is an error here, and errors cannot be ignored; correct what it names\n" {
		t.Errorf("unused-ignore is %q", got)
	}
	more := Surroundings{More: func(*Runbook) []Diagnostic {
		return []Diagnostic{{Severity: SeverityError, Code: "secret-in-text", Line: 6}, {Severity: SeverityWarning, Code: "secret-in-text", Line: 8}}
	}}
	list = inspected(t, "---\nlint-ignore: [secret-in-text]\n---\n# T\n\n## Fix\n\n1. Do\n", more)
	if got := heard(list, "secret-in-text unused-ignore"); got != "secret-in-text 6 (secret-in-text 8 by 2:15)" {
		t.Errorf("lint says %q", got)
	}
}

// TestIgnoresChangeNothingElse compares what is read of a text with and without them.
func TestIgnoresChangeNothingElse(t *testing.T) {
	const text = `# T

## Notes

Run this:
%[1]s
~~~
state: ok
~~~

%[1]s
- a word
- more words than two here
  and on%[2]s

Then:

~~~sh%[3]s
make x
~~~
%[1]s
~~~yaml
a: b
~~~

%[1]s
## Fix

%[1]s
1. Do it%[2]s

   - and this%[2]s
`
	read := func(line, end, attribute string) string {
		src := strings.ReplaceAll(fmt.Sprintf(text, line, end, attribute), "~~~", "```")
		rb, err := Parse("x.md", []byte(src))
		if err != nil {
			t.Fatal(err)
		}
		var b strings.Builder
		for _, d := range rb.Diagnostics {
			fmt.Fprintln(&b, d.Severity, d.Code, d.Message)
		}
		for _, s := range rb.Sections {
			fmt.Fprintln(&b, s.Heading, s.Kind, s.Phase, s.Body)
		}
		return sketch(rb) + b.String()
	}
	plain := read("", "", "")
	with := read("<!-- bitacora lint-ignore=no-undo -->", " <!-- bitacora lint-ignore=no-undo -->", " {lint-ignore=no-undo}")
	if squeezed := strings.ReplaceAll(with, "\n\n\n", "\n\n"); squeezed != strings.ReplaceAll(plain, "\n\n\n", "\n\n") {
		t.Errorf("with ignores the text is read as\n%s\nwithout as\n%s", with, plain)
	}
}

// TestIgnoredAlone takes one block out of a note about several.
func TestIgnoredAlone(t *testing.T) {
	src := doc("lint-ignore: []", "1. Do\n\n   ```sh {name=a effect=write}\n   make a\n   ```\n\n   <!-- bitacora lint-ignore=no-undo -->\n   ```sh {name=b effect=write}\n   make b\n   ```\n\n   ```sh {name=c effect=write}\n   make c\n   ```\n")
	list := inspected(t, src, Surroundings{})
	if got := heard(list, "no-undo unused-ignore"); got != "no-undo 10 (no-undo 15 by 14:18)" {
		t.Errorf("lint says %q", got)
	}
	if got := withCode(list, "no-undo"); !strings.Contains(got, "in line 11, 20;") {
		t.Errorf("no-undo is %q", got)
	}
}

// TestIgnoresOfWhatDependsOnMore are not called unused where nobody looked.
func TestIgnoresOfWhatDependsOnMore(t *testing.T) {
	src := doc("lint-ignore: [shellcheck, broken-link, broken-anchor, review-overdue]", "1. Do")
	if got := heard(inspected(t, src, Surroundings{}), "unused-ignore"); got != "" {
		t.Errorf("lint says %q", got)
	}
	all := Surroundings{
		Now: time.Now(), Modified: time.Now(), Read: func(string) ([]byte, error) { return nil, nil },
		CheckShell: func(_, _ string) []ShellRemark { return nil },
	}
	if got := heard(inspected(t, src, all), "unused-ignore"); got != "unused-ignore 2 unused-ignore 2 unused-ignore 2" {
		t.Errorf("lint says %q", got)
	}
}
