// Package transcript keeps the events of a run on disk: one directory a run,
// one JSON object a line, chained by hashes and guarded by checksums
// (docs/transcript-format.md).
//
// The package guarantees: when Sync returned nil, every event appended before
// is durable; after the first failed write or sync nothing is ever written
// again by this Writer; files are 0600 in a 0700 directory and never reached
// through a symbolic link; reading accepts exactly what was written and tells a
// torn tail from damage.
package transcript

import (
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"sync"
	"time"

	"genia.ai/bitacora/internal/event"
)

// Names inside a run's directory.
const (
	runbookName = "runbook.md"
	outputsName = "outputs"
)

func journalName(epoch int) string { return fmt.Sprintf("journal-%04d.jsonl", epoch) }

// Clock says what time it is. Both readings are taken for every event.
type Clock interface {
	Now() time.Time // wall clock
	MonoMS() int64  // milliseconds of a clock that never goes back and counts suspended time
	BootID() string // what MonoMS counts from
}

// ErrFailed wraps the first error of a writer; every later call returns it too.
var ErrFailed = errors.New("the transcript failed earlier")

// Writer appends the events of one run. It is safe for concurrent use.
type Writer struct {
	disk  Disk
	dir   string
	clock Clock

	mu      sync.Mutex
	file    File
	epoch   int
	seq     uint64 // of the last event written
	synced  uint64 // of the last event known durable
	prev    string
	outputs int
	failed  error
}

// Create makes the directory of a new run and its first journal file. runbook is
// kept as it is; it is what the run runs. The parent of dir must exist.
func Create(disk Disk, dir string, clock Clock, runbook []byte) (*Writer, error) {
	if err := disk.Mkdir(dir); err != nil {
		return nil, fmt.Errorf("create the run's directory: %w", err)
	}
	if err := disk.Mkdir(filepath.Join(dir, outputsName)); err != nil {
		return nil, fmt.Errorf("create the run's directory: %w", err)
	}
	if err := writeFile(disk, filepath.Join(dir, runbookName), runbook); err != nil {
		return nil, fmt.Errorf("keep the runbook: %w", err)
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
	return &Writer{disk: disk, dir: dir, clock: clock, file: file, epoch: 1, prev: firstPrev}, nil
}

// Dir returns the run's directory.
func (w *Writer) Dir() string { return w.dir }

// Append writes events in one go, as by actor, and returns them with their
// envelope filled in. They are durable only after Sync.
func (w *Writer) Append(actor, role string, events ...event.Event) ([]event.Event, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.failed != nil {
		return nil, fmt.Errorf("%w: %w", ErrFailed, w.failed)
	}
	stamped := make([]event.Event, len(events))
	var lines []byte
	seq, prev := w.seq, w.prev
	for i, ev := range events {
		seq++
		ev.V, ev.Epoch, ev.Seq, ev.Dur, ev.Prev = event.Version, w.epoch, seq, w.synced, prev
		ev.At, ev.MonoMS, ev.Boot = w.clock.Now().UTC().Truncate(time.Microsecond), w.clock.MonoMS(), w.clock.BootID()
		ev.Actor, ev.Role = actor, role
		line, err := encode(ev)
		if err != nil {
			return nil, err
		}
		ev.CRC = string(line[len(line)-10 : len(line)-2])
		prev = lineHash(line)
		lines = append(append(lines, line...), '\n')
		stamped[i] = ev
	}
	if n, err := w.file.Write(lines); err != nil || n < len(lines) {
		if err == nil {
			err = io.ErrShortWrite
		}
		w.failed = fmt.Errorf("append to %s: %w", journalName(w.epoch), err)
		return nil, w.failed
	}
	w.seq, w.prev = seq, prev
	return stamped, nil
}

// Sync makes everything appended so far durable and returns the seq of the last
// such event.
func (w *Writer) Sync() (uint64, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.failed != nil {
		return w.synced, fmt.Errorf("%w: %w", ErrFailed, w.failed)
	}
	if w.synced == w.seq {
		return w.synced, nil
	}
	// A later fsync can succeed although this one lost data: the failure stays.
	if err := w.file.Sync(); err != nil {
		w.failed = fmt.Errorf("sync %s: %w", journalName(w.epoch), err)
		return w.synced, w.failed
	}
	w.synced = w.seq
	return w.synced, nil
}

// Failed returns the first error of a write or a sync, or nil.
func (w *Writer) Failed() error {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.failed
}

func (w *Writer) fail(err error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.failed == nil {
		w.failed = err
	}
}

// Close syncs and closes the journal.
func (w *Writer) Close() error {
	_, err := w.Sync()
	w.mu.Lock()
	defer w.mu.Unlock()
	if cerr := w.file.Close(); err == nil && cerr != nil {
		err = fmt.Errorf("close %s: %w", journalName(w.epoch), cerr)
	}
	return err
}
