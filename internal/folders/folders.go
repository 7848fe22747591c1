// Package folders finds the runbooks in the folders that a team keeps: thousands of
// Markdown files, of which a list shows the titles and a search the headings and
// the names of alerts.
//
// It guarantees: a folder is walked within bounds, whatever links and files stand in
// it, and nothing but regular files is opened; a file that cannot be read or parsed
// is listed with why. What was found out is kept in an index beside, which only
// makes the next list faster: it is checked against each file's time and size, or
// its hash, is rebuilt when it is damaged, of another version or gone, and says
// nothing about what is run.
package folders

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"genia.ai/bitacora/runbooks"
)

// File is a Markdown file in a folder.
type File struct {
	Name     string // its path in the folder with slashes, without .md
	Path     string // below the folder as that was given
	Size     int64  // bytes
	Modified time.Time
	runbooks.Outline
	Problem string // why it cannot be run, or ""; then there is no Outline
}

// Options say how folders are read.
type Options struct {
	Cache   string // directory of the indexes, "" = none
	Version string // of the program: another one's index is not used
	Now     func() time.Time
}

// maxOutline is how large a file may be to be looked into for a list, in bytes.
const maxOutline = 4 << 20

// List returns the runbooks of a folder with what a list shows of them, by name,
// and what could not be looked at. A folder that does not exist is empty. It ends
// early, with what it has, when the context does.
func List(ctx context.Context, dir string, opts Options) ([]File, []string) {
	found, notes := walk(dir)
	if len(found) == 0 {
		return nil, notes
	}
	known := readIndex(opts, dir)
	files := make([]File, len(found))
	records := make([]record, len(found))
	var fresh []int
	for i, f := range found {
		files[i] = f
		if r, ok := known[f.Name]; ok && r.current(f) {
			records[i] = r
			continue
		}
		fresh = append(fresh, i)
	}
	each(ctx, fresh, func(i int) { records[i] = look(files[i], known[files[i].Name], opts.Now()) })
	for i := range files {
		files[i].Outline, files[i].Problem = records[i].outline, records[i].problem
	}
	if ctx.Err() == nil && (len(fresh) > 0 || len(known) != len(found)) {
		writeIndex(opts, dir, files, records)
	}
	return files, notes
}

// Names returns the runbooks of a folder without looking into them.
func Names(dir string) []File {
	found, _ := walk(dir)
	return found
}

// each calls do for every index, on as many cores as there are.
func each(ctx context.Context, indices []int, do func(int)) {
	var (
		next atomic.Int64
		all  sync.WaitGroup
	)
	for range min(runtime.GOMAXPROCS(0), len(indices)) {
		all.Go(func() {
			for ctx.Err() == nil {
				n := int(next.Add(1)) - 1
				if n >= len(indices) {
					return
				}
				do(indices[n])
			}
		})
	}
	all.Wait()
}

// look reads a file anew. Where the index knows its very bytes by their hash, they
// need not be parsed again.
func look(f File, known record, now time.Time) record {
	r := record{size: f.Size, modified: f.Modified.UnixNano(), read: now.UnixNano()}
	if f.Size > maxOutline {
		r.problem = fmt.Sprintf("%s: %d bytes are more than a list looks into (%d); it can be run by its path", f.Path, f.Size, maxOutline)
		return r
	}
	src, err := readRegular(f.Path)
	if err != nil {
		r.problem, r.unread = err.Error(), true
		return r
	}
	r.hash = sha256.Sum256(src)
	if known.hash == r.hash && !known.unread {
		r.outline, r.problem = known.outline, known.problem
		return r
	}
	r.outline, err = runbooks.ReadOutline(f.Path, src)
	if err != nil {
		r.problem, _, _ = strings.Cut(err.Error(), "\n")
	}
	return r
}

// readRegular reads a file that is still a regular one of a bounded size.
func readRegular(path string) ([]byte, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	info, err := file.Stat()
	switch {
	case err != nil:
		return nil, err
	case !info.Mode().IsRegular():
		return nil, &fs.PathError{Op: "read", Path: path, Err: errors.New("it is no regular file")}
	}
	src := make([]byte, 0, min(info.Size(), maxOutline)+512)
	for len(src) <= maxOutline {
		n, err := file.Read(src[len(src):cap(src)])
		src = src[:len(src)+n]
		switch {
		case errors.Is(err, io.EOF):
			return src, nil
		case err != nil:
			return nil, err
		}
		if len(src) == cap(src) {
			src = append(src, 0)[:len(src)]
		}
	}
	return nil, fmt.Errorf("%s: it grows while it is read", path)
}
