package e2e

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
)

// flood prints 100 MB.
const flood = "yes 0123456789012345678901234567890123456789012345678901234567890123456789 | head -c 100000000"

func runbookOf(tb testing.TB, script string, secrets ...string) string {
	tb.Helper()
	path := filepath.Join(tb.TempDir(), "flood.md")
	text := ""
	if len(secrets) > 0 {
		text = "---\nsecrets: [" + strings.Join(secrets, ", ") + "]\n---\n"
	}
	text += "# Flood\n\n## Execution\n\n1. Print.\n\n   ```bash {name=flood effect=read}\n   " + script + "\n   ```\n"
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		tb.Fatal(err)
	}
	return path
}

// BenchmarkFlood records and follows an action that prints 100 MB, in turn with
// script(1) doing the same, and reports the median of the ratios pair by pair:
// without secrets, and with twelve that are looked for.
func BenchmarkFlood(b *testing.B) {
	b.Run("plain", func(b *testing.B) { benchmarkFlood(b, nil) })
	b.Run("secrets", func(b *testing.B) {
		var names, env []string
		for i := range 12 {
			name := fmt.Sprintf("SECRET_%d_TOKEN", i)
			names = append(names, name)
			env = append(env, fmt.Sprintf("%s=%x", name, sha256.Sum256([]byte(name))))
		}
		benchmarkFlood(b, env, names...)
	})
}

func benchmarkFlood(b *testing.B, secrets []string, names ...string) {
	path := runbookOf(b, flood, names...)
	var ratios, seconds []float64
	for b.Loop() {
		env := append(append(os.Environ(), "XDG_STATE_HOME="+b.TempDir()), secrets...)
		ours := timed(b, env, binary, "run", path, "--auto")
		theirs := timed(b, env, "script", "-q", "-c", flood, "/dev/null")
		ratios, seconds = append(ratios, ours/theirs), append(seconds, ours)
	}
	b.ReportMetric(median(seconds), "s/action")
	b.ReportMetric(median(ratios), "x-script")
}

func timed(b *testing.B, env []string, name string, args ...string) float64 {
	b.Helper()
	cmd := exec.Command(name, args...)
	cmd.Env = env
	began := time.Now()
	if err := cmd.Run(); err != nil {
		b.Fatalf("%s: %v", name, err)
	}
	return time.Since(began).Seconds()
}

func median(values []float64) float64 {
	slices.Sort(values)
	return values[len(values)/2]
}

// BenchmarkFloodMemory lets an action print without end in the full screen and
// reports what the screen and its server hold in memory.
func BenchmarkFloodMemory(b *testing.B) {
	for b.Loop() {
		env := home(b)
		term := open(b, options{cols: 120, rows: 40, env: append(env, "LC_ALL=C.UTF-8")}, "run", runbookOf(b, "yes 0123456789012345678901234567890123456789"))
		trustAndBegin(term)
		term.see("enter run flood")
		term.starts(shows("flood is running"))
		term.see("00:10 ")
		server := serverOf(b, runDir(b, env))
		b.ReportMetric(resident(b, term.cmd.Process.Pid), "MB-screen")
		b.ReportMetric(resident(b, server), "MB-server")
		term.act("ctrl+c", lacks("flood is running"))
	}
}

// BenchmarkKeysInFlood moves the cursor of the step list while an action prints
// without end, lines or one endless line, and reports how long a key takes to show
// at the 99th percentile, and the most memory that the screen and its server held.
// A minute of it is -benchtime 600x.
func BenchmarkKeysInFlood(b *testing.B) {
	for _, tc := range []struct{ name, script string }{
		{"lines", "yes 0123456789012345678901234567890123456789"},
		{"line", `tr '\0' x </dev/zero`},
	} {
		b.Run(tc.name, func(b *testing.B) {
			env := home(b)
			path := runbookOf(b, tc.script)
			more, err := os.OpenFile(path, os.O_APPEND|os.O_WRONLY, 0)
			if err != nil {
				b.Fatal(err)
			}
			_, err = more.WriteString("\n2. Afterwards.\n")
			if err = errors.Join(err, more.Close()); err != nil {
				b.Fatal(err)
			}
			term := open(b, options{cols: 120, rows: 40, env: env}, "run", path, "--lang", "en")
			trustAndBegin(term)
			term.see("enter run flood")
			term.starts(shows("flood is running"))
			server := serverOf(b, runDir(b, env))
			var took []float64
			for b.Loop() {
				for _, move := range []struct{ key, shown string }{{"j", "›○ 2"}, {"k", "›▶ 1"}} {
					time.Sleep(time.Duration(30+rand.IntN(40)) * time.Millisecond)
					began := time.Now()
					term.press(move.key)
					term.see(move.shown)
					took = append(took, float64(time.Since(began).Microseconds())/1000)
				}
			}
			slices.Sort(took)
			b.ReportMetric(took[len(took)*99/100], "ms-p99")
			b.ReportMetric(median(took), "ms-p50")
			b.ReportMetric(peak(b, term.cmd.Process.Pid)+peak(b, server), "MB-both")
			term.act("ctrl+c", lacks("flood is running"))
		})
	}
}

// resident returns how much memory of a process is resident, in MB.
func resident(b *testing.B, pid int) float64 {
	b.Helper()
	return memory(b, pid, "VmRSS:")
}

// peak returns the most memory of a process that ever was resident, in MB.
func peak(b *testing.B, pid int) float64 {
	b.Helper()
	return memory(b, pid, "VmHWM:")
}

func memory(b *testing.B, pid int, what string) float64 {
	b.Helper()
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		b.Fatal(err)
	}
	_, rest, _ := strings.Cut(string(status), what)
	kb, err := strconv.Atoi(strings.Fields(rest)[0])
	if err != nil {
		b.Fatal(err)
	}
	return float64(kb) / 1024
}
