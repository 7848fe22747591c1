package folders

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"os"
	"path/filepath"
	"time"

	"genia.ai/bitacora/runbooks"
)

// record is what the index knows of a file.
type record struct {
	size     int64
	modified int64 // Unix ns
	read     int64 // when, Unix ns
	unread   bool  // it could not be read: there is no hash
	hash     [sha256.Size]byte
	outline  runbooks.Outline
	problem  string
}

// settled is how long before it was read a file must have been written for its time
// to tell a later change: shorter than that and both may bear the same.
const settled = 100 * time.Millisecond

// current reports whether a file is still what was read.
func (r record) current(f File) bool {
	return !r.unread && r.size == f.Size && r.modified == f.Modified.UnixNano() && r.read-r.modified > int64(settled)
}

const (
	indexForm = "bitacora index 1\n"
	maxIndex  = 256 << 20
)

// indexPath names the index of a folder; "" when there is none.
func indexPath(opts Options, dir string) string {
	absolute, err := filepath.Abs(dir)
	if opts.Cache == "" || err != nil {
		return ""
	}
	sum := sha256.Sum256([]byte(absolute))
	return filepath.Join(opts.Cache, "runbooks-"+hex.EncodeToString(sum[:8])+".index")
}

// readIndex returns what is known of a folder's files by name: nothing when the
// index is not there, damaged, or of another version.
func readIndex(opts Options, dir string) map[string]record {
	path := indexPath(opts, dir)
	if path == "" {
		return nil
	}
	if info, err := os.Stat(path); err != nil || !info.Mode().IsRegular() || info.Size() > maxIndex {
		return nil
	}
	raw, err := os.ReadFile(path)
	if err != nil {
		return nil
	}
	return decode(raw, opts.Version)
}

// writeIndex keeps what was found out. That it cannot is nobody's concern: the next
// list takes longer.
func writeIndex(opts Options, dir string, files []File, records []record) {
	path := indexPath(opts, dir)
	if path == "" || os.MkdirAll(opts.Cache, 0o700) != nil {
		return
	}
	temp, err := os.CreateTemp(opts.Cache, ".runbooks-*")
	if err != nil {
		return
	}
	_, err = temp.Write(encode(opts.Version, files, records))
	if closed := temp.Close(); err == nil {
		err = closed
	}
	if err == nil {
		err = os.Rename(temp.Name(), path)
	}
	if err != nil {
		_ = os.Remove(temp.Name()) // what is left is one small file of the cache
	}
}

// encode returns the index as bytes: its form, the records, and their SHA-256.
func encode(version string, files []File, records []record) []byte {
	b := []byte(indexForm)
	text := func(s string) { b = append(binary.AppendUvarint(b, uint64(len(s))), s...) }
	texts := func(list []string) {
		b = binary.AppendUvarint(b, uint64(len(list)))
		for _, s := range list {
			text(s)
		}
	}
	text(version)
	b = binary.AppendUvarint(b, uint64(len(files)))
	for i, r := range records {
		text(files[i].Name)
		unread := int64(0)
		if r.unread {
			unread = 1
		}
		for _, n := range []int64{r.size, r.modified, r.read, unread, int64(r.outline.Phases), int64(r.outline.Steps), int64(r.outline.Scenarios)} {
			b = binary.AppendVarint(b, n)
		}
		b = append(b, r.hash[:]...)
		text(r.outline.Title)
		text(r.outline.Lang)
		text(r.problem)
		texts(r.outline.Headings)
		texts(r.outline.Alerts)
	}
	sum := sha256.Sum256(b)
	return append(b, sum[:]...)
}

// decode reads an index; nil when any byte of it is not as encode wrote it.
func decode(raw []byte, version string) map[string]record {
	end := len(raw) - sha256.Size
	if end < 0 || !bytes.HasPrefix(raw, []byte(indexForm)) {
		return nil
	}
	if sum := sha256.Sum256(raw[:end]); !bytes.Equal(sum[:], raw[end:]) {
		return nil
	}
	d := &decoder{rest: string(raw[len(indexForm):end])}
	if d.text() != version {
		return nil
	}
	count := d.count()
	known := make(map[string]record, count)
	for range count {
		name := d.text()
		r := record{size: d.number(), modified: d.number(), read: d.number(), unread: d.number() != 0}
		r.outline.Phases, r.outline.Steps, r.outline.Scenarios = int(d.number()), int(d.number()), int(d.number())
		copy(r.hash[:], d.bytes(sha256.Size))
		r.outline.Title, r.outline.Lang, r.problem = d.text(), d.text(), d.text()
		r.outline.Headings, r.outline.Alerts = d.texts(), d.texts()
		known[name] = r
	}
	if d.bad || d.rest != "" {
		return nil
	}
	return known
}

// decoder takes an index apart; its texts share the memory of the whole.
type decoder struct {
	rest string
	bad  bool
}

func (d *decoder) number() int64 {
	n, used := binary.Varint([]byte(d.rest[:min(len(d.rest), binary.MaxVarintLen64)]))
	d.skip(used)
	return n
}

// count is a number of things of at least a byte each.
func (d *decoder) count() int {
	n, used := binary.Uvarint([]byte(d.rest[:min(len(d.rest), binary.MaxVarintLen64)]))
	d.skip(used)
	if n > uint64(len(d.rest)) {
		d.bad = true
		return 0
	}
	return int(n)
}

func (d *decoder) skip(n int) {
	if n <= 0 {
		d.bad, d.rest = true, ""
		return
	}
	d.rest = d.rest[n:]
}

func (d *decoder) text() string { return d.bytes(d.count()) }

func (d *decoder) bytes(n int) string {
	if n > len(d.rest) {
		d.bad, d.rest = true, ""
		return ""
	}
	s := d.rest[:n]
	d.rest = d.rest[n:]
	return s
}

func (d *decoder) texts() []string {
	n := d.count()
	if n == 0 {
		return nil
	}
	list := make([]string, n)
	for i := range list {
		list[i] = d.text()
	}
	return list
}
