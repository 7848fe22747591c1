package transcript

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestHeadsAreAnchoredOutsideOfTheRun(t *testing.T) {
	for _, rehearsal := range []bool{false, true} {
		store := Store{Root: filepath.Join(t.TempDir(), "state"), Disk: OS{}}
		w, err := store.Create(runID, rehearsal, newTick(), nil)
		if err != nil {
			t.Fatal(err)
		}
		for i := range 3 {
			acknowledge(t, w, fmt.Sprint(i))
			for range 2 { // the second one has nothing to say
				if head, err := w.Anchor(); err != nil || head != w.Head() {
					t.Fatalf("Anchor = %v, %v", head, err)
				}
			}
		}
		if _, err := w.Append("ana", "", note("not synced")); err != nil {
			t.Fatal(err)
		}
		if head, err := w.Anchor(); err != nil || head.Seq != 3 {
			t.Errorf("an event was anchored that is not durable: %v, %v", head, err)
		}
		got := closed(t, w)
		if got.Anchors != 3 || got.Damage != nil || len(got.Doubts) > 0 {
			t.Errorf("%d anchors, %v, %v", got.Anchors, got.Damage, got.Doubts)
		}
		content := string(must(os.ReadFile(store.HeadsFile(runID))))
		if !strings.HasPrefix(content, "1 "+got.hashAt(1)+" 2026-11-23T") || strings.Count(content, "\n") != 3 {
			t.Errorf("heads = %q", content)
		}
		for path, want := range map[string]os.FileMode{store.HeadsFile(runID): 0o600, filepath.Join(store.Root, headsName): 0o700} {
			if info, err := os.Stat(path); err != nil || info.Mode().Perm() != want {
				t.Errorf("%s: %v, %v", path, info.Mode(), err)
			}
		}
	}
}

// anchoredRun has five events, of which 2 and 4 are anchored.
func anchoredRun(t *testing.T) string {
	t.Helper()
	w := begun(t, calm{}, 2)
	anchor := func() {
		if _, err := w.Anchor(); err != nil {
			t.Fatal(err)
		}
	}
	anchor()
	acknowledge(t, w, "note 3")
	acknowledge(t, w, "note 4")
	anchor()
	acknowledge(t, w, "note 5")
	closed(t, w)
	return w.Dir()
}

func TestHeadsShowWhatWasChanged(t *testing.T) {
	heads := func(dir string, change func(lines []string) []string) error {
		lines := strings.SplitAfter(string(must(os.ReadFile(headsPath(dir)))), "\n")
		return os.WriteFile(headsPath(dir), []byte(strings.Join(change(lines[:2]), "")), 0o600)
	}
	wrong := strings.Repeat("0", 64)
	for _, test := range []struct {
		name   string
		change func(dir string) error
		kept   int
		damage bool
		doubts int
	}{
		{"nothing", func(string) error { return nil }, 5, false, 0},
		{"no heads", func(dir string) error { return os.Remove(headsPath(dir)) }, 5, false, 0},
		{"journal written anew", func(dir string) error { return rewrite(t, dir, 3, 5) }, 2, true, 0},
		{"journal written anew from the start", func(dir string) error { return rewrite(t, dir, 1, 5) }, 0, true, 0},
		{"journal cut", func(dir string) error { return rewrite(t, dir, 4, 3) }, 3, true, 0},
		{"journal emptied", func(dir string) error { return os.Truncate(journal(dir, 1), 0) }, 0, true, 0},
		{"first head wrong", func(dir string) error {
			return heads(dir, func(l []string) []string { return []string{"2 " + wrong + l[0][66:], l[1]} })
		}, 5, false, 1},
		{"last head wrong", func(dir string) error {
			return heads(dir, func(l []string) []string { return []string{l[0], "4 " + wrong + l[1][66:]} })
		}, 2, true, 0},
		{"last head cut", func(dir string) error {
			return heads(dir, func(l []string) []string { return []string{l[0], l[1][:50]} })
		}, 5, false, 1},
		{"head of the future", func(dir string) error {
			return heads(dir, func(l []string) []string { return append(l, "9 "+wrong+l[1][66:]) })
		}, 5, true, 0},
	} {
		t.Run(test.name, func(t *testing.T) {
			dir := anchoredRun(t)
			if err := test.change(dir); err != nil {
				t.Fatal(err)
			}
			got := read(t, dir)
			if (got.Damage != nil) != test.damage || len(got.Events) != test.kept || len(got.Doubts) != test.doubts {
				t.Fatalf("damage %v, %s, doubts %v", got.Damage, texts(got), got.Doubts)
			}
			if got.Damage != nil && (got.Damage.Line != test.kept+1 || got.Damage.File != journalName(1)) {
				t.Errorf("damage is placed at %+v", got.Damage)
			}
			if seq, hash := got.Head(); seq != uint64(test.kept) || test.kept == 0 && hash != firstPrev {
				t.Errorf("head = %d %s", seq, hash)
			}
			_, _, err := Open(calm{}, dir, newTick(), OpenOptions{Begin: recovered})
			if damage := new(DamageError); errors.As(err, &damage) != test.damage {
				t.Errorf("Open = %v", err)
			}
		})
	}
}

// rewrite makes a valid journal whose events from one on are others.
func rewrite(t *testing.T, dir string, from, count int) error {
	w, err := Create(calm{}, filepath.Join(t.TempDir(), "forged"), newTick(), nil)
	if err != nil {
		return err
	}
	for i := 1; i <= count; i++ {
		text := fmt.Sprintf("note %d", i)
		if i >= from {
			text = "forged"
		}
		acknowledge(t, w, text)
	}
	if err := w.Close(); err != nil {
		return err
	}
	return os.WriteFile(journal(dir, 1), must(os.ReadFile(journal(w.Dir(), 1))), 0o600)
}

// TestCutLineOfHeadsSpoilsOnlyItself goes on after a crash in the file of heads.
func TestCutLineOfHeadsSpoilsOnlyItself(t *testing.T) {
	dir := anchoredRun(t)
	addTo(t, headsPath(dir), []byte("5 00"))
	w, _ := reopen(t, dir, OpenOptions{})
	acknowledge(t, w, "note 6")
	if _, err := w.Anchor(); err != nil {
		t.Fatal(err)
	}
	if got := closed(t, w); got.Anchors != 3 || got.Damage != nil || len(got.Doubts) != 1 {
		t.Errorf("%d anchors, %v, %v", got.Anchors, got.Damage, got.Doubts)
	}
}

func TestFailedAnchorDoesNotFailTheTranscript(t *testing.T) {
	disk := &faultyDisk{Disk: calm{}, writes: -1, syncs: -1}
	w := begun(t, disk, 1)
	disk.writes, disk.once = 0, true
	for range 2 {
		if _, err := w.Anchor(); !errors.Is(err, errInjected) {
			t.Errorf("Anchor = %v", err)
		}
	}
	acknowledge(t, w, "note 2")
	mustBe(t, closed(t, w), "note 1, note 2")
}

func TestHeadsAreTypedAsTheyAreShown(t *testing.T) {
	hash := "9f3a1c07" + strings.Repeat("ab", 28)
	head := Head{Seq: 42, Hash: hash}
	if head.Code() != "42-9f3a-1c07" {
		t.Errorf("Code = %s", head.Code())
	}
	short := Head{Seq: 42, Hash: "9f3a1c07"}
	for _, test := range []struct {
		text string
		want Head
	}{{head.Code(), short}, {"42-9f3a1c07", short}, {" 42-9F3A-1C07\n", short}, {head.String(), head}, {hash, Head{Hash: hash}}} {
		if got, err := ParseHead(test.text); err != nil || got != test.want {
			t.Errorf("ParseHead(%q) = %v, %v", test.text, got, err)
		}
	}
	for _, text := range []string{"", "42", "42-", "42-9f3a", "x-9f3a1c07", "42-9f3a1c0g", "-42-9f3a1c07", hash[1:], "42-" + hash + "0"} {
		if got, err := ParseHead(text); err == nil {
			t.Errorf("ParseHead(%q) = %v", text, got)
		}
	}
}

func TestVerifyComparesWithAnExpectedHead(t *testing.T) {
	dir := anchoredRun(t)
	got := read(t, dir)
	full := Head{Seq: 3, Hash: got.hashAt(3)}
	for _, test := range []struct {
		expect Head
		line   int // of the damage; 0: none
	}{
		{full, 0},
		{Head{Seq: 3, Hash: full.Hash[:8]}, 0},
		{Head{Hash: full.Hash}, 0},
		{got.LastHead(), 0},
		{Head{Seq: 2, Hash: full.Hash}, 2},
		{Head{Seq: 6, Hash: full.Hash}, 6},
		{Head{Hash: strings.Repeat("0", 64)}, 6},
	} {
		report := got.Verify(&test.expect)
		var damage *DamageError
		errors.As(report.Err(), &damage)
		if (damage != nil) != (test.line > 0) || damage != nil && damage.Line != test.line {
			t.Errorf("expected %v: %v", test.expect, report.Err())
		}
		if report.Events != 5 || report.Anchors != 2 || report.Code != got.LastHead().Code() || len(report.Epochs) != 1 {
			t.Errorf("report = %+v", report)
		}
	}
	if err := os.Remove(headsPath(dir)); err != nil {
		t.Fatal(err)
	}
	if report := read(t, dir).Verify(nil); report.Err() != nil || len(report.Warnings) != 1 {
		t.Errorf("without heads: %+v", report)
	}
}
