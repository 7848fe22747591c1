package e2e

import (
	"path/filepath"
	"strings"
	"testing"
)

// restart is the runbook of README.
func restart(t *testing.T) string {
	t.Helper()
	path, err := filepath.Abs(filepath.Join("..", "..", "docs", "examples", "restart.md"))
	if err != nil {
		t.Fatal(err)
	}
	return path
}

// TestMuteTerminalIsNeverAsked opens the program in a terminal that answers no
// query: it writes none, and does not wait for an answer.
func TestMuteTerminalIsNeverAsked(t *testing.T) {
	term := open(t, options{cols: 80, rows: 24, env: home(t), mute: true}, "run", restart(t), "--param", "service=web")
	term.see("enter begin")
	for _, query := range []string{"\x1b]11;?", "\x1b]10;?", "\x1b[6n", "\x1b[c", "\x1b[>c", "\x1b[?u", "\x1b[>0q"} {
		if strings.Contains(term.wrote(), query) {
			t.Errorf("the terminal was asked %q", query)
		}
	}
}
