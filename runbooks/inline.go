package runbooks

import (
	"bytes"
	"strings"

	"github.com/yuin/goldmark/ast"
	east "github.com/yuin/goldmark/extension/ast"
	"github.com/yuin/goldmark/util"
)

// inline is the text of a heading, a paragraph or a table cell, with what the
// rules ask about it.
type inline struct {
	text     string   // plain: markup resolved, placeholders kept
	spans    []string // its code spans
	lead     string   // the bold text that it starts with
	bold     bool     // it is only bold, but for a colon
	onlySpan bool     // it is one code span and nothing else
	onlyLink bool     // it is one link and nothing else
	link     string   // where that leads
	task     bool
	comments []comment // annotations in it
}

// comment is an HTML comment inside a paragraph.
type comment struct {
	text string
	at   int // byte offset in the document
}

// inlineReader collects the plain text of inline nodes.
type inlineReader struct {
	text []byte
	out  strings.Builder
	in   inline
}

func readInline(n ast.Node, text []byte) inline {
	if only, ok := n.FirstChild().(*ast.Text); ok && only.NextSibling() == nil {
		if part := only.Segment.Value(text); isVerbatim(part) { // most are a line of words
			return inline{text: singleSpaced(string(part))}
		}
	}
	r := &inlineReader{text: text}
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
			r.in.lead = strings.TrimSpace(added)
		}
		if strings.Trim(added, " \n:.：") != "" {
			kids++
			only = child
		}
	}
	r.in.text = singleSpaced(r.out.String())
	if kids == 1 {
		switch o := only.(type) {
		case *ast.Emphasis:
			r.in.bold = o.Level == 2
		case *ast.CodeSpan:
			r.in.onlySpan = strings.Trim(r.in.text, " :.") == strings.Trim(strings.Join(r.in.spans, ""), " :.")
		case *ast.Link:
			r.in.onlyLink, r.in.link = true, string(o.Destination)
		case *ast.AutoLink:
			r.in.onlyLink = true
		}
	}
	return r.in
}

// isVerbatim reports whether a text holds neither escapes nor entities.
func isVerbatim(part []byte) bool {
	return bytes.IndexByte(part, '\\') < 0 && bytes.IndexByte(part, '&') < 0
}

// singleSpaced puts one blank between words.
func singleSpaced(s string) string {
	if !strings.ContainsAny(s, "\t\n\r\v\f\u0085\u00a0\u2028\u2029") && !strings.Contains(s, "  ") && isASCII(s) {
		return strings.TrimSpace(s)
	}
	return strings.Join(strings.Fields(s), " ")
}

// node writes the plain text of n. Its depth is bounded by the delimiters that
// one paragraph may hold (checkShape).
func (r *inlineReader) node(n ast.Node) {
	switch n := n.(type) {
	case *ast.Text:
		if part := n.Segment.Value(r.text); isVerbatim(part) {
			r.out.Write(part)
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
		r.out.Write(n.Label(r.text))
		return
	case *ast.RawHTML:
		r.html(n)
		return
	case *east.TaskCheckBox:
		r.in.task = true
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
			code.Write(t.Segment.Value(r.text))
			if t.SoftLineBreak() {
				code.WriteByte(' ')
			}
		}
	}
	s := strings.ReplaceAll(code.String(), "\n", " ")
	r.in.spans = append(r.in.spans, s)
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
		raw.Write(seg.Value(r.text))
	}
	s := raw.String()
	if strings.HasPrefix(s, "<!--") {
		r.in.comments = append(r.in.comments, comment{s, n.Segments.At(0).Start})
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
func unescape(s []byte) string {
	return string(util.ResolveEntityNames(util.ResolveNumericReferences(util.UnescapePunctuations(s))))
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
