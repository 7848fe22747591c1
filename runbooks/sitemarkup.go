package runbooks

import (
	"bytes"
	"slices"
	"strings"
)

// Markup of site generators, which Markdown itself does not know.
var (
	pageTitle     = lazily(`<%=\s*current_page\.data\.title\s*%>`)
	generatorLine = lazily(`^\s*(?:<%.*%>|\{\{[<%].*[>%]\}\}|\{%.*%\})\s*$`)
	pageReference = lazily(`\{\{[<%]\s*(?:rel)?ref\s+"([^"\s]*)"\s*[>%]\}\}`)
	admonition    = lazily(`^([ \t]*)(?:(?:!!!|\?\?\?\+?)[ \t]+([A-Za-z][\w-]*)(?:[ \t][^"]*)?(?:[ \t]*"([^"]*)")?|===[!+]?[ \t]+"([^"]*)")[ \t]*$`)
)

// hasSiteMarkup reports whether a text may hold such markup at all.
func hasSiteMarkup(src []byte) bool {
	return slices.ContainsFunc([]string{"!!!", "???", "===", "<%", "{%", "{{<", "{{%"}, func(mark string) bool { return bytes.Contains(src, []byte(mark)) })
}

// plainMarkup rewrites, line by line and outside of fences, what site generators
// add to Markdown: a page's title is put in, lines that are nothing but an ERB tag
// or a shortcode vanish, and the body of an admonition, which would be read as
// code, is moved to the left.
func (s *source) plainMarkup(title string) {
	var code fence
	var open []int // columns of the admonitions that are open
	for i, line := range s.lines {
		inside := code.mark != ""
		if strings.TrimSpace(line) == "" {
			continue
		}
		indent := columnsOf(line)
		for !inside && len(open) > 0 && indent < open[len(open)-1]+4 {
			open = open[:len(open)-1]
		}
		if len(open) > 0 {
			line = s.moveLeft(i, 4*len(open))
		}
		if code.next(line, i+1) {
			continue
		}
		switch {
		case strings.ContainsAny(line, "!?=") && admonition().MatchString(line):
			open = append(open, indent)
			s.lines[i] = admonitionTitle(line)
		case strings.Contains(line, "%") || strings.Contains(line, "{{<"):
			s.lines[i] = plainLine(line, title)
		}
	}
}

func plainLine(line, title string) string {
	if title != "" {
		line = pageTitle().ReplaceAllLiteralString(line, title)
	}
	line = pageReference().ReplaceAllString(line, "$1")
	if generatorLine().MatchString(line) {
		return ""
	}
	return line
}

// moveLeft takes up to n columns of blanks off a line.
func (s *source) moveLeft(i, n int) string {
	line, at := s.lines[i], 0
	for columns := 0; columns < n && at < len(line) && (line[at] == ' ' || line[at] == '\t'); at++ {
		columns += columnsOf(line[at:at+1] + "x")
	}
	if at == 0 {
		return line
	}
	if s.shifted == nil {
		s.shifted = map[int]int{}
	}
	s.lines[i], s.shifted[i+1] = line[at:], at
	return line[at:]
}

// columnsOf counts the blanks before a line's text, a tab as four.
func columnsOf(line string) int {
	n := 0
	for _, c := range line {
		switch c {
		case ' ':
			n++
		case '\t':
			n += 4
		default:
			return n
		}
	}
	return n
}

// admonitionTitle returns what stands for an admonition's first line: its title,
// else its type, as the beginning of the text below.
func admonitionTitle(line string) string {
	m := admonition().FindStringSubmatch(line)
	title := m[3] + m[4]
	if title == "" && m[2] != "" {
		title = strings.ToUpper(m[2][:1]) + m[2][1:]
	}
	if title == "" {
		return ""
	}
	return m[1] + strings.TrimRight(title, ":") + ":"
}
