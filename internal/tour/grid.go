package main

import (
	"os"
	"os/user"
	"regexp"
	"strings"

	uv "github.com/charmbracelet/ultraviolet"
)

// cell is a grapheme on the screen, one or two places wide.
type cell struct {
	text  string
	width int
	style uv.Style
}

type line []cell

func (l line) width() int {
	n := 0
	for _, c := range l {
		n += c.width
	}
	return n
}

func (l line) String() string {
	var b strings.Builder
	for _, c := range l {
		b.WriteString(c.text)
	}
	return b.String()
}

// grid is a screen, row by row.
type grid []line

// String returns the rows as text, without blanks at their ends and without
// empty rows at the end.
func (g grid) String() string {
	var b strings.Builder
	for _, l := range g {
		b.WriteString(strings.TrimRight(l.String(), " "))
		b.WriteByte('\n')
	}
	return strings.TrimRight(b.String(), "\n") + "\n"
}

// settler replaces what differs from run to run.
type settler struct {
	rules []rule
}

// rule replaces what matches. Where that changes the width, the rest of the row
// moves with it.
type rule struct {
	pattern *regexp.Regexp
	instead string
}

// standIn is what is shown for the directory of the tour, as wide as its name.
const standIn = "/home/anagarcia"

// newSettler makes the rules of a tour whose files are in home.
func newSettler(home string) *settler {
	rules := []struct{ pattern, instead string }{
		{regexp.QuoteMeta(home), standIn},
		{`\d\d:\d\d:\d\d`, "08:46:00"},
		{`\b\d\d:\d\d (UTC|CET)`, "08:46 $1"},
		{`(since|desde) \d\d:\d\d`, "$1 08:41"}, // of the incident, as the milestone was given
		{`\b\d\d [A-Za-z]{3} \d{4} (\d|…)`, "23 nov 2026 $1"},
		{`\b23 nov 2026 \d\d:\d\d\b`, "23 nov 2026 08:46"},
		{`\b23 nov 2026 \d\d:\d…`, "23 nov 2026 08:4…"}, // where a row is cut within the time
		{`\b23 nov 2026 \d\d(:?)…`, "23 nov 2026 08$1…"},
		{`\b23 nov 2026 \d…`, "23 nov 2026 0…"},
		{`\b0[0-5]:\d\d( |$|,|\.)`, "00:07$1"}, // how long something has lasted, in minutes
		{`\b\d{8}T\d{6}Z-([a-z-]+)-[0-9a-f]{4}\b`, "20261123T084600Z-$1-7f3a"},
		{`\b(\d+)-[0-9a-f]{4}-[0-9a-f]{4}\b`, "$1-9f3a-1c07"},
		{`, (hace )?\d+( ?)s( ago)?\.`, ", ${1}12${2}s$3."},
		{`· \d+(?:[.,]\d+)?( ?)m?s\b`, "· 3${1}ms"},
		{`, \d+(?:[.,]\d+)?( ?)m?s \(`, ", 3${1}ms ("},
		{`(no output for|sin salida desde hace) \d+( ?)s\b`, "$1 12${2}s"},
		{`(: |after |^\s+)(?:\d+h)?(?:(?:\d+m)?\d+s|\d+m)\b`, "${1}7s"}, // how long something took
		{`(: |tras |^\s+)(?:\d+ h )?(?:(?:\d+ min )?\d+ s|\d+ min)\b`, "${1}7 s"},
		{`· (3 ?ms\b.*|\d[\d.,]*( ?)m?)…\s*$`, "· 3ms …"}, // how much fits behind a duration depends on it
	}
	if host, err := os.Hostname(); err == nil && host != "" {
		rules = append(rules, struct{ pattern, instead string }{`\b` + regexp.QuoteMeta(host) + `\b`, "bastion"})
	}
	if me, err := user.Current(); err == nil && me.Username != "" {
		rules = append(rules, struct{ pattern, instead string }{`\b(user|usuario|cuenta|account) ` + regexp.QuoteMeta(me.Username) + `\b`, "$1 ana"})
	}
	s := &settler{}
	for _, r := range rules {
		s.rules = append(s.rules, rule{regexp.MustCompile(r.pattern), r.instead})
	}
	return s
}

func (s *settler) settle(g grid) grid {
	out := make(grid, len(g))
	for i, l := range g {
		width := l.width()
		for _, r := range s.rules {
			l = r.apply(l)
		}
		out[i] = l.resized(width)
	}
	return out
}

// apply replaces the matches in a row. What stands instead has the style of the
// first place it takes.
func (r rule) apply(l line) line {
	text := l.String()
	matches := r.pattern.FindAllStringSubmatchIndex(text, -1)
	if matches == nil {
		return l
	}
	starts := make(map[int]int, len(l)) // cell by the byte it begins at
	at := 0
	for i, c := range l {
		starts[at] = i
		at += len(c.text)
	}
	starts[at] = len(l)
	var out line
	next := 0
	for _, m := range matches {
		from, to := starts[m[0]], starts[m[1]]
		out = append(out, l[next:from]...)
		for _, c := range string(r.pattern.ExpandString(nil, r.instead, text, m)) {
			out = append(out, cell{text: string(c), width: 1, style: l[from].style})
		}
		next = to
	}
	return append(out, l[next:]...)
}

// resized cuts a row or fills it up, so that it is as wide as it was.
func (l line) resized(width int) line {
	for l.width() > width {
		l = l[:len(l)-1]
	}
	for l.width() < width {
		l = append(l, cell{text: " ", width: 1})
	}
	return l
}
