package preflight

import (
	"os"
	"path/filepath"
	"strings"
)

// maxSSHConfig bounds what is read of the ssh configuration, in bytes.
const maxSSHConfig = 1 << 20

// sshAliases returns the words that Host lines of ~/.ssh/config name: what ssh makes
// of them, a name, a jump, a command, is told there and not by the resolver. The
// file is only read: asking ssh itself would run what Match exec says.
func sshAliases(getenv func(string) string) []string {
	if getenv == nil || getenv("HOME") == "" {
		return nil
	}
	path := filepath.Join(getenv("HOME"), ".ssh", "config")
	if info, err := os.Stat(path); err != nil || !info.Mode().IsRegular() || info.Size() > maxSSHConfig {
		return nil
	}
	raw, err := os.ReadFile(path)
	if err != nil {
		return nil
	}
	var words []string
	for line := range strings.Lines(string(raw)) {
		fields := strings.Fields(strings.Replace(line, "=", " ", 1))
		if len(fields) > 1 && strings.EqualFold(fields[0], "Host") {
			words = append(words, fields[1:]...)
		}
	}
	return words
}
