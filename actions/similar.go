package actions

import (
	"fmt"
	"regexp"
	"strings"

	"genia.ai/bitacora/runbooks"
)

// maxCompared bounds how much of an output is compared with the example, in
// bytes: the cost grows with the square.
const maxCompared = 8 << 10

// sampleClauses are what expected_similarity demands of an output.
func sampleClauses(a *runbooks.Action) []clause {
	var list []clause
	if expr := a.Settings.SampleRegex; expr != "" {
		if re, err := regexp.Compile(expr); err == nil { // the parser has checked it
			list = append(list, matchClause{re: re})
		}
	}
	if share := a.Settings.Similarity; share > 0 && a.SampleOutput != "" {
		list = append(list, similarClause{want: a.SampleOutput, share: share})
	}
	return list
}

// similarClause holds when an output resembles the example of the runbook.
type similarClause struct {
	want  string
	share float64 // from 0, nothing, to 1, the same
}

func (c similarClause) holds(o *observation) (bool, string) {
	got := similarity(strings.TrimSpace(c.want), strings.TrimSpace(string(o.body)))
	return got >= c.share, fmt.Sprintf("a similarity of %.2f where %.2f is needed", got, c.share)
}

// similarity is that of Jaro and Winkler (W. Winkler, "String Comparator Metrics",
// 1990), with a prefix of four counted from 0.7 on: 1 for equal texts, 0 for texts
// that share nothing. Only the beginning of long texts is compared.
func similarity(a, b string) float64 {
	x, y := []rune(a[:min(len(a), maxCompared)]), []rune(b[:min(len(b), maxCompared)])
	if len(x) == 0 || len(y) == 0 {
		if len(x) == len(y) {
			return 1
		}
		return 0
	}
	score := jaro(x, y)
	if score <= 0.7 {
		return score
	}
	prefix := 0
	for prefix < min(4, len(x), len(y)) && x[prefix] == y[prefix] {
		prefix++
	}
	return score + 0.1*float64(prefix)*(1-score)
}

func jaro(x, y []rune) float64 {
	reach := max(max(len(x), len(y))/2-1, 0)
	taken := make([]bool, len(y))
	var matches []rune
	for i, r := range x {
		for j := max(i-reach, 0); j <= min(i+reach, len(y)-1); j++ {
			if !taken[j] && y[j] == r {
				taken[j] = true
				matches = append(matches, r)
				break
			}
		}
	}
	if len(matches) == 0 {
		return 0
	}
	swapped, next := 0, 0
	for j, r := range y {
		if !taken[j] {
			continue
		}
		if matches[next] != r {
			swapped++
		}
		next++
	}
	m := float64(len(matches))
	return (m/float64(len(x)) + m/float64(len(y)) + (m-float64(swapped)/2)/m) / 3
}
