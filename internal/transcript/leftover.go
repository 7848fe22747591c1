package transcript

import (
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"

	"genia.ai/bitacora/internal/event"
)

// Leftover returns the output that an action left whose end is not on record: the
// last output file, when no end names it. The second result is false when there is
// none.
func (t *Transcript) Leftover() (OutputSummary, bool, error) {
	last, err := lastOutput(t.Dir)
	if err != nil || last == 0 {
		return OutputSummary{}, false, err
	}
	path := filepath.Join(outputsName, fmt.Sprintf("%d.log", last))
	for _, ev := range t.Events {
		switch data := ev.Data.(type) {
		case event.ActionEnded:
			if data.Output == path {
				return OutputSummary{}, false, nil
			}
		case event.AdhocEnded:
			if data.Output == path {
				return OutputSummary{}, false, nil
			}
		}
	}
	content, err := readFile(filepath.Join(t.Dir, path))
	if errors.Is(err, fs.ErrNotExist) {
		return OutputSummary{}, false, nil
	}
	if err != nil {
		return OutputSummary{}, false, fmt.Errorf("read the output that was left: %w", err)
	}
	return OutputSummary{Path: path, Bytes: int64(len(content)), SHA256: hashOf(content)}, true, nil
}
