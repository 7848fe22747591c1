package transcript

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
)

// The reserve is room on the disk that is given back when there is none left,
// so that the last events of a run still fit.
const (
	reserveName = "reserve"
	reserveSize = 64 << 10
)

// reserve makes sure that the reserve of a run's directory is there.
func reserve(disk Disk, dir string) error {
	path := filepath.Join(dir, reserveName)
	switch info, err := os.Lstat(path); {
	case err == nil && allocated(info):
		return nil
	case err == nil:
		// A crash left it unfinished.
		if err := disk.Remove(path); err != nil {
			return fmt.Errorf("renew the reserve: %w", err)
		}
	case !errors.Is(err, fs.ErrNotExist):
		return fmt.Errorf("look for the reserve: %w", err)
	}
	if err := writeFile(disk, path, filler(reserveSize)); err != nil {
		return fmt.Errorf("reserve %d kB for the last events of the run (free some space there): %w", reserveSize>>10, err)
	}
	return nil
}

// allocated reports whether the reserve really takes its room on the disk.
func allocated(info fs.FileInfo) bool {
	stat, ok := info.Sys().(*syscall.Stat_t)
	return info.Mode().IsRegular() && info.Size() == reserveSize && ok && stat.Blocks*512 >= reserveSize
}

// release gives the reserve back.
func release(disk Disk, dir string) error {
	err := disk.Remove(filepath.Join(dir, reserveName))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("release the reserve: %w", err)
	}
	return nil
}

// filler returns n bytes of text that no file system can make much smaller.
func filler(n int) []byte {
	var text []byte
	var count [8]byte
	for i := uint64(0); len(text) < n; i++ {
		binary.BigEndian.PutUint64(count[:], i)
		sum := sha256.Sum256(count[:])
		text = base64.RawURLEncoding.AppendEncode(text, sum[:])
	}
	return text[:n]
}
