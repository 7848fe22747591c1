package secrets

import (
	"errors"
	"fmt"
	"io"
	"os"

	"golang.org/x/sys/unix"
)

// readFile reads a secret out of a regular file of this user that nobody else may
// read or write. The last part of the path must not be a symbolic link: what it
// leads to could be changed by who owns the link, and its mode would say nothing of
// who chose it. Links among the directories above are followed. What is checked is
// the file that was opened, so that it cannot be swapped in between.
func readFile(path string) (string, error) {
	file, err := os.OpenFile(path, os.O_RDONLY|unix.O_NOFOLLOW|unix.O_NONBLOCK|unix.O_CLOEXEC, 0)
	if errors.Is(err, unix.ELOOP) {
		return "", fmt.Errorf("%s is a symbolic link; name the file itself", path)
	}
	if err != nil {
		return "", err // names the path
	}
	defer file.Close()
	if err := private(file, 0o077); err != nil {
		return "", err
	}
	text, err := io.ReadAll(io.LimitReader(file, maxValue+1))
	if err == nil && len(text) > maxValue {
		err = errLong
	}
	value := ""
	if err == nil {
		value, err = valueOf(text)
	}
	if err != nil {
		return "", fmt.Errorf("%s: %w", path, err)
	}
	return value, nil
}

// private refuses a file that is not this user's own, or that others have one of
// the rights to.
func private(file *os.File, rights os.FileMode) error {
	var stat unix.Stat_t
	if err := unix.Fstat(int(file.Fd()), &stat); err != nil {
		return fmt.Errorf("look at %s: %w", file.Name(), err)
	}
	mode := os.FileMode(stat.Mode) & os.ModePerm
	switch {
	case stat.Mode&unix.S_IFMT != unix.S_IFREG:
		return fmt.Errorf("%s is not a regular file", file.Name())
	case int(stat.Uid) != os.Geteuid():
		return fmt.Errorf("%s belongs to another user", file.Name())
	case mode&rights != 0:
		return fmt.Errorf("%s can be used by others (mode %04o); chmod %04o it", file.Name(), mode, mode&^rights&0o700)
	}
	return nil
}
