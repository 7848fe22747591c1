package actions

import (
	"testing"

	"genia.ai/bitacora/runbooks"
)

// What lint accepts as a condition an executor can read, and what lint refuses it
// cannot.
func TestConditionsAgreeWithLint(t *testing.T) {
	for _, kind := range []runbooks.Kind{runbooks.KindShell, runbooks.KindHTTP, runbooks.KindMail, runbooks.KindPromQL} {
		for _, text := range []string{
			"200", "2xx", "200,204", "2xx, 404", "6xx", "< 0.05", "<0.05", "<< 3", "< x", ">= 1e3", "$.a < 0.05", `$.a == "ok"`, `$.a ==`, "$.a",
			"body ~ ok", "body ~ (", "body ~", "header Location ~ /x", "header ~ x", "header A ~ [", "ready", "2xx && body ~ ok", "2xx && (", "== {{n}}",
			"body ~ ^{{n}}$", `$.a == "{{n}}"`, "{{n}}",
		} {
			v := values{req: Request{Action: &runbooks.Action{Kind: kind}, Params: map[string]string{"n": "200"}}}
			if kind == runbooks.KindPromQL && text == "{{n}}" {
				continue // a value may be a whole condition; lint cannot know it
			}
			_, executor := parseCondition(v, text)
			if lint := runbooks.CheckCondition(kind, text); (lint == nil) != (executor == nil) {
				t.Errorf("%s %q: lint says %v, the executor %v", kind, text, lint, executor)
			}
		}
	}
}
