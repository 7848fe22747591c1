package transcript

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"golang.org/x/sys/unix"
)

// lockName is a file that is never removed: of two servers that lock a file whose
// name was given to another one meanwhile, both would hold a lock.
const lockName = "lock"

// maxHolder bounds what is read of a lock's file.
const maxHolder = 64 << 10

// Holder says who holds the lock of a run.
type Holder struct {
	PID      int       `json:"pid"`
	Start    uint64    `json:"start"` // clock ticks after boot at which the process started
	Boot     string    `json:"boot"`  // id of that boot
	Operator string    `json:"operator"`
	Host     string    `json:"host"`
	Since    time.Time `json:"since"` // UTC
}

// NewHolder describes this process.
func NewHolder(clock Clock, operator, host string) (Holder, error) {
	start, err := ProcessStart(os.Getpid())
	if err != nil {
		return Holder{}, err
	}
	return Holder{
		PID: os.Getpid(), Start: start, Boot: clock.BootID(),
		Operator: operator, Host: host, Since: clock.Now().UTC().Truncate(time.Second),
	}, nil
}

// Lives reports whether the very process that took the lock still exists: a
// process id alone may be another's by now. boot is the id of the current boot.
func (h Holder) Lives(boot string) bool {
	start, err := ProcessStart(h.PID)
	return err == nil && start == h.Start && boot == h.Boot
}

// ProcessStart returns when a process started, in clock ticks after boot: with the
// boot id it tells the process from later ones with its number.
func ProcessStart(pid int) (uint64, error) {
	const fieldsBefore = 19 // between the end of the name and the start time, proc(5)
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return 0, fmt.Errorf("look up process %d: %w", pid, err)
	}
	// The name may hold anything, closing parentheses too.
	fields := strings.Fields(string(stat[bytes.LastIndexByte(stat, ')')+1:]))
	if len(fields) <= fieldsBefore {
		return 0, fmt.Errorf("look up process %d: /proc says %q", pid, stat)
	}
	start, err := strconv.ParseUint(fields[fieldsBefore], 10, 64)
	if err != nil {
		return 0, fmt.Errorf("look up process %d: %w", pid, err)
	}
	return start, nil
}

// LockedError says that somebody else holds the lock of a run.
type LockedError struct {
	Dir    string
	Holder Holder // zero when the holder did not say who it is
}

func (e *LockedError) Error() string {
	who := "somebody"
	if e.Holder.PID > 0 {
		who = fmt.Sprintf("%s on %s (process %d) since %s", e.Holder.Operator, e.Holder.Host, e.Holder.PID,
			e.Holder.Since.Format(time.RFC3339))
	}
	return fmt.Sprintf("run %s is held by %s; watch it, or take it over with a reason", filepath.Base(e.Dir), who)
}

// Lock is the right to write to a run. It ends with the process.
type Lock struct{ file *os.File }

// AcquireLock takes the lock of a run's directory, or fails with a *LockedError
// that says who holds it. It does not wait.
func AcquireLock(dir string, holder Holder) (*Lock, error) {
	path := filepath.Join(dir, lockName)
	file, err := openLock(path)
	if err != nil {
		return nil, fmt.Errorf("open the lock: %w", err)
	}
	if err := flock(file); err != nil {
		file.Close()
		if errors.Is(err, unix.EWOULDBLOCK) {
			held, _ := ReadHolder(dir) // it may be about to write it
			return nil, &LockedError{Dir: dir, Holder: held}
		}
		return nil, fmt.Errorf("lock %s: %w", path, err)
	}
	if err := writeHolder(file, holder); err != nil {
		file.Close()
		return nil, fmt.Errorf("write who holds %s: %w", path, err)
	}
	return &Lock{file}, nil
}

func openLock(path string) (*os.File, error) {
	const flags = os.O_RDWR | unix.O_NOFOLLOW | unix.O_CLOEXEC | unix.O_NONBLOCK
	file, err := os.OpenFile(path, flags|os.O_CREATE|os.O_EXCL, 0o600)
	if errors.Is(err, fs.ErrExist) {
		return openRegular(path, os.O_RDWR)
	}
	if err != nil {
		return nil, err
	}
	if err := file.Chmod(0o600); err != nil { // whatever the umask
		file.Close()
		return nil, err
	}
	return file, nil
}

func flock(file *os.File) error {
	for {
		if err := unix.Flock(int(file.Fd()), unix.LOCK_EX|unix.LOCK_NB); err != unix.EINTR {
			return err
		}
	}
}

// writeHolder writes first and cuts then, so that whoever reads meanwhile finds
// one whole object at the beginning.
func writeHolder(file *os.File, holder Holder) error {
	content, err := json.Marshal(holder)
	if err != nil {
		return err
	}
	content = append(content, '\n')
	if _, err := file.WriteAt(content, 0); err != nil {
		return err
	}
	return file.Truncate(int64(len(content)))
}

// ReadHolder says who holds the lock of a run's directory, or held it last.
func ReadHolder(dir string) (Holder, error) {
	var holder Holder
	file, err := openRegular(filepath.Join(dir, lockName), os.O_RDONLY)
	if err != nil {
		return holder, fmt.Errorf("read who holds the run: %w", err)
	}
	defer file.Close()
	if err := json.NewDecoder(io.LimitReader(file, maxHolder)).Decode(&holder); err != nil {
		return Holder{}, fmt.Errorf("read who holds the run: %w", err)
	}
	return holder, nil
}

// Release gives the lock up. The file stays, and says who held it last.
func (l *Lock) Release() error {
	// Not by closing alone: a child that is about to exec has a copy for a moment.
	err := unix.Flock(int(l.file.Fd()), unix.LOCK_UN)
	if cerr := l.file.Close(); err == nil {
		err = cerr
	}
	if err != nil {
		return fmt.Errorf("release the lock: %w", err)
	}
	return nil
}
