package transcript

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// newTraced returns a traced disk over an empty directory.
func newTraced(t *testing.T) (*traced, Store) {
	t.Helper()
	disk := &traced{root: t.TempDir()}
	return disk, Store{Root: filepath.Join(disk.root, "state"), Disk: disk}
}

func (d *traced) run() string { return filepath.Join(d.root, "state", runsName, runID) }

// everyCrash makes every state that a crash during the trace may leave, and checks
// that nothing that was acknowledged is lost and that the run can be gone on with.
// The last two records of the journal are cut at every byte.
func everyCrash(t *testing.T, start image, trace []op) {
	t.Helper()
	root := filepath.Join(t.TempDir(), "crashed")
	var acked Head
	last := ""
	journalWrites := 0
	for _, o := range trace {
		if o.kind == opWrite && strings.Contains(o.path, journalPrefix) {
			journalWrites++
		}
	}
	states := 0
	for at := 0; ; at++ {
		step := 41
		if journalWrites <= 1 {
			step = 1
		}
		// A sync or an acknowledgement only takes states away.
		if at == 0 || trace[at-1].kind <= opWrite || trace[at-1].kind == opAck || trace[at-1].kind == opRemove {
			start.states(last, step, func(files map[string]variant, dirs []string) {
				torn := build(t, root, files, dirs)
				states++
				if reason := afterCrash(filepath.Join(root, "state", runsName, runID), acked, torn); reason != nil {
					t.Fatalf("crash after operation %d (%+v): %v", at, trace[max(at-1, 0)], reason)
				}
			})
		}
		if at == len(trace) {
			break
		}
		if trace[at].kind == opWrite {
			last = trace[at].path
			if strings.Contains(last, journalPrefix) {
				journalWrites--
			}
		}
		start.apply(trace[at], &acked)
	}
	if acked.Seq == 0 || states < 100 {
		t.Fatalf("the trace shows nothing: %d states, %d events acknowledged", states, acked.Seq)
	}
	t.Logf("%d states", states)
}

// afterCrash reads and goes on with a run. torn says that the medium holds what
// nobody wrote, which may be called damage as long as nothing acknowledged is.
func afterCrash(dir string, acked Head, torn bool) error {
	found, err := Read(dir)
	if err != nil {
		if acked.Seq == 0 && errors.Is(err, ErrNoTranscript) {
			return nil
		}
		return err
	}
	if err := holds(found, acked); err != nil {
		return err
	}
	if found.Damage != nil {
		if torn {
			return nil
		}
		return found.Damage
	}
	w, found, err := Open(calm{}, dir, newTick(), OpenOptions{Begin: recovered})
	if errors.Is(err, ErrNotStarted) && acked.Seq == 0 || errors.Is(err, os.ErrNotExist) && acked.Seq == 0 {
		return nil
	}
	if err != nil {
		return err
	}
	count := len(found.Events)
	if _, err := w.Append("ana", "", note("after the crash")); err != nil {
		return err
	}
	if err := w.Close(); err != nil {
		return err
	}
	if found, err = Read(dir); err != nil {
		return err
	}
	if err := holds(found, acked); err != nil {
		return err
	}
	if len(found.Events) != count+1 || found.Torn != nil {
		return errors.New("what was recorded after the crash is not there")
	}
	return found.Verify(nil).Err()
}

func holds(found *Transcript, acked Head) error {
	if acked.Seq == 0 {
		return nil
	}
	if uint64(len(found.Events)) < acked.Seq || found.hashAt(acked.Seq) != acked.Hash {
		return errors.New("an acknowledged event is lost: " + acked.String())
	}
	return nil
}

func TestCrashDuringARun(t *testing.T) {
	disk, store := newTraced(t)
	start := base(t, disk.root)
	w, err := store.Create(runID, false, newTick(), []byte("# Title\n"))
	if err != nil {
		t.Fatal(err)
	}
	disk.ack(t, w, "one")
	disk.ack(t, w, "two")
	if _, err := w.Anchor(); err != nil {
		t.Fatal(err)
	}
	if _, err := w.Append("ana", "", note("three"), note("four")); err != nil {
		t.Fatal(err)
	}
	disk.ack(t, w, "five")
	if _, err := w.Anchor(); err != nil {
		t.Fatal(err)
	}
	disk.ack(t, w, "six")
	disk.ack(t, w, "seven")
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	everyCrash(t, start, disk.ops)
}

func TestCrashDuringRecovery(t *testing.T) {
	disk, store := newTraced(t)
	w, err := store.Create(runID, false, newTick(), []byte("# Title\n"))
	if err != nil {
		t.Fatal(err)
	}
	disk.ack(t, w, "one")
	disk.ack(t, w, "two")
	acked := disk.ops[len(disk.ops)-1]
	addTo(t, journal(disk.run(), 1), []byte(`{"v":1,"epoch":1,"se`))
	start := base(t, disk.root) // the server was killed; the reserve is still there
	disk.ops = []op{acked}
	w, _, err = Open(disk, disk.run(), newTick(), OpenOptions{Begin: recovered})
	if err != nil {
		t.Fatal(err)
	}
	disk.acked(w)
	disk.ack(t, w, "three")
	if _, err := w.Anchor(); err != nil {
		t.Fatal(err)
	}
	everyCrash(t, start, disk.ops)
}

func TestCrashAfterALostSync(t *testing.T) {
	disk, store := newTraced(t)
	start := base(t, disk.root)
	w, err := store.Create(runID, false, newTick(), []byte("# Title\n"))
	if err != nil {
		t.Fatal(err)
	}
	disk.ack(t, w, "one")
	if _, err := w.Append("ana", "", note("lost")); err != nil {
		t.Fatal(err)
	}
	disk.lostSync = true
	if _, err := w.Sync(); err == nil {
		t.Fatal("the sync did not fail")
	}
	if _, err := w.Rescue(recovered); err != nil {
		t.Fatal(err)
	}
	disk.acked(w)
	disk.ack(t, w, "the end of what was running")
	everyCrash(t, start, disk.ops)
}

func TestCrashDuringATakeOver(t *testing.T) {
	disk, store := newTraced(t)
	start := base(t, disk.root)
	old, err := store.Create(runID, false, newTick(), []byte("# Title\n"))
	if err != nil {
		t.Fatal(err)
	}
	disk.ack(t, old, "one")
	if _, err := old.Append("ana", "", note("in flight")); err != nil {
		t.Fatal(err)
	}
	w, _, err := Open(disk, disk.run(), newTick(), OpenOptions{Begin: superseded, NewEpoch: true})
	if err != nil {
		t.Fatal(err)
	}
	disk.acked(w)
	if _, err := old.Append("ana", "", note("late")); err != nil {
		t.Fatal(err)
	}
	if _, err := old.Sync(); err == nil {
		t.Fatal("the old server acknowledged")
	}
	disk.ack(t, w, "two")
	everyCrash(t, start, disk.ops)
}
