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
	ofShell := isShellLang(a.Lang)
	switch value := a.Attrs["interpreter"]; {
	case value != "":
		a.Settings.Interpreter = program(value)
	case fm.shell != "" && ofShell:
		a.Settings.Interpreter = program(fm.shell)
	}
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

// program returns the name of an interpreter given as a command line: its flags
// are not passed on.
func program(command string) string {
	fields := strings.Fields(command)
	if len(fields) == 0 {
		return ""
	}
	if base := path.Base(fields[0]); base != "env" || len(fields) == 1 {
		return base
	}
	return path.Base(fields[1])
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
