package runbooks

import (
	"bytes"
	"fmt"
	"strings"
	"unicode/utf8"
)

// Bounds of what Parse accepts. A runbook is a text that people read; what lies
// beyond is a mistake or an attack, and is refused before any parser sees it.
const (
	maxFileBytes   = 32 << 20
	maxNesting     = 64      // containers opened on one line: ">", "-", "1."
	denseMarkup    = 500     // delimiters in one paragraph from which their cost counts
	maxMarkupCost  = 1 << 30 // sum of squares of dense paragraphs' delimiters
	frontMatterMax = 256 << 10
)

// source is a runbook's text, made safe to parse: LF line ends, no byte order
// mark, and everything that is not content blanked in place, so that a line
// number is true in every form.
type source struct {
	path  string
	read  string   // all of it, with LF line ends
	bytes []byte   // all of it, as it was given
	lines []string // without front matter and comments; index 0 is line 1
	front frontBlock

	variables []Param  // of comments
	ignores   []ignore // what lint is to leave out

	shifted map[int]int // columns that a line was moved to the left, by its number

	doc written // the lines as one, once somebody asked for it
}

// frontBlock is the raw front matter.
type frontBlock struct {
	text string // without its fences
	toml bool
	line int // of its first line of content, 0 when there is none
}

// raw returns the Markdown of the lines from first to last, 1-based and
// inclusive, without the indentation that they share and without directives.
func (s *source) raw(first, last int) string {
	first, last = max(first, 1), min(last, len(s.lines))
	if first > last {
		return ""
	}
	part := make([]string, 0, last-first+1)
	for _, line := range s.lines[first-1 : last] {
		clean := line
		if strings.Contains(line, "<!--") {
			clean = annotation().ReplaceAllString(line, "")
		}
		if clean != line && strings.TrimSpace(clean) == "" {
			continue
		}
		part = append(part, strings.TrimRight(clean, " \t"))
	}
	return strings.Trim(strings.Join(dedent(part), "\n"), "\n")
}

func dedent(lines []string) []string {
	shared := -1
	for _, line := range lines {
		if strings.TrimSpace(line) == "" {
			continue
		}
		if n := len(line) - len(strings.TrimLeft(line, " \t")); shared < 0 || n < shared {
			shared = n
		}
	}
	for i, line := range lines {
		lines[i] = line[min(max(shared, 0), len(line)):]
	}
	return lines
}

// annotation matches the comments that the parser itself reads.
var annotation = lazily(`<!--\s*(?:bitacora\b|expected_similarity\s*=).*?-->`)

// isAnnotation reports whether a text begins with such a comment.
func isAnnotation(text string) bool {
	rest, ok := strings.CutPrefix(text, "<!--")
	if !ok {
		return false
	}
	rest = rest[afterSpace(rest, 0):]
	if ours, ok := strings.CutPrefix(rest, "bitacora"); ok && (ours == "" || !isWordByte(ours[0])) {
		return true
	}
	similar, ok := strings.CutPrefix(rest, "expected_similarity")
	return ok && strings.HasPrefix(similar[afterSpace(similar, 0):], "=")
}

// readSource checks src against the bounds and prepares it.
func readSource(path string, src []byte, f *findings) *source {
	s := &source{path: path}
	if len(src) > maxFileBytes {
		f.fatal("too-large", 1, 1, fmt.Sprintf("the file has %d bytes; at most %d are read", len(src), maxFileBytes),
			"split it into several runbooks")
		return s
	}
	src = bytes.TrimPrefix(src, []byte("\xef\xbb\xbf"))
	if at := badByte(src); at >= 0 {
		line := 1 + bytes.Count(src[:at], []byte("\n"))
		col := 1 + utf8.RuneCount(src[bytes.LastIndexByte(src[:at], '\n')+1:at])
		f.fatal("not-utf8", line, col, fmt.Sprintf("byte 0x%02x is not part of a UTF-8 text", src[at]), "save the file as UTF-8")
		return s
	}
	text := strings.ReplaceAll(string(src), "\r\n", "\n")
	s.read, s.bytes = text, src
	s.lines = strings.Split(strings.TrimSuffix(text, "\n"), "\n")
	s.takeFrontMatter(f)
	if strings.Contains(text, "```variables") {
		s.takeVariables()
	}
	if strings.Contains(text, "<") {
		s.blankComments(f)
	}
	s.checkShape(f)
	return s
}

// badByte returns the offset of the first byte that is no text, or -1.
func badByte(src []byte) int {
	if utf8.Valid(src) && bytes.IndexByte(src, 0) < 0 {
		return -1
	}
	for i := 0; i < len(src); {
		if src[i] != 0 && src[i] < utf8.RuneSelf {
			i++
			continue
		}
		r, n := utf8.DecodeRune(src[i:])
		if r == utf8.RuneError && n == 1 || r == 0 {
			return i
		}
		i += n
	}
	return -1
}

var yamlMember = lazily(`^(#|[A-Za-z_"'][^:]*:(\s|$))`)

// takeFrontMatter moves the front matter out of the lines.
func (s *source) takeFrontMatter(f *findings) {
	if len(s.lines) < 2 {
		return
	}
	open := strings.TrimRight(s.lines[0], " \t")
	if open != "---" && open != "+++" {
		return
	}
	for i := 1; i < len(s.lines); i++ {
		line := strings.TrimRight(s.lines[i], " \t")
		if line != open && (open != "---" || line != "...") {
			continue
		}
		s.front = frontBlock{text: strings.Join(s.lines[1:i], "\n") + "\n", toml: open == "+++", line: 2}
		if len(s.front.text) > frontMatterMax {
			f.fatal("front-matter", 1, 1, fmt.Sprintf("the front matter is longer than %d bytes", frontMatterMax), "move the text below it")
			s.front = frontBlock{}
		}
		for j := 0; j <= i; j++ {
			s.lines[j] = ""
		}
		return
	}
	// A lone rule at the top of a text is just that.
	if open == "---" && yamlMember().MatchString(s.lines[1]) {
		f.fatal("front-matter", 1, 1, "the front matter is never closed", "end it with a line of three dashes")
	}
}

// fence follows fenced code from line to line.
type fence struct {
	mark string
	line int
}

var fenceOpen = lazily("^[ \t>]*(?:(?:[-*+]|[0-9]{1,9}[.)])[ \t]+)*(```+|~~~+)(.*)$")

// next reports whether line is inside a fence, or one of its two fences.
func (c *fence) next(line string, number int) bool {
	if strings.IndexByte(line, '`') < 0 && strings.IndexByte(line, '~') < 0 {
		return c.mark != ""
	}
	if !strings.Contains(line, "```") && !strings.Contains(line, "~~~") {
		return c.mark != ""
	}
	if c.mark != "" {
		t := strings.TrimSpace(strings.TrimLeft(line, " \t>"))
		if len(t) >= len(c.mark) && strings.Trim(t, c.mark[:1]) == "" {
			c.mark = ""
		}
		return true
	}
	mark, info := openFence(line)
	if mark == "" || mark[0] == '`' && strings.Contains(info, "`") {
		return false
	}
	c.mark, c.line = mark, number
	return true
}

// openFence returns the mark of a fence that a line opens and what follows it; ""
// when it opens none.
func openFence(line string) (mark, info string) {
	t := strings.TrimLeft(line, " \t>")
	if !strings.HasPrefix(t, "```") && !strings.HasPrefix(t, "~~~") {
		m := fenceOpen().FindStringSubmatch(line)
		if m == nil {
			return "", ""
		}
		return m[1], m[2]
	}
	info = strings.TrimLeft(t, t[:1])
	return t[:len(t)-len(info)], info
}

// containerMark returns how many bytes open a quote or the item of a list at the start
// of a line: ">", "- ", "12. "; 0 when none do.
func containerMark(line string) int {
	at := afterBlanks(line, 0)
	if at == len(line) {
		return 0
	}
	switch c := line[at]; {
	case c == '>':
		return at + 1
	case c == '-' || c == '*' || c == '+':
		at++
	case c >= '0' && c <= '9':
		digits := digitsOf(line[at:])
		if at += digits; digits > 9 || at == len(line) || line[at] != '.' && line[at] != ')' {
			return 0
		}
		at++
	default:
		return 0
	}
	switch {
	case at == len(line):
		return at
	case line[at] == ' ' || line[at] == '\t':
		return at + 1
	}
	return 0
}

// checkShape refuses texts that would make a Markdown parser slow or recurse
// without end.
func (s *source) checkShape(f *findings) {
	var code fence
	p := density{lines: s.lines}
	for i, line := range s.lines {
		depth := 0
		for rest := line; ; depth++ {
			m := containerMark(rest)
			if m == 0 {
				break
			}
			if depth == maxNesting {
				f.fatal("too-deep", i+1, 1, fmt.Sprintf("more than %d lists or quotes are nested", maxNesting), "flatten them")
				return
			}
			rest = rest[m:]
		}
		if code.next(line, i+1) {
			p.end(i + 1)
			continue
		}
		trimmed := strings.TrimSpace(line)
		if trimmed == "" || depth > 0 || trimmed[0] == '|' || trimmed[0] == '#' {
			p.end(i)
		}
		if !p.add(i) {
			f.fatal("too-dense", i+1, 1, "the paragraph holds too much inline markup to be read", "break it up")
			return
		}
	}
}

// density follows how much inline markup the paragraphs of a text hold.
type density struct {
	lines      []string
	next       int // line of the paragraph that is counted next
	size       int // of the paragraph, in bytes
	delimiters int // of its lines before next
	cost       int // of the paragraphs before
}

// end says that the next paragraph begins at a line.
func (d *density) end(next int) {
	if d.delimiters > denseMarkup {
		d.cost += d.delimiters * d.delimiters
	}
	d.next, d.size, d.delimiters = next, 0, 0
}

// add takes a line and reports whether the markup can still be read. A paragraph that
// is too short to hold much is not looked at.
func (d *density) add(line int) bool {
	if d.size += len(d.lines[line]); d.size <= denseMarkup {
		return true
	}
	for ; d.next <= line; d.next++ {
		for _, mark := range []string{"*", "_", "[", "~"} {
			d.delimiters += strings.Count(d.lines[d.next], mark)
		}
	}
	return d.delimiters <= denseMarkup || d.cost+d.delimiters*d.delimiters <= maxMarkupCost
}

// column returns the 1-based column, in characters, of the byte offset at.
func column(line string, at int) int {
	return 1 + utf8.RuneCountInString(line[:min(max(at, 0), len(line))])
}
