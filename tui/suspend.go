package tui

import (
	"os"
	"os/signal"
	"strconv"
	"strings"

	tea "github.com/charmbracelet/bubbletea"
	"golang.org/x/sys/unix"
)

// wentOnMsg says that the program was stopped and goes on, or why it was not stopped.
type wentOnMsg struct{ err error }

// suspend stops the program as ctrl+z does elsewhere; the run goes on in its server. It
// works in dialogs too: what is typed there is there when the program goes on.
func (a *app) suspend() tea.Cmd {
	if why := a.whySuspend(); why != "" {
		a.say(true, why)
		return nil
	}
	a.lent = true
	return a.lend(stopping{ctx: a.ctx, in: a.opts.In}, func(err error) tea.Msg { return wentOnMsg{err} })
}

// whySuspend says why the program cannot be stopped here, or "".
func (a *app) whySuspend() string {
	if a.resumable() {
		return ""
	}
	return a.p.T("tui.why.no-shell")
}

// resumable reports whether somebody could make this process go on after it has been
// stopped: a shell with job control. It is the parent, in our session but not in our
// process group, of this process or of one that shares its group (a script, sudo). What
// an SSH server starts as the leader of a session would stand still for ever.
func resumable() bool {
	session, err := unix.Getsid(0)
	if err != nil || session == os.Getpid() || signal.Ignored(unix.SIGTSTP) {
		return false
	}
	for parent, group := os.Getppid(), unix.Getpgrp(); parent > 1; parent = parentOf(parent) {
		theirs, err := unix.Getpgid(parent)
		if err != nil {
			return false
		}
		if theirs != group {
			where, err := unix.Getsid(parent)
			return err == nil && where == session
		}
	}
	return false
}

// parentOf returns the parent of a process, 0 when it is not known.
func parentOf(pid int) int {
	stat, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/stat")
	if err != nil {
		return 0
	}
	// The name in brackets may hold anything; the state and the parent follow it.
	fields := strings.Fields(string(stat[strings.LastIndexByte(string(stat), ')')+1:]))
	if len(fields) < 2 {
		return 0
	}
	parent, err := strconv.Atoi(fields[1])
	if err != nil {
		return 0
	}
	return parent
}
