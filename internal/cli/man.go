package cli

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/cobra/doc"

	"genia.ai/bitacora/internal/i18n"
	"genia.ai/bitacora/tui"
)

func (a *app) manCommand() *cobra.Command {
	var dir string
	cmd := &cobra.Command{
		Use:  "man",
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			// A page that is installed for everybody is not in the language of who makes it.
			p := a.catalog.Printer(a.lang)
			root := cmd.Root()
			root.DisableAutoGenTag = true
			document(root, p)
			page, err := manPage(root, p)
			if err != nil {
				return err
			}
			if dir == "" {
				_, err := a.out.Write(page)
				return err
			}
			if err := os.MkdirAll(dir, 0o755); err != nil {
				return &usageError{err}
			}
			for _, sub := range root.Commands() {
				if err := writePages(sub, p, dir); err != nil {
					return err
				}
			}
			return os.WriteFile(filepath.Join(dir, "bitacora.1"), page, 0o644)
		},
	}
	cmd.Flags().StringVar(&dir, "dir", "", "")
	return cmd
}

// writePages writes the pages of a command and of those below it.
func writePages(cmd *cobra.Command, p *i18n.Printer, dir string) error {
	if !cmd.IsAvailableCommand() {
		return nil
	}
	page, err := commandPage(cmd, p)
	if err != nil {
		return err
	}
	name := strings.ReplaceAll(cmd.CommandPath(), " ", "-") + ".1"
	if err := os.WriteFile(filepath.Join(dir, name), page, 0o644); err != nil {
		return err
	}
	for _, sub := range cmd.Commands() {
		if err := writePages(sub, p, dir); err != nil {
			return err
		}
	}
	return nil
}

// commandPage is what cobra knows of a command, its headings in the language of p.
func commandPage(cmd *cobra.Command, p *i18n.Printer) ([]byte, error) {
	header := &doc.GenManHeader{Title: "BITACORA", Section: "1", Source: "Bitácora " + programVersion()}
	var page bytes.Buffer
	if err := doc.GenMan(cmd, header, &page); err != nil {
		return nil, err
	}
	text := page.String()
	for _, heading := range [][2]string{
		{"NAME", "name"}, {"SYNOPSIS", "synopsis"}, {"DESCRIPTION", "description"}, {"OPTIONS", "options"},
		{"OPTIONS INHERITED FROM PARENT COMMANDS", "inherited"}, {"EXAMPLE", "example"}, {"SEE ALSO", "see-also"},
	} {
		text = strings.ReplaceAll(text, ".SH "+heading[0]+"\n", ".SH "+p.T("man.heading."+heading[1])+"\n")
	}
	return []byte(strings.ReplaceAll(text, cmd.UseLine(), useLine(cmd, p))), nil
}

// manPage is the page of the program itself: what cobra knows, the commands, and
// what README says of keys, exit codes, files and variables.
func manPage(root *cobra.Command, p *i18n.Printer) ([]byte, error) {
	page, err := commandPage(root, p)
	if err != nil {
		return nil, err
	}
	also := ".SH " + p.T("man.heading.see-also") + "\n"
	before, after, ok := strings.Cut(string(page), also)
	if !ok {
		return nil, errors.New("the man page has no section SEE ALSO")
	}
	var commands, keys [][2]string
	for _, cmd := range root.Commands() {
		if cmd.IsAvailableCommand() {
			commands = append(commands, [2]string{root.Name() + " " + cmd.Use, cmd.Short})
		}
	}
	for _, row := range tui.KeyTable(p) {
		keys = append(keys, [2]string{row.Keys, row.Does})
	}
	text := before
	for _, part := range []struct {
		id   string
		rows [][2]string
	}{{"commands", commands}, {"keys", keys}, {"exit", exitTexts(p)}, {"files", files(p)}, {"environment", variables(p)}} {
		text += manSection(p.T("man.heading."+part.id), part.rows)
	}
	return []byte(text + also + after), nil
}

func exitTexts(p *i18n.Printer) [][2]string {
	var rows [][2]string
	for _, code := range []int{
		exitOK, exitIncomplete, exitUsage, exitRunbook, exitAction, exitLocked, exitDamaged, exitStorage, exitInterrupted,
	} {
		rows = append(rows, [2]string{fmt.Sprint(code), p.T(fmt.Sprintf("man.exit.%d", code))})
	}
	return rows
}

func files(p *i18n.Printer) [][2]string {
	return rowsOf(p, "man.file.", [][2]string{
		{"$XDG_STATE_HOME/bitacora/runs/", "runs"},
		{"$XDG_STATE_HOME/bitacora/heads/", "heads"},
		{"$XDG_STATE_HOME/bitacora/trusted/", "trusted"},
		{"$XDG_STATE_HOME/bitacora/crashes/", "crashes"},
		{"$XDG_DATA_HOME/bitacora/runbooks/", "runbooks"},
		{"$XDG_CONFIG_HOME/bitacora/config.yaml", "config"},
		{"$XDG_CACHE_HOME/bitacora/", "cache"},
		{"$XDG_CONFIG_HOME/bitacora/secrets.yaml", "secrets"},
	})
}

func variables(p *i18n.Printer) [][2]string {
	return rowsOf(p, "man.variable.", [][2]string{
		{"BITACORA_PATH", "path"},
		{"BITACORA_OPERATOR", "operator"},
		{"BITACORA_IDLE", "idle"},
		{"BITACORA_SYSLOG", "syslog"},
		{"BITACORA_CLIPBOARD", "clipboard"},
		{p.T("man.variable.secret-names"), "secret"},
		{"BITACORA_BACKGROUND", "background"},
		{"BITACORA_PALETTE", "palette"},
		{"BITACORA_MOUSE", "mouse"},
		{"NO_COLOR", "no-color"},
		{"LC_ALL, LC_MESSAGES, LANG", "locale"},
	})
}

// rowsOf gives terms the texts that stand below a prefix.
func rowsOf(p *i18n.Printer, prefix string, terms [][2]string) [][2]string {
	rows := make([][2]string, len(terms))
	for i, term := range terms {
		rows[i] = [2]string{term[0], p.T(prefix + term[1])}
	}
	return rows
}

// manSection writes a list of terms and their texts in roff.
func manSection(title string, rows [][2]string) string {
	// Every line begins with \&, so that a dot or a quote is no request.
	escape := strings.NewReplacer(`\`, `\e`, "-", `\-`).Replace
	var b strings.Builder
	fmt.Fprintf(&b, ".SH %s\n", title)
	for _, row := range rows {
		fmt.Fprintf(&b, ".TP\n\\fB\\&%s\\fP\n\\&%s\n", escape(row[0]), escape(row[1]))
	}
	return b.String()
}
