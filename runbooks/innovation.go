package runbooks

import (
	"strings"
)

// What executable documents of the Innovation Engine hold besides
// expected_similarity (https://github.com/Azure/InnovationEngine).

// variableLine is a line of a block of variables: export NAME=value.
var variableLine = lazily(`^(?:export\s+)?([A-Za-z_][A-Za-z0-9_]*)=(.*)$`)

// takeVariables reads the blocks of variables that stand in comments, before
// comments are taken out:
//
//	<!--
//	```variables
//	export NAME=value
//	```
//	-->
func (s *source) takeVariables() {
	comment, inside := false, false
	var code fence
	for i, line := range s.lines {
		t := strings.TrimSpace(line)
		switch {
		case !comment:
			if !code.next(line, i+1) && strings.HasPrefix(t, "<!--") && !strings.Contains(t, "-->") {
				comment = true
				inside = strings.HasSuffix(t, "```variables")
			}
		case strings.Contains(t, "-->"):
			comment, inside = false, false
		case t == "```variables":
			inside = true
		case strings.HasPrefix(t, "```"):
			inside = false
		case inside:
			if m := variableLine().FindStringSubmatch(t); m != nil {
				s.variables = append(s.variables, textParam(m[1], m[2], i+1))
			}
		}
	}
}

// textParam is a parameter whose default value the text gives. A value that a
// shell would have to work out is none.
func textParam(name, value string, line int) Param {
	p := Param{Name: name, Label: name, Required: true, Origin: OriginText, Line: line, Options: []string{}}
	value = strings.TrimSpace(value)
	if n := len(value); n >= 2 && (value[0] == '"' || value[0] == '\'') && value[n-1] == value[0] {
		value = value[1 : n-1]
	}
	if value == "" || strings.ContainsAny(value, "$`") {
		return p
	}
	p.Default, p.Required = value, false
	p.FreeText = p.Check(value) != nil
	return p
}

// ReadINI reads the variables of an .ini file beside a runbook, as the Innovation
// Engine takes them: lines of NAME = value, whatever section they stand in.
// Comments start with # or ;. What is no name of a variable is left out.
func ReadINI(src []byte) map[string]string {
	values := map[string]string{}
	for line := range strings.SplitSeq(string(src), "\n") {
		line = strings.TrimSpace(line)
		if line == "" || strings.IndexByte("#;[", line[0]) >= 0 {
			continue
		}
		name, value, ok := strings.Cut(line, "=")
		if name = strings.TrimSpace(name); ok && validName(name) && !refusedName(name) {
			values[name] = strings.Trim(strings.TrimSpace(value), `"`)
		}
	}
	return values
}

// isLocalRunbook reports whether a link leads to another Markdown file.
func isLocalRunbook(link string) bool {
	file, _, _ := strings.Cut(link, "#")
	return strings.HasSuffix(file, ".md") && !strings.Contains(link, "://")
}
