package ttymode

import (
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func after(pieces ...string) *Modes {
	m := &Modes{}
	for _, p := range pieces {
		_, _ = m.Write([]byte(p)) // never fails
	}
	return m
}

// usualEnd is what every reset ends with.
const usualEnd = "\x1b[0m\x1b[4l\x1b[?1l\x1b>\x1b(B\x0f\x1b[?7h\x1b[?25h"

func TestResetAndAgain(t *testing.T) {
	for printed, want := range map[string]struct{ reset, again string }{
		"plain text\r\nand \a more":  {"", ""},
		"\x1b[31mred":                {usualEnd, ""},
		"\x1b[?25l":                  {"\x1b[?25h" + usualEnd, "\x1b[?25l"},
		"\x1b[?25l\x1b[?25h":         {usualEnd, ""},
		"\x1b[?1000;1006h":           {"\x1b[?1000l\x1b[?1006l" + usualEnd, "\x1b[?1000h\x1b[?1006h"},
		"\x1b[?1049h":                {"\x1b[?1049l" + usualEnd, "\x1b[?1049h"},
		"\x1b[?1049h\x1b[?1049l":     {usualEnd, ""},
		"\x1b[?7l\x1b[?2004h":        {"\x1b[?7h\x1b[?2004l" + usualEnd, "\x1b[?7l\x1b[?2004h"},
		"\x1b[?3h\x1b[?12h":          {usualEnd, ""},
		"\x1b=\x1b[4h":               {usualEnd, "\x1b[4h\x1b="},
		"\x1b[3;9r":                  {"\x1b7\x1b[r\x1b8" + usualEnd, ""},
		"\x1b[3;9r\x1b[r":            {usualEnd, ""},
		"\x1b[5 q":                   {usualEnd + "\x1b[0 q", "\x1b[5 q"},
		"\x1b[>1u\x1b[>5u":           {"\x1b[<u\x1b[<u" + usualEnd, "\x1b[>1u\x1b[>5u"},
		"\x1b[>1u\x1b[>5u\x1b[<2u":   {usualEnd, ""},
		"\x1b[>1u\x1b[<u":            {usualEnd, ""},
		"\x1b[>4;2m":                 {"\x1b[>4;0m" + usualEnd, ""},
		"\x1b[>4;2m\x1b[>4m":         {usualEnd, ""},
		"\x1b]11;#123456\a":          {usualEnd + "\x1b]111\x1b\\", ""},
		"\x1b]4;1;red\x1b\\":         {usualEnd + "\x1b]104\x1b\\", ""},
		"\x1b]0;a title ends with\a": {usualEnd, ""},
		"\x1b]0;no end":              {"\x18\x1b\\" + usualEnd, ""},
		"\x1b[?10":                   {"\x18\x1b\\" + usualEnd, ""},
		"\x1b[?1000\x18h":            {usualEnd, ""},
		"\x1b]0;\x1b[?1000h":         {"\x1b[?1000l" + usualEnd, "\x1b[?1000h"}, // cut off by another
		"\x1bP1$r?1000h\x1b\\":       {usualEnd, ""},
		"\x1b[?1000h\x1bc":           {usualEnd, ""},
		"\x1b[?1000h\x1b[!p":         {usualEnd, ""},
		"\x0e":                       {usualEnd, ""},
	} {
		m := after(printed)
		if got := string(m.Again()); got != want.again {
			t.Errorf("%q: again %q, want %q", printed, got, want.again)
		}
		if got := string(m.Reset()); got != want.reset {
			t.Errorf("%q: reset %q, want %q", printed, got, want.reset)
		}
		if got := string(m.Reset()) + string(m.Again()); got != "" {
			t.Errorf("%q: after the reset %q", printed, got)
		}
	}
}

// TestPiecesDoNotMatter, and a terminal that was told everything again is as the
// first was.
func TestPiecesDoNotMatter(t *testing.T) {
	parts := []string{"\x1b", "[", "?", "1", "0", "4", "9", ";", "h", "l", "]", "\a", "\\", "P", "text", " q", "u", ">", "<", "!p", "\x18", "\n", "é", "r", "=", "(0"}
	rapid.Check(t, func(t *rapid.T) {
		pieces := rapid.SliceOf(rapid.SampledFrom(parts)).Draw(t, "pieces")
		a, b := after(strings.Join(pieces, "")), after(pieces...)
		again := string(a.Again())
		if again != string(b.Again()) {
			t.Fatalf("again %q and %q", again, b.Again())
		}
		if c := after(again); string(c.Again()) != again {
			t.Fatalf("again %q, then %q", again, c.Again())
		}
		reset := string(a.Reset())
		if reset != string(b.Reset()) {
			t.Fatalf("resets differ")
		}
		if c := after(strings.Join(pieces, ""), reset); len(c.Again()) > 0 || c.state != ground || c.margins || c.others {
			t.Fatalf("the reset %q leaves %q", reset, c.Again())
		}
	})
}

func TestNothingGrowsWithoutBounds(t *testing.T) {
	m := &Modes{}
	for n := range 5000 {
		_, _ = m.Write([]byte("\x1b[?" + strings.Repeat("9", n%9) + "1;" + string(rune('0'+n%10)) + "h\x1b[>1u\x1b[" + strings.Repeat("1;", 300) + "m"))
	}
	if len(m.private) > maxModes || len(m.keyboard) > 8 || len(m.params) > maxParams || len(m.Reset()) > 4096 {
		t.Errorf("%d modes, %d keyboards", len(m.private), len(m.keyboard))
	}
}
