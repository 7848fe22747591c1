package transcript

import (
	"errors"
	"fmt"
	"testing"
)

// faultyDisk fails writes or syncs from the n-th on, or only the n-th.
type faultyDisk struct {
	Disk
	writes, syncs int // how many still work; negative: all
	short, once   bool
}

type faultyFile struct {
	File
	disk *faultyDisk
}

var errInjected = errors.New("no space left on device")

func (d *faultyDisk) Create(path string) (File, error) {
	file, err := d.Disk.Create(path)
	return faultyFile{file, d}, err
}

func (f faultyFile) Write(p []byte) (int, error) {
	if f.disk.writes == 0 {
		if f.disk.once {
			f.disk.writes = -1
		}
		if f.disk.short {
			n, _ := f.File.Write(p[:len(p)/2])
			return n, nil
		}
		return 0, errInjected
	}
	f.disk.writes--
	return f.File.Write(p)
}

func (f faultyFile) Sync() error {
	if f.disk.syncs == 0 {
		if f.disk.once {
			f.disk.syncs = -1
		}
		return errInjected
	}
	f.disk.syncs--
	return f.File.Sync()
}

// TestFirstFailureIsSticky injects one failure and checks that nothing is
// acknowledged after it although the disk works again.
func TestFirstFailureIsSticky(t *testing.T) {
	for _, test := range []struct {
		name string
		disk faultyDisk
	}{
		{"write", faultyDisk{writes: 3, syncs: -1, once: true}},
		{"short write", faultyDisk{writes: 3, syncs: -1, once: true, short: true}},
		{"sync", faultyDisk{writes: -1, syncs: 3, once: true}},
	} {
		t.Run(test.name, func(t *testing.T) {
			test.disk.Disk = OS{}
			w := create(t, &test.disk)
			var acked uint64
			failures := 0
			for i := range 10 {
				_, err := w.Append("ana", "", note(fmt.Sprint(i)))
				if err == nil {
					acked, err = w.Sync()
				}
				if err != nil {
					failures++
				} else if failures > 0 {
					t.Fatal("an event was acknowledged after a failure")
				}
			}
			if failures == 0 || w.Failed() == nil {
				t.Fatal("the failure was not reported")
			}
			_ = w.Close() // reports the failure again
			if got := read(t, w.Dir()); uint64(len(got.Events)) < acked {
				t.Errorf("%d events were acknowledged, %d are there", acked, len(got.Events))
			}
		})
	}
}

func TestOutputFailureFailsTheTranscript(t *testing.T) {
	disk := &faultyDisk{Disk: OS{}, writes: -1, syncs: -1}
	w := create(t, disk)
	out, err := w.Output()
	if err != nil {
		t.Fatal(err)
	}
	disk.writes = 0
	if err := out.Write("out", []byte("x")); err == nil {
		t.Fatal("the write did not fail")
	}
	disk.writes = -1
	if _, err := w.Append("ana", "", note("x")); !errors.Is(err, ErrFailed) {
		t.Errorf("Append after a failed output: %v", err)
	}
	if _, err := out.Close(); err == nil {
		t.Error("Close of a failed output said nothing")
	}
	_ = w.Close() // reports the failure again
}
