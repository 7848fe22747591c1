package transcript

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"os"
	"path/filepath"

	"genia.ai/bitacora/internal/event"
)

// VerifyFiles checks what the journal says of the other files: the runbook's
// hash, and length and hash of every output. It returns the first difference.
func (t *Transcript) VerifyFiles() *DamageError {
	for _, ev := range t.Events {
		switch data := ev.Data.(type) {
		case event.RunStarted:
			if got := hashOf(t.Runbook); data.SHA256 != "" && got != data.SHA256 {
				return &DamageError{File: runbookName, Line: 1, Reason: "its SHA-256 is not the one that the start of the run recorded"}
			}
		case event.ActionEnded:
			if damage := t.verifyOutput(data.Ending); damage != nil {
				return damage
			}
		case event.AdhocEnded:
			if damage := t.verifyOutput(data.Ending); damage != nil {
				return damage
			}
		}
	}
	return nil
}

func (t *Transcript) verifyOutput(ending event.Ending) *DamageError {
	if ending.Output == "" {
		return nil
	}
	damage := &DamageError{File: ending.Output, Line: 1}
	if !filepath.IsLocal(ending.Output) || filepath.Dir(ending.Output) != outputsName {
		damage.Reason = "it is not the output of an action"
		return damage
	}
	content, err := readFile(filepath.Join(t.Dir, ending.Output))
	switch {
	case os.IsNotExist(err):
		damage.Reason = "it is missing"
	case err != nil:
		damage.Reason = err.Error()
	case int64(len(content)) != ending.Bytes:
		damage.Offset = min(int64(len(content)), ending.Bytes)
		damage.Line += bytes.Count(content[:damage.Offset], []byte("\n"))
		damage.Reason = fmt.Sprintf("it is %d bytes long; %d were recorded", len(content), ending.Bytes)
	case hashOf(content) != ending.SHA256:
		damage.Reason = "its SHA-256 is not the recorded one"
	default:
		return nil
	}
	return damage
}

func hashOf(content []byte) string {
	sum := sha256.Sum256(content)
	return hex.EncodeToString(sum[:])
}
