package runbooks

import (
	"fmt"
	"regexp"
	"strings"
)

// maxArguments bounds the positional parameters that are found in a script.
const maxArguments = 20

// arguments finds the positional parameters of a script without args of its own:
// X=$1 names the first one X, and the usage line's name becomes its label.
func (r *resolver) arguments(a *placedAction) {
	s, ok := r.scripts[a.Action]
	if !ok || len(s.positional) == 0 || len(a.Settings.Args) > 0 {
		return
	}
	named := len(s.usage) > 0
	last := 0
	byPosition := map[int]positional{}
	for _, p := range s.positional {
		named = named || p.name != ""
		last = max(last, p.n)
		byPosition[p.n] = p
	}
	// A lone $1 without a name is more often a slip of awk's than an argument.
	if !named || last > maxArguments {
		return
	}
	for n := 1; n <= last; n++ {
		p := byPosition[n]
		label := ""
		if n <= len(s.usage) {
			label = s.usage[n-1]
		}
		name := p.name
		if name == "" {
			name = variableName(label)
		}
		if name == "" || refusedName(name) {
			name = fmt.Sprintf("arg%d", n)
		}
		if declared, ok := r.folded[strings.ToLower(name)]; ok {
			name = declared
		}
		a.Settings.Args = append(a.Settings.Args, name)
		if _, known := r.index[name]; known || r.secret[name] {
			continue
		}
		if label == "" {
			label = name
		}
		r.add(Param{Name: name, Label: label, Required: !p.optional, Default: p.fallback, Origin: OriginPositional, Line: a.Line})
	}
}

// variableName makes the name of a variable of a placeholder: pod-name becomes
// pod_name. It returns "" when that is not possible.
func variableName(s string) string {
	name := strings.Join(strings.FieldsFunc(s, func(c rune) bool {
		return c != '_' && (c < '0' || c > '9') && (c < 'a' || c > 'z') && (c < 'A' || c > 'Z')
	}), "_")
	if !validName(name) {
		return ""
	}
	return name
}

var placeholderForm = regexp.MustCompile(`(?:^|[^<\w])<([A-Za-z][A-Za-z0-9 _.-]{0,40}[A-Za-z0-9]|[A-Za-z])>|\b(YOUR_[A-Z0-9_]+)\b`)

// placeholders finds <pod> and YOUR_X in a script.
func (r *resolver) placeholders(a *placedAction) {
	if !strings.Contains(a.Code, "<") && !strings.Contains(a.Code, "YOUR_") {
		return
	}
	warned := false
	for _, m := range placeholderForm.FindAllStringSubmatchIndex(a.Code, -1) {
		text := ""
		if m[2] >= 0 {
			text = a.Code[m[2]:m[3]]
		} else if at := m[4]; at == 0 || a.Code[at-1] != '$' && a.Code[at-1] != '{' {
			text = a.Code[m[4]:m[5]]
		}
		name := variableName(text)
		if name == "" || htmlTags[strings.ToLower(text)] && strings.Contains(a.Code, "</") || refusedName(name) {
			continue
		}
		_, known := r.index[name]
		r.use(a.Action, name, OriginText)
		if i, ok := r.index[name]; ok && !known {
			r.rb.Params[i].Label = text
		}
		if !warned {
			line := a.Line + strings.Count(a.Code[:m[0]], "\n")
			r.warn("placeholder-in-script", line, 0, fmt.Sprintf("the placeholder %q is not replaced in a script", text), "write \"$"+name+"\"")
			warned = true
		}
	}
}
