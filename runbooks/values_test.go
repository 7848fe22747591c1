package runbooks

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"
)

func TestInferredEffect(t *testing.T) {
	for code, want := range map[string]Effect{
		"echo a; cat b | grep c | wc -l":               EffectRead,
		"git status\ngit -C x log -3\ngit diff HEAD~1": EffectRead,
		"kubectl -n ns get pods -o wide":               EffectRead,
		"kubectl --context=a describe pod x":           EffectRead,
		"ls 2>/dev/null 2>&1 < in":                     EffectRead,
		"X=1\nif [ -z \"$X\" ]; then echo no; fi":      EffectRead,
		"for f in *; do printf '%s' \"$f\"; done":      EffectRead,
		"kubectl delete pod x":                         EffectWrite,
		"kubectl get pods | xargs kubectl delete":      EffectWrite,
		"echo $(rm x)":                                 EffectWrite,
		"echo a > f":                                   EffectWrite,
		"ls >& f":                                      EffectWrite,
		"cat <(rm x)":                                  EffectWrite,
		"git log --output=f":                           EffectWrite,
		"git push":                                     EffectWrite,
		"GIT_EXTERNAL_DIFF=x git diff":                 EffectWrite,
		"export PATH=.; ls":                            EffectWrite,
		"cat() { rm x; }; cat y":                       EffectWrite,
		"$CMD x":                                       EffectWrite,
		"curl -X POST http://x":                        EffectWrite,
		"if (":                                         EffectWrite,
		"":                                             EffectWrite,
	} {
		if got := inferEffect(&Action{Kind: KindShell, Lang: "sh"}, newShellReader().read(code).harmless); got != want {
			t.Errorf("%q is inferred %s, want %s", code, got, want)
		}
	}
	for code, want := range map[string]Effect{
		"GET http://x": EffectRead, "# a\nHEAD {{A}}/b HTTP/1.1\nX: y": EffectRead, "http://x": EffectRead, "{{A}}/x": EffectRead,
		"POST http://x": EffectWrite, "DELETE {{A}}/x": EffectWrite, "": EffectWrite,
		"DELETE\thttp://x": EffectWrite, "POST\u00a0http://x": EffectWrite, "delete\u2003http://x": EffectWrite, "GET\thttp://x": EffectRead, "NOTHING http://x": EffectWrite, "POST": EffectWrite,
	} {
		if got := inferEffect(&Action{Kind: KindHTTP, Code: code}, false); got != want {
			t.Errorf("http %q is inferred %s, want %s", code, got, want)
		}
	}
	if got := inferEffect(&Action{Kind: KindShell, Lang: "python", Code: "ls"}, true); got != EffectWrite {
		t.Errorf("python is inferred %s", got)
	}
}

func TestReadScript(t *testing.T) {
	for _, tc := range []struct{ code, want string }{
		{"A=$1\nB=\"$2\"\nC=${3:-x}\necho $D '$E' \\$F", "[1 A] [2 B] [3 C x] reads [D] sets [A B C]"},
		{"f() { X=$1; echo $2; }\nf a", " reads [] sets [X]"},
		{"for i in a; do echo $i; done; read -r l; echo $l ${M:-n}", " reads [i l M] sets [i l]"},
		{"export K=v\nlocal=1\necho $K; export N", " reads [K] sets [K local]"},
		{"echo $A <pod> '$B' \\$C ${D}", " reads [A D] sets []"},
	} {
		s := newShellReader().read(tc.code)
		got := ""
		for _, p := range s.positional {
			got += strings.TrimSpace(fmt.Sprint("[", p.n, " ", p.name, " ", p.fallback))
			got += "] "
		}
		sets := []string{}
		for name := range s.assigned {
			sets = append(sets, name)
		}
		slices.Sort(sets)
		got = strings.TrimSuffix(got, " ") + fmt.Sprint(" reads ", s.reads, " sets ", sets)
		if got != tc.want {
			t.Errorf("%q tells %q, want %q", tc.code, got, tc.want)
		}
	}
}

func TestUsageNames(t *testing.T) {
	for code, want := range map[string]string{
		`echo "Usage: x.sh [app_name] <the version> --flag"`: "app_name,the version",
		"# Uso: x conector version":                          "conector,version",
		"echo Usage":                                         "",
		"use: a b":                                           "",
	} {
		if got := strings.Join(usageNames(code), ","); got != want {
			t.Errorf("usage of %q is %q, want %q", code, got, want)
		}
	}
}

// TestValues resolves every way in which a value may be named.
func TestValues(t *testing.T) {
	src := doc("params: [{name: connector}, {name: n}]\nsecrets: [PIN]\nenv: {API: 'https://a.example'}\nhosts: [a.example]",
		"1. For {{connector}} and {{who}}\n\n   ```sh {name=one args=connector cwd=\"/x/{{dir}}\" capture=\"id=$.id all\" effect=write}\n   CONNECTOR=$1\n   tool $connector $n $PIN $API $HOME $REGION ${MODE:-fast} <pod-name> '$quoted' $DB_PASSWORD $id\n   ```\n\n"+
			"   ```http {effect=read}\n   GET {{API}}/x/{{connector}}?q={{all}}&w={{when}}\n   Authorization: {{ADMIN_TOKEN}}\n   ```\n\n   ```python {effect=write}\n   import os\n   print(os.environ[\"n\"])\n   ```\n")
	rb, err := Parse("x.md", []byte(src))
	if err != nil {
		t.Fatal(err)
	}
	actions := rb.Sequence[0].Actions
	for i, want := range []string{
		"[connector n REGION MODE id pod_name dir] [PIN DB_PASSWORD]",
		"[connector all when] [ADMIN_TOKEN]",
		"[n] []",
	} {
		if got := fmt.Sprint(actions[i].Uses, " ", actions[i].Secrets); got != want {
			t.Errorf("action %d uses %s, want %s", i, got, want)
		}
	}
	var params []string
	for _, p := range rb.Params {
		params = append(params, p.Name+"/"+p.Origin)
	}
	want := "connector/front-matter n/front-matter id/capture all/capture REGION/variable MODE/variable pod_name/text dir/text when/text who/text"
	if got := strings.Join(params, " "); got != want {
		t.Errorf("params are %s, want %s", got, want)
	}
	if got := strings.Join(paramNames(rb.ParamsFor("")), " "); got != "connector n REGION MODE pod_name dir when who" {
		t.Errorf("a run needs %s", got)
	}
	if s := actions[0].Settings; fmt.Sprint(s.Capture) != "[{id $.id} {all }]" || s.Cwd != "/x/{{dir}}" {
		t.Errorf("settings %+v", s)
	}
	if strings.Join(rb.Secrets, " ") != "PIN DB_PASSWORD ADMIN_TOKEN" {
		t.Errorf("secrets %v", rb.Secrets)
	}
}

func TestSettings(t *testing.T) {
	src := doc("lang: en", "```sh {name=a effect=read timeout=1h30m interval=5s retries=3 until=\"ok && done\" expect-exit=\"0,3\" confirm=true host=h}\nls\n```\n\n```choice {name=c default=b}\na: A -> end\nb: Bee: the second -> phase:follow-up\n\nc: C -> d\n```")
	rb, err := Parse("x.md", []byte(src))
	if err != nil {
		t.Fatal(err)
	}
	a, step := rb.Action("a")
	if a == nil || step == nil || step != rb.Step(step.ID) {
		t.Fatal("the action or its step is not found by name")
	}
	s := a.Settings
	if s.Timeout != 90*time.Minute || s.Interval != 5*time.Second || s.Retries != 3 || s.Until != "ok && done" || !slices.Equal(s.ExpectExit, []int{0, 3}) || !s.Confirm || s.Host != "h" || !a.Declared {
		t.Errorf("settings %+v", s)
	}
	c, _ := rb.Action("c")
	want := "[{a A {end }} {b Bee: the second {phase follow-up}} {c C { }}]"
	if got := fmt.Sprint(c.Options); got != want || c.Settings.Default != "b" {
		t.Errorf("options %s, want %s", got, want)
	}
	if len(codes(rb.Diagnostics)["bad-steer"]) != 1 {
		t.Errorf("diagnostics %v", rb.Diagnostics)
	}
}

func TestSamples(t *testing.T) {
	src := doc("lang: en", "1. a\n\n   ```console\n   # look\n   $ kubectl get \\\n     pods\n   NAME\n   $ ls\n   ```\n\n2. b\n\n   ```sh\n   make\n   ```\n\n   <!-- expected_similarity=\"d.ne\" -->\n   ```output\n   done\n   ```")
	rb, err := Parse("x.md", []byte(src))
	if err != nil {
		t.Fatal(err)
	}
	a, b := rb.Sequence[0].Actions[0], rb.Sequence[1].Actions[0]
	if a.Code != "# look\nkubectl get \\\n  pods\nls\n" || a.SampleOutput != "NAME\n" {
		t.Errorf("code %q, sample %q", a.Code, a.SampleOutput)
	}
	if b.SampleOutput != "done\n" || b.Settings.SampleRegex != "d.ne" {
		t.Errorf("sample %q, settings %+v", b.SampleOutput, b.Settings)
	}
}

func TestReadInfo(t *testing.T) {
	for info, want := range map[string]string{
		"sh": "sh []", "sh {name=a effect=read}": "sh [name=a effect=read]", `sh {"name":"a","retries":3,"confirm":true}`: "sh [name=a retries=3 confirm=true]",
		`sh {until="a b" expect='c "d"'}`: `sh [until=a b expect=c "d"]`, `sh {a="x\"y\\z"}`: `sh [a=x"y\z]`, "js {1,3-5}": "js [1,3-5=]", "{.bash}": " [.bash=]",
		"python,ignore": "python []", "yaml {linenos=[1": "yaml []",
	} {
		in, err := readInfo(info)
		if err != nil {
			t.Errorf("%q: %v", info, err)
		}
		var attrs []string
		for _, a := range in.attrs {
			attrs = append(attrs, a.key+"="+a.value)
		}
		if got := fmt.Sprint(in.word, " ", attrs); got != want {
			t.Errorf("%q reads %s, want %s", info, got, want)
		}
	}
}

func TestParseDuration(t *testing.T) {
	for s, want := range map[string]time.Duration{
		"90s": 90 * time.Second, "1h30m": 90 * time.Minute, "2d": 48 * time.Hour, "1w2d3h": 219 * time.Hour, "1.5d": 36 * time.Hour,
		"": -1, "5": -1, "-5s": -1, "x": -1, "9999999w": -1, "d": -1,
	} {
		got, err := ParseDuration(s)
		if (err != nil) != (want < 0) || err == nil && got != want {
			t.Errorf("ParseDuration(%q) = %v, %v; want %v", s, got, err, want)
		}
	}
}

func TestReviewOverdue(t *testing.T) {
	rb, err := Parse("x.md", []byte(doc("review-after: 90d", "- Do it now please")))
	if err != nil {
		t.Fatal(err)
	}
	changed := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	if got := codes(rb.Lint(changed.AddDate(0, 2, 0), changed))["review-overdue"]; len(got) != 0 {
		t.Errorf("overdue after two months: %v", got)
	}
	if got := codes(rb.Lint(changed.AddDate(0, 4, 0), changed))["review-overdue"]; len(got) != 1 || !strings.Contains(got[0].Message, "2026-04-01") {
		t.Errorf("after four months: %v", got)
	}
	if got := codes(rb.Lint(changed.AddDate(9, 0, 0), time.Time{}))["review-overdue"]; len(got) != 0 {
		t.Errorf("unknown change: %v", got)
	}
}

func TestLang(t *testing.T) {
	for src, want := range map[string]string{
		"# A\n\n## Meaning\n\n## Mitigation of the fault\n": "en", "# Plan\n\n## Comunicación\n\n## Seguimiento de la incidencia\n": "es",
		"# Plano\n\n## Comunicação\n\n## Acompanhamento do incidente\n": "pt", "# Plan\n\n## Décision\n\n## Suivi des actions\n": "fr", "# X\n": "",
		"---\nlang: de\n---\n# The end of the list\n": "de",
	} {
		rb, err := Parse("x.md", []byte(src))
		if err != nil || rb.Lang != want {
			t.Errorf("%q is %q, %v; want %q", src, rb.Lang, err, want)
		}
	}
}
