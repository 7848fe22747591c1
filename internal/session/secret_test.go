package session

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"genia.ai/bitacora/actions"
	"genia.ai/bitacora/internal/event"
	"genia.ai/bitacora/internal/transcript"
	"genia.ai/bitacora/internal/walk"
)

// given runs the action that lacks a secret and returns everything that a front
// end was told and that lies on disk.
func (f *fixture) ranWithout(t *testing.T, action string) string {
	t.Helper()
	at, err := f.Attach(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer at.Feed.Close()
	f.do(walk.Run{Action: action})
	until(t, at.Feed, event.KindActionEnded)
	var all strings.Builder
	err = filepath.WalkDir(f.dir, func(path string, entry os.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		content, err := os.ReadFile(path)
		all.Write(content)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return all.String()
}

func TestGivenSecretIsUsedMaskedAndNowhereKept(t *testing.T) {
	const first, second = "first-value-1", "second-value-2"
	printed := ""
	f := open(t, transcript.OS{}, func(_ context.Context, req actions.Request, sink actions.Sink) actions.Result {
		printed = req.Secrets["OTHER"]
		sink.Write(actions.StreamOut, []byte("it is "+req.Secrets["OTHER"]+" and was "+first))
		return actions.Result{Outcome: actions.OutcomeOK, Reason: printed}
	})
	f.begin()
	for _, value := range []string{first, second} {
		if err := f.GiveSecret(t.Context(), "OTHER", value); err != nil {
			t.Fatal(err)
		}
		stored := f.ranWithout(t, "lacks")
		if printed != value {
			t.Errorf("the action got %q", printed)
		}
		if strings.Contains(stored, first) || strings.Contains(stored, second) {
			t.Errorf("stored:\n%s", stored)
		}
	}
	at, err := f.Attach(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer at.Feed.Close()
	updates, err := at.Feed.Next(t.Context())
	for _, u := range updates {
		if out, ok := u.(OutputPrinted); ok && (strings.Contains(out.Text, first) || strings.Contains(out.Text, second)) {
			t.Errorf("told %q", out.Text)
		}
	}
	if err != nil {
		t.Error(err)
	}
}

func TestSecretsThatAreNotTaken(t *testing.T) {
	release := make(chan struct{})
	f := open(t, transcript.OS{}, func(context.Context, actions.Request, actions.Sink) actions.Result {
		<-release
		return actions.Result{Outcome: actions.OutcomeOK}
	})
	f.begin()
	f.do(walk.SetParam{Name: "free", Value: "a text with known-words in it"})
	refused := func(name, value string, want SecretReason) {
		t.Helper()
		var given *SecretError
		if err := f.GiveSecret(t.Context(), name, value); !errors.As(err, &given) || given.Reason != want || given.Name != name {
			t.Errorf("%s: %v, want %s", name, err, want)
		}
	}
	refused("NONE", "long-enough", SecretUnknown)
	refused("OTHER", "abcde", SecretShort)
	refused("OTHER", "", SecretShort)
	refused("OTHER", "two\nlines-of-it", SecretForm)
	refused("OTHER", "known-words", SecretRecorded)
	at, err := f.Attach(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer at.Feed.Close()
	f.do(walk.Run{Action: "act"})
	refused("OTHER", "long-enough", SecretBusy)
	close(release)
	until(t, at.Feed, event.KindActionEnded)
	if err := f.GiveSecret(t.Context(), "OTHER", "long-enough"); err != nil {
		t.Error(err)
	}
}
