package actions

import (
	"math"
	"strings"
	"testing"

	"genia.ai/bitacora/runbooks"
)

func TestConditions(t *testing.T) {
	web := &observation{
		kind: runbooks.KindHTTP, status: 204, headers: map[string][]string{"X-State": {"off", "draining"}},
		body: []byte(`{"a":{"b":[1,2,3]},"s":"x=y","t":true,"z":null,"n":"5","o":{}}`),
	}
	query := &observation{kind: runbooks.KindPromQL, numbers: []float64{1, 2}, body: []byte(`{"status":"success"}`)}
	shell := &observation{kind: runbooks.KindShell, body: []byte(`{"ok":1}`), output: []byte("warning: x\n{\"ok\":1}")}
	for _, tc := range []struct {
		o    *observation
		text string
		met  bool
		seen string
	}{
		{web, "204", true, ""},
		{web, "200, 2xx", true, ""},
		{web, "200,404", false, "status 204"},
		{web, "$.a.b[1] == 2", true, ""},
		{web, "$.a.b[*] > 0", true, ""},
		{web, "$.a.b[*] > 1", false, "1"},
		{web, `$.a.b[?(@ > 2)] == 3`, true, ""},
		{web, `$.s == "x=y"`, true, ""},
		{web, `$.s != 'x=y'`, false, "x=y"},
		{web, `$.s == "{{v}}"`, false, "x=y"},
		{web, "$.t == true && $.z == null", true, ""},
		{web, "$.n == 5", false, "5"},
		{web, "$.n != 5", true, ""},
		{web, "$.o != 1", true, ""},
		{web, `$.o == "x"`, false, "{}"},
		{web, "$.missing == null", false, "nothing at $.missing"},
		{web, "header x-state ~ ^drain", true, ""},
		{web, "header x-state ~ ^on$", false, "no such header x-state"},
		{web, "body ~ {{v}}", true, ""},
		{web, "body ~ ^{{v}}", false, "no match"},
		{query, ">= 1", true, ""},
		{query, "!= 2", false, "2"},
		{query, "> {{n}}", false, "1"},
		{query, `$.status == "success"`, true, ""},
		{shell, "warning", true, ""},
		{shell, "body ~ (?m)^warn", true, ""},
		{shell, "$.ok == 1", true, ""},
		{shell, "< 5", false, "not in the output"},
	} {
		v := values{req: Request{
			Action: &runbooks.Action{Kind: tc.o.kind}, Params: map[string]string{"v": `"b":[1,2,3]`, "n": "1.5"},
		}}
		c, err := parseCondition(v, tc.text)
		if err != nil {
			t.Errorf("%s: %v", tc.text, err)
			continue
		}
		if met, seen := c.evaluate(tc.o); met != tc.met || seen != tc.seen {
			t.Errorf("%s: got %v, %q", tc.text, met, seen)
		}
	}
}

func TestNumbersThatSatisfyNothing(t *testing.T) {
	c, err := parseCondition(values{req: Request{Action: &runbooks.Action{Kind: runbooks.KindPromQL}}}, "< 1")
	if err != nil {
		t.Fatal(err)
	}
	for _, numbers := range [][]float64{nil, {math.NaN()}, {0, math.Inf(1)}} {
		if met, _ := c.evaluate(&observation{kind: runbooks.KindPromQL, numbers: numbers}); met {
			t.Errorf("%v satisfies < 1", numbers)
		}
	}
}

func TestConditionsThatAreNone(t *testing.T) {
	for kind, texts := range map[runbooks.Kind][]string{
		runbooks.KindHTTP:   {"ok", "600", "< 5", "body ~ (", "$.a <", "$.a < x", `$.a < "x"`, "$.[ == 1", "body ~ {{missing}}"},
		runbooks.KindPromQL: {"0.5", "< x", "200"},
		runbooks.KindMail:   {"$.a == 1", "sent"},
	} {
		for _, text := range texts {
			if _, err := parseCondition(values{req: Request{Action: &runbooks.Action{Kind: kind}}}, text); err == nil {
				t.Errorf("%s: %q was accepted", kind, text)
			}
		}
	}
}

func FuzzCondition(f *testing.F) {
	for _, s := range []string{"$.a[?(@.b > 1)] == 'x'", "2xx && header a ~ b", "< 1e3", "$..[-1:] != null"} {
		f.Add(s, `{"a":[{"b":2}]}`)
	}
	f.Fuzz(func(t *testing.T, text, body string) {
		for _, kind := range []runbooks.Kind{runbooks.KindHTTP, runbooks.KindShell, runbooks.KindPromQL} {
			c, err := parseCondition(values{req: Request{Action: &runbooks.Action{Kind: kind}}}, text)
			if err == nil {
				c.evaluate(&observation{kind: kind, status: 200, body: []byte(body), output: []byte(body)})
			}
		}
	})
}

func TestCaptures(t *testing.T) {
	o := &observation{kind: runbooks.KindHTTP, body: []byte(" {\"n\":1e3,\"l\":[1],\"e\":\"\",\"c\":\"a\\u001bb\",\"h\":\"a\\u202eb\"} \n")}
	got, err := capture([]runbooks.Capture{{Name: "all"}, {Name: "n", Selector: "$.n"}, {Name: "l", Selector: "$.l"}}, o)
	if err != nil || got["n"] != "1000" || got["l"] != "[1]" || !strings.HasPrefix(got["all"], `{"n"`) {
		t.Errorf("got %v, %v", got, err)
	}
	for _, selector := range []string{"$.missing", "$.e", "$.c", "$.h", "$.["} {
		if _, err := capture([]runbooks.Capture{{Name: "x", Selector: selector}}, o); err == nil || !strings.HasPrefix(err.Error(), "capture x: ") {
			t.Errorf("%s: got %v", selector, err)
		}
	}
	if _, err := capture([]runbooks.Capture{{Name: "x"}}, &observation{body: make([]byte, 0)}); err == nil {
		t.Error("an empty output was captured")
	}
}
