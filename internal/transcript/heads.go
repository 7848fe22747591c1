package transcript

import (
	"bytes"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// headsName is the directory, beside the collections of runs, with one file of
// anchored heads for each run.
const headsName = "heads"

// shortHash is how many hex digits of a hash a person is shown.
const shortHash = 8

// Head names an event and, by its hash, everything before it.
type Head struct {
	Seq  uint64 `json:"seq"`
	Hash string `json:"hash"` // SHA-256 of the line, hex; a prefix of it when it was typed
}

// Code is the head as a person reads and types it: 42-9f3a-1c07. It guards
// against mistakes; against somebody who forges a record only the whole hash does.
func (h Head) Code() string {
	hash := h.Hash
	if len(hash) > shortHash {
		hash = hash[:shortHash]
	}
	code := strconv.FormatUint(h.Seq, 10)
	for len(hash) > shortHash/2 {
		code += "-" + hash[:shortHash/2]
		hash = hash[shortHash/2:]
	}
	return code + "-" + hash
}

// String is the whole head: 42-<64 hex digits>.
func (h Head) String() string { return strconv.FormatUint(h.Seq, 10) + "-" + h.Hash }

// typed is a head as it was typed: short in groups, or longer as one.
func (h Head) typed() string {
	if len(h.Hash) == shortHash {
		return h.Code()
	}
	return h.String()
}

// matches reports whether a whole hash is the one that h names.
func (h Head) matches(hash string) bool { return strings.HasPrefix(hash, h.Hash) }

// ParseHead reads a head as Code or String writes it, grouped or not. A whole
// hash alone will do: then Seq is 0, and it may be that of any event.
func ParseHead(text string) (Head, error) {
	invalid := fmt.Errorf("%q is not a head; it looks like 42-9f3a-1c07 or 42-<64 hex digits>", text)
	clean := strings.ToLower(strings.TrimSpace(text))
	if len(clean) == 2*32 && isHex(clean) {
		return Head{Hash: clean}, nil
	}
	number, hash, ok := strings.Cut(clean, "-")
	seq, err := strconv.ParseUint(number, 10, 63)
	hash = strings.NewReplacer("-", "", " ", "").Replace(hash)
	if !ok || err != nil || len(hash) < shortHash || len(hash) > 2*32 || !isHex(hash) {
		return Head{}, invalid
	}
	return Head{Seq: seq, Hash: hash}, nil
}

func isHex(text string) bool {
	return strings.Trim(text, "0123456789abcdef") == ""
}

// HeadsPath returns the file of a run's anchored heads, or "" when the directory
// lies in no store.
func HeadsPath(dir string) string { return headsPath(dir) }

// headsPath returns the file of a run's anchored heads, or "" when the directory
// lies in no store.
func headsPath(dir string) string {
	dir = filepath.Clean(dir)
	collection := filepath.Dir(dir)
	if name := filepath.Base(collection); name != runsName && name != rehearsalsName {
		return ""
	}
	return filepath.Join(filepath.Dir(collection), headsName, filepath.Base(dir))
}

// anchors appends heads to a file outside of the run's directory.
type anchors struct {
	disk Disk
	path string // "" for a run in no store, which has none

	file File
	last uint64 // seq of the last one written
	err  error  // sticky: behind a line that was cut nothing may follow
}

// Anchor records the last durable event outside of the journal: whoever changes
// or cuts the journal up to there is found out. It writes nothing when that event
// is anchored already. A failure does not fail the transcript.
func (w *Writer) Anchor() (Head, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	head := Head{Seq: w.durable.seq, Hash: w.durable.head}
	if w.heads.path == "" || head.Seq == 0 || head.Seq == w.heads.last {
		return head, w.heads.err
	}
	if w.heads.err == nil {
		w.heads.err = w.heads.add(head, w.clock.Now())
	}
	return head, w.heads.err
}

func (a *anchors) add(head Head, now time.Time) error {
	if a.file == nil {
		if err := a.open(); err != nil {
			return fmt.Errorf("open the file of anchored heads: %w", err)
		}
	}
	line := fmt.Sprintf("%d %s %s\n", head.Seq, head.Hash, now.UTC().Format(time.RFC3339))
	err := writeAll(a.file, []byte(line))
	if err == nil {
		err = a.file.Sync()
	}
	if err != nil {
		return fmt.Errorf("anchor event %d in %s: %w", head.Seq, a.path, err)
	}
	a.last = head.Seq
	return nil
}

// open opens or creates the file. A line that was cut by a crash is ended, so
// that it spoils only itself.
func (a *anchors) open() error {
	file, err := a.disk.Append(a.path)
	if errors.Is(err, fs.ErrNotExist) {
		return a.create()
	}
	if err != nil {
		return err
	}
	if content, rerr := readFile(a.path); rerr != nil {
		err = rerr
	} else if len(content) > 0 && content[len(content)-1] != '\n' {
		err = writeAll(file, []byte("\n"))
	}
	if err == nil {
		// A crash may have come between the file and its directory entry.
		err = a.disk.SyncDir(filepath.Dir(a.path))
	}
	if err != nil {
		file.Close()
		return err
	}
	a.file = file
	return nil
}

func (a *anchors) create() error {
	dir := filepath.Dir(a.path)
	if err := makeDirs(a.disk, dir); err != nil {
		return err
	}
	file, err := a.disk.Create(a.path)
	if err != nil {
		return err
	}
	if err := a.disk.SyncDir(dir); err != nil {
		file.Close()
		return err
	}
	a.file = file
	return nil
}

// retry allows another try after a failure.
func (a *anchors) retry() {
	if a.err == nil {
		return
	}
	_ = a.close() // it failed already
	a.file, a.err = nil, nil
}

func (a *anchors) close() error {
	if a.file == nil {
		return nil
	}
	if err := a.file.Close(); err != nil {
		return fmt.Errorf("close %s: %w", a.path, err)
	}
	return nil
}

// anchored is one line of a file of heads.
type anchored struct {
	Head
	line   int
	offset int64
}

// readHeads reads the anchored heads of a run. Lines that a crash cut are
// counted, not read. A missing file holds none.
func readHeads(path string) (heads []anchored, unread int, err error) {
	if path == "" {
		return nil, 0, nil
	}
	content, err := readFile(path)
	if errors.Is(err, os.ErrNotExist) {
		return nil, 0, nil
	}
	if err != nil {
		return nil, 0, fmt.Errorf("read the anchored heads: %w", err)
	}
	var offset int64
	for number := 1; len(content) > 0; number++ {
		line, rest, whole := bytes.Cut(content, []byte("\n"))
		if head, ok := parseAnchor(string(line)); ok && whole {
			heads = append(heads, anchored{Head: head, line: number, offset: offset})
		} else if len(line) > 0 {
			unread++
		}
		offset += int64(len(line)) + 1
		content = rest
	}
	return heads, unread, nil
}

func parseAnchor(line string) (Head, bool) {
	fields := strings.Split(line, " ")
	if len(fields) != 3 || len(fields[1]) != hex.EncodedLen(32) || !isHex(fields[1]) {
		return Head{}, false
	}
	seq, err := strconv.ParseUint(fields[0], 10, 63)
	if err != nil || seq == 0 {
		return Head{}, false
	}
	if _, err := time.Parse(time.RFC3339, fields[2]); err != nil {
		return Head{}, false
	}
	return Head{Seq: seq, Hash: fields[1]}, true
}
