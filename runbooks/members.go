package runbooks

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/goccy/go-yaml/ast"
)

var memberNames = []string{"title", "lang", "summary", "review-after", "params", "secrets", "env", "hosts", "roles", "targets", "shell", "cwd", "skipPrompts", keyIgnore}

var paramMembers = []string{"name", "label", "note", "pattern", "type", "options", "default", "example", "required"}

var roleMembers = []string{"id", "title", "holder"}

// member reads one member of the front matter.
func (y *yamlReader) member(fm *frontMatter, key string, at, value ast.Node) {
	switch key {
	case "title":
		fm.title = strings.TrimSpace(y.string(value, key))
	case "lang":
		fm.lang = y.string(value, key)
	case "summary":
		fm.summary = strings.TrimSpace(y.string(value, key))
	case "review-after":
		fm.reviewAfter = y.duration(value, key)
		fm.reviewLine, _ = y.place(at)
	case "params":
		for _, item := range y.items(value, key) {
			fm.params = append(fm.params, y.param(item))
		}
	case "secrets":
		for _, item := range y.items(value, key) {
			name := y.string(item, "each of "+key)
			y.checkName(item, "secret", name, fm.secrets)
			fm.secrets, fm.secretMarks = append(fm.secrets, name), append(fm.secretMarks, y.mark(item))
		}
	case "env":
		y.each(value, key, func(name string, at, v ast.Node) {
			y.checkName(at, "env", name, nil)
			fm.env[name], fm.envMarks[name] = y.string(v, "env "+name), y.mark(at)
		})
	case "shell":
		fm.shell = y.string(value, key)
	case "cwd":
		fm.cwd = y.string(value, key)
	case "skipPrompts":
		fm.skipPrompts = y.bool(value, key)
	case keyIgnore:
		fm.ignores = y.ignores(value)
	case "hosts":
		fm.hosts, fm.hostsMark = y.strings(value, key), y.mark(value)
	case "roles":
		for _, item := range y.items(value, key) {
			fm.roles = append(fm.roles, declaredRole{y.role(item), y.mark(item)})
		}
	case "targets":
		y.each(value, key, func(name string, at, v ast.Node) {
			phase, ok := parsePhase(name)
			if !ok || phase == PhaseNone {
				line, col := y.place(at)
				y.f.fatal("front-matter", line, col, fmt.Sprintf("targets: unknown phase %q", name), orList(didYouMean(name, phaseNames()), phaseNames()[1:]))
				return
			}
			fm.targets[phase] = y.duration(v, "targets "+name)
		})
	default:
		y.unknown(at, key, memberNames)
	}
}

func orList(hint string, names []string) string {
	if hint != "" {
		return hint
	}
	if len(names) == 0 {
		return ""
	}
	return "one of " + strings.Join(names, ", ")
}

// unknown notes a member that no one reads; a near miss is worth a warning.
func (y *yamlReader) unknown(at ast.Node, key string, known []string) {
	line, col := y.place(at)
	hint := didYouMean(key, known)
	severity := SeverityInfo
	if hint != "" {
		severity = SeverityWarning
	}
	y.f.add(severity, "unknown-member", line, col, fmt.Sprintf("unknown member %q of the front matter", key), hint)
}

func (y *yamlReader) param(n ast.Node) Param {
	p := Param{Required: true, Origin: OriginFrontMatter, Options: []string{}}
	p.Line, p.column = y.place(n)
	required, misspelt := ast.Node(nil), ""
	y.each(n, "a parameter", func(key string, at, value ast.Node) {
		switch key {
		case "name":
			p.Name = y.string(value, "name")
			p.Line, p.column = y.place(value)
		case "label":
			p.Label = y.string(value, key)
		case "note":
			p.Note = y.string(value, key)
		case "pattern":
			p.Pattern = y.string(value, key)
			y.checkPattern(value, p.Pattern)
		case "type":
			kind := y.string(value, key)
			p.FreeText = kind == "text"
			if !p.FreeText {
				line, col := y.place(value)
				y.f.add(SeverityWarning, "unknown-type", line, col, fmt.Sprintf("unknown parameter type %q", kind), "only text is known; leave it out otherwise")
			}
		case "options":
			p.Options = y.strings(value, key)
		case "default":
			p.Default = y.string(value, key)
		case "example":
			p.Example = y.string(value, key)
		case "required":
			required = value
		default:
			y.unknown(at, key, paramMembers)
			if nearest(key, paramMembers) == "name" {
				misspelt = key
			}
		}
	})
	p.Required = p.Default == ""
	if required != nil {
		p.Required = y.bool(required, "required")
	}
	if p.Label == "" {
		p.Label = p.Name
	}
	if p.Name == "" {
		y.f.fatal("front-matter", p.Line, p.column, "a parameter has no name", cmp.Or(didYouMean(misspelt, []string{"name"}), "write {name: NAME}"))
	} else {
		y.checkNameAt(mark{p.Line, p.column}, "parameter", p.Name, nil)
	}
	return p
}

func (y *yamlReader) checkPattern(n ast.Node, pattern string) {
	if err := compiles(pattern); err != nil {
		line, col := y.place(n)
		y.f.add(SeverityError, "bad-pattern", line, col, fmt.Sprintf("the pattern is not a regular expression: %v", err), "patterns are RE2: no look-around, no back-references")
	}
}

// checkName lints a name that will be one of the environment.
func (y *yamlReader) checkName(n ast.Node, what, name string, before []string) {
	y.checkNameAt(y.mark(n), what, name, before)
}

func (y *yamlReader) checkNameAt(at mark, what, name string, before []string) {
	line, col := at.line, at.column
	switch {
	case !validName(name):
		y.f.add(SeverityError, "invalid-name", line, col, fmt.Sprintf("%s %q cannot be the name of a variable", what, name), "use letters, digits and _")
	case refusedName(name):
		y.f.add(SeverityError, "refused-name", line, col, fmt.Sprintf("%s %q would change how the shell itself works", what, name), "choose another name")
	case slices.Contains(before, name):
		y.f.add(SeverityError, "duplicate-name", line, col, fmt.Sprintf("%s %q is declared twice", what, name), "remove one of them")
	}
}

func (y *yamlReader) role(n ast.Node) Role {
	var r Role
	y.each(n, "a role", func(key string, at, value ast.Node) {
		switch key {
		case "id":
			r.ID = y.string(value, key)
		case "title":
			r.Title = y.string(value, key)
		case "holder":
			r.Holder = y.string(value, key)
		default:
			y.unknown(at, key, roleMembers)
		}
	})
	if r.ID == "" {
		r.ID = slug(r.Title)
	}
	if r.ID == "" {
		y.refuse(n, "a role has neither id nor title")
	}
	if r.Title == "" {
		r.Title = r.ID
	}
	return r
}

// maxName bounds the name of a variable, in bytes.
const maxName = 128

// validName reports whether s can be the name of a variable.
func validName(s string) bool {
	return s != "" && len(s) <= maxName && nameLength(s) == len(s)
}

// refusedNames are variables through which a value would become behaviour: of the
// shell, the loader, or the tools that every script uses.
var refusedNames = []string{
	"PATH", "IFS", "ENV", "HOME", "SHELL", "USER", "LOGNAME", "PWD", "OLDPWD", "TMPDIR", "CDPATH", "FPATH", "TERM", "TZ", "PS1", "PS2", "PS3", "PS4", "PROMPT_COMMAND",
	"SHELLOPTS", "BASHOPTS", "GLOBIGNORE", "POSIXLY_CORRECT", "FIGNORE", "HOSTFILE", "INPUTRC", "EDITOR", "VISUAL", "PAGER", "BROWSER", "UID", "EUID",
	"PPID", "GIT_PAGER", "GIT_EDITOR", "GIT_SEQUENCE_EDITOR", "GIT_DIR", "GIT_WORK_TREE", "GIT_EXEC_PATH", "GIT_EXTERNAL_DIFF", "GIT_ASKPASS",
	"GIT_PROXY_COMMAND", "GIT_TEMPLATE_DIR", "SSH_ASKPASS", "NODE_OPTIONS", "PYTHONPATH", "PYTHONSTARTUP", "PYTHONHOME", "PERL5LIB", "PERL5OPT", "RUBYLIB", "RUBYOPT", "JAVA_TOOL_OPTIONS", "ZDOTDIR",
}

var refusedPrefixes = []string{"BASH_", "LD_", "DYLD_", "GIT_CONFIG", "GIT_SSH", "LC_", "MALLOC_", "GLIBC_"}

// refusedName reports whether a parameter must not be called so.
func refusedName(name string) bool {
	return slices.Contains(refusedNames, name) || slices.ContainsFunc(refusedPrefixes, func(p string) bool { return strings.HasPrefix(name, p) })
}

// slug makes an id of a title: folded words joined by dashes.
func slug(s string) string { return strings.Join(wordsOf(s), "-") }
