package actions

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"strconv"
	"strings"
	"time"

	"golang.org/x/sys/unix"
)

// Bounds of what is read to tell where a block lands.
const (
	maxLandFile  = 1 << 20 // bytes
	maxLandFiles = 200     // files looked at for one block
)

var (
	errNotTold = errors.New("the file cannot tell: it is closed, too long or no file")
	errAbsent  = errors.New("there is no such file")
)

// landFiles reads the small files that tell where a block lands: only regular
// ones, never waiting for a pipe, and no more than fits the time.
type landFiles struct {
	closed bool // files of this machine say nothing about the command
	until  time.Time
	now    func() time.Time
	looked int
}

// read returns what a file holds. errAbsent says that there is none; every other
// error that nobody can tell.
func (f *landFiles) read(path string) ([]byte, error) {
	if err := f.may(path); err != nil {
		return nil, err
	}
	file, err := os.OpenFile(path, os.O_RDONLY|unix.O_NONBLOCK|unix.O_CLOEXEC|unix.O_NOCTTY, 0)
	if errors.Is(err, fs.ErrNotExist) || errors.Is(err, unix.ENOTDIR) {
		return nil, errAbsent
	}
	if err != nil {
		return nil, err
	}
	defer file.Close()
	info, err := file.Stat()
	if err != nil || !info.Mode().IsRegular() || info.Size() > maxLandFile {
		return nil, errNotTold
	}
	data, err := io.ReadAll(io.LimitReader(file, maxLandFile+1))
	if err != nil || len(data) > maxLandFile {
		return nil, errNotTold
	}
	return data, nil
}

// isDir reports whether there is a directory.
func (f *landFiles) isDir(path string) (bool, error) {
	if err := f.may(path); err != nil {
		return false, err
	}
	info, err := os.Stat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist), errors.Is(err, unix.ENOTDIR):
		return false, nil
	case err != nil:
		return false, err
	}
	return info.IsDir(), nil
}

func (f *landFiles) may(path string) error {
	f.looked++
	if f.closed || path == "" || f.looked > maxLandFiles || f.now().After(f.until) {
		return errNotTold
	}
	return nil
}

// ini is a file of sections with name = value lines.
type ini map[string]map[string]string

// readINI reads the little that cloud tools and git have in common: comments,
// [section] and [section "name"], name = value with or without quotes.
func readINI(data []byte) ini {
	all := ini{}
	section := ""
	for line := range strings.SplitSeq(string(data), "\n") {
		line = strings.TrimSpace(line)
		if line == "" || line[0] == '#' || line[0] == ';' {
			continue
		}
		if line[0] == '[' {
			if end := strings.LastIndexByte(line, ']'); end > 0 {
				section = sectionName(line[1:end])
			}
			continue
		}
		name, value, _ := strings.Cut(line, "=")
		name, value = strings.ToLower(strings.TrimSpace(name)), strings.TrimSpace(value)
		if len(value) > 1 && value[0] == '"' && value[len(value)-1] == '"' {
			value = value[1 : len(value)-1]
		}
		if all[section] == nil {
			all[section] = map[string]string{}
		}
		if _, twice := all[section][name]; !twice {
			all[section][name] = value
		}
	}
	return all
}

// sectionName is `remote origin` for `remote "origin"`.
func sectionName(text string) string {
	kind, name, ok := strings.Cut(strings.TrimSpace(text), " ")
	if !ok {
		return text
	}
	return strings.ToLower(kind) + " " + strings.Trim(strings.TrimSpace(name), `"`)
}

func hostName() string {
	name, err := os.Hostname()
	if err != nil {
		return ""
	}
	return name
}

// userName is the account that this process runs as; its environment could say
// anything.
func userName(files *landFiles) string {
	id := strconv.Itoa(os.Geteuid())
	data, err := files.read("/etc/passwd")
	if err == nil {
		for line := range strings.SplitSeq(string(data), "\n") {
			if fields := strings.Split(line, ":"); len(fields) > 2 && fields[2] == id {
				return fields[0]
			}
		}
	}
	return fmt.Sprintf("uid %s", id)
}
