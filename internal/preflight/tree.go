package preflight

import (
	"bytes"
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"time"

	"genia.ai/bitacora/internal/session"
)

// maxGitConfig bounds what is read of a repository's configuration, in bytes.
const maxGitConfig = 1 << 20

// programs finds what in a repository's own configuration makes `git status` run
// programs, or read further files that might.
var programs = regexp.MustCompile(`(?im)^\s*\[\s*(filter|include|includeif)\b|\bfsmonitor\b|\bworktreeconfig\b`)

// lookAtTree tells whether the working tree around a directory is clean; nil when
// there is none. Only git knows, so it is asked, with nothing of the repository that
// could run: no hooks, no monitor, no submodules, no lock; and not at all where the
// repository's own configuration names programs.
func lookAtTree(ctx context.Context, dir string, getenv func(string) string) *session.Check {
	root, config := findTree(dir)
	if root == "" {
		return nil
	}
	check := &session.Check{Kind: session.CheckTree, Name: root, State: session.CheckUnknown}
	if info, err := os.Stat(config); err != nil || !info.Mode().IsRegular() || info.Size() > maxGitConfig {
		check.Why = "config"
		return check
	}
	raw, err := os.ReadFile(config)
	if err != nil || programs.Match(raw) {
		check.Why = "programs"
		return check
	}
	git, err := exec.LookPath("git")
	if err != nil {
		check.Why = "no-git"
		return check
	}
	cmd := exec.CommandContext(ctx, git, "-c", "core.fsmonitor=false", "-c", "core.hooksPath=/dev/null", "-c", "core.untrackedCache=false",
		"-c", "submodule.recurse=false", "--no-optional-locks", "status", "--porcelain", "-z", "--ignore-submodules=all", "--untracked-files=normal")
	cmd.Dir, cmd.WaitDelay = root, 100*time.Millisecond
	cmd.Env = []string{"LC_ALL=C", "GIT_TERMINAL_PROMPT=0", "GIT_OPTIONAL_LOCKS=0", "GIT_CONFIG_NOSYSTEM=1", "GIT_ATTR_NOSYSTEM=1", "PATH=/nowhere"}
	if getenv != nil && getenv("HOME") != "" {
		cmd.Env = append(cmd.Env, "HOME="+getenv("HOME")) // the operator's own settings: which directories are safe
	}
	out, err := cmd.Output()
	if err != nil {
		check.Why = "silent"
		if ctx.Err() != nil {
			check.Why = "slow"
		}
		return check
	}
	check.State, check.Count = session.CheckGood, changed(out)
	if check.Count > 0 {
		check.State = session.CheckBad
	}
	return check
}

// changed counts the entries of `status --porcelain -z`: a rename has a second path.
func changed(out []byte) int {
	count, second := 0, false
	for entry := range bytes.SplitSeq(out, []byte{0}) {
		switch {
		case second:
			second = false
		case len(entry) > 3:
			count++
			second = entry[0] == 'R' || entry[0] == 'C'
		}
	}
	return count
}

// findTree returns the working tree that a directory stands in, and the file of its
// configuration.
func findTree(dir string) (root, config string) {
	for {
		marker := filepath.Join(dir, ".git")
		if info, err := os.Lstat(marker); err == nil {
			if info.IsDir() {
				return dir, filepath.Join(marker, "config")
			}
			return dir, linkedConfig(dir, marker)
		}
		parent := filepath.Dir(dir)
		if parent == dir || dir == "." {
			return "", ""
		}
		dir = parent
	}
}

// linkedConfig returns the configuration of a tree whose .git is a file that names
// another place, "" when it cannot be told.
func linkedConfig(dir, marker string) string {
	info, err := os.Stat(marker)
	if err != nil || !info.Mode().IsRegular() || info.Size() > 4096 {
		return ""
	}
	raw, err := os.ReadFile(marker)
	place, ok := strings.CutPrefix(strings.TrimSpace(string(raw)), "gitdir: ")
	if err != nil || !ok {
		return ""
	}
	if !filepath.IsAbs(place) {
		place = filepath.Join(dir, place)
	}
	// Of a linked tree the configuration stands with the repository.
	if common, err := os.ReadFile(filepath.Join(place, "commondir")); err == nil {
		return filepath.Join(place, strings.TrimSpace(string(common)), "config")
	}
	return filepath.Join(place, "config")
}
