package cli

import (
	"encoding/json"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"genia.ai/bitacora/internal/i18n"
)

// tree returns all commands that are shown, with their texts in a language, and the
// printer that gave them.
func tree(t *testing.T, lang string, change func(id, text string) string) ([]*cobra.Command, *i18n.Printer) {
	t.Helper()
	a, err := newApp()
	if err != nil {
		t.Fatal(err)
	}
	root := a.root()
	root.InitDefaultHelpCmd()
	root.InitDefaultCompletionCmd()
	p := a.catalog.Printer(lang).Through(change)
	document(root, p)
	var all []*cobra.Command
	var add func(*cobra.Command)
	add = func(cmd *cobra.Command) {
		if cmd.Hidden {
			return
		}
		all = append(all, cmd)
		for _, sub := range cmd.Commands() {
			add(sub)
		}
	}
	add(root)
	return all, p
}

func unchanged(_, text string) string { return text }

// helpOf is what --help prints of a command.
func helpOf(cmd *cobra.Command, p *i18n.Printer) string {
	var b strings.Builder
	b.WriteString(cmd.Short + "\n" + cmd.Long + "\n")
	writeUsage(&b, cmd, p)
	return b.String()
}

func TestEveryCommandAndFlagHasAText(t *testing.T) {
	for _, lang := range []string{"en", "es"} {
		all, p := tree(t, lang, unchanged)
		if len(all) < 20 {
			t.Fatalf("only %d commands", len(all))
		}
		for _, cmd := range all {
			if cmd.Short == "" {
				t.Errorf("%s: %s has no %s.short", lang, cmd.CommandPath(), pathOf(cmd))
			}
			cmd.LocalFlags().VisitAll(func(flag *pflag.Flag) {
				if flag.Usage == "" || strings.HasPrefix(flag.Usage, "help.") {
					t.Errorf("%s: %s has no %s.flag.%s", lang, cmd.CommandPath(), pathOf(cmd), flag.Name)
				}
				if value, _ := pflag.UnquoteUsage(flag); value == "string" {
					t.Errorf("%s: %s --%s does not name its value in backquotes", lang, cmd.CommandPath(), flag.Name)
				}
			})
			if text := helpOf(cmd, p); strings.Contains(text, "<no value>") || strings.Contains(text, "help.") {
				t.Errorf("%s: the help of %s lacks something:\n%s", lang, cmd.CommandPath(), text)
			}
		}
	}
}

// What both languages have in common are commands to type, and names of systems.
func TestSpanishHelpHoldsNoEnglish(t *testing.T) {
	english, en := tree(t, "en", unchanged)
	spanish, es := tree(t, "es", unchanged)
	said := map[string]bool{}
	for _, cmd := range english {
		for line := range strings.Lines(helpOf(cmd, en)) {
			said[strings.TrimSpace(line)] = true
		}
	}
	typed := []string{"bitacora ", "--param connector=", "source <(", "echo ", "#### "}
	for _, cmd := range spanish {
		for line := range strings.Lines(helpOf(cmd, es)) {
			line = strings.TrimSpace(line)
			starts := func(with string) bool { return strings.HasPrefix(line, with) }
			if said[line] && line != "" && !slices.ContainsFunc(typed, starts) {
				t.Errorf("%s: the line is English: %s", cmd.CommandPath(), line)
			}
		}
		if line := useLine(cmd, es); strings.Contains(line, "[flags]") || strings.Contains(line, "[command]") {
			t.Errorf("the usage is English: %s", line)
		}
	}
}

func TestBackquotedValuesAreTheSameInBothLanguages(t *testing.T) {
	english, _ := tree(t, "en", unchanged)
	spanish, _ := tree(t, "es", unchanged)
	for i, cmd := range english {
		cmd.LocalFlags().VisitAll(func(flag *pflag.Flag) {
			en, _ := pflag.UnquoteUsage(flag)
			es, _ := pflag.UnquoteUsage(spanish[i].LocalFlags().Lookup(flag.Name))
			if en != es {
				t.Errorf("%s --%s takes %s in English and %s in Spanish", cmd.CommandPath(), flag.Name, en, es)
			}
		})
	}
}

// messagesIn returns the messages of a part, as they stand in its English file.
func messagesIn(t *testing.T, part string) map[string]string {
	t.Helper()
	raw, err := os.ReadFile(filepath.Join("..", "i18n", "messages", part+".en.json"))
	if err != nil {
		t.Fatal(err)
	}
	messages := map[string]string{}
	if err := json.Unmarshal(raw, &messages); err != nil {
		t.Fatal(err)
	}
	return messages
}

func TestNoTextOfTheHelpOrTheManPageIsLeftOver(t *testing.T) {
	asked := map[string]bool{}
	all, p := tree(t, "es", func(id, text string) string {
		asked[id] = true
		return text
	})
	for _, cmd := range all {
		helpOf(cmd, p)
	}
	page, err := manPage(all[0], p)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{".SH NOMBRE\n", ".SH OPCIONES\n", ".SH TECLAS\n", ".SH VÉASE TAMBIÉN\n", "[opciones]"} {
		if !strings.Contains(string(page), want) {
			t.Errorf("the man page lacks %q", want)
		}
	}
	for _, part := range []string{"help", "man"} {
		for _, id := range slices.Sorted(maps.Keys(messagesIn(t, part))) {
			if !asked[id] {
				t.Errorf("nobody asks for %s", id)
			}
		}
	}
}
