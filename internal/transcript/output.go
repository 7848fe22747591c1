package transcript

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"hash"
	"path/filepath"
	"sync"
	"time"
)

// How much output may be lost with the machine: whichever comes first.
const (
	outputSyncEvery = 100 * time.Millisecond
	outputSyncBytes = 64 << 10
)

// Output keeps what one action prints, in outputs/<n>.log, and beside it in
// outputs/<n>.idx a line "<ms> <stream> <bytes>" for every piece: when it came
// (milliseconds since the output was opened), from which stream, how long it is.
type Output struct {
	w     *Writer
	path  string // below the run's directory
	start time.Time

	mu    sync.Mutex
	log   File
	index File
	sum   hash.Hash
	bytes int64
	dirty int
	err   error

	stop chan struct{}
	done chan struct{}
}

// OutputSummary is what the end of an action says of its output.
type OutputSummary struct {
	Path   string // below the run's directory
	Bytes  int64
	SHA256 string // hex
}

// Output opens the file of the next action's output.
func (w *Writer) Output() (*Output, error) {
	w.mu.Lock()
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
		stop: make(chan struct{}), done: make(chan struct{}),
	}
	go o.syncRegularly()
	return o, nil
}

func (w *Writer) outputFailed(err error) error {
	w.fail(err)
	return err
}

// Write keeps one piece. An error is sticky and fails the whole transcript.
func (o *Output) Write(stream string, p []byte) error {
	if len(p) == 0 {
		return nil
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.err != nil {
		return o.err
	}
	if _, err := o.log.Write(p); err != nil {
		return o.fail(fmt.Errorf("write %s: %w", o.path, err))
	}
	o.sum.Write(p)
	o.bytes += int64(len(p))
	o.dirty += len(p)
	ms := o.w.clock.Now().Sub(o.start).Milliseconds()
	if _, err := fmt.Fprintf(o.index, "%d %s %d\n", ms, stream, len(p)); err != nil {
		return o.fail(fmt.Errorf("write the index of %s: %w", o.path, err))
	}
	if o.dirty >= outputSyncBytes {
		return o.sync()
	}
	return nil
}

func (o *Output) fail(err error) error {
	if o.err == nil {
		o.err = err
		o.w.fail(err)
	}
	return o.err
}

// sync needs o.mu.
func (o *Output) sync() error {
	if o.err != nil || o.dirty == 0 {
		return o.err
	}
	o.dirty = 0
	if err := o.log.Sync(); err != nil {
		return o.fail(fmt.Errorf("sync %s: %w", o.path, err))
	}
	if err := o.index.Sync(); err != nil {
		return o.fail(fmt.Errorf("sync the index of %s: %w", o.path, err))
	}
	return nil
}

func (o *Output) syncRegularly() {
	defer close(o.done)
	ticker := time.NewTicker(outputSyncEvery)
	defer ticker.Stop()
	for {
		select {
		case <-o.stop:
			return
		case <-ticker.C:
			o.mu.Lock()
			_ = o.sync() // sticky: Write, Close and the writer report it
			o.mu.Unlock()
		}
	}
}

// Close makes the output durable and sums it up. The summary is right even when
// an error is returned: it says what was kept.
func (o *Output) Close() (OutputSummary, error) {
	close(o.stop)
	<-o.done
	o.mu.Lock()
	defer o.mu.Unlock()
	err := o.sync()
	for _, file := range []File{o.log, o.index} {
		if cerr := file.Close(); cerr != nil && err == nil {
			err = o.fail(fmt.Errorf("close %s: %w", o.path, cerr))
		}
	}
	return OutputSummary{Path: o.path, Bytes: o.bytes, SHA256: hex.EncodeToString(o.sum.Sum(nil))}, err
}
