package runbooks

import (
	"fmt"
	"strings"
	"testing"
)

// sketch draws the walk, one step a line:
// phase id@scenario? number|text [kinds of actions] >substep, with ? where the
// scenario is asked for.
func sketch(rb *Runbook) string {
	var lines []string
	for _, s := range rb.Sequence {
		lines = append(lines, string(s.Phase)+" "+sketchStep(s))
	}
	return strings.Join(lines, "\n")
}

func sketchStep(s *Step) string {
	line := s.ID
	if s.Scenario != "" {
		line += "@" + s.Scenario
	}
	if s.AsksScenario {
		line += "?"
	}
	line += " " + s.Number + "|" + s.Text
	for _, a := range s.Actions {
		line += fmt.Sprintf(" [%s %s]", a.Kind, strings.TrimSpace(strings.SplitN(a.Code, "\n", 2)[0]))
	}
	for _, sub := range s.Substeps {
		line += " >" + sketchStep(sub)
	}
	return line
}

func TestRules(t *testing.T) {
	for _, tc := range []struct{ name, src, want string }{
		{"R1 stripped parts keep line numbers and do not separate", "\ufeff---\nlayout: x\n---\r\n# T\r\n## Fix\r\n1. one\r\n<!-- note\nof two lines -->\n2. two\n<details><summary>More</summary>\n\n3. three\n\n</details>\n",
			"execution execution.1 1|one\nexecution execution.2 2|two More\nexecution execution.3 3|three"},
		{"R1 what only looks like a comment", "# T\n\n## Fix\n\nText \\<!-- is no comment.\n\n1. one <!-- never closed\n\n2. two `<!--` in code\n3. three <!-- gone\n   here --> after\n4. four\n",
			"execution execution.1 1|one <!-- never closed\nexecution execution.2 2|two <!-- in code\nexecution execution.3 3|three after\nexecution execution.4 4|four"},
		{"R2 escapes and entities", "# T\n\n## Fix\n\n1. use \\*a\\* &amp; `b` with <pod> <br>now\n", "execution execution.1 1|use *a* & b with <pod> now"},
		{"R3 content before the first heading", "# T\n\n1. do\n\n## Notes\n", "execution execution.1 1|do"},
		{"R4 bold lines are headings", "# T\n\n## Runbook\n\n**Diagnosis:**\n\n- look at the logs\n\n**Mitigation**\n\n- restart the pod now\n",
			"identification identification.1 |look at the logs\nexecution execution.1 |restart the pod now"},
		{"R4 bare lines, with a title", "# T\n\nDiagnosis\n- look at the logs\n\nMitigation\n- restart the pod now\n",
			"identification identification.1 |look at the logs\nexecution execution.1 |restart the pod now"},
		{"R5 languages", "# T\n\n## Paso 1: Identificación\n\n- mirar la gráfica ya\n\n## Décision\n\n- choisir la suite ensemble\n\n## Correção\n\n- reiniciar o serviço agora\n\n## Suivi\n\n- écrire le bilan complet\n",
			"identification 1.1 |mirar la gráfica ya\ndecision decision.1 |choisir la suite ensemble\nexecution execution.1 |reiniciar o serviço agora\nfollow-up follow-up.1 |écrire le bilan complet"},
		{"R5 first verb, generic words, inheritance", "# T\n\n## Communication\n\n### Steps\n\n- write to all users\n\n## Restart the alert manager\n\n- do it right now\n\n## Procedure\n\n- do that right now\n",
			"communication communication.1 |write to all users\nexecution execution.1 |do it right now\nexecution execution.2 |do that right now"},
		{"R5 unmapped", "# T\n\n## Zebra\n\n1. one\n\n- a bullet of prose\n- `kubectl get pods`\n",
			"execution execution.1 1|one\nexecution execution.2 |kubectl get pods [shell kubectl get pods]"},
		{"R6 descriptive, reference, prerequisites", "# T\n\n## Meaning\n\n- it is broken now\n\n```sh\nkubectl get x\n```\n\n## Prerequisites\n\n- a laptop with power\n\n## References\n\n1. a book\n\n```sh\nls\n```\n",
			"identification identification.1 |Meaning [shell kubectl get x]\nnone none.1 |a laptop with power"},
		{"R7 numbers", "# T\n\n## Fix\n\n3) three\n4) four\n\n- [ ] box\n\nText\n\n1. a\n1. b\n",
			"execution execution.1 3|three\nexecution execution.2 4|four\nexecution execution.3 |box\nexecution execution.4 1|a\nexecution execution.5 2|b"},
		{"R8 lists that are no steps", "# T\n\n## Fix\n\n- [manual](http://a)\n- do the thing now\n\nText\n\n- a\n- b\n- only this one has words\n\nCheck, for example:\n\n- the door is open\n",
			"execution execution.1 |do the thing now"},
		{"R9 substeps", "# T\n\n## Fix\n\n1. one\n   - a\n     - b\n2. - c\n\n3. three\n - d is below\n",
			"execution execution.1 1|one >execution.1.1 |a >execution.1.1.1 |b\nexecution execution.2 2|c >execution.2.1 |c\nexecution execution.3 3|three >execution.3.1 |d is below"},
		{"R10 code in items", "# T\n\n## Fix\n\n1. one\n\n   ```sh\n   a\n   ```\n\n   then\n\n   ```bash\n   b\n   ```\n", "execution execution.1 1|one [shell a] [shell b]"},
		{"R11 code between items, behind a paragraph, behind code", "# T\n\n## Fix\n\n1. one\n\n```sh\na\n```\n\n2. two\n\nNow do this:\n\n```sh\nb\n```\n\n```sh\nc\n```\n\nThen restart the whole service:\n\n```sh\nd\n```\n",
			"execution execution.1 1|one [shell a]\nexecution execution.2 2|two\nexecution execution.3 |Fix [shell b] [shell c]\nexecution execution.4 |Then restart the whole service: [shell d]"},
		{"R12 code spans", "# T\n\n## Fix\n\n`kubectl delete pod x`\n\nRun `git status -s` first.\n", "execution execution.1 |Fix [shell kubectl delete pod x]\nexecution execution.2 |Run git status -s first."},
		{"R13 prose", "# T\n\n## Mitigation\n\nCall a friend.\n\nWait.\n\n## Impact\n\nBad.\n", "execution execution.1 |Call a friend. Wait."},
		{"R14 quotes", "# T\n\n## Fix\n\n> Careful:\n>\n> ```sh\n> a\n> ```\n", "execution execution.1 |Fix [shell a]"},
		{"R15 tables", "# T\n\n## Fix\n\n| # | Action |\n|---|---|\n| 1 | Open it |\n| 2 | Close it |\n\n| a | b |\n|---|---|\n| c | d |\n", "execution execution.1 1|Open it\nexecution execution.2 2|Close it"},
		{"R16 one Option is no alternative", "# T\n\n## Fix\n\n### Option 1\n\n1. a\n", "execution execution.1 1|a"},
		{"R16 in place", "# T\n\n## Mitigation\n\n### Option A: fast\n\n1. a\n\n### Option B: slow\n\n1. b\n\n### Verify\n\n1. c\n",
			"execution scenario-a.1@a? 1|a\nexecution scenario-b.1@b 1|b\nexecution execution.1 1|c"},
		{"R17 R20 blocks that are not run", "# T\n\n## Fix\n\n1. one\n\n   ```yaml\n   a: b\n   ```\n\n   ```sql\n   select 1\n   ```\n\n   ```sh\n   a\n   ```\n\n   You should see:\n\n   ```\n   done\n   ```\n", "execution execution.1 1|one [shell a]"},
		{"R19 unlabelled", "# T\n\n## Fix\n\n```\nkubectl get pods\nNAME READY\n```\n\nText of no use here.\n\n```\nfoo: bar\n```\n", "execution execution.1 |Fix [shell kubectl get pods]"},
		{"phase directive, heading numbers", "# T\n\n<!-- bitacora phase=follow-up -->\n## 2. Restart\n\n- do it right now\n\n## 3.1 Fix\n\n1. that\n", "follow-up 2.1 |do it right now\nexecution 3.1.1 1|that"},
		{"kind directive", "# T\n\n<!-- bitacora kind=context -->\n## Fix\n\n- not to be done now\n\n<!-- bitacora kind=steps -->\n## References\n\n1. to do\n", "execution execution.1 1|to do"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			rb, err := Parse("t.md", []byte(tc.src))
			if err != nil {
				t.Fatal(err)
			}
			checkInvariants(t, "t.md", []byte(tc.src), rb)
			if got := sketch(rb); got != tc.want {
				t.Errorf("the walk of\n%s\nis\n%s\nwant\n%s", tc.src, got, tc.want)
			}
		})
	}
}

func TestTitle(t *testing.T) {
	for _, tc := range []struct{ name, path, src, want string }{
		{"first H1", "a.md", "## Before\n\n# The title\n\n# Another\n", "The title"},
		{"H1 before front matter", "a.md", "---\ntitle: Front\n---\n# Head\n", "Head"},
		{"front matter", "a.md", "---\ntitle: Front\n---\n## Fix\n", "Front"},
		{"TOML", "a.md", "+++\ntitle = \"Front\"\n+++\n## Fix\n", "Front"},
		{"first heading", "a.md", "## Fix it\n\ntext\n", "Fix it"},
		{"paragraph", "a.md", "Restart the thing\n\n1. a\n", "Restart the thing"},
		{"file name", "docs/restart.md", "This is a long story.\n\n1. a\n", "restart"},
		{"empty", "x.md", "", "x"},
	} {
		rb, err := Parse(tc.path, []byte(tc.src))
		if err != nil || rb.Title != tc.want {
			t.Errorf("%s: title %q, %v; want %q", tc.name, rb.Title, err, tc.want)
		}
	}
}

func TestRoles(t *testing.T) {
	rb, err := Parse("t.md", []byte("---\nroles: [{id: lead, title: Lead}]\n---\n# T\n\n## Roles\n\n- **Lead**: Ana\n- **Scribe:** [name]\n- **Comms**:\n- plain text of a line\n"))
	if err != nil {
		t.Fatal(err)
	}
	want := []Role{{"lead", "Lead", "Ana"}, {"scribe", "Scribe", ""}, {"comms", "Comms", ""}}
	if fmt.Sprint(rb.Roles) != fmt.Sprint(want) || len(rb.Sequence) != 0 {
		t.Errorf("roles %v, want %v; %d steps", rb.Roles, want, len(rb.Sequence))
	}
}
