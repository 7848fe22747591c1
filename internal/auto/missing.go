package auto

import (
	"fmt"
	"slices"
	"strings"

	"genia.ai/bitacora/internal/i18n"
)

// NeedKind says what is missing.
type NeedKind string

// What can be missing.
const (
	NeedParam    NeedKind = "param"
	NeedScenario NeedKind = "scenario"
	NeedChoice   NeedKind = "choice"
	NeedConfirm  NeedKind = "confirm"
	NeedInput    NeedKind = "input"
	NeedTarget   NeedKind = "target" // of a destructive action
	NeedSecret   NeedKind = "secret"
	NeedPick     NeedKind = "alternative" // of a block that holds several
	NeedLimit    NeedKind = "limit"       // a timeout for a block that never ends
	NeedTerminal NeedKind = "terminal"    // of an interactive action: no flag gives it
)

// Need is something that the walk would have to ask.
type Need struct {
	Kind      NeedKind
	Name      string   // of the parameter, secret or action; "" for the scenario
	Label     string   // the question, or ""
	Options   []string // what can be answered, when that is known
	Scenarios []string // of a choice that picks the scenario: what --scenario could say
	Step      string   // id of the step that asks, or ""
	When      string   // "scenario=a | scenario=b": only then; "" = always
}

func (n Need) key() string { return string(n.Kind) + " " + n.Name }

func (n Need) same(other Need) bool { return n.key() == other.key() }

// Flag returns how the need is met on the command line.
func (n Need) Flag() string {
	value := "…"
	if len(n.Options) > 0 {
		value = strings.Join(n.Options, "|")
	}
	switch n.Kind {
	case NeedParam:
		return FlagParam + " " + n.Name + "=" + value
	case NeedScenario:
		return FlagScenario + " " + value
	case NeedSecret, NeedLimit, NeedTerminal:
		return n.Name
	}
	flag := FlagAnswer + " " + n.Name + "=" + value
	if len(n.Scenarios) > 0 {
		flag = FlagScenario + " " + strings.Join(n.Scenarios, "|") + ", " + flag
	}
	return flag
}

// The flags that answer.
const (
	FlagParam    = "--param"
	FlagScenario = "--scenario"
	FlagAnswer   = "--answer"
)

// WrongCode says why something that was given cannot be used.
type WrongCode string

// The codes; front ends have a text for each.
const (
	WrongUnknown WrongCode = "unknown" // the runbook has nothing of that name
	WrongValue   WrongCode = "value"   // Detail says what is wrong with the value
	WrongOption  WrongCode = "option"  // Detail lists what would be possible
	WrongUnasked WrongCode = "unasked" // the action asks nothing
	WrongTarget  WrongCode = "target"  // Detail is what the action destroys
	WrongBack    WrongCode = "back"    // the walk would go round for ever
)

var wrongTexts = map[WrongCode]string{
	WrongUnknown: "the runbook has nothing of that name",
	WrongOption:  "the answer must be one of: ",
	WrongUnasked: "that action asks nothing",
	WrongTarget:  "it destroys something else: the answer must be ",
	WrongBack:    "that answer leads back, and without an operator the walk would never end",
}

// Wrong is something that was given and cannot be used.
type Wrong struct {
	Flag       string // FlagParam, FlagScenario or FlagAnswer
	Name       string
	Code       WrongCode
	Detail     string // never holds the value that was given
	Suggestion string // what may have been meant, or ""
}

// Reason says in a sentence why it cannot be used.
func (w Wrong) Reason() string { return wrongTexts[w.Code] + w.Detail }

// MissingError says, all at once, what automatic mode would have to ask and what
// it was told wrongly. Nothing was started or recorded.
type MissingError struct {
	Missing []Need
	Wrong   []Wrong
}

// Error names everything in one line.
func (e *MissingError) Error() string {
	var parts []string
	for _, wrong := range e.Wrong {
		text := wrong.Flag + " " + wrong.Name + ": " + wrong.Reason()
		if wrong.Suggestion != "" {
			text += fmt.Sprintf("; did you mean %q?", wrong.Suggestion)
		}
		parts = append(parts, text)
	}
	for _, need := range e.Missing {
		text := need.Flag() + " is missing"
		if need.Kind == NeedTerminal {
			text = need.Name + " needs a person at a terminal"
		}
		if need.When != "" {
			text += " (when " + need.When + ")"
		}
		parts = append(parts, text)
	}
	return "automatic mode asks nothing and cannot start: " + strings.Join(parts, "; ")
}

// Lines says the same in the operator's language, one matter a line, ready to be
// shown below an error.
func (e *MissingError) Lines(p *i18n.Printer) []string {
	var lines []string
	for _, wrong := range e.Wrong {
		reason := p.T("auto.wrong."+string(wrong.Code), "Detail", oneLine(wrong.Detail))
		line := p.T("auto.wrong", "Flag", wrong.Flag, "Name", oneLine(wrong.Name), "Reason", reason)
		if wrong.Suggestion != "" {
			line += " " + p.T("auto.wrong.meant", "Name", oneLine(wrong.Suggestion))
		}
		lines = append(lines, line)
	}
	for _, need := range e.Missing {
		line := strings.TrimSpace(p.T("auto.need."+string(need.Kind), "Flag", oneLine(need.Flag()), "Label", short(need.Label)))
		if need.When != "" {
			line += " " + p.T("auto.need.when", "When", oneLine(need.When))
		}
		lines = append(lines, line)
	}
	return lines
}

// maxLabel bounds a question, in runes: the flag is what matters on the line.
const maxLabel = 80

func short(label string) string {
	runes := []rune(oneLine(label))
	if len(runes) <= maxLabel {
		return string(runes)
	}
	return strings.TrimSpace(string(runes[:maxLabel-1])) + "…"
}

func unknown(flag, name string, names []string) Wrong {
	return Wrong{Flag: flag, Name: name, Code: WrongUnknown, Suggestion: nearest(name, names)}
}

// wrongOption names what would have been possible; the answer given is repeated
// nowhere, it may hold anything.
func wrongOption(name, given string, options []string) Wrong {
	return Wrong{
		Flag: FlagAnswer, Name: name, Code: WrongOption, Detail: strings.Join(options, ", "),
		Suggestion: nearest(given, options),
	}
}

// nearest returns the name that a slip of the fingers away, or "".
func nearest(name string, names []string) string {
	best, distance := "", max(2, len(name)/3)+1
	for _, candidate := range names {
		if d := edits(strings.ToLower(name), strings.ToLower(candidate)); d < distance && d < len(candidate) {
			best, distance = candidate, d
		}
	}
	return best
}

// edits is the Levenshtein distance (V. Levenshtein, 1966) in runes.
func edits(a, b string) int {
	from, to := []rune(a), []rune(b)
	row := make([]int, len(to)+1)
	for j := range row {
		row[j] = j
	}
	for i, r := range from {
		previous := slices.Clone(row)
		row[0] = i + 1
		for j, c := range to {
			cost := 1
			if r == c {
				cost = 0
			}
			row[j+1] = min(previous[j]+cost, previous[j+1]+1, row[j]+1)
		}
	}
	return row[len(to)]
}
