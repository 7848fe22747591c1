package transcript

import "genia.ai/bitacora/internal/event"

// Line returns the journal line of an event, without its LF. It is also how
// events travel between a run server and its front ends.
func Line(ev event.Event) ([]byte, error) { return encode(ev) }

// ParseLine reads what Line returns, as strictly as a journal is read.
func ParseLine(line []byte) (event.Event, error) { return decode(line) }
