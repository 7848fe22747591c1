package transcript

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"genia.ai/bitacora/internal/event"
)

// maxLine bounds one line of a journal.
const maxLine = 64 << 20

// Transcript is what could be read of a run's directory.
type Transcript struct {
	Dir     string
	Runbook []byte        // the exact bytes that are run
	Events  []event.Event // all that is intact and counts, from the first one on
	Epochs  []Epoch       // the journal files that these stand in
	Torn    *Torn         // nil when the last line is whole
	Damage  *DamageError  // nil when nothing is damaged
	Foreign []Foreign     // what stands in the files and does not count
	Anchors int           // heads recorded outside of the journal that agree with it
	// Doubts are what was found in the file of heads that says nothing against
	// the journal: lines that a crash cut, or that later heads prove wrong.
	Doubts []string

	head string // hash of the last intact line
	last int    // number of the highest journal file, whether it counts or not
}

// Epoch is one journal file of a run.
type Epoch struct {
	Number int        `json:"epoch"`
	File   string     `json:"file"`
	Size   int64      `json:"size"`  // bytes that count
	First  uint64     `json:"first"` // seq of its first event
	Last   uint64     `json:"last"`  // seq of its last event that counts
	Begun  event.Kind `json:"begun"` // recovered or superseded; "" for the first one
}

// Torn is a last line that was never finished: what a crash leaves.
type Torn struct {
	File   string
	Offset int64 // of the line's first byte
	Bytes  []byte
}

// Foreign is a part of a journal file that does not count.
type Foreign struct {
	File   string `json:"file"`
	Offset int64  `json:"offset"`
	Bytes  int64  `json:"bytes"`
	Reason string `json:"reason"`
}

// DamageError says where a transcript is not what was written. Everything
// before that place is intact.
type DamageError struct {
	File   string `json:"file"`
	Line   int    `json:"line"`   // from 1
	Offset int64  `json:"offset"` // of the line's first byte
	Reason string `json:"reason"`
}

func (e *DamageError) Error() string {
	return fmt.Sprintf("%s:%d: damaged at byte %d: %s; what stands before it is intact", e.File, e.Line, e.Offset, e.Reason)
}

// ErrNoTranscript is returned for a directory that holds no journal.
var ErrNoTranscript = errors.New("no transcript there")

// Read reads a run's directory, and checks it against the heads that were
// anchored when it lies in a store. Damage and a torn tail are reported in the
// Transcript; an error means that nothing could be read at all.
func Read(dir string) (*Transcript, error) { return readUpTo(dir, nil) }

// bound is a place in a file behind which nothing counts.
type bound struct {
	epoch int
	size  int64
}

// readUpTo reads as if the journal ended at a place; nil: where it ends.
func readUpTo(dir string, end *bound) (*Transcript, error) {
	t := &Transcript{Dir: dir, head: firstPrev}
	var err error
	if t.Runbook, err = readFile(filepath.Join(dir, runbookName)); err != nil {
		return nil, noTranscript(dir, err)
	}
	files, err := journals(dir)
	if err != nil {
		return nil, noTranscript(dir, err)
	}
	if len(files) == 0 {
		return nil, noTranscript(dir, fs.ErrNotExist)
	}
	t.last = files[len(files)-1]
	live, err := t.follow(files, end)
	if err != nil {
		return nil, noTranscript(dir, err)
	}
	unfollowed := t.Damage
	t.Damage = nil
	if err := t.readChain(live); err != nil {
		return nil, noTranscript(dir, err)
	}
	if t.Damage == nil && unfollowed != nil {
		t.Damage, t.Torn = unfollowed, nil
	}
	t.checkAnchors()
	return t, nil
}

// journals returns the numbers of a run's journal files, in order.
func journals(dir string) ([]int, error) {
	entries, err := os.ReadDir(dir) // sorted by name
	if err != nil {
		return nil, err
	}
	var files []int
	for _, entry := range entries {
		if n := journalEpoch(entry.Name()); n > 0 {
			files = append(files, n)
		}
	}
	return files, nil
}

func noTranscript(dir string, err error) error {
	if errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("%s: %w", dir, ErrNoTranscript)
	}
	return fmt.Errorf("read the transcript in %s: %w", dir, err)
}

// readFile reads a regular file, never through a symbolic link.
func readFile(path string) ([]byte, error) {
	file, err := openRegular(path, os.O_RDONLY)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	info, err := file.Stat()
	if err != nil {
		return nil, err
	}
	buffer := bytes.NewBuffer(make([]byte, 0, info.Size()+bytes.MinRead))
	if _, err := buffer.ReadFrom(file); err != nil {
		return nil, err
	}
	return buffer.Bytes(), nil
}

// Head returns the seq and the hash of the last intact line.
func (t *Transcript) Head() (uint64, string) {
	if len(t.Events) == 0 {
		return 0, t.head
	}
	return t.Events[len(t.Events)-1].Seq, t.head
}

// LastHead is Head as one value.
func (t *Transcript) LastHead() Head {
	seq, hash := t.Head()
	return Head{Seq: seq, Hash: hash}
}

// hashAt returns the hash of an event's line.
func (t *Transcript) hashAt(seq uint64) string {
	if seq == uint64(len(t.Events)) {
		return t.head
	}
	return t.Events[seq].Prev // of the event after it
}

// ReadOutput returns what an action printed, at most limit bytes of it, and
// whether there is more. path is as the action's end says it.
func (t *Transcript) ReadOutput(path string, limit int64) (string, bool, error) {
	if !filepath.IsLocal(path) || filepath.Dir(path) != outputsName {
		return "", false, fmt.Errorf("%q is not the output of an action", path)
	}
	content, err := readFile(filepath.Join(t.Dir, path))
	if err != nil {
		return "", false, err
	}
	if int64(len(content)) > limit {
		return string(content[:limit]), true, nil
	}
	return string(content), false, nil
}
