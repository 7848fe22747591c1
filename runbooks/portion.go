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
// by every collection while it grows; and two cores can share the work. A portion ends before a heading at which
// Markdown has nothing open, so that it makes no difference where the cuts are
// (FuzzPortions).

// portionSize is how long a portion is at least, in bytes.
const portionSize = 256 << 10

// markdownParser is the one parser of Markdown: it keeps nothing of what it reads.
var markdownParser = sync.OnceValue(func() parser.Parser {
	return goldmark.New(goldmark.WithExtensions(extension.Table, extension.TaskList, extension.Strikethrough)).Parser()
})

// portion is a part of a text and its tree.
type portion struct {
	start, end int
	tree       ast.Node
	panicked   any // what the parser did instead, for whoever asked for the runbook
}

// portions converts a text, and returns with its blocks the annotations that nothing
// follows. While it converts one portion the next is parsed.
func (c *converter) portions(whole written, size int) (blocks []*block, loose []directive) {
	if bytes.Contains(whole.bytes, []byte("]:")) {
		size = len(whole.bytes) // definitions of links count everywhere
	}
	if size >= len(whole.bytes) {
		c.doc = whole
		return c.children(markdownParser().Parse(text.NewReader(whole.bytes)), nil)
	}
	parsed := make(chan portion, 1)
	go func() { // it ends with the text, all of which is taken below
		defer close(parsed)
		defer func() {
			if v := recover(); v != nil {
				parsed <- portion{panicked: v}
			}
		}()
		for at := 0; at < len(whole.bytes); {
			p := parsePortion(whole.bytes, at, size)
			parsed <- p
			at = p.end
		}
	}()
	for p := range parsed {
		if p.panicked != nil {
			panic(p.panicked)
		}
		c.base, c.doc = p.start, written{bytes: whole.bytes[p.start:p.end:p.end], text: whole.text[p.start:p.end]}
		var list []*block
		list, loose = c.children(p.tree, loose)
		blocks = append(blocks, list...)
	}
	return blocks, loose
}

// parsePortion parses what begins at an offset, up to where a cut makes no difference:
// each time that it does, twice as much is tried.
func parsePortion(whole []byte, start, size int) portion {
	for ; ; size *= 2 {
		end := cut(whole, start+size)
		tree := markdownParser().Parse(text.NewReader(whole[start:end:end]))
		if end == len(whole) || isComplete(tree, end-start) {
			return portion{start: start, end: end, tree: tree}
		}
	}
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
