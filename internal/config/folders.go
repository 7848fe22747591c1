package config

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/goccy/go-yaml"
)

// File returns where the program's own settings stand:
// $XDG_CONFIG_HOME/bitacora/config.yaml, else below ~/.config. "" when there is no
// home.
func File(env Lookup) string {
	dir, err := xdg(env, "XDG_CONFIG_HOME", ".config")
	if err != nil {
		return ""
	}
	return filepath.Join(dir, "config.yaml")
}

// CacheDir returns where what can be found out again is kept:
// $XDG_CACHE_HOME/bitacora, else ~/.cache/bitacora. "" when there is no home.
func CacheDir(env Lookup) string {
	dir, err := xdg(env, "XDG_CACHE_HOME", ".cache")
	if err != nil {
		return ""
	}
	return dir
}

// maxFile bounds the size of config.yaml, in bytes.
const maxFile = 1 << 20

// settings is what config.yaml may hold.
type settings struct {
	Runbooks []string `yaml:"runbooks"`
}

// RunbookDirs returns the folders in which runbooks are looked for by name, the
// first before the others: those of $BITACORA_PATH (as $PATH is written), of
// `runbooks:` in config.yaml, ./runbooks, then DataDirs. A folder is named once. The
// error says what is wrong with config.yaml; the other folders are returned beside it.
func RunbookDirs(env Lookup) ([]string, error) {
	var dirs []string
	add := func(dir string) {
		if dir = filepath.Clean(expandHome(env, dir)); dir != "." {
			for _, known := range dirs {
				if known == dir {
					return
				}
			}
			dirs = append(dirs, dir)
		}
	}
	for _, dir := range filepath.SplitList(env.get("BITACORA_PATH")) {
		add(dir)
	}
	configured, err := readSettings(env)
	for _, dir := range configured.Runbooks {
		if dir = expandHome(env, dir); !filepath.IsAbs(dir) { // below the file: it says the same wherever one stands
			dir = filepath.Join(filepath.Dir(File(env)), dir)
		}
		add(dir)
	}
	add("runbooks")
	for _, dir := range DataDirs(env) {
		add(dir)
	}
	return dirs, err
}

func readSettings(env Lookup) (settings, error) {
	path := File(env)
	info, err := os.Stat(path)
	switch {
	case path == "", errors.Is(err, fs.ErrNotExist):
		return settings{}, nil
	case err != nil:
		return settings{}, fmt.Errorf("read the settings: %w", err)
	case !info.Mode().IsRegular() || info.Size() > maxFile:
		return settings{}, fmt.Errorf("%s: it is no file of at most %d bytes", path, maxFile)
	}
	raw, err := os.ReadFile(path)
	if err != nil {
		return settings{}, fmt.Errorf("read the settings: %w", err)
	}
	var s settings
	if err := yaml.Unmarshal(raw, &s); err != nil {
		first, _, _ := strings.Cut(err.Error(), "\n")
		return settings{}, fmt.Errorf("%s: %s; write it as `runbooks: [/path/one, ~/two]`", path, first)
	}
	return s, nil
}

// expandHome puts the home directory in the place of a leading ~.
func expandHome(env Lookup, dir string) string {
	if rest, ok := strings.CutPrefix(dir, "~"); ok && (rest == "" || rest[0] == filepath.Separator) && env.get("HOME") != "" {
		return env.get("HOME") + rest
	}
	return dir
}
