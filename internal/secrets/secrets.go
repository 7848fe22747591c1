// Package secrets finds the values of a run's secrets where the operator says they
// are: in the environment, in a file, or in what a command prints.
//
// Where secrets come from is the operator's affair and never the runbook's: a
// runbook only names them, so that its text cannot make a briefing run or read
// anything. The package guarantees: a value is never part of an error, of a
// command line, or of what is written anywhere; a file is read only if nobody else
// can read it, and never through a symbolic link; a command gets a cleaned
// environment, no terminal and a limited time, and of what it prints only its
// error output is ever shown, and only when it fails.
package secrets

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"time"

	"genia.ai/bitacora/internal/redact"
)

// Origin says where a value was found.
type Origin string

// The origins; OriginNone means that there is no value.
const (
	OriginNone    Origin = ""
	OriginEnv     Origin = "env"
	OriginFile    Origin = "file"
	OriginCommand Origin = "command"
)

// FileSuffix makes of a secret's name the variable that names its file.
const FileSuffix = "_FILE"

// Limits of what is read.
const (
	maxValue       = 64 << 10 // bytes of one value
	DefaultTimeout = time.Minute
)

// Found is a secret with its value, or with the reason why there is none.
type Found struct {
	Name    string `json:"name"`
	Value   string `json:"value"`
	Origin  Origin `json:"origin"`
	Problem string `json:"problem"` // why a source that was named gave nothing, or ""
}

// Finder looks for secrets. Its fields are not changed while it is used.
type Finder struct {
	Lookup  func(name string) (string, bool) // of the operator's environment
	Environ []string                         // the same, whole, for commands
	Config  Config
	Home    string
	Timeout time.Duration // of a command; 0 = DefaultTimeout
}

// Find looks for one secret: in the variable of its name, in the file that the
// variable NAME_FILE names, and where the configuration says. The first that is
// given counts, also when it does not work: then Problem says why. The error is
// that of ctx, and nothing else.
func (f *Finder) Find(ctx context.Context, name string) (Found, error) {
	found := Found{Name: name}
	if value, ok := f.Lookup(name); ok && value != "" {
		found.Value, found.Origin = value, OriginEnv
		return found, nil
	}
	value, origin, err := f.elsewhere(ctx, name)
	switch {
	case ctx.Err() != nil:
		return found, ctx.Err()
	case err != nil:
		found.Problem = err.Error()
	case origin != OriginNone:
		found.Value, found.Origin = value, origin
	}
	return found, nil
}

func (f *Finder) elsewhere(ctx context.Context, name string) (string, Origin, error) {
	if path, ok := f.Lookup(name + FileSuffix); ok && path != "" {
		value, err := readFile(path)
		return value, OriginFile, err
	}
	source, ok := f.Config[name]
	switch {
	case !ok:
		return "", OriginNone, nil
	case source.File != "":
		path := source.File
		if rest, below := strings.CutPrefix(path, "~/"); below && f.Home != "" {
			path = filepath.Join(f.Home, rest)
		}
		if !filepath.IsAbs(path) {
			return "", OriginFile, fmt.Errorf("%s: the path must be absolute or begin with ~/", path)
		}
		value, err := readFile(path)
		return value, OriginFile, err
	}
	value, err := f.run(ctx, source.Command)
	return value, OriginCommand, err
}

// errors of a value; none holds any of it.
var (
	errEmpty = errors.New("it is empty")
	errNUL   = errors.New("it holds a NUL byte")
	errShort = fmt.Errorf("it is shorter than %d bytes and could not be masked; use a longer one", redact.MinLength)
	errLong  = fmt.Errorf("it is longer than %d kB", maxValue>>10)
)

// valueOf takes the line end from what was read and refuses what can be no secret.
func valueOf(text []byte) (string, error) {
	value := strings.TrimSuffix(strings.TrimSuffix(string(text), "\n"), "\r")
	switch {
	case strings.TrimSpace(value) == "":
		return "", errEmpty
	case strings.ContainsRune(value, 0):
		return "", errNUL
	case len(strings.TrimSpace(value)) < redact.MinLength:
		return "", errShort
	}
	return value, nil
}
