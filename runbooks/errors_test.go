package runbooks

import (
	"errors"
	"strings"
	"testing"
)

func TestParseErrors(t *testing.T) {
	for _, tc := range []struct{ name, src, want string }{
		{"not UTF-8", "# T\n\nab\xffc\n", "db.md:3:3: byte 0xff is not part of a UTF-8 text; save the file as UTF-8"},
		{"NUL", "# T\x00\n", "db.md:1:4: byte 0x00"},
		{"open front matter", "---\ntitle: x\n\n# T\n", "db.md:1:1: the front matter is never closed; end it"},
		{"YAML syntax", "---\ntitle: x\nparams: [a\n---\n# T\n", "db.md:3:9: the front matter is not valid YAML"},
		{"YAML type", "---\nparams:\n  name: x\n---\n# T\n", "db.md:3:7: params must be a list"},
		{"duplicate member", "---\ntitle: a\ntitle: b\n---\n# T\n", "db.md:3:1: the front matter is not valid YAML"},
		{"bad duration", "---\nreview-after: soon\n---\n# T\n", `db.md:2:15: review-after: "soon" is not a duration`},
		{"unknown phase", "---\ntargets: {desicion: 5m}\n---\n# T\n", `db.md:2:11: targets: unknown phase "desicion"; did you mean "decision"?`},
		{"nameless parameter", "---\nparams: [{label: x}]\n---\n# T\n", `db.md:2:10: a parameter has no name; write {name: NAME}`},
		{"misspelt name", "---\nparams: [{nme: x}]\n---\n# T\n", `a parameter has no name; did you mean "name"?`},
		{"required is no bool", "---\nparams: [{name: x, required: perhaps}]\n---\n# T\n", "required must be true or false"},
		{"open fence", "# T\n\n```sh\nls\n\n## Next\n", "db.md:3:1: the code that starts here is never closed"},
		{"open quote", "# T\n\n```sh {name=\"x effect=read}\nls\n```\n", "db.md:3:13: the quote \" is never closed"},
		{"open braces", "# T\n\n```sh {name=x\nls\n```\n", "db.md:3:7: the attributes are not closed; end them with }"},
		{"nested JSON", "# T\n\n```sh {\"name\":{\"a\":1}}\nls\n```\n", `the attribute "name" is not a flat value`},
		{"broken JSON", "# T\n\n```sh {\"name\":x}\nls\n```\n", "not valid JSON"},
		{"open directive", "# T\n\n<!-- bitacora scenario=x\n## A\n", "db.md:3:1: the directive is not closed on its line"},
		{"bare directive", "# T\n\n<!-- bitacora scenario -->\n## A\n", `db.md:3:15: the directive's "scenario" has no value; write scenario=value`},
		{"nesting", strings.Repeat(">", 100) + "x\n", "db.md:1:1: more than 64 lists or quotes are nested"},
		{"brackets in YAML", "---\nx: " + strings.Repeat("[", 5000) + "\n---\n", "nests more than 100 brackets"},
		{"dense markup", strings.Repeat("_a*", 200000), "too much inline markup"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			rb, err := Parse("db.md", []byte(tc.src))
			var parse *ParseError
			if !errors.As(err, &parse) || rb != nil {
				t.Fatalf("Parse = %v, %v; want a *ParseError", rb, err)
			}
			if !strings.Contains(err.Error(), tc.want) {
				t.Errorf("error is\n%v\nwant\n%s", err, tc.want)
			}
		})
	}
}

func TestParseErrorListsAll(t *testing.T) {
	_, err := Parse("db.md", []byte("---\nreview-after: soon\nhosts: x\n---\n# T\n\n```sh {name=\"x}\nls\n```\n"))
	if err == nil || strings.Count(err.Error(), "db.md:") != 3 {
		t.Errorf("error is\n%v\nwant three problems", err)
	}
}

func TestParseErrorListsLintErrorsToo(t *testing.T) {
	_, err := Parse("db.md", []byte("---\nreview-after: soon\n---\n# T\n\n## Fix\n\n```sh {effect=wirte}\nls\n```\n"))
	if err == nil || !strings.Contains(err.Error(), `db.md:8:8: unknown effect "wirte"`) {
		t.Errorf("error is\n%v\nwant the unknown effect among the problems", err)
	}
}

func TestTooLarge(t *testing.T) {
	if _, err := Parse("big.md", make([]byte, maxFileBytes+1)); err == nil || !strings.Contains(err.Error(), "big.md:1:1: the file has") {
		t.Errorf("error is %v", err)
	}
}

// doc is a runbook with front matter and a body of one execution section.
func doc(front, body string) string {
	return "---\n" + front + "\n---\n# T\n\n## Mitigation\n\n" + body + "\n"
}

func TestLint(t *testing.T) {
	sh := func(attrs string) string { return doc("lang: en", "1. Do\n\n   ```sh {"+attrs+"}\n   make x\n   ```") }
	for _, tc := range []struct {
		code     string
		severity Severity
		src      string
		want     string
	}{
		{"unknown-fence", SeverityError, doc("lang: en", "1. Do\n\n   ```htpp {name=x}\n   GET /\n   ```"), `10:7: unknown kind of action "htpp"; did you mean "http"?`},
		{"bad-request", SeverityError, doc("lang: en", "1. Do\n\n   ```http {name=x effect=read}\n   # note\n   GTE https://a/b\n   ```"), `12:4: unknown method "GTE"; use one of GET`},
		{"bad-request", SeverityError, doc("lang: en", "1. ñ\n\n\t```http {name=x effect=read}\n\tGET https://a/b\n\tHost a\n\t```"), `12:2: "Host a" is not a header`},
		{"bad-request", SeverityWarning, doc("lang: en", "1. Do\n\n   ```http\n   HTTP/1.1 200 OK\n   ```"), `11:4: `},
		{"bad-request", SeverityError, doc("lang: en", "1. Do\n\n   ```mail {name=x effect=write}\n   To: a@b\n\n   Hi\n   ```"), `11:4: the mail has no Subject`},
		{"bad-condition", SeverityError, doc("lang: en", "1. Do\n\n   ```promql {name=x until=\"<< 3\"}\n   up\n   ```"), `10:22: until: condition "<< 3": write a comparison`},
		{"bad-condition", SeverityError, doc("lang: en", "1. Do\n\n   ```http {effect=read expect=\"ok\"}\n   GET https://a/b\n   ```"), `10:25: expect: condition "ok": write a status`},
		{"role-unassigned", SeverityInfo, doc("roles:\n  - {id: a}\n  - {id: b}", "1. Do"), `4:5: nobody is named for the role "b"`},
		{"unused-param", SeverityWarning, doc("params:\n  - {label: é, name: a}", "1. Do"), `3:22: the parameter a is never used`},
		{"duplicate-name", SeverityError, doc("secrets: [A, A]", "1. Do"), `2:14: secret "A" is declared twice`},
		{"undeclared-param", SeverityInfo, doc("lang: en", "1. Do ñ {{x}}"), `8:11: the parameter x is not declared`},
		{"bad-steer", SeverityError, doc("lang: en", "```choice {name=c}\n  a: A -> scenaro:x\n```"), `9:11: "scenaro:x" leads nowhere; did you mean "scenario"?`},
		{"unknown-fence", SeverityWarning, doc("lang: en", "```promq\nup\n```"), `did you mean "promql"?`},
		{"unknown-attribute", SeverityWarning, sh("efect=read"), `10:11: unknown attribute "efect"; did you mean "effect"?`},
		{"misplaced-attribute", SeverityWarning, sh("default=x"), `"default" means nothing on shell`},
		{"duplicate-attribute", SeverityError, sh("name=a name=b"), "given twice"},
		{"undeclared-effect", SeverityWarning, sh("name=a"), "write is taken"},
		{"unknown-effect", SeverityError, sh("effect=destroy"), `unknown effect "destroy"; one of read, write, destructive`},
		{"no-target", SeverityWarning, sh("effect=destructive"), "without a target"},
		{"repeats-a-change", SeverityError, sh("effect=write retries=2"), "may change something"},
		{"invalid-duration", SeverityError, sh("timeout=10"), `timeout: "10" is not a duration`},
		{"invalid-duration", SeverityError, sh("timeout=0s"), "longer than nothing"},
		{"invalid-number", SeverityError, sh("effect=read retries=many"), "is not a number"},
		{"invalid-number", SeverityError, sh(`expect-exit="0,x"`), "is not an exit code"},
		{"invalid-bool", SeverityError, sh("confirm=si"), "neither true nor false"},
		{"repeats-a-talk", SeverityError, sh("effect=read interactive=true until=ready"), "it is interactive"},
		{"repeats-a-talk", SeverityError, sh("effect=read interactive=true retries=2"), "it is interactive"},
		{"talk-without-terminal", SeverityError, sh("effect=read interactive=true host=db1"), "on another host"},
		{"talk-without-terminal", SeverityError, sh("effect=read interactive=true interpreter=node"), "node reads its script"},
		{"bare-attribute", SeverityWarning, sh("interactive"), "write interactive=true"},
		{"unknown-action", SeverityError, sh("name=start undo=strat"), `undo: no action is called "strat"; did you mean "start"?`},
		{"unknown-action", SeverityError, sh("after=gone"), `after: no action is called "gone"`},
		{"refused-name", SeverityError, sh("capture=LD_PRELOAD"), "LD_PRELOAD"},
		{"invalid-name", SeverityError, sh(`args="a;b"`), "not the name of a parameter"},
		{"duplicate-name", SeverityError, doc("lang: en", "```sh {name=a}\nmake\n```\n\n```sh {name=a}\nmake\n```"), `"a" is already used in line 8`},
		{"duplicate-id", SeverityError, doc("lang: en", "- Do this now <!-- bitacora id=a -->\n- And that too <!-- bitacora id=a -->"), `"a" is already used in line 8`},
		{"unknown-scenario", SeverityError, doc("lang: en", "```choice {name=c}\na: A -> scenario:gone\n```"), `9:9: the option leads to an unknown scenario "gone"`},
		{"unknown-phase", SeverityError, doc("lang: en", "```choice {name=c}\na: A -> phase:folow-up\n```"), `did you mean "follow-up"?`},
		{"bad-steer", SeverityError, doc("lang: en", "```choice {name=c}\na: A -> nowhere\n```"), `"nowhere" leads nowhere`},
		{"bad-option", SeverityError, doc("lang: en", "```choice {name=c}\njust text\n```"), "not an option"},
		{"duplicate-option", SeverityError, doc("lang: en", "```choice {name=c}\na: A\na: B\n```"), "given twice"},
		{"invalid-default", SeverityError, doc("lang: en", "```choice {name=c default=b}\na: A\n```"), "not one of the options"},
		{"invalid-default", SeverityError, doc("lang: en", "```confirm {name=c default=maybe}\nSure?\n```"), "neither yes nor no"},
		{"no-name", SeverityError, doc("lang: en", "```input\nWhich?\n```"), "has no name"},
		{"bad-pattern", SeverityError, doc("lang: en", "```input {name=x}\nWhich?\npattern: [a\n```"), "not a regular expression"},
		{"bad-pattern", SeverityError, doc(`params: [{name: x, pattern: "(?=a)"}]`, "- Use {{x}} for it"), "2:29: the pattern"},
		{"refused-name", SeverityError, doc("params: [{name: PATH}]", "- Use {{PATH}} for it"), `"PATH" would change how the shell itself works`},
		{"invalid-name", SeverityError, doc("params: [{name: a-b}]", "- Do it now please"), `"a-b" cannot be the name`},
		{"duplicate-name", SeverityError, doc("params: [{name: a}, {name: a}]", "- Use {{a}} for it"), "declared twice"},
		{"unused-param", SeverityWarning, doc("params: [{name: a}]", "- Do it now please"), "never used"},
		{"bad-example", SeverityWarning, doc(`params: [{name: a, pattern: "[0-9]+", example: x}]`, "- Use {{a}} for it"), "the example of parameter a"},
		{"undeclared-param", SeverityInfo, doc("lang: en", "- Use {{a}} for it"), "a is not declared"},
		{"text-as-argument", SeverityError, doc("params: [{name: a, type: text}]", "```sh {args=a}\nmake $1\n```"), "free text"},
		{"template-in-script", SeverityInfo, doc("params: [{name: a}]", "```sh\nmake {{a}} $a\n```"), "9:8: {{a}} is passed to the script as a variable"},
		{"placeholder-in-script", SeverityInfo, doc("lang: en", "```sh\nkubectl logs <pod-name>\n```"), `9:1: the placeholder "pod-name"`},
		{"unknown-member", SeverityWarning, doc("titel: x", "- Do it now please"), `2:1: unknown member "titel" of the front matter; did you mean "title"?`},
		{"unknown-member", SeverityInfo, doc("layout: x", "- Do it now please"), "layout"},
		{"hosts-empty", SeverityWarning, doc("lang: en", "```http\nGET https://a.example/\n```"), "any host"},
		{"unknown-env", SeverityError, doc("env: {API: 'https://a.example'}\nhosts: [\"{{APY}}\"]", "- Do it now please"), `did you mean "API"?`},
		{"directive-without-target", SeverityWarning, doc("lang: en", "Text <!-- bitacora role=x -->\n\n- Do it now please"), "8:1: nothing stands below"},
		{"role-unassigned", SeverityInfo, doc("roles: [{id: lead}]", "- Do it now please"), `role "lead"`},
		{"unknown-role", SeverityWarning, doc("roles: [{id: lead, holder: A}]", "- Do it now <!-- bitacora role=laed -->"), `did you mean "lead"?`},
		{"directive-without-target", SeverityWarning, doc("lang: en", "- Do it now please\n\n<!-- bitacora role=x -->\n\nText"), "10:1: nothing stands below"},
		{"no-steps", SeverityWarning, "# T\n\nText\n", "nothing to walk"},
		{"open-comment", SeverityWarning, "# T\n\n- a\n\n<!-- x\n", "5:1: a comment is never closed"},
	} {
		t.Run(tc.code, func(t *testing.T) {
			rb, err := Parse("x.md", []byte(tc.src))
			if err != nil {
				t.Fatal(err)
			}
			for _, d := range codes(rb.Diagnostics)[tc.code] {
				if d.Severity == tc.severity && strings.Contains(d.Format("x.md"), tc.want) {
					return
				}
			}
			t.Errorf("no %s %s with %q in %v\n%s", tc.severity, tc.code, tc.want, rb.Diagnostics, tc.src)
		})
	}
}
