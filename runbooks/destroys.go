package runbooks

import (
	"net/http"
	"slices"
	"strings"

	"mvdan.cc/sh/v3/syntax"
)

// LooksDestructive names the command by which an action destroys something although its
// runbook does not say what the action may change, as in "rm -r". It returns false where
// an effect is declared, which is taken at its word, and where nothing of the kind is
// found: a script can destroy in ways that no list holds. The text is read, never run;
// that takes longer than parsing did, so a caller asks once and keeps the answer.
func (a *Action) LooksDestructive() (what string, yes bool) {
	if a.Declared || a.Effect == EffectRead {
		return "", false // what was inferred to read holds nothing that is on the list
	}
	switch {
	case a.Kind == KindHTTP && httpMethod(a.Code) == http.MethodDelete:
		what = http.MethodDelete
	case a.isShell():
		what = destroysInShell(a.Script())
	case a.Kind == KindShell:
		what, _, _ = a.destroysInCode(a.Script())
	}
	return what, what != ""
}

// destroysInShell names what a script destroys with. One that is no valid shell is
// looked at word by word.
func destroysInShell(code string) string {
	if !mayDestroy(code) {
		return ""
	}
	t := readShellText(newShellReader(), code)
	if t.file == nil {
		t.byWords(code)
		t.nest()
	}
	what, _ := t.destroyer()
	return what
}

// bareNames takes away what can stand within the name of a program.
var bareNames = strings.NewReplacer(`'`, "", `"`, "", `\`, "")

// mayDestroy reports whether a script holds the name of a program that can destroy, or
// writes a file. Most do not, and need not be parsed.
func mayDestroy(code string) bool {
	if strings.Contains(code, ">") {
		return true
	}
	words := strings.FieldsFunc(bareNames.Replace(code), func(r rune) bool {
		return r >= 0x80 || r != '.' && r != '-' && !isWordByte(byte(r))
	})
	return slices.ContainsFunc(words, func(w string) bool {
		return otherDestroyers[w] || destroyers[w] || sqlClients[w] || verbsOf[w] != nil
	})
}

// otherDestroyers are the programs that only destructive itself knows.
var otherDestroyers = wordSet("git kubectl oc terraform tofu pulumi terragrunt docker docker-compose podman podman-compose aws rm find dd crontab truncate rsync gsutil curl " +
	"kafka-topics kafka-topics.sh kafka-consumer-groups kafka-consumer-groups.sh")

// destroyer names the first command of a script that cannot be taken back, "" when none
// looks like it, and where it stands.
func (t *shellText) destroyer() (what string, at syntax.Pos) {
	for _, c := range slices.Concat(t.calls, t.nested) {
		if what, at = destructive(c); what == "" {
			continue
		}
		if !at.IsValid() || c.nested {
			at = c.at
		}
		return what, at
	}
	return "", at
}
