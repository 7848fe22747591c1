package process

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"golang.org/x/sys/unix"
)

// MarkName is the variable that everything below a command inherits, with a value
// of that command alone: by it a process is found that left the command's session
// and lost its parent.
const MarkName = "BITACORA_ACTION"

// How patiently a tree is ended.
const (
	killLimit    = 5 * time.Second // for KILL to take effect
	firstPause   = time.Millisecond
	longestPause = 20 * time.Millisecond
	reapLimit    = time.Second // for a command whose end was not seen

	// So many looks that find nothing are believed although processes were made
	// meanwhile: on a busy machine there are always some.
	enoughLooks = 12
)

// LeftError says that something a command started is still there.
type LeftError struct {
	Path    string   // of the command
	Left    []string // "4711 (sudo)"; empty when they could not be looked for
	Running bool     // the command itself is still there: how it ends is not known
	Cause   error    // why, when that is known
}

// Error implements error.
func (e *LeftError) Error() string {
	what := "what it started could not be looked for"
	if len(e.Left) > 0 {
		what = "these processes could not be ended: " + strings.Join(e.Left, ", ")
	}
	if e.Cause != nil {
		what += fmt.Sprintf(" (%v)", e.Cause)
	}
	return fmt.Sprintf("%s: %s; end them by hand", e.Path, what)
}

// Unwrap returns why.
func (e *LeftError) Unwrap() error { return e.Cause }

// tree is a command and everything below it. Of it is
//   - what is in the control group made for it, where one could be made;
//   - what is in the command's session;
//   - what carries its mark in the environment;
//   - every descendant of these, and what was seen as one before.
//
// The command must not be reaped while the tree is in use: that keeps its number,
// which is also its session's and its group's, from being given to others.
//
// Without a control group, a process escapes that left the session, lost its
// parent and dropped its environment before it was seen once.
type tree struct {
	command identity
	self    entry
	mark    string // "NAME=value"
	group   *cgroup

	known map[identity]bool // all that was seen, and whether it was told to end
}

// glance is what one look at the tree found.
type glance struct {
	alive []entry // the oldest first: a script must be told before what it waits for ends, or it goes on
	soon  bool    // a child of ours is just ending; it may be of the tree
	sure  bool    // nothing can have been overlooked, nor is left for us to reap
}

// look finds what is alive of the tree, and reaps what ended of it as our child.
// It cannot be sure where processes were made while it looked: who hands on to a
// child and ends, again and again, may always be where it does not look.
func (t *tree) look() (glance, error) {
	table, whole, err := processes()
	if err != nil {
		return glance{}, err
	}
	members, sure := t.members(table)
	g := glance{sure: t.group != nil || whole && sure}
	known := make(map[identity]bool, len(members))
	var ended []entry
	for _, e := range table {
		if members[e.pid] {
			known[e.identity] = t.known[e.identity]
			if e.alive() {
				g.alive = append(g.alive, e)
			}
		}
		switch {
		case e.alive():
			g.soon = g.soon || e.exiting && e.ppid == t.self.pid
		case e.pid == t.command.pid:
		case e.ppid == t.self.pid:
			ended = append(ended, e)
		case e.start >= t.command.start:
			g.sure = false // it may be about to become ours
		}
	}
	t.known = known
	t.reap(ended)
	slices.SortFunc(g.alive, func(a, b entry) int {
		return cmp.Or(cmp.Compare(a.start, b.start), cmp.Compare(a.pid, b.pid))
	})
	return g, nil
}

// members returns the numbers of those processes that belong to the tree, and
// whether it could tell of all.
func (t *tree) members(table []entry) (in map[int]bool, sure bool) {
	in, sure = map[int]bool{}, true
	grouped := t.group.members()
	for _, e := range table {
		_, known := t.known[e.identity]
		in[e.pid] = known || e.pid == t.command.pid || e.session == t.command.pid || grouped[e.pid]
	}
	t.addDescendants(table, in)
	for _, e := range table {
		// Only what is younger can have the mark; few are.
		if in[e.pid] || e.kernel || !e.alive() || e.start < t.command.start || e.pid == t.self.pid {
			continue
		}
		marked, readable := e.carries(t.mark)
		in[e.pid], sure = marked, sure && readable
	}
	t.addDescendants(table, in)
	return in, sure
}

func (t *tree) addDescendants(table []entry, in map[int]bool) {
	for grown := true; grown; {
		grown = false
		for _, e := range table {
			if !in[e.pid] && in[e.ppid] && e.pid != t.self.pid {
				in[e.pid], grown = true, true
			}
		}
	}
}

// end ends the tree: TERM to each process of it, and KILL to what is left after the
// grace. It returns nil when nothing is.
func (t *tree) end(path string, grace time.Duration) *LeftError {
	// What is left or went wrong is met again below.
	_, _ = t.until(grace, 1, t.terminate)
	return t.endNow(path)
}

// endNow is end without the grace.
func (t *tree) endNow(path string) *LeftError {
	t.strike()
	left, err := t.until(killLimit, enoughLooks, t.kill)
	if len(left) == 0 && err == nil {
		return nil
	}
	e := &LeftError{Path: path, Cause: err}
	for _, l := range left {
		e.Left = append(e.Left, fmt.Sprintf("%d (%s)", l.pid, l.name))
	}
	return e
}

// until applies act to what is alive until nothing is (which is believed when a
// look is sure, or after so many of them), act says that it is in vain, or the time
// has passed. It returns what was alive at last.
func (t *tree) until(limit time.Duration, looks int, act func([]entry) error) ([]entry, error) {
	end, pause, clean := time.Now().Add(limit), firstPause, 0
	for {
		seen := t.known
		g, err := t.look()
		switch {
		case err != nil: // perhaps the next time
		case len(g.alive) == 0 && g.soon:
			pause = firstPause
		case len(g.alive) == 0:
			if clean++; g.sure || clean == looks {
				return nil, nil
			}
			pause = firstPause
		default:
			clean = 0
			if err := act(g.alive); err != nil {
				return g.alive, err
			}
			if anyNew(g.alive, seen) {
				pause = firstPause // it is forking: be quicker
			}
		}
		left := time.Until(end)
		if left <= 0 {
			return g.alive, err
		}
		time.Sleep(min(pause, left))
		pause = min(2*pause, longestPause)
	}
}

func anyNew(entries []entry, seen map[identity]bool) bool {
	return slices.ContainsFunc(entries, func(e entry) bool {
		_, known := seen[e.identity]
		return !known
	})
}

// terminate tells each process once that it should end.
func (t *tree) terminate(alive []entry) error {
	for _, e := range alive {
		if t.known[e.identity] {
			continue
		}
		t.known[e.identity] = true
		// What cannot be signalled is met again when it is to be killed. One that is
		// stopped must go on to end.
		_ = e.signal(unix.SIGTERM)
		_ = e.signal(unix.SIGCONT)
	}
	return nil
}

// kill kills what is alive. The error says that it is in vain.
func (t *tree) kill(alive []entry) error {
	atOnce := t.strike()
	var refused []error
	for _, e := range alive {
		if err := e.signal(unix.SIGKILL); err != nil {
			refused = append(refused, err)
		}
	}
	if !atOnce && len(refused) == len(alive) {
		return refused[0]
	}
	return nil
}

// strike kills what can be killed in one stroke, so that nothing escapes by
// forking: the command's process group, and the control group. It reports whether
// the latter could be.
func (t *tree) strike() bool {
	// An error means that none is left, or none that is ours to signal.
	_ = unix.Kill(-t.command.pid, unix.SIGKILL)
	return t.group.kill()
}
