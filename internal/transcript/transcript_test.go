package transcript

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"syscall"
	"testing"
	"time"

	"go.uber.org/goleak"

	"genia.ai/bitacora/internal/event"
)

func TestMain(m *testing.M) {
	if dir := os.Getenv(limitedDir); dir != "" {
		os.Exit(recordUntilItFails(dir))
	}
	goleak.VerifyTestMain(m)
}

// tick is a clock that goes on by one second at every look.
type tick struct{ now time.Time }

func newTick() *tick { return &tick{now: time.Date(2026, 11, 23, 8, 46, 0, 123456789, time.UTC)} }

func (c *tick) Now() time.Time {
	c.now = c.now.Add(time.Second)
	return c.now
}
func (c *tick) MonoMS() int64  { return c.now.UnixMilli() % 1_000_000 }
func (c *tick) BootID() string { return "00000000-0000-4000-8000-000000000000" }

func note(text string) event.Event {
	return event.Event{Kind: event.KindNote, Phase: "execution", Step: "3.1", Data: event.Note{Text: text}}
}

func create(t *testing.T, disk Disk) *Writer {
	t.Helper()
	w, err := Create(disk, filepath.Join(t.TempDir(), "run"), newTick(), []byte("# Title\n"))
	if err != nil {
		t.Fatal(err)
	}
	return w
}

// written makes a transcript of some awkward events, closed.
func written(t *testing.T) (string, []event.Event) {
	t.Helper()
	w := create(t, OS{})
	exit := 3
	var all []event.Event
	for _, ev := range []event.Event{
		{Kind: event.KindRunStarted, Data: event.RunStarted{Run: "r", Mode: event.ModeLive, Title: "Reversión «ñ» <b>&"}},
		note("two\nlines, a \"quote\", a \\ and \u2028"),
		note(`,"dur":7,"prev":"x"`),
		{Kind: event.KindActionEnded, Step: "3.1", Data: event.ActionEnded{Action: "a", Ending: event.Ending{
			Outcome: event.OutcomeFailed, Exit: &exit, EndedAt: time.Date(2026, 1, 2, 3, 4, 5, 6000, time.UTC),
			Captured: map[string]string{"b": "2", "a": "1"},
		}}},
		{Kind: "future.kind", Data: event.Unknown{EventKind: "future.kind", Raw: []byte(`{"x":[1,{"y":"z"}]}`)}},
	} {
		stamped, err := w.Append("ana", "lead", ev)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.Sync(); err != nil {
			t.Fatal(err)
		}
		all = append(all, stamped...)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return w.Dir(), all
}

func read(t *testing.T, dir string) *Transcript {
	t.Helper()
	got, err := Read(dir)
	if err != nil {
		t.Fatal(err)
	}
	return got
}

func TestWhatWasWrittenIsRead(t *testing.T) {
	dir, events := written(t)
	got := read(t, dir)
	if got.Damage != nil || got.Torn != nil {
		t.Fatalf("damage %v, torn %v", got.Damage, got.Torn)
	}
	if !reflect.DeepEqual(got.Events, events) {
		t.Errorf("read\n%+v\nwant\n%+v", got.Events, events)
	}
	if string(got.Runbook) != "# Title\n" {
		t.Errorf("runbook = %q", got.Runbook)
	}
	if seq, head := got.Head(); seq != 5 || len(head) != 64 || head == firstPrev {
		t.Errorf("head = %d %s", seq, head)
	}
}

func TestLinesHaveTheirMembersInOrder(t *testing.T) {
	dir, _ := written(t)
	raw, err := os.ReadFile(filepath.Join(dir, "journal-0001.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	want := `{"v":1,"epoch":1,"seq":2,"at":"2026-11-23T08:46:02.123456Z","mono_ms":562123,` +
		`"boot":"00000000-0000-4000-8000-000000000000","actor":"ana","role":"lead","phase":"execution","step":"3.1",` +
		`"kind":"note","data":{"text":"two\nlines, a \"quote\", a \\ and \u2028"},"dur":1,"prev":"`
	if line := strings.Split(string(raw), "\n")[1]; !strings.HasPrefix(line, want) {
		t.Errorf("line is\n%s\nwant\n%s…", line, want)
	}
}

func TestFilesArePrivate(t *testing.T) {
	old := syscall.Umask(0)
	defer syscall.Umask(old)
	dir, _ := written(t)
	err := filepath.Walk(dir, func(path string, info os.FileInfo, err error) error {
		if err != nil {
			return err
		}
		want := os.FileMode(0o600)
		if info.IsDir() {
			want = 0o700
		}
		if info.Mode().Perm() != want {
			t.Errorf("%s has mode %o", path, info.Mode().Perm())
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestExistingDirectoryIsNotReused(t *testing.T) {
	dir, _ := written(t)
	if _, err := Create(OS{}, dir, newTick(), nil); !errors.Is(err, os.ErrExist) {
		t.Errorf("Create over a run: %v", err)
	}
}

func TestJournalIsNotReadThroughALink(t *testing.T) {
	dir, _ := written(t)
	name := filepath.Join(dir, "journal-0001.jsonl")
	if err := os.Rename(name, name+".real"); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(name+".real", name); err != nil {
		t.Fatal(err)
	}
	if _, err := Read(dir); err == nil {
		t.Error("a linked journal was read")
	}
}

func TestMissingRunIsNoTranscript(t *testing.T) {
	if _, err := Read(t.TempDir()); !errors.Is(err, ErrNoTranscript) {
		t.Errorf("Read of an empty directory: %v", err)
	}
}

// TestEveryCutIsATornTail cuts the journal at every byte of the last two lines:
// what stands before the cut is read, and nothing else.
func TestEveryCutIsATornTail(t *testing.T) {
	dir, events := written(t)
	name := filepath.Join(dir, "journal-0001.jsonl")
	whole, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	lines := bytes.SplitAfter(whole, []byte("\n"))
	start := len(whole) - len(lines[len(events)-1]) - len(lines[len(events)-2])
	for cut := start; cut < len(whole); cut++ {
		if err := os.WriteFile(name, whole[:cut], 0o600); err != nil {
			t.Fatal(err)
		}
		got := read(t, dir)
		kept := bytes.Count(whole[:cut], []byte("\n"))
		if got.Damage != nil || len(got.Events) != kept {
			t.Fatalf("cut at %d: damage %v, %d events, want %d", cut, got.Damage, len(got.Events), kept)
		}
		if torn := whole[cut-1] != '\n'; torn != (got.Torn != nil) {
			t.Fatalf("cut at %d: torn = %v", cut, got.Torn)
		}
	}
}

// TestEveryFlippedBitIsSeen flips one bit at a time, of every byte.
func TestEveryFlippedBitIsSeen(t *testing.T) {
	dir, events := written(t)
	name := filepath.Join(dir, "journal-0001.jsonl")
	whole, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	for at := range whole {
		flipped := bytes.Clone(whole)
		flipped[at] ^= 1 << (at % 8)
		if err := os.WriteFile(name, flipped, 0o600); err != nil {
			t.Fatal(err)
		}
		got := read(t, dir)
		last := at == len(whole)-1 // the last LF: what is left is a torn tail
		if got.Damage == nil && !last {
			t.Fatalf("a flipped bit in byte %d passed", at)
		}
		if want := bytes.Count(whole[:at], []byte("\n")); len(got.Events) != want {
			t.Fatalf("byte %d: %d events are intact, want %d of %d", at, len(got.Events), want, len(events))
		}
		if got.Damage != nil && (got.Damage.Offset > int64(at) || got.Damage.Line < 1) {
			t.Fatalf("byte %d: damage is placed at %+v", at, got.Damage)
		}
	}
}

func TestRemovedAndSwappedLinesAreSeen(t *testing.T) {
	dir, _ := written(t)
	name := filepath.Join(dir, "journal-0001.jsonl")
	whole, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	lines := bytes.SplitAfter(whole, []byte("\n"))
	for _, changed := range [][][]byte{
		{lines[0], lines[2], lines[3]},
		{lines[0], lines[2], lines[1]},
		{lines[0], lines[1], lines[1]},
		{lines[1]},
	} {
		if err := os.WriteFile(name, bytes.Join(changed, nil), 0o600); err != nil {
			t.Fatal(err)
		}
		if got := read(t, dir); got.Damage == nil {
			t.Errorf("a changed order passed: %d events", len(got.Events))
		}
	}
}

func TestOutputIsKeptAndSummed(t *testing.T) {
	w := create(t, OS{})
	out, err := w.Output()
	if err != nil {
		t.Fatal(err)
	}
	for _, piece := range []struct{ stream, text string }{{"out", "one\n"}, {"err", "two\n"}} {
		if err := out.Write(piece.stream, []byte(piece.text)); err != nil {
			t.Fatal(err)
		}
	}
	summary, err := out.Close()
	if err != nil {
		t.Fatal(err)
	}
	want := OutputSummary{Path: "outputs/1.log", Bytes: 8, SHA256: lineHash([]byte("one\ntwo\n"))}
	if summary != want {
		t.Errorf("summary = %+v, want %+v", summary, want)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	got := read(t, w.Dir())
	text, more, err := got.ReadOutput(summary.Path, 1000)
	if err != nil || more || text != "one\ntwo\n" {
		t.Errorf("ReadOutput = %q, %v, %v", text, more, err)
	}
	if text, more, _ := got.ReadOutput(summary.Path, 3); !more || text != "one" {
		t.Errorf("ReadOutput of 3 bytes = %q, %v", text, more)
	}
	for _, path := range []string{"../runbook.md", "runbook.md", "/etc/passwd", "outputs/../runbook.md"} {
		if _, _, err := got.ReadOutput(path, 10); err == nil {
			t.Errorf("ReadOutput(%q) was allowed", path)
		}
	}
	index, err := os.ReadFile(filepath.Join(w.Dir(), "outputs", "1.idx"))
	if err != nil {
		t.Fatal(err)
	}
	if lines := strings.Split(string(index), "\n"); len(lines) != 3 || !strings.HasSuffix(lines[1], " err 4") {
		t.Errorf("index = %q", index)
	}
}

func TestIDsSortByTimeAndAreSafe(t *testing.T) {
	at := time.Date(2026, 11, 23, 8, 46, 0, 0, time.FixedZone("x", 3600))
	id, err := NewID(at, "../Rollback de Conectores!.md", bytes.NewReader([]byte{0x7f, 0x3a}))
	if err != nil || id != "20261123T074600Z-rollback-de-conectores-md-7f3a" {
		t.Errorf("NewID = %q, %v", id, err)
	}
}

func TestFindByPrefixAndLast(t *testing.T) {
	store := Store{Root: t.TempDir(), Disk: OS{}}
	ids := []string{"20261123T084600Z-a-0001", "20261123T084700Z-b-0002", "20261124T084600Z-c-0003"}
	for i, id := range ids {
		w, err := store.Create(id, i == 2, newTick(), nil)
		if err != nil {
			t.Fatal(err)
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
	}
	for name, want := range map[string]string{"last": ids[2], "20261124": ids[2], ids[0]: ids[0], "20261123T0847": ids[1]} {
		if got, err := store.Find(name); err != nil || got.ID != want {
			t.Errorf("Find(%q) = %v, %v", name, got.ID, err)
		}
	}
	var notFound *NotFoundError
	if _, err := store.Find("20261123"); !errors.As(err, &notFound) || len(notFound.Candidates) != 2 {
		t.Errorf("Find of an ambiguous prefix: %v", err)
	}
	if _, err := store.Find("x"); !errors.As(err, &notFound) {
		t.Errorf("Find of nothing: %v", err)
	}
	if entry, _ := store.Find("last"); !entry.Rehearsal || !strings.Contains(entry.Dir, "rehearsals") {
		t.Errorf("a rehearsal lies beside live runs: %+v", entry)
	}
}
