package transcript

import (
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// watchedDisk notes what is created, written and synced, by base name.
type watchedDisk struct {
	OS
	log *[]string
}

type watchedFile struct {
	File
	name string
	log  *[]string
}

func (d watchedDisk) Create(path string) (File, error) {
	file, err := d.OS.Create(path)
	*d.log = append(*d.log, "create "+filepath.Base(path))
	return watchedFile{file, filepath.Base(path), d.log}, err
}

func (d watchedDisk) SyncDir(path string) error {
	*d.log = append(*d.log, "sync "+filepath.Base(path)+"/")
	return d.OS.SyncDir(path)
}

func (f watchedFile) Write(p []byte) (int, error) {
	*f.log = append(*f.log, "write "+f.name)
	return f.File.Write(p)
}

func (f watchedFile) Sync() error {
	*f.log = append(*f.log, "sync "+f.name)
	return f.File.Sync()
}

// TestWhatIsCreatedIsDurable: a synced file in a directory that was not synced
// can be gone after a power cut.
func TestWhatIsCreatedIsDurable(t *testing.T) {
	var log []string
	w := create(t, watchedDisk{log: &log})
	last := slices.Index(log, "create journal-0001.jsonl")
	parent := "sync " + filepath.Base(filepath.Dir(w.Dir())) + "/"
	for _, want := range []string{"sync run/", parent} {
		if at := slices.Index(log, want); at < last {
			t.Errorf("%q is missing after the last file was created: %q", want, log)
		}
	}
	if at := slices.Index(log, "sync runbook.md"); at < slices.Index(log, "write runbook.md") {
		t.Errorf("the runbook was not synced: %q", log)
	}
	log = nil
	o, err := w.Output()
	if err != nil {
		t.Fatal(err)
	}
	if err := o.Write("out", []byte(strings.Repeat("x", outputSyncBytes))); err != nil {
		t.Fatal(err)
	}
	if _, err := o.Close(); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"sync outputs/", "sync 1.log", "sync 1.idx"} {
		if !slices.Contains(log, want) {
			t.Errorf("%q is missing after a long piece of output: %q", want, log)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
}
