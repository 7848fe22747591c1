package runbooks

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/yuin/goldmark/ast"
	east "github.com/yuin/goldmark/extension/ast"
	"github.com/yuin/goldmark/util"
)

// inline is the text of a heading, a paragraph or a table cell, with what the
// rules ask about it.
type inline struct {
	text    string // plain: markup resolved, placeholders kept
	*markup        // never nil
}

// markup is what most texts have none of.
type markup struct {
	spans    []string // its code spans
	lead     string   // the bold text that it starts with
	bold     bool     // it is only bold, but for a colon
	onlySpan bool     // it is one code span and nothing else
	onlyLink bool     // it is one link and nothing else
	link     string   // where that leads
	task     bool
	comments []comment // annotations in it
}

// noMarkup is what all texts without any share; it is never written to.
var noMarkup = &markup{}

// comment is an HTML comment inside a paragraph.
type comment struct {
	text string
	at   int // byte offset in the document
}

// inlineReader collects the plain text of inline nodes.
type inlineReader struct {
	doc    written
	out    strings.Builder
	markup *markup // nil as long as there is none
}

// found returns what the text has besides words, to be written to.
func (r *inlineReader) found() *markup {
	if r.markup == nil {
		r.markup = &markup{}
	}
	return r.markup
}

func readInline(n ast.Node, text []byte) inline { return written{bytes: text}.inline(n) }

// inline reads the text of a node. A line of words, which most are, is not copied.
func (d written) inline(n ast.Node) inline {
	if only, ok := n.FirstChild().(*ast.Text); ok && only.NextSibling() == nil {
		if part := d.value(only.Segment); isVerbatim(part) {
			return inline{singleSpaced(part), noMarkup}
		}
	}
	r := &inlineReader{doc: d}
	if lines := n.Lines(); n.Type() == ast.TypeBlock && lines != nil && lines.Len() > 0 {
		r.out.Grow(lines.At(lines.Len()-1).Stop - lines.At(0).Start)
	}
	kids := 0
	var only ast.Node
	for child := n.FirstChild(); child != nil; child = child.NextSibling() {
		before := r.out.Len()
		r.node(child)
		added := r.out.String()[before:]
		if strong, ok := child.(*ast.Emphasis); ok && strong.Level == 2 && strings.TrimSpace(r.out.String()[:before]) == "" {
			if lead := strings.TrimSpace(added); lead != "" {
				r.found().lead = lead
			}
		}
		if says(added) {
			kids++
			only = child
		}
	}
	text := singleSpaced(r.out.String())
	if kids == 1 {
		switch o := only.(type) {
		case *ast.Emphasis:
			r.found().bold = o.Level == 2
		case *ast.CodeSpan:
			r.found().onlySpan = strings.Trim(text, " :.") == strings.Trim(strings.Join(r.found().spans, ""), " :.")
		case *ast.Link:
			r.found().onlyLink, r.found().link = true, string(o.Destination)
		case *ast.AutoLink:
			r.found().onlyLink = true
		}
	}
	if r.markup == nil {
		return inline{text, noMarkup}
	}
	return inline{text, r.markup}
}

// isVerbatim reports whether a text holds neither escapes nor entities.
func isVerbatim(part string) bool {
	return strings.IndexByte(part, '\\') < 0 && strings.IndexByte(part, '&') < 0
}

// singleSpaced puts one blank between words.
func singleSpaced(s string) string {
	for i := 0; i < len(s); i++ {
		c := s[i]
		if c > ' ' && c < utf8.RuneSelf {
			continue
		}
		single := c == ' ' && (i == 0 || s[i-1] != ' ')
		if c >= utf8.RuneSelf {
			r, n := utf8.DecodeRuneInString(s[i:])
			single = !unicode.IsSpace(r)
			i += n - 1
		}
		if !single {
			return strings.Join(strings.Fields(s), " ")
		}
	}
	return strings.Trim(s, " ")
}

// says reports whether there is more in a text than blanks, colons and full stops.
func says(s string) bool {
	return strings.ContainsFunc(s, func(r rune) bool { return r != ' ' && r != '\n' && r != ':' && r != '.' && r != '：' })
}

// node writes the plain text of n. Its depth is bounded by the delimiters that
// one paragraph may hold (checkShape).
func (r *inlineReader) node(n ast.Node) {
	switch n := n.(type) {
	case *ast.Text:
		if part := r.doc.value(n.Segment); isVerbatim(part) {
			r.out.WriteString(part)
		} else {
			r.out.WriteString(unescape(part))
		}
		if n.SoftLineBreak() || n.HardLineBreak() {
			r.out.WriteByte(' ')
		}
		return
	case *ast.String:
		r.out.Write(n.Value)
		return
	case *ast.CodeSpan:
		r.span(n)
		return
	case *ast.AutoLink:
		r.out.Write(n.Label(r.doc.bytes))
		return
	case *ast.RawHTML:
		r.html(n)
		return
	case *east.TaskCheckBox:
		r.found().task = true
		return
	}
	for child := n.FirstChild(); child != nil; child = child.NextSibling() {
		r.node(child)
	}
}

func (r *inlineReader) span(n *ast.CodeSpan) {
	var code strings.Builder
	for child := n.FirstChild(); child != nil; child = child.NextSibling() {
		if t, ok := child.(*ast.Text); ok {
			code.WriteString(r.doc.value(t.Segment))
			if t.SoftLineBreak() {
				code.WriteByte(' ')
			}
		}
	}
	s := strings.ReplaceAll(code.String(), "\n", " ")
	found := r.found()
	found.spans = append(found.spans, s)
	r.out.WriteString(s)
}

var tagName = lazily(`^</?([A-Za-z][A-Za-z0-9-]*)`)

// html drops what HTML renders as nothing and keeps what only looks like it:
// <pod> is a placeholder.
func (r *inlineReader) html(n *ast.RawHTML) {
	if n.Segments.Len() == 0 {
		return
	}
	var raw strings.Builder
	for i := range n.Segments.Len() {
		seg := n.Segments.At(i)
		raw.WriteString(r.doc.value(seg))
	}
	s := raw.String()
	if strings.HasPrefix(s, "<!--") {
		found := r.found()
		found.comments = append(found.comments, comment{s, n.Segments.At(0).Start})
		return
	}
	m := tagName().FindStringSubmatch(s)
	if m == nil || htmlTags[strings.ToLower(m[1])] {
		if m != nil && strings.EqualFold(m[1], "br") {
			r.out.WriteByte(' ')
		}
		return
	}
	r.out.WriteString(s)
}

// unescape resolves backslash escapes and entities, which goldmark's text
// segments still hold.
func unescape(s string) string {
	return string(util.ResolveEntityNames(util.ResolveNumericReferences(util.UnescapePunctuations([]byte(s)))))
}

// htmlTags are the elements that people use in Markdown.
var htmlTags = wordSet(`a abbr article aside b blockquote br button caption center cite code col colgroup dd del details dfn div dl dt em
	figcaption figure font footer form h1 h2 h3 h4 h5 h6 head header hr html i iframe img input ins kbd label li link main mark meta nav ol
	option p picture pre q s samp script section select small source span strike strong style sub summary sup svg table tbody td textarea
	tfoot th thead time title tr tt u ul var video wbr`)

func wordSet(words string) map[string]bool {
	set := map[string]bool{}
	for _, w := range strings.Fields(words) {
		set[w] = true
	}
	return set
}
