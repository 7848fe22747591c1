package e2e

import (
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// token is a secret whose spellings all differ.
const token = `s3cr3t/+"<tök&en>'$x`

// leak echoes the token in every way: byte by byte, in chunks of all sizes, encoded,
// between colours, in a header, in the URL of an error. The words around stay.
const leak = "---\ntitle: Leak\nlang: en\nsecrets: [ADMIN_TOKEN]\nenv: {API: 'http://127.0.0.1:1'}\n---\n# Leak\n\n## Execution\n\n" +
	"1. Print.\n\n   ```bash {name=print effect=read}\n" + `   say() { printf 'before-%s ' "$1"; cat; printf ' after-%s\n' "$1"; }
   for ((i = 0; i < ${#ADMIN_TOKEN}; i++)); do printf '%s' "${ADMIN_TOKEN:i:1}"; done | dd bs=1 status=none | say bytes
   for size in 1 7 4096 65536 1048576; do
     head -c "$size" /dev/zero | tr '\0' x | fold -w 100
     echo; printf '%s' "$ADMIN_TOKEN" | say "chunk-$size"
   done
   for pad in '' a ab; do printf '%s%s' "$pad" "$ADMIN_TOKEN$ADMIN_TOKEN$ADMIN_TOKEN$ADMIN_TOKEN" | base64 -w 76 | say "base64-$pad"; done
   printf '%s' "$ADMIN_TOKEN" | od -An -v -tx1 | tr -d ' \n' | say hex
   printf '%q' "$ADMIN_TOKEN" | say quoted
   printf '\033[31m%s\033[1m%s\033[0m' "${ADMIN_TOKEN:0:4}" "${ADMIN_TOKEN:4}" | say colour
   cat spellings | say spellings
   cp /dev/null "/nowhere/$ADMIN_TOKEN" 2>&1 | say error
   bash -xc 'true "$ADMIN_TOKEN"' 2>&1 | say trace
` + "   ```\n\n" +
	"2. Ask.\n\n   ```http {name=ask effect=read}\n   GET {{SERVICE}}/echo\n   Authorization: Bearer {{ADMIN_TOKEN}}\n   ```\n\n" +
	"3. Fail.\n\n   ```http {name=fail effect=read}\n   GET {{API}}/nothing?token={{ADMIN_TOKEN}}\n   ```\n"

// spellings are what other programs make of the token.
func spellings() map[string]string {
	quoted, _ := json.Marshal(token) // a string always encodes
	return map[string]string{
		"as it is": token, "json": strings.Trim(string(quoted), `"`), "query": url.QueryEscape(token), "path": url.PathEscape(token),
		"hex": hex.EncodeToString([]byte(token)), "HEX": strings.ToUpper(hex.EncodeToString([]byte(token))),
		"base64": base64.StdEncoding.EncodeToString([]byte(token)), "base64 for URLs": base64.RawURLEncoding.EncodeToString([]byte(token)),
	}
}

// TestNoSpellingOfASecretIsKept runs actions that echo a secret in every way and
// looks for it on the terminal, in everything kept, in exports and among
// temporary files.
func TestNoSpellingOfASecretIsKept(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		given := strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer ")
		w.Header().Set("Content-Type", "text/plain; given="+url.QueryEscape(given))
		_, _ = w.Write([]byte("before-body " + given + " after-body\n"))
	}))
	defer server.Close()
	work, temp := t.TempDir(), t.TempDir()
	var all strings.Builder
	for _, text := range spellings() {
		all.WriteString(text + "\n")
	}
	if err := os.WriteFile(filepath.Join(work, "spellings"), []byte(all.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	env := append(home(t), "ADMIN_TOKEN="+token, "SERVICE="+server.URL, "TMPDIR="+temp, "http_proxy=", "HTTP_PROXY=")
	text := strings.Replace(leak, "env: {", "env: {SERVICE: 'http://127.0.0.1:1', ", 1)
	term := open(t, options{cols: 120, rows: 60, env: env, dir: work}, "run", write(t, "leak.md", text))
	trustAndBegin(term)
	term.see("enter run print")
	term.starts(shows("print: ok"))
	term.see("after-trace")
	term.act("enter", shows("enter run ask"))
	term.starts(shows("ask: ok"))
	term.see("before-body [secret ADMIN_TOKEN] after-body")
	term.act("enter", shows("enter run fail"))
	term.starts(shows("fail failed"))
	term.see("/nothing?token=[secret ADMIN_TOKEN]")

	kept := recorded(t, env)
	for _, name := range []string{"bytes", "chunk-1", "chunk-1048576", "base64-", "base64-ab", "hex", "quoted", "colour", "spellings", "error", "trace"} {
		if !strings.Contains(kept, "before-"+name+" ") || !strings.Contains(kept, " after-"+name+"\n") {
			t.Errorf("what stands around the secret is not whole: %s", name)
		}
	}
	if size := strings.Count(kept, "x"); size < 1<<20 {
		t.Errorf("%d bytes of the other output are kept", size)
	}
	markdown, _, _ := command(t, env, "export", "last")
	document, _, _ := command(t, env, "export", "last", "--format", "json")
	checkAbsent(t, "the terminal", term.wrote())
	checkAbsent(t, "the Markdown export", markdown)
	checkAbsent(t, "the JSON export", document)
	checkTree(t, filepath.Dir(stateDir(env)))
	checkTree(t, temp)
}

// checkTree looks for the secret in every file below a directory.
func checkTree(t *testing.T, dir string) {
	t.Helper()
	err := filepath.WalkDir(dir, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || !entry.Type().IsRegular() {
			return err
		}
		content, err := os.ReadFile(path)
		checkAbsent(t, path, string(content))
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// checkAbsent looks for every spelling, also where lines were wrapped or styled.
func checkAbsent(t *testing.T, where, text string) {
	t.Helper()
	joined := strings.NewReplacer("\n", "", "\r", "").Replace(text)
	for how, spelling := range spellings() {
		if strings.Contains(text, spelling) || strings.Contains(joined, spelling) {
			t.Errorf("%s holds the secret, %s", where, how)
		}
	}
	for pad := range 3 {
		encoded := base64.StdEncoding.EncodeToString([]byte(strings.Repeat("a", pad) + token))
		if inside := encoded[4 : len(encoded)-4]; strings.Contains(joined, inside) {
			t.Errorf("%s holds the secret, base64 after %d bytes", where, pad)
		}
	}
}
