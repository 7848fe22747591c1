package tui

import (
	"strings"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/text"
)

// markdown renders the Markdown below a step or a heading into lines of at most
// so many cells: prose, lists, quotes, code and links, each readable without
// colour. Placeholders are filled in before, by the caller; everything is
// cleaned here, after parsing, so that no escape can hide in the markup.
func (a *app) markdown(source string, cells int) []string {
	src := []byte(source)
	r := &markdownRenderer{a: a, src: src}
	doc := goldmark.DefaultParser().Parse(text.NewReader(src))
	return r.blocks(doc, max(cells, 8))
}

type markdownRenderer struct {
	a   *app
	src []byte
}

// blocks renders the children of a node, with an empty line between paragraphs.
func (r *markdownRenderer) blocks(parent ast.Node, cells int) []string {
	var lines []string
	for n := parent.FirstChild(); n != nil; n = n.NextSibling() {
		part := r.block(n, cells)
		if len(part) > 0 && len(lines) > 0 && n.Kind() != ast.KindTextBlock && n.Kind() != ast.KindListItem {
			lines = append(lines, "")
		}
		lines = append(lines, part...)
	}
	return lines
}

func (r *markdownRenderer) block(n ast.Node, cells int) []string {
	l := r.a.look
	switch n := n.(type) {
	case *ast.Paragraph, *ast.TextBlock:
		return wrap(r.inline(n), cells)
	case *ast.Heading:
		return wrap(l.strong.Render(r.inline(n)), cells)
	case *ast.List:
		return r.list(n, cells)
	case *ast.Blockquote:
		lines := r.blocks(n, cells-2)
		for i := range lines {
			lines[i] = l.dim.Render(l.sym.bar) + " " + lines[i]
		}
		return lines
	case *ast.FencedCodeBlock, *ast.CodeBlock:
		return r.a.codeLines(r.raw(n), cells)
	case *ast.ThematicBreak:
		return []string{l.ruleWith("", min(cells, 10))}
	case *ast.HTMLBlock:
		return nil // comments and markup of other hosts
	}
	return r.blocks(n, cells)
}

func (r *markdownRenderer) list(list *ast.List, cells int) []string {
	var lines []string
	at := list.Start
	for n := list.FirstChild(); n != nil; n = n.NextSibling() {
		mark := "- "
		if list.IsOrdered() {
			mark = number(at) + ". "
			at++
		}
		lines = append(lines, indent(mark, r.blocks(n, max(cells-len(mark), 8)))...)
	}
	return lines
}

// raw returns the text of a code block.
func (r *markdownRenderer) raw(n ast.Node) string {
	var b strings.Builder
	for i := range n.Lines().Len() {
		line := n.Lines().At(i)
		b.Write(line.Value(r.src))
	}
	return b.String()
}

// inline renders the children of a paragraph as one line, hard breaks kept.
func (r *markdownRenderer) inline(parent ast.Node) string {
	var b strings.Builder
	for n := parent.FirstChild(); n != nil; n = n.NextSibling() {
		switch n := n.(type) {
		case *ast.Text:
			b.WriteString(r.a.clean(string(n.Segment.Value(r.src))))
			if n.HardLineBreak() {
				b.WriteByte('\n')
			} else if n.SoftLineBreak() {
				b.WriteByte(' ')
			}
		case *ast.String:
			b.WriteString(r.a.clean(string(n.Value)))
		case *ast.CodeSpan:
			b.WriteString(r.a.look.code.Render(ansiFree(r.inline(n))))
		case *ast.Emphasis:
			b.WriteString(r.a.look.strong.Render(ansiFree(r.inline(n))))
		case *ast.Link:
			label, target := r.inline(n), r.a.clean(string(n.Destination))
			b.WriteString(label)
			if target != "" && ansiFree(label) != target {
				b.WriteString(" (" + target + ")")
			}
		case *ast.AutoLink:
			b.WriteString(r.a.clean(string(n.URL(r.src))))
		case *ast.RawHTML:
		default:
			b.WriteString(r.inline(n))
		}
	}
	return b.String()
}
