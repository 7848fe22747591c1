package runbooks

import (
	"fmt"
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

// BenchmarkParse compares reading a runbook with goldmark alone on the same
// bytes, at three sizes: the cost of the rules has to stay proportional.
func BenchmarkParse(b *testing.B) {
	for _, size := range []int{10 << 10, 1 << 20, 10 << 20} {
		src := document(size)
		b.Run(fmt.Sprintf("goldmark/%dkB", size>>10), func(b *testing.B) {
			b.SetBytes(int64(len(src)))
			b.ReportAllocs()
			for b.Loop() {
				goldmark.New(goldmark.WithExtensions(extension.GFM)).Parser().Parse(text.NewReader(src))
			}
		})
		b.Run(fmt.Sprintf("runbook/%dkB", size>>10), func(b *testing.B) {
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
