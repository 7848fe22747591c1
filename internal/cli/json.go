package cli

import (
	"bytes"
	"encoding/json"
	"io"

	"genia.ai/bitacora/internal/sanitize"
)

// writeJSON prints a value as indented JSON in which nothing can drive the
// terminal: JSON itself leaves the C1 controls and hidden characters of a
// runbook as they are.
func writeJSON(w io.Writer, value any) error {
	var text bytes.Buffer
	encoder := json.NewEncoder(&text)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	if err := encoder.Encode(value); err != nil {
		return err
	}
	_, err := w.Write(sanitize.JSON(text.Bytes()))
	return err
}
