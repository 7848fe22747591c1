package runbooks

import (
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// row is one concept in the four languages that headings are read in: English,
// Spanish, Portuguese, French. A cell lists words, separated by commas, lower case
// and without accents; a star stands for any ending; several words are a phrase.
type row [4]string

// languages are the columns of a row.
var languages = [4]string{"en", "es", "pt", "fr"}

// lexicon finds the words of a table in a text. It is taken apart when it is first
// asked, and does not change after.
type lexicon struct {
	rows    []row
	once    sync.Once
	entries []entry     // by the first byte of their first word
	from    [257]uint16 // where those of each byte begin
}

// entry is a word or a phrase of a table.
type entry struct {
	first string
	stem  bool     // first may go on
	rest  []string // words after the first, the last may have a star
	lang  int
}

func newLexicon(rows []row) *lexicon { return &lexicon{rows: rows} }

// takeApart makes the entries of the rows.
func (l *lexicon) takeApart() {
	var list []entry
	for _, r := range l.rows {
		for lang, cell := range r {
			for phrase := range strings.SplitSeq(cell, ",") {
				first, rest, _ := strings.Cut(strings.TrimSpace(phrase), " ")
				if first == "" {
					continue
				}
				e := entry{lang: lang, rest: strings.Fields(rest)}
				e.first, e.stem = strings.CutSuffix(first, "*")
				list = append(list, e)
			}
		}
	}
	for _, e := range list {
		l.from[int(e.first[0])+1]++
	}
	for c := 1; c < len(l.from); c++ {
		l.from[c] += l.from[c-1]
	}
	l.entries = make([]entry, len(list))
	next := l.from
	for _, e := range list {
		l.entries[next[e.first[0]]] = e
		next[e.first[0]]++
	}
}

// at returns the number of words that the longest entry starting at words[i]
// covers, 0 when none does, and the languages of all entries found there.
func (l *lexicon) at(words []string, i int) (covered int, langs [4]bool) {
	l.once.Do(l.takeApart)
	word := words[i]
	c := int(word[0])
	list := l.entries[l.from[c]:l.from[c+1]]
	for n := range list {
		e := &list[n]
		if (e.first == word || e.stem && strings.HasPrefix(word, e.first)) && phraseFits(e.rest, words[i+1:]) {
			covered = max(covered, 1+len(e.rest))
			langs[e.lang] = true
		}
	}
	return covered, langs
}

func phraseFits(rest, words []string) bool {
	if len(rest) > len(words) {
		return false
	}
	for i, want := range rest {
		stem, star := strings.CutSuffix(want, "*")
		if words[i] != want && (!star || !strings.HasPrefix(words[i], stem)) {
			return false
		}
	}
	return true
}

// in reports whether any entry stands anywhere in words.
func (l *lexicon) in(words []string) bool {
	for i := range words {
		if n, _ := l.at(words, i); n > 0 {
			return true
		}
	}
	return false
}

// starts reports whether an entry stands at the beginning of words.
func (l *lexicon) starts(words []string) bool {
	if len(words) == 0 {
		return false
	}
	n, _ := l.at(words, 0)
	return n > 0
}

// is reports whether words are exactly one entry.
func (l *lexicon) is(words []string) bool {
	if len(words) == 0 {
		return false
	}
	n, _ := l.at(words, 0)
	return n == len(words)
}

// fold lower-cases s and takes its accents off.
func fold(s string) string {
	s = strings.ToLower(s)
	if isASCII(s) {
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

func isASCII(s string) bool {
	for i := range len(s) {
		if s[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

// wordsOf returns the folded words of s; everything but letters and digits, emoji
// included, separates.
func wordsOf(s string) []string {
	return strings.FieldsFunc(fold(s), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
}

// The small words that tell languages apart, and what headings share least.
var smallWords = newLexicon([]row{
	{"the, of, to, and, for, how, is, with, when, on, your", "el, los, las, del, y, una, con, al, en, si", "o, os, do, da, dos, das, e, em, um, uma, com, ao", "le, les, des, du, et, avec, une, un, au, aux"},
	{"", "la, de, para, un, que", "de, para, a, que", "la, de, que, en"},
})

// guessLang guesses the language of the headings: the column with the most
// recognised words, "" when there are fewer than two or no clear winner.
func guessLang(headings []string) string {
	var votes [4]int
	for _, h := range headings[:min(len(headings), 200)] {
		words := wordsOf(h)
		for i := range words {
			for _, l := range []*lexicon{smallWords, communicationWords, followUpWords, decisionWords, identificationWords, executionWords, descriptive, reference} {
				if n, langs := l.at(words, i); n > 0 {
					for c, hit := range langs {
						if hit {
							votes[c]++
						}
					}
				}
			}
		}
	}
	best, second := 0, -1
	for c := 1; c < len(votes); c++ {
		if votes[c] > votes[best] {
			best, second = c, best
		} else if second < 0 || votes[c] > votes[second] {
			second = c
		}
	}
	if votes[best] < 2 || votes[best] == votes[second] {
		return ""
	}
	return languages[best]
}
