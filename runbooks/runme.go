package runbooks

import (
	"fmt"
	"path"
	"slices"
	"strconv"
	"strings"
)

// What runbooks written for Runme say, in its own words
// (https://docs.runme.dev/configuration/cell-level).

// keptAttributes mean something to Runme and nothing here.
var keptAttributes = wordSet(`category tag tags closeTerminalOnSuccess openTerminalOnError mimeType terminalRows id transform ignore`)

// runmeAttributes are honoured besides our own.
var runmeAttributes = wordSet(`background excludeFromRunAll promptEnv interpreter`)

// runme reads Runme's attributes and what the front matter says for all blocks.
func (d *declaring) runme(fm frontMatter) {
	a := d.a
	if a.Kind != KindShell {
		return
	}
	command := a.Attrs["interpreter"]
	if command == "" && isShellLang(a.Lang) {
		command = fm.shell
	}
	var dropped []string
	a.Settings.Interpreter, dropped = program(command)
	d.interpreted(dropped)
	a.Settings.Apart = d.bool("excludeFromRunAll")
	d.bool("background") // says what is wrong with it
	d.prompts = !fm.skipPrompts && !slices.Contains([]string{"false", "no", "0"}, strings.ToLower(a.Attrs["promptEnv"]))
}

// inBackground reports whether the author says that a block goes on until somebody
// stops it.
func (a *Action) inBackground() bool {
	return a.Kind == KindShell && isTrue(a.Attrs["background"])
}

// isTrue takes what Runme takes: the spellings of strconv.ParseBool.
func isTrue(value string) bool {
	if value == "" {
		return false // its error would cost something, and most attributes are not there
	}
	yes, err := strconv.ParseBool(value)
	return err == nil && yes
}

// interpreters are the programs, and the languages, that scripts can be run by.
var interpreters = wordSet(strings.Join(slices.Concat(shellWords, scriptWords, consoleWords), " ") + " sh-session fish lua nodejs pl azurecli azurecli-interactive")

// interpreted says what of the interpreter that a block asks for it does not get.
func (d *declaring) interpreted(dropped []string) {
	name := d.a.Settings.Interpreter
	known := interpreters[strings.ToLower(name)]
	var message, hint string
	switch {
	case name == "" || known && len(dropped) == 0:
		return
	case known:
		message, hint = fmt.Sprintf("%s is run without %s", name, strings.Join(dropped, " ")), "set them in the block: set -e"
	default:
		message, hint = fmt.Sprintf("nothing here runs a block by %q: it is refused", name), "name a program alone, such as bash or python3, and call sudo and env in the block"
	}
	repeats := func(n Diagnostic) bool { return n.Code == "interpreter" && n.Message == message }
	if d.a.Attrs["interpreter"] == "" && slices.ContainsFunc(d.f.notes, repeats) {
		return // the front matter said it for all blocks
	}
	s := d.spotOf("interpreter")
	severity := SeverityWarning
	if known {
		severity = SeverityInfo
	}
	d.f.add(severity, "interpreter", s.line, d.src.column(s.line, s.at), message, hint)
}

// program returns the name of an interpreter given as a command line, and its options,
// which are not passed on. What runs it in another environment or account, or would do
// something else than run the script, is no program here: the whole line is returned, which
// is the name of none.
func program(command string) (name string, dropped []string) {
	fields := strings.Fields(command)
	words := fields
	if len(words) > 1 && path.Base(words[0]) == "env" {
		for words = words[1:]; len(words) > 1 && (words[0] == "-S" || words[0] == "--split-string" || words[0] == "--"); {
			words = words[1:]
		}
	}
	if len(words) == 0 {
		return "", nil
	}
	name = path.Base(words[0])
	for i, word := range words[1:] {
		ofOption := shellOptions[word] && isShellLang(name) && words[i][0] == '-' && strings.HasSuffix(words[i], "o")
		if !ofOption && !droppable(name, word) {
			return strings.Join(fields, " "), nil
		}
	}
	if words[0] != strings.TrimLeft(words[0], "-") || strings.ContainsAny(words[0], `='"`) {
		return strings.Join(fields, " "), nil
	}
	return name, words[1:]
}

// shellOptions are the values of -o without which a script does the same, or goes on
// where it should end.
var shellOptions = wordSet("pipefail errexit nounset xtrace")

// droppable reports whether an interpreter without an option still runs the script: with
// bash -n it would not have, and python -m x is another one.
func droppable(name, option string) bool {
	letters, short := strings.CutPrefix(option, "-")
	switch {
	case !short || letters == "":
		return false
	case isShellLang(name):
		return slices.Contains([]string{"--login", "--norc", "--noprofile", "--posix"}, option) || strings.Trim(letters, "euxvlio") == ""
	}
	return strings.Trim(letters, "uBEIOsSqwW") == ""
}

// exportPrompt matches an export whose value is a message and no value: several
// words without quotes.
var exportPrompt = lazily(`(?m)^[ \t]*export[ \t]+([A-Za-z_]\w*)=([A-Za-z][\w'’.,:?!()/-]*(?:[ \t]+[\w'’.,:?!()/-]+)+)[ \t]*$`)

// exportPrompts finds the variables that a script exports a message for, as blanks
// that stand for the whole message.
func exportPrompts(code string) []placeholder {
	if !strings.Contains(code, "export") {
		return nil
	}
	var list []placeholder
	for _, m := range exportPrompt().FindAllStringSubmatchIndex(code, -1) {
		words := strings.Fields(code[m[4]:m[5]])
		// export A=b C exports C too: names are no message.
		if !slices.ContainsFunc(words[1:], func(w string) bool { return w != strings.ToUpper(w) }) {
			continue
		}
		list = append(list, placeholder{start: m[4], end: m[5], text: code[m[4]:m[5]], name: code[m[2]:m[3]]})
	}
	return list
}

// keepAttribute notes an attribute of another tool that has no effect.
func (d *declaring) keepAttribute(key string, at spot) {
	d.f.add(SeverityInfo, "kept-attribute", at.line, d.src.column(at.line, at.at), fmt.Sprintf("the attribute %q is kept, and does nothing here", key), "")
}
