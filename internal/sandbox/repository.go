package sandbox

import (
	"bytes"
	"context"
	"embed"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"text/template"
)

//go:embed source
var source embed.FS

// release is one tagged version of the practice repository.
type release struct {
	Version string // the tag
	Date    string // of the commit: fixed, so that the content never varies
	Subject string
}

// releases lists them oldest first; the last one is HEAD.
func releases() []release {
	return []release{
		{"v1.3.0", "2026-01-12T09:00:00+00:00", "Publica por la API 1 de los proveedores"},
		{"v1.4.0", "2026-02-09T09:00:00+00:00", "Pasa a la API 2 de los proveedores"},
		{GoodVersion, "2026-02-23T09:00:00+00:00", "Renueva los tokens y devuelve siempre el sitio en la cola"},
		{"v1.5.0", "2026-03-16T09:00:00+00:00", "Amplía los lotes y simplifica la cola"},
	}
}

// createRepository makes dir a git repository with every release tagged and the
// newest one checked out.
func createRepository(ctx context.Context, dir string) error {
	if _, err := exec.LookPath("git"); err != nil {
		return fmt.Errorf("practice service: git is needed for its repository: %w; install git and try again", err)
	}
	if err := os.Mkdir(dir, 0o700); err != nil {
		return fmt.Errorf("practice service: %w", err)
	}
	steps := [][]string{
		{"init", "--quiet", "--template="},
		{"symbolic-ref", "HEAD", "refs/heads/main"},
		// The repository's own settings win over the operator's, so that their
		// hooks or line endings do not change what is practised.
		{"config", "core.autocrlf", "false"},
		{"config", "core.hooksPath", os.DevNull},
	}
	for _, args := range steps {
		if err := git(ctx, dir, "", args...); err != nil {
			return err
		}
	}
	for _, r := range releases() {
		if err := writeRelease(dir, r); err != nil {
			return fmt.Errorf("practice service: repository: %w", err)
		}
		for _, args := range [][]string{
			{"add", "--all"}, {"commit", "--quiet", "--message", r.Subject}, {"tag", r.Version},
		} {
			if err := git(ctx, dir, r.Date, args...); err != nil {
				return err
			}
		}
	}
	return nil
}

// writeRelease writes every file of one version below dir.
func writeRelease(dir string, r release) error {
	plain := map[string]string{
		"root/npmrc": ".npmrc", "root/gitignore": ".gitignore",
		"root/build.sh": "scripts/build.sh", "root/deploy-staging.sh": "scripts/deploy-staging.sh",
	}
	for from, to := range plain {
		text, err := source.ReadFile("source/" + from)
		if err != nil {
			return err
		}
		if err := writeFile(filepath.Join(dir, to), text); err != nil {
			return err
		}
	}
	fill := struct {
		connector
		Version, Number string
	}{Version: r.Version, Number: strings.TrimPrefix(r.Version, "v")}
	render := func(from, to string) error {
		tmpl, err := template.New(filepath.Base(from)).Delims("[[", "]]").ParseFS(source, "source/"+from)
		if err != nil {
			return err
		}
		var text bytes.Buffer
		if err := tmpl.Execute(&text, fill); err != nil {
			return err
		}
		return writeFile(filepath.Join(dir, to), text.Bytes())
	}
	for _, c := range connectors() {
		fill.connector = c
		if err := render("connectors/connector.ts.tmpl", "src/lib/connectors/"+c.Name+".ts"); err != nil {
			return err
		}
	}
	return errors.Join(
		render("mcp/executor.ts.tmpl", "src/lib/mcp/executor.ts"),
		render("panel/panel.ts.tmpl", "src/panel/panel.ts"),
		render("root/package.json.tmpl", "package.json"))
}

func writeFile(path string, text []byte) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return err
	}
	return os.WriteFile(path, text, 0o600)
}

// git runs git in dir, cut off from the configuration of user and machine.
func git(ctx context.Context, dir, date string, args ...string) error {
	if date == "" {
		date = releases()[0].Date
	}
	return command(ctx, dir, []string{
		"GIT_CONFIG_GLOBAL=" + os.DevNull, "GIT_CONFIG_NOSYSTEM=1", "GIT_TERMINAL_PROMPT=0",
		"GIT_AUTHOR_NAME=GENIA", "GIT_AUTHOR_EMAIL=dev@genia.example", "GIT_AUTHOR_DATE=" + date,
		"GIT_COMMITTER_NAME=GENIA", "GIT_COMMITTER_EMAIL=dev@genia.example", "GIT_COMMITTER_DATE=" + date,
	}, "git", args...)
}

// deployNewest does once what the operator will do: build and deploy.
func deployNewest(ctx context.Context, dir string) error {
	for _, script := range []string{"scripts/build.sh", "scripts/deploy-staging.sh"} {
		if err := command(ctx, dir, nil, "sh", script); err != nil {
			return err
		}
	}
	return nil
}

// command runs a program in dir with little more than PATH in its environment.
func command(ctx context.Context, dir string, env []string, name string, args ...string) error {
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.Dir = dir
	cmd.Env = append([]string{"PATH=" + os.Getenv("PATH"), "HOME=" + dir, "LC_ALL=C"}, env...)
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("practice service: %s %s: %w: %s", name, strings.Join(args, " "), err, bytes.TrimSpace(out))
	}
	return nil
}

// installNPM puts the stand-in in place where npm is missing, or when forced.
func (s *Service) installNPM(forced bool) error {
	if _, err := exec.LookPath("npm"); err == nil && !forced {
		return nil
	}
	script, err := source.ReadFile("source/root/npm-stand-in.sh")
	if err != nil {
		return fmt.Errorf("practice service: %w", err)
	}
	binDir := filepath.Join(s.dir, "bin")
	path := filepath.Join(binDir, "npm")
	if err := writeFile(path, script); err != nil {
		return fmt.Errorf("practice service: stand-in for npm: %w", err)
	}
	if err := os.Chmod(path, 0o700); err != nil {
		return fmt.Errorf("practice service: stand-in for npm: %w", err)
	}
	s.binDir = binDir
	return nil
}
