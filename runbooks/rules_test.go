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

// ruleCase is a small text and the walk that it becomes.
type ruleCase struct{ name, src, want string }

// checkRule walks each text of a rule's table and compares the sketch.
func checkRule(t *testing.T, table []ruleCase) {
	t.Helper()
	for _, tc := range table {
		t.Run(tc.name, func(t *testing.T) {
			rb, err := Parse("t.md", []byte(tc.src))
			if err != nil {
				t.Fatal(err)
			}
			checkInvariants(t, "t.md", []byte(tc.src), rb)
			checkCommands(t, "t.md", []byte(tc.src))
			if got := sketch(rb); got != tc.want {
				t.Errorf("the walk of\n%s\nis\n%s\nwant\n%s", tc.src, got, tc.want)
			}
		})
	}
}

// The tests below are in the order of docs/plain-markdown.md, one a rule.

func TestRuleStrippedPartsKeepLines(t *testing.T) {
	checkRule(t, []ruleCase{
		{"front matter, byte order mark, comments, folds", "\ufeff---\nlayout: x\n---\r\n# T\r\n## Fix\r\n1. one\r\n<!-- note\nof two lines -->\n2. two\n<details><summary>More</summary>\n\n3. three\n\n</details>\n",
			"execution execution.1 1|one\nexecution execution.2 2|two More\nexecution execution.3 3|three"},
		{"what only looks like a comment", "# T\n\n## Fix\n\nText \\<!-- is no comment.\n\n1. one <!-- never closed\n\n2. two `<!--` in code\n3. three <!-- gone\n   here --> after\n4. four\n",
			"execution execution.1 1|one <!-- never closed\nexecution execution.2 2|two <!-- in code\nexecution execution.3 3|three after\nexecution execution.4 4|four"},
	})
}

func TestRuleSiteMarkup(t *testing.T) {
	checkRule(t, []ruleCase{
		{"ERB and shortcodes of a whole line vanish", "---\ntitle: The page\n---\n# <%= current_page.data.title %>\n\n<%= partial \"x\" %>\n\n{{< toc >}}\n\n## Fix\n\n{{% steps %}}\n\n1. See [that]({{< ref \"./that.md\" >}})\n\n{{% /steps %}}\n{% include x %}\n",
			"execution execution.1 1|See that"},
		{"admonitions are text", "# T\n\n## Fix\n\n!!! warning \"Mind the pump\"\n    Do it slowly:\n\n    ```sh\n    ls\n    ```\n\n    - and then look at it\n\n=== \"Linux\"\n\n    1. one\n\n        !!! note\n            Inner text.\n\n1. two\n",
			"execution execution.1 |Mind the pump: Do it slowly: [shell ls]\nexecution execution.2 |and then look at it\nexecution execution.3 1|one\nexecution execution.4 2|two"},
		{"what stands in code stays", "# T\n\n## Fix\n\n```sh\ncat <<EOF\n!!! note\n{{< x >}}\nEOF\n```\n", "execution execution.1 |Fix [shell cat <<EOF]"},
	})
}

func TestRulePlainText(t *testing.T) {
	checkRule(t, []ruleCase{
		{"escapes and entities", "# T\n\n## Fix\n\n1. use \\*a\\* &amp; `b` with <pod> <br>now\n", "execution execution.1 1|use *a* & b with <pod> now"},
	})
}

func TestRuleSections(t *testing.T) {
	checkRule(t, []ruleCase{
		{"content before the first heading", "# T\n\n1. do\n\n## Notes\n", "execution execution.1 1|do"},
		{"levels jump, a second title is a heading", "# T\n\n#### Fix\n\n1. a\n\n# Follow-up\n\n1. b\n", "execution execution.1 1|a\nfollow-up follow-up.1 1|b"},
		{"no phase at all", "# T\n\n## Zebra\n\n1. a\n\n## Yak\n\n1. b\n", "execution execution.1 1|a\nexecution execution.2 1|b"},
	})
}

func TestRuleBoldHeadings(t *testing.T) {
	checkRule(t, []ruleCase{
		{"bold lines", "# T\n\n## Runbook\n\n**Diagnosis:**\n\n- look at the logs\n\n**Mitigation**\n\n- restart the pod now\n",
			"identification identification.1 |look at the logs\nexecution execution.1 |restart the pod now"},
		{"an output is no heading", "# T\n\n## Fix\n\n```sh\nls\n```\n\n**Output:**\n\n```\nx y\n```\n", "execution execution.1 |Fix [shell ls]"},
		{"bare lines, with nothing but a title", "# T\n\nDiagnosis\n- look at the logs\n\nMitigation\n- restart the pod now\n",
			"identification identification.1 |look at the logs\nexecution execution.1 |restart the pod now"},
		{"a labelled list ends examples", "# T\n\n## Severities\n\n**Examples**:\n\n- the site is down\n\n**Response time**: 15 minutes\n\n**Escalation**: at once\n\n- page the person on call\n",
			"communication communication.1 |page the person on call"},
		{"a labelled list below a heading does not", "# T\n\n## Fix\n\n- restart the pod now\n\n## Examples\n\n**Escalation**: at once\n\n- page the person on call\n",
			"execution execution.1 |restart the pod now"},
		{"bare lines beside headings are prose", "# T\n\n## Fix\n\nDiagnosis\n- look at the logs\n", "execution execution.1 |look at the logs"},
	})
}

func TestRulePhases(t *testing.T) {
	checkRule(t, []ruleCase{
		{"languages", "# T\n\n## Paso 1: Identificación\n\n- mirar la gráfica ya\n\n## Décision\n\n- choisir la suite ensemble\n\n## Correção\n\n- reiniciar o serviço agora\n\n## Suivi\n\n- écrire le bilan complet\n",
			"identification 1.1 |mirar la gráfica ya\ndecision decision.1 |choisir la suite ensemble\nexecution execution.1 |reiniciar o serviço agora\nfollow-up follow-up.1 |écrire le bilan complet"},
		{"first verb, generic words, inheritance", "# T\n\n## Communication\n\n### Steps\n\n- write to all users\n\n## Restart the alert manager\n\n- do it right now\n\n## Procedure\n\n- do that right now\n",
			"communication communication.1 |write to all users\nexecution execution.1 |do it right now\nexecution execution.2 |do that right now"},
		{"without a phase", "# T\n\n## Zebra\n\n1. one\n\n- a bullet of prose\n- `kubectl get pods`\n",
			"execution execution.1 1|one\nexecution execution.2 |kubectl get pods [shell kubectl get pods]"},
		{"directive, numbers of headings", "# T\n\n<!-- bitacora phase=follow-up -->\n## 2. Restart\n\n- do it right now\n\n## 3.1 Fix\n\n1. that\n", "follow-up 2.1 |do it right now\nexecution 3.1.1 1|that"},
	})
}

func TestRuleKindsOfSection(t *testing.T) {
	checkRule(t, []ruleCase{
		{"descriptive, reference, prerequisites", "# T\n\n## Meaning\n\n- it is broken now\n\n```sh\nkubectl get x\n```\n\n## Prerequisites\n\n- a laptop with power\n\n## References\n\n1. a book\n\n```sh\nls\n```\n",
			"identification identification.1 |Meaning [shell kubectl get x]\nnone none.1 |a laptop with power"},
		{"directive", "# T\n\n<!-- bitacora kind=context -->\n## Fix\n\n- not to be done now\n\n<!-- bitacora kind=steps -->\n## References\n\n1. to do\n", "execution execution.1 1|to do"},
	})
}

func TestRuleNumberedItems(t *testing.T) {
	checkRule(t, []ruleCase{
		{"both marks, boxes, numbers as written", "# T\n\n## Fix\n\n3) three\n4) four\n\n- [x] box\n\nText\n\n1. a\n1. b\n",
			"execution execution.1 3|three\nexecution execution.2 4|four\nexecution execution.3 |box\nexecution execution.4 1|a\nexecution execution.5 2|b"},
	})
}

func TestRuleBullets(t *testing.T) {
	checkRule(t, []ruleCase{
		{"links, names and examples are no steps", "# T\n\n## Fix\n\n- [manual](http://a)\n- do the thing now\n\nText\n\n- a\n- b\n- only this one has words\n\nCheck, for example:\n\n- the door is open\n",
			"execution execution.1 |do the thing now"},
		{"without a phase only commands", "# T\n\n## Zebra\n\n- prose of the zebra\n- take this:\n\n  ```sh\n  ls\n  ```\n", "execution execution.1 |take this: [shell ls]"},
	})
}

func TestRuleSubsteps(t *testing.T) {
	checkRule(t, []ruleCase{
		{"nested, empty, indented below", "# T\n\n## Fix\n\n1. one\n   - a\n     - b\n2. - c\n\n3. three\n - d is below\n",
			"execution execution.1 1|one >execution.1.1 |a >execution.1.1.1 |b\nexecution execution.2 2|c >execution.2.1 |c\nexecution execution.3 3|three >execution.3.1 |d is below"},
	})
}

func TestRuleCodeInItems(t *testing.T) {
	checkRule(t, []ruleCase{
		{"in order", "# T\n\n## Fix\n\n1. one\n\n   ```sh\n   a\n   ```\n\n   then\n\n   ```bash\n   b\n   ```\n", "execution execution.1 1|one [shell a] [shell b]"},
	})
}

func TestRuleCodeOfSections(t *testing.T) {
	checkRule(t, []ruleCase{
		{"between items, behind a paragraph, behind code", "# T\n\n## Fix\n\n1. one\n\n```sh\na\n```\n\n2. two\n\nNow do this:\n\n```sh\nb\n```\n\n```sh\nc\n```\n\nThen restart the whole service:\n\n```sh\nd\n```\n",
			"execution execution.1 1|one [shell a]\nexecution execution.2 2|two\nexecution execution.3 |Fix [shell b] [shell c]\nexecution execution.4 |Then restart the whole service: [shell d]"},
		{"other blocks make no step", "# T\n\n## Fix\n\nLike this file:\n\n```yaml\na: b\n```\n\nRun it all:\n\n```sh\na\n```\n", "execution execution.1 |Fix [shell a]"},
	})
}

func TestRuleCodeSpans(t *testing.T) {
	checkRule(t, []ruleCase{
		{"alone a command, among words a suggestion", "# T\n\n## Fix\n\n`kubectl delete pod x`\n\nRun `git status -s` first.\n", "execution execution.1 |Fix [shell kubectl delete pod x]\nexecution execution.2 |Run git status -s first."},
	})
}

func TestRuleProse(t *testing.T) {
	checkRule(t, []ruleCase{
		{"one manual step", "# T\n\n## Mitigation\n\nCall a friend.\n\nWait.\n\n## Impact\n\nBad.\n", "execution execution.1 |Call a friend. Wait."},
		{"an alternative is never empty", "# T\n\n## Mitigation\n\n### Option A: x\n\n```nginx\na b;\n```\n\n### Option B: y\n\n1. b\n", "execution scenario-a.1@a? |Option A: x\nexecution scenario-b.1@b 1|b"},
	})
	rb, err := Parse("t.md", []byte("# T\n\n## Impact\n\nUsers see it.\n\n## Mitigation\n\nFirst words.\n\n| a | b |\n|---|---|\n| 1 | 2 |\n\n## Verify\n\nSome words.\n\n1. Look at it\n"))
	if err != nil {
		t.Fatal(err)
	}
	manual, look := rb.Sequence[0], rb.Sequence[1]
	if manual.Body != "| a | b |\n|---|---|\n| 1 | 2 |" || manual.Context != "**Impact**\n\nUsers see it." || look.Context != "Some words." {
		t.Errorf("body %q, context %q, %q", manual.Body, manual.Context, look.Context)
	}
}

func TestRuleQuotes(t *testing.T) {
	checkRule(t, []ruleCase{
		{"commands in quotes belong to a step", "# T\n\n## Fix\n\n> Careful:\n>\n> ```sh\n> a\n> ```\n", "execution execution.1 |Fix [shell a]"},
	})
}

func TestRuleTables(t *testing.T) {
	checkRule(t, []ruleCase{
		{"numbered actions are steps, others are not", "# T\n\n## Fix\n\n| # | Action |\n|---|---|\n| 1 | Open it |\n| 2 | Close it |\n\n| a | b |\n|---|---|\n| c | d |\n", "execution execution.1 1|Open it\nexecution execution.2 2|Close it"},
	})
}

func TestRuleAlternatives(t *testing.T) {
	checkRule(t, []ruleCase{
		{"one Option is no alternative", "# T\n\n## Fix\n\n### Option 1\n\n1. a\n", "execution execution.1 1|a"},
		{"in place", "# T\n\n## Mitigation\n\n### Option A: fast\n\n1. a\n\n### Option B: slow\n\n1. b\n\n### Verify\n\n1. c\n",
			"execution scenario-a.1@a? 1|a\nexecution scenario-b.1@b 1|b\nexecution execution.1 1|c"},
	})
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
