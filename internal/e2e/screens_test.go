package e2e

import (
	"flag"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "record docs/screens anew")

// What differs from run to run, and what stands for it in a recorded screen.
// Each replacement is as wide as what it replaces, unless nothing stands behind it.
var volatile = []struct{ pattern, instead string }{
	{`\d\d:\d\d:\d\d`, "08:46:00"},
	{`\d\d:\d\d UTC`, "08:46 UTC"},
	{`(✓|▶) (Identification|Decision|Execution|Follow-up) \dm`, "$1 $2 0m"},
	{`(EN VIVO|LIVE|ENSAYO|REHEARSAL)  \d\d:\d\d`, "$1  00:07"},
	{`\d{4}-\d\d-\d\dT`, "2026-11-23T"},
	{`\.\d{6,9}Z`, ".000000Z"},
	{`· (\d+)ms`, "· 3ms"},
	{`lands on host \S+ · user \S+`, "lands on host bastion · user ana"}, // stands at the end of a line
	{`· (\d+)-[0-9a-f]{4}-[0-9a-f]{4} `, "· $1-9f3a-1c07 "},
}

func settle(screen string) string {
	for _, v := range volatile {
		screen = regexp.MustCompile(v.pattern).ReplaceAllString(screen, v.instead)
	}
	return strings.TrimRight(screen, "\n") + "\n"
}

// restart is the runbook of README.
func restart(t *testing.T) string {
	t.Helper()
	path, err := filepath.Abs(filepath.Join("..", "..", "docs", "examples", "restart.md"))
	if err != nil {
		t.Fatal(err)
	}
	return path
}

// TestScreens compares the screens of a short walk with the recorded ones, which
// README shows.
func TestScreens(t *testing.T) {
	for _, size := range []struct {
		name       string
		cols, rows int
	}{{"80x24", 80, 24}, {"120x40", 120, 40}} {
		t.Run(size.name, func(t *testing.T) {
			env := append(home(t), "LC_ALL=C.UTF-8")
			dir := filepath.Join("/tmp", "bitacora-screens")
			if err := os.MkdirAll(dir, 0o700); err != nil {
				t.Fatal(err)
			}
			term := open(t, options{cols: size.cols, rows: size.rows, env: env, dir: dir}, "run", restart(t), "--param", "service=web")
			trustAndBegin(term)
			term.see("enter run look")
			term.act("enter", shows("look: ok"))
			compare(t, "walk-"+size.name, settle(term.screen()))
			term.act("enter", shows("enter answer restart"))
			term.act("enter", shows("enter choose"))
			term.act("enter", shows("why"))
			term.act("enter", shows("enter mark the step as done"))
			term.act("enter", shows("enter run restart-it"))
			term.act("enter", shows("y/enter run"))
			compare(t, "confirm-"+size.name, settle(term.screen()))
			term.act("y", shows("restart-it failed"))
			term.see("Retry")
			compare(t, "failure-"+size.name, settle(term.screen()))
		})
	}
}

func compare(t *testing.T, name, screen string) {
	t.Helper()
	path := filepath.Join("..", "..", "docs", "screens", name+".txt")
	if *update {
		if err := os.WriteFile(path, []byte(screen), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	recorded, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if string(recorded) != screen {
		t.Errorf("%s differs from what is recorded (`make screens` records it anew):\n%s", path, screen)
	}
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
