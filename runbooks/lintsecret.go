package runbooks

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"mvdan.cc/sh/v3/syntax"
)

const (
	secretWritten = "the value of %s stands in the text"
	secretHint    = "replace it, declare the name in secrets, and change the secret: whoever read the text has it"
)

// writtenSecrets finds secrets whose value stands in a script: in assignments, and
// where programs take a password.
func (l *linter) writtenSecrets(a *placedAction, t *shellText) {
	syntax.Walk(t.file, func(n syntax.Node) bool {
		assign, ok := n.(*syntax.Assign)
		if !ok || assign.Name == nil || assign.Value == nil || !namesSecret(assign.Name.Value) {
			return true
		}
		value := argumentOf(assign.Value)
		if value.dynamic || !looksSecret(value.text) {
			return true
		}
		s, _ := l.at(a, assign.Pos())
		l.report(SeverityWarning, "secret-in-text", s, fmt.Sprintf(secretWritten, assign.Name.Value), secretHint)
		return true
	})
	for _, c := range t.calls {
		for i, arg := range c.args {
			if what := passwordIn(c, i); what != "" && !arg.dynamic {
				s, _ := l.at(a, c.words[i].Pos())
				l.report(SeverityWarning, "secret-in-text", s, fmt.Sprintf(secretWritten, what), secretHint)
			}
		}
	}
}

// passwordIn names the password that an argument of a command holds, "" when it
// holds none.
func passwordIn(c shellCall, i int) string {
	text := c.args[i].text
	user := func(pair string) string {
		if _, password, ok := strings.Cut(pair, ":"); ok && looksSecret(password) {
			return "a password of " + c.name
		}
		return ""
	}
	switch c.name {
	case "curl", "wget":
		if pair, ok := strings.CutPrefix(text, "--user="); ok {
			return user(pair)
		}
		if i > 0 && (c.args[i-1].text == "--user" || c.name == "curl" && strings.HasPrefix(c.args[i-1].text, "-") && !strings.HasPrefix(c.args[i-1].text, "--") && strings.HasSuffix(c.args[i-1].text, "u")) {
			return user(text)
		}
	case "mysql", "mysqldump", "mysqladmin", "mariadb":
		if value, ok := strings.CutPrefix(text, "-p"); ok && looksSecret(value) {
			return "-p"
		}
	case "redis-cli":
		if i > 0 && c.args[i-1].text == "-a" && looksSecret(text) {
			return "-a"
		}
	case "sshpass":
		if value, ok := strings.CutPrefix(text, "-p"); ok && looksSecret(value) {
			return "-p"
		}
	}
	return ""
}

// namesSecret recognises names whose value nobody should read. KEY at the end of
// another word is none: MONKEY.
func namesSecret(name string) bool {
	if upper := strings.ToUpper(name); strings.HasSuffix(upper, "KEY") && upper != "KEY" && !strings.HasSuffix(upper, "_KEY") && !strings.HasSuffix(upper, "APIKEY") {
		return false
	}
	return secretName(name)
}

// placeholders of secrets that people write into texts.
var madeUpSecrets = newLexicon([]row{{"xxx*, change*, example*, your*, my*, password*, passw*, secret*, token*, test*, dummy, fake, sample, todo, placeholder, redacted, foo*, bar, abc*, value, here", "ejemplo*, tu, contrasena, secreto", "exemplo*, senha", "exemple*"}})

// looksSecret tells a value from what only stands for one.
func looksSecret(s string) bool {
	if len(s) < 8 || strings.ContainsAny(s, "<>{}$ /.()[]*") || madeUpSecrets.in(wordsOf(s)) {
		return false
	}
	return strings.ContainsAny(s, "0123456789") && strings.ContainsAny(strings.ToLower(s), "abcdefghijklmnopqrstuvwxyz")
}

// secretMember matches what gives a secret its value in prose, in configuration, in
// headers, in JSON and in most languages: a name, : or =, and the value.
var secretMember = lazily(`(?i)(?:^|[^a-z0-9])((?:[a-z0-9]+[_-])*(?:password|passwd|passphrase|secret|token|api[_-]?key|access[_-]?key|contraseña|senha))["']?\s*(?:[:=]\s*|\s+is\s+)["'` + "`" + `]?([^\s"'` + "`" + `,;]{8,128})`)

// secretFlag matches an option that takes a secret.
var secretFlag = lazily(`(?i)(?:^|\s)(--(?:[a-z0-9]+-)*(?:password|passwd|secret|token|api-key))[= ]["']?([^\s"'` + "`" + `,;]{8,128})`)

// textSecrets finds secrets that stand anywhere in the text, the front matter
// included; what a script's own check found is not said again.
func (l *linter) textSecrets() {
	for i, line := range l.src.lines {
		if !mayNameSecret(line) {
			continue
		}
		for _, form := range []*regexp.Regexp{secretFlag(), secretMember()} {
			for _, m := range form.FindAllStringSubmatchIndex(line, -1) {
				if name, value := line[m[2]:m[3]], line[m[4]:m[5]]; looksSecret(value) && !l.saysSecret(i+1) {
					l.report(SeverityWarning, "secret-in-text", spot{i + 1, m[2]}, fmt.Sprintf(secretWritten, name), secretHint)
				}
			}
		}
	}
	for _, p := range l.fm.params {
		if namesSecret(p.Name) && looksSecret(p.Default) {
			l.findings = append(l.findings, Finding{Diagnostic: Diagnostic{SeverityWarning, "secret-in-text", p.Line, p.column, fmt.Sprintf(secretWritten, p.Name), secretHint}})
		}
	}
	for _, name := range sortedKeys(l.fm.env) {
		if namesSecret(name) && looksSecret(l.fm.env[name]) {
			at := l.fm.envMarks[name]
			l.findings = append(l.findings, Finding{Diagnostic: Diagnostic{SeverityWarning, "secret-in-text", at.line, at.column, fmt.Sprintf(secretWritten, name), secretHint}})
		}
	}
}

var secretHints = []string{"pass", "secret", "token", "key", "contrase", "senha"}

// mayNameSecret is a cheap look: most lines hold none of the words.
func mayNameSecret(line string) bool {
	if !strings.ContainsAny(line, ":=-") && !strings.Contains(line, " is ") {
		return false
	}
	line = strings.ToLower(line)
	return slices.ContainsFunc(secretHints, func(word string) bool { return strings.Contains(line, word) })
}

func (l *linter) saysSecret(line int) bool {
	return slices.ContainsFunc(l.findings, func(f Finding) bool { return f.Code == "secret-in-text" && f.Line == line })
}
