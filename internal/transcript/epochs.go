package transcript

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"

	"genia.ai/bitacora/internal/event"
)

// Why bytes do not count.
const (
	foreignLate   = "added after the file was sealed"
	foreignUnborn = "an epoch that was never begun"
	foreignPassed = "an epoch that the next one does not follow from"
)

// segment is a journal file that counts, up to where it was sealed.
type segment struct {
	epoch int
	name  string
	seal  *event.Seal // by the epoch after it; nil for the last one
	limit int64       // bytes that may count; negative: all
}

// sealOf returns the seal in the first event of an epoch, or nil.
func sealOf(data event.Data) *event.Seal {
	switch data := data.(type) {
	case event.Recovered:
		return &data.Seal
	case event.Superseded:
		return &data.Seal
	}
	return nil
}

// follow finds out which files count, from the last one down: the first event of
// each names, by its seal, the one that it follows from. It returns them in the
// order in which they are read. What does not count is noted as foreign; a chain
// that breaks is noted as damage, and what stands before it is returned.
func (t *Transcript) follow(files []int, end *bound) ([]segment, error) {
	var live []segment
	var seal *event.Seal // of the file at i
	i := len(files) - 1
	if end != nil {
		i = slices.Index(files, end.epoch)
	}
	for i >= 0 {
		part := segment{epoch: files[i], name: journalName(files[i]), seal: seal, limit: -1}
		if seal != nil {
			part.limit = seal.Size
		} else if end != nil {
			part.limit = end.size
		}
		if part.epoch == 1 {
			live = append(live, part)
			break
		}
		first, err := t.opening(part)
		if err != nil {
			return nil, err
		}
		if errors.Is(first.flaw, errUnfinished) && seal == nil {
			t.addForeign(part.name, 0, first.size, foreignUnborn)
			i--
			continue
		}
		before := slices.Index(files[:i], journalEpoch(first.seal.File))
		if first.flaw == nil && before < 0 {
			first.flaw = fmt.Errorf("it follows from %q, which is missing", first.seal.File)
		}
		if first.flaw != nil {
			t.Damage = &DamageError{File: part.name, Line: 1, Reason: first.flaw.Error()}
			live, seal = nil, nil
			i--
			continue
		}
		for _, passed := range files[before+1 : i] {
			if err := t.passOver(passed); err != nil {
				return nil, err
			}
		}
		live = append(live, part)
		seal, i = &first.seal, before
	}
	if i < 0 && t.Damage == nil {
		t.Damage = &DamageError{File: journalName(1), Line: 1, Reason: "it is missing"}
	}
	slices.Reverse(live)
	return live, nil
}

// opening is how a journal file begins.
type opening struct {
	seal event.Seal
	flaw error // why it does not begin as an epoch does, or nil
	size int64 // of the file
}

// errUnfinished is the flaw of a file without a whole line.
var errUnfinished = errors.New("its first line is not whole")

// opening reads the first line of a file of an epoch after the first one.
func (t *Transcript) opening(part segment) (opening, error) {
	file, err := openRegular(filepath.Join(t.Dir, part.name), os.O_RDONLY)
	if err != nil {
		return opening{}, err
	}
	defer file.Close()
	info, err := file.Stat()
	if err != nil {
		return opening{}, err
	}
	first := opening{size: info.Size()}
	line, err := bufio.NewReader(io.LimitReader(file, maxLine+1)).ReadBytes('\n')
	switch {
	case errors.Is(err, io.EOF) && len(line) <= maxLine:
		first.flaw = errUnfinished
	case errors.Is(err, io.EOF):
		first.flaw = errTooLong
	case err != nil:
		return opening{}, err
	default:
		first.seal, first.flaw = readSeal(part, line[:len(line)-1])
	}
	return first, nil
}

func readSeal(part segment, line []byte) (event.Seal, error) {
	ev, err := decode(line)
	if err != nil {
		return event.Seal{}, err
	}
	if ev.Epoch != part.epoch {
		return event.Seal{}, fmt.Errorf("it says epoch %d", ev.Epoch)
	}
	seal := sealOf(ev.Data)
	if seal == nil {
		return event.Seal{}, fmt.Errorf("it begins with %s, which says nothing of the file before", ev.Kind)
	}
	if seal.Size < 0 || seal.Torn < 0 {
		return event.Seal{}, fmt.Errorf("it seals %s at %d and %d bytes", seal.File, seal.Size, seal.Torn)
	}
	return *seal, nil
}

func (t *Transcript) passOver(epoch int) error {
	info, err := os.Lstat(filepath.Join(t.Dir, journalName(epoch)))
	if err != nil {
		return err
	}
	t.addForeign(journalName(epoch), 0, info.Size(), foreignPassed)
	return nil
}

func (t *Transcript) addForeign(file string, offset, size int64, reason string) {
	if size > 0 {
		t.Foreign = append(t.Foreign, Foreign{File: file, Offset: offset, Bytes: size, Reason: reason})
	}
}

// behind looks at what stands in a file behind its seal: the unfinished bytes
// that the seal names, or what a crash left of them, may; the rest is foreign.
func (t *Transcript) behind(file *os.File, part segment) error {
	info, err := file.Stat()
	if err != nil {
		return err
	}
	size := info.Size() - part.seal.Size
	if size <= 0 {
		return nil
	}
	if named := part.seal.Torn; named > 0 && named <= maxLine {
		found := make([]byte, min(size, named))
		if _, err := file.ReadAt(found, part.seal.Size); err != nil {
			return err
		}
		if hashOf(found) == part.seal.TornSHA || int64(len(found)) < named && t.beginsTorn(part.seal, found) {
			t.addForeign(part.name, part.seal.Size+named, size-named, foreignLate)
			return nil
		}
	}
	t.addForeign(part.name, part.seal.Size, size, foreignLate)
	return nil
}

// beginsTorn reports whether the copy of the unfinished bytes begins with these.
func (t *Transcript) beginsTorn(seal *event.Seal, found []byte) bool {
	content, err := t.tornCopy(seal)
	return err == nil && bytes.HasPrefix(content, found)
}

// tornCopy reads the copy of the unfinished bytes that a seal names.
func (t *Transcript) tornCopy(seal *event.Seal) ([]byte, error) {
	if !isTornName(seal.TornFile) {
		return nil, fmt.Errorf("%q is not the copy of a torn line", seal.TornFile)
	}
	return readFile(filepath.Join(t.Dir, seal.TornFile))
}

func hashOf(content []byte) string {
	sum := sha256.Sum256(content)
	return hex.EncodeToString(sum[:])
}
