package runbooks

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"
)

// frontMatter is what an author declares. The zero value declares nothing.
type frontMatter struct {
	title, lang, summary string
	reviewAfter          time.Duration
	reviewLine           int
	params               []Param
	secrets              []string
	secretMarks          []mark // of each secret
	env                  map[string]string
	envMarks             map[string]mark // of each name of env
	hosts                []string
	hostsMark            mark
	roles                []declaredRole
	targets              map[Phase]time.Duration

	shell, cwd  string // of all shell blocks that name none
	skipPrompts bool

	ignores []ignore // in the whole text
}

// mark is a place as diagnostics give it: both count from 1, columns in characters.
type mark struct{ line, column int }

type declaredRole struct {
	Role
	mark mark
}

const maxFlowDepth = 100

// yamlReader turns nodes of the front matter into values and says, with line and
// column, what it cannot read.
type yamlReader struct {
	f    *findings
	line int // of the front matter's first line in the file
}

// readFrontMatter reads the declared members. Everything it does not know is left
// alone, so that front matter for other tools does no harm.
func readFrontMatter(block frontBlock, f *findings) frontMatter {
	fm := frontMatter{env: map[string]string{}, envMarks: map[string]mark{}, targets: map[Phase]time.Duration{}}
	if block.line == 0 || strings.TrimSpace(block.text) == "" {
		return fm
	}
	if block.toml {
		if m := tomlTitle().FindStringSubmatch(block.text); m != nil {
			fm.title = m[1]
		}
		return fm
	}
	y := &yamlReader{f: f, line: block.line}
	if deepFlow(block.text) {
		f.fatal("front-matter", block.line, 1, fmt.Sprintf("the front matter nests more than %d brackets", maxFlowDepth), "flatten it")
		return fm
	}
	// A CR alone ends a line to YAML, and to nothing else here.
	file, err := parser.ParseBytes([]byte(strings.ReplaceAll(block.text, "\r", " ")), 0)
	if err != nil {
		y.syntax(err)
		return fm
	}
	for i, doc := range file.Docs {
		if i > 0 || doc.Body == nil {
			continue
		}
		y.each(doc.Body, "the front matter", func(key string, at, value ast.Node) { y.member(&fm, key, at, value) })
	}
	return fm
}

var tomlTitle = lazily(`(?m)^title\s*=\s*["']([^"'\n]*)["']`)

// deepFlow reports nesting that a recursive parser should not be given. Brackets
// in strings count too; nobody has that many.
func deepFlow(text string) bool {
	depth, worst := 0, 0
	for _, c := range []byte(text) {
		switch c {
		case '[', '{':
			depth++
			worst = max(worst, depth)
		case ']', '}':
			depth = max(depth-1, 0)
		}
	}
	if worst > maxFlowDepth {
		return true
	}
	for line := range strings.SplitSeq(text, "\n") {
		if strings.Count(line, "- ") > maxFlowDepth || strings.Count(line, "? ") > maxFlowDepth {
			return true
		}
	}
	return false
}

func (y *yamlReader) syntax(err error) {
	var syntax yaml.Error
	line, col, message := 1, 1, err.Error()
	if errors.As(err, &syntax) {
		message = syntax.GetMessage()
		if t := syntax.GetToken(); t != nil && t.Position != nil {
			line, col = t.Position.Line, t.Position.Column
		}
	}
	y.f.fatal("front-matter", y.line+max(line, 1)-1, max(col, 1), "the front matter is not valid YAML: "+message, "")
}

func (y *yamlReader) place(n ast.Node) (line, col int) {
	if n == nil || n.GetToken() == nil || n.GetToken().Position == nil {
		return y.line, 1
	}
	p := n.GetToken().Position
	return y.line + max(p.Line, 1) - 1, max(p.Column, 1)
}

func (y *yamlReader) mark(n ast.Node) mark {
	line, col := y.place(n)
	return mark{line, col}
}

func (y *yamlReader) refuse(n ast.Node, format string, args ...any) {
	line, col := y.place(n)
	y.f.fatal("front-matter", line, col, fmt.Sprintf(format, args...), "")
}

// each calls member for every key of a mapping.
func (y *yamlReader) each(n ast.Node, what string, member func(key string, at, value ast.Node)) {
	var values []*ast.MappingValueNode
	switch m := n.(type) {
	case *ast.MappingNode:
		values = m.Values
	case *ast.MappingValueNode:
		values = []*ast.MappingValueNode{m}
	case *ast.NullNode, *ast.CommentGroupNode:
		return
	default:
		y.refuse(n, "%s must be a mapping of names to values", what)
		return
	}
	for _, v := range values {
		key, ok := scalar(v.Key)
		if !ok {
			y.refuse(v.Key, "%s has a key that is not a plain name", what)
			continue
		}
		member(key, v.Key, v.Value)
	}
}

// items returns the elements of a list; nothing at all is an empty list.
func (y *yamlReader) items(n ast.Node, what string) []ast.Node {
	switch s := n.(type) {
	case *ast.SequenceNode:
		return s.Values
	case *ast.NullNode:
		return nil
	}
	y.refuse(n, "%s must be a list", what)
	return nil
}

func (y *yamlReader) strings(n ast.Node, what string) []string {
	list := []string{}
	for _, item := range y.items(n, what) {
		list = append(list, y.string(item, "each of "+what))
	}
	return list
}

func (y *yamlReader) string(n ast.Node, what string) string {
	s, ok := scalar(n)
	if !ok {
		y.refuse(n, "%s must be a text", what)
	}
	return s
}

func (y *yamlReader) bool(n ast.Node, what string) bool {
	if b, ok := n.(*ast.BoolNode); ok {
		return b.Value
	}
	y.refuse(n, "%s must be true or false", what)
	return false
}

func (y *yamlReader) duration(n ast.Node, what string) time.Duration {
	d, err := ParseDuration(y.string(n, what))
	if err != nil {
		y.refuse(n, "%s: %v", what, err)
	}
	return d
}

// scalar returns a value as it is written: 1.10 stays 1.10.
func scalar(n ast.Node) (string, bool) {
	switch v := n.(type) {
	case *ast.StringNode:
		return v.Value, true
	case *ast.LiteralNode:
		return v.Value.Value, true
	case *ast.IntegerNode, *ast.FloatNode, *ast.BoolNode, *ast.InfinityNode, *ast.NanNode:
		return strings.TrimSpace(n.GetToken().Value), true
	case *ast.NullNode:
		return "", true
	}
	return "", false
}
