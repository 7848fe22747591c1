package runbooks

import (
	"slices"
	"testing"
)

func TestAlternatives(t *testing.T) {
	for _, test := range []struct {
		name, code string
		want       []string
		lines      []int
	}{
		{"or", "a 1\n# or\nb 2\n", []string{"a 1\n", "b 2\n"}, []int{10, 12}},
		{"OR:", "a\n# OR:\nb\n# Or\nc\n", []string{"a\n", "b\n", "c\n"}, []int{10, 12, 14}},
		{"alternatively", "a\n\n# Alternatively, with helm:\nb\n", []string{"a\n\n", "b\n"}, []int{10, 13}},
		{"Spanish", "sed x\n# O más simple:\nsed y\n# O con vim\nvim z\n", []string{"sed x\n", "sed y\n", "vim z\n"}, []int{10, 12, 14}},
		{"o bien", "a\n# o bien\nb", []string{"a\n", "b"}, []int{10, 12}},
		{"indented, with dashes", "a\n  # -- or --\nb\n", []string{"a\n", "b\n"}, []int{10, 12}},
		{"own comments stay", "# first\na\n# or\n# second\nb\n", []string{"# first\na\n", "# second\nb\n"}, []int{10, 13}},
		{"several lines each", "a\nb\n# or\nc\nd\n", []string{"a\nb\n", "c\nd\n"}, []int{10, 13}},
		{"a sentence that goes on", "a\n# wait until it is up\n# or five minutes are over\nb\n", nil, nil},
		{"a long sentence", "a\n# or the whole of the cluster will have to be restarted by hand\nb\n", nil, nil},
		{"another word", "a\n# order matters\nb\n# oracle\nc\n", nil, nil},
		{"nothing before", "# or\na\n", nil, nil},
		{"nothing behind", "a\n# or\n", nil, nil},
		{"only a comment behind", "a\n# or\n# ask somebody\n", nil, nil},
		{"in a here-document", "cat <<E\na\n# or\nb\nE\n", nil, nil},
		{"in a quotation", "echo 'a\n# or\nb'\n", nil, nil},
		{"in a loop", "for x in 1 2; do\na\n# or\nb\ndone\n", nil, nil},
		{"behind a command", "a # or\nb\n", nil, nil},
		{"not a script", "kubectl logs <pod>\n# or\nb\n", nil, nil},
	} {
		t.Run(test.name, func(t *testing.T) {
			a := &Action{Kind: KindShell, Lang: "sh", Code: test.code, Line: 10}
			a.recognise(newShellReader().read(a.Code).endless)
			var codes []string
			var lines []int
			for _, alternative := range a.Alternatives {
				codes, lines = append(codes, alternative.Code), append(lines, alternative.Line)
			}
			if !slices.Equal(codes, test.want) || !slices.Equal(lines, test.lines) {
				t.Errorf("%q at %v, want %q at %v", codes, lines, test.want, test.lines)
			}
		})
	}
	python := &Action{Kind: KindShell, Lang: "python", Code: "a()\n# or\nb()\n"}
	if python.recognise(newShellReader().read(python.Code).endless); len(python.Alternatives) > 0 {
		t.Error("Python was read as shell")
	}
}

func TestPartIsExactlyOneAlternative(t *testing.T) {
	a := &Action{ID: "x", Kind: KindShell, Code: "a\n# or\ntail -f b\n", Line: 3, Effect: EffectDestructive}
	a.recognise(newShellReader().read(a.Code).endless)
	if _, whole := a.Part(0); whole {
		t.Error("the whole of a block with alternatives can be run")
	}
	for _, n := range []int{-1, 3} {
		if _, ok := a.Part(n); ok {
			t.Errorf("there is an alternative %d", n)
		}
	}
	part, ok := a.Part(2)
	if !ok || part.Code != "tail -f b\n" || part.Line != 5 || !part.Endless || part.ID != "x" || part.Effect != EffectDestructive {
		t.Errorf("%+v", part)
	}
	if a.Endless || a.Code != "a\n# or\ntail -f b\n" {
		t.Errorf("the block was changed: %+v", a)
	}
}

func TestEndless(t *testing.T) {
	for code, want := range map[string]bool{
		"tail -f /var/log/x":                     true,
		"tail -100f x":                           true,
		"tail -n 5 -F x":                         true,
		"tail -n 5 x":                            false,
		"tail -n f x":                            false,
		"sudo tail -f /var/log/nginx/error.log":  true,
		"tail -f x | grep --line-buffered error": true,
		"tail -f x | head -5":                    false,
		"tail -f x | grep -m1 ready":             false,
		"tail -f x &":                            false,
		"timeout 30 tail -f x":                   false,
		"ls; tail -f x":                          true,
		"ls && tail -f x":                        true,
		"watch -n1 kubectl get pods":             true,
		"top":                                    true,
		"top -b -n 1":                            false,
		"top -bn1":                               false,
		"htop":                                   true,
		"journalctl -u nginx -f":                 true,
		"journalctl -fu nginx":                   true,
		"journalctl -u flask":                    false,
		"journalctl -uflask -n 50":               false,
		"journalctl --follow --unit nginx":       true,
		"ping example.org":                       true,
		"ping -c 3 example.org":                  false,
		"ping -c3 example.org":                   false,
		"kubectl logs -f deploy/api":             true,
		"kubectl -n shop logs deploy/api -f":     true,
		"kubectl logs deploy/api --follow=true":  true,
		"kubectl logs deploy/api --follow=false": false,
		"kubectl logs deploy/api --tail=50":      false,
		"kubectl get pods -w":                    true,
		"kubectl get pods --watch":               true,
		"kubectl get pods -o wide":               false,
		"kubectl get -f x.yaml":                  false,
		"kubectl apply -f x.yaml":                false,
		"kubectl delete pod -f":                  false,
		"kubectl port-forward svc/x 80:80":       true,
		"oc port-forward x 9093":                 true,
		"kubectl rollout status deploy/x":        false,
		"docker logs -f api":                     true,
		"docker logs --tail 5 api":               false,
		"docker compose logs -f":                 true,
		"docker stats":                           true,
		"docker stats --no-stream":               false,
		"dmesg -w":                               true,
		"dmesg":                                  false,
		"vmstat 1":                               true,
		"vmstat 1 5":                             false,
		"vmstat":                                 false,
		"tcpdump -i eth0":                        true,
		"tcpdump -c 5 -i eth0":                   false,
		"while true; do date; sleep 1; done":     true,
		"while :; do x && break; sleep 1; done":  false,
		"until false; do x; done":                true,
		"while read x; do y; done":               false,
		"f() { tail -f x; }":                     false,
		"echo 'tail -f x'":                       false,
		"sleep infinity":                         true,
		"if true; then tail -f x; fi":            true,
		"time tail -f x":                         true,
		"kubectl logs <pod>":                     false,
	} {
		a := &Action{Kind: KindShell, Lang: "sh", Code: code}
		if a.recognise(newShellReader().read(a.Code).endless); a.Endless != want {
			t.Errorf("%q: endless = %v", code, a.Endless)
		}
	}
	a := &Action{Kind: KindShell, Code: "tail -f x", Settings: Settings{Until: "done"}}
	if a.recognise(newShellReader().read(a.Code).endless); a.Endless {
		t.Error("what waits for something is taken for a watch")
	}
}
