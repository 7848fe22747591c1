package runbooks

import (
	"path"
	"strings"

	"mvdan.cc/sh/v3/syntax"
)

// wrapper is a command that starts another one, whose words follow its own.
type wrapper struct {
	words   int             // of its own, besides options, before the other's
	valued  map[string]bool // its options that take a value
	assigns bool            // NAME=value may stand before the other command
}

var wrappers = map[string]wrapper{
	"sudo":    {valued: wordSet("-u -g -h -p -C -D -R -r -t -T -U --user --group --host --prompt --chdir --chroot --role --type"), assigns: true},
	"doas":    {valued: wordSet("-u -C")},
	"env":     {valued: wordSet("-u -C --unset --chdir"), assigns: true},
	"time":    {valued: wordSet("-f -o --format --output")},
	"nohup":   {},
	"exec":    {valued: wordSet("-a")},
	"command": {},
	"builtin": {},
	"xargs":   {valued: wordSet("-n -I -P -L -s -d -E -a --max-args --max-procs --max-lines --delimiter --arg-file")},
	"timeout": {words: 1, valued: wordSet("-s -k --signal --kill-after")},
	"nice":    {valued: wordSet("-n --adjustment")},
	"ionice":  {valued: wordSet("-c -n --class --classdata")},
	"setsid":  {},
	"stdbuf":  {valued: wordSet("-i -o -e --input --output --error")},
	"watch":   {valued: wordSet("-n --interval")},
	"chroot":  {words: 1},
	"flock":   {words: 1, valued: wordSet("-w -E --timeout --conflict-exit-code")},
}

// unwrapped returns the words of a call from the program that does the work, and
// whether xargs gives it its arguments.
func unwrapped(words []*syntax.Word) (rest []*syntax.Word, many bool) {
	if _, wraps := wrappers[path.Base(argumentOf(words[0]).text)]; !wraps {
		return words, false
	}
	texts := make([]string, len(words))
	for i, w := range words {
		texts[i] = argumentOf(w).text
	}
	at, many := unwrap(texts)
	return words[at:], many
}

// unwrap is unwrapped for words as text. It returns the place of the program's name.
func unwrap(words []string) (at int, many bool) {
	for at < len(words)-1 {
		name := path.Base(words[at])
		w, ok := wrappers[name]
		if !ok {
			break
		}
		many = many || name == "xargs"
		at += 1 + w.own(words[at+1:])
	}
	return at, many
}

// own returns how many of the words behind a wrapper's name are not of the command that
// it starts. One at least is.
func (w wrapper) own(words []string) int {
	i, skip := 0, w.words
	for i < len(words)-1 {
		switch text := words[i]; {
		case w.valued[text] && i+2 < len(words):
			i += 2
		case strings.HasPrefix(text, "-"), w.assigns && isAssignment(text):
			i++
		case skip > 0:
			skip--
			i++
		default:
			return i
		}
	}
	return i
}

func isAssignment(word string) bool {
	name := nameLength(word)
	return name > 0 && name < len(word) && word[name] == '='
}
