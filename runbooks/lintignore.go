package runbooks

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/goccy/go-yaml/ast"
)

// What an author wants nothing said of: codes in the front matter for the whole
// text, and in a directive or the attributes of a fence for what they stand on.
// Errors are never left out, and what leaves nothing out is itself a finding, so
// that none outlives its reason.

// keyIgnore is the member, the directive and the attribute.
const keyIgnore = "lint-ignore"

// ignore is one code that nothing is to be said of in some lines.
type ignore struct {
	code     string
	at       mark
	from, to int // lines; to = 0 is the end of the text
	level    int // of the heading whose section it is, 0 otherwise

	used    bool
	refused bool // what it names is an error
}

func (i *ignore) covers(d Diagnostic) bool {
	return i.code == d.Code && d.Line >= i.from && (i.to == 0 || d.Line <= i.to)
}

// codesOf returns the codes that one text names.
func codesOf(text string) []string {
	codes := strings.FieldsFunc(text, func(r rune) bool { return r == ' ' || r == '\t' || r == ',' })
	if len(codes) == 0 {
		return []string{""}
	}
	return codes
}

// splitIgnores takes what concerns lint alone out of a list of attributes: it must
// not make an action, or a step, of what it stands on.
func splitIgnores(list []attribute) (attrs, ignores []attribute) {
	if !slices.ContainsFunc(list, isIgnore) {
		return list, nil
	}
	for _, a := range list {
		if isIgnore(a) {
			ignores = append(ignores, a)
		} else {
			attrs = append(attrs, a)
		}
	}
	return attrs, ignores
}

func isIgnore(a attribute) bool { return a.key == keyIgnore }

// takeIgnores notes what a block's directives and attributes say for lint, and
// leaves it those that say more.
func (c *converter) takeIgnores(b *block) {
	level := 0
	if b.kind == blockHeading {
		level = int(b.level)
	}
	add := func(a attribute, line, at int) {
		for _, code := range codesOf(a.value) {
			c.src.ignores = append(c.src.ignores, ignore{code: code, at: mark{line, c.src.column(line, at)}, from: min(line, b.line), to: b.last, level: level})
		}
	}
	if b.kind == blockCode && strings.Contains(b.info, keyIgnore) {
		in, _ := readInfo(b.info) // what is wrong with it is said elsewhere
		for _, a := range in.attrs {
			if isIgnore(a) {
				add(a, b.line, b.infoAt+a.at)
			}
		}
	}
	b.notes = slices.DeleteFunc(b.notes, func(d directive) bool {
		for _, a := range d.ignores {
			add(a, d.line, a.at)
		}
		return len(d.ignores) > 0 && len(d.attrs) == 0
	})
}

// ignores reads the member of the front matter: a list, or one code.
func (y *yamlReader) ignores(value ast.Node) []ignore {
	if text, ok := scalar(value); ok {
		return y.ignored(value, text)
	}
	var list []ignore
	for _, item := range y.items(value, keyIgnore) {
		list = append(list, y.ignored(item, y.string(item, "each of "+keyIgnore))...)
	}
	return list
}

func (y *yamlReader) ignored(at ast.Node, text string) (list []ignore) {
	for _, code := range codesOf(text) {
		list = append(list, ignore{code: code, at: y.mark(at)})
	}
	return list
}

// gatherIgnores lines up everything that is to be left out.
func (l *linter) gatherIgnores() {
	l.ignores = slices.Concat(l.fm.ignores, l.src.ignores)
	for i := range l.ignores {
		ig := &l.ignores[i]
		if ig.level == 0 {
			continue
		}
		heading := ig.to // its last line
		ig.to = 0
		for _, s := range l.sections {
			if !s.root && s.Line > heading && s.Level <= ig.level {
				ig.to = s.Line - 1
				break
			}
		}
	}
}

// isIgnored reports whether nothing is to be said of a line with that code.
func (l *linter) isIgnored(code string, line int) bool {
	return slices.ContainsFunc(l.ignores, func(i ignore) bool { return i.covers(Diagnostic{Code: code, Line: line}) })
}

// leaveOut marks the findings that are not to be told.
func (l *linter) leaveOut() {
	for n := range l.findings {
		f := &l.findings[n]
		if f.Ignored != nil {
			continue
		}
		for i := range l.ignores {
			ig := &l.ignores[i]
			if !ig.covers(f.Diagnostic) {
				continue
			}
			if f.Severity == SeverityError {
				ig.refused = true
				continue
			}
			ig.used = true
			if f.Ignored == nil {
				f.Ignored = &Ignored{Line: ig.at.line, Column: ig.at.column}
			}
		}
	}
}

// lintIgnores finds what leaves nothing out.
func (l *linter) lintIgnores() {
	var codes []string
	for _, r := range rules {
		codes = append(codes, r.Code)
	}
	for _, ig := range l.ignores {
		d := Diagnostic{Severity: SeverityWarning, Line: ig.at.line, Column: ig.at.column}
		switch {
		case !slices.Contains(codes, ig.code):
			d.Code, d.Message = "unknown-code", fmt.Sprintf("%s=%q is no code of lint", keyIgnore, ig.code)
			d.Hint = cmp.Or(didYouMean(ig.code, codes), "the codes stand in brackets behind what lint says")
		case ig.refused && !ig.used:
			d.Code, d.Message, d.Hint = "unused-ignore", fmt.Sprintf("%s is an error here, and errors cannot be ignored", ig.code), "correct what it names"
		case ig.used || l.depends(ig.code):
			continue
		default:
			d.Code, d.Message, d.Hint = "unused-ignore", fmt.Sprintf("there is no %s here to be ignored", ig.code), "remove it"
		}
		l.findings = append(l.findings, Finding{Diagnostic: d})
	}
}

// depends reports whether what a code tells depends on more than the text, and was
// not looked for, or may come with time: then nobody can say that it is not needed.
func (l *linter) depends(code string) bool {
	switch code {
	case "review-overdue":
		return true
	case "shellcheck":
		return l.around.CheckShell == nil
	case "broken-link", "broken-anchor":
		return l.around.Read == nil
	}
	return false
}
