package transcript

import (
	"errors"
	"fmt"
	"path/filepath"
	"slices"

	"genia.ai/bitacora/internal/event"
)

// Rescue goes on after the first failed write or sync: it gives the reserve back,
// reads from the medium what was saved, and begins a new epoch, so that the end of
// what is running can still be recorded. It returns the first event of that epoch,
// which is durable. Failed stays as it was: nothing new may be started.
//
// What was appended but never acknowledged counts as torn.
func (w *Writer) Rescue(begin Begin) (event.Event, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	var superseded *SupersededError
	switch {
	case w.failed == nil:
		return event.Event{}, errors.New("nothing failed that could be rescued")
	case errors.As(w.failed, &superseded):
		return event.Event{}, w.failed
	}
	if err := release(w.disk, w.dir); err != nil {
		return event.Event{}, err
	}
	saved := w.durable
	if !w.unsure && w.file.Sync() == nil {
		saved = w.written
	}
	w.file.Close()
	w.unsure = true // until the new file is there, its syncs say nothing
	ev, _, err := w.beginEpoch("", begin, func() (*Transcript, []byte, error) {
		return readBack(w.disk, w.dir, saved)
	})
	if err != nil {
		w.failed = err
		return event.Event{}, err
	}
	w.unsure = false
	w.heads.retry()
	return ev, nil
}

// readBack reads from the medium what was saved, and returns the bytes behind it.
func readBack(disk Disk, dir string, saved mark) (*Transcript, []byte, error) {
	name := journalName(saved.epoch)
	path := filepath.Join(dir, name)
	if err := disk.Forget(path); err != nil {
		return nil, nil, err
	}
	t, err := readUpTo(dir, &bound{epoch: saved.epoch, size: saved.size})
	if err != nil {
		return nil, nil, err
	}
	if t.Damage != nil {
		return t, nil, t.Damage
	}
	if seq, head := t.Head(); seq != saved.seq || head != saved.head {
		return t, nil, &DamageError{File: name, Line: len(t.Events) + 1, Offset: saved.size,
			Reason: fmt.Sprintf("event %d was saved and does not read back", saved.seq)}
	}
	content, err := readFile(path)
	if err != nil {
		return t, nil, err
	}
	return t, slices.Clone(content[saved.size:]), nil
}
