package transcript

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
)

// checkAnchors compares what was read with the heads that were recorded outside
// of the journal. A head that agrees proves everything up to it, so heads below
// it that do not are themselves wrong; a head above it that does not agree, or
// whose event is not there, proves that the journal was changed or cut.
func (t *Transcript) checkAnchors() {
	path := headsPath(t.Dir)
	heads, unread, err := readHeads(path)
	if err != nil {
		t.Doubts = append(t.Doubts, err.Error())
	}
	if unread > 0 {
		t.Doubts = append(t.Doubts, fmt.Sprintf("%s holds %d lines that cannot be read", path, unread))
	}
	count := uint64(len(t.Events))
	var proven uint64
	for _, head := range heads {
		if head.Seq <= count && t.hashAt(head.Seq) == head.Hash {
			proven = max(proven, head.Seq)
			t.Anchors++
		}
	}
	var conflict *anchored
	for i, head := range heads {
		switch {
		case head.Seq <= count && t.hashAt(head.Seq) == head.Hash:
		case head.Seq <= proven:
			t.Doubts = append(t.Doubts, fmt.Sprintf("%s:%d does not agree with the later ones", path, head.line))
		case conflict == nil || head.Seq < conflict.Seq:
			conflict = &heads[i]
		}
	}
	if conflict == nil {
		return
	}
	where := fmt.Sprintf("%s:%d", filepath.Join(headsName, filepath.Base(path)), conflict.line)
	switch {
	case conflict.Seq <= count:
		t.cut(proven, fmt.Sprintf("event %d is not the one that was anchored in %s", conflict.Seq, where))
	case t.Damage == nil:
		t.Torn = nil
		t.Damage = t.place(count + 1)
		t.Damage.Reason = fmt.Sprintf("event %d was anchored in %s and is missing", conflict.Seq, where)
	}
}

// cut drops all events behind one from what is intact.
func (t *Transcript) cut(keep uint64, reason string) {
	damage := t.place(keep + 1)
	damage.Reason = reason
	for i := len(t.Epochs) - 1; i > 0 && t.Epochs[i].First > keep; i-- {
		t.Epochs = t.Epochs[:i]
	}
	if last := &t.Epochs[len(t.Epochs)-1]; last.Last > keep {
		last.Last, last.Size = keep, damage.Offset
	}
	t.head = firstPrev
	if keep < uint64(len(t.Events)) {
		t.head = t.Events[keep].Prev
	}
	t.Events = t.Events[:keep]
	t.Damage, t.Torn = damage, nil
}

// place says where the line of an event stands, or would stand.
func (t *Transcript) place(seq uint64) *DamageError {
	at := len(t.Epochs) - 1
	if at < 0 {
		return &DamageError{File: journalName(1), Line: 1}
	}
	for at > 0 && t.Epochs[at].First > seq {
		at--
	}
	epoch := t.Epochs[at]
	damage := &DamageError{File: epoch.File, Line: int(seq-epoch.First) + 1, Offset: epoch.Size}
	if seq > epoch.Last {
		return damage
	}
	content, err := readFile(filepath.Join(t.Dir, epoch.File))
	if err != nil && !os.IsNotExist(err) {
		return damage
	}
	offset := 0
	for range damage.Line - 1 {
		offset += bytes.IndexByte(content[offset:], '\n') + 1
	}
	damage.Offset = int64(offset)
	return damage
}
