package walk

import "genia.ai/bitacora/internal/event"

// Deviation is a kind of deviation: something done otherwise than the runbook says.
type Deviation string

// Kinds of deviation. To undo something is none: the runbook itself says what reverts
// an action, as it says what repeats it; nor is a failure, until it is accepted.
const (
	DeviationSkip     Deviation = "skip"
	DeviationAccept   Deviation = "accept"
	DeviationReopen   Deviation = "reopen"
	DeviationAdhoc    Deviation = "adhoc"
	DeviationEdited   Deviation = "edited"   // a parameter was given another value
	DeviationInvented Deviation = "invented" // a value was made up for a rehearsal
	DeviationScenario Deviation = "scenario" // another alternative was chosen later
)

// DeviationOf tells what kind of deviation an event records, "" for none. The state is
// the one that the event met.
func DeviationOf(before State, ev event.Event) Deviation {
	switch data := ev.Data.(type) {
	case event.StepSkipped:
		return DeviationSkip
	case event.StepAccepted:
		return DeviationAccept
	case event.StepReopened:
		return DeviationReopen
	case event.AdhocStarted:
		return DeviationAdhoc
	case event.ScenarioChanged:
		if data.From != "" {
			return DeviationScenario
		}
	case event.ParamSet:
		known, had := before.Value(data.Name)
		switch {
		case data.Invented:
			return DeviationInvented
		case had && known.Text != data.Value && data.Source == event.SourceOperator:
			return DeviationEdited
		}
	}
	return ""
}
