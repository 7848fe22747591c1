package cli

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"genia.ai/bitacora/internal/sandbox"
)

func (a *app) newCommand() *cobra.Command {
	return &cobra.Command{
		Use:  "new NAME",
		Args: cobra.ExactArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			path := strings.TrimSuffix(args[0], ".md") + ".md"
			file, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
			switch {
			case errors.Is(err, fs.ErrExist):
				return wrongUse("error.exists", "Path", path)
			case err != nil:
				return &usageError{err}
			}
			p := a.printer("")
			title := strings.TrimSuffix(filepath.Base(path), ".md")
			text := p.T("cli.new", "Title", quoteYAML(title), "Heading", escapeMarkdown(title))
			if _, err := file.WriteString(text); err != nil {
				return errors.Join(err, file.Close())
			}
			if err := file.Close(); err != nil {
				return err
			}
			fmt.Fprintln(a.out, p.T("cli.new-written", "Path", path))
			return nil
		},
	}
}

func (a *app) sandboxCommand() *cobra.Command {
	var fault, addr string
	cmd := &cobra.Command{
		Use:  "sandbox",
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) (err error) {
			service, err := sandbox.Start(cmd.Context(), sandbox.Options{Fault: fault, Addr: addr})
			var unknown *sandbox.UnknownFaultError
			switch {
			case errors.As(err, &unknown):
				return &usageError{err}
			case err != nil:
				return fmt.Errorf("start the practice service: %w", err)
			}
			defer func() { err = errors.Join(err, service.Close()) }()
			p := a.printer("")
			fmt.Fprintln(a.out, p.T("cli.sandbox", "URL", service.URL(), "Fault", service.Fault()))
			env := service.Env()
			for _, name := range slices.Sorted(maps.Keys(env)) {
				fmt.Fprintf(a.out, "export %s=%s\n", name, shellQuote(env[name]))
			}
			// The token guards nothing but this service, which lives on loopback only.
			fmt.Fprintf(a.out, "export %s=%s\n", adminToken, shellQuote(service.Token()))
			<-cmd.Context().Done()
			return nil
		},
	}
	cmd.Flags().StringVar(&fault, "fault", "", "")
	cmd.Flags().StringVar(&addr, "addr", "", "")
	return cmd
}

// quoteYAML writes a text so that YAML reads it as it is.
func quoteYAML(s string) string {
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`, "\n", " ", "\t", " ").Replace(s) + `"`
}

// escapeMarkdown writes a text so that Markdown reads it as it is.
func escapeMarkdown(s string) string {
	var b strings.Builder
	for _, r := range s {
		if strings.ContainsRune("\\`*_{}[]<>#|~&", r) {
			b.WriteByte('\\')
		}
		b.WriteRune(r)
	}
	return b.String()
}

func shellQuote(s string) string { return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'" }
