package transcript

import (
	"bytes"
	"errors"
	"os"
	"strings"
	"testing"
)

// TestWhatComesAfterATakeOverNeverCounts takes over from a server that hangs and
// goes on later.
func TestWhatComesAfterATakeOverNeverCounts(t *testing.T) {
	old := begun(t, OS{}, 2)
	if _, err := old.Append("ana", "lead", note("in flight")); err != nil {
		t.Fatal(err)
	}
	w, found := reopen(t, old.Dir(), OpenOptions{Begin: superseded, NewEpoch: true, Actor: "eva"})
	mustBe(t, found, "note 1, note 2, in flight, superseded")
	if found.Events[3].Actor != "eva" {
		t.Errorf("the take-over is recorded as by %q", found.Events[3].Actor)
	}
	var replaced *SupersededError
	if _, err := old.Append("ana", "lead", note("late")); err != nil {
		t.Fatal(err)
	}
	if _, err := old.Sync(); !errors.As(err, &replaced) {
		t.Errorf("the old server acknowledged: %v", err)
	}
	if _, err := old.Rescue(recovered); !errors.As(err, &replaced) {
		t.Errorf("the old server went on: %v", err)
	}
	_ = old.Close() // says the same again
	acknowledge(t, w, "note 3")
	got := closed(t, w)
	mustBe(t, got, "note 1, note 2, in flight, superseded, note 3")
	sealed := got.Epochs[0].Size
	info, err := os.Stat(journal(w.Dir(), 1))
	if err != nil {
		t.Fatal(err)
	}
	want := Foreign{File: journalName(1), Offset: sealed, Bytes: info.Size() - sealed, Reason: foreignLate}
	if len(got.Foreign) != 1 || got.Foreign[0] != want {
		t.Errorf("foreign = %+v, want %+v", got.Foreign, want)
	}
	if report := got.Verify(nil); report.Err() != nil || len(report.Foreign) != 1 {
		t.Errorf("report = %+v", report)
	}
}

// TestForeignBytesBehindATornLineAreToldApart adds to a file whose unfinished last
// line is part of its seal.
func TestForeignBytesBehindATornLineAreToldApart(t *testing.T) {
	w := begun(t, OS{}, 2)
	closed(t, w)
	addTo(t, journal(w.Dir(), 1), []byte(`{"v":1`))
	w, _ = reopen(t, w.Dir(), OpenOptions{})
	got := closed(t, w)
	size := got.Epochs[0].Size
	whole, err := os.ReadFile(journal(w.Dir(), 1))
	if err != nil {
		t.Fatal(err)
	}
	for behind, want := range map[string]Foreign{
		`{"v":1`:       {},
		``:             {}, // a crash can take what was never acknowledged
		`{"v`:          {},
		`{"v":1` + "x": {Offset: size + 6, Bytes: 1},
		`{"w":1`:       {Offset: size, Bytes: 6},
		`x`:            {Offset: size, Bytes: 1},
	} {
		if err := os.WriteFile(journal(w.Dir(), 1), append(whole[:size:size], behind...), 0o600); err != nil {
			t.Fatal(err)
		}
		got := read(t, w.Dir())
		mustBe(t, got, "note 1, note 2, recovered")
		switch {
		case want.Bytes == 0 && len(got.Foreign) == 0:
		case len(got.Foreign) != 1 || got.Foreign[0].Offset != want.Offset || got.Foreign[0].Bytes != want.Bytes:
			t.Errorf("behind the seal stands %q: foreign = %+v, want %+v", behind, got.Foreign, want)
		}
	}
	if err := os.WriteFile(journal(w.Dir(), 1), whole[:size-1], 0o600); err != nil {
		t.Fatal(err)
	}
	if got := read(t, w.Dir()); got.Damage == nil || got.Damage.File != journalName(1) || len(got.Events) != 1 {
		t.Errorf("a file cut below its seal: %v, %s", got.Damage, texts(got))
	}
}

// TestEpochThatWasNeverBegunIsPassedOver leaves files behind as crashes and slow
// servers do.
func TestEpochThatWasNeverBegunIsPassedOver(t *testing.T) {
	old := begun(t, OS{}, 2)
	slow, err := OS{}.Create(journal(old.Dir(), 2))
	if err != nil {
		t.Fatal(err)
	}
	defer slow.Close()
	w, found := reopen(t, old.Dir(), OpenOptions{})
	mustBe(t, found, "note 1, note 2, recovered")
	if found.Epochs[1].Number != 3 {
		t.Errorf("epochs = %+v", found.Epochs)
	}
	// The slow one writes now what would have been right.
	line := bytes.ReplaceAll(must(os.ReadFile(journal(w.Dir(), 3))), []byte(`"epoch":3`), []byte(`"epoch":2`))
	if _, err := slow.Write(line); err != nil {
		t.Fatal(err)
	}
	got := closed(t, w)
	mustBe(t, got, "note 1, note 2, recovered")
	if len(got.Foreign) != 1 || got.Foreign[0].File != journalName(2) || got.Foreign[0].Reason != foreignPassed {
		t.Errorf("foreign = %+v", got.Foreign)
	}
	_ = old.Close()
}

func must(content []byte, err error) []byte {
	if err != nil {
		panic(err)
	}
	return content
}

func TestEpochsMustFollowFromEachOther(t *testing.T) {
	w := begun(t, OS{}, 2)
	closed(t, w)
	for range 2 {
		w, _ = reopen(t, w.Dir(), OpenOptions{Begin: superseded, NewEpoch: true})
		acknowledge(t, w, "more")
		closed(t, w)
	}
	mustBe(t, read(t, w.Dir()), "note 1, note 2, superseded, more, superseded, more")
	for name, change := range map[string]func(dir string) error{
		"first file missing":  func(dir string) error { return os.Remove(journal(dir, 1)) },
		"middle file missing": func(dir string) error { return os.Remove(journal(dir, 2)) },
		"first file emptied":  func(dir string) error { return os.Truncate(journal(dir, 1), 0) },
		"middle file emptied": func(dir string) error { return os.Truncate(journal(dir, 2), 0) },
		"middle file from another place": func(dir string) error {
			return os.WriteFile(journal(dir, 2), must(os.ReadFile(journal(dir, 3))), 0o600)
		},
	} {
		dir := copyRun(t, w.Dir())
		if err := change(dir); err != nil {
			t.Fatal(err)
		}
		got := read(t, dir)
		if got.Damage == nil || strings.Contains(texts(got), "superseded") {
			t.Errorf("%s: %v, %s", name, got.Damage, texts(got))
		}
		if _, _, err := Open(OS{}, dir, newTick(), OpenOptions{Begin: recovered}); err == nil {
			t.Errorf("%s: it was opened", name)
		}
	}
}
