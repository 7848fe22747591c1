package process

import (
	"bufio"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"
)

// BecomeSubreaper makes this process the parent of what its commands orphan, in
// place of init: such processes stay below us, where they are found and ended, and
// those that have ended are reaped by the Processes of this package. It holds for
// the whole process and is called once, when a program begins that lives for its
// commands. Children of other packages are neither signalled nor reaped.
func BecomeSubreaper() error {
	if err := unix.Prctl(unix.PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0); err != nil {
		return fmt.Errorf("become the parent of orphaned processes: %w", err)
	}
	return nil
}

// reap clears away those of our ended children that were orphans of a command.
// Whoever started a child of ours in this program may still wait for it, and must
// find it: only what certainly is nobody's is taken. It reports whether there was
// one that may have been of the tree and was never seen alive.
func (t *tree) reap(ended []entry) (unseen bool) {
	var waited map[int]bool
	for _, e := range ended {
		_, known := t.known[e.identity]
		if !known && !t.foreignSession(e) {
			if waited == nil {
				waited = waitedFor() // after e was seen: what is missing now was not waited for then
			}
			// Without the descriptor of our own command this kernel or this Go has none.
			if !waited[t.command.pid] || waited[e.pid] {
				continue
			}
		}
		unseen = unseen || !known && e.start >= t.command.start
		// An error means that it is gone.
		_, _ = unix.Wait4(e.pid, nil, unix.WNOHANG, nil)
	}
	return unseen
}

// foreignSession reports that a child of ours is in a session neither ours nor its
// own: one that we started ourselves can only be in either.
func (t *tree) foreignSession(e entry) bool {
	return e.session != t.self.session && e.session != e.pid
}

// waitedFor returns the processes for which this program holds a process
// descriptor; package os holds one of every child until it was waited for.
func waitedFor() map[int]bool {
	pids := map[int]bool{}
	const dir = "/proc/self/fdinfo"
	names, err := os.ReadDir(dir)
	if err != nil {
		return pids
	}
	for _, name := range names {
		if pid, ok := describedProcess(filepath.Join(dir, name.Name())); ok {
			pids[pid] = true
		}
	}
	return pids
}

// describedProcess reads the "Pid:" line that only process descriptors have.
func describedProcess(fdinfo string) (int, bool) {
	f, err := os.Open(fdinfo)
	if err != nil {
		return 0, false // closed meanwhile
	}
	defer f.Close()
	for lines := bufio.NewScanner(f); lines.Scan(); {
		if rest, ok := strings.CutPrefix(lines.Text(), "Pid:"); ok {
			pid, err := strconv.Atoi(strings.TrimSpace(rest))
			return pid, err == nil && pid > 0
		}
	}
	return 0, false
}
