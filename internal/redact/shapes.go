package redact

import "bytes"

// Well-known shapes of tokens: what they begin with is so particular that they
// are recognised without being known. Every rule asks for more than its keyword,
// so that a text about tokens, a name, a hash or encoded data stays as it is.

// shape is a kind of token.
type shape struct {
	name    string
	mask    []byte // by name
	keyword string
	apart   *charset // what the keyword must not follow, nil = nothing
	schemed bool     // it must follow the scheme of a URL
	judge   judge
}

// judge looks at a text p that begins with a keyword of so many bytes. Nothing
// follows p when final is set. Its verdict depends on nothing that comes after the bytes which it
// needs, so that it is the same however the stream is cut.
type judge func(p []byte, keyword int, final bool) verdict

// verdict is what a judge says: that bytes from from to to are masked, and that
// rest tells which of those that follow belong to them; or, with to = 0, that this
// is no token, or that more has to be seen.
type verdict struct {
	from, to int
	rest     rest
	unsure   bool
}

// rest tells how many bytes at the start of p belong to the token before, and what
// follows them, nil when the token is complete. It is unsure when more has to be
// seen, and then takes nothing.
type rest func(p []byte, final bool) (n int, next rest, unsure bool)

// Limits in bytes.
const (
	maxJWTHeader  = 8 << 10
	maxJWTPayload = 16 << 10
	maxUserInfo   = 256      // the user, and the password, of a URL
	longUser      = 20       // from here on the user of a URL is a token too
	sureValue     = 20       // a header's value that is no word
	maxToken      = 64 << 10 // what is masked of one token
)

const (
	upper  = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
	letter = upper + "abcdefghijklmnopqrstuvwxyz"
	digit  = "0123456789"
)

// charset is a set of bytes.
type charset [256]bool

func chars(members string) *charset {
	var set charset
	for _, c := range []byte(members) {
		set[c] = true
	}
	return &set
}

// run returns how many bytes at the start of p are in the set, at most limit.
func (set *charset) run(p []byte, limit int) int {
	n := 0
	for n < len(p) && n < limit && set[p[n]] {
		n++
	}
	return n
}

// eat is the rest of a token that goes on as long as its characters do.
func (set *charset) eat(p []byte, _ bool) (n int, next rest, unsure bool) {
	if n = set.run(p, len(p)); n == len(p) {
		next = set.eat
	}
	return n, next, false
}

// The sets never change.
var (
	alnum       = chars(letter + digit)
	word        = chars(letter + digit + "_")
	base64url   = chars(letter + digit + "-_")
	base64std   = chars(letter + digit + "+/=")
	gitlabChars = chars(letter + digit + "-_.")
	slackChars  = chars(letter + digit + "-")
	accessKey   = chars(upper + digit)
	credentials = chars(letter + digit + "-._~+/=|:%")
	userChars   = chars(letter + digit + "-._~!$&*+,;=%")
	schemeEnd   = chars(letter + digit + "+-._>})]*\"'")
	separators  = chars(" \t\"'\\:=,[(>")
	blanks      = chars(" \t")
)

// shapes is the list; it never changes.
var shapes = newShapeIndex([]shape{
	{name: "private-key", keyword: "-----BEGIN ", judge: judgePrivateKey},
	{name: "jwt", keyword: "eyJ", apart: base64url, judge: judgeJWT},
	{name: "aws-access-key", keyword: "AKIA", apart: alnum, judge: judgeAccessKey},
	{name: "aws-access-key", keyword: "ASIA", apart: alnum, judge: judgeAccessKey},
	{name: "aws-secret-key", keyword: "secret_access_key", apart: alnum, judge: judgeSecretKey},
	{name: "aws-secret-key", keyword: "SECRET_ACCESS_KEY", apart: alnum, judge: judgeSecretKey},
	{name: "aws-secret-key", keyword: "SecretAccessKey", judge: judgeSecretKey},
	{name: "github-token", keyword: "ghp_", apart: alnum, judge: atLeast(36, alnum)},
	{name: "github-token", keyword: "gho_", apart: alnum, judge: atLeast(36, alnum)},
	{name: "github-token", keyword: "ghu_", apart: alnum, judge: atLeast(36, alnum)},
	{name: "github-token", keyword: "ghs_", apart: alnum, judge: atLeast(36, alnum)},
	{name: "github-token", keyword: "ghr_", apart: alnum, judge: atLeast(36, alnum)},
	{name: "github-token", keyword: "github_pat_", apart: alnum, judge: atLeast(36, word)},
	{name: "gitlab-token", keyword: "glpat-", apart: alnum, judge: atLeast(20, gitlabChars)},
	{name: "slack-token", keyword: "xoxa-", apart: alnum, judge: atLeast(20, slackChars)},
	{name: "slack-token", keyword: "xoxb-", apart: alnum, judge: atLeast(20, slackChars)},
	{name: "slack-token", keyword: "xoxe-", apart: alnum, judge: atLeast(20, slackChars)},
	{name: "slack-token", keyword: "xoxo-", apart: alnum, judge: atLeast(20, slackChars)},
	{name: "slack-token", keyword: "xoxp-", apart: alnum, judge: atLeast(20, slackChars)},
	{name: "slack-token", keyword: "xoxr-", apart: alnum, judge: atLeast(20, slackChars)},
	{name: "slack-token", keyword: "xoxs-", apart: alnum, judge: atLeast(20, slackChars)},
	{name: "google-api-key", keyword: "AIza", apart: alnum, judge: atLeast(35, base64url)},
	{name: "stripe-key", keyword: "sk_live_", apart: alnum, judge: atLeast(16, alnum)},
	{name: "stripe-key", keyword: "rk_live_", apart: alnum, judge: atLeast(16, alnum)},
	{name: "npm-token", keyword: "npm_", apart: alnum, judge: atLeast(36, alnum)},
	{name: "authorization", keyword: "Authorization", apart: alnum, judge: judgeHeader},
	{name: "authorization", keyword: "authorization", apart: alnum, judge: judgeHeader},
	{name: "authorization", keyword: "AUTHORIZATION", apart: alnum, judge: judgeHeader},
	{name: "url-password", keyword: "//", schemed: true, judge: judgeURL},
})

// atLeast wants length bytes of the set after the keyword.
func atLeast(length int, set *charset) judge {
	return func(p []byte, keyword int, final bool) verdict {
		n := keyword + set.run(p[keyword:], length)
		if n == keyword+length {
			return verdict{to: n, rest: set.eat}
		}
		return verdict{unsure: n == len(p) && !final}
	}
}

func judgeAccessKey(p []byte, keyword int, final bool) verdict {
	length := keyword + 16
	n := accessKey.run(p, length)
	switch {
	case n == len(p) && !final:
		return verdict{unsure: true}
	case n < length || n < len(p) && word[p[n]]:
		return verdict{}
	}
	return verdict{to: n}
}

// judgeJWT wants three parts (RFC 7515), the first of which begins an object.
func judgeJWT(p []byte, _ int, final bool) verdict {
	header := base64url.run(p, maxJWTHeader)
	if header == len(p) {
		return verdict{unsure: !final}
	}
	if header < 12 || p[header] != '.' {
		return verdict{}
	}
	payload := base64url.run(p[header+1:], maxJWTPayload)
	end := header + 1 + payload
	if end == len(p) {
		return verdict{unsure: !final}
	}
	if payload < 4 || p[end] != '.' {
		return verdict{}
	}
	return verdict{to: end, rest: eatParts}
}

// eatParts takes a dot only when something follows it: else it ends a sentence.
func eatParts(p []byte, final bool) (n int, next rest, unsure bool) {
	for n < len(p) {
		switch {
		case base64url[p[n]]:
			n++
		case p[n] == '.' && n+1 < len(p) && base64url[p[n+1]]:
			n += 2
		case p[n] == '.' && n+1 == len(p) && !final:
			return n, eatParts, n == 0
		default:
			return n, nil, false
		}
	}
	return n, eatParts, false
}

// after skips the keyword and a short separator; 0 when there is none, -1 when
// more has to be seen.
func after(p []byte, keyword int, final bool) int {
	n := separators.run(p[keyword:], 8)
	switch {
	case keyword+n == len(p) && !final:
		return -1
	case n == 0:
		return 0
	}
	return keyword + n
}

func judgeSecretKey(p []byte, keyword int, final bool) verdict {
	const length = 40
	from := after(p, keyword, final)
	if from <= 0 {
		return verdict{unsure: from < 0}
	}
	n := base64std.run(p[from:], length+1)
	if from+n == len(p) && n <= length && !final {
		return verdict{unsure: true}
	}
	if n != length {
		return verdict{}
	}
	return verdict{from: from, to: from + n}
}

// judgeHeader masks the credentials of an Authorization header (RFC 9110, 11.6.2),
// in a request, a command line, or a dump of a data structure. Words are no
// credentials, so that a text about the header stays.
func judgeHeader(p []byte, keyword int, final bool) verdict {
	from := after(p, keyword, final)
	if from <= 0 {
		return verdict{unsure: from < 0}
	}
	scheme := alnum.run(p[from:], 16)
	known, possible := isScheme(p[from : from+scheme])
	from += scheme
	if from == len(p) && possible && !final {
		return verdict{unsure: true}
	}
	blank := blanks.run(p[from:], 4)
	if !known || blank == 0 {
		return verdict{}
	}
	from += blank
	n := credentials.run(p[from:], sureValue)
	to := from + n
	switch {
	case n == sureValue:
		return verdict{from: from, to: to, rest: credentials.eat}
	case to == len(p) && !final:
		return verdict{unsure: true}
	case n < MinLength || to < len(p) && (p[to] == ' ' || p[to-1] == '=') && isWord(p[from:to]):
		return verdict{}
	}
	return verdict{from: from, to: to}
}

// isScheme tells whether p is the name of a scheme, and whether it could become one.
func isScheme(p []byte) (known, possible bool) {
	for _, scheme := range []string{"bearer", "basic", "token", "apikey", "negotiate"} {
		if n := len(p); n <= len(scheme) && bytes.EqualFold(p, []byte(scheme)[:n]) {
			known, possible = known || n == len(scheme), true
		}
	}
	return known, possible
}

// isWord tells whether p could stand in a sentence: no digit, and no capital but
// the first.
func isWord(p []byte) bool {
	return bytes.IndexFunc(p[1:], func(r rune) bool { return r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' }) < 0
}

// judgeURL masks the password of a URL; a long user as well, which is a token. A
// variable in place of the password is none.
func judgeURL(p []byte, keyword int, final bool) verdict {
	user := userChars.run(p[keyword:], maxUserInfo)
	colon := keyword + user
	if colon == len(p) && user < maxUserInfo {
		return verdict{unsure: !final}
	}
	if user == maxUserInfo || p[colon] != ':' {
		return verdict{}
	}
	from, to := colon+1, colon+1
	for to < len(p) && to-from < maxUserInfo && (userChars[p[to]] || p[to] == ':') {
		to++
	}
	if to == len(p) && to-from < maxUserInfo {
		return verdict{unsure: !final && (to == from || p[from] != '$')}
	}
	if to == from || to-from == maxUserInfo || p[to] != '@' || p[from] == '$' {
		return verdict{}
	}
	if user >= longUser {
		from = keyword
	}
	return verdict{from: from, to: to}
}
