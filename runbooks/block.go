package runbooks

import (
	"sort"
	"strconv"
	"strings"

	"github.com/yuin/goldmark/ast"
	east "github.com/yuin/goldmark/extension/ast"
	"github.com/yuin/goldmark/text"
)

type blockKind uint8

const (
	blockParagraph blockKind = iota
	blockHeading
	blockList
	blockItem
	blockCode
	blockQuote
	blockTable
	blockRule
	blockHTML
)

// block is a Markdown block with what the rules ask of it.
type block struct {
	kind    blockKind
	ordered bool  // of a list
	task    bool  // of an item: it starts with a box
	level   uint8 // of a heading
	indent  int   // columns before a list's marker

	line, last int // 1-based, inclusive
	children   []*block
	notes      []directive // annotations that apply to it
	number     string      // of an ordered item, as written

	inline    // of headings and paragraphs
	*verbatim // of code and tables; none of its own otherwise
}

// verbatim is what only code and tables have.
type verbatim struct {
	fenced   bool
	info     string
	infoAt   int // byte offset of the info string in its line
	code     string
	codeLine int
	closed   bool // the fence is
	cue      string
	read     *codeReading

	rows []tableRow // of a table, the header first
}

// nothingVerbatim is what all other blocks share; it is never written to.
var nothingVerbatim = &verbatim{}

type tableRow struct {
	line  int
	cells []inline
}

// converter turns goldmark's tree into blocks.
type converter struct {
	src    *source
	f      *findings
	doc    written // the portion that is being read
	base   int     // its byte offset in the text
	starts []int   // byte offset of each line
	near   int     // line that was found last
	spare  []block
}

// add returns a new block. They are made many at a time: a long text has hundreds
// of thousands.
func (c *converter) add() *block {
	if len(c.spare) == 0 {
		c.spare = make([]block, min(max(len(c.starts)/16, 8), 256))
	}
	b := &c.spare[0]
	c.spare = c.spare[1:]
	b.verbatim, b.markup = nothingVerbatim, noMarkup
	return b
}

// readBlocks parses the source's Markdown, a portion of that many bytes at a time.
func readBlocks(src *source, f *findings, portion int) []*block {
	c := &converter{src: src, f: f, starts: make([]int, 1, len(src.lines)+1)}
	for at, line := 0, 0; line < len(src.lines); line++ {
		at += len(src.lines[line]) + 1
		c.starts = append(c.starts, at)
	}
	blocks, loose := c.portions(src.document(), portion)
	for _, b := range blocks {
		if b.kind == blockParagraph {
			loose = append(loose, b.notes...)
		}
	}
	introduce(blocks, "")
	for _, d := range loose {
		c.lost(d)
	}
	return blocks
}

func (c *converter) lost(d directive) {
	if d.similarity == "" {
		c.f.add(SeverityWarning, "directive-without-target", d.line, 1, "nothing stands below this directive", "put it on the line above a heading, list or fence, or at the end of an item")
	}
}

// lineAt returns the line and the byte offset in it of an offset in the text.
func (c *converter) lineAt(offset int) (line, at int) {
	if offset = min(offset, len(c.doc.bytes)); offset >= 0 {
		offset += c.base
	}
	offset = max(offset, 0)
	// Most places are asked for in order: the next is not far from the last.
	line = c.near
	for line < len(c.starts) && line < c.near+8 && c.starts[line] <= offset {
		line++
	}
	if line == 0 || c.starts[line-1] > offset || line < len(c.starts) && c.starts[line] <= offset {
		line = sort.SearchInts(c.starts, offset+1)
	}
	c.near = line
	return min(line, len(c.src.lines)), offset - c.starts[line-1]
}

// children converts the blocks below n. Annotations, those from before included, move
// to the block that follows them; those that nothing follows are returned.
func (c *converter) children(n ast.Node, before []directive) (list []*block, loose []directive) {
	loose = before
	for child := n.FirstChild(); child != nil; child = child.NextSibling() {
		if notes := c.annotations(child); len(notes) > 0 {
			loose = append(loose, notes...)
			continue
		}
		b := c.block(child)
		if b == nil {
			continue
		}
		for _, d := range loose {
			if b.kind == blockHeading || b.kind == blockList || b.kind == blockCode {
				b.notes = append(b.notes, d)
			} else {
				c.lost(d)
			}
		}
		loose = nil
		if b.kind != blockParagraph { // an item takes those of its text
			c.takeIgnores(b)
		}
		list = append(list, b)
	}
	return list, loose
}

// annotations reads an HTML block that is nothing but comments for the parser.
func (c *converter) annotations(n ast.Node) []directive {
	html, ok := n.(*ast.HTMLBlock)
	if !ok || html.Lines().Len() == 0 {
		return nil
	}
	var list []directive
	for i := range html.Lines().Len() {
		seg := html.Lines().At(i)
		s := c.doc.text[seg.Start:seg.Stop]
		if i == 0 && !isAnnotation(strings.TrimLeft(s, " \t")) {
			return nil
		}
		line, at := c.lineAt(seg.Start)
		list = append(list, readDirectives(s, line, at, c.src, c.f)...)
	}
	return list
}

func (c *converter) block(n ast.Node) *block {
	b := c.add()
	b.line, _ = c.lineAt(n.Pos())
	b.last = b.line
	switch n := n.(type) {
	case *ast.Heading:
		b.kind, b.level = blockHeading, uint8(n.Level)
		c.readInline(n, b)
	case *ast.Paragraph, *ast.TextBlock:
		b.kind = blockParagraph
		c.readInline(n, b)
	case *ast.FencedCodeBlock, *ast.CodeBlock:
		c.code(n, b)
	case *ast.List:
		c.list(n, b)
	case *ast.Blockquote:
		b.kind = blockQuote
		children, loose := c.children(n, nil)
		b.children = children
		for _, d := range loose {
			c.lost(d)
		}
	case *ast.ThematicBreak:
		b.kind = blockRule
	case *east.Table:
		c.table(n, b)
	case *ast.HTMLBlock:
		b.kind = blockHTML
		b.last = c.lastLine(n.Lines(), b.line)
		if n.HasClosure() {
			last, _ := c.lineAt(n.ClosureLine.Start)
			b.last = max(b.last, last)
		}
	default:
		return nil
	}
	for _, child := range b.children {
		b.last = max(b.last, child.last)
	}
	return b
}

func (c *converter) lastLine(lines *text.Segments, line int) int {
	if lines == nil || lines.Len() == 0 {
		return line
	}
	last, _ := c.lineAt(lines.At(lines.Len() - 1).Start)
	return max(last, line)
}

func (c *converter) readInline(n ast.Node, b *block) {
	b.last = c.lastLine(n.Lines(), b.line)
	b.inline = c.doc.inline(n)
	if len(b.comments) == 0 {
		return
	}
	for _, raw := range b.comments {
		line, at := c.lineAt(raw.at)
		b.notes = append(b.notes, readDirectives(raw.text, line, at, c.src, c.f)...)
	}
	b.comments = nil // they have served
}

func (c *converter) list(n *ast.List, b *block) {
	b.kind, b.ordered = blockList, n.IsOrdered()
	_, b.indent = c.lineAt(n.Pos())
	for child := n.FirstChild(); child != nil; child = child.NextSibling() {
		item := c.add()
		item.kind = blockItem
		item.line, item.indent = c.lineAt(child.Pos())
		item.last = item.line
		item.children, item.notes = c.children(child, nil)
		for _, grandchild := range item.children {
			item.last = max(item.last, grandchild.last)
			if grandchild.kind == blockParagraph {
				item.notes = append(item.notes, grandchild.notes...)
				grandchild.notes = nil
				item.task = item.task || grandchild.inline.task
			}
		}
		c.takeIgnores(item)
		if b.ordered {
			item.number = leadingDigits(c.src.lines[item.line-1][item.indent:])
		}
		b.children = append(b.children, item)
	}
	renumber(b.children, n.Start)
}

func leadingDigits(s string) string {
	end := 0
	for end < len(s) && end < 9 && s[end] >= '0' && s[end] <= '9' {
		end++
	}
	return s[:end]
}

// renumber counts a list whose author wrote the same number everywhere, as
// Markdown does when it is rendered.
func renumber(items []*block, start int) {
	if len(items) < 2 {
		return
	}
	for _, item := range items {
		if item.number != items[0].number || item.number == "" {
			return
		}
	}
	for i, item := range items {
		item.number = strconv.Itoa(start + i)
	}
}

func (c *converter) table(n ast.Node, b *block) {
	b.kind, b.verbatim = blockTable, &verbatim{}
	for row := n.FirstChild(); row != nil; row = row.NextSibling() {
		r := tableRow{line: b.line}
		if row.Pos() >= 0 {
			r.line, _ = c.lineAt(row.Pos())
		}
		for cell := row.FirstChild(); cell != nil; cell = cell.NextSibling() {
			r.cells = append(r.cells, c.doc.inline(cell))
		}
		b.rows = append(b.rows, r)
		b.last = max(b.last, r.line)
	}
}
