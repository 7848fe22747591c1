// Package export turns a recorded run into a document for the post-mortem.
//
// It guarantees: everything in a document comes from the record; nothing that
// was recorded, in the runbook or printed by an action can break the document's
// structure or drive the terminal of who reads it; a run that is incomplete or
// damaged is exported as far as it goes and says so. The JSON form is a public
// contract (schema bitacora/export/v1) whose members only ever grow.
package export

import (
	"encoding/json"
	"fmt"
	"io"
	"time"

	"genia.ai/bitacora/internal/event"
	"genia.ai/bitacora/internal/walk"
)

// Schema names the JSON contract.
const Schema = "bitacora/export/v1"

// Record is a run as it was read back.
type Record struct {
	Plan   *walk.Plan
	Events []event.Event
	// ReadOutput returns what an action printed, by its file's path in the
	// record, and whether the text was cut short. nil: outputs are only named.
	ReadOutput func(path string) (text string, truncated bool, err error)
	// Head is the seq and the hash of the last line of the record, "" = not known.
	Head string
	// Damage says what is wrong with the transcript, "" = nothing.
	Damage string
}

// Options of the Markdown form.
type Options struct {
	// T gives the texts by their ids, args being pairs of a name and a value.
	T func(id string, args ...any) string
	// Took and Span write how long something lasted, and a duration that somebody set;
	// nil: as Go does.
	Took, Span func(time.Duration) string
	// Told translates what an executor reported; nil: it stands as recorded.
	Told func(text string) string
	// Location of the local times that stand beside UTC; nil or UTC: none.
	Location *time.Location
	// MaxOutput bounds the bytes shown of one output, 0 = 8000. What is too
	// long is cut in the middle.
	MaxOutput int
}

const defaultMaxOutput = 8000

// JSON writes the run as one JSON object. Errors are those of the writer.
func JSON(w io.Writer, record Record) error {
	encoder := json.NewEncoder(w)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	doc, _ := build(record)
	if err := encoder.Encode(doc); err != nil {
		return fmt.Errorf("write the export: %w", err)
	}
	return nil
}

// Markdown writes the run as a GitHub-flavoured Markdown document. Errors are
// those of the writer.
func Markdown(w io.Writer, record Record, opts Options) error {
	if opts.MaxOutput <= 0 {
		opts.MaxOutput = defaultMaxOutput
	}
	doc, end := build(record)
	p := &page{doc: doc, record: record, opts: opts, end: end}
	p.index()
	p.write()
	if _, err := io.WriteString(w, p.text.String()); err != nil {
		return fmt.Errorf("write the export: %w", err)
	}
	return nil
}
