package main

import (
	"encoding/xml"
	"errors"
	"io"
	"strings"
	"testing"

	uv "github.com/charmbracelet/ultraviolet"
	"github.com/charmbracelet/x/ansi"
	"github.com/charmbracelet/x/vt"
)

// screenOf is what a terminal shows of some output.
func screenOf(t *testing.T, size size, output string) grid {
	t.Helper()
	term := &terminal{emu: vt.NewEmulator(size.cols, size.rows)}
	if _, err := term.emu.Write([]byte(output)); err != nil {
		t.Fatal(err)
	}
	return term.cells()
}

func TestDrawnScreenIsValidAndEveryRunStandsInItsPlace(t *testing.T) {
	g := screenOf(t, size{20, 2}, "a <b> & \x1b[1;91m日本\x1b[0m  c\r\n\x1b[7mrow\x1b[0m")
	if got := g[0].width(); got != 20 {
		t.Errorf("the first row is %d wide", got)
	}
	svg := draw(g, `a "title" <`)
	decoder := xml.NewDecoder(strings.NewReader(svg))
	for {
		if _, err := decoder.Token(); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			t.Fatalf("%v in\n%s", err, svg)
		}
	}
	for _, want := range []string{
		`<text x="12" y="25.2" textLength="58.8" lengthAdjust="spacingAndGlyphs">a &lt;b&gt; &amp;</text>`,
		`<text x="79.2" y="25.2" textLength="16.8" lengthAdjust="spacingAndGlyphs" class="b" style="fill:#ff7b86">日</text>`,
		`<text x="96" y="25.2" textLength="16.8" lengthAdjust="spacingAndGlyphs" class="b" style="fill:#ff7b86">本</text>`,
		`<text x="129.6" y="25.2" textLength="8.4" lengthAdjust="spacingAndGlyphs">c</text>`,
		`<rect x="12" y="30" width="25.2" height="18" fill="` + ink + `"/>`,
		`style="fill:` + paper + `">row</text>`,
	} {
		if !strings.Contains(svg, want) {
			t.Errorf("no %s in\n%s", want, svg)
		}
	}
}

func TestColours(t *testing.T) {
	for _, tc := range []struct {
		style uv.Style
		want  string
	}{
		{uv.Style{}, ""}, {uv.Style{Fg: ansi.BasicColor(9)}, palette[9]}, {uv.Style{Fg: ansi.IndexedColor(3)}, palette[3]},
		{uv.Style{Fg: ansi.IndexedColor(196)}, "#ff0000"},
	} {
		if got := tint(tc.style.Fg); got != tc.want {
			t.Errorf("%v: %q, not %q", tc.style.Fg, got, tc.want)
		}
	}
}

func TestWhatDiffersIsReplaced(t *testing.T) {
	s := newSettler("/tmp/b123456789")
	for _, tc := range []struct{ screen, want string }{
		{"in /tmp/b123456789/work", "in /home/anagarcia/work"},
		{"saved #8 · 17-6de5-27b4 10:11:12", "saved #8 · 17-9f3a-1c07 08:46:00"},
		{" LIVE  01:59  Title", " LIVE  00:07  Title"},
		{"20261124T101112Z-a-queue-1ce1 last", "20261123T084600Z-a-queue-7f3a last"},
		{"ok · exit 0 · 1.2s · next", "ok · exit 0 · 3ms · next"},
		{"until 10:11:12, 3s ago. Since", "until 08:46:00, 12s ago. Since"},
		{"hasta las 10:11:12, hace 14s. Desde", "hasta las 08:46:00, hace 12s. Desde"},
		{"exit code 0, 26ms (saved #7)", "exit code 0, 3ms (saved #7)"},
		{"last run 24 Nov 2026 10:11", "last run 23 nov 2026 08:46"},
		{"exit 0 · 250ms · it en…", "exit 0 · 3ms …"},
		{"-5m or 08:40 is a time; 5 steps · never run", "-5m or 08:40 is a time; 5 steps · never run"},
	} {
		got := s.settle(screenOf(t, size{60, 1}, tc.screen))
		if text := strings.TrimSuffix(got.String(), "\n"); text != tc.want || got[0].width() != 60 {
			t.Errorf("%q becomes %q, %d wide, not %q", tc.screen, text, got[0].width(), tc.want)
		}
	}
}
