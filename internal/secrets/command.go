package secrets

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"time"

	"golang.org/x/sys/unix"

	"genia.ai/bitacora/internal/redact"
	"genia.ai/bitacora/internal/sanitize"
)

// passed are the names of the environment that a password manager and its agent
// need. GPG_TTY is where a pinentry asks: the command itself has no terminal.
var passed = regexp.MustCompile(`^(HOME|PATH|USER|LOGNAME|LANG|LANGUAGE|LC_[A-Z]+|TZ|SHELL|TMPDIR|TERM|` +
	`GPG_TTY|GNUPGHOME|PINENTRY_USER_DATA|PASSWORD_STORE_[A-Z_]+|GOPASS_[A-Z_]+|SSH_AUTH_SOCK|` +
	`XDG_[A-Z_]+|DBUS_SESSION_BUS_ADDRESS|DISPLAY|WAYLAND_DISPLAY|XAUTHORITY|KRB5CCNAME|` +
	`VAULT_(ADDR|NAMESPACE|CACERT|CAPATH|TOKEN)|OP_[A-Z_]+|BW_SESSION|` +
	`AWS_[A-Z0-9_]+|GOOGLE_[A-Z0-9_]+|CLOUDSDK_[A-Z0-9_]+|AZURE_[A-Z0-9_]+|` +
	`SSL_CERT_(FILE|DIR)|(https?|no|all)_proxy|(HTTPS?|NO|ALL)_PROXY)$`)

// lastWait is how long the output of a command that was ended is still read.
const lastWait = 2 * time.Second

// run returns what a command prints. It runs in a session of its own, without a
// terminal: the screen may be in use. It is ended with its group at the limit;
// what made itself independent of it, as an agent does, stays.
func (f *Finder) run(ctx context.Context, command []string) (string, error) {
	shown := sanitize.Line(filepath.Base(command[0]))
	limit := f.Timeout
	if limit == 0 {
		limit = DefaultTimeout
	}
	timed, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	env := f.environ()
	path, err := find(command[0], env)
	if err != nil {
		return "", err
	}
	stdout, stderr := &bounded{limit: maxValue}, &bounded{limit: 4 << 10, drop: true}
	cmd := exec.CommandContext(timed, path, command[1:]...)
	cmd.Env, cmd.Dir, cmd.Stdout, cmd.Stderr, cmd.WaitDelay = env, f.Home, stdout, stderr, lastWait
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	cmd.Cancel = func() error { return unix.Kill(-cmd.Process.Pid, unix.SIGKILL) }
	err = cmd.Run()
	switch {
	case ctx.Err() != nil:
		return "", ctx.Err()
	case timed.Err() != nil:
		return "", fmt.Errorf("%s did not answer within %v%s", shown, limit, said(stdout, stderr))
	case stdout.full:
		return "", fmt.Errorf("what %s printed: %w", shown, errLong)
	case err != nil:
		return "", fmt.Errorf("%s failed: %w%s", shown, err, said(stdout, stderr))
	}
	value, err := valueOf(stdout.kept)
	if err != nil {
		return "", fmt.Errorf("what %s printed: %w%s", shown, err, said(stdout, stderr))
	}
	return value, nil
}

// said is what a command wrote as its errors, without what it gave away.
func said(stdout, stderr *bounded) string {
	text := string(stderr.kept)
	if masks, err := redact.New(map[string]string{"output": string(stdout.kept)}); err == nil {
		text, _ = masks.String(text)
	}
	if text = strings.Join(strings.Fields(sanitize.String(text)), " "); text == "" {
		return ""
	}
	return ": " + text
}

func (f *Finder) environ() []string {
	var env []string
	for _, entry := range f.Environ {
		if name, _, ok := strings.Cut(entry, "="); ok && passed.MatchString(name) {
			env = append(env, entry)
		}
	}
	return env
}

// find looks a program up in the PATH, but never in the working directory.
func find(program string, env []string) (string, error) {
	if strings.ContainsRune(program, filepath.Separator) {
		if !filepath.IsAbs(program) {
			return "", fmt.Errorf("%s: a program is named by its name or its absolute path", program)
		}
		return program, nil
	}
	for _, entry := range env {
		dirs, ok := strings.CutPrefix(entry, "PATH=")
		if !ok {
			continue
		}
		for _, dir := range filepath.SplitList(dirs) {
			path := filepath.Join(dir, program)
			if info, err := os.Stat(path); filepath.IsAbs(dir) && err == nil && info.Mode().IsRegular() && info.Mode()&0o111 != 0 {
				return path, nil
			}
		}
	}
	return "", fmt.Errorf("%s is not installed here", program)
}

// bounded keeps what was written up to a limit. Beyond it a write fails, which
// ends who writes, or is dropped.
type bounded struct {
	kept  []byte
	limit int
	drop  bool
	full  bool
}

var errFull = errors.New("too much output")

// Write implements io.Writer.
func (b *bounded) Write(p []byte) (int, error) {
	room := b.limit - len(b.kept)
	if len(p) <= room {
		b.kept = append(b.kept, p...)
		return len(p), nil
	}
	b.full = true
	b.kept = append(b.kept, p[:room]...)
	if b.drop {
		return len(p), nil
	}
	return room, errFull
}
