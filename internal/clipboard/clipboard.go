// Package clipboard makes the control sequence that asks a terminal to copy a text
// (OSC 52). It works through SSH, because the terminal at the operator's end copies.
//
// Only a text that the operator asked to copy may be given to it. The sequence holds
// the text in base64, so that nothing in it can drive the terminal.
package clipboard

import (
	"encoding/base64"
	"errors"
)

// maxBytes is what every terminal that copies takes.
const maxBytes = 48 << 10

// ErrTooLong says that a text is more than terminals take.
var ErrTooLong = errors.New("the text is too long for the clipboard of a terminal")

// Sequence returns what to write to the terminal, whole, to have a text copied.
// Whether it is nobody tells: terminals do not answer. Errors: ErrTooLong.
func Sequence(text string) (string, error) {
	if len(text) > maxBytes {
		return "", ErrTooLong
	}
	return "\x1b]52;c;" + base64.StdEncoding.EncodeToString([]byte(text)) + "\a", nil
}
