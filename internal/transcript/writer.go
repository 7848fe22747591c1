// Package transcript keeps the events of a run on disk: one directory a run,
// one JSON object a line, chained by hashes and guarded by checksums
// (docs/transcript-format.md).
//
// The package guarantees: when Sync returned nil, every event appended before
// is durable and counts; after the first failed write or sync nothing is ever
// added to that file, and recording goes on only in a new one, after what is on
// the medium was verified (Rescue, Open); files are 0600 in a 0700 directory and
// never reached through a symbolic link; nothing that was recorded is ever
// changed or removed; reading accepts exactly what was written, tells a torn
// tail from damage, and never counts what was added to a file after it was
// sealed.
package transcript

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"genia.ai/bitacora/internal/event"
)

// Names inside a run's directory.
const (
	runbookName = "runbook.md"
	outputsName = "outputs"

	journalPrefix = "journal-"
	journalSuffix = ".jsonl"
)

func journalName(epoch int) string {
	return fmt.Sprintf(journalPrefix+"%04d"+journalSuffix, epoch)
}

// journalEpoch returns the epoch of a journal's name, or 0 for other names.
func journalEpoch(name string) int {
	digits, ok := strings.CutPrefix(name, journalPrefix)
	digits, ok2 := strings.CutSuffix(digits, journalSuffix)
	n, err := strconv.Atoi(digits)
	if !ok || !ok2 || err != nil || n < 1 || journalName(n) != name {
		return 0
	}
	return n
}

// Clock says what time it is. Both readings are taken for every event.
type Clock interface {
	Now() time.Time // wall clock
	MonoMS() int64  // milliseconds of a clock that never goes back and counts suspended time
	BootID() string // what MonoMS counts from
}

// ErrFailed wraps the first error of a writer; every later call returns it too.
var ErrFailed = errors.New("the transcript failed earlier")

// SupersededError says that another process has begun the next epoch of the
// run: what this one appended since was not acknowledged and may not count.
type SupersededError struct {
	Epoch int // the one that was begun
}

func (e *SupersededError) Error() string {
	return fmt.Sprintf("another server took the run over: %s was begun; attach to that one", journalName(e.Epoch))
}

// Writer appends the events of one run. It is safe for concurrent use.
type Writer struct {
	disk  Disk
	dir   string
	clock Clock
	full  atomic.Bool // there was no room: outputs stop, to leave the reserve to events

	mu      sync.Mutex
	file    File
	epoch   int  // of file; of a file that was not begun well after a failure
	written mark // up to the last event written
	durable mark // up to the last event known durable
	outputs int
	failed  error // why nothing may be appended now
	first   error // what failed first; Rescue does not forget it
	unsure  bool  // a sync failed: what lies behind durable may be gone
	heads   anchors
}

// mark is the end of a line in a journal file.
type mark struct {
	epoch int // whose file it is
	size  int64
	seq   uint64
	head  string
}

// Create makes the directory of a new run and its first journal file. runbook is
// kept as it is; it is what the run runs. The parent of dir must exist.
func Create(disk Disk, dir string, clock Clock, runbook []byte) (*Writer, error) {
	for _, path := range []string{dir, filepath.Join(dir, outputsName)} {
		if err := disk.Mkdir(path); err != nil {
			return nil, fmt.Errorf("create the run's directory: %w", err)
		}
	}
	if err := writeFile(disk, filepath.Join(dir, runbookName), runbook); err != nil {
		return nil, fmt.Errorf("keep the runbook: %w", err)
	}
	if err := reserve(disk, dir); err != nil {
		return nil, err
	}
	file, err := disk.Create(filepath.Join(dir, journalName(1)))
	if err != nil {
		return nil, fmt.Errorf("create the journal: %w", err)
	}
	for _, path := range []string{dir, filepath.Dir(dir)} {
		if err := disk.SyncDir(path); err != nil {
			file.Close()
			return nil, fmt.Errorf("sync %s: %w", path, err)
		}
	}
	start := mark{epoch: 1, head: firstPrev}
	return &Writer{
		disk: disk, dir: dir, clock: clock, file: file, epoch: 1, written: start, durable: start,
		heads: anchors{disk: disk, path: headsPath(dir)},
	}, nil
}

// Dir returns the run's directory.
func (w *Writer) Dir() string { return w.dir }

// Head returns the last event known durable.
func (w *Writer) Head() Head {
	w.mu.Lock()
	defer w.mu.Unlock()
	return Head{Seq: w.durable.seq, Hash: w.durable.head}
}

// Append writes events in one go, as by actor, and returns them with their
// envelope filled in. They are durable, and may be told, only after Sync.
func (w *Writer) Append(actor, role string, events ...event.Event) ([]event.Event, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.append(actor, role, events)
}

// append needs w.mu.
func (w *Writer) append(actor, role string, events []event.Event) ([]event.Event, error) {
	if w.failed != nil {
		return nil, fmt.Errorf("%w: %w", ErrFailed, w.failed)
	}
	stamped := make([]event.Event, len(events))
	var lines []byte
	next := w.written
	for i, ev := range events {
		next.seq++
		ev.V, ev.Epoch, ev.Seq, ev.Dur, ev.Prev = event.Version, w.epoch, next.seq, w.durable.seq, next.head
		ev.At, ev.MonoMS, ev.Boot = w.clock.Now().UTC().Truncate(time.Microsecond), w.clock.MonoMS(), w.clock.BootID()
		ev.Actor, ev.Role = actor, role
		line, err := encode(ev)
		if err != nil {
			return nil, err
		}
		if len(line) > maxLine {
			return nil, fmt.Errorf("an event of kind %s is %d bytes long; at most %d can be recorded", ev.Kind, len(line), maxLine)
		}
		ev.CRC = string(line[len(line)-10 : len(line)-2])
		next.head = lineHash(line)
		next.size += int64(len(line)) + 1
		lines = append(append(lines, line...), '\n')
		stamped[i] = ev
	}
	if err := writeAll(w.file, lines); err != nil {
		return nil, w.failLocked(fmt.Errorf("append to %s: %w", journalName(w.epoch), err))
	}
	w.written = next
	return stamped, nil
}

// Sync makes everything appended so far durable and returns the seq of the last
// such event. It fails with a *SupersededError once another process has begun
// the next epoch: whoever does that reads this file afterwards, so that whatever
// Sync acknowledged is seen there.
func (w *Writer) Sync() (uint64, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.sync()
}

// sync needs w.mu.
func (w *Writer) sync() (uint64, error) {
	if w.failed != nil {
		return w.durable.seq, fmt.Errorf("%w: %w", ErrFailed, w.failed)
	}
	if w.durable.seq == w.written.seq {
		return w.durable.seq, nil
	}
	// A later fsync can succeed although this one lost data: the failure stays.
	if err := w.file.Sync(); err != nil {
		w.unsure = true
		return w.durable.seq, w.failLocked(fmt.Errorf("sync %s: %w", journalName(w.epoch), err))
	}
	if w.superseded() {
		return w.durable.seq, w.failLocked(&SupersededError{Epoch: w.epoch + 1})
	}
	w.durable = w.written
	return w.durable.seq, nil
}

// superseded reports whether somebody began the next epoch.
func (w *Writer) superseded() bool {
	_, err := os.Lstat(filepath.Join(w.dir, journalName(w.epoch+1)))
	return !errors.Is(err, fs.ErrNotExist)
}

// Failed returns the first error of a write or a sync, or nil. It stays after a
// Rescue: no action may start any more.
func (w *Writer) Failed() error {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.first
}

func (w *Writer) fail(err error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	_ = w.failLocked(err) // the caller returns it
}

// failLocked needs w.mu. It returns err.
func (w *Writer) failLocked(err error) error {
	if isFull(err) {
		w.full.Store(true)
	}
	if w.failed == nil {
		w.failed = err
	}
	if w.first == nil {
		w.first = err
	}
	return err
}

// Close syncs and closes the journal and gives the reserve back. What failed
// before is returned again.
func (w *Writer) Close() error {
	w.mu.Lock()
	defer w.mu.Unlock()
	_, err := w.sync()
	if cerr := w.file.Close(); err == nil && cerr != nil {
		err = fmt.Errorf("close %s: %w", journalName(w.epoch), cerr)
	}
	if herr := w.heads.close(); err == nil {
		err = herr
	}
	if !w.superseded() { // else the reserve is the other server's
		if rerr := release(w.disk, w.dir); err == nil {
			err = rerr
		}
	}
	return err
}
