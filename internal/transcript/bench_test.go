package transcript_test

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"runtime/debug"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"genia.ai/bitacora/internal/event"
	"genia.ai/bitacora/internal/transcript"
	"genia.ai/bitacora/internal/walk"
	"genia.ai/bitacora/runbooks"
)

func systemClock(tb testing.TB) transcript.Clock {
	tb.Helper()
	clock, err := transcript.NewSystemClock()
	if err != nil {
		tb.Fatal(err)
	}
	return clock
}

// BenchmarkAcknowledged compares events that are appended and synced with a bare
// loop that writes lines of the same length and calls fdatasync. Rounds of both
// alternate; the ratio is that of the median round.
func BenchmarkAcknowledged(b *testing.B) {
	const round = 50
	dir := b.TempDir()
	w, err := transcript.Create(transcript.OS{}, filepath.Join(dir, "run"), systemClock(b), nil)
	if err != nil {
		b.Fatal(err)
	}
	bare, err := os.OpenFile(filepath.Join(dir, "bare"), os.O_WRONLY|os.O_CREATE|os.O_EXCL|os.O_APPEND, 0o600)
	if err != nil {
		b.Fatal(err)
	}
	defer bare.Close()
	note := event.Event{Kind: event.KindNote, Step: "3.1", Data: event.Note{Text: "errors are going down since the rollback"}}
	acknowledged := func() time.Duration {
		began := time.Now()
		for range round {
			if _, err := w.Append("ana", "lead", note); err != nil {
				b.Fatal(err)
			}
			if _, err := w.Sync(); err != nil {
				b.Fatal(err)
			}
		}
		return time.Since(began)
	}
	acknowledged()
	info, err := os.Stat(filepath.Join(w.Dir(), "journal-0001.jsonl"))
	if err != nil {
		b.Fatal(err)
	}
	line := append(bytes.Repeat([]byte("x"), int(info.Size())/round-1), '\n')
	barely := func() time.Duration {
		began := time.Now()
		for range round {
			if _, err := bare.Write(line); err != nil {
				b.Fatal(err)
			}
			if err := unix.Fdatasync(int(bare.Fd())); err != nil {
				b.Fatal(err)
			}
		}
		return time.Since(began)
	}
	var ratios, times []float64
	for b.Loop() {
		// The order alternates too, so that neither always comes after the other.
		var ours, theirs time.Duration
		if len(ratios)%2 == 0 {
			ours = acknowledged()
			theirs = barely()
		} else {
			theirs = barely()
			ours = acknowledged()
		}
		ratios = append(ratios, ours.Seconds()/theirs.Seconds())
		times = append(times, ours.Seconds()/round)
	}
	b.ReportMetric(median(ratios), "ratio")
	b.ReportMetric(1/median(times), "events/s")
	if err := w.Close(); err != nil {
		b.Fatal(err)
	}
}

func median(values []float64) float64 {
	slices.Sort(values)
	return values[len(values)/2]
}

// BenchmarkReplay reads and replays a run of 100,000 events. MB is how much memory
// the whole process had at most, cpu-ms what it took of all cores together.
func BenchmarkReplay(b *testing.B) {
	const events = 100_000
	dir, plan := longRun(b, events)
	var peak, cpu, wall []float64
	for b.Loop() {
		b.StopTimer()
		debug.FreeOSMemory()
		if err := os.WriteFile("/proc/self/clear_refs", []byte("5"), 0); err != nil { // resets VmHWM, proc(5)
			b.Fatal(err)
		}
		cpuBefore, began := cpuTime(b), time.Now()
		b.StartTimer()
		t, err := transcript.Read(dir)
		if err != nil || t.Damage != nil || len(t.Events) != events {
			b.Fatalf("%v, %v, %d events", err, t.Damage, len(t.Events))
		}
		if state := walk.Replay(plan, t.Events); state.Seq != events {
			b.Fatalf("replayed up to %d", state.Seq)
		}
		wall = append(wall, float64(time.Since(began).Milliseconds()))
		cpu = append(cpu, float64((cpuTime(b) - cpuBefore).Milliseconds()))
		peak = append(peak, peakMB(b))
	}
	b.ReportMetric(median(wall), "ms/replay")
	b.ReportMetric(median(cpu), "cpu-ms/replay")
	b.ReportMetric(slices.Max(peak), "MB")
}

func cpuTime(tb testing.TB) time.Duration {
	var usage unix.Rusage
	if err := unix.Getrusage(unix.RUSAGE_SELF, &usage); err != nil {
		tb.Fatal(err)
	}
	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
}

// peakMB returns VmHWM.
func peakMB(tb testing.TB) float64 {
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		tb.Fatal(err)
	}
	for line := range strings.Lines(string(status)) {
		if value, ok := strings.CutPrefix(line, "VmHWM:"); ok {
			kb, err := strconv.Atoi(strings.Fields(value)[0])
			if err != nil {
				tb.Fatal(err)
			}
			return float64(kb) * 1024 / 1e6
		}
	}
	tb.Fatal("no VmHWM")
	return 0
}

// longRun records a walk that goes around in its steps.
func longRun(tb testing.TB, events int) (string, *walk.Plan) {
	tb.Helper()
	plan := walk.NewPlan(&runbooks.Runbook{Sequence: []*runbooks.Step{
		{ID: "3.1", Phase: runbooks.PhaseExecution, Actions: []*runbooks.Action{{ID: "revert", Name: "revert", Kind: runbooks.KindShell}}},
		{ID: "3.2", Phase: runbooks.PhaseExecution},
	}})
	w, err := transcript.Create(transcript.OS{}, filepath.Join(tb.TempDir(), "run"), systemClock(tb), nil)
	if err != nil {
		tb.Fatal(err)
	}
	exit := 0
	ended := event.Ending{
		Outcome: event.OutcomeOK, Exit: &exit, EndedAt: time.Date(2026, 11, 23, 8, 46, 0, 123456000, time.UTC), DurationMS: 1234, Tries: 1,
		Output: "outputs/1.log", Bytes: 1234, SHA256: "9f3a1c07e2f1a4b59f3a1c07e2f1a4b59f3a1c07e2f1a4b59f3a1c07e2f1a4b5",
		Captured: map[string]string{"status": "reverted"}, Vars: []string{"POD", "NODE"},
	}
	cycle := []event.Data{
		event.StepStarted{Text: "Revert the connector and watch the panel for two minutes."},
		event.ActionConfirmed{Action: "revert", Effect: "destructive", Target: "facebook", How: event.HowOperator},
		event.ActionStarted{
			Action: "revert", Name: "revert", ActKind: "shell", Effect: "destructive", Attempt: 1, Where: "/srv/genia",
			Command: "curl -fsS -X POST \"$GENIA_API/connectors/$connector/rollback\" -d \"version=$version\" | jq .",
			Values:  []string{"connector=facebook", "version=v1.4.2"},
		},
		event.ActionEnded{Action: "revert", Ending: ended},
		event.StepDone{How: event.HowOperator},
		event.Note{Text: "errors are going down since the rollback"},
		event.ParamSet{Name: "version", Value: "v1.4.2", Source: event.SourceOperator},
	}
	batch := []event.Event{{Kind: event.KindRunStarted, Data: event.RunStarted{Run: "r", Mode: event.ModeLive, Operator: "ana"}}}
	for n := 1; n < events; n++ {
		data := cycle[n%len(cycle)]
		batch = append(batch, event.Event{Kind: data.Kind(), Phase: "execution", Step: fmt.Sprintf("3.%d", 1+n/len(cycle)%2), Data: data})
	}
	for part := range slices.Chunk(batch, 1000) {
		if _, err := w.Append("ana", "lead", part...); err != nil {
			tb.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		tb.Fatal(err)
	}
	return w.Dir(), plan
}

// BenchmarkOutput keeps 100 MB of what an action prints, in the pieces in which a
// pipe gives it.
func BenchmarkOutput(b *testing.B) {
	const total, piece = 100_000_000, 64 << 10
	w, err := transcript.Create(transcript.OS{}, filepath.Join(b.TempDir(), "run"), systemClock(b), nil)
	if err != nil {
		b.Fatal(err)
	}
	text := bytes.Repeat([]byte("2026-11-23 08:46:00 connector facebook: request 1234 took 56 ms\n"), piece/64)
	for b.Loop() {
		out, err := w.Output()
		if err != nil {
			b.Fatal(err)
		}
		for left := total; left > 0; left -= piece {
			if err := out.Write("out", text[:min(left, piece)]); err != nil {
				b.Fatal(err)
			}
		}
		if _, err := out.Close(); err != nil {
			b.Fatal(err)
		}
	}
	b.SetBytes(total)
	b.ReportMetric(b.Elapsed().Seconds()/float64(b.N), "s/100MB")
	if err := w.Close(); err != nil {
		b.Fatal(err)
	}
}
