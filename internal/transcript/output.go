package transcript

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"hash"
	"io"
	"path/filepath"
	"strconv"
	"sync"
	"time"
)

// A sync begins after so much time or so many bytes, whichever comes first. While it
// runs more is written, but never more than twice the bytes are not durable.
const (
	outputSyncEvery = 100 * time.Millisecond
	outputSyncBytes = 64 << 10
)

// Output keeps what one action prints, in outputs/<n>.log, and beside it in
// outputs/<n>.idx a line "<ms> <stream> <bytes>" for every piece: when it came
// (milliseconds since the output was opened), from which stream, how long it is.
// A sync of the log begins at least every 100 ms or 64 kB, one of the index every
// 100 ms; at most 128 kB of the log are ever not durable.
// It is safe for concurrent use.
type Output struct {
	w     *Writer
	path  string // below the run's directory
	start time.Time
	log   File
	index File

	mu      sync.Mutex
	synced  *sync.Cond // a sync of the log ended
	sum     hash.Hash
	bytes   int64 // written to the log
	durable int64 // of these
	indexed bool  // the index has lines that are not durable
	line    []byte
	err     error

	wake chan struct{}
	stop chan struct{}
	done chan struct{}
}

// OutputSummary is what the end of an action says of its output.
type OutputSummary struct {
	Path   string // below the run's directory
	Bytes  int64
	SHA256 string // hex
}

// Output opens the file of the next action's output. After a failure there is
// none, even after a Rescue: an action whose output cannot be kept is not run.
func (w *Writer) Output() (*Output, error) {
	w.mu.Lock()
	if w.first != nil {
		defer w.mu.Unlock()
		return nil, fmt.Errorf("%w: %w", ErrFailed, w.first)
	}
	w.outputs++
	name := filepath.Join(outputsName, fmt.Sprintf("%d.log", w.outputs))
	w.mu.Unlock()
	log, err := w.disk.Create(filepath.Join(w.dir, name))
	if err != nil {
		return nil, w.outputFailed(fmt.Errorf("create %s: %w", name, err))
	}
	index, err := w.disk.Create(filepath.Join(w.dir, name[:len(name)-len(".log")]+".idx"))
	if err != nil {
		log.Close()
		return nil, w.outputFailed(fmt.Errorf("create the index of %s: %w", name, err))
	}
	if err := w.disk.SyncDir(filepath.Join(w.dir, outputsName)); err != nil {
		log.Close()
		index.Close()
		return nil, w.outputFailed(fmt.Errorf("sync %s: %w", outputsName, err))
	}
	o := &Output{
		w: w, path: name, start: w.clock.Now(), log: log, index: index, sum: sha256.New(),
		wake: make(chan struct{}, 1), stop: make(chan struct{}), done: make(chan struct{}),
	}
	o.synced = sync.NewCond(&o.mu)
	go o.syncRegularly()
	return o, nil
}

func (w *Writer) outputFailed(err error) error {
	w.fail(err)
	return err
}

// Write keeps one piece. An error is sticky and fails the whole transcript. Once
// there is no room on the disk nothing more is kept, so that the events still fit.
func (o *Output) Write(stream string, p []byte) error {
	if len(p) == 0 {
		return nil
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	kept := len(p)
	for len(p) > 0 {
		for o.err == nil && o.room() == 0 {
			o.synced.Wait()
		}
		if o.err == nil && o.w.full.Load() {
			o.err = fmt.Errorf("write %s: %w", o.path, ErrFailed)
		}
		if o.err != nil {
			return o.err
		}
		piece := p[:min(len(p), o.room())]
		n, err := o.log.Write(piece)
		o.sum.Write(piece[:n])
		o.bytes += int64(n)
		if err == nil && n < len(piece) {
			err = io.ErrShortWrite
		}
		if err != nil {
			return o.fail(fmt.Errorf("write %s: %w", o.path, err))
		}
		if o.bytes-o.durable >= outputSyncBytes {
			select {
			case o.wake <- struct{}{}:
			default: // it is awake
			}
		}
		p = p[n:]
	}
	return o.addIndex(stream, kept)
}

// room is how many bytes may be written before a sync must have ended. It needs o.mu.
func (o *Output) room() int { return 2*outputSyncBytes - int(o.bytes-o.durable) }

// addIndex needs o.mu.
func (o *Output) addIndex(stream string, size int) error {
	o.line = strconv.AppendInt(o.line[:0], o.w.clock.Now().Sub(o.start).Milliseconds(), 10)
	o.line = append(append(append(o.line, ' '), stream...), ' ')
	o.line = append(strconv.AppendInt(o.line, int64(size), 10), '\n')
	if err := writeAll(o.index, o.line); err != nil {
		return o.fail(fmt.Errorf("write the index of %s: %w", o.path, err))
	}
	o.indexed = true
	return nil
}

// fail needs o.mu.
func (o *Output) fail(err error) error {
	if o.err == nil {
		o.err = err
		o.w.fail(err)
		o.synced.Broadcast()
	}
	return o.err
}

// syncRegularly is the only one that syncs while the output is open.
func (o *Output) syncRegularly() {
	defer close(o.done)
	ticker := time.NewTicker(outputSyncEvery)
	defer ticker.Stop()
	for {
		select {
		case <-o.stop:
			return
		case <-o.wake:
			o.syncFiles(false)
		case <-ticker.C:
			o.syncFiles(true)
		}
	}
}

// syncFiles makes the log durable, and the index too when it is asked to. More may
// be written meanwhile. A failure is sticky: Write, Close and the writer report it.
func (o *Output) syncFiles(index bool) {
	o.mu.Lock()
	size, failed := o.bytes, o.err != nil
	log := size > o.durable
	index = index && o.indexed
	if index {
		o.indexed = false
	}
	o.mu.Unlock()
	if failed {
		return
	}
	var err error
	if log {
		if err = o.log.Sync(); err != nil {
			err = fmt.Errorf("sync %s: %w", o.path, err)
		}
	}
	if err == nil && index {
		if err = o.index.Sync(); err != nil {
			err = fmt.Errorf("sync the index of %s: %w", o.path, err)
		}
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	if err != nil {
		_ = o.fail(err) // kept in o.err
		return
	}
	o.durable = size
	o.synced.Broadcast()
}

// Close makes the output durable and sums it up. The summary is right even when
// an error is returned: it says what was kept. Nothing may be written any more.
func (o *Output) Close() (OutputSummary, error) {
	close(o.stop)
	<-o.done
	o.syncFiles(true)
	o.mu.Lock()
	defer o.mu.Unlock()
	err := o.err
	for _, file := range []File{o.log, o.index} {
		if cerr := file.Close(); cerr != nil && err == nil {
			err = o.fail(fmt.Errorf("close %s: %w", o.path, cerr))
		}
	}
	return OutputSummary{Path: o.path, Bytes: o.bytes, SHA256: hex.EncodeToString(o.sum.Sum(nil))}, err
}
