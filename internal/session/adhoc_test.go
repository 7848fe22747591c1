package session

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"genia.ai/bitacora/actions"
	"genia.ai/bitacora/internal/event"
	"genia.ai/bitacora/internal/transcript"
	"genia.ai/bitacora/internal/walk"
)

// TestWhereACommandOfTheOperatorRunsIsSaidBefore: in the directory that the shell of the
// run is in by then, which is also what is recorded.
func TestWhereACommandOfTheOperatorRunsIsSaidBefore(t *testing.T) {
	f := open(t, transcript.OS{}, ok)
	f.opts.Registry = actions.Live(actions.LiveOptions{Environ: []string{"PATH=" + os.Getenv("PATH")}})
	dir := t.TempDir()
	f.opts.Dir = dir
	f.begin()
	attachment, err := f.Attach(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	where := func(command string) string {
		t.Helper()
		preview, err := f.Preview(t.Context(), AdhocPreview(command))
		if err != nil {
			t.Fatal(err)
		}
		return preview.Where
	}
	if got := where("pwd"); got != dir {
		t.Errorf("at first %q, not %q", got, dir)
	}
	f.do(walk.Adhoc{Command: "mkdir -p below && cd below"})
	until(t, attachment.Feed, event.KindAdhocEnded)
	below := filepath.Join(dir, "below")
	if got := where("pwd"); got != below {
		t.Errorf("a command would run in %q, not %q", got, below)
	}
	if got := where(""); got != below {
		t.Errorf("a shell would be opened in %q, not %q", got, below)
	}
	ack := f.do(walk.Adhoc{Command: "pwd"})
	if started := ack.Events[0].Data.(event.AdhocStarted); started.Where != below {
		t.Errorf("recorded %+v", started)
	}
	if printed := text(until(t, attachment.Feed, event.KindAdhocEnded)); strings.TrimSpace(printed) != below {
		t.Errorf("it ran in %q", printed)
	}
}
