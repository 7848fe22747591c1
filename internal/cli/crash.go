package cli

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"

	"golang.org/x/sys/unix"

	"genia.ai/bitacora/internal/config"
	"genia.ai/bitacora/internal/redact"
	"genia.ai/bitacora/internal/sanitize"
	"genia.ai/bitacora/internal/secrets"
	"genia.ai/bitacora/tui"
)

// crashDir is where reports of panics are kept, below the directory of the runs.
const crashDir = "crashes"

// keepForMasks remembers secrets that were found, so that a report of a panic can mask
// them. The others are masked by their shape alone.
func (a *app) keepForMasks(found []secrets.Found) {
	for _, f := range found {
		if a.masked == nil {
			a.masked = map[string]string{}
		}
		if len(strings.TrimSpace(f.Value)) >= redact.MinLength {
			a.masked[f.Name] = f.Value
		}
	}
}

// crashed writes a panic of the screen to a file of its own and says where that is. The
// terminal was restored before.
func (a *app) crashed(p *tui.PanicError) error {
	masks, err := redact.New(a.masked)
	if err != nil {
		masks = &redact.Set{} // shapes are masked all the same
	}
	said, _ := masks.String(sanitize.Line(p.Error()))
	path, err := a.writeCrash(masks, said, p)
	if err != nil {
		return errors.Join(errors.New(said), say("error.crash-unwritten", "Detail", err))
	}
	return say("error.crash", "Detail", said, "Path", path)
}

func (a *app) writeCrash(masks *redact.Set, said string, p *tui.PanicError) (string, error) {
	state, err := config.StateDir(a.env)
	if err != nil {
		return "", err
	}
	dir := filepath.Join(state, crashDir)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return "", err
	}
	now := a.clock.Now().UTC()
	path := filepath.Join(dir, fmt.Sprintf("%s-%d.txt", now.Format("20060102T150405.000000Z"), os.Getpid()))
	file, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL|unix.O_NOFOLLOW, 0o600)
	if err != nil {
		return "", err
	}
	stack, _ := masks.String(string(p.Stack))
	_, err = fmt.Fprintf(file, "%s\nbitacora %s, %s %s/%s, %s\n\n%s", said, programVersion(), runtime.Version(), runtime.GOOS, runtime.GOARCH,
		now.Format("2006-01-02 15:04:05 UTC"), sanitize.String(stack))
	return path, errors.Join(err, file.Close())
}
