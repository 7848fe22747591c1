package event

// Kinds about the record itself and the text that is run.
const (
	KindRecovered      Kind = "recovered"
	KindSuperseded     Kind = "superseded"
	KindRunbookTrusted Kind = "runbook.trusted"
	KindRunbookChanged Kind = "runbook.changed"
)

// Seal says up to where the journal file of the epoch before counts. Bytes that
// appear in that file behind Size, other than those of Torn, are foreign.
type Seal struct {
	File string `json:"file"` // journal-0001.jsonl
	Size int64  `json:"size"` // bytes that count
	Head string `json:"head"` // SHA-256 of its last line that counts, hex

	Torn     int64  `json:"torn"`      // bytes of a last line that was never finished
	TornSHA  string `json:"torn_sha"`  // their SHA-256, "" when there are none
	TornFile string `json:"torn_file"` // the copy of them, or ""
}

// Recovered is the first event of a new epoch after a torn tail or a failed
// write: what was found, and what is not known any more.
type Recovered struct {
	Seal
	Reason  string     `json:"reason"`
	Unknown []string   `json:"unknown"` // ids of actions whose end is not known
	Lost    []LostVars `json:"lost"`    // variables that the lost server held
}

// LostVars names variables that are gone, and the step that set them.
type LostVars struct {
	Step   string   `json:"step"`
	Action string   `json:"action"`
	Names  []string `json:"names"`
}

// Superseded is the first event of a new epoch after a take-over from a server
// that did not answer.
type Superseded struct {
	Seal
	PID     int        `json:"pid"` // of the server that was replaced
	By      string     `json:"by"`  // operator
	Reason  string     `json:"reason"`
	Unknown []string   `json:"unknown"`
	Lost    []LostVars `json:"lost"`
}

// RunbookTrusted says that the operator accepted the text to be run.
type RunbookTrusted struct {
	SHA256   string `json:"sha256"`
	Path     string `json:"path"`
	Previous string `json:"previous"` // SHA-256 that was trusted before, "" on first use
}

// RunbookChanged says that the runbook's own file is no longer what this run runs.
type RunbookChanged struct {
	Path   string `json:"path"`
	SHA256 string `json:"sha256"` // of the file now, "" when it is gone
}

// Kind implements Data.
func (Recovered) Kind() Kind { return KindRecovered }

// Kind implements Data.
func (Superseded) Kind() Kind { return KindSuperseded }

// Kind implements Data.
func (RunbookTrusted) Kind() Kind { return KindRunbookTrusted }

// Kind implements Data.
func (RunbookChanged) Kind() Kind { return KindRunbookChanged }
