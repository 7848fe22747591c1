package process

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strconv"

	"golang.org/x/sys/unix"
)

// identity tells a process from any later one that is given the same number.
type identity struct {
	pid   int
	start uint64 // clock ticks since the machine started
}

// entry is what /proc tells of a process.
type entry struct {
	identity
	ppid, session int
	state         byte
	threads       int
	name          string
}

// alive reports whether it is more than an entry that waits to be reaped: the first
// thread may end before the others do.
func (e entry) alive() bool {
	return e.threads > 1 || e.state != 'Z' && e.state != 'X' && e.state != 'x'
}

// processes lists what runs on this machine, as far as we may see it. It is no
// snapshot: what starts meanwhile may be missing.
func processes() ([]entry, error) {
	dir, err := os.Open("/proc")
	if err != nil {
		return nil, err
	}
	defer dir.Close()
	names, err := dir.Readdirnames(-1)
	if err != nil {
		return nil, err
	}
	var table []entry
	for _, name := range names {
		pid, err := strconv.Atoi(name)
		if err != nil {
			continue
		}
		e, err := readEntry(pid)
		if exhausted(err) {
			return nil, err // it may be there and only we cannot look
		}
		if err == nil {
			table = append(table, e)
		}
	}
	return table, nil
}

func exhausted(err error) bool {
	return errors.Is(err, unix.EMFILE) || errors.Is(err, unix.ENFILE) || errors.Is(err, unix.ENOMEM)
}

// readEntry reads /proc/PID/stat: "pid (comm) state ppid pgrp session …"; comm may
// hold anything, so that the fields count from the last parenthesis. The error is
// fs.ErrNotExist or ESRCH when the process has ended.
func readEntry(pid int) (entry, error) {
	stat, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/stat")
	if err != nil {
		return entry{}, err
	}
	return parseStat(pid, stat)
}

func parseStat(pid int, stat []byte) (entry, error) {
	const (
		state, ppid, session, threads, start = 0, 1, 3, 17, 19 // proc_pid_stat(5), counted from the state
	)
	open, end := bytes.IndexByte(stat, '('), bytes.LastIndexByte(stat, ')')
	if open < 0 || end < open {
		return entry{}, fmt.Errorf("/proc/%d/stat: %w", pid, fs.ErrInvalid)
	}
	fields := bytes.Fields(stat[end+1:])
	if len(fields) <= start {
		return entry{}, fmt.Errorf("/proc/%d/stat: %w", pid, fs.ErrInvalid)
	}
	e := entry{identity: identity{pid: pid}, state: fields[state][0], name: string(stat[open+1 : end])}
	var errs [4]error
	e.ppid, errs[0] = strconv.Atoi(string(fields[ppid]))
	e.session, errs[1] = strconv.Atoi(string(fields[session]))
	e.threads, errs[3] = strconv.Atoi(string(fields[threads]))
	e.start, errs[2] = strconv.ParseUint(string(fields[start]), 10, 64)
	return e, errors.Join(errs[:]...)
}

// carries reports whether the process was given the variable "NAME=value". It is
// false where we may not look.
func (e entry) carries(variable string) bool {
	environ, err := os.ReadFile("/proc/" + strconv.Itoa(e.pid) + "/environ")
	if err != nil {
		return false
	}
	return bytes.Contains(append([]byte{0}, environ...), []byte("\x00"+variable+"\x00"))
}

// signal sends sig to this very process, never to another one that was given its
// number since. That it has ended is no error.
func (e entry) signal(sig unix.Signal) error {
	fd, err := unix.PidfdOpen(e.pid, 0)
	if err == nil {
		defer unix.Close(fd)
	}
	// What the descriptor stands for can no longer change now.
	if now, gone := readEntry(e.pid); gone != nil || now.start != e.start {
		return nil
	}
	if err == nil {
		err = unix.PidfdSendSignal(fd, sig, nil, 0)
	} else { // kernels before 5.3, or no descriptor is left
		err = unix.Kill(e.pid, sig)
	}
	if errors.Is(err, unix.ESRCH) {
		return nil
	}
	return err
}
