package cli

import (
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"genia.ai/bitacora/internal/i18n"
	"genia.ai/bitacora/internal/sandbox"
	"genia.ai/bitacora/runbooks"
	"genia.ai/bitacora/tui"
)

// The texts of commands and flags stand with the other messages, by the command's path
// and the flag's name: help.runs.prune.short, help.runs.prune.flag.yes. What several
// commands say of a flag stands at help.flag.NAME, once. Commands have none of them until
// somebody asks for help: a program that starts to walk pays for no text of it.

// document gives every command and flag its texts in the language of p.
func document(cmd *cobra.Command, p *i18n.Printer) {
	cmd.InitDefaultHelpFlag() // cobra would add it later, in English
	path := pathOf(cmd)
	args := textArgs(cmd)
	cmd.Short = optional(p, path+".short", args)
	cmd.Long = optional(p, path+".long", args)
	cmd.Example = optional(p, path+".example", args)
	cmd.LocalFlags().VisitAll(func(flag *pflag.Flag) {
		flag.Usage = optional(p, path+".flag."+flag.Name, args)
		if flag.Usage == "" {
			flag.Usage = p.T("help.flag."+flag.Name, args...)
		}
	})
	for _, sub := range cmd.Commands() {
		if !sub.Hidden {
			document(sub, p)
		}
	}
}

// pathOf is where the texts of a command stand: its path without the program's name,
// which is only said of the program itself.
func pathOf(cmd *cobra.Command) string {
	path := cmd.CommandPath()
	if _, below, ok := strings.Cut(path, " "); ok {
		path = below
	}
	return "help." + strings.ReplaceAll(path, " ", ".")
}

// textArgs are what the texts of a command may name.
func textArgs(cmd *cobra.Command) []any {
	return []any{
		"Command", cmd.Name(), "Program", cmd.Root().Name(),
		"Palettes", strings.Join(tui.Palettes(), ", "), "Faults", strings.Join(sandbox.Faults(), ", "),
		"Formats", strings.Join(lintFormats(), ", "), "Schema", runbooks.Schema,
	}
}

// optional is a text that not every command has, or "".
func optional(p *i18n.Printer, id string, args []any) string {
	if text := p.T(id, args...); text != id {
		return text
	}
	return ""
}

// asksCompletion reports whether a command is the one by which shells ask for words.
func asksCompletion(cmd *cobra.Command) bool { return cmd.Name() == cobra.ShellCompRequestCmd }

// help implements cobra's help, in the operator's language.
func (a *app) help(cmd *cobra.Command, _ []string) {
	p := a.operatorPrinter()
	document(cmd.Root(), p)
	var text strings.Builder
	about := cmd.Long
	if about == "" {
		about = cmd.Short
	}
	if about = strings.TrimSpace(about); about != "" {
		text.WriteString(about + "\n\n")
	}
	writeUsage(&text, cmd, p)
	fmt.Fprint(cmd.OutOrStdout(), text.String())
}

// usage implements cobra's usage, which stands on standard error.
func (a *app) usage(cmd *cobra.Command) error {
	p := a.operatorPrinter()
	document(cmd.Root(), p)
	var text strings.Builder
	writeUsage(&text, cmd, p)
	_, err := io.WriteString(cmd.OutOrStderr(), text.String())
	return err
}

// writeUsage writes what cobra's own template does, in the language of p, without the
// parts that no command of ours has: aliases, groups and topics.
func writeUsage(b *strings.Builder, cmd *cobra.Command, p *i18n.Printer) {
	b.WriteString(p.T("help.usage"))
	if cmd.Runnable() {
		b.WriteString("\n  " + useLine(cmd, p))
	}
	if cmd.HasAvailableSubCommands() {
		b.WriteString("\n  " + cmd.CommandPath() + " " + p.T("help.command"))
	}
	if cmd.HasExample() {
		b.WriteString("\n\n" + p.T("help.examples") + "\n" + cmd.Example)
	}
	if cmd.HasAvailableSubCommands() {
		b.WriteString("\n\n" + p.T("help.commands"))
		for _, sub := range cmd.Commands() {
			if sub.IsAvailableCommand() || sub.Name() == "help" {
				fmt.Fprintf(b, "\n  %-*s %s", sub.NamePadding(), sub.Name(), sub.Short)
			}
		}
	}
	writeFlags(b, p, "help.flags", cmd.LocalFlags())
	writeFlags(b, p, "help.global-flags", cmd.InheritedFlags())
	if cmd.HasAvailableSubCommands() {
		b.WriteString("\n\n" + p.T("help.more", "Command", cmd.CommandPath()))
	}
	b.WriteString("\n")
}

// useLine is how a command is written. What stands for its values is the same in both
// languages, as the texts name it; what is put in brackets is not.
func useLine(cmd *cobra.Command, p *i18n.Printer) string {
	return strings.NewReplacer("[flags]", p.T("help.any-flags"), "[command]", p.T("help.command")).Replace(cmd.UseLine())
}

// lineOf is useLine for an error, whose language is only known when it is told.
func lineOf(cmd *cobra.Command) func(*i18n.Printer) string {
	return func(p *i18n.Printer) string { return useLine(cmd, p) }
}

// writeFlags writes a table of flags below a heading, as pflag does, which has only
// English for "default".
func writeFlags(b *strings.Builder, p *i18n.Printer, heading string, flags *pflag.FlagSet) {
	if !flags.HasAvailableFlags() {
		return
	}
	b.WriteString("\n\n" + p.T(heading))
	var names, texts []string
	width := 0
	flags.VisitAll(func(flag *pflag.Flag) {
		if flag.Hidden {
			return
		}
		value, text := pflag.UnquoteUsage(flag)
		name := "      --" + flag.Name
		if flag.Shorthand != "" {
			name = "  -" + flag.Shorthand + ", --" + flag.Name
		}
		if value != "" {
			name += " " + value
		}
		if _, isBool := flag.Value.(interface{ IsBoolFlag() bool }); !isBool && flag.DefValue != "" && flag.DefValue != "[]" {
			text += " " + p.T("help.default", "Value", flag.DefValue)
		}
		names, texts = append(names, name), append(texts, text)
		width = max(width, len(name))
	})
	for i, name := range names {
		fmt.Fprintf(b, "\n%-*s   %s", width, name, texts[i])
	}
}
