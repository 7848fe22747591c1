package actions

import (
	"bytes"
	"encoding/json"
	"fmt"
	"regexp"
	"strings"

	"genia.ai/bitacora/internal/sanitize"
	"genia.ai/bitacora/runbooks"
)

// maxCompared bounds the texts that are compared, in characters of each: the
// comparison takes as long as their product.
const maxCompared = 8 << 10

// sampleMatches tells whether an action printed what its sample says, as far as an
// expected_similarity comment asks for it, and else what was wrong.
func sampleMatches(a *runbooks.Action, o *observation) (bool, string) {
	set := a.Settings
	if set.SampleRegex == "" && set.Similarity <= 0 {
		return true, ""
	}
	got := compared(o)
	if set.SampleRegex != "" {
		re, err := regexp.Compile(set.SampleRegex)
		if err != nil {
			return false, fmt.Sprintf("expected_similarity: %v", err)
		}
		if !re.MatchString(got) {
			return false, "the output does not match what the runbook shows"
		}
		return true, ""
	}
	want := compared(sampleObservation(a.Kind, a.SampleOutput))
	score := similarity(want, got)
	if score >= set.Similarity {
		return true, ""
	}
	return false, fmt.Sprintf("the output is like the runbook's to %.2f, expected %.2f", score, set.Similarity)
}

// compared is what an action printed, as it is compared: without colours, with
// plain line ends; JSON with its members in order and without layout.
func compared(o *observation) string {
	text := o.body
	if o.kind == runbooks.KindPromQL {
		text = o.output // the lines, not the answer they were made of
	}
	var doc any
	if json.Unmarshal(bytes.TrimSpace(text), &doc) == nil {
		if laid, err := json.Marshal(doc); err == nil {
			return string(laid)
		}
	}
	return strings.TrimSpace(strings.ReplaceAll(sanitize.String(strings.ReplaceAll(string(text), "\r\n", "\n")), "\r", "\n"))
}

// similarity is the Jaro-Winkler measure of two texts (Winkler 1990), from 0 to 1,
// with a boost above 0.7 for up to four characters that they begin with alike: the
// measure, and the parameters, of the tool that the comment comes from.
func similarity(a, b string) float64 {
	x, y := clipRunes(a), clipRunes(b)
	score := jaro(x, y)
	if score <= 0.7 {
		return score
	}
	same := 0
	for same < min(len(x), len(y), 4) && x[same] == y[same] {
		same++
	}
	return score + 0.1*float64(same)*(1-score)
}

func clipRunes(s string) []rune {
	r := []rune(s)
	return r[:min(len(r), maxCompared)]
}

// jaro is the Jaro measure: the share of characters that both hold near the same
// place, less half of those that are out of order.
func jaro(x, y []rune) float64 {
	if len(x) == 0 || len(y) == 0 {
		if len(x) == len(y) {
			return 1
		}
		return 0
	}
	near := max(max(len(x), len(y))/2-1, 0)
	inX, inY := make([]bool, len(x)), make([]bool, len(y))
	matches := 0
	for i, c := range x {
		for j := max(0, i-near); j < min(len(y), i+near+1); j++ {
			if !inY[j] && y[j] == c {
				inX[i], inY[j] = true, true
				matches++
				break
			}
		}
	}
	if matches == 0 {
		return 0
	}
	swapped, j := 0, 0
	for i := range x {
		if !inX[i] {
			continue
		}
		for !inY[j] {
			j++
		}
		if x[i] != y[j] {
			swapped++
		}
		j++
	}
	m := float64(matches)
	return (m/float64(len(x)) + m/float64(len(y)) + (m-float64(swapped)/2)/m) / 3
}
