package transcript

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"golang.org/x/sys/unix"
)

// Disk is what a transcript needs of a file system. Tests put faults into it.
type Disk interface {
	// Mkdir creates one directory, 0700 whatever the umask.
	Mkdir(path string) error
	// Create creates a file that did not exist, 0600 whatever the umask, never
	// through a symbolic link.
	Create(path string) (File, error)
	// Append opens a regular file that exists, to go on at its end, never through
	// a symbolic link.
	Append(path string) (File, error)
	// Forget drops what is cached of a file, so that it is next read from the
	// medium: after a failed sync the cache can hold what the medium does not.
	Forget(path string) error
	// Remove removes a file. Only the reserve is ever removed.
	Remove(path string) error
	// SyncDir makes the entries of a directory durable.
	SyncDir(path string) error
}

// File is a file that is only appended to.
type File interface {
	io.WriteCloser
	// Sync makes everything written so far durable (fdatasync).
	Sync() error
}

// OS is the real file system.
type OS struct{}

// Mkdir implements Disk.
func (OS) Mkdir(path string) error {
	if err := os.Mkdir(path, 0o700); err != nil {
		return err
	}
	return os.Chmod(path, 0o700)
}

// Create implements Disk.
func (OS) Create(path string) (File, error) {
	const flags = os.O_WRONLY | os.O_CREATE | os.O_EXCL | os.O_APPEND | unix.O_NOFOLLOW | unix.O_CLOEXEC
	file, err := os.OpenFile(path, flags, 0o600)
	if err != nil {
		return nil, err
	}
	if err := file.Chmod(0o600); err != nil {
		file.Close()
		return nil, err
	}
	return osFile{file}, nil
}

// Append implements Disk.
func (OS) Append(path string) (File, error) {
	file, err := openRegular(path, os.O_WRONLY|os.O_APPEND)
	if err != nil {
		return nil, err
	}
	return osFile{file}, nil
}

// Forget implements Disk. File systems without a cache of their own ignore it.
func (OS) Forget(path string) error {
	file, err := openRegular(path, os.O_RDONLY)
	if err != nil {
		return err
	}
	defer file.Close()
	if err := unix.Fadvise(int(file.Fd()), 0, 0, unix.FADV_DONTNEED); err != nil {
		return &fs.PathError{Op: "fadvise", Path: path, Err: err}
	}
	return nil
}

// Remove implements Disk.
func (OS) Remove(path string) error { return os.Remove(path) }

// openRegular opens a regular file that exists, never through a symbolic link
// and never waiting for the other end of a pipe.
func openRegular(path string, flags int) (*os.File, error) {
	file, err := os.OpenFile(path, flags|unix.O_NOFOLLOW|unix.O_CLOEXEC|unix.O_NONBLOCK, 0)
	if err != nil {
		return nil, err
	}
	info, err := file.Stat()
	if err != nil {
		file.Close()
		return nil, err
	}
	if !info.Mode().IsRegular() {
		file.Close()
		return nil, fmt.Errorf("%s is not a regular file", path)
	}
	return file, nil
}

// SyncDir implements Disk.
func (OS) SyncDir(path string) error {
	dir, err := os.Open(path)
	if err != nil {
		return err
	}
	defer dir.Close()
	return dir.Sync()
}

type osFile struct{ *os.File }

func (f osFile) Sync() error {
	for {
		if err := unix.Fdatasync(int(f.Fd())); err != unix.EINTR {
			return err
		}
	}
}

// writeFile creates a whole file and makes it durable.
func writeFile(disk Disk, path string, content []byte) error {
	file, err := disk.Create(path)
	if err != nil {
		return err
	}
	if err := writeAll(file, content); err != nil {
		file.Close()
		return fmt.Errorf("write %s: %w", path, err)
	}
	if err := file.Sync(); err != nil {
		file.Close()
		return fmt.Errorf("sync %s: %w", path, err)
	}
	return file.Close()
}

// writeAll writes all of it, or fails.
func writeAll(file File, content []byte) error {
	n, err := file.Write(content)
	if err == nil && n < len(content) {
		err = io.ErrShortWrite
	}
	return err
}

// makeDirs creates a directory and those of its parents that are missing, and
// makes the entry of each that it created durable.
func makeDirs(disk Disk, path string) error {
	info, err := os.Stat(path)
	switch {
	case err == nil && info.IsDir():
		return nil
	case err == nil:
		return fmt.Errorf("%s is not a directory", path)
	case !errors.Is(err, fs.ErrNotExist):
		return err
	}
	parent := filepath.Dir(path)
	if err := makeDirs(disk, parent); err != nil {
		return err
	}
	if err := disk.Mkdir(path); err != nil && !errors.Is(err, fs.ErrExist) {
		return err
	}
	return disk.SyncDir(parent)
}

// isFull reports whether there was no room: on the disk, or in the quota.
func isFull(err error) bool {
	return errors.Is(err, unix.ENOSPC) || errors.Is(err, unix.EDQUOT)
}
