package transcript

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"genia.ai/bitacora/internal/event"
)

// FuzzDecode checks that whatever is accepted as a line is what encode writes.
func FuzzDecode(f *testing.F) {
	for _, seed := range []string{"", "{}", `{"v":1,"epoch":1,"seq":1`, `{"v":01}`} {
		f.Add([]byte(seed))
	}
	ev := note("x")
	ev.V, ev.Epoch, ev.Seq, ev.At, ev.Prev = 1, 1, 1, newTick().Now(), firstPrev
	line, err := encode(ev)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(line)
	f.Fuzz(func(t *testing.T, line []byte) {
		ev, err := decode(line)
		if err != nil {
			return
		}
		again, err := encode(ev)
		if err != nil {
			t.Fatalf("an accepted line cannot be written again: %v", err)
		}
		if _, err := decode(again); err != nil {
			t.Fatalf("what was written again is not accepted: %v", err)
		}
	})
}

// FuzzRead reads whatever two journal files and a file of heads hold. It must not
// panic, and what it calls intact must be what stands in the files.
func FuzzRead(f *testing.F) {
	first, second := sealedPair(f)
	f.Add(first, second, []byte("1 x\n"))
	f.Add(first[:len(first)-5], []byte(nil), []byte(nil))
	f.Add(append(bytes.Clone(first), "late"...), second, []byte("2 "+firstPrev+" 2026-11-23T08:46:00Z\n"))
	f.Add(first, bytes.Replace(second, []byte(`"size":`), []byte(`"size":-`), 1), []byte(nil))
	f.Fuzz(func(t *testing.T, first, second, heads []byte) {
		store := Store{Root: t.TempDir(), Disk: calm{}}
		w, err := store.Create(runID, false, newTick(), nil)
		if err != nil {
			t.Fatal(err)
		}
		defer w.Close()
		if err := os.Mkdir(filepath.Dir(store.HeadsFile(runID)), 0o700); err != nil {
			t.Fatal(err)
		}
		for path, content := range map[string][]byte{
			journal(w.Dir(), 1): first, journal(w.Dir(), 2): second, store.HeadsFile(runID): heads,
		} {
			if err := os.WriteFile(path, content, 0o600); err != nil {
				t.Fatal(err)
			}
		}
		got, err := Read(w.Dir())
		if err != nil {
			t.Fatal(err)
		}
		both := bytes.Join([][]byte{first, second}, nil)
		for _, ev := range got.Events {
			line, err := encode(ev)
			if err != nil || !bytes.Contains(both, line[len(line)-crcLen:]) {
				t.Fatalf("event %d stands in no file: %v", ev.Seq, err)
			}
		}
		got.Verify(&Head{Seq: 1, Hash: "00000000"})
	})
}

// sealedPair returns two journal files of one run.
func sealedPair(f *testing.F) (first, second []byte) {
	w, err := Create(calm{}, filepath.Join(f.TempDir(), "run"), newTick(), nil)
	if err != nil {
		f.Fatal(err)
	}
	for range 2 {
		if _, err := w.Append("ana", "", event.Event{Kind: event.KindNote, Data: event.Note{Text: "x"}}); err != nil {
			f.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		f.Fatal(err)
	}
	w, _, err = Open(calm{}, w.Dir(), newTick(), OpenOptions{Begin: superseded, NewEpoch: true})
	if err != nil {
		f.Fatal(err)
	}
	if err := w.Close(); err != nil {
		f.Fatal(err)
	}
	return must(os.ReadFile(journal(w.Dir(), 1))), must(os.ReadFile(journal(w.Dir(), 2)))
}
