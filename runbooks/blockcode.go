package runbooks

import (
	"strings"

	"github.com/yuin/goldmark/ast"
)

// introduce notes above which code which text stands: the paragraph directly
// above it, in an item else the item's own.
func introduce(blocks []*block, above string) {
	cue := above
	for _, b := range blocks {
		switch b.kind {
		case blockParagraph:
			cue = b.text
			continue
		case blockCode:
			b.cue = cue
		case blockItem:
			own := ""
			if len(b.children) > 0 && b.children[0].kind == blockParagraph {
				own = b.children[0].text
			}
			introduce(b.children, own)
		case blockQuote:
			introduce(b.children, cue)
		default:
			introduce(b.children, "")
		}
		cue = above
	}
}

func (c *converter) code(n ast.Node, b *block) {
	b.kind, b.verbatim = blockCode, &verbatim{codeLine: b.line}
	b.code = c.doc.lines(n.Lines())
	b.last = c.lastLine(n.Lines(), b.line)
	fenced, ok := n.(*ast.FencedCodeBlock)
	if !ok {
		b.closed = true
		c.indentedFence(b)
		return
	}
	b.fenced, b.codeLine = true, min(b.line+1, len(c.src.lines))
	if fenced.Info != nil {
		b.info = c.doc.value(fenced.Info.Segment)
		_, b.infoAt = c.lineAt(fenced.Info.Segment.Start)
	}
	if end := b.last + 1; end <= len(c.src.lines) {
		t := strings.TrimLeft(c.src.lines[end-1], " \t>")
		if strings.HasPrefix(t, "```") || strings.HasPrefix(t, "~~~") {
			b.last, b.closed = end, true
		}
	}
	if !b.closed && b.last >= len(c.src.lines) {
		c.f.fatal("open-fence", b.line, 1, "the code that starts here is never closed: it swallows the rest of the runbook", "close it with "+fenceMark(c.src.lines[b.line-1]))
	}
}

// indentedFence reads a fence that is indented so far that Markdown takes its
// marks for code.
func (c *converter) indentedFence(b *block) {
	lines := strings.SplitAfter(strings.TrimRight(b.code, "\n"), "\n")
	last := len(lines) - 1
	m := fenceOpen().FindStringSubmatch(strings.TrimRight(lines[0], "\n"))
	if m == nil || last < 1 || strings.Contains(m[2], "`") || strings.Trim(lines[last], " \t"+m[1][:1]) != "" || strings.Count(b.code, m[1]) != 2 {
		return
	}
	b.info, b.infoAt = strings.TrimSpace(m[2]), max(strings.Index(c.src.lines[b.line-1], m[1]), 0)+len(m[1])
	b.code, b.codeLine, b.fenced = strings.Join(lines[1:last], ""), b.line+1, true
}

func fenceMark(line string) string {
	if strings.Contains(line, "~~~") {
		return "~~~"
	}
	return "```"
}
