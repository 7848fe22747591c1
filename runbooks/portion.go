package runbooks

import (
	"bytes"
	"sync"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/extension"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/text"
)

// A long text is given to the parser of Markdown in portions: the tree of each is
// garbage as soon as it is converted, where that of the whole would be looked through
// by every collection while it grows. A portion ends before a heading at which
// Markdown has nothing open, so that it makes no difference where the cuts are
// (FuzzPortions).

// portionSize is how long a portion is at least, in bytes.
const portionSize = 256 << 10

// markdownParser is the one parser of Markdown: it keeps nothing of what it reads.
var markdownParser = sync.OnceValue(func() parser.Parser {
	return goldmark.New(goldmark.WithExtensions(extension.Table, extension.TaskList, extension.Strikethrough)).Parser()
})

// portions converts a text, and returns with its blocks the annotations that nothing
// follows.
func (c *converter) portions(whole written, size int) (blocks []*block, loose []directive) {
	if bytes.Contains(whole.bytes, []byte("]:")) {
		size = len(whole.bytes) // definitions of links count everywhere
	}
	for c.base < len(whole.bytes) {
		var tree ast.Node
		for end, least := c.base, size; ; least *= 2 {
			end = cut(whole.bytes, c.base+least)
			c.doc = written{bytes: whole.bytes[c.base:end:end], text: whole.text[c.base:end]}
			tree = markdownParser().Parse(text.NewReader(c.doc.bytes))
			if end == len(whole.bytes) || isComplete(tree, end-c.base) {
				break
			}
		}
		var list []*block
		list, loose = c.children(tree, loose)
		if blocks == nil && len(c.doc.bytes) == len(whole.bytes) {
			blocks = list
		} else {
			blocks = append(blocks, list...)
		}
		c.base += len(c.doc.bytes)
	}
	return blocks, loose
}

// cut returns where a text may be cut at an offset or later: before a heading at the
// beginning of its line that follows an empty line; else at its end.
func cut(text []byte, from int) int {
	for from < len(text) {
		i := bytes.Index(text[from:], []byte("\n\n#"))
		if i < 0 {
			break
		}
		from += i + len("\n\n")
		if isHeading(text[from:]) {
			return from
		}
	}
	return len(text)
}

// isHeading reports whether a line that begins with a # is a heading.
func isHeading(line []byte) bool {
	level := 0
	for level < len(line) && line[level] == '#' {
		level++
	}
	return level <= 6 && level < len(line) && (line[level] == ' ' || line[level] == '\t' || line[level] == '\n')
}

// isComplete reports whether nothing is open behind a portion of that size which ends
// with an empty line: lists and quotes end before a heading, but code and HTML go on.
func isComplete(tree ast.Node, size int) bool {
	switch last := tree.LastChild().(type) {
	case *ast.FencedCodeBlock:
		lines := last.Lines()
		return lines.Len() == 0 || lines.At(lines.Len()-1).Stop < size
	case *ast.HTMLBlock:
		return last.HTMLBlockType >= ast.HTMLBlockType6 || last.HasClosure()
	}
	return true
}
