// Command readme writes the parts of README.md and docs/lint.md that are made of
// the program's own tables: commands, keys, and what lint looks for. `go generate ./...` runs it; a stale one
// fails `make check`.
package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"genia.ai/bitacora/internal/cli"
	"genia.ai/bitacora/internal/i18n"
	"genia.ai/bitacora/runbooks"
	"genia.ai/bitacora/tui"
)

//go:generate go run .

func main() {
	root := filepath.Join("..", "..")
	err := errors.Join(
		write(filepath.Join(root, "README.md")),
		rewrite(filepath.Join(root, "docs", "lint.md"), []part{{"rules", ruleTable(runbooks.Rules())}}),
	)
	if err != nil {
		fmt.Fprintln(os.Stderr, "readme:", err)
		os.Exit(1)
	}
}

// part is a generated part of a page.
type part struct{ name, content string }

func write(readme string) error {
	commands, err := cli.Commands()
	if err != nil {
		return err
	}
	catalog, err := i18n.Load()
	if err != nil {
		return err
	}
	return rewrite(readme, []part{
		{"commands", commandTable(commands)},
		{"keys", keyTable(tui.KeyTable(catalog.Printer("en")))},
	})
}

// rewrite puts the generated parts of a page in their places.
func rewrite(page string, parts []part) error {
	raw, err := os.ReadFile(page)
	if err != nil {
		return err
	}
	text := string(raw)
	for _, part := range parts {
		if text, err = replace(text, part.name, part.content); err != nil {
			return fmt.Errorf("%s: %w", page, err)
		}
	}
	return os.WriteFile(page, []byte(text), 0o644)
}

// replace puts content between the markers of a generated part.
func replace(text, name, content string) (string, error) {
	begin, end := "<!-- generated: "+name+" -->\n", "<!-- end: "+name+" -->\n"
	before, rest, ok := strings.Cut(text, begin)
	_, after, closed := strings.Cut(rest, end)
	if !ok || !closed {
		return "", fmt.Errorf("there is no part %q between %q and %q", name, begin, end)
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

func ruleTable(rules []runbooks.Rule) string {
	var b strings.Builder
	b.WriteString("| code | severity | what it means | what to do | `--fix` |\n|---|---|---|---|---|\n")
	cell := strings.NewReplacer("|", `\|`, "<", `\<`).Replace
	for _, r := range rules {
		names := make([]string, len(r.Severities))
		for i, s := range r.Severities {
			names[i] = string(s)
		}
		fixed := ""
		if r.Fixable {
			fixed = "yes"
		}
		fmt.Fprintf(&b, "| `%s` | %s | %s | %s | %s |\n", r.Code, strings.Join(names, ", "), cell(r.Means), cell(r.Hint), fixed)
	}
	return b.String()
}
