package process

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"golang.org/x/sys/unix"
)

// cgroup is a control group (version 2) made for one command: nothing leaves it by
// forking, by a new session or by losing its parent.
type cgroup struct {
	path string
	dir  *os.File
}

// errNoCgroup says that there is no place for one below our own.
var errNoCgroup = errors.New("no control group of version 2 is delegated to this process")

// newCgroup makes one below our own, which works where a group was delegated: in a
// user's scope or service, and for root.
func newCgroup(name string) (*cgroup, error) {
	group, err := os.ReadFile("/proc/self/cgroup")
	if err != nil {
		return nil, err
	}
	mounts, err := os.ReadFile("/proc/self/mountinfo")
	if err != nil {
		return nil, err
	}
	own, ok := locateCgroup(string(group), string(mounts))
	if !ok {
		return nil, errNoCgroup
	}
	path := filepath.Join(own, name)
	if err := os.Mkdir(path, 0o755); err != nil {
		return nil, err
	}
	dir, err := os.Open(path)
	if err != nil {
		_ = os.Remove(path)
		return nil, err
	}
	return &cgroup{path: path, dir: dir}, nil
}

// locateCgroup finds the directory of our own group from /proc/self/cgroup and
// /proc/self/mountinfo.
func locateCgroup(group, mounts string) (string, bool) {
	own := ""
	for line := range strings.Lines(group) {
		if path, ok := strings.CutPrefix(strings.TrimSuffix(line, "\n"), "0::"); ok {
			own = path
		}
	}
	if !strings.HasPrefix(own, "/") || strings.HasPrefix(own, "/..") {
		return "", false // none, or outside of what this namespace sees
	}
	for line := range strings.Lines(mounts) {
		before, after, _ := strings.Cut(line, " - ")
		fields := strings.Fields(before)
		if len(fields) < 5 || !strings.HasPrefix(after, "cgroup2 ") {
			continue
		}
		root, point := unescape(fields[3]), unescape(fields[4])
		if below, err := filepath.Rel(root, own); err == nil && filepath.IsLocal(below) {
			return filepath.Join(point, below), true
		}
	}
	return "", false
}

// unescape undoes how mountinfo writes blanks and backslashes: \040.
func unescape(s string) string {
	return strings.NewReplacer(`\040`, " ", `\011`, "\t", `\012`, "\n", `\134`, `\`).Replace(s)
}

// members returns who is in the group and in those below it. A nil group has none.
func (g *cgroup) members() map[int]bool {
	pids := map[int]bool{}
	for _, dir := range g.directories() {
		procs, err := os.ReadFile(filepath.Join(dir, "cgroup.procs"))
		if err != nil {
			continue // removed meanwhile: it was empty
		}
		for _, field := range strings.Fields(string(procs)) {
			if pid, err := strconv.Atoi(field); err == nil && pid > 0 {
				pids[pid] = true
			}
		}
	}
	return pids
}

// kill sends KILL to all of them at once, also to what is being forked. It reports
// whether it could: kernels before 5.14 cannot.
func (g *cgroup) kill() bool {
	if g == nil {
		return false
	}
	f, err := os.OpenFile(filepath.Join(g.path, "cgroup.kill"), os.O_WRONLY, 0)
	if err != nil {
		return false
	}
	defer f.Close()
	_, err = f.WriteString("1")
	return err == nil
}

// remove takes the empty group away. What cannot be removed holds nothing but a
// name, and goes with our own group.
func (g *cgroup) remove() {
	if g == nil {
		return
	}
	g.dir.Close()
	for range 20 {
		dirs := g.directories()
		busy := false
		for i := range dirs {
			err := os.Remove(dirs[len(dirs)-1-i]) // what is below comes first
			busy = busy || errors.Is(err, unix.EBUSY)
		}
		if !busy {
			return
		}
		time.Sleep(time.Millisecond)
	}
}

// directories returns the group's own and those that were made below it, each
// after the one that holds it.
func (g *cgroup) directories() []string {
	if g == nil {
		return nil
	}
	var dirs []string
	_ = filepath.WalkDir(g.path, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return nil //nolint:nilerr // removed meanwhile
		}
		if d.IsDir() {
			dirs = append(dirs, path)
		}
		return nil
	})
	return dirs
}
