package cli

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"genia.ai/bitacora/internal/config"
	"genia.ai/bitacora/runbooks"
)

// How long shellcheck may take for one script, and for all of a call of lint.
const (
	shellcheckOnce = 5 * time.Second
	shellcheckAll  = 60 * time.Second
)

// left out of what shellcheck says: what lint says itself (SC2086), and what is no
// mistake where blocks share variables and parameters come from outside.
const shellcheckWithout = "SC1090,SC1091,SC2034,SC2086,SC2148,SC2154"

// shellChecker asks shellcheck, where it is installed. It reads scripts from its
// standard input and runs none.
type shellChecker struct {
	ctx     context.Context
	program string        // "" = not installed
	once    time.Duration // for a script
	left    time.Duration // for all that come
	ended   bool
}

func newShellChecker(ctx context.Context, env config.Lookup) *shellChecker {
	c := &shellChecker{ctx: ctx, once: shellcheckOnce, left: shellcheckAll}
	path, _ := env("PATH")
	for _, dir := range filepath.SplitList(path) {
		name := filepath.Join(dir, "shellcheck")
		if info, err := os.Stat(name); err == nil && filepath.IsAbs(dir) && info.Mode().IsRegular() && info.Mode()&0o111 != 0 {
			c.program = name
			break
		}
	}
	return c
}

// late reports whether the time was over before every script was looked at.
func (c *shellChecker) late() bool { return c.ended }

// check returns what to ask, nil when there is nobody.
func (c *shellChecker) check() func(dialect, script string) []runbooks.ShellRemark {
	if c.program == "" {
		return nil
	}
	return c.ask
}

// shellcheckReport is what shellcheck --format=json1 prints.
type shellcheckReport struct {
	Comments []struct {
		Line    int    `json:"line"`
		Column  int    `json:"column"`
		Level   string `json:"level"`
		Code    int    `json:"code"`
		Message string `json:"message"`
	} `json:"comments"`
}

// ask returns what shellcheck says of a script; nothing when it fails or is late.
func (c *shellChecker) ask(dialect, script string) []runbooks.ShellRemark {
	if c.left <= 0 {
		c.ended = true
		return nil
	}
	ctx, cancel := context.WithTimeout(c.ctx, min(c.once, c.left))
	defer cancel()
	cmd := exec.CommandContext(ctx, c.program, "--norc", "--format=json1", "--shell="+dialect, "--exclude="+shellcheckWithout, "-")
	cmd.Stdin = strings.NewReader(script)
	cmd.WaitDelay = time.Second
	var out bytes.Buffer
	cmd.Stdout = &out
	began := time.Now()
	err := cmd.Run()
	c.left -= time.Since(began)
	if ctx.Err() != nil {
		c.ended = true
		return nil
	}
	var report shellcheckReport
	// It exits with 1 when it found something: its output tells whether it worked.
	if json.Unmarshal(out.Bytes(), &report) != nil || err != nil && out.Len() == 0 {
		return nil
	}
	remarks := make([]runbooks.ShellRemark, 0, len(report.Comments))
	for _, found := range report.Comments {
		remarks = append(remarks, runbooks.ShellRemark{
			Line: found.Line, Column: found.Column, Severe: found.Level == "error" || found.Level == "warning",
			Message: fmt.Sprintf("SC%d: %s", found.Code, found.Message),
			Hint:    fmt.Sprintf("https://www.shellcheck.net/wiki/SC%d", found.Code),
		})
	}
	return remarks
}
