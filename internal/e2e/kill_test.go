package e2e

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"genia.ai/bitacora/internal/runserver"
	"genia.ai/bitacora/internal/transcript"
	"genia.ai/bitacora/internal/walk"
)

// kills is how often the server is killed, and killsPerRun how often one run is
// gone on with before a new one is begun.
const (
	kills       = 500
	killsPerRun = 25
)

// TestKilledServerLosesNothingAcknowledged kills the server at random instants of a
// run that appends continuously. Every event that was acknowledged on the protocol
// is on disk, the chain verifies, and the run goes on.
func TestKilledServerLosesNothingAcknowledged(t *testing.T) {
	const workers = 2
	var wg sync.WaitGroup
	var acked atomic.Int64
	for worker := range workers {
		wg.Go(func() {
			random := rand.New(rand.NewPCG(uint64(worker), 46))
			for range kills / killsPerRun / workers {
				acked.Add(killOneRun(t, random))
			}
		})
	}
	wg.Wait()
	if acked.Load() < kills {
		t.Errorf("only %d events were acknowledged between %d kills: the test proves little", acked.Load(), kills)
	}
	t.Logf("%d kills, %d acknowledged events", kills, acked.Load())
}

// killOneRun begins a run and kills its server again and again. It returns how many
// events were acknowledged.
func killOneRun(t *testing.T, random *rand.Rand) int64 {
	env := home(t)
	path := filepath.Join(t.TempDir(), "note.md")
	text := "# Note\n\n## Execution\n\n1. Wait.\n"
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Error(err)
		return 0
	}
	var acked int64
	spec := map[string]any{"source": []byte(text), "name": "note", "path": path, "idle": time.Minute}
	for range killsPerRun {
		ready, err := spawn(t, env, spec)
		if err != nil {
			t.Errorf("the run does not go on: %v", err)
			return acked
		}
		last, n := appendUntilKilled(t, ready.Dir, time.Duration(random.IntN(40_000))*time.Microsecond)
		acked += n
		got, err := transcript.Read(ready.Dir)
		switch {
		case err != nil:
			t.Errorf("read: %v", err)
		case got.Damage != nil:
			t.Errorf("damage: %v", got.Damage)
		case len(got.Events) == 0 || got.Events[len(got.Events)-1].Seq < last:
			t.Errorf("event %d was acknowledged and is gone; %d are there", last, len(got.Events))
		}
		spec = map[string]any{"resume": ready.Dir, "idle": time.Minute}
	}
	return acked
}

// spawn starts a run server of the built binary in an environment of its own.
func spawn(t *testing.T, env []string, spec any) (runserver.Ready, error) {
	t.Helper()
	command := append([]string{"env", "-i"}, env...)
	return runserver.Spawn(t.Context(), append(command, binary, "serve-run"), os.Environ(), spec)
}

// appendUntilKilled appends notes as fast as they are acknowledged, until the
// server is killed after a while. It returns the last acknowledged seq and how many
// there were.
func appendUntilKilled(t *testing.T, dir string, after time.Duration) (last uint64, n int64) {
	holder, err := transcript.ReadHolder(dir)
	if err != nil {
		t.Error(err)
		return 0, 0
	}
	client, err := runserver.Dial(t.Context(), dir, runserver.Hello{FrontEnd: "test", Client: "c", Operator: "ana", Host: "h", Drive: true})
	if err != nil {
		t.Errorf("dial: %v", err)
		_ = unix.Kill(holder.PID, unix.SIGKILL)
		return 0, 0
	}
	killed := time.AfterFunc(after, func() { _ = unix.Kill(holder.PID, unix.SIGKILL) })
	defer killed.Stop()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	for {
		ack, err := client.Do(ctx, walk.WriteNote{Text: fmt.Sprintf("note %d %s", n, strings.Repeat("x", int(n)%300))})
		if err != nil {
			break
		}
		last, n = ack.Seq, n+1
	}
	_ = client.Close() // the connection is gone with the server
	return last, n
}
