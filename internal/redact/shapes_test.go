package redact

import (
	"encoding/base64"
	"math/rand/v2"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// Made up, and put together here so that no scanner takes them for real ones.
const (
	body36 = "a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6q7R8"
	ghp    = "ghp" + "_" + body36
	jwt    = "eyJhbGciOiJIUzI1NiJ9" + ".eyJzdWIiOiIxMjM0NTY3ODkwIn0" + ".dozjgNryP4J3jVmNHl0w5N_XgL0n3I9PlFUP0THsR8U"
	awsID  = "AKIA" + "IOSFODNN7EXAMPL2"
	awsKey = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"
)

var keyBody = wrap(base64.StdEncoding.EncodeToString([]byte(strings.Repeat("not a key ", 12))), 64, "\n")

func pem(label string) string {
	return "-----BEGIN " + label + "-----\n" + keyBody + "\n-----END " + label + "-----"
}

// tokens are texts with what becomes of them.
func tokens() map[string]string {
	return map[string]string{
		"a " + ghp + ".":                                                       "a [secret github-token].",
		`{"t":"` + ghp + `"}`:                                                  `{"t":"[secret github-token]"}`,
		`one\n` + ghp + `\ntwo`:                                                `one\n[secret github-token]\ntwo`,
		"q=%3D" + ghp + "&x":                                                   "q=%3D[secret github-token]&x",
		"github" + "_pat_" + body36 + "_x9 ":                                   "[secret github-token] ",
		"glpat" + "-abcdefghij0123456789\n":                                    "[secret gitlab-token]\n",
		"xoxb" + "-123456789012-abcdefABCDEF,":                                 "[secret slack-token],",
		"key=AIza" + body36[:35] + "&v=1":                                      "key=[secret google-api-key]&v=1",
		"sk_live" + "_" + body36[:24] + "'":                                    "[secret stripe-key]'",
		"//r/:_authToken=npm" + "_" + body36:                                   "//r/:_authToken=[secret npm-token]",
		"id " + awsID + ":x":                                                   "id [secret aws-access-key]:x",
		"aws_secret_access_key = " + awsKey + "\n":                             "aws_secret_access_key = [secret aws-secret-key]\n",
		`"SecretAccessKey": "` + awsKey + `",`:                                 `"SecretAccessKey": "[secret aws-secret-key]",`,
		"AWS_SECRET_ACCESS_KEY='" + awsKey + "'":                               "AWS_SECRET_ACCESS_KEY='[secret aws-secret-key]'",
		"token " + jwt + ". Next":                                              "token [secret jwt]. Next",
		"Set-Cookie: s=" + jwt + "; Path=/":                                    "Set-Cookie: s=[secret jwt]; Path=/",
		"> Authorization: Bearer abc123def\r\n":                                "> Authorization: Bearer [secret authorization]\r\n",
		"authorization: basic dXNlcjpwYXNz\n":                                  "authorization: basic [secret authorization]\n",
		`-H "Authorization: Bearer ` + jwt + `" u`:                             `-H "Authorization: Bearer [secret authorization]" u`,
		`{"Authorization":"Bearer hunter2hunter"}`:                             `{"Authorization":"Bearer [secret authorization]"}`,
		`('Authorization', 'token abcdefgh')`:                                  `('Authorization', 'token [secret authorization]')`,
		"map[Authorization:[Bearer 12|abcdef] X:1]":                            "map[Authorization:[Bearer [secret authorization]] X:1]",
		"Proxy-Authorization: Basic dTpwYXNzd29yZA==":                          "Proxy-Authorization: Basic [secret authorization]",
		"clone https://me:hunter2@git.x/y":                                     "clone https://me:[secret url-password]@git.x/y",
		"redis://:hunter2@cache:6379/0":                                        "redis://:[secret url-password]@cache:6379/0",
		"https://" + ghp + "@github.com/x":                                     "https://[secret github-token]@github.com/x",
		"https://" + ghp + ":x-oauth@github.com/x":                             "https://[secret url-password]@github.com/x",
		pem("RSA PRIVATE KEY") + "\nnext":                                      "[secret private-key]\nnext",
		pem("PRIVATE KEY"):                                                     "[secret private-key]",
		strings.ReplaceAll(pem("EC PRIVATE KEY"), "\n", `\n`) + `\n"}`:         `[secret private-key]\n"}`,
		"  " + strings.ReplaceAll(pem("PRIVATE KEY"), "\n", "\r\n  ") + "\r\n": "  [secret private-key]\r\n",
		strings.Replace(pem("RSA PRIVATE KEY"), "--\n", "--\nProc-Type: 4,ENCRYPTED\nDEK-Info: A,0\n\n", 1): "[secret private-key]",
		"-----BEGIN PRIVATE KEY-----\n" + keyBody + "\nit broke off here":                                   "[secret private-key]\nit broke off here",
	}
}

func TestWellKnownTokens(t *testing.T) {
	set := mustSet(t, nil)
	for in, want := range tokens() {
		got, n := set.String(in)
		if got != want || n != 1 {
			t.Errorf("%q became %q, %d; want %q", in, got, n, want)
		}
		stream := set.Stream()
		var out []byte
		for i := range len(in) {
			out = stream.Append(out, []byte{in[i]})
		}
		if out = stream.Flush(out); string(out) != want {
			t.Errorf("%q byte by byte became %q, want %q", in, out, want)
		}
	}
}

// What an operator must be able to read.
func TestOrdinaryTextStays(t *testing.T) {
	set := mustSet(t, map[string]string{"TOKEN": "hunter2hunter2"})
	random := rand.New(rand.NewPCG(5, 6))
	image := make([]byte, 2<<20)
	for i := range image {
		image[i] = byte(random.Uint32())
	}
	for _, text := range []string{
		"123e4567-e89b-12d3-a456-426614174000",
		"commit 9fceb02d0ae598e95dc970b74767f19372d61af8",
		"sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
		"data:image/png;base64," + base64.StdEncoding.EncodeToString(image),
		wrap(base64.URLEncoding.EncodeToString(image), 76, "\n"),
		"Authorization failed", "Authorization: failed for user root", "authorization required: Basic or Bearer",
		"Bearer of bad news", "Authorization: Bearer of bad news", "Authorization: Basic authentication required",
		"Authorization: Bearer $TOKEN", `Authorization: Basic realm="x"`, "Authorization: Bearer <token>", "Authorization: Bearer ",
		"authorization: Bearer token missing, see RFC 6750", "the AuthorizationPolicy kind", "Authorization: Bearer [secret TOKEN]",
		"http://localhost:8080/health", "http://10.0.0.1:9090", "https://[::1]:443/", "see https://example.org/a:b@c", "ssh://git@host:22/x",
		"postgres://user@host:5432/db", "https://user:$PASSWORD@host/", "https://user:${PASSWORD}@host/", "https://user:<password>@host/",
		"mail ops@example.org: done", "a://b", "::// //",
		"npm_config_registry=https://registry.npmjs.org/", "npm_lifecycle_event", "ghp_short", "task_live_migration_of_all_instances",
		"AKIA", "ASIAN MARKETS", "ASIAPACIFIC", "AKIAIOSFODNN7", "AIza", "eyJ", "eyJhbGciOiJIUzI1NiJ9", "eyJhbGciOiJIUzI1NiJ9.x.y", "heyJude.mp3.gz",
		"-----BEGIN CERTIFICATE-----\n" + keyBody + "\n-----END CERTIFICATE-----",
		"-----BEGIN PUBLIC KEY-----\n" + keyBody + "\n-----END PUBLIC KEY-----",
		"expected -----BEGIN RSA PRIVATE KEY----- but got nothing", "no -----BEGIN PRIVATE KEY----- in file\nsee the manual: page 3",
		"aws_secret_access_key is missing", "AWS_SECRET_ACCESS_KEY=$KEY", "SecretAccessKey: not found",
		"xoxo-xoxo", "xoxb-", "glpat-", "sk_live_", "github_pat_",
	} {
		if got, n := set.String(text); got != text || n != 0 {
			t.Errorf("%.80q became %.200q", text, got)
		}
	}
}

func TestWhatCannotBeATokenIsNotHeldBack(t *testing.T) {
	for _, text := range []string{
		"Password: ", "Password:", "waiting", "Continue? [y/N] ", "100%", "main", "done.", "listening on 80",
		"ghp_no ", "-----BEGIN CERTIFICATE-z", "eyJ.", "http://h/", "Authorization failed",
	} {
		if got := string(mustSet(t, nil).Stream().Append(nil, []byte(text))); got != text {
			t.Errorf("of %q only %q was let go", text, got)
		}
	}
	// What goes on for long is not kept in memory.
	for _, begin := range []string{
		"eyJ", "eyJhbGciOiJIUzI1NiJ9.", "https://", "https://u:", "Authorization: Bearer ", ghp, "-----BEGIN PRIVATE KEY-----", "-----BEGIN A",
		"-----BEGIN PRIVATE KEY-----\n" + keyBody, "-----BEGIN PRIVATE KEY-----\nA: ", jwt, "aws_secret_access_key=",
	} {
		for _, more := range []string{"a", "\n", " ", "A.", `\n`, "-", "eyJ"} {
			stream := mustSet(t, nil).Stream()
			stream.Append(nil, []byte(begin))
			for range 64 {
				stream.Append(nil, []byte(strings.Repeat(more, 1024)))
				if n := len(stream.stages[0].held); n > maxJWTHeader+maxJWTPayload+2048 {
					t.Fatalf("%d bytes are held back after %q and many %q", n, begin, more)
				}
			}
		}
	}
}

func TestKnownSecretKeepsItsName(t *testing.T) {
	set := mustSet(t, map[string]string{"ADMIN_TOKEN": jwt, "PW": "hunter2hunter2"})
	got, n := set.String("Authorization: Bearer " + jwt + "\nhttp://u:hunter2hunter2@h/\n")
	want := "Authorization: Bearer [secret ADMIN_TOKEN]\nhttp://u:[secret PW]@h/\n"
	if got != want || n != 2 {
		t.Errorf("got %q, %d", got, n)
	}
}

func TestTokensAreTheSameForAnyChunks(t *testing.T) {
	var pieces []string
	for in := range tokens() {
		pieces = append(pieces, in)
	}
	piece := rapid.OneOf(
		rapid.SampledFrom(pieces),
		rapid.Custom(func(t *rapid.T) string { // what breaks off
			s := rapid.SampledFrom(pieces).Draw(t, "token")
			from := rapid.IntRange(0, len(s)).Draw(t, "from")
			return s[from:rapid.IntRange(from, len(s)).Draw(t, "to")]
		}),
		rapid.SampledFrom([]string{"x", " ", "\n", "\\n", "\\", ":", "//", "://", "@", "-----", "eyJ", ".", "hunter2hunter2", "AKIA", "%20", "ñ", "="}),
	)
	set := mustSet(t, map[string]string{"TOKEN": "hunter2hunter2"})
	rapid.Check(t, func(t *rapid.T) {
		text := strings.Join(rapid.SliceOfN(piece, 0, 8).Draw(t, "text"), "")
		want, _ := set.String(text)
		if got := inChunks(t, set.Stream(), text); got != want {
			t.Fatalf("%q: in chunks %q, at once %q", text, got, want)
		}
	})
}

func TestWhatIsBeforeAChunkCounts(t *testing.T) {
	stream := mustSet(t, nil).Stream()
	out := stream.Append(nil, []byte("see http:"))
	out = stream.Append(out, []byte("//me:hunter2@host/ and some more text\nx"))
	out = stream.Append(out, []byte(ghp+" is part of a word\nx"))
	out = stream.Flush(out)
	if want := "see http://me:[secret url-password]@host/ and some more text\nx" + ghp + " is part of a word\nx"; string(out) != want {
		t.Errorf("got %q", out)
	}
	// After Flush another stream begins.
	if got := string(stream.Flush(stream.Append(nil, []byte(ghp)))); got != "[secret github-token]" {
		t.Errorf("got %q", got)
	}
}

func TestATokenEndsSomewhere(t *testing.T) {
	const more = 1000
	key := "-----BEGIN PRIVATE KEY-----\n" + strings.Repeat("A", maxToken+more)
	stream := mustSet(t, nil).Stream()
	out := stream.Append(nil, []byte(key[:40000]))
	out = stream.Flush(stream.Append(out, []byte(key[40000:])))
	if want := "[secret private-key]" + key[maxToken:]; string(out) != want {
		t.Errorf("%d bytes are left, want %d", len(out), len(want))
	}
}
