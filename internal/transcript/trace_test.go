package transcript

import (
	"bytes"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// traced is a disk that writes down what it was asked for, so that every state in
// which a crash could leave it can be made afterwards.
type traced struct {
	calm
	root string
	ops  []op
	// lostSync fails the next sync of a file; what was written before it may be
	// gone for ever.
	lostSync bool
}

type opKind int

const (
	opMkdir opKind = iota
	opCreate
	opWrite
	opSync
	opSyncDir
	opRemove
	opAck // an event was acknowledged
)

type op struct {
	kind opKind
	path string // below the root
	text []byte
	head Head
}

func (d *traced) add(kind opKind, path string, text []byte) {
	name, err := filepath.Rel(d.root, path)
	if err != nil {
		panic(err)
	}
	d.ops = append(d.ops, op{kind: kind, path: name, text: bytes.Clone(text)})
}

func (d *traced) Mkdir(path string) error {
	err := d.calm.Mkdir(path)
	if err == nil {
		d.add(opMkdir, path, nil)
	}
	return err
}

func (d *traced) Create(path string) (File, error) {
	file, err := d.calm.Create(path)
	if err == nil {
		d.add(opCreate, path, nil)
	}
	return &tracedFile{file, d, path}, err
}

func (d *traced) Append(path string) (File, error) {
	file, err := d.calm.Append(path)
	return &tracedFile{file, d, path}, err
}

func (d *traced) Remove(path string) error {
	err := d.calm.Remove(path)
	if err == nil {
		d.add(opRemove, path, nil)
	}
	return err
}

func (d *traced) SyncDir(path string) error {
	d.add(opSyncDir, path, nil)
	return nil
}

type tracedFile struct {
	File
	disk *traced
	path string
}

func (f *tracedFile) Write(p []byte) (int, error) {
	f.disk.add(opWrite, f.path, p)
	return f.File.Write(p)
}

func (f *tracedFile) Sync() error {
	if f.disk.lostSync {
		f.disk.lostSync = false
		return errInjected
	}
	f.disk.add(opSync, f.path, nil)
	return nil
}

// ack records events and notes that they were acknowledged.
func (d *traced) ack(t *testing.T, w *Writer, text string) {
	t.Helper()
	acknowledge(t, w, text)
	d.acked(w)
}

func (d *traced) acked(w *Writer) { d.ops = append(d.ops, op{kind: opAck, head: w.Head()}) }

// image is what a disk may hold after a crash.
type image struct {
	files map[string]*content
	dirs  map[string]bool // whether the entry is durable
}

type content struct {
	durable []byte
	pending [][]byte // written and not synced
	entry   bool     // the entry is durable
	removed bool     // and its removal is not
}

// base reads a directory tree that is durable.
func base(t *testing.T, root string) image {
	t.Helper()
	im := image{files: map[string]*content{}, dirs: map[string]bool{}}
	err := filepath.Walk(root, func(path string, info os.FileInfo, err error) error {
		name, rerr := filepath.Rel(root, path)
		switch {
		case err != nil || rerr != nil || name == ".":
			return err
		case info.IsDir():
			im.dirs[name] = true
		default:
			im.files[name] = &content{durable: must(os.ReadFile(path)), entry: true}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return im
}

// apply does one operation; acked becomes what it acknowledged.
func (im image) apply(o op, acked *Head) {
	switch o.kind {
	case opMkdir:
		im.dirs[o.path] = false
	case opCreate:
		im.files[o.path] = &content{}
	case opWrite:
		im.files[o.path].pending = append(im.files[o.path].pending, o.text)
	case opSync:
		file := im.files[o.path]
		file.durable, file.pending = append(file.durable, bytes.Join(file.pending, nil)...), nil
	case opSyncDir:
		for name, file := range im.files {
			if filepath.Dir(name) == o.path && file.removed {
				delete(im.files, name)
			} else if filepath.Dir(name) == o.path {
				file.entry = true
			}
		}
		for name := range im.dirs {
			if filepath.Dir(name) == o.path {
				im.dirs[name] = true
			}
		}
	case opRemove:
		im.files[o.path].removed = true
	case opAck:
		*acked = o.head
	}
}

// variant is one way in which a file may be found.
type variant struct {
	text   []byte
	absent bool
	torn   bool // what is there is not what was written, up to some byte
}

// variants returns the ways in which a file may be found: cut every step bytes, or
// with a hole; 0 leaves only all or nothing.
func (c *content) variants(step int) []variant {
	pending := bytes.Join(c.pending, nil)
	whole := slices.Concat(c.durable, pending)
	all := []variant{{text: whole}}
	if !c.entry || c.removed {
		all = append(all, variant{absent: true})
	}
	if len(pending) == 0 {
		return all
	}
	all = append(all, variant{text: c.durable})
	if step == 0 {
		return all
	}
	for cut := 1; cut < len(pending); cut += step {
		all = append(all, variant{text: whole[:len(c.durable)+cut]})
	}
	// The later half reached the medium, the earlier did not.
	hole := bytes.Clone(whole)
	clear(hole[len(c.durable) : len(c.durable)+(len(pending)+1)/2])
	return append(all, variant{text: hole, torn: true})
}

// states calls check for every state that a crash at this point may leave. Of the
// file written to last the cuts are step bytes apart; of the others there is one in
// the middle, or none where there are so many of the former.
func (im image) states(last string, step int, check func(files map[string]variant, dirs []string)) {
	names := slices.Sorted(maps.Keys(im.files))
	var pendingDirs []string
	for dir, durable := range im.dirs {
		if !durable {
			pendingDirs = append(pendingDirs, dir)
		}
	}
	for gone := range 1 << len(pendingDirs) {
		var dirs []string
		for dir := range im.dirs {
			if i := slices.Index(pendingDirs, dir); i < 0 || gone>>i&1 == 0 {
				dirs = append(dirs, dir)
			}
		}
		slices.Sort(dirs)
		im.product(names, last, step, map[string]variant{}, func(files map[string]variant) { check(files, dirs) })
	}
}

func (im image) product(names []string, last string, step int, chosen map[string]variant, check func(map[string]variant)) {
	if len(names) == 0 {
		check(chosen)
		return
	}
	name := names[0]
	own := step
	switch {
	case strings.HasSuffix(name, reserveName), name != last && step == 1:
		own = 0
	case name != last:
		own = len(bytes.Join(im.files[name].pending, nil)) / 2
	}
	for _, v := range im.files[name].variants(own) {
		chosen[name] = v
		im.product(names[1:], last, step, chosen, check)
	}
}

// build makes a state below root.
func build(t *testing.T, root string, files map[string]variant, dirs []string) (torn bool) {
	t.Helper()
	if err := os.RemoveAll(root); err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir(root, 0o700); err != nil {
		t.Fatal(err)
	}
	for _, dir := range dirs {
		err := os.Mkdir(filepath.Join(root, dir), 0o700)
		if err != nil && !os.IsNotExist(err) { // its parent is gone
			t.Fatal(err)
		}
	}
	for name, v := range files {
		if v.absent {
			continue
		}
		err := os.WriteFile(filepath.Join(root, name), v.text, 0o600)
		if err != nil && !os.IsNotExist(err) {
			t.Fatal(err)
		}
		torn = torn || v.torn
	}
	return torn
}
