package transcript

import (
	"os"
	"path/filepath"
	"testing"
	"time"
)

// TestRunsOfOneSecondAreInTheirOrder: their ids are equal up to what was drawn.
func TestRunsOfOneSecondAreInTheirOrder(t *testing.T) {
	store := Store{Root: t.TempDir(), Disk: OS{}}
	clock, err := NewSystemClock()
	if err != nil {
		t.Fatal(err)
	}
	began := time.Date(2026, 11, 24, 10, 31, 48, 0, time.UTC)
	var want []string
	for i, suffix := range []string{"ffff", "8000", "0000"} {
		id := "20261124T103148Z-x-" + suffix
		writer, err := store.Create(id, i == 0, clock, []byte("# X\n"))
		if err != nil {
			t.Fatal(err)
		}
		if err := writer.Close(); err != nil {
			t.Fatal(err)
		}
		at := began.Add(time.Duration(i) * time.Millisecond)
		if err := os.Chtimes(filepath.Join(store.Location(id, i == 0), runbookName), at, at); err != nil {
			t.Fatal(err)
		}
		want = append([]string{id}, want...)
	}
	entries, err := store.List()
	if err != nil {
		t.Fatal(err)
	}
	for i, entry := range entries {
		if entry.ID != want[i] {
			t.Errorf("run %d is %s, want %s", i, entry.ID, want[i])
		}
	}
	if last, err := store.Find(Last); err != nil || last.ID != want[0] {
		t.Errorf("last is %s, %v", last.ID, err)
	}
}
