package transcript

import (
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
	"unicode"
)

// Names of the two collections below the state directory. Rehearsals never lie
// beside live runs.
const (
	runsName       = "runs"
	rehearsalsName = "rehearsals"
)

// maxSlug bounds the part of a run id that comes from the runbook's name.
const maxSlug = 40

// NewID returns the id of a run that starts now. Ids sort by time.
func NewID(now time.Time, runbook string, random io.Reader) (string, error) {
	var suffix [2]byte
	if _, err := io.ReadFull(random, suffix[:]); err != nil {
		return "", fmt.Errorf("draw a run id: %w", err)
	}
	return now.UTC().Format("20060102T150405Z") + "-" + slug(runbook) + "-" + hex.EncodeToString(suffix[:]), nil
}

// slug keeps of a name what is safe in a file name.
func slug(name string) string {
	var b strings.Builder
	dash := false
	for _, r := range strings.ToLower(name) {
		if r < unicode.MaxASCII && (unicode.IsLetter(r) || unicode.IsDigit(r)) {
			if dash && b.Len() > 0 {
				b.WriteByte('-')
			}
			dash = false
			b.WriteRune(r)
			if b.Len() >= maxSlug {
				break
			}
			continue
		}
		dash = true
	}
	if b.Len() == 0 {
		return "runbook"
	}
	return b.String()
}

// Store is the state directory with all runs of a user.
type Store struct {
	Root string // $XDG_STATE_HOME/bitacora
	Disk Disk
}

// Location returns where a run of this mode is kept.
func (s Store) Location(id string, rehearsal bool) string {
	if rehearsal {
		return filepath.Join(s.Root, rehearsalsName, id)
	}
	return filepath.Join(s.Root, runsName, id)
}

// Create makes the directory of a new run and opens its transcript.
func (s Store) Create(id string, rehearsal bool, clock Clock, runbook []byte) (*Writer, error) {
	dir := s.Location(id, rehearsal)
	if err := makeDirs(s.Disk, filepath.Dir(dir)); err != nil {
		return nil, fmt.Errorf("create the state directory: %w", err)
	}
	// A crash may have come between the collection and its entry.
	if err := s.Disk.SyncDir(s.Root); err != nil {
		return nil, fmt.Errorf("sync the state directory: %w", err)
	}
	return Create(s.Disk, dir, clock, runbook)
}

// HeadsFile returns the file of the anchored heads of a run, live or rehearsed.
func (s Store) HeadsFile(id string) string { return filepath.Join(s.Root, headsName, id) }

// Entry is one run in the store.
type Entry struct {
	ID        string
	Dir       string
	Rehearsal bool
}

// List returns all runs, the newest first.
func (s Store) List() ([]Entry, error) {
	var entries []Entry
	for _, name := range []string{runsName, rehearsalsName} {
		dirs, err := os.ReadDir(filepath.Join(s.Root, name))
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return nil, fmt.Errorf("list runs: %w", err)
		}
		for _, dir := range dirs {
			// What failed before its first event is no run.
			if dir.IsDir() && exists(filepath.Join(s.Root, name, dir.Name(), journalName(1))) {
				entries = append(entries, Entry{
					ID: dir.Name(), Dir: filepath.Join(s.Root, name, dir.Name()), Rehearsal: name == rehearsalsName,
				})
			}
		}
	}
	slices.SortStableFunc(entries, newer)
	return entries, nil
}

// newer orders runs by when they began. Ids tell that to the second; of two runs of
// one second the copies of their runbooks tell, which are written first and once.
func newer(a, b Entry) int {
	second := len("20060102T150405Z")
	if len(a.ID) >= second && len(b.ID) >= second && a.ID[:second] == b.ID[:second] {
		if c := b.began().Compare(a.began()); c != 0 {
			return c
		}
	}
	return strings.Compare(b.ID, a.ID)
}

func (e Entry) began() time.Time {
	info, err := os.Lstat(filepath.Join(e.Dir, runbookName))
	if err != nil {
		return time.Time{}
	}
	return info.ModTime()
}

// NotFoundError says that no run, or more than one, answers to a name.
type NotFoundError struct {
	Name       string
	Candidates []string // when the prefix is not unique
}

func (e *NotFoundError) Error() string {
	if len(e.Candidates) > 0 {
		return fmt.Sprintf("run %q is not unique: %s; give more of the id", e.Name, strings.Join(e.Candidates, ", "))
	}
	return fmt.Sprintf("there is no run %q; `bitacora runs` lists them", e.Name)
}

// Last names the newest run.
const Last = "last"

// Find returns the run of an id, of a unique prefix of one, or the last one.
func (s Store) Find(name string) (Entry, error) {
	entries, err := s.List()
	if err != nil {
		return Entry{}, err
	}
	var found []Entry
	for _, entry := range entries {
		if name == Last || entry.ID == name {
			return entry, nil
		}
		if name != "" && strings.HasPrefix(entry.ID, name) {
			found = append(found, entry)
		}
	}
	if len(found) == 1 {
		return found[0], nil
	}
	notFound := &NotFoundError{Name: name}
	for _, entry := range found {
		notFound.Candidates = append(notFound.Candidates, entry.ID)
	}
	return Entry{}, notFound
}

func exists(path string) bool {
	_, err := os.Lstat(path)
	return err == nil
}
