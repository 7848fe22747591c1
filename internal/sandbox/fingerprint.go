package sandbox

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
)

// Fingerprint is a SHA-256, in hex, over everything that an action could change:
// what the admin, notice, report and status APIs hold, every request that wanted
// to change something (refused ones too), every message of the mail sink, and
// name, mode and content of every file of repository, served tree and mail.
// Reading, the passing of time and the error rates do not change it.
func (s *Service) Fingerprint() (string, error) {
	sum := sha256.New()
	enc := json.NewEncoder(sum)
	if err := enc.Encode(s.state.snapshot()); err != nil {
		return "", fmt.Errorf("practice service: fingerprint: %w", err)
	}
	if err := enc.Encode(s.mail.messages()); err != nil {
		return "", fmt.Errorf("practice service: fingerprint: %w", err)
	}
	for _, tree := range []string{"repo", "staging", "mail"} {
		if err := hashTree(sum, s.dir, tree); err != nil {
			return "", fmt.Errorf("practice service: fingerprint: %w", err)
		}
	}
	return hex.EncodeToString(sum.Sum(nil)), nil
}

// hashTree adds every entry below root/tree, in lexical order. Lengths stand
// before contents, so that no two trees read the same.
func hashTree(into io.Writer, root, tree string) error {
	return filepath.WalkDir(filepath.Join(root, tree), func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		name, err := filepath.Rel(root, path)
		if err != nil {
			return err
		}
		info, err := entry.Info()
		if err != nil {
			return err
		}
		var content []byte
		switch {
		case info.Mode().IsRegular():
			content, err = os.ReadFile(path)
		case info.Mode()&fs.ModeSymlink != 0:
			var to string
			to, err = os.Readlink(path)
			content = []byte(to)
		}
		if err != nil {
			return err
		}
		if _, err := fmt.Fprintf(into, "%q %v %d\n", name, info.Mode(), len(content)); err != nil {
			return err
		}
		_, err = into.Write(content)
		return err
	})
}
