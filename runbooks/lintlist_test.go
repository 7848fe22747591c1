package runbooks

import (
	"io/fs"
	"slices"
	"strings"
	"testing"
	"time"
)

// hosted is a text whose only step holds an http block; its first line is 11.
func hosted(front, info, code string) string {
	return doc(front, "1. Do\n\n   ```http"+info+"\n   "+strings.ReplaceAll(code, "\n", "\n   ")+"\n   ```")
}

// sampled is a text whose only action prints a sample.
func sampled(info, sample string) string {
	return doc("lang: en", "1. Do\n\n   ```"+info+"\n   up\n   ```\n\n   ```output\n   "+sample+"\n   ```\n\n2. Use {{N}}")
}

// TestInspectFinds has what an author may do wrong in many ways, and beside it what
// only looks like that. want is the beginning of the finding, "" for none.
func TestInspectFinds(t *testing.T) {
	const destroys, unquoted, secret, goesOn, unlisted, plain = "destructive-command", "unquoted-variable", "secret-in-text", "no-set-e", "host-not-listed", "plain-http"
	const listed = "hosts: [a.example.com]"
	for _, tc := range []struct{ name, code, src, want string }{
		{"a request that deletes", destroys, hosted(listed, " {name=a}", "DELETE https://a.example.com/x"), "warning 11:4: DELETE cannot be taken back"},
		{"a request that deletes, as a read", "effect-understated", hosted(listed, " {effect=read}", "DELETE https://a.example.com/x"), "error 11:4: DELETE destroys"},
		{"a request that switches back on", destroys, hosted(listed, " {effect=write}", "DELETE https://a.example.com/read-only"), ""},
		{"curl that deletes", destroys, block11("sh", "curl -f -X DELETE https://a.example.com/x"), "warning 11:4: curl -X DELETE"},
		{"curl that deletes, glued", destroys, block11("sh", "curl -f -XDELETE https://a.example.com/x"), "warning 11:4"},
		{"curl of a path called delete", destroys, block11("sh", "curl -f https://a.example.com/delete"), ""},
		{"by a shell", destroys, block11("sh", "make x\nbash -ec 'cd /srv; rm -rf x'"), "warning 12:4: rm -r"},
		{"by a shell, as a read", "effect-understated", block11("sh {effect=read}", "sh -c 'rm -rf /srv/x'"), "error 11:4"},
		{"on another host", destroys, block11("sh", "ssh -p 22 ops@db1 sudo rm -rf /srv/x"), "warning 11:4: rm -r"},
		{"on another host, quoted", destroys, block11("sh", "ssh db1 'cd /srv && rm -rf x'"), "warning 11:4"},
		{"on another host, a list", destroys, block11("sh", "ssh db1 ls -r /srv"), ""},
		{"in a pod", destroys, block11("sh", "kubectl -n shop exec web-0 -- rm -rf /data"), "warning 11:4: rm -r"},
		{"in a container, of a database", destroys, block11("sh", "docker exec -it db psql -c 'drop table x'"), "warning 11:4: drop table"},
		{"two shells deep", destroys, block11("sh", "ssh db1 \"bash -c 'rm -rf /srv/x'\""), "warning 11:4"},
		{"through a pipe", destroys, block11("sh", "echo 'DROP TABLE x;' | psql shop"), "warning 11:27: DROP TABLE"},
		{"through xargs", destroys, block11("sh", "find . -name '*.log' | xargs -n 1 rm"), "warning 11:38: xargs rm"},
		{"in a loop", destroys, block11("sh", "for f in a b; do rm -r \"$f\"; done"), "warning 11:21"},
		{"in a function", destroys, block11("sh", "gone() { rm -r /srv/x; }\ngone"), "warning 11:13"},
		{"in a substitution", destroys, block11("sh", "echo \"$(rm -r x)\""), "warning 11:12"},
		{"empties a file", destroys, block11("sh", ": > /var/lib/x.db"), "warning 11:4: > /var/lib/x.db"},
		{"empties a file with nothing", destroys, block11("sh", "> /var/lib/x.db"), "warning 11:4"},
		{"empties a file of its own", destroys, block11("sh", ": > /tmp/x\nmake x > /var/log/x\necho a >> /etc/x"), ""},
		{"truncates", destroys, block11("sh", "truncate -s 0 /var/log/x.log"), "warning 11:4"},
		{"mirrors", destroys, block11("sh", "rsync -a --delete a/ b/"), "warning 11:4: rsync --delete"},
		{"branches and what is pushed away", destroys, block11("sh", "git branch -D x"), "warning 11:4"},
		{"a branch that is pushed away", destroys, block11("sh", "git push origin :x"), "warning 11:4"},
		{"a container with what is in it", destroys, block11("sh", "docker rm -f web"), "warning 11:4"},
		{"a client with a profile", destroys, block11("sh", "aws --profile prod s3 rm s3://x --recursive"), "warning 11:4: aws s3 rm"},
		{"a repository", destroys, block11("sh", "gh repo delete x"), "warning 11:4"},
		{"a machine", destroys, block11("sh", "gcloud --quiet compute instances delete x"), "warning 11:4: gcloud delete"},
		{"in another language", destroys, block11("python", "import shutil\nshutil.rmtree('/srv/x')"), "warning 12:4: shutil.rmtree"},
		{"in another language, as a read", "effect-understated", block11("python {effect=read}", "import shutil\nshutil.rmtree('/srv/x')"), "error 12:4"},
		{"in a comment of another language", destroys, block11("python", "# never shutil.rmtree(x)\nprint(1)"), ""},
		{"words that only look like it", destroys, block11("sh", "grep -r 'rm -rf' .\nhelm list --uninstalled\nvault kv get secret/delete\ngcloud logging read delete\naz group list --query delete\ngit log --grep 'push --force'\nkubectl get pods -l action=delete\npsql -c 'select * from drop_table_log'"), ""},

		{"a test of nothing", unquoted, block11("sh", "[ $X = y ] && make x"), "info 11:6: $X stands"},
		{"all arguments", unquoted, block11("sh", "make $@"), "info 11:9: $@ stands"},
		{"a file to write to", unquoted, block11("sh", "make x > $OUT"), "info 11:13: $OUT stands"},
		{"where nothing is split", unquoted, block11("sh", "[[ $X = y ]] && make \"$X\" \"a${Y:-z}\"\ncase $X in a) exit $? ;; esac\nsleep $((N * 2))\nA=$X"), ""},

		{"set -e that comes late", goesOn, block11("sh {name=a}", "make x\nset -e\nmake y"), "warning 11:1"},
		{"set -e that is taken back", goesOn, block11("sh {name=a}", "set -e\nmake x\nset +e\nmake y\nmake z"), "warning 11:1"},
		{"in a branch", goesOn, block11("sh {name=a}", "if test -f x; then\n  make x\n  make y\nfi"), "warning 11:1"},
		{"in a function", goesOn, block11("sh {name=a}", "f() {\n  make x\n  make y\n}\nf"), "warning 11:1"},
		{"set -x", goesOn, block11("sh {name=a}", "set -x\nmake x\nmake y"), "warning 11:1"},
		{"set -o pipefail", goesOn, block11("sh {name=a}", "set -o pipefail\nmake x\nmake y"), "warning 11:1"},
		{"set -o errexit", goesOn, block11("sh {name=a}", "set -o errexit -o nounset\nmake x\nmake y"), ""},
		{"set +e around the last", goesOn, block11("sh {name=a}", "set -euo pipefail\nmake x\nset +e\nmake y"), ""},
		{"a trap", goesOn, block11("sh {name=a}", "trap 'exit 1' ERR\nmake x\nmake y"), ""},

		{"in a header", secret, hosted(listed, " {effect=read}", "GET https://a.example.com/x\nX-Api-Key: h8Kq2zzP9wA1"), "warning 12:4: the value of X-Api-Key"},
		{"in a body", secret, hosted(listed, " {effect=write}", "POST https://a.example.com/x\n\n{\"password\": \"h8Kq2zzP9wA1\"}"), "warning 13:6: the value of password"},
		{"in the front matter", secret, doc("env: {API_TOKEN: h8Kq2zzP9wA1}", "1. Do"), "warning 2:7: the value of API_TOKEN"},
		{"as a default", secret, doc("params: [{name: DB_PASSWORD, default: h8Kq2zzP9wA1}]", "1. Do {{DB_PASSWORD}}"), "warning 2:17: the value of DB_PASSWORD"},
		{"in another language", secret, block11("python {name=a}", "password = \"h8Kq2zzP9wA1\""), "warning 11:4"},
		{"in configuration", secret, doc("lang: en", "1. Look at\n\n   ```yaml\n   db_password: h8Kq2zzP9wA1\n   ```"), "warning 11:4"},
		{"in prose", secret, doc("lang: es", "1. Entra con la contraseña: h8Kq2zzP9wA1"), "warning 8:17"},
		{"of curl", secret, block11("sh", "curl -fsu admin:h8Kq2zzP9wA1 https://x.example.com"), "warning 11:14: the value of a password of curl"},
		{"of mysql", secret, block11("sh", "mysql -uroot -ph8Kq2zzP9wA1 shop"), "warning 11:17"},
		{"of a flag", secret, block11("sh", "login --auth-token=h8Kq2zzP9wA1"), "warning 11:10: the value of --auth-token"},
		{"of a command", secret, block11("sh", "PGPASSWORD=h8Kq2zzP9wA1 psql shop"), "warning 11:4: the value of PGPASSWORD"},
		{"what is none", secret, doc("params: [{name: DB_PASSWORD, example: h8Kq2zzP9wA1}]", "1. Ask for the password: it is in the vault, token: see [there](#mitigation)\n\n   ```sh\n   export MONKEY=banana123 KEYBOARD=us105abcd\n   sort --key 2,2n <x >y\n   curl -fu \"admin:$DB_PASSWORD\" https://x.example.com\n   login --password changeme123 --token \"$T\" --secret-name=tls-2024-web\n   ```\n\n   ```yaml\n   secretName: web-tls-2024\n   password: <your-password1>\n   tokenTTL: 3600seconds\n   token: {{API_TOKEN}}\n   ```"), ""},

		{"a sample that belongs to nothing", "output-of-nothing", doc("lang: en", "1. Do\n\n   ```output\n   x\n   ```"), "warning 10:7"},
		{"a sample of the action above", "output-of-nothing", sampled("sh {effect=read}", "x"), ""},
		{"a sample without what is captured", "sample-mismatch", sampled("sh {effect=read capture=\"N=$.a.b\"}", "{\"a\":{}}"), "warning 10:23: the sample output has nothing at $.a.b for N"},
		{"a sample that is no JSON", "sample-mismatch", sampled("sh {effect=read capture=\"N=$.a[0]\"}", "done"), "warning 10:23"},
		{"a sample with what is captured", "sample-mismatch", sampled("sh {effect=read capture=\"N=$.a.b M=$.c[0].d O\"}", "{\"a\":{\"b\":0},\"c\":[]}"), ""},
		{"a sample that never ends the wait", "sample-mismatch", sampled("sh {effect=read until=done}", "waiting"), "warning 10:23"},
		{"a status that no sample shows", "sample-mismatch", hosted(listed, " {effect=read expect=200}", "GET https://a.example.com/x") + "\n   ```output\n   {}\n   ```", ""},

		{"the port that a scheme means", unlisted, hosted("hosts: [\"a.example.com:443\"]", " {effect=read}", "GET https://a.example.com/x"), ""},
		{"the port that another scheme means", unlisted, hosted("hosts: [\"a.example.com:443\"]", " {effect=read}", "GET http://a.example.com/x"), "error 11:4"},
		{"another port", unlisted, hosted("hosts: [\"a.example.com:443\"]", " {effect=read}", "GET https://a.example.com:8443/x"), "error 11:4"},
		{"a host within a listed one", unlisted, hosted("hosts: [example.com]", " {effect=read}", "GET https://evil.example.com/x"), "error 11:4"},
		{"a host behind a user", unlisted, hosted(listed, " {effect=read}", "GET https://a.example.com@evil.dev/x"), "error 11:4: the host evil.dev"},
		{"curl without a scheme", unlisted, doc(listed, "1. Do\n\n   ```sh\n   curl -f elsewhere.dev/x\n   ```"), "warning 11:12: the host elsewhere.dev"},
		{"curl without a scheme is plain", plain, block11("sh", "curl -fsS elsewhere.dev/x"), "info 11:14"},
		{"files that curl reads and writes", plain, block11("sh", "curl -fsS -o out.json --data @in.json --cacert ca.pem -b jar.txt https://x.example.com"), ""},
		{"plain where env says so", plain, hosted("hosts: [\"{{API}}\"]\nenv: {API: \"http://elsewhere.dev\"}", " {effect=read}", "GET {{API}}/x"), "info 12:4"},

		{"a link in HTML", "broken-link", doc("lang: en", "1. See <a class=\"x\" href=\"nope.md\">it</a>"), "warning 8:27: there is no file \"nope.md\""},
		{"a picture in HTML", "broken-link", doc("lang: en", "1. See\n\n<img\nalt=\"x\" src=\"nope.png\">"), ""}, // over two lines it is not looked for
		{"a picture in a block of HTML", "broken-link", doc("lang: en", "1. See\n\n<p>\n<img src=\"nope.png\">\n</p>"), "warning 11:11"},
		{"a link in a table", "broken-link", doc("lang: en", "| a |\n|---|\n| [x](nope.md) |"), "warning 10:7"},
		{"a picture by reference", "broken-link", doc("lang: en", "1. See ![x][y]\n\n[y]: nope.png"), "warning 10:6"},
		{"a link that is code", "broken-link", doc("lang: en", "1. See `[x](nope.md)`, [y](yes.md) and <a href=\"yes.md\">z</a>"), ""},

		{"values that are used", "unused-param", doc("params: [{name: a}, {name: b}, {name: c}, {name: d}, {name: e}, {name: f}]", "1. Do\n\n   ```sh {effect=read args=a host=\"{{b}}\" cwd=\"{{c}}\"}\n   ls \"$1\"\n   ```\n\n   ```python {effect=read}\n   import os; print(os.environ[\"d\"])\n   ```\n\n   ```confirm {name=q}\n   Is it {{e}}?\n   ```\n\n## Restart {{f}}\n\n1. Do"), ""},
		{"a value that is not", "unused-param", doc("params: [{name: a}, {name: b}]", "1. Do {{a}}"), "warning 2:28: the parameter b"},
		{"a value that nobody declared", "undeclared-param", block11("sh {effect=read}", "make \"$POD\""), "info 11:11: the parameter POD"},
		{"an option to no scenario", "unknown-scenario", doc("lang: en", "1. Do\n\n   ```choice {name=a}\n   y: Yes -> scenario:nope\n   n: No\n   ```"), "error 11:14"},
		{"a change that nothing of another scenario looks at", "no-verification", "# T\n\n## Execution\n\n### Scenario 1: A\n\n1. Do\n\n   ```sh {effect=write}\n   make x\n   ```\n\n   ```sh {effect=read}\n   ls x\n   ```\n\n### Scenario 2: B\n\n1. Do\n\n   ```sh {effect=write}\n   make y\n   ```\n", "info 21:1"},
		{"a second change that nobody looks at", "no-verification", block11("sh {effect=write}", "make x") + "\n2. Look.\n\n   ```sh {effect=read}\n   ls x\n   ```\n\n3. Then\n\n   ```sh {effect=write}\n   make y\n   ```\n", "info"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			around := Surroundings{Read: func(path string) ([]byte, error) {
				if path == "yes.md" {
					return []byte("# Yes\n"), nil
				}
				return nil, fs.ErrNotExist
			}}
			got := withCode(inspected(t, tc.src, around), tc.code)
			if tc.want == "" && got != "" || !strings.HasPrefix(got, tc.want) {
				t.Errorf("%s of\n%s\nis %q, want %q", tc.code, tc.src, got, tc.want)
			}
			if tc.code != destroys || strings.HasPrefix(got, "info") {
				return
			}
			rb, err := Parse("r.md", []byte(tc.src)) // what the walk asks about is what lint warns of
			if err != nil {
				t.Fatal(err)
			}
			looks := slices.ContainsFunc(rb.Sequence, func(s *Step) bool {
				return slices.ContainsFunc(s.Actions, func(a *Action) bool { _, yes := a.LooksDestructive(); return yes })
			})
			if looks != (got != "") {
				t.Errorf("lint says %q of\n%s\nbut whether it looks destructive is %t", got, tc.src, looks)
			}
		})
	}
}

// wellWritten has everything that lint looks at, done as it should be.
const wellWritten = `---
title: Move the shop to its other database
lang: en
summary: What to do when the first database is lost.
review-after: 180d
params:
  - {name: shop, label: Shop, pattern: "[a-z][a-z0-9-]*", example: north}
secrets: [SHOP_TOKEN]
env:
  SHOP_API: https://api.shop.example
hosts: ["{{SHOP_API}}", "status.shop.example:443"]
roles:
  - {id: coordinator, title: Coordinator, holder: Ana}
---

# Move the shop to its other database

Read [what it means](#decision) and [the other text](yes.md) first.

## Identification

1. See whether the database answers.

   ~~~promql {name=errors expect="< 0.05"}
   sum(rate(http_errors_total{shop="{{shop}}"}[5m]))
   ~~~

   ~~~output
   0.01
   ~~~

## Decision

1. Which way?

   ~~~choice {name=way}
   move: Move it -> scenario:1
   wait: Wait -> scenario:2
   ~~~

## Execution

### Scenario 1: Move

1. Stop writing.

   ~~~http {name=freeze effect=write timeout=10s undo=thaw}
   PUT {{SHOP_API}}/shops/{{shop}}/freeze
   Authorization: Bearer {{SHOP_TOKEN}}
   ~~~

2. Move it.

   ~~~bash {name=move effect=write timeout=5m undo=back}
   set -euo pipefail
   shopctl move --shop "$shop" --to other
   for part in orders users; do
     shopctl check --shop "$shop" "$part" > "/tmp/$part"
   done
   ~~~

3. Look whether it works.

   ~~~http {name=look effect=read timeout=1m interval=5s until="$.state == 'ready'" capture="STATE=$.state"}
   GET https://status.shop.example/shops/{{shop}}
   ~~~

   ~~~output
   {"state": "ready"}
   ~~~

4. Write again. It is {{STATE}}.

   ~~~http {name=thaw effect=write timeout=10s expect=204}
   DELETE {{SHOP_API}}/shops/{{shop}}/freeze
   ~~~

5. Go back if it does not.

   ~~~confirm {name=go-back default=no}
   Does it fail?
   ~~~

   ~~~bash {name=back effect=write timeout=5m after=go-back}
   set -e
   shopctl move --shop "$shop" --to first
   ~~~

### Scenario 2: Wait

1. Wait until it answers.

   ~~~sh {name=wait effect=read timeout=10m until=ok}
   curl --fail --silent --show-error "$SHOP_API/health"
   ~~~

   ~~~output
   ok
   ~~~

## Follow-up

1. Remove what is left. <!-- bitacora role=coordinator -->

   ~~~sh {name=clean effect=destructive target="{{shop}}" timeout=1m}
   rm -rf "/srv/old/${shop:?}"
   ~~~
`

// TestWellWritten: whoever does everything right hears nothing but what nobody can
// take back.
func TestWellWritten(t *testing.T) {
	now := time.Date(2026, 11, 24, 0, 0, 0, 0, time.UTC)
	around := Surroundings{Now: now, Modified: now.AddDate(0, -1, 0), Read: func(path string) ([]byte, error) {
		if path == "yes.md" {
			return []byte("# Yes\n"), nil
		}
		return nil, fs.ErrNotExist
	}}
	for _, f := range inspected(t, strings.ReplaceAll(wellWritten, "~~~", "```"), around) {
		t.Errorf("%s %d:%d: %s [%s]", f.Severity, f.Line, f.Column, f.Message, f.Code)
	}
}
