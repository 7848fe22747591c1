package runbooks

import (
	"fmt"
	"strings"
)

// maxArguments bounds the positional parameters that are found in a script.
const maxArguments = 20

// arguments finds the positional parameters of a script without args of its own:
// X=$1 names the first one X, and the usage line's name becomes its label.
func (r *resolver) arguments(a *placedAction) {
	s := a.script
	if len(s.positional) == 0 || len(a.Settings.Args) > 0 {
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
