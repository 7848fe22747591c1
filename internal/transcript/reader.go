package transcript

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"

	"golang.org/x/sys/unix"

	"genia.ai/bitacora/internal/event"
)

// maxLine bounds one line of a journal.
const maxLine = 64 << 20

// Transcript is what could be read of a run's directory.
type Transcript struct {
	Dir     string
	Runbook []byte        // the exact bytes that are run
	Events  []event.Event // all that is intact, from the first one on
	Torn    *Torn         // nil when the last line is whole
	Damage  *DamageError  // nil when nothing is damaged

	head string // hash of the last intact line
}

// Torn is a last line that was never finished: what a crash leaves.
type Torn struct {
	File   string
	Offset int64 // of the line's first byte
	Bytes  []byte
}

// DamageError says where a transcript is not what was written. Everything
// before that place is intact.
type DamageError struct {
	File   string
	Line   int   // from 1
	Offset int64 // of the line's first byte
	Reason string
}

func (e *DamageError) Error() string {
	return fmt.Sprintf("%s:%d: damaged at byte %d: %s; what stands before it is intact", e.File, e.Line, e.Offset, e.Reason)
}

// ErrNoTranscript is returned for a directory that holds no journal.
var ErrNoTranscript = errors.New("no transcript there")

// Read reads a run's directory. Damage and a torn tail are reported in the
// Transcript; an error means that nothing could be read at all.
func Read(dir string) (*Transcript, error) {
	t := &Transcript{Dir: dir, head: firstPrev}
	var err error
	if t.Runbook, err = readFile(filepath.Join(dir, runbookName)); err != nil {
		return nil, noTranscript(dir, err)
	}
	r := chainReader{prev: firstPrev, t: t}
	for epoch := 1; epoch == 1 || t.Damage == nil && t.Torn == nil && exists(filepath.Join(dir, journalName(epoch))); epoch++ {
		name := journalName(epoch)
		content, err := readFile(filepath.Join(dir, name))
		if err != nil {
			return nil, noTranscript(dir, err)
		}
		r.read(name, epoch, content)
	}
	return t, nil
}

func exists(path string) bool {
	_, err := os.Lstat(path)
	return err == nil
}

func noTranscript(dir string, err error) error {
	if errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("%s: %w", dir, ErrNoTranscript)
	}
	return fmt.Errorf("read the transcript in %s: %w", dir, err)
}

// readFile reads a regular file, never through a symbolic link.
func readFile(path string) ([]byte, error) {
	file, err := os.OpenFile(path, os.O_RDONLY|unix.O_NOFOLLOW|unix.O_CLOEXEC|unix.O_NONBLOCK, 0)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	info, err := file.Stat()
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, fmt.Errorf("%s is not a regular file", path)
	}
	content := make([]byte, 0, info.Size()+1)
	buffer := bytes.NewBuffer(content)
	if _, err := buffer.ReadFrom(file); err != nil {
		return nil, err
	}
	return buffer.Bytes(), nil
}

// chainReader follows the chain through the files of a run.
type chainReader struct {
	t    *Transcript
	seq  uint64
	dur  uint64 // highest seq that any line says was durable
	prev string
}

func (r *chainReader) read(name string, epoch int, content []byte) {
	var offset int64
	for line := 1; len(content) > 0; line++ {
		end := bytes.IndexByte(content, '\n')
		damaged := func(reason string) {
			r.t.Damage = &DamageError{File: name, Line: line, Offset: offset, Reason: reason}
		}
		if end < 0 {
			if r.seq < r.dur {
				damaged(fmt.Sprintf("event %d was durable and is cut off", r.seq+1))
				return
			}
			r.t.Torn = &Torn{File: name, Offset: offset, Bytes: slices.Clone(content)}
			return
		}
		if end > maxLine {
			damaged("the line is too long")
			return
		}
		if err := r.accept(epoch, content[:end]); err != nil {
			damaged(err.Error())
			return
		}
		offset += int64(end) + 1
		content = content[end+1:]
	}
}

func (r *chainReader) accept(epoch int, line []byte) error {
	ev, err := decode(line)
	switch {
	case err != nil:
		return err
	case ev.Epoch != epoch:
		return fmt.Errorf("it says epoch %d", ev.Epoch)
	case ev.Seq != r.seq+1:
		return fmt.Errorf("event %d is missing", r.seq+1)
	case ev.Prev != r.prev:
		return errors.New("it does not follow from the line before")
	case ev.Dur >= ev.Seq:
		return errors.New("it says that it was durable before it was written")
	}
	r.seq, r.prev, r.dur = ev.Seq, lineHash(line), max(r.dur, ev.Dur)
	r.t.Events = append(r.t.Events, ev)
	r.t.head = r.prev
	return nil
}

// Head returns the seq and the hash of the last intact line.
func (t *Transcript) Head() (uint64, string) {
	if len(t.Events) == 0 {
		return 0, t.head
	}
	return t.Events[len(t.Events)-1].Seq, t.head
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
