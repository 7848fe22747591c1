package transcript

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"genia.ai/bitacora/internal/event"
)

// calm is the real file system without the waiting for the medium, for tests that
// look at thousands of states.
type calm struct{ OS }

type calmFile struct{ File }

func (calmFile) Sync() error { return nil }

func (calm) SyncDir(string) error { return nil }

func (calm) Forget(string) error { return nil }

func (calm) Create(path string) (File, error) {
	file, err := OS{}.Create(path)
	return calmFile{file}, err
}

func (calm) Append(path string) (File, error) {
	file, err := OS{}.Append(path)
	return calmFile{file}, err
}

const runID = "20261123T084600Z-a-0001"

// begun creates a run in a store of its own and records notes in it, each of them
// acknowledged. It is not closed.
func begun(t *testing.T, disk Disk, notes int) *Writer {
	t.Helper()
	store := Store{Root: filepath.Join(t.TempDir(), "state"), Disk: disk}
	w, err := store.Create(runID, false, newTick(), []byte("# Title\n"))
	if err != nil {
		t.Fatal(err)
	}
	for i := range notes {
		acknowledge(t, w, fmt.Sprintf("note %d", i+1))
	}
	return w
}

func acknowledge(t *testing.T, w *Writer, text string) event.Event {
	t.Helper()
	stamped, err := w.Append("ana", "lead", note(text))
	if err == nil {
		_, err = w.Sync()
	}
	if err != nil {
		t.Fatal(err)
	}
	return stamped[0]
}

func recovered(*Transcript, event.Seal) event.Data {
	return event.Recovered{Reason: "crash", Unknown: []string{"revert"}}
}

func superseded(*Transcript, event.Seal) event.Data {
	return event.Superseded{PID: 1, By: "eva", Reason: "it hangs"}
}

func reopen(t *testing.T, dir string, opts OpenOptions) (*Writer, *Transcript) {
	t.Helper()
	if opts.Begin == nil {
		opts.Begin = recovered
	}
	w, found, err := Open(OS{}, dir, newTick(), opts)
	if err != nil {
		t.Fatal(err)
	}
	return w, found
}

func closed(t *testing.T, w *Writer) *Transcript {
	t.Helper()
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return read(t, w.Dir())
}

func journal(w string, epoch int) string { return filepath.Join(w, journalName(epoch)) }

func addTo(t *testing.T, path string, content []byte) {
	t.Helper()
	file, err := os.OpenFile(path, os.O_WRONLY|os.O_APPEND, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	if _, err := file.Write(content); err != nil {
		t.Fatal(err)
	}
}

func texts(t *Transcript) string {
	var all []string
	for _, ev := range t.Events {
		if n, ok := ev.Data.(event.Note); ok {
			all = append(all, n.Text)
		} else {
			all = append(all, string(ev.Kind))
		}
	}
	return strings.Join(all, ", ")
}

func mustBe(t *testing.T, got *Transcript, want string) {
	t.Helper()
	if got.Damage != nil || got.Torn != nil {
		t.Fatalf("damage %v, torn %v", got.Damage, got.Torn)
	}
	if texts(got) != want {
		t.Fatalf("events are %s; want %s", texts(got), want)
	}
	if damage := got.VerifyFiles(); damage != nil {
		t.Fatal(damage)
	}
}

func TestWholeTranscriptGoesOnInItsFile(t *testing.T) {
	w := begun(t, OS{}, 2)
	closed(t, w)
	if _, err := os.Stat(filepath.Join(w.Dir(), reserveName)); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("a closed run keeps its reserve: %v", err)
	}
	w, found := reopen(t, w.Dir(), OpenOptions{})
	mustBe(t, found, "note 1, note 2")
	if info, err := os.Stat(filepath.Join(w.Dir(), reserveName)); err != nil || !allocated(info) {
		t.Errorf("an open run has no reserve: %v", err)
	}
	if out, err := w.Output(); err != nil {
		t.Error(err)
	} else if _, err := out.Close(); err != nil {
		t.Error(err)
	}
	acknowledge(t, w, "note 3")
	got := closed(t, w)
	mustBe(t, got, "note 1, note 2, note 3")
	if len(got.Epochs) != 1 || got.Events[2].Dur != 2 {
		t.Errorf("epochs %+v, dur %d", got.Epochs, got.Events[2].Dur)
	}
}

func TestTornTailIsKeptAndSealed(t *testing.T) {
	w := begun(t, OS{}, 2)
	closed(t, w)
	torn := []byte(`{"v":1,"epoch":1,"seq":3,"at`)
	addTo(t, journal(w.Dir(), 1), torn)
	w, found := reopen(t, w.Dir(), OpenOptions{})
	mustBe(t, found, "note 1, note 2, recovered")
	acknowledge(t, w, "note 3")
	got := closed(t, w)
	mustBe(t, got, "note 1, note 2, recovered, note 3")
	first, ok := got.Events[2].Data.(event.Recovered)
	if !ok || first.Torn != int64(len(torn)) || first.TornSHA != hashOf(torn) || first.Unknown[0] != "revert" {
		t.Errorf("the new epoch begins with %+v", got.Events[2].Data)
	}
	if kept, err := os.ReadFile(filepath.Join(w.Dir(), "journal.torn-1")); err != nil || !bytes.Equal(kept, torn) {
		t.Errorf("the copy is %q, %v", kept, err)
	}
	if len(got.Foreign) != 0 || len(got.Epochs) != 2 || got.Epochs[1].Begun != event.KindRecovered {
		t.Errorf("foreign %+v, epochs %+v", got.Foreign, got.Epochs)
	}
	if err := os.WriteFile(filepath.Join(w.Dir(), "journal.torn-1"), torn[1:], 0o600); err != nil {
		t.Fatal(err)
	}
	if got.VerifyFiles() == nil {
		t.Error("a changed copy of the torn line passed")
	}
}

// TestEveryCutIsRecoveredOrRefused cuts the last two lines at every byte, with and
// without an anchor at the last event.
func TestEveryCutIsRecoveredOrRefused(t *testing.T) {
	for anchor, step := range map[int]int{0: 1, 3: 5, 4: 1} {
		w := begun(t, OS{}, 4)
		if anchor > 0 {
			anchorAt(t, w, uint64(anchor))
		}
		closed(t, w)
		whole, err := os.ReadFile(journal(w.Dir(), 1))
		if err != nil {
			t.Fatal(err)
		}
		lines := bytes.SplitAfter(whole, []byte("\n"))
		for cut := len(lines[0]) + len(lines[1]); cut < len(whole); cut += step {
			dir := w.Dir()
			forgetEpochsAfter(t, dir, 1)
			if err := os.WriteFile(journal(dir, 1), whole[:cut], 0o600); err != nil {
				t.Fatal(err)
			}
			kept := bytes.Count(whole[:cut], []byte("\n"))
			again, found, err := Open(calm{}, dir, newTick(), OpenOptions{Begin: recovered})
			var damage *DamageError
			if anchor > kept {
				if !errors.As(err, &damage) || damage.Offset != int64(bytes.LastIndexByte(whole[:cut], '\n')+1) || damage.Line != kept+1 {
					t.Fatalf("anchor %d, cut at %d: %v", anchor, cut, err)
				}
				if len(found.Events) != kept {
					t.Fatalf("anchor %d, cut at %d: %d events are shown, %d are intact", anchor, cut, len(found.Events), kept)
				}
				mustBeUntouched(t, dir)
				continue
			}
			if err != nil {
				t.Fatalf("anchor %d, cut at %d: %v", anchor, cut, err)
			}
			torn := whole[cut-1] != '\n'
			if got := closed(t, again); got.Damage != nil || len(got.Events) != kept+map[bool]int{true: 1}[torn] {
				t.Fatalf("anchor %d, cut at %d: %s, %v", anchor, cut, texts(got), got.Damage)
			}
		}
	}
}

// anchorAt writes an anchor for an event that lies before the last one.
func anchorAt(t *testing.T, w *Writer, seq uint64) {
	t.Helper()
	if _, err := w.Anchor(); err != nil {
		t.Fatal(err)
	}
	got := read(t, w.Dir())
	line := fmt.Sprintf("%d %s 2026-11-23T08:46:00Z\n", seq, got.hashAt(seq))
	if err := os.WriteFile(headsPath(w.Dir()), []byte(line), 0o600); err != nil {
		t.Fatal(err)
	}
}

// forgetEpochsAfter makes a run as it was before it was recovered.
func forgetEpochsAfter(t *testing.T, dir string, epoch int) {
	t.Helper()
	for _, path := range []string{journal(dir, epoch+1), filepath.Join(dir, "journal.torn-1")} {
		if err := os.Remove(path); err != nil && !errors.Is(err, os.ErrNotExist) {
			t.Fatal(err)
		}
	}
}

// copyRun copies the store of a run and returns the run's directory in the copy.
func copyRun(t *testing.T, dir string) string {
	t.Helper()
	to := t.TempDir()
	if err := os.CopyFS(to, os.DirFS(filepath.Dir(filepath.Dir(dir)))); err != nil {
		t.Fatal(err)
	}
	return filepath.Join(to, runsName, filepath.Base(dir))
}

func mustBeUntouched(t *testing.T, dir string) {
	t.Helper()
	if _, err := os.Stat(journal(dir, 2)); !errors.Is(err, os.ErrNotExist) {
		t.Fatal("a damaged transcript was written to")
	}
}

// TestFlippedBitsAreRecoveredOrRefused flips a bit of every 16th byte of a journal
// of two epochs whose heads are anchored.
func TestFlippedBitsAreRecoveredOrRefused(t *testing.T) {
	w := begun(t, OS{}, 3)
	closed(t, w)
	addTo(t, journal(w.Dir(), 1), []byte(`{"v":1`))
	w, _ = reopen(t, w.Dir(), OpenOptions{})
	acknowledge(t, w, "note 4")
	if _, err := w.Anchor(); err != nil {
		t.Fatal(err)
	}
	closed(t, w)
	for epoch, count := range map[int]int{1: 0, 2: 3} { // events before the file
		whole, err := os.ReadFile(journal(w.Dir(), epoch))
		if err != nil {
			t.Fatal(err)
		}
		for at := 0; at < len(whole); at += 16 {
			dir := w.Dir()
			flipped := bytes.Clone(whole)
			flipped[at] ^= 1 << (at % 8)
			if err := os.WriteFile(journal(dir, epoch), flipped, 0o600); err != nil {
				t.Fatal(err)
			}
			if opened, found, err := Open(calm{}, dir, newTick(), OpenOptions{Begin: recovered}); err == nil {
				closed(t, opened)
				// Only bytes that do not count may pass, and they are foreign.
				if at < bytes.LastIndexByte(whole, '\n') || len(found.Foreign) == 0 {
					t.Fatalf("epoch %d, byte %d: passed", epoch, at)
				}
				continue
			} else if damage := new(DamageError); !errors.As(err, &damage) || damage.Offset > int64(at) {
				t.Fatalf("epoch %d, byte %d: %v", epoch, at, err)
			} else if want := count + bytes.Count(whole[:at], []byte("\n")); len(found.Events) != want {
				t.Fatalf("epoch %d, byte %d: %d events are shown, %d are intact", epoch, at, len(found.Events), want)
			}
		}
		if err := os.WriteFile(journal(w.Dir(), epoch), whole, 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

func TestRunOfWhichNothingWasRecordedIsNotOpened(t *testing.T) {
	w := begun(t, OS{}, 0)
	closed(t, w)
	addTo(t, journal(w.Dir(), 1), []byte(`{"v"`))
	if _, _, err := Open(OS{}, w.Dir(), newTick(), OpenOptions{Begin: recovered}); !errors.Is(err, ErrNotStarted) {
		t.Errorf("Open = %v", err)
	}
	if _, _, err := Open(OS{}, t.TempDir(), newTick(), OpenOptions{Begin: recovered}); !errors.Is(err, ErrNoTranscript) {
		t.Errorf("Open of an empty directory = %v", err)
	}
}
