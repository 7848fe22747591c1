package runbooks

import (
	"slices"
	"strings"
	"unicode"
)

// title is a heading taken apart.
type title struct {
	text        string
	number      string   // "3" of "Paso 3: …" and of "3. …", "3.1" of "3.1 …"
	alternative string   // "2" of "Scenario 2: …"
	words       []string // folded, without what numbers it
}

// readTitle takes what numbers a heading off its words.
func readTitle(text string) title {
	t := title{text: text, words: wordsOf(text)}
	if n, covered := leadingNumber(text); n != "" {
		t.number, t.words = n, t.words[min(covered, len(t.words)):]
	}
	if len(t.words) < 2 {
		return t
	}
	label := labelNumber(text, t.words)
	switch {
	case label == "":
	case alternativeNouns.is(t.words[:1]):
		t.alternative, t.words = label, t.words[2:]
	case stepNouns.is(t.words[:1]):
		t.number, t.words = label, t.words[2:]
		for len(t.words) > 0 && isDigits(t.words[0]) && strings.Contains(text, label+"."+t.words[0]) {
			t.number, label = t.number+"."+t.words[0], label+"."+t.words[0]
			t.words = t.words[1:]
		}
	}
	return t
}

// leadingNumber reads "3.", "3)", "3.1" or "3 -" at the start of a heading and
// says how many words that covers.
func leadingNumber(text string) (number string, covered int) {
	rest := strings.TrimLeftFunc(text, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
	end := strings.IndexFunc(rest, func(r rune) bool { return (r < '0' || r > '9') && r != '.' })
	if end < 1 {
		return "", 0
	}
	number = strings.Trim(rest[:end], ".")
	after := rest[end:]
	if number == "" || len(number) > 12 || strings.Contains(number, "..") {
		return "", 0
	}
	marked := strings.HasSuffix(rest[:end], ".") || strings.Contains(number, ".") ||
		strings.HasPrefix(after, ")") || strings.HasPrefix(after, ":") || strings.HasPrefix(after, " -") || strings.HasPrefix(after, " –")
	if !marked || !strings.HasPrefix(strings.TrimLeft(after, "):-–"), " ") {
		return "", 0
	}
	return number, 1 + strings.Count(number, ".")
}

// labelNumber returns the second word when it numbers the first: a number, a
// single letter or a Roman numeral that stands right behind it.
func labelNumber(text string, words []string) string {
	second := words[1]
	if isDigits(second) && len(second) <= 3 {
		return second
	}
	if len(second) > 4 || strings.Trim(second, "ivx") != "" && len(second) > 1 {
		return ""
	}
	// Only a capital is a label: "Option a" may as well be prose.
	upper := strings.ToUpper(second)
	for word := range strings.FieldsFuncSeq(text, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) }) {
		if word == upper {
			return second
		}
	}
	return ""
}

func isDigits(s string) bool {
	return s != "" && strings.Trim(s, "0123456789") == ""
}

// phaseOf names the phase that a heading's words say: the verb it starts with
// decides, else the first table with a match, the rarer phases first.
func phaseOf(words []string) Phase {
	verbs := []struct {
		phase Phase
		words *lexicon
	}{
		{PhaseCommunication, communicationVerbs}, {PhaseFollowUp, followUpVerbs}, {PhaseDecision, decisionVerbs},
		{PhaseIdentification, identificationVerbs}, {PhaseExecution, executionVerbs},
	}
	for _, v := range verbs {
		if v.words.starts(words) {
			return v.phase
		}
	}
	anywhere := []struct {
		phase Phase
		words *lexicon
	}{
		{PhaseCommunication, communicationWords}, {PhaseFollowUp, followUpWords}, {PhaseDecision, decisionWords},
		{PhaseIdentification, identificationWords}, {PhaseExecution, executionWords},
	}
	for _, a := range anywhere {
		if a.words.in(words) {
			return a.phase
		}
	}
	return PhaseNone
}

// kindOf says what a section's heading promises; "" when it promises nothing
// but steps.
func kindOf(words []string) SectionKind {
	switch {
	case reference.is(words) || referenceStart.starts(words):
		return SectionReference
	case descriptive.is(words) || descriptiveStart.starts(words), isUpkeep(words):
		return SectionContext
	case preparation.in(words):
		return SectionChecklist
	}
	return ""
}

// isUpkeep recognises measures for the future and the care of the document: a
// noun heads them, where a verb would head a step.
func isUpkeep(words []string) bool {
	if len(words) == 0 {
		return false
	}
	if preventionNouns.starts(words) || measuresAlone.is(words) {
		return true
	}
	if n, _ := upkeepNouns.at(words, 0); n > 0 {
		return upkeepObjects.in(words[n:])
	}
	return len(words) <= 4 && upkeepObjects.is(words[:1]) && upkeepNouns.in(words[1:])
}

func phaseRank(p Phase) int { return slices.Index(Phases(), p) }

func parsePhase(s string) (Phase, bool) {
	p := Phase(strings.ToLower(s))
	return p, p == PhaseNone || phaseRank(p) >= 0
}

func phaseNames() []string {
	names := []string{string(PhaseNone)}
	for _, p := range Phases() {
		names = append(names, string(p))
	}
	return names
}
