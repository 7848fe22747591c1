package folders

import (
	"bytes"
	"fmt"
	"math/rand"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"
)

func write(t testing.TB, path, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

// later is a clock that runs far enough ahead of every file's time.
func later() time.Time { return time.Now().Add(time.Hour) }

func options(t testing.TB) Options {
	return Options{Cache: filepath.Join(t.TempDir(), "cache"), Version: "v1", Now: later}
}

func names(files []File) []string {
	list := make([]string, len(files))
	for i, f := range files {
		list[i] = f.Name
	}
	return list
}

func TestListWalksAFolder(t *testing.T) {
	dir, opts := t.TempDir(), options(t)
	write(t, filepath.Join(dir, "restart.md"), "# Restart\n\n## Execution\n\n1. Do it\n")
	write(t, filepath.Join(dir, "db", "failover.md"), "# Failover\n\n## PostgresDown\n\n1. Look\n")
	write(t, filepath.Join(dir, "broken.md"), "---\ntitle: [\n---\n# T\n")
	write(t, filepath.Join(dir, ".git", "x.md"), "# No\n")
	write(t, filepath.Join(dir, "node_modules", "x.md"), "# No\n")
	write(t, filepath.Join(dir, "notes.txt"), "no")
	files, notes := List(t.Context(), dir, opts)
	if want := []string{"broken", "db/failover", "restart"}; !slices.Equal(names(files), want) || len(notes) != 0 {
		t.Fatalf("files %q, notes %q", names(files), notes)
	}
	if f := files[0]; !strings.Contains(f.Problem, "broken.md:2:") || f.Title != "" {
		t.Errorf("a file that does not parse: %+v", f)
	}
	if f := files[1]; f.Title != "Failover" || !slices.Equal(f.Alerts, []string{"PostgresDown"}) || f.Steps != 1 || f.Problem != "" {
		t.Errorf("a file: %+v", f)
	}
	again, _ := List(t.Context(), dir, opts)
	if fmt.Sprintf("%+v", again) != fmt.Sprintf("%+v", files) {
		t.Errorf("from the index:\n%+v\nbefore:\n%+v", again, files)
	}
}

func TestLinksEnd(t *testing.T) {
	dir := t.TempDir()
	write(t, filepath.Join(dir, "a", "one.md"), "# One\n")
	outside := t.TempDir()
	write(t, filepath.Join(outside, "two.md"), "# Two\n")
	for link, target := range map[string]string{
		"a/back": "..", "self": ".", "loop.md": "loop.md", "nowhere.md": "gone.md", "more": outside, "three.md": filepath.Join(outside, "two.md"),
	} {
		if err := os.Symlink(target, filepath.Join(dir, link)); err != nil {
			t.Fatal(err)
		}
	}
	files, notes := List(t.Context(), dir, options(t))
	if want := []string{"a/one", "more/two", "three"}; !slices.Equal(names(files), want) {
		t.Errorf("files %q, want %q", names(files), want)
	}
	if len(notes) != 2 {
		t.Errorf("notes %q, want one for each link to nowhere", notes)
	}
}

func TestOnlyBoundedRegularFilesAreRead(t *testing.T) {
	dir, opts := t.TempDir(), options(t)
	if err := syscall.Mkfifo(filepath.Join(dir, "pipe.md"), 0o600); err != nil {
		t.Fatal(err)
	}
	huge, err := os.Create(filepath.Join(dir, "huge.md"))
	if err == nil {
		err = huge.Truncate(maxOutline + 1)
	}
	if err != nil {
		t.Fatal(err)
	}
	huge.Close()
	files, _ := List(t.Context(), dir, opts)
	if want := []string{"huge"}; !slices.Equal(names(files), want) || !strings.Contains(files[0].Problem, "more than a list looks into") {
		t.Errorf("files %+v", files)
	}
}

func TestAFileThatCannotBeReadIsListed(t *testing.T) {
	if os.Geteuid() == 0 {
		// Root reads everything: a file that has gone between the walk and the look does too.
		r := look(File{Path: filepath.Join(t.TempDir(), "gone.md")}, record{}, later())
		if !r.unread || r.problem == "" || r.current(File{}) {
			t.Errorf("record %+v", r)
		}
		return
	}
	dir, opts := t.TempDir(), options(t)
	path := filepath.Join(dir, "secret.md")
	write(t, path, "# Secret\n")
	if err := os.Chmod(path, 0); err != nil {
		t.Fatal(err)
	}
	if files, _ := List(t.Context(), dir, opts); len(files) != 1 || !strings.Contains(files[0].Problem, "permission denied") {
		t.Errorf("files %+v", files)
	}
	if err := os.Chmod(path, 0o600); err != nil {
		t.Fatal(err)
	}
	if files, _ := List(t.Context(), dir, opts); files[0].Title != "Secret" {
		t.Errorf("once it can be read: %+v", files[0])
	}
}

func TestAChangedFileIsReadAgain(t *testing.T) {
	dir, opts := t.TempDir(), options(t)
	path := filepath.Join(dir, "a.md")
	write(t, path, "# Ab\n")
	List(t.Context(), dir, opts)
	at := time.Now().Add(-time.Minute)
	write(t, path, "# Cd\n")
	if err := os.Chtimes(path, at, at); err != nil {
		t.Fatal(err)
	}
	if files, _ := List(t.Context(), dir, opts); files[0].Title != "Cd" {
		t.Errorf("title %q after a change of the same size", files[0].Title)
	}
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	write(t, filepath.Join(dir, "b.md"), "# New\n")
	if files, _ := List(t.Context(), dir, opts); len(files) != 1 || files[0].Title != "New" {
		t.Errorf("files %+v", files)
	}
}

// TestAChangeInTheSameMomentIsSeen: a file that was written just before it was read
// may be written again without its time telling.
func TestAChangeInTheSameMomentIsSeen(t *testing.T) {
	dir, opts := t.TempDir(), options(t)
	at := time.Now().Truncate(time.Second)
	opts.Now = func() time.Time { return at }
	path := filepath.Join(dir, "a.md")
	for _, title := range []string{"Ab", "Cd"} {
		write(t, path, "# "+title+"\n")
		if err := os.Chtimes(path, at, at); err != nil {
			t.Fatal(err)
		}
		if files, _ := List(t.Context(), dir, opts); files[0].Title != title {
			t.Errorf("title %q, want %q", files[0].Title, title)
		}
	}
}

// TestAnIndexIsNeverBelieved changes it in every way: what is listed stays the same,
// and the index is whole again afterwards.
func TestAnIndexIsNeverBelieved(t *testing.T) {
	dir, opts := t.TempDir(), options(t)
	write(t, filepath.Join(dir, "a.md"), "# Title\n\n## Heading\n\n1. Step\n")
	List(t.Context(), dir, opts)
	path := indexPath(opts, dir)
	whole, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	damaged := map[string][]byte{"empty": {}, "cut": whole[:len(whole)/2], "text": []byte("hello"), "twice": append(bytes.Clone(whole), whole...)}
	for i := range whole {
		bad := bytes.Clone(whole)
		bad[i] ^= 0x21
		damaged[fmt.Sprintf("byte %d", i)] = bad
	}
	for name, raw := range damaged {
		if decode(raw, "v1") != nil {
			t.Errorf("%s: it is believed", name)
		}
	}
	for _, name := range []string{"empty", "cut", "byte 30"} {
		if err := os.WriteFile(path, damaged[name], 0o600); err != nil {
			t.Fatal(err)
		}
		if files, _ := List(t.Context(), dir, opts); len(files) != 1 || files[0].Title != "Title" {
			t.Errorf("%s: files %+v", name, files)
		}
		if raw, err := os.ReadFile(path); err != nil || decode(raw, "v1") == nil {
			t.Errorf("%s: the index was not rebuilt: %v", name, err)
		}
	}
	if decode(whole, "v2") != nil {
		t.Error("an index of another version is believed")
	}
}

func TestListWorksWithoutAnIndex(t *testing.T) {
	dir := t.TempDir()
	write(t, filepath.Join(dir, "a.md"), "# Title\n")
	file := filepath.Join(t.TempDir(), "file")
	write(t, file, "")
	for _, cache := range []string{"", file, "/proc/nothing"} {
		files, notes := List(t.Context(), dir, Options{Cache: cache, Now: later})
		if len(files) != 1 || files[0].Title != "Title" || len(notes) != 0 {
			t.Errorf("cache %q: %+v, %q", cache, files, notes)
		}
	}
	if files, notes := List(t.Context(), filepath.Join(dir, "none"), Options{Now: later}); files != nil || notes != nil {
		t.Errorf("a folder that is not there: %v, %q", files, notes)
	}
	if _, notes := List(t.Context(), file, Options{Now: later}); len(notes) != 1 {
		t.Errorf("a folder that is a file: %q", notes)
	}
}

func TestDepthIsBounded(t *testing.T) {
	dir := t.TempDir()
	deep := filepath.Join(dir, strings.Repeat("d/", maxDepth+2))
	write(t, filepath.Join(deep, "x.md"), "# X\n")
	files, notes := walk(dir)
	if len(files) != 0 || len(notes) != 1 {
		t.Errorf("files %q, notes %q", names(files), notes)
	}
}

func TestMatch(t *testing.T) {
	files := []File{{Name: "failover"}, {Name: "db/failover"}, {Name: "cache/failover"}, {Name: "HighErrorRate"}}
	for address, want := range map[string][]string{
		"/runbooks/db/failover.md":     {"db/failover"},
		"/x/failover":                  {"failover", "db/failover", "cache/failover"},
		"/runbooks/HighErrorRate/":     {"HighErrorRate"},
		"/runbooks/HighErrorRate.html": {"HighErrorRate"},
		"/nothing.md":                  {},
		"/":                            {},
		"":                             {},
	} {
		if got := names(Match(files, address)); !slices.Equal(got, want) {
			t.Errorf("Match(%q) = %q, want %q", address, got, want)
		}
	}
}

func FuzzIndex(f *testing.F) {
	f.Add(encode("v1", []File{{Name: "a"}}, []record{{size: 3, hash: [32]byte{1}, problem: "x"}}))
	f.Add([]byte(indexForm))
	f.Fuzz(func(t *testing.T, raw []byte) {
		d := &decoder{rest: string(raw)}
		for range d.count() % 100 {
			_, _, _ = d.text(), d.number(), d.texts()
		}
		decode(raw, "v1")
	})
}

// folder fills a directory with runbooks of some two kilobytes.
func folder(b *testing.B, count int) (string, int64) {
	dir, size := b.TempDir(), int64(0)
	random := rand.New(rand.NewSource(6))
	for i := range count {
		var text strings.Builder
		fmt.Fprintf(&text, "# Service %d\n\nWhat to do when `Service%dDown` fires.\n", i, i)
		for n := range 3 + random.Intn(4) {
			fmt.Fprintf(&text, "\n## Service%dAlert%d\n\nThe service *must* answer, see [the board](https://example.org/%d).\n\n1. Look at it:\n\n   ```sh\n   kubectl -n shop logs deploy/service-%d --tail %d\n   ```\n\n2. Ask the owner\n3. Restart it:\n\n   ```sh\n   kubectl rollout restart deploy/service-%d\n   ```\n", i, n, i, i, n, i)
		}
		size += int64(text.Len())
		write(b, filepath.Join(dir, fmt.Sprintf("team-%d", i%50), fmt.Sprintf("service-%d.md", i)), text.String())
	}
	return dir, size
}

// BenchmarkList lists 5,000 runbooks, cold and from the index, beside only reading
// their bytes.
func BenchmarkList(b *testing.B) {
	dir, size := folder(b, 5000)
	opts := Options{Cache: b.TempDir(), Version: "v1", Now: later}
	b.Run("bytes", func(b *testing.B) {
		b.SetBytes(size)
		for b.Loop() {
			for _, f := range Names(dir) {
				if _, err := os.ReadFile(f.Path); err != nil {
					b.Fatal(err)
				}
			}
		}
	})
	b.Run("cold", func(b *testing.B) {
		b.SetBytes(size)
		for b.Loop() {
			if files, _ := List(b.Context(), dir, Options{Now: later}); len(files) != 5000 || files[0].Steps == 0 {
				b.Fatal("not listed")
			}
		}
	})
	b.Run("index", func(b *testing.B) {
		List(b.Context(), dir, opts)
		b.SetBytes(size)
		for b.Loop() {
			if files, _ := List(b.Context(), dir, opts); len(files) != 5000 || files[0].Steps == 0 {
				b.Fatal("not listed")
			}
		}
	})
}
