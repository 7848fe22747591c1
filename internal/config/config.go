// Package config finds out what the machine and the person at it say: where
// files go, who operates, which language, what the terminal can do. It reads the
// environment it is given and config.yaml, and changes nothing.
package config

import (
	"errors"
	"os"
	"os/user"
	"path/filepath"
	"strings"
	"time"
)

// Lookup returns the value of an environment variable, as os.LookupEnv does.
type Lookup func(name string) (string, bool)

// get returns a variable's value, "" when it is not set.
func (l Lookup) get(name string) string {
	value, _ := l(name)
	return value
}

// StateDir returns where transcripts are kept: $XDG_STATE_HOME/bitacora, which
// must be absolute by the XDG specification, else ~/.local/state/bitacora.
func StateDir(env Lookup) (string, error) {
	return xdg(env, "XDG_STATE_HOME", ".local/state")
}

// SecretsFile returns where the operator says where secrets come from:
// $XDG_CONFIG_HOME/bitacora/secrets.yaml, else below ~/.config. "" when there is
// no home.
func SecretsFile(env Lookup) string {
	dir, err := xdg(env, "XDG_CONFIG_HOME", ".config")
	if err != nil {
		return ""
	}
	return filepath.Join(dir, "secrets.yaml")
}

// DataDirs returns where runbooks are looked for by name, the user's first:
// $XDG_DATA_HOME/bitacora/runbooks, then the same below each of $XDG_DATA_DIRS.
func DataDirs(env Lookup) []string {
	var dirs []string
	if dir, err := xdg(env, "XDG_DATA_HOME", ".local/share"); err == nil {
		dirs = append(dirs, filepath.Join(dir, "runbooks"))
	}
	system := env.get("XDG_DATA_DIRS")
	if system == "" {
		system = "/usr/local/share:/usr/share"
	}
	for _, dir := range filepath.SplitList(system) {
		if filepath.IsAbs(dir) {
			dirs = append(dirs, filepath.Join(dir, "bitacora", "runbooks"))
		}
	}
	return dirs
}

func xdg(env Lookup, name, fallback string) (string, error) {
	if dir := env.get(name); filepath.IsAbs(dir) {
		return filepath.Join(dir, "bitacora"), nil
	}
	home := env.get("HOME")
	if home == "" {
		return "", errors.New("neither $" + name + " nor $HOME is set; set one of them to an absolute path")
	}
	return filepath.Join(home, fallback, "bitacora"), nil
}

// Operator returns who is at the terminal: $BITACORA_OPERATOR for shared
// accounts, else the name behind the process's user.
func Operator(env Lookup) string {
	if name := strings.TrimSpace(env.get("BITACORA_OPERATOR")); name != "" {
		return name
	}
	if u, err := user.Current(); err == nil {
		return u.Username
	}
	if name := env.get("USER"); name != "" {
		return name
	}
	return "unknown"
}

// Host returns the name of this machine.
func Host() string {
	name, err := os.Hostname()
	if err != nil {
		return "unknown"
	}
	return name
}

// Locales returns the languages that the environment asks for: that of the first of
// LC_ALL, LC_MESSAGES and LANG that is set, as POSIX has it. "C" and "POSIX" ask for none.
func Locales(env Lookup) []string {
	for _, name := range []string{"LC_ALL", "LC_MESSAGES", "LANG"} {
		value := env.get(name)
		switch base, _, _ := strings.Cut(value, "."); base {
		case "":
		case "C", "POSIX":
			return nil
		default:
			return []string{value}
		}
	}
	return nil
}

// FullScreen reports whether the terminal can be expected to show a full screen.
func FullScreen(env Lookup) bool {
	switch env.get("TERM") {
	case "", "dumb":
		return false
	}
	return true
}

// Idle returns how long a run server waits without anybody attached and without
// a running action before it pauses the run: $BITACORA_IDLE, a Go duration; 0
// when it is not set or is not one.
func Idle(env Lookup) time.Duration {
	idle, err := time.ParseDuration(env.get("BITACORA_IDLE"))
	if err != nil || idle < 0 {
		return 0
	}
	return idle
}

// Clipboard reports whether a terminal may be asked to copy a text that the operator
// wants copied: $BITACORA_CLIPBOARD is anything but "off".
func Clipboard(env Lookup) bool { return env.get("BITACORA_CLIPBOARD") != "off" }

// Syslog returns where anchored heads are logged besides the anchor's file:
// $BITACORA_SYSLOG, "local", "udp://host:port", "tcp://host:port", or "".
func Syslog(env Lookup) string { return env.get("BITACORA_SYSLOG") }

// Palette returns what the full screen is painted with, as asked for: $BITACORA_PALETTE,
// or "". A name that is none is what the screen makes of it: its default.
func Palette(env Lookup) string { return strings.ToLower(env.get("BITACORA_PALETTE")) }

// Mouse reports whether the full screen listens to the mouse: $BITACORA_MOUSE is set,
// and neither 0, no nor false.
func Mouse(env Lookup) bool {
	switch strings.ToLower(env.get("BITACORA_MOUSE")) {
	case "", "0", "no", "false":
		return false
	}
	return true
}
