package runbooks

import (
	"slices"
	"strings"
	"unicode/utf8"
)

// Bounds of what is kept of one runbook to find it by.
const (
	maxAlerts    = 64
	maxAlertName = 100 // bytes
)

// alertsOf returns the names of alerts in a text: the words of it that are written
// as Prometheus alerts are, HighErrorRate, etcdNoLeader.
func alertsOf(text string) []string {
	var names []string
	for i := 0; i < len(text); {
		n := wordLength(text[i:])
		if n == 0 {
			_, size := utf8.DecodeRuneInString(text[i:])
			i += size
			continue
		}
		if word := text[i : i+n]; isAlertName(word) && !slices.Contains(names, word) {
			names = append(names, word)
		}
		i += n
	}
	return names
}

// wordLength returns how many bytes of letters, digits and underscores text begins
// with.
func wordLength(text string) int {
	for i, r := range text {
		if !isWordRune(r) {
			return i
		}
	}
	return len(text)
}

func isWordRune(r rune) bool {
	return r == '_' || '0' <= r && r <= '9' || 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' || r >= utf8.RuneSelf
}

// isAlertName reports whether a word has at least two humps: a capital that follows
// a small letter or a digit, and small letters.
func isAlertName(word string) bool {
	if len(word) < 5 || len(word) > maxAlertName || strings.Contains(word, "_") {
		return false
	}
	humps, small := 0, 0
	before := byte(0)
	for i := range len(word) {
		c := word[i]
		switch {
		case c >= utf8.RuneSelf:
			return false
		case 'a' <= c && c <= 'z':
			small++
		case 'A' <= c && c <= 'Z' && (i == 0 || before < 'A' || before > 'Z'):
			humps++
		}
		before = c
	}
	return small >= 2 && (humps >= 2 || humps == 1 && word[0] >= 'a')
}

// writtenAlerts finds the names of alerts that stand in code: in spans, and as
// `alert: Name` of a rule.
func writtenAlerts(names []string, lines []string) []string {
	add := func(word string) {
		if isAlertName(word) && len(names) < maxAlerts && !slices.Contains(names, word) {
			names = append(names, strings.Clone(word))
		}
	}
	for _, line := range lines {
		if at := strings.Index(line, "alert:"); at >= 0 {
			rest := strings.Trim(strings.TrimSpace(line[at+len("alert:"):]), `"'`)
			add(rest[:wordLength(rest)])
		}
		for {
			open := strings.IndexByte(line, '`')
			if open < 0 {
				break
			}
			line = line[open+1:]
			if n := wordLength(line); n > 0 && n < len(line) && line[n] == '`' {
				add(line[:n])
				line = line[n+1:]
			}
		}
	}
	return names
}
