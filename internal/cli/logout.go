package cli

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"genia.ai/bitacora/internal/i18n"
)

// scopeLimit is how long systemd may take to say whether it gives scopes.
const scopeLimit = 3 * time.Second

// serverCommand returns how a run server is started here, and what the briefing
// should say about that: where logind ends a user's processes at logout the
// server gets a scope of its own if the user's systemd gives one.
func (a *app) serverCommand(ctx context.Context, exe string, p *i18n.Printer) (command, notes []string) {
	command = []string{exe, serveName}
	if socket, forwarded := a.forwardedAgent(); forwarded {
		notes = append(notes, p.T("cli.note.agent", "Socket", socket))
	}
	if !killsAtLogout("/") {
		return command, notes
	}
	ctx, cancel := context.WithTimeout(ctx, scopeLimit)
	defer cancel()
	scope := []string{"systemd-run", "--user", "--scope", "--quiet", "--collect"}
	if exec.CommandContext(ctx, scope[0], append(scope[1:], "true")...).Run() != nil {
		return command, append(notes, p.T("cli.note.logout-bad"))
	}
	return slices.Concat(scope, command), append(notes, p.T("cli.note.logout"))
}

// forwardedAgent reports an SSH agent that lives in the connection: sshd puts its
// socket below /tmp/ssh-*.
func (a *app) forwardedAgent() (socket string, forwarded bool) {
	socket, _ = a.env("SSH_AUTH_SOCK")
	_, remote := a.env("SSH_CONNECTION")
	return socket, remote && strings.HasPrefix(socket, "/tmp/ssh-")
}

// killsAtLogout reads logind's configuration below root: KillUserProcesses, of
// which the last file that says it counts (logind.conf(5)).
func killsAtLogout(root string) bool {
	files := []string{"/usr/lib/systemd/logind.conf", "/etc/systemd/logind.conf"}
	for _, dir := range []string{"/usr/lib/systemd/logind.conf.d", "/run/systemd/logind.conf.d", "/etc/systemd/logind.conf.d"} {
		drop, err := filepath.Glob(filepath.Join(root, dir, "*.conf"))
		if err != nil {
			continue // the pattern is ours and well-formed
		}
		for _, file := range drop {
			files = append(files, strings.TrimPrefix(file, filepath.Clean(root)))
		}
	}
	kills := false
	for _, file := range files {
		content, err := os.ReadFile(filepath.Join(root, file))
		if err != nil {
			continue // most of these do not exist
		}
		for line := range strings.Lines(string(content)) {
			key, value, ok := strings.Cut(strings.TrimSpace(line), "=")
			if ok && strings.TrimSpace(key) == "KillUserProcesses" {
				kills = slices.Contains([]string{"yes", "true", "1", "on"}, strings.ToLower(strings.TrimSpace(value)))
			}
		}
	}
	return kills
}
