// Command parse reads a Markdown file with goldmark and does nothing with it:
// `make bench-screen` measures it as the floor of opening a large runbook.
package main

import (
	"fmt"
	"os"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/text"
)

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "usage: parse FILE")
		os.Exit(2)
	}
	source, err := os.ReadFile(os.Args[1])
	if err != nil {
		fmt.Fprintln(os.Stderr, "parse:", err)
		os.Exit(1)
	}
	document := goldmark.DefaultParser().Parse(text.NewReader(source))
	fmt.Println(document.ChildCount(), "blocks")
}
