package cli

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"genia.ai/bitacora/internal/event"
	"genia.ai/bitacora/internal/session"
)

// trustStore remembers, for one user, which text of each runbook file was accepted:
// one file a path, named by the path's hash, that holds the text's hash and the path.
type trustStore struct{ dir string }

func (a *app) trustStore() (trustStore, error) {
	store, err := a.store()
	return trustStore{filepath.Join(store.Root, "trusted")}, err
}

func (s trustStore) file(path string) string {
	sum := sha256.Sum256([]byte(path))
	return filepath.Join(s.dir, hex.EncodeToString(sum[:]))
}

// accepted returns the hash of the text that was accepted for a path, or "".
func (s trustStore) accepted(path string) (string, error) {
	content, err := os.ReadFile(s.file(path))
	if errors.Is(err, fs.ErrNotExist) {
		return "", nil
	}
	if err != nil {
		return "", fmt.Errorf("read which runbooks are trusted: %w", err)
	}
	hash, _, _ := strings.Cut(string(content), " ")
	return strings.TrimSpace(hash), nil
}

// accept remembers the text of a path. The file appears whole or not at all.
func (s trustStore) accept(path, hash string) error {
	if err := os.MkdirAll(s.dir, 0o700); err != nil {
		return fmt.Errorf("remember that the runbook is trusted: %w", err)
	}
	temp, err := os.CreateTemp(s.dir, ".new-*")
	if err != nil {
		return fmt.Errorf("remember that the runbook is trusted: %w", err)
	}
	defer func() { _ = os.Remove(temp.Name()) }() // it is gone when it was renamed
	_, err = fmt.Fprintf(temp, "%s %s\n", hash, path)
	err = errors.Join(err, temp.Close())
	if err == nil {
		err = os.Rename(temp.Name(), s.file(path))
	}
	if err != nil {
		return fmt.Errorf("remember that the runbook is trusted: %w", err)
	}
	return nil
}

// trust says what the operator knows of the text that is about to be run.
func (p *preparation) trust(a *app) session.Trust {
	t := session.Trust{State: session.TrustShipped, SHA256: p.rb.Source.SHA256, Path: p.rb.path}
	if p.isShipped() {
		return t
	}
	t.Path = p.origin()
	t.State = session.TrustNew
	store, err := a.trustStore()
	if err != nil {
		return t
	}
	t.Previous, err = store.accepted(t.Path)
	switch {
	case err != nil || t.Previous == "":
	case t.Previous == t.SHA256:
		t.State = session.TrustKnown
	default:
		t.State = session.TrustChanged
	}
	return t
}

// keepTrust remembers what the operator accepted, when it is on record. That it
// could not be remembered only means being asked again.
func (a *app) keepTrust(ev event.Event) {
	accepted, ok := ev.Data.(event.RunbookTrusted)
	if !ok || accepted.Path == "" {
		return
	}
	if store, err := a.trustStore(); err == nil {
		_ = store.accept(accepted.Path, accepted.SHA256)
	}
}
