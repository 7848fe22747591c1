package actions

import (
	"cmp"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"genia.ai/bitacora/runbooks"
)

// interpreter is how scripts of a language are run.
type interpreter struct {
	programs []string // the first that is there
	stdin    bool     // the script comes on standard input, not through a descriptor
	wrapped  bool     // a shell whose state is carried
}

// interpreterOf returns how to run a language, as named by an info string.
func interpreterOf(lang string) (interpreter, error) {
	lang = strings.ToLower(lang)
	if strings.HasPrefix(lang, "azurecli") { // of the documents of Azure: bash with az
		lang = "bash"
	}
	switch lang {
	case "", "sh", "bash", "shell", "console", "command", "terminal", "shell-session", "sh-session", "shellsession", "shellscript":
		return interpreter{programs: []string{"bash", "sh"}, wrapped: true}, nil
	case "zsh", "ksh", "dash", "fish", "php", "lua":
		return interpreter{programs: []string{lang}}, nil
	case "python", "python3", "py":
		return interpreter{programs: []string{"python3", "python"}}, nil
	case "ruby", "rb":
		return interpreter{programs: []string{"ruby"}}, nil
	case "perl", "pl":
		return interpreter{programs: []string{"perl"}}, nil
	case "node", "nodejs", "js", "javascript":
		// node resolves the name of its script to a file, which a pipe has not.
		return interpreter{programs: []string{"node", "nodejs"}, stdin: true}, nil
	}
	return interpreter{}, fmt.Errorf("there is no interpreter for %q; use sh, bash, zsh, python, ruby, perl, node or php", lang)
}

// shellPlan is a script with everything it is given.
type shellPlan struct {
	interpreter interpreter
	args        []string // positional parameters
	host        string   // where it runs over SSH, "" = here
	dir         string   // on the host, "" is where its sessions begin
	ownDir      bool     // cwd was given: the carried directory stays as it is
}

// planShell checks the values that a script is given. Which program runs it is
// looked up only when it does.
func planShell(v values) (shellPlan, error) {
	set := v.req.Action.Settings
	if set.Interactive && set.Host != "" {
		return shellPlan{}, errors.New("interactive=true and host= cannot stand together; run ssh in an interactive block, or run it there by hand and mark the step done")
	}
	interp, err := interpreterOf(cmp.Or(set.Interpreter, v.req.Action.Lang))
	if err == nil {
		err = checkInteractive(set, interp)
	}
	if err != nil && !v.invent {
		return shellPlan{}, err
	}
	plan := shellPlan{interpreter: interp}
	for _, name := range set.Args {
		value, ok := v.req.Params[name]
		if !ok {
			if value, err = v.missing(name); err != nil {
				return shellPlan{}, err
			}
		}
		if err := argument(name, value, slices.Contains(v.req.Dashed, name)); err != nil {
			return shellPlan{}, err
		}
		plan.args = append(plan.args, value)
	}
	if set.Host != "" {
		return plan, v.onHost(&plan)
	}
	plan.dir, plan.ownDir, err = v.directory(set.Cwd)
	return plan, err
}

// argument refuses what a command could take for one of its options, unless the
// author says that it may be one.
func argument(name, value string, dashed bool) error {
	switch {
	case strings.HasPrefix(value, "-") && !dashed:
		return &RefusedValueError{Name: name, Place: "an argument", Reason: "it begins with a dash, as an option does"}
	case strings.ContainsRune(value, 0):
		return &RefusedValueError{Name: name, Place: "an argument", Reason: "it holds a NUL"}
	}
	return nil
}

// directory is where a script runs: the cwd of its action, else where the last
// block ended, else the run's own.
func (v values) directory(cwd string) (dir string, own bool, err error) {
	dir = v.req.Dir
	if v.req.Shell != nil && v.req.Shell.Dir() != "" {
		dir = v.req.Shell.Dir()
	}
	if cwd == "" {
		return dir, false, nil
	}
	path, err := v.cwd(cwd)
	if err != nil {
		return "", false, err
	}
	if rest, ok := strings.CutPrefix(path, "~/"); ok && v.home != "" {
		path = filepath.Join(v.home, rest)
	}
	if !filepath.IsAbs(path) {
		path = filepath.Join(dir, path)
	}
	return filepath.Clean(path), true, nil
}

// cwd puts the values of a cwd in place.
func (v values) cwd(template string) (string, error) {
	return runbooks.Expand(template, v.encoded(func(name, value string) (string, error) {
		if _, ours := v.trusted(name); !ours && climbs(value) {
			return "", &RefusedValueError{Name: name, Place: "cwd", Reason: "it would lead to another directory"}
		}
		return oneLine("cwd")(name, value)
	}))
}

// preview shows the script as it stands: values never become part of it.
func (p shellPlan) preview(req Request) Preview {
	var shown []string
	uses := slices.Clone(req.Action.Uses)
	for i, value := range p.args {
		name := req.Action.Settings.Args[i]
		shown = append(shown, fmt.Sprintf("$%d %s=%s", i+1, name, value))
		uses = slices.DeleteFunc(uses, func(used string) bool { return used == name })
	}
	shown = append(shown, given(req, uses, req.Action.Secrets)...)
	where := p.dir
	if p.host != "" {
		where = p.whereOnHost()
	}
	preview := Preview{Command: strings.TrimSuffix(req.Action.Script(), "\n"), Where: where, Values: shown}
	if p.host == "" {
		return preview
	}
	return preview.withLands(req, p.hostFacts()...)
}
