package runbooks

import (
	"slices"
	"strings"

	"mvdan.cc/sh/v3/syntax"
)

// shellBuiltins are the commands that every shell brings along.
const shellBuiltins = " . : [ alias bg break builtin caller cd command compgen complete compopt continue declare dirs disown echo enable" +
	" eval exec exit export false fc fg getopts hash help history jobs kill let local logout mapfile popd printf pushd pwd read" +
	" readarray readonly return set shift shopt source suspend test times trap true type typeset ulimit umask unalias unset wait "

// Commands returns the programs of this machine that the runbook's shell actions
// call by name, in order of first use. A name that is only known when the script runs is not
// among them.
func (rb *Runbook) Commands() []string {
	var names []string
	known := map[string]bool{}
	for _, step := range rb.Sequence {
		names = stepCommands(names, known, step)
	}
	return names
}

func stepCommands(names []string, known map[string]bool, step *Step) []string {
	for _, action := range step.Actions {
		if action.Kind != KindShell {
			continue
		}
		called := []string{"ssh"} // what a block on another host calls is there
		if action.Settings.Host == "" {
			called = calledBy(action.Code)
		}
		for _, name := range called {
			if !known[name] {
				known[name], names = true, append(names, name)
			}
		}
	}
	for _, sub := range step.Substeps {
		names = stepCommands(names, known, sub)
	}
	return names
}

func calledBy(code string) []string {
	if len(code) > maxShellBytes {
		return nil
	}
	p, _, ok := readPlain(code)
	if !ok {
		return calledByAny(code)
	}
	return slices.DeleteFunc(p.called, ofTheShell)
}

// ofTheShell reports whether a name is of no program that is looked for.
func ofTheShell(name string) bool {
	return name == "" || strings.ContainsRune(name, '/') || strings.Contains(shellBuiltins, " "+name+" ")
}

// calledByAny is calledBy for every script that the parser of shells can read.
func calledByAny(code string) []string {
	file := parseShell(code)
	if file == nil {
		return nil
	}
	var called []string
	functions := map[string]bool{}
	syntax.Walk(file, func(n syntax.Node) bool {
		switch n := n.(type) {
		case *syntax.FuncDecl:
			if n.Name != nil {
				functions[n.Name.Value] = true
			}
		case *syntax.CallExpr:
			if len(n.Args) > 0 {
				called = append(called, n.Args[0].Lit())
			}
		}
		return true
	})
	return slices.DeleteFunc(called, func(name string) bool {
		return functions[name] || ofTheShell(name)
	})
}
