package runbooks

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/extension"
	"github.com/yuin/goldmark/text"
)

// document returns a runbook of headings, lists and fences of about size bytes.
func document(size int) []byte {
	var b strings.Builder
	b.WriteString("# A long runbook\n\nWhat to do when the pump stops.\n")
	for n := 1; b.Len() < size; n++ {
		fmt.Fprintf(&b, "\n## Step %d: restart pump %d\n\nThe pump *must* be off, see [the manual](https://example.org/pumps/%d) of `pump-%d`.\n\n", n, n, n, n)
		fmt.Fprintf(&b, "1. Look at the valve of pump %d\n   - the red one first\n   - then the blue one\n2. Ask for its state:\n\n", n)
		fmt.Fprintf(&b, "   ```sh\n   STATE=$(pumpctl get pump-%d -o name)\n   pumpctl logs \"$STATE\" --tail 20 | grep -c leak\n   ```\n\n   ```output\n   0\n   ```\n\n", n)
		fmt.Fprintf(&b, "3. Restart it\n\n```sh {name=restart-%d effect=write}\npumpctl restart pump-%d\n```\n\n| Valve | Value |\n|---|---|\n| red | open |\n", n, n)
	}
	return []byte(b.String())
}

// tasks returns a text of tasks of about size bytes: many headings, each with a few
// lines and one named block, which is little Markdown for much to run.
func tasks(size int) []byte {
	words := strings.Fields("valve pump filter tank sensor relay pressure level alarm backup drain seal motor token region queue")
	word := func(n int) string { return words[n*7%len(words)] }
	var b strings.Builder
	b.WriteString("# Tasks of the water works\n\nEach can be done by itself.\n\n## Tasks\n\n")
	for n := 1; b.Len() < size; n++ {
		fmt.Fprintf(&b, "### task-%05d\n\nThe %s of the %s holds the %s while the **%s** is read. ", n, word(n), word(n+1), word(n+5), word(n+2))
		fmt.Fprintf(&b, "Compare the `%s` with the %s and the %s of [%s](https://example.org/%d) before.\n\n", word(n+3), word(n+4), word(n+6), word(n), n)
		if n%3 == 0 {
			fmt.Fprintf(&b, "- The %s shows the %s of the %s.\n- The %s is closed by then.\n\n", word(n), word(n+1), word(n+2), word(n+3))
		}
		if n%10 == 0 {
			fmt.Fprintf(&b, "| name | value |\n| --- | --- |\n| %s | %d |\n| %s | %d |\n\n", word(n), n, word(n+1), n+1)
		}
		fmt.Fprintf(&b, "```sh {\"name\":\"task-%05d\"}\necho \"task-%05d\"\n# The %s of the %s comes first.\n# Then the `%s` and the %s.\n```\n\n", n, n, word(n), word(n+2), word(n+3), word(n+1))
		if n%7 == 0 {
			fmt.Fprintf(&b, "> The %s is not the %s.\n\n", word(n), word(n+1))
		}
	}
	return []byte(b.String())
}

// shapes are the texts that reading is measured on, by name.
var shapes = map[string]func(size int) []byte{"lists": document, "tasks": tasks}

// BenchmarkParse compares reading a runbook with goldmark alone on the same
// bytes, at three sizes: the cost of the rules has to stay proportional.
func BenchmarkParse(b *testing.B) {
	for _, shape := range slices.Sorted(maps.Keys(shapes)) {
		for _, size := range []int{10 << 10, 1 << 20, 10 << 20} {
			src := shapes[shape](size)
			b.Run(fmt.Sprintf("goldmark/%s-%dkB", shape, size>>10), func(b *testing.B) {
				b.SetBytes(int64(len(src)))
				b.ReportAllocs()
				for b.Loop() {
					goldmark.New(goldmark.WithExtensions(extension.GFM)).Parser().Parse(text.NewReader(src))
				}
			})
			b.Run(fmt.Sprintf("runbook/%s-%dkB", shape, size>>10), func(b *testing.B) {
				b.SetBytes(int64(len(src)))
				b.ReportAllocs()
				for b.Loop() {
					if _, err := Parse("long.md", src); err != nil {
						b.Fatal(err)
					}
				}
			})
		}
	}
}
