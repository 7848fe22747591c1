package transcript

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"slices"

	"genia.ai/bitacora/internal/event"
)

// Report is what a whole check of a transcript found.
type Report struct {
	Events   int            `json:"events"`
	Head     Head           `json:"head"` // of the last event that is intact
	Code     string         `json:"code"` // of Head
	Epochs   []Epoch        `json:"epochs"`
	Outputs  int            `json:"outputs"` // whose hash was checked
	Anchors  int            `json:"anchors"` // heads outside of the journal that agree with it
	Expected *Head          `json:"expected,omitempty"`
	Torn     int64          `json:"torn"`     // bytes of an unfinished last line
	Foreign  []Foreign      `json:"foreign"`  // bytes in the files that do not count
	Warnings []string       `json:"warnings"` // what weakens the check without being damage
	Damage   []*DamageError `json:"damage"`
}

// Err returns the first damage, or nil. Foreign bytes are no damage: they never
// count.
func (r Report) Err() error {
	if len(r.Damage) == 0 {
		return nil
	}
	return r.Damage[0]
}

// Verify checks everything there is: the chain and its checksums, the heads that
// were anchored, the copies of torn lines, the runbook, the output of every
// action, and that the expected head, which may be nil, is one of the run's.
func (t *Transcript) Verify(expect *Head) Report {
	r := Report{
		Events: len(t.Events), Head: t.LastHead(), Epochs: t.Epochs, Anchors: t.Anchors,
		Expected: expect, Foreign: t.Foreign, Warnings: slices.Clone(t.Doubts),
	}
	r.Code = r.Head.Code()
	if t.Torn != nil {
		r.Torn = int64(len(t.Torn.Bytes))
	}
	if t.Damage != nil {
		r.Damage = append(r.Damage, t.Damage)
	}
	if t.Anchors == 0 {
		r.Warnings = append(r.Warnings, "no head of this run is anchored outside of its journal: a cut at its end would not be seen")
	}
	if expect != nil {
		if damage := t.verifyExpected(*expect); damage != nil {
			r.Damage = append(r.Damage, damage)
		}
	}
	for _, ev := range t.Events {
		damage, output := t.verifyEvent(ev)
		if damage != nil {
			r.Damage = append(r.Damage, damage)
		}
		if output {
			r.Outputs++
		}
	}
	return r
}

// VerifyFiles checks what the journal says of the other files: the runbook's
// hash, length and hash of every output, and the copies of torn lines. It returns
// the first difference.
func (t *Transcript) VerifyFiles() *DamageError {
	for _, ev := range t.Events {
		if damage, _ := t.verifyEvent(ev); damage != nil {
			return damage
		}
	}
	return nil
}

func (t *Transcript) verifyExpected(expect Head) *DamageError {
	count := uint64(len(t.Events))
	if expect.Seq == 0 {
		for seq := range count + 1 {
			if expect.matches(t.hashAt(seq)) && seq > 0 {
				return nil
			}
		}
	}
	if expect.Seq > 0 && expect.Seq <= count && expect.matches(t.hashAt(expect.Seq)) {
		return nil
	}
	if expect.Seq > count || expect.Seq == 0 {
		damage := t.place(count + 1)
		damage.Reason = fmt.Sprintf("the expected head %s is not there", expect.typed())
		return damage
	}
	damage := t.place(expect.Seq)
	damage.Reason = fmt.Sprintf("event %d is %s; %s was expected, so it or something before it was changed", expect.Seq,
		Head{Seq: expect.Seq, Hash: t.hashAt(expect.Seq)}.Code(), expect.typed())
	return damage
}

// verifyEvent checks the file that an event speaks of; output says that it is
// that of an action.
func (t *Transcript) verifyEvent(ev event.Event) (damage *DamageError, output bool) {
	switch data := ev.Data.(type) {
	case event.RunStarted:
		if got := hashOf(t.Runbook); data.SHA256 != "" && got != data.SHA256 {
			return &DamageError{File: runbookName, Line: 1, Reason: "its SHA-256 is not the one that the start of the run recorded"}, false
		}
	case event.ActionEnded:
		return t.verifyOutput(data.Ending), data.Output != ""
	case event.AdhocEnded:
		return t.verifyOutput(data.Ending), data.Output != ""
	case event.Recovered:
		return t.verifyTorn(data.Seal), false
	case event.Superseded:
		return t.verifyTorn(data.Seal), false
	}
	return nil, false
}

func (t *Transcript) verifyTorn(seal event.Seal) *DamageError {
	if seal.TornFile == "" {
		return nil
	}
	content, err := t.tornCopy(&seal)
	switch {
	case err != nil:
		return &DamageError{File: seal.TornFile, Line: 1, Reason: err.Error()}
	case int64(len(content)) != seal.Torn || hashOf(content) != seal.TornSHA:
		return &DamageError{File: seal.TornFile, Line: 1, Reason: "it is not the copy of the torn line that was recorded"}
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
