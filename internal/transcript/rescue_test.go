package transcript

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/sys/unix"

	"genia.ai/bitacora/internal/event"
)

// crowded is a disk with little room, that of the reserve included. A write of
// which only a part fits is a short one.
type crowded struct {
	OS
	free int
	path string // of the reserve
}

type crowdedFile struct {
	File
	disk *crowded
}

func (d *crowded) Create(path string) (File, error) {
	file, err := d.OS.Create(path)
	if filepath.Base(path) == reserveName {
		d.path = path
	}
	return crowdedFile{file, d}, err
}

func (d *crowded) Remove(path string) error {
	err := d.OS.Remove(path)
	if err == nil && path == d.path {
		d.free += reserveSize
	}
	return err
}

func (f crowdedFile) Write(p []byte) (int, error) {
	if len(p) > f.disk.free {
		n, _ := f.File.Write(p[:f.disk.free])
		f.disk.free = 0
		return n, &os.PathError{Op: "write", Path: "x", Err: unix.ENOSPC}
	}
	f.disk.free -= len(p)
	return f.File.Write(p)
}

func ended() event.Event {
	return event.Event{Kind: event.KindActionEnded, Data: event.ActionEnded{Action: "a", Ending: event.Ending{Outcome: event.OutcomeOK}}}
}

// TestEndOfAnActionFitsOnAFullDisk fills the disk at every place of a record.
func TestEndOfAnActionFitsOnAFullDisk(t *testing.T) {
	for room := 0; room < 700; room += 7 {
		disk := &crowded{free: reserveSize + 20}
		w := begun(t, disk, 0)
		disk.free = 600 + room
		var acked uint64
		for err := error(nil); err == nil; {
			if _, err = w.Append("ana", "", note("x")); err == nil {
				acked, err = w.Sync()
			}
		}
		if !errors.Is(w.Failed(), unix.ENOSPC) {
			t.Fatal(w.Failed())
		}
		first, err := w.Rescue(recovered)
		if err != nil {
			t.Fatalf("room for %d bytes: %v", room, err)
		}
		if first.Seq != acked+1 {
			t.Fatalf("room for %d bytes: %d events were acknowledged, the next is %d", room, acked, first.Seq)
		}
		if _, err := w.Append("bitacora", "", ended()); err != nil {
			t.Fatal(err)
		}
		if _, err := w.Sync(); err != nil {
			t.Fatal(err)
		}
		if w.Failed() == nil {
			t.Fatal("the failure is forgotten: actions would start again")
		}
		if _, err := w.Output(); !errors.Is(err, ErrFailed) {
			t.Fatalf("another action may start: %v", err)
		}
		got := closed(t, w)
		if got.Damage != nil || got.Torn != nil || len(got.Foreign) != 0 || got.VerifyFiles() != nil {
			t.Fatalf("room for %d bytes: %v, %v, %+v", room, got.Damage, got.Torn, got.Foreign)
		}
		if want := strings.Repeat("x, ", int(acked)) + "recovered, action.ended"; texts(got) != want {
			t.Fatalf("room for %d bytes: %s, want %s", room, texts(got), want)
		}
	}
}

func TestFullDiskSaysSo(t *testing.T) {
	disk := &crowded{free: reserveSize + 800}
	w := begun(t, disk, 1)
	disk.free = 10
	if _, err := w.Append("ana", "", note("x")); !errors.Is(err, unix.ENOSPC) {
		t.Fatal(err)
	}
	disk.path = "" // somebody else takes the room at once
	for range 2 {
		if _, err := w.Rescue(recovered); !errors.Is(err, unix.ENOSPC) || !strings.Contains(err.Error(), "free some space") {
			t.Fatalf("Rescue = %v", err)
		}
	}
	if _, err := w.Append("ana", "", note("y")); !errors.Is(err, ErrFailed) {
		t.Errorf("Append after a failed Rescue: %v", err)
	}
	disk.free = reserveSize + 10_000
	if _, err := w.Rescue(recovered); err != nil {
		t.Fatalf("with room again: %v", err)
	}
	got := closed(t, w)
	mustBe(t, got, "note 1, recovered")
	if _, err := (Store{Root: t.TempDir(), Disk: &crowded{free: 1000}}).Create(runID, false, newTick(), nil); !errors.Is(err, unix.ENOSPC) {
		t.Errorf("a run was created without room for its reserve: %v", err)
	}
}

func TestOutputLeavesTheReserveToTheEvents(t *testing.T) {
	disk := &crowded{free: reserveSize + 2000}
	w := begun(t, disk, 1)
	out, err := w.Output()
	if err != nil {
		t.Fatal(err)
	}
	if err := out.Write("out", bytes.Repeat([]byte("x"), 10_000)); !errors.Is(err, unix.ENOSPC) {
		t.Fatal(err)
	}
	if _, err := w.Rescue(recovered); err != nil {
		t.Fatal(err)
	}
	free := disk.free
	if err := out.Write("out", []byte("y")); err == nil || disk.free != free {
		t.Errorf("output went on: %v", err)
	}
	summary, err := out.Close()
	if err == nil {
		t.Error("Close said nothing of the failure")
	}
	if _, err := w.Append("bitacora", "", event.Event{Kind: event.KindActionEnded, Data: event.ActionEnded{Ending: event.Ending{
		Output: summary.Path, Bytes: summary.Bytes, SHA256: summary.SHA256,
	}}}); err != nil {
		t.Fatal(err)
	}
	got := closed(t, w)
	if damage := got.VerifyFiles(); damage != nil || summary.Bytes == 0 {
		t.Errorf("what was kept is not what was recorded: %v, %d bytes", damage, summary.Bytes)
	}
}

// TestWhatASyncMayHaveLostDoesNotCount fails one sync; whatever the cache says of
// the event, it was not acknowledged.
func TestWhatASyncMayHaveLostDoesNotCount(t *testing.T) {
	disk := &faultyDisk{Disk: OS{}, writes: -1, syncs: -1}
	w := begun(t, disk, 2)
	if _, err := w.Append("ana", "lead", note("lost")); err != nil {
		t.Fatal(err)
	}
	disk.syncs, disk.once = 0, true
	if _, err := w.Sync(); !errors.Is(err, errInjected) {
		t.Fatal(err)
	}
	if _, err := w.Sync(); !errors.Is(err, ErrFailed) {
		t.Fatalf("a second sync made it good: %v", err)
	}
	if _, err := w.Rescue(recovered); err != nil {
		t.Fatal(err)
	}
	acknowledge(t, w, "after")
	got := closed(t, w)
	mustBe(t, got, "note 1, note 2, recovered, after")
	if seal := got.Events[2].Data.(event.Recovered).Seal; seal.Torn == 0 || len(got.Foreign) != 0 {
		t.Errorf("seal = %+v, foreign = %+v", seal, got.Foreign)
	}
}

func TestRescueRefusesWhatDoesNotReadBack(t *testing.T) {
	disk := &faultyDisk{Disk: OS{}, writes: -1, syncs: -1}
	w := begun(t, disk, 3)
	content := must(os.ReadFile(journal(w.Dir(), 1)))
	content[len(content)-100] ^= 1
	if err := os.WriteFile(journal(w.Dir(), 1), content, 0o600); err != nil {
		t.Fatal(err)
	}
	disk.writes, disk.once = 0, true
	if _, err := w.Append("ana", "", note("x")); err == nil {
		t.Fatal("the write did not fail")
	}
	var damage *DamageError
	if _, err := w.Rescue(recovered); !errors.As(err, &damage) || damage.Line != 3 {
		t.Errorf("Rescue = %v", err)
	}
	_ = w.Close() // reports it again
}
