package cli

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"genia.ai/bitacora/internal/transcript"
)

// TestSeizureKillsOnlyWhoDidNotAnswer takes over a run that somebody else has
// taken over since its server did not answer: that one is left alone.
func TestSeizureKillsOnlyWhoDidNotAnswer(t *testing.T) {
	a := &app{clock: transcript.SystemClock{}, env: os.LookupEnv}
	dir := filepath.Join(t.TempDir(), "run")
	if err := os.Mkdir(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	other := exec.Command("sleep", "60")
	if err := other.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- other.Wait() }()
	defer func() {
		_ = other.Process.Kill() // it may be gone
		<-ended
	}()
	start, err := transcript.ProcessStart(other.Process.Pid)
	if err != nil {
		t.Fatal(err)
	}
	holder := transcript.Holder{PID: other.Process.Pid, Start: start, Boot: a.clock.BootID(), Operator: "bea"}
	lock, err := transcript.AcquireLock(dir, holder)
	if err != nil {
		t.Fatal(err)
	}
	before := holder
	before.Start--
	var locked *transcript.LockedError
	if _, _, err := a.lockAgain(t.Context(), dir, &seizure{Reason: "wedged", Holder: before}); !errors.As(err, &locked) || locked.Holder.Operator != "bea" {
		t.Errorf("take over from another server: %v", err)
	}
	if !holder.Lives(a.clock.BootID()) {
		t.Error("a server that nobody found wedged was killed")
	}
	if err := lock.Release(); err != nil {
		t.Fatal(err)
	}
}
