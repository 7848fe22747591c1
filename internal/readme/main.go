// Command readme writes the parts of README.md that are made of the program's
// own tables: commands and keys. `go generate ./...` runs it; a stale README
// fails `make check`.
package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"genia.ai/bitacora/internal/cli"
	"genia.ai/bitacora/internal/i18n"
	"genia.ai/bitacora/tui"
)

//go:generate go run .

func main() {
	if err := write(filepath.Join("..", "..", "README.md")); err != nil {
		fmt.Fprintln(os.Stderr, "readme:", err)
		os.Exit(1)
	}
}

func write(readme string) error {
	raw, err := os.ReadFile(readme)
	if err != nil {
		return err
	}
	commands, err := cli.Commands()
	if err != nil {
		return err
	}
	catalog, err := i18n.Load()
	if err != nil {
		return err
	}
	text := string(raw)
	for _, part := range []struct{ name, content string }{
		{"commands", commandTable(commands)},
		{"keys", keyTable(tui.KeyTable(catalog.Printer("en")))},
	} {
		if text, err = replace(text, part.name, part.content); err != nil {
			return err
		}
	}
	return os.WriteFile(readme, []byte(text), 0o644)
}

// replace puts content between the markers of a generated part.
func replace(text, name, content string) (string, error) {
	begin, end := "<!-- generated: "+name+" -->\n", "<!-- end: "+name+" -->\n"
	before, rest, ok := strings.Cut(text, begin)
	_, after, closed := strings.Cut(rest, end)
	if !ok || !closed {
		return "", fmt.Errorf("README.md has no part %q between %q and %q", name, begin, end)
	}
	return before + begin + content + end + after, nil
}

func commandTable(rows []cli.CommandRow) string {
	var b strings.Builder
	b.WriteString("| command | what it does |\n|---|---|\n")
	for _, row := range rows {
		fmt.Fprintf(&b, "| `%s` | %s |\n", row.Use, row.Short)
	}
	return b.String()
}

func keyTable(rows []tui.KeyRow) string {
	var b strings.Builder
	b.WriteString("| key | what it does |\n|---|---|\n")
	for _, row := range rows {
		fmt.Fprintf(&b, "| `%s` | %s |\n", strings.ReplaceAll(row.Keys, "|", `\|`), row.Does)
	}
	return b.String()
}
