package transcript

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"testing"

	"golang.org/x/sys/unix"
)

// limitedDir names the environment variable that makes the test binary record
// into a directory until that fails.
const limitedDir = "BITACORA_TEST_LIMITED_DIR"

// recordUntilItFails acknowledges events on its standard output. After the first
// failure it records the end of what was running, and says so.
func recordUntilItFails(dir string) int {
	w, err := Store{Root: dir, Disk: OS{}}.Create(runID, false, newTick(), []byte("# Title\n"))
	if err != nil {
		fmt.Println("create:", err)
		return 1
	}
	for {
		if _, err = w.Append("ana", "", note(strings.Repeat("x", 1000))); err != nil {
			break
		}
		seq, err := w.Sync()
		if err != nil {
			break
		}
		fmt.Println(seq)
	}
	if !errors.Is(w.Failed(), unix.EFBIG) {
		fmt.Println("failed otherwise:", w.Failed())
		return 1
	}
	if _, err := w.Output(); !errors.Is(err, ErrFailed) {
		fmt.Println("an action may start:", err)
		return 1
	}
	if _, err := w.Rescue(recovered); err != nil {
		fmt.Println("rescue:", err)
		return 1
	}
	if _, err := w.Append("bitacora", "", ended()); err != nil {
		fmt.Println("append:", err)
		return 1
	}
	if err := w.Close(); err != nil {
		fmt.Println("close:", err)
		return 1
	}
	return 0
}

// TestFileSizeLimit runs a real process against a real limit, in the middle of a
// record.
func TestFileSizeLimit(t *testing.T) {
	dir := t.TempDir()
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command("sh", "-c", `ulimit -f 200 && exec "$0"`, exe)
	cmd.Env = append(os.Environ(), limitedDir+"="+dir)
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	lines := strings.Fields(string(out))
	acked, err := strconv.Atoi(lines[len(lines)-1])
	if err != nil || acked < 10 {
		t.Fatalf("acknowledged: %v, %v", lines, err)
	}
	got := read(t, Store{Root: dir}.Location(runID, false))
	if got.Damage != nil || got.Torn != nil || got.VerifyFiles() != nil || len(got.Foreign) > 0 {
		t.Fatalf("%v, %v, %+v", got.Damage, got.Torn, got.Foreign)
	}
	if len(got.Events) != acked+2 || got.Epochs[1].Number != 2 || !strings.HasSuffix(texts(got), "recovered, action.ended") {
		t.Errorf("%d events were acknowledged, %d are there", acked, len(got.Events))
	}
	if info, err := os.Stat(journal(got.Dir, 1)); err != nil || info.Size() == got.Epochs[0].Size {
		t.Errorf("the limit did not cut a record: %v, %v", info, err)
	}
}
