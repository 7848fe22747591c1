package runbooks

import (
	"fmt"
	"net/url"
	"path"
	"path/filepath"
	"slices"
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

// localRunbook matches a link to another Markdown file; a section may be named.
var localRunbook = lazily(`\]\(\s*<?([^()<>\s]+\.md)(#[^()<>\s]*)?>?(?:\s+["'][^()]*)?\)`)

// asksFor returns the runbooks that a block of a section of prerequisites links to,
// in their order: they are to be walked first.
func (st *stepper) asksFor(blk *block) []string {
	if st.s.Kind != SectionChecklist {
		return nil
	}
	var links []string
	for _, line := range st.src.lines[blk.line-1 : min(blk.last, len(st.src.lines))] {
		if !strings.Contains(line, ".md") {
			continue
		}
		for _, m := range localRunbook().FindAllStringSubmatch(line, -1) {
			if link := m[1] + m[2]; !strings.Contains(link, "://") && !slices.Contains(links, link) {
				links = append(links, link)
			}
		}
	}
	return links
}

// isPrerequisite reports whether a block asks for other runbooks, and notes which.
func (st *stepper) isPrerequisite(blk *block) bool {
	links := st.asksFor(blk)
	if len(links) == 0 {
		return false
	}
	if st.prerequisites == nil {
		st.prerequisites = map[int][]string{}
	}
	st.prerequisites[blk.line] = links
	return true
}

// namePrerequisites writes below each step that asks for other runbooks what they
// are and the command that walks them. A relative link counts from the runbook's
// own directory; what a site means by one that begins with / is not known.
func (b *builder) namePrerequisites(file string) {
	for _, p := range b.placed {
		var lines []string
		for _, link := range b.prerequisites[p.Line] {
			name, section, _ := strings.Cut(link, "#")
			if plain, err := url.PathUnescape(name); err == nil {
				name = plain
			}
			if path.IsAbs(name) {
				continue
			}
			target := path.Join(path.Dir(filepath.ToSlash(file)), name)
			if section != "" {
				target += "#" + section
			}
			if strings.HasPrefix(target, "-") {
				target = "./" + target // no option
			}
			lines = append(lines, fmt.Sprintf("- %s: `bitacora run %s`", name, shellWord(target)))
		}
		if len(lines) > 0 {
			p.Body = strings.Trim(p.Body+"\n\n"+strings.Join(lines, "\n"), "\n")
		}
	}
}

var plainWord = lazily(`^[\p{L}\p{N}_./:@%+=#,-]+$`)

// shellWord quotes a word for a shell where it has to be.
func shellWord(word string) string {
	if plainWord().MatchString(word) {
		return word
	}
	return "'" + strings.ReplaceAll(word, "'", `'\''`) + "'"
}
