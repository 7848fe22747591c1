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

	"genia.ai/bitacora/tui"
)

func (a *app) manCommand() *cobra.Command {
	var dir string
	cmd := &cobra.Command{
		Use:   "man",
		Short: "Print the man page, or write one a command into a directory",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			root := cmd.Root()
			root.DisableAutoGenTag = true
			header := &doc.GenManHeader{Title: "BITACORA", Section: "1", Source: "Bitácora " + programVersion()}
			page, err := a.manPage(root, header)
			if err != nil {
				return err
			}
			if dir == "" {
				_, err := a.out.Write(page)
				return err
			}
			if err := os.MkdirAll(dir, 0o755); err != nil {
				return usagef("%w", err)
			}
			if err := doc.GenManTree(root, header, dir); err != nil {
				return err
			}
			return os.WriteFile(filepath.Join(dir, "bitacora.1"), page, 0o644)
		},
	}
	cmd.Flags().StringVar(&dir, "dir", "", "write bitacora.1, bitacora-run.1 … into `DIR`")
	return cmd
}

// manPage is the page of the program itself: what cobra knows, the commands, and
// what README says of keys, exit codes, files and variables.
func (a *app) manPage(root *cobra.Command, header *doc.GenManHeader) ([]byte, error) {
	var page bytes.Buffer
	if err := doc.GenMan(root, header, &page); err != nil {
		return nil, err
	}
	before, after, ok := strings.Cut(page.String(), ".SH SEE ALSO\n")
	if !ok {
		return nil, errors.New("the man page has no section SEE ALSO")
	}
	var commands, keys [][2]string
	for _, cmd := range root.Commands() {
		if cmd.IsAvailableCommand() {
			commands = append(commands, [2]string{root.Name() + " " + cmd.Use, cmd.Short})
		}
	}
	for _, row := range tui.KeyTable(a.catalog.Printer("en")) {
		keys = append(keys, [2]string{row.Keys, row.Does})
	}
	return []byte(before + manSection("COMMANDS", commands) + manSection("KEYS", keys) +
		manSection("EXIT STATUS", exitTexts()) + manSection("FILES", files()) + manSection("ENVIRONMENT", variables()) +
		".SH SEE ALSO\n" + after), nil
}

func exitTexts() [][2]string {
	texts := []struct {
		code int
		text string
	}{
		{exitOK, "completed"},
		{exitIncomplete, "the run ended with failed or skipped steps, or before its last step; or you left it open"},
		{exitUsage, "wrong usage, or automatic mode lacks an answer"},
		{exitRunbook, "the runbook does not parse, or lint has errors"},
		{exitAction, "an action failed in automatic mode"},
		{exitLocked, "the run is driven by somebody else"},
		{exitDamaged, "the transcript is damaged"},
		{exitStorage, "the transcript cannot be written"},
		{exitInterrupted, "interrupted"},
	}
	rows := make([][2]string, 0, len(texts))
	for _, t := range texts {
		rows = append(rows, [2]string{fmt.Sprint(t.code), t.text})
	}
	return rows
}

func files() [][2]string {
	return [][2]string{
		{"$XDG_STATE_HOME/bitacora/runs/", "transcripts, a directory a run; default ~/.local/state/bitacora/runs/. Rehearsals are in rehearsals/ beside it"},
		{"$XDG_STATE_HOME/bitacora/heads/", "the anchored heads of each run, which verify compares; kept apart, so that a record is not changed unseen"},
		{"$XDG_STATE_HOME/bitacora/trusted/", "which text of each runbook you accepted; remove a file to be asked again"},
		{"$XDG_STATE_HOME/bitacora/crashes/", "reports of errors in the screen itself, with secrets masked"},
		{"$XDG_DATA_HOME/bitacora/runbooks/", "your runbooks; default ~/.local/share/bitacora/runbooks/"},
		{"$XDG_CONFIG_HOME/bitacora/config.yaml", "more folders of runbooks: `runbooks: [/srv/docs, ~/notes]`; default ~/.config/bitacora/"},
		{"$XDG_CACHE_HOME/bitacora/", "what was found in those folders, to list them faster; can be removed at any time"},
		{"$XDG_CONFIG_HOME/bitacora/secrets.yaml", "where secrets come from: NAME: {command: [pass, show, x]} or NAME: {file: ~/x}, never a value; default ~/.config/bitacora/"},
	}
}

func variables() [][2]string {
	return [][2]string{
		{"BITACORA_PATH", "folders in which runbooks are looked for first, as PATH is written"},
		{"BITACORA_OPERATOR", "your name in the record, for shared accounts; else your user"},
		{"BITACORA_IDLE", "how long a run waits with nobody attached before it is paused (10m); read when its server starts"},
		{"BITACORA_SYSLOG", "where heads are logged too: local, udp://HOST:PORT or tcp://HOST:PORT; read when the server starts"},
		{"BITACORA_CLIPBOARD", "off: no terminal is ever asked to copy anything"},
		{"NAME, NAME_FILE", "the value of the secret NAME, or the file that holds it: yours, and readable by nobody else"},
		{"BITACORA_BACKGROUND", "light for terminals with a light background"},
		{"BITACORA_PALETTE", "colours of the full screen: default, high-contrast or none"},
		{"BITACORA_MOUSE", "1: the wheel scrolls and a click selects in the full screen"},
		{"NO_COLOR", "no colours, whatever else says so"},
		{"LC_ALL, LC_MESSAGES, LANG", "language of the screens, unless --lang or the runbook says otherwise; where LC_ALL, LC_CTYPE or LANG is not UTF-8 (C is not) symbols and borders are ASCII"},
	}
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
