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
	kernel        bool // a thread of the kernel's own
	exiting       bool // it is ending, and has no environment any more
	name          string
}

// alive reports whether it is more than an entry that waits to be reaped: the first
// thread may end before the others do.
func (e entry) alive() bool {
	return e.threads > 1 || e.state != 'Z' && e.state != 'X' && e.state != 'x'
}

// processes lists what runs on this machine, as far as we may see it. It is no
// snapshot; whole says that nothing began or was beginning meanwhile, so that it
// is as good as one.
func processes() (table []entry, whole bool, err error) {
	before := lastProcess()
	pids, err := numbers()
	if err != nil {
		return nil, false, err
	}
	for pid := range pids {
		e, err := readEntry(pid)
		if exhausted(err) {
			return nil, false, err // it may be there and only we cannot look
		}
		if err == nil {
			table = append(table, e)
		}
	}
	// A process that was being made is counted before it is listed; its maker may
	// have been listed, and gone when it was to be read.
	again, err := numbers()
	if err != nil {
		return nil, false, err
	}
	whole = before != "" && before == lastProcess()
	for pid := range again {
		whole = whole && pids[pid]
	}
	return table, whole, nil
}

// numbers returns the processes that are there.
func numbers() (map[int]bool, error) {
	dir, err := os.Open("/proc")
	if err != nil {
		return nil, err
	}
	defer dir.Close()
	names, err := dir.Readdirnames(-1)
	if err != nil {
		return nil, err
	}
	pids := map[int]bool{}
	for _, name := range names {
		if pid, err := strconv.Atoi(name); err == nil {
			pids[pid] = true
		}
	}
	return pids, nil
}

func exhausted(err error) bool {
	return errors.Is(err, unix.EMFILE) || errors.Is(err, unix.ENFILE) || errors.Is(err, unix.ENOMEM)
}

// readEntry reads /proc/PID/stat: "pid (comm) state ppid pgrp session …"; comm may
// hold anything, so that the fields count from the last parenthesis. The error is
// ENOENT or ESRCH when the process has ended.
func readEntry(pid int) (entry, error) {
	// Thousands of these are read at the end of a step: without what package os does
	// for files that can be waited for, it takes half as long.
	fd, err := unix.Open("/proc/"+strconv.Itoa(pid)+"/stat", unix.O_RDONLY|unix.O_CLOEXEC, 0)
	if err != nil {
		return entry{}, err
	}
	defer func() { _ = unix.Close(fd) }()
	var stat [1024]byte // it has some fifty numbers and a name of at most 64 bytes
	n, err := unix.Read(fd, stat[:])
	if err != nil {
		return entry{}, err
	}
	return parseStat(pid, stat[:n])
}

func parseStat(pid int, stat []byte) (entry, error) {
	const (
		state, ppid, session, flags, threads, start = 0, 1, 3, 6, 17, 19 // proc_pid_stat(5), counted from the state

		exiting, kernelThread = 0x00000004, 0x00200000 // PF_EXITING, PF_KTHREAD
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
	var errs [5]error
	e.ppid, errs[0] = strconv.Atoi(string(fields[ppid]))
	e.session, errs[1] = strconv.Atoi(string(fields[session]))
	e.threads, errs[3] = strconv.Atoi(string(fields[threads]))
	e.start, errs[2] = strconv.ParseUint(string(fields[start]), 10, 64)
	bits, err := strconv.ParseUint(string(fields[flags]), 10, 64)
	e.kernel, e.exiting, errs[4] = bits&kernelThread != 0, bits&exiting != 0, err
	return e, errors.Join(errs[:]...)
}

// carries reports whether the process was given the variable "NAME=value", and
// whether that can be told: in the middle of an exec, or of ending, there is no
// environment, or it is not ours to read. What belongs to another user cannot be
// read and is told by other signs.
func (e entry) carries(variable string) (carried, readable bool) {
	environ, err := os.ReadFile("/proc/" + strconv.Itoa(e.pid) + "/environ")
	if err != nil {
		return false, errors.Is(err, fs.ErrPermission) && e.ofAnotherUser()
	}
	return bytes.Contains(append([]byte{0}, environ...), []byte("\x00"+variable+"\x00")), len(environ) > 0
}

// ofAnotherUser looks at who owns /proc/PID, which unlike the files in it is always
// who the process runs as.
func (e entry) ofAnotherUser() bool {
	var dir unix.Stat_t
	err := unix.Stat("/proc/"+strconv.Itoa(e.pid), &dir)
	return err == nil && int(dir.Uid) != os.Geteuid()
}

// lastProcess names the process that was made last: while it stays the same none
// was. It is "" where that cannot be told.
func lastProcess() string {
	load, err := os.ReadFile("/proc/loadavg")
	if err != nil {
		return ""
	}
	fields := bytes.Fields(load)
	return string(fields[len(fields)-1])
}

// signal sends sig to this very process, never to another one that was given its
// number since. That it has ended is no error.
func (e entry) signal(sig unix.Signal) error {
	fd, err := unix.PidfdOpen(e.pid, 0)
	if err == nil {
		defer func() { _ = unix.Close(fd) }()
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
