package transcript

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"slices"

	"genia.ai/bitacora/internal/event"
)

// A journal is read in chunks of whole lines, which are checked and decoded at
// the same time on several cores and put together in their order. The chunk, not
// the file, is what stands in memory.
const (
	chunkSize  = 512 << 10
	maxReaders = 4
)

var errTooLong = errors.New("the line is too long")

// link is what the next line must follow from.
type link struct {
	epoch int
	seq   uint64
	prev  []byte // hash of the line before, hex
}

// accept checks that an event is the next one; prev is what its line says of the
// one before.
func (l link) accept(ev *event.Event, prev []byte) error {
	switch {
	case ev.Epoch != l.epoch:
		return fmt.Errorf("it says epoch %d", ev.Epoch)
	case ev.Seq != l.seq+1:
		return fmt.Errorf("event %d is missing", l.seq+1)
	case !bytes.Equal(prev, l.prev):
		return errors.New("it does not follow from the line before")
	case ev.Dur >= ev.Seq:
		return errors.New("it says that it was durable before it was written")
	}
	return nil
}

// chunk is some whole lines of one file, and what was found in them.
type chunk struct {
	text   []byte
	events []event.Event // all intact; the first one is not checked against the line before
	head   string        // hash of the last of them
	flaw   error         // what is wrong with the line after them, or nil
	offset int           // of that line in text
	done   chan struct{}

	ends    []byte // Prev and CRC of all events
	decoder *decoder
}

// check decodes the lines and follows the chain through them.
func (c *chunk) check(epoch int) {
	defer close(c.done)
	c.events = slices.Grow(c.events[:0], bytes.Count(c.text, []byte("\n")))
	c.ends = c.ends[:0]
	c.flaw, c.offset, c.head = nil, 0, ""
	if c.decoder == nil {
		c.decoder = newDecoder()
	}
	var sum [sha256.Size]byte
	var hash [2 * sha256.Size]byte
	for c.offset < len(c.text) {
		end := bytes.IndexByte(c.text[c.offset:], '\n')
		line := c.text[c.offset : c.offset+end]
		c.events = append(c.events, event.Event{})
		ev := &c.events[len(c.events)-1]
		ends, err := c.decoder.decode(line, ev)
		if err == nil && len(c.events) > 1 {
			before := link{epoch: epoch, seq: c.events[len(c.events)-2].Seq, prev: hash[:]}
			err = before.accept(ev, ends[:prevHexLen])
		}
		if err != nil {
			c.flaw = err
			c.events = c.events[:len(c.events)-1]
			break
		}
		c.ends = append(append(c.ends, ends[:prevHexLen]...), ends[len(ends)-crcHexLen:]...)
		sum = sha256.Sum256(line)
		hex.Encode(hash[:], sum[:])
		c.offset += end + 1
	}
	c.cutEnds()
	if len(c.events) > 0 {
		c.head = string(hash[:])
	}
}

// cutEnds gives each event its Prev and CRC out of one string for all of them.
func (c *chunk) cutEnds() {
	ends := string(c.ends)
	for i := range c.events {
		c.events[i].Prev, c.events[i].CRC = ends[:prevHexLen], ends[prevHexLen:prevHexLen+crcHexLen]
		ends = ends[prevHexLen+crcHexLen:]
	}
}

// chainReader puts the chunks of one file together.
type chainReader struct {
	t       *Transcript
	part    segment
	offset  int64 // up to where all is intact
	line    int   // lines up to there
	pending []*chunk
	free    []*chunk
}

// readChain reads the files that count, one after the other.
func (t *Transcript) readChain(live []segment) error {
	for i, part := range live {
		if err := t.readSegment(part); err != nil || t.Damage != nil {
			return err
		}
		if part.seal == nil {
			continue
		}
		if last := t.Epochs[i]; last.Size != part.seal.Size || t.head != part.seal.Head {
			t.Damage = &DamageError{File: live[i+1].name, Line: 1, Reason: "its seal is not that of " + part.name}
			return nil
		}
	}
	return nil
}

func (t *Transcript) readSegment(part segment) error {
	file, err := openRegular(filepath.Join(t.Dir, part.name), os.O_RDONLY)
	if err != nil {
		return err
	}
	defer file.Close()
	before := len(t.Events)
	r := chainReader{t: t, part: part}
	rest, err := r.read(file)
	if err != nil {
		return err
	}
	epoch := Epoch{Number: part.epoch, File: part.name, Size: r.offset, First: uint64(before) + 1, Last: uint64(len(t.Events))}
	if before > 0 && len(t.Events) > before {
		epoch.Begun = t.Events[before].Kind
	}
	t.Epochs = append(t.Epochs, epoch)
	switch {
	case t.Damage != nil:
	case len(rest) > maxLine:
		r.damaged(errTooLong)
	case part.seal != nil && len(rest) > 0:
		r.damaged(errors.New("it was sealed in the middle of a line"))
	case part.seal != nil && r.offset < part.limit:
		r.damaged(fmt.Errorf("the file is %d bytes long and was sealed at %d", r.offset, part.limit))
	case len(rest) > 0 && part.limit < 0:
		t.Torn = &Torn{File: part.name, Offset: r.offset, Bytes: bytes.Clone(rest)}
	}
	if part.seal == nil || t.Damage != nil {
		return nil
	}
	return t.behind(file, part)
}

func (r *chainReader) damaged(reason error) {
	r.t.Damage = &DamageError{File: r.part.name, Line: r.line + 1, Offset: r.offset, Reason: reason.Error()}
}

// read reads the lines up to the limit or to the first damage, and returns what
// stands behind the last whole one.
func (r *chainReader) read(file *os.File) ([]byte, error) {
	defer r.drain()
	var in io.Reader = file
	if r.part.limit >= 0 {
		in = io.LimitReader(file, r.part.limit)
	}
	readers := min(runtime.GOMAXPROCS(0), maxReaders)
	var rest []byte
	size, err := r.size(file)
	if err != nil {
		return nil, err
	}
	for r.t.Damage == nil {
		c := r.take(size)
		text, err := fill(in, append(c.text[:0], rest...))
		if err != nil && !errors.Is(err, io.EOF) {
			return nil, err
		}
		whole := bytes.LastIndexByte(text, '\n') + 1
		rest = append(rest[:0], text[whole:]...)
		c.text = text[:whole]
		if whole > 0 {
			c.done = make(chan struct{})
			go c.check(r.part.epoch)
			r.pending = append(r.pending, c)
		}
		if err != nil || len(rest) > maxLine {
			break
		}
		if len(r.pending) > readers {
			r.join(size)
		}
	}
	for len(r.pending) > 0 && r.t.Damage == nil {
		r.join(size)
	}
	return rest, nil
}

// fill reads until the buffer holds a line that it did not hold before, or the end
// comes, or the line is too long.
func fill(in io.Reader, text []byte) ([]byte, error) {
	for {
		if len(text) >= cap(text)/2 {
			text = slices.Grow(text, max(chunkSize, len(text)))
		}
		n, err := io.ReadFull(in, text[len(text):cap(text)])
		fresh := text[len(text) : len(text)+n]
		text = text[:len(text)+n]
		if errors.Is(err, io.ErrUnexpectedEOF) {
			err = io.EOF
		}
		if err != nil || bytes.IndexByte(fresh, '\n') >= 0 || len(text) > maxLine {
			return text, err
		}
	}
}

// size is how many bytes there are to read.
func (r *chainReader) size(file *os.File) (int64, error) {
	info, err := file.Stat()
	if err != nil || r.part.limit < 0 {
		return info.Size(), err
	}
	return min(info.Size(), r.part.limit), nil
}

func (r *chainReader) take(size int64) *chunk {
	if n := len(r.free); n > 0 {
		c := r.free[n-1]
		r.free = r.free[:n-1]
		return c
	}
	// Most runs fit into less than a chunk; the end shows only behind the last byte.
	return &chunk{text: make([]byte, 0, min(chunkSize, size+1))}
}

// join waits for the oldest chunk and takes over what is intact of it.
func (r *chainReader) join(size int64) {
	c := r.pending[0]
	r.pending = r.pending[1:]
	<-c.done
	t := r.t
	if len(c.events) > 0 {
		seq, head := t.Head()
		before := link{epoch: r.part.epoch, seq: seq, prev: []byte(head)}
		if err := before.accept(&c.events[0], []byte(c.events[0].Prev)); err != nil {
			r.damaged(err)
			return
		}
	}
	if cap(t.Events) == 0 {
		r.expect(c, size)
	}
	t.Events = append(t.Events, c.events...)
	r.offset += int64(c.offset)
	r.line += len(c.events)
	if c.head != "" {
		t.head = c.head
	}
	if c.flaw != nil {
		r.damaged(c.flaw)
	}
	clear(c.events)
	r.free = append(r.free, c)
}

// expect makes room for as many events as the file will hold if it goes on like
// its first chunk, so that they are not moved again and again.
func (r *chainReader) expect(c *chunk, size int64) {
	estimate := size * int64(len(c.events)) / int64(len(c.text))
	r.t.Events = make([]event.Event, 0, estimate+estimate/16+8)
}

// drain waits for the chunks that damage made useless.
func (r *chainReader) drain() {
	for _, c := range r.pending {
		<-c.done
	}
}
