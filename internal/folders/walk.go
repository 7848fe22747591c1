package folders

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
)

// Bounds of a folder. What lies beyond is no collection of runbooks.
const (
	maxFiles   = 20000
	maxDepth   = 12
	maxEntries = 200000
)

const extension = ".md"

// walker goes through a folder.
type walker struct {
	root    string
	files   []File
	seen    map[inode]bool // directories, so that links that lead back end
	entries int
	notes   []string
	full    bool
}

type inode struct{ dev, ino uint64 }

// walk returns the Markdown files below a directory by name, without having opened
// any, and what kept it from seeing all. Links are followed, hidden directories and
// those of package managers are not entered.
func walk(root string) ([]File, []string) {
	w := &walker{root: root, seen: map[inode]bool{}}
	info, err := os.Stat(root)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, nil
	case err != nil:
		return nil, []string{err.Error()}
	case !info.IsDir():
		return nil, []string{root + " is no directory"}
	}
	w.dir(root, "", info, 0)
	slices.SortFunc(w.files, func(a, b File) int { return strings.Compare(a.Name, b.Name) })
	return w.files, w.notes
}

func (w *walker) note(format string, args ...any) {
	const most = 20
	if len(w.notes) < most {
		w.notes = append(w.notes, fmt.Sprintf(format, args...))
	}
}

func (w *walker) dir(path, name string, info fs.FileInfo, depth int) {
	if depth > maxDepth {
		w.note("%s: more than %d directories within each other are not entered", path, maxDepth)
		return
	}
	if stat, ok := info.Sys().(*syscall.Stat_t); ok {
		id := inode{stat.Dev, stat.Ino}
		if w.seen[id] {
			return
		}
		w.seen[id] = true
	}
	entries, err := os.ReadDir(path)
	if err != nil {
		w.note("%s", err)
	}
	for _, entry := range entries {
		if w.entries++; w.entries > maxEntries || len(w.files) >= maxFiles {
			if !w.full {
				w.note("%s: it holds more than %d runbooks or %d files; the rest is not listed", w.root, maxFiles, maxEntries)
			}
			w.full = true
			return
		}
		w.entry(path, name, entry, depth)
	}
}

// entry takes what may be a runbook, and enters what may hold some.
func (w *walker) entry(dir, name string, entry fs.DirEntry, depth int) {
	if strings.HasPrefix(entry.Name(), ".") || entry.Name() == "node_modules" || entry.Name() == "testdata" {
		return
	}
	isLink, isRunbook := entry.Type()&fs.ModeSymlink != 0, strings.HasSuffix(entry.Name(), extension)
	if !isLink && !entry.IsDir() && (!isRunbook || !entry.Type().IsRegular()) {
		return
	}
	path := dir + string(filepath.Separator) + entry.Name()
	info, err := entry.Info()
	if isLink && err == nil {
		info, err = os.Stat(path)
	}
	switch {
	case err != nil && isRunbook: // a link to nowhere, or a file that has just gone
		w.note("%s", err)
	case err != nil:
	case info.IsDir():
		w.dir(path, name+entry.Name()+"/", info, depth+1)
	case isRunbook && info.Mode().IsRegular():
		w.files = append(w.files, File{
			Name: name + strings.TrimSuffix(entry.Name(), extension), Path: path, Size: info.Size(), Modified: info.ModTime(),
		})
	}
}
