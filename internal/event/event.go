// Package event holds the facts that a transcript is made of, and nothing else.
//
// An Event is immutable once written. Its envelope says when, who and where in
// the walk; its Data says what, one type a kind. Members of a type only ever
// grow: readers ignore members that they do not know.
package event

import (
	"encoding/json"
	"maps"
	"slices"
	"time"
)

// Version is the transcript format that this package writes.
const Version = 1

// Kind names what happened.
type Kind string

// Event is one fact. Its JSON members, in this order, are: v epoch seq at
// mono_ms boot actor role phase step kind data dur prev crc.
type Event struct {
	V      int       // format version
	Epoch  int       // number of the journal file it stands in, from 1
	Seq    uint64    // position in the run, from 1, without gaps
	At     time.Time // UTC, microseconds
	MonoMS int64     // milliseconds of CLOCK_BOOTTIME
	Boot   string    // boot id that MonoMS counts from
	Actor  string    // who caused it: an operator, or "bitacora"
	Role   string    // role the actor had, or ""
	Phase  string    // phase of Step, or ""
	Step   string    // id of the step it is about, or ""
	Kind   Kind
	Data   Data
	Dur    uint64 // highest seq known synced when the line was written
	Prev   string // SHA-256 of the line before, hex
	CRC    string // CRC-32C of the line up to itself, hex
}

// Data is what an event of one kind says.
type Data interface {
	Kind() Kind
}

// Unknown is the data of a kind that this version does not know.
type Unknown struct {
	EventKind Kind
	Raw       json.RawMessage
}

// Kind returns the kind as it was read.
func (u Unknown) Kind() Kind { return u.EventKind }

// MarshalJSON returns the bytes that were read.
func (u Unknown) MarshalJSON() ([]byte, error) { return u.Raw, nil }

// DecodeData reads the data of a kind. Data of unknown kinds comes back as Unknown.
func DecodeData(kind Kind, raw []byte) (Data, error) {
	decode, known := decoders[kind]
	if !known {
		return Unknown{EventKind: kind, Raw: append(json.RawMessage(nil), raw...)}, nil
	}
	return decode(raw)
}

func into[T Data](raw []byte) (Data, error) {
	var data T
	if err := json.Unmarshal(raw, &data); err != nil {
		return nil, err
	}
	return data, nil
}

// decoders is the explicit table of the kinds that this version knows.
var decoders = map[Kind]func([]byte) (Data, error){
	KindRunStarted:      into[RunStarted],
	KindRunPaused:       into[RunPaused],
	KindRunResumed:      into[RunResumed],
	KindRunEnded:        into[RunEnded],
	KindRunReopened:     into[RunReopened],
	KindClientJoined:    into[ClientJoined],
	KindClientLeft:      into[ClientLeft],
	KindDriverChanged:   into[DriverChanged],
	KindRoleAssigned:    into[RoleAssigned],
	KindParamSet:        into[ParamSet],
	KindScenarioChanged: into[ScenarioChanged],
	KindPhaseEntered:    into[PhaseEntered],
	KindStepStarted:     into[StepStarted],
	KindStepDone:        into[StepDone],
	KindStepSkipped:     into[StepSkipped],
	KindStepReopened:    into[StepReopened],
	KindStepAccepted:    into[StepAccepted],
	KindStepTicked:      into[StepTicked],
	KindActionConfirmed: into[ActionConfirmed],
	KindActionStarted:   into[ActionStarted],
	KindActionEnded:     into[ActionEnded],
	KindChoiceMade:      into[ChoiceMade],
	KindUndoPushed:      into[UndoPushed],
	KindUndoDone:        into[UndoDone],
	KindAdhocStarted:    into[AdhocStarted],
	KindAdhocEnded:      into[AdhocEnded],
	KindNote:            into[Note],
	KindTodo:            into[Todo],
	KindMilestone:       into[Milestone],
	KindSeveritySet:     into[SeveritySet],
	KindCommsPlanned:    into[CommsPlanned],
	KindCommsSent:       into[CommsSent],
	KindRecovered:       into[Recovered],
	KindSuperseded:      into[Superseded],
	KindRunbookTrusted:  into[RunbookTrusted],
	KindRunbookChanged:  into[RunbookChanged],
}

// Kinds returns every kind that this version knows.
func Kinds() []Kind { return slices.Sorted(maps.Keys(decoders)) }

// Known reports whether this version knows the kind.
func Known(kind Kind) bool {
	_, ok := decoders[kind]
	return ok
}

// Title names what an event says: its kind, or driver.taken where the run was not handed
// over but taken.
func (e Event) Title() string {
	if data, ok := e.Data.(DriverChanged); ok && e.Actor == data.To {
		return "driver.taken"
	}
	return string(e.Kind)
}
