package transcript

import (
	"fmt"
	"io"
	"os"

	"golang.org/x/sys/unix"
)

// Disk is what a transcript needs of a file system. Tests put faults into it.
type Disk interface {
	// Mkdir creates one directory, 0700 whatever the umask.
	Mkdir(path string) error
	// Create creates a file that did not exist, 0600 whatever the umask, never
	// through a symbolic link.
	Create(path string) (File, error)
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
	if _, err := file.Write(content); err != nil {
		file.Close()
		return fmt.Errorf("write %s: %w", path, err)
	}
	if err := file.Sync(); err != nil {
		file.Close()
		return fmt.Errorf("sync %s: %w", path, err)
	}
	return file.Close()
}
