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

// portions converts a text, and returns with its blocks the annotations that nothing
// follows.
func (c *converter) portions(whole written, size int) (blocks []*block, loose []directive) {
	if bytes.Contains(whole.bytes, []byte("]:")) {
		size = len(whole.bytes) // definitions of links count everywhere
	}
	if size >= len(whole.bytes) {
		c.doc = whole
		return c.children(markdownParser().Parse(text.NewReader(whole.bytes)), nil)
	}
	work := newParsing(whole.bytes, size)
	defer work.stop()
	for at := 0; at < len(work.cuts); {
		first := work.cuts[at]
		tree, next := work.complete(at)
		end := len(whole.bytes)
		if next < len(work.cuts) {
			end = work.cuts[next]
		}
		c.base, c.doc = first, written{bytes: whole.bytes[first:end:end], text: whole.text[first:end]}
		var list []*block
		list, loose = c.children(tree, loose)
		blocks = append(blocks, list...)
		at = next
	}
	return blocks, loose
}

// parsing is the work of parsing a text's portions. Two share it: a goroutine does
// nothing else, and whoever converts the trees parses the next portion where it would
// have to wait for one.
type parsing struct {
	whole []byte
	cuts  []int // where the portions begin
	ended chan struct{}

	mu      sync.Mutex
	changed sync.Cond
	next    int // portion that nobody has begun
	wanted  int // the one that is converted next
	stopped bool
	trees   map[int]ast.Node
	failed  any // what the parser did instead, for whoever asked for the runbook
}

// portionsAhead bounds how many trees wait to be converted.
const portionsAhead = 4

// newParsing begins to parse a text, in portions of at least that many bytes.
func newParsing(whole []byte, size int) *parsing {
	p := &parsing{whole: whole, ended: make(chan struct{}), trees: map[int]ast.Node{}}
	p.changed.L = &p.mu
	for at := 0; at < len(whole); at = cut(whole, at+size) {
		p.cuts = append(p.cuts, at)
	}
	go func() { // stop ends it
		defer close(p.ended)
		defer func() {
			if v := recover(); v != nil {
				p.mu.Lock()
				defer p.mu.Unlock()
				p.failed = v
				p.changed.Broadcast()
			}
		}()
		p.mu.Lock()
		defer p.mu.Unlock()
		for !p.stopped && p.next < len(p.cuts) {
			if !p.parseNext() {
				p.changed.Wait()
			}
		}
	}()
	return p
}

// stop ends the work, whatever is left of it.
func (p *parsing) stop() {
	p.mu.Lock()
	p.stopped = true
	p.changed.Broadcast()
	p.mu.Unlock()
	<-p.ended
}

// parseNext parses the next portion, if that may be done yet. The mutex is held
// before and after.
func (p *parsing) parseNext() bool {
	if p.next == len(p.cuts) || p.next >= p.wanted+portionsAhead {
		return false
	}
	i := p.next
	p.next++
	p.trees[i] = p.parseUnlocked(i)
	p.changed.Broadcast()
	return true
}

func (p *parsing) parseUnlocked(i int) ast.Node {
	p.mu.Unlock()
	defer p.mu.Lock()
	return p.parse(i, i+1)
}

// parse parses the portions from one to before another.
func (p *parsing) parse(from, to int) ast.Node {
	end := len(p.whole)
	if to < len(p.cuts) {
		end = p.cuts[to]
	}
	return markdownParser().Parse(text.NewReader(p.whole[p.cuts[from]:end:end]))
}

// tree waits for the tree of one portion, or parses what is to be parsed.
func (p *parsing) tree(i int) ast.Node {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.wanted = i
	p.changed.Broadcast()
	for {
		if p.failed != nil {
			panic(p.failed)
		}
		if tree, ok := p.trees[i]; ok {
			delete(p.trees, i)
			return tree
		}
		if !p.parseNext() {
			p.changed.Wait()
		}
	}
}

// complete returns the tree of what begins with a portion and ends where a cut makes
// no difference, and the portion that follows: each time that it does make one, twice
// as much is tried.
func (p *parsing) complete(i int) (ast.Node, int) {
	tree := p.tree(i)
	end := i + 1
	for many := 2; end < len(p.cuts) && !isComplete(tree, p.cuts[end]-p.cuts[i]); many *= 2 {
		end = min(i+many, len(p.cuts))
		tree = p.parse(i, end)
	}
	p.skip(i+1, end)
	return tree, end
}

// skip leaves out portions that begin in the middle of something.
func (p *parsing) skip(from, to int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.next = max(p.next, to)
	for i := from; i < to; i++ {
		delete(p.trees, i)
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
