package runbooks

import (
	"fmt"
	"strings"
	"testing"
)

func TestCallsSeeWhatTheScriptSet(t *testing.T) {
	base := map[string]string{"NS": "prod", "HOME": "/home/ana", "APP": "web"}
	for code, want := range map[string]string{
		`kubectl -n $NS get pods`:                                   "kubectl -n prod get pods",
		`kubectl -n "${NS}" delete pod 'a b'\''c' x\ y "q\"\$z"`:    `kubectl -n prod delete pod a b'c x y q"$z`,
		`NS=dev; kubectl -n $NS`:                                    "kubectl -n dev",
		`export NS="$APP-x"; kubectl -n "$NS"`:                      "kubectl -n web-x",
		`NS=$(pick); kubectl -n "$NS"`:                              "pick; kubectl -n ?",
		`kubectl -n "${UNSET:-other}" "${NS:-no}" "${NS:?}"`:        "kubectl -n other prod prod",
		`kubectl -n "${NS%x}" "${#NS}" "${!NS}" $1 "$@" <(x) ~/f`:   "kubectl -n ? ? ? ? ? ? /home/ana/f; x",
		`if a; then NS=x; kubectl $NS; else kubectl $NS; fi; b $NS`: "a; kubectl x; kubectl ?; b ?",
		`case $NS in a) NS=1; x $NS;; b) x $NS;; esac; x $NS`:       "x 1; x ?; x ?",
		`for NS in a b; do x $NS; done; x $NS; read NS; x $NS`:      "x ?; x ?; x ?",
		`(NS=sub; x $NS); x $NS; unset NS; x "$NS"`:                 "x sub; x prod; x ",
		`f() { NS=in; git push; }; f; x $NS`:                        "git push; x ?",
		`NS=one x $NS; x $NS`:                                       "x prod; x prod",
		`cd /srv && git a; (cd sub; git b); cd "$APP"; git c`:       "[/srv]git a; [/srv/sub]git b; [/srv/web]git c",
		`cd rel; git a; cd; git b`:                                  "[rel]git a; [?]git b",
		`if x; then cd /y; git a; fi; git b`:                        "x; [/y]git a; [?]git b",
		`A=1234567890; A=$A$A$A$A$A$A$A$A$A$A; A=$A$A$A$A$A$A$A$A$A$A; A=$A$A$A$A$A$A$A$A$A$A; A=$A$A$A$A$A$A$A$A$A$A; x $A`: "x ?",
		`kubectl <`: "",
	} {
		var got []string
		for _, c := range Calls(code, func(name string) Word { return Word{base[name], true} }) {
			text := ""
			switch {
			case !c.Dir.Known:
				text = "[?]"
			case c.Dir.Text != "":
				text = "[" + c.Dir.Text + "]"
			}
			for i, w := range c.Words {
				if i > 0 {
					text += " "
				}
				if !w.Known {
					w.Text = "?"
				}
				text += w.Text
			}
			got = append(got, text)
		}
		if strings.Join(got, "; ") != want {
			t.Errorf("%s\n got %q\nwant %q", code, strings.Join(got, "; "), want)
		}
	}
	calls := Calls("AWS_PROFILE=p aws s3 ls; KUBECONFIG=$(x) kubectl", func(string) Word { return Word{} })
	if got := fmt.Sprint(calls[0].Var("AWS_PROFILE"), calls[1].Var("AWS_PROFILE"), calls[2].Var("KUBECONFIG")); got != "{p true} { false} { false}" {
		t.Errorf("got %s", got)
	}
	if n := len(Calls(strings.Repeat("x;", 1000), func(string) Word { return Word{} })); n != maxCalls {
		t.Errorf("%d calls", n)
	}
}
