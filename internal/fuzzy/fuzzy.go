// Package fuzzy finds texts by what somebody remembers of them: words in any order,
// with letters left out, without accents.
//
// It guarantees that a query which goes on from another finds no more than that one
// did, so that a search can narrow with each key, and that it looks at each text
// once and in time linear in its length.
package fuzzy

import (
	"cmp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// Text is what a thing is found by, made ready for searching.
type Text struct {
	fields  []string // folded: title, name, path, then headings and alerts
	further []string // headings and alerts as they are written
}

// fixed is how many fields come before the headings.
const fixed = 3

// NewText makes a text ready.
func NewText(title, name, path string, headings, alerts []string) Text {
	further := slices.Concat(headings, alerts)
	t := Text{fields: make([]string, 0, fixed+len(further)), further: further}
	t.fields = append(t.fields, Fold(title), Fold(name), Fold(path))
	for _, s := range further {
		t.fields = append(t.fields, Fold(s))
	}
	return t
}

// Fold makes small letters of capitals and takes the accents off.
func Fold(s string) string {
	plain := true
	for i := range len(s) {
		if c := s[i]; c >= utf8.RuneSelf {
			plain = false
			break
		}
	}
	s = strings.ToLower(s)
	if plain {
		return s
	}
	var b strings.Builder
	for _, r := range norm.NFD.String(s) {
		if !unicode.Is(unicode.Mn, r) {
			b.WriteRune(r)
		}
	}
	return b.String()
}

// Rank returns the indices of the texts that fit a query, the best first; of two as
// good the earlier. Only those of among are looked at, all when it is nil.
func Rank(texts []Text, among []int, query string) []int {
	words := strings.Fields(Fold(query))
	type scored struct{ index, score int }
	var found []scored
	take := func(i int) {
		if score := texts[i].score(words); score > 0 {
			found = append(found, scored{i, score})
		}
	}
	if among == nil {
		for i := range texts {
			take(i)
		}
	}
	for _, i := range among {
		take(i)
	}
	slices.SortStableFunc(found, func(a, b scored) int { return cmp.Or(cmp.Compare(b.score, a.score), cmp.Compare(a.index, b.index)) })
	indices := make([]int, len(found))
	for i, f := range found {
		indices[i] = f.index
	}
	return indices
}

// score says how well words fit, 0 when one of them does not at all.
func (t Text) score(words []string) int {
	total := 1
	for _, word := range words {
		best := 0
		for i, field := range t.fields {
			score := fit(field, word, i < fixed || !strings.Contains(field, " "))
			switch { // what a thing is called says more than what stands in it
			case score == 0:
			case i == 0 || i == 1:
				score += 3
			case i == 2:
				score = 1
			}
			best = max(best, score)
		}
		if best == 0 {
			return 0
		}
		total += best
	}
	return total
}

// fit says how a word stands in a folded text: at the beginning of a word of it 9,
// within 6, where that is allowed its letters in order 1, not at all 0. In whole
// sentences nearly everything stands in order.
func fit(text, word string, inOrder bool) int {
	at := strings.Index(text, word)
	switch {
	case at == 0:
		return 9
	case at > 0:
		if before := text[at-1]; before < 'a' && (before < '0' || before > '9') || before > 'z' && before < utf8.RuneSelf {
			return 9
		}
		return 6
	case inOrder && letters(text, word):
		return 1
	}
	return 0
}

// letters reports whether the letters of a word stand in a text in their order.
func letters(text, word string) bool {
	for _, r := range word {
		at := strings.IndexRune(text, r)
		if at < 0 {
			return false
		}
		text = text[at+utf8.RuneLen(r):]
	}
	return true
}

// Where returns the heading or alert through which a query fits best, "" when the
// title and the name do as well.
func (t Text) Where(query string) string {
	words := strings.Fields(Fold(query))
	best, where := 0, ""
	for i, field := range t.fields {
		score := 0
		for _, word := range words {
			if n := fit(field, word, false); n > 0 {
				score += n
			}
		}
		if score > best {
			best, where = score, ""
			if i >= fixed {
				where = t.further[i-fixed]
			}
		}
	}
	return where
}

// Spans marks the runes of a text in which a word of the query stands, as it is
// written; nil when none does.
func Spans(text, query string) []bool {
	var folded strings.Builder
	var origin []int // of each byte of folded: the rune of text
	runes := 0
	for _, r := range text {
		f := Fold(string(r))
		folded.WriteString(f)
		for range len(f) {
			origin = append(origin, runes)
		}
		runes++
	}
	var marks []bool
	for _, word := range strings.Fields(Fold(query)) {
		at := strings.Index(folded.String(), word)
		if at < 0 {
			continue
		}
		if marks == nil {
			marks = make([]bool, runes)
		}
		for i := at; i < at+len(word); i++ {
			marks[origin[i]] = true
		}
	}
	return marks
}
