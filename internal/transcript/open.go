package transcript

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"

	"genia.ai/bitacora/internal/event"
)

// self is the actor of what nobody in particular caused.
const self = "bitacora"

// Begin says what the first event of a new epoch is: an event.Recovered or an
// event.Superseded, without its Seal, which is filled in. t is what was found; seal
// says what of the last file counts.
type Begin func(t *Transcript, seal event.Seal) event.Data

// OpenOptions is how to go on with a run.
type OpenOptions struct {
	// Begin is asked when a new epoch begins: after a torn tail, or always with
	// NewEpoch.
	Begin Begin
	// NewEpoch begins a new epoch even when the transcript is whole: for taking
	// over from a server that does not answer and may still write.
	NewEpoch bool
	// Actor of the first event of a new epoch; "" is the program itself.
	Actor string
}

// ErrNotStarted is returned for a run that was created and of which nothing was
// recorded: there is nothing to go on with.
var ErrNotStarted = errors.New("nothing was recorded of this run; start a new one")

// Open reads and verifies the transcript of a run and goes on with it. A whole one
// goes on in its last file. After a torn tail, which is kept as a copy, or when
// asked to, it goes on in a new file whose first event seals the one before; that
// event is durable, and the last one of the Transcript, when Open returns.
//
// Damage is returned as a *DamageError, with what is intact; then nothing was
// written. The caller holds the run's Lock, except when it takes over.
func Open(disk Disk, dir string, clock Clock, opts OpenOptions) (*Writer, *Transcript, error) {
	t, err := settle(disk, dir)
	if err != nil {
		return nil, t, err
	}
	w := &Writer{disk: disk, dir: dir, clock: clock, heads: anchors{disk: disk, path: headsPath(dir)}}
	if w.outputs, err = lastOutput(dir); err != nil {
		return nil, t, err
	}
	if err := reserve(disk, dir); err != nil {
		return nil, t, err
	}
	if last := t.Epochs[len(t.Epochs)-1]; t.Torn == nil && !opts.NewEpoch && last.Number == t.last {
		return w, t, w.goOn(last, t)
	}
	w.epoch = t.last
	_, t, err = w.beginEpoch(opts.Actor, opts.Begin, func() (*Transcript, []byte, error) {
		// Read after the new file is there: from then on nobody acknowledges
		// what is added to the old one.
		t, err := settle(disk, dir)
		if err != nil || t.Torn == nil {
			return t, nil, err
		}
		return t, t.Torn.Bytes, nil
	})
	if err != nil {
		return nil, t, err
	}
	return w, t, nil
}

// settle makes what the journal's files hold durable, and reads it from the
// medium.
func settle(disk Disk, dir string) (*Transcript, error) {
	files, err := journals(dir)
	if err != nil {
		return nil, noTranscript(dir, err)
	}
	for _, n := range files {
		if err := settleFile(disk, filepath.Join(dir, journalName(n))); err != nil {
			return nil, fmt.Errorf("make %s durable: %w", journalName(n), err)
		}
	}
	if err := disk.SyncDir(dir); err != nil {
		return nil, fmt.Errorf("sync %s: %w", dir, err)
	}
	t, err := Read(dir)
	switch {
	case err != nil:
		return nil, err
	case t.Damage != nil:
		return t, t.Damage
	case len(t.Events) == 0:
		return t, fmt.Errorf("%s: %w", dir, ErrNotStarted)
	}
	return t, nil
}

func settleFile(disk Disk, path string) error {
	file, err := disk.Append(path)
	if err != nil {
		return err
	}
	defer file.Close()
	if err := file.Sync(); err != nil {
		return err
	}
	return disk.Forget(path)
}

// goOn opens the last file to append to it.
func (w *Writer) goOn(last Epoch, t *Transcript) error {
	path := filepath.Join(w.dir, last.File)
	file, err := w.disk.Append(path)
	if err != nil {
		return fmt.Errorf("go on with the journal: %w", err)
	}
	info, err := os.Lstat(path)
	if err == nil && info.Size() != last.Size {
		err = fmt.Errorf("%s grew while it was read: somebody else writes to it", last.File)
	}
	if err == nil {
		// The reserve may be new, and the run as old as a crash during its creation.
		err = syncDirs(w.disk, w.dir)
	}
	if err != nil {
		file.Close()
		return fmt.Errorf("go on with the journal: %w", err)
	}
	w.file, w.epoch = file, last.Number
	w.written = t.end()
	w.durable = w.written
	return nil
}

func syncDirs(disk Disk, dir string) error {
	for _, path := range []string{dir, filepath.Dir(dir)} {
		if err := disk.SyncDir(path); err != nil {
			return fmt.Errorf("sync %s: %w", path, err)
		}
	}
	return nil
}

// lastOutput returns the highest number of an output in a run's directory.
func lastOutput(dir string) (int, error) {
	entries, err := os.ReadDir(filepath.Join(dir, outputsName))
	if err != nil {
		return 0, fmt.Errorf("list the outputs: %w", err)
	}
	last := 0
	for _, entry := range entries {
		name, _, _ := strings.Cut(entry.Name(), ".")
		if n, err := strconv.Atoi(name); err == nil {
			last = max(last, n)
		}
	}
	return last, nil
}

// beginEpoch creates the file after w.epoch, reads what the files before hold, and
// writes the first event of the new one: durable when it returns. read returns what
// counts and the bytes behind that.
func (w *Writer) beginEpoch(actor string, begin Begin, read func() (*Transcript, []byte, error)) (event.Event, *Transcript, error) {
	if begin == nil {
		return event.Event{}, nil, errors.New("a new epoch must begin, and nobody says with which event")
	}
	name := journalName(w.epoch + 1)
	file, err := w.disk.Create(filepath.Join(w.dir, name))
	if errors.Is(err, fs.ErrExist) {
		return event.Event{}, nil, &SupersededError{Epoch: w.epoch + 1}
	}
	if err != nil {
		return event.Event{}, nil, noRoom(name, err)
	}
	w.file, w.epoch = file, w.epoch+1
	ev, t, err := w.firstEvent(actor, begin, read)
	if err != nil {
		file.Close()
		return event.Event{}, t, noRoom(name, err)
	}
	return ev, t, nil
}

// noRoom says what to do about a full disk.
func noRoom(name string, err error) error {
	if isFull(err) {
		return fmt.Errorf("begin %s: not even the reserve is enough room; free some space on that disk, then resume: %w", name, err)
	}
	return fmt.Errorf("begin %s: %w", name, err)
}

func (w *Writer) firstEvent(actor string, begin Begin, read func() (*Transcript, []byte, error)) (event.Event, *Transcript, error) {
	t, torn, err := read()
	if err != nil {
		return event.Event{}, t, err
	}
	last := t.Epochs[len(t.Epochs)-1]
	seal := event.Seal{File: last.File, Size: last.Size, Head: t.head}
	if len(torn) > 0 {
		seal.Torn, seal.TornSHA = int64(len(torn)), hashOf(torn)
		if seal.TornFile, err = w.keepTorn(last.Number, torn); err != nil {
			return event.Event{}, t, err
		}
	}
	data, err := sealed(begin(t, seal), seal)
	if err != nil {
		return event.Event{}, t, err
	}
	if actor == "" {
		actor = self
	}
	// The entries of both files come before the event that needs them.
	if err := syncDirs(w.disk, w.dir); err != nil {
		return event.Event{}, t, err
	}
	w.failed, w.durable = nil, t.end()
	w.written = mark{epoch: w.epoch, seq: last.Last, head: t.head}
	stamped, err := w.append(actor, "", []event.Event{{Kind: data.Kind(), Data: data}})
	if err == nil {
		_, err = w.sync()
	}
	if err != nil {
		return event.Event{}, t, err
	}
	t.addEpoch(w.epoch, stamped[0], w.written)
	return stamped[0], t, nil
}

// end is the mark of the last event.
func (t *Transcript) end() mark {
	last := t.Epochs[len(t.Epochs)-1]
	return mark{epoch: last.Number, size: last.Size, seq: last.Last, head: t.head}
}

// addEpoch takes over the first event of a new epoch.
func (t *Transcript) addEpoch(number int, ev event.Event, end mark) {
	t.Events = append(t.Events, ev)
	t.Epochs = append(t.Epochs, Epoch{
		Number: number, File: journalName(number), Size: end.size, First: ev.Seq, Last: ev.Seq, Begun: ev.Kind,
	})
	t.Torn, t.head, t.last = nil, end.head, number
}

func sealed(data event.Data, seal event.Seal) (event.Data, error) {
	switch data := data.(type) {
	case event.Recovered:
		data.Seal = seal
		return data, nil
	case event.Superseded:
		data.Seal = seal
		return data, nil
	}
	return nil, fmt.Errorf("an epoch cannot begin with %T", data)
}

var tornName = regexp.MustCompile(`^journal\.torn-[1-9][0-9]{0,8}$`)

func isTornName(name string) bool { return tornName.MatchString(name) }

// keepTorn copies the unfinished bytes behind the last event of an epoch into a
// file of their own. Without room for it the copy is left out: the bytes stay
// where they are.
func (w *Writer) keepTorn(epoch int, torn []byte) (string, error) {
	for n := epoch; ; n++ {
		name := fmt.Sprintf("journal.torn-%d", n)
		path := filepath.Join(w.dir, name)
		err := writeFile(w.disk, path, torn)
		switch {
		case err == nil:
			return name, nil
		case isFull(err):
			_ = w.disk.Remove(path) // it is not whole, and in the way of the event
			return "", nil
		case !errors.Is(err, fs.ErrExist):
			return "", fmt.Errorf("keep the torn line: %w", err)
		}
	}
}
