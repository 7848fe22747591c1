package runbooks

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"path"
	"strings"
	"unicode"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/extension"
	"github.com/yuin/goldmark/text"
)

// maxLinks bounds the links that are followed, and the files they are looked for in.
const maxLinks = 1000

var hasScheme = lazily(`^[A-Za-z][A-Za-z0-9+.-]*:`)

// links follows the relative links of the text.
func (l *linter) links() {
	source := l.src.text()
	doc := markdown().Parser().Parse(text.NewReader(source))
	own := anchorsOf(doc, source)
	beside := map[string]map[string]bool{} // anchors of files, nil when there is no such file
	line, offset, followed := 1, 0, 0
	_ = ast.Walk(doc, func(n ast.Node, entering bool) (ast.WalkStatus, error) { // the visitor returns no error
		if !entering {
			return ast.WalkContinue, nil
		}
		if n.Type() == ast.TypeBlock && n.Lines() != nil && n.Lines().Len() > 0 && n.Lines().At(0).Start >= offset {
			next := n.Lines().At(0).Start
			line += bytes.Count(source[offset:next], []byte("\n"))
			offset = next
		}
		for _, target := range targetsOf(n, source) {
			if target != "" && followed < maxLinks {
				followed++
				l.follow(target, line, own, beside)
			}
		}
		return ast.WalkContinue, nil
	})
}

// htmlTarget matches where a link or an image that is written in HTML leads.
var htmlTarget = lazily(`(?i)<(?:a|img)\s[^<>]*?\b(?:href|src)\s*=\s*["']([^"'<>]+)["']`)

// targetsOf returns where the links of a node itself lead.
func targetsOf(n ast.Node, source []byte) (targets []string) {
	html := func(segments *text.Segments) {
		for i := range segments.Len() {
			seg := segments.At(i)
			for _, m := range htmlTarget().FindAllSubmatch(seg.Value(source), -1) {
				targets = append(targets, string(m[1]))
			}
		}
	}
	switch n := n.(type) {
	case *ast.Link:
		return []string{string(n.Destination)}
	case *ast.Image:
		return []string{string(n.Destination)}
	case *ast.RawHTML:
		html(n.Segments)
	case *ast.HTMLBlock:
		html(n.Lines())
	}
	return targets
}

func markdown() goldmark.Markdown {
	return goldmark.New(goldmark.WithExtensions(extension.Table, extension.TaskList, extension.Strikethrough))
}

// follow looks whether there is something where a link leads.
func (l *linter) follow(target string, line int, own map[string]bool, beside map[string]map[string]bool) {
	if hasScheme().MatchString(target) || strings.HasPrefix(target, "/") || strings.ContainsAny(target, "{}<>$%\\") && !strings.Contains(target, "%20") || strings.HasPrefix(target, "...") {
		return
	}
	file, anchor, _ := strings.Cut(target, "#")
	file, _, _ = strings.Cut(file, "?")
	if plain, err := url.PathUnescape(file); err == nil {
		file = plain
	}
	anchors := own
	if file != "" {
		if l.around.Read == nil {
			return
		}
		known, seen := beside[file]
		if !seen {
			known = l.anchorsBeside(file)
			beside[file] = known
		}
		if known == nil {
			l.report(SeverityWarning, "broken-link", l.linkAt(target, line), fmt.Sprintf("there is no file %q where the link leads", file), "correct the path: it counts from the runbook's own directory")
			return
		}
		anchors = known
	}
	if anchor == "" || len(anchors) == 0 && file != "" || file != "" && !strings.HasSuffix(file, ".md") {
		return
	}
	if plain, err := url.PathUnescape(anchor); err == nil {
		anchor = plain
	}
	if anchor != "top" && !anchors[normalAnchor(anchor)] {
		l.report(SeverityWarning, "broken-anchor", l.linkAt(target, line), fmt.Sprintf("no heading is called %q where the link leads", "#"+anchor), "correct it: the anchor of a heading is its text in lower case, with dashes for blanks")
	}
}

// linkAt returns where a link stands, from the line of its block on.
func (l *linter) linkAt(target string, line int) spot {
	for _, form := range []string{"(" + target, "(<" + target, "]: " + target, target} {
		for i := max(line, 1); i <= min(len(l.src.lines), line+maxSearch); i++ {
			if at := strings.Index(l.src.lines[i-1], form); at >= 0 {
				return spot{i, at + strings.Index(form, target)}
			}
		}
	}
	return spot{line: line}
}

// anchorsBeside returns the anchors of a file that a link names, nil when there is
// no such file; sites leave out its ending, or name its directory.
func (l *linter) anchorsBeside(file string) map[string]bool {
	candidates := []string{file}
	switch path.Ext(file) {
	case ".html":
		candidates = append(candidates, strings.TrimSuffix(file, ".html")+".md", file+".md")
	case ".md":
	default:
		candidates = append(candidates, strings.TrimSuffix(file, "/")+".md")
	}
	for _, name := range candidates {
		content, err := l.around.Read(name)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil || len(content) > maxFileBytes || badByte(content) >= 0 {
			return map[string]bool{}
		}
		f := &findings{}
		src := readSource(name, content, f)
		if len(f.problems) > 0 {
			return map[string]bool{}
		}
		source := src.text()
		return anchorsOf(markdown().Parser().Parse(text.NewReader(source)), source)
	}
	return nil
}

var ownAnchor = lazily(`(?:\b(?:id|name)\s*=\s*["']|\{#)([^"'}\s]+)`)

// anchorsOf returns the anchors of a text: those of its headings, as the hosts of
// Markdown make them, and those that it sets itself.
func anchorsOf(doc ast.Node, source []byte) map[string]bool {
	anchors := map[string]bool{}
	for child := doc.FirstChild(); child != nil; child = child.NextSibling() {
		collectAnchors(child, source, anchors, 0)
	}
	for _, m := range ownAnchor().FindAllSubmatch(source, -1) {
		anchors[normalAnchor(string(m[1]))] = true
	}
	return anchors
}

func collectAnchors(n ast.Node, source []byte, anchors map[string]bool, depth int) {
	if h, ok := n.(*ast.Heading); ok {
		name := anchorOf(readInline(h, source).text)
		free := name
		for i := 1; anchors[free]; i++ {
			free = fmt.Sprintf("%s-%d", name, i)
		}
		anchors[free] = true
		return
	}
	if depth > maxNesting {
		return
	}
	for child := n.FirstChild(); child != nil && n.Type() == ast.TypeBlock; child = child.NextSibling() {
		if child.Type() == ast.TypeBlock {
			collectAnchors(child, source, anchors, depth+1)
		}
	}
}

// anchorOf makes the anchor of a heading.
func anchorOf(heading string) string {
	var b strings.Builder
	for _, r := range strings.ToLower(heading) {
		switch {
		case unicode.IsLetter(r), unicode.IsDigit(r), r == '_', r == '-':
			b.WriteRune(r)
		case unicode.IsSpace(r):
			b.WriteByte('-')
		}
	}
	return normalAnchor(b.String())
}

// normalAnchor makes alike what hosts make of the same heading: some keep several
// dashes, or accents, and some do not.
func normalAnchor(s string) string {
	return strings.Join(strings.FieldsFunc(fold(s), func(r rune) bool { return r == '-' }), "-")
}
