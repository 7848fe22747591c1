package tui

import (
	"io"
	"strings"

	"github.com/charmbracelet/lipgloss"
	"github.com/muesli/termenv"
)

// look is everything that decides how a text looks: the styles by what they
// mean, and the symbols. No other file names a colour.
type look struct {
	live, rehearsal lipgloss.Style // the banners
	title, plain    lipgloss.Style
	strong, dim     lipgloss.Style
	code            lipgloss.Style
	good, warn, bad lipgloss.Style
	cursor          lipgloss.Style // the row that the keys act on
	key             lipgloss.Style // a key in the footer
	rule            lipgloss.Style

	sym   symbols
	ascii bool // texts of ours are shown without typographic signs too
}

// ascii stands for the signs of our own texts, cell by cell, where they cannot be shown.
var ascii = strings.NewReplacer("…", "~", "·", "|", "×", "x", "→", ">", "↓", "v", "↑", "^", "«", "\"", "»", "\"", "–", "-", "—", "-",
	"“", "\"", "”", "\"", "’", "'", "│", "|", "─", "-")

// symbols say by shape what styles say by colour.
type symbols struct {
	pending, active, done, skipped, accepted, failed, other, undecided string
	cursor, ellipsis, bar, line, arrow, more, next, watch              string
}

var (
	unicodeSymbols = symbols{
		pending: "○", active: "▶", done: "✓", skipped: "»", accepted: "≈", failed: "✗", other: "·", undecided: "?",
		cursor: "›", ellipsis: "…", bar: "│", line: "─", arrow: "→", more: "↓", next: "›", watch: "◉",
	}
	asciiSymbols = symbols{
		pending: "o", active: ">", done: "x", skipped: "s", accepted: "~", failed: "!", other: ".", undecided: "?",
		cursor: ">", ellipsis: "...", bar: "|", line: "-", arrow: "->", more: "v", next: ">", watch: "@",
	}
)

// Palette names what the screens are painted with.
type Palette string

// The palettes. Each has a form for dark and one for light backgrounds.
const (
	PaletteDefault      Palette = "default"
	PaletteHighContrast Palette = "high-contrast" // nothing is faint or grey; meaning by bold, reverse and underline too
	PaletteNone         Palette = "none"          // no colours: bold, faint and reverse only
)

// Palettes are the names that can be asked for.
func Palettes() []string {
	return []string{string(PaletteDefault), string(PaletteHighContrast), string(PaletteNone)}
}

// tokens are the colours of a palette. A nil colour leaves the terminal's own.
type tokens struct {
	accent, good, warn, bad, quiet, code lipgloss.TerminalColor
	faint, underline                     bool // how quiet texts, and commands, differ beside the colour
}

// The palettes keep to the sixteen colours of the terminal, which its owner has
// made readable, and which cost the fewest bytes on a slow link. Only the grey of quiet
// texts does not where there are more: the eighth colour is hard to read on many
// terminals, and is the background itself in schemes such as Solarized.
var (
	darkTokens = tokens{
		accent: lipgloss.Color("14"), good: lipgloss.Color("10"), warn: lipgloss.Color("11"),
		bad: lipgloss.Color("9"), quiet: lipgloss.Color("8"), code: lipgloss.Color("14"),
	}
	lightTokens = tokens{
		accent: lipgloss.Color("4"), good: lipgloss.Color("2"), warn: lipgloss.Color("5"),
		bad: lipgloss.Color("1"), quiet: lipgloss.Color("8"), code: lipgloss.Color("4"),
	}
	darkContrast = tokens{
		accent: lipgloss.Color("15"), good: lipgloss.Color("10"), warn: lipgloss.Color("11"), bad: lipgloss.Color("15"), underline: true,
	}
	lightContrast = tokens{
		accent: lipgloss.Color("0"), good: lipgloss.Color("0"), warn: lipgloss.Color("0"), bad: lipgloss.Color("0"), underline: true,
	}
	plainTokens = tokens{faint: true}
)

// tokensOf picks the colours. NO_COLOR, and a terminal that has none, win over what was
// asked for.
func tokensOf(palette Palette, getenv func(string) string, dark bool) tokens {
	switch {
	case getenv("NO_COLOR") != "" || palette == PaletteNone || monochrome(getenv("TERM")):
		return plainTokens
	case palette == PaletteHighContrast && dark:
		return darkContrast
	case palette == PaletteHighContrast:
		return lightContrast
	}
	chosen, grey := lightTokens, lipgloss.Color("242")
	if dark {
		chosen, grey = darkTokens, lipgloss.Color("245")
	}
	if manyColours(getenv) {
		chosen.quiet = grey
	}
	return chosen
}

// manyColours reports whether a terminal says that it has 256 colours or more.
func manyColours(getenv func(string) string) bool {
	depth := getenv("COLORTERM")
	return strings.Contains(getenv("TERM"), "256color") || depth == "truecolor" || depth == "24bit"
}

// monochrome reports whether a terminal has no colours by its name: those of DEC, and
// what terminfo calls -m or -mono.
func monochrome(term string) bool {
	return strings.HasPrefix(term, "vt1") || strings.HasPrefix(term, "vt2") || strings.HasSuffix(term, "-m") || strings.HasSuffix(term, "-mono")
}

// newLook decides how to look from the palette and the environment; nothing is asked of
// the terminal. A locale that is not UTF-8, or the Linux console, gets ASCII symbols.
func newLook(palette Palette, getenv func(string) string, dark bool) *look {
	colours := tokensOf(palette, getenv, dark)
	l := &look{sym: unicodeSymbols}
	if !speaksUTF8(getenv) || getenv("TERM") == "linux" {
		l.sym, l.ascii = asciiSymbols, true
	}
	r := lipgloss.NewRenderer(io.Discard)
	r.SetColorProfile(termenv.ANSI256)
	r.SetHasDarkBackground(dark)
	paint := func(colour lipgloss.TerminalColor) lipgloss.Style {
		style := r.NewStyle().Inline(true)
		if colour != nil {
			style = style.Foreground(colour)
		}
		return style
	}
	l.live = paint(colours.bad).Bold(true).Reverse(true)
	l.rehearsal = paint(colours.accent).Bold(true).Reverse(true)
	l.plain, l.title = paint(nil), paint(nil).Bold(true)
	l.strong = paint(nil).Bold(true)
	l.dim = paint(colours.quiet)
	l.dim = l.dim.Faint(colours.faint)
	l.code = paint(colours.code).Underline(colours.underline)
	l.good, l.warn, l.bad = paint(colours.good), paint(colours.warn).Bold(true), paint(colours.bad).Bold(true)
	l.cursor = paint(nil).Reverse(true)
	l.key = paint(colours.accent).Bold(true)
	l.rule = l.dim
	return l
}

// speaksUTF8 follows the order in which a locale is looked up. No locale at all
// is taken for UTF-8: containers have none, and their terminals are modern. C and
// POSIX, which somebody has to ask for, are ASCII.
func speaksUTF8(getenv func(string) string) bool {
	for _, name := range []string{"LC_ALL", "LC_CTYPE", "LANG"} {
		if value := getenv(name); value != "" {
			value = strings.ToLower(value)
			return strings.Contains(value, "utf-8") || strings.Contains(value, "utf8")
		}
	}
	return true
}

// ruleWith draws a line of so many cells with a label in it.
func (l *look) ruleWith(label string, cells int) string {
	if label == "" {
		return l.rule.Render(strings.Repeat(l.sym.line, max(cells, 0)))
	}
	label = l.cut(label, cells-6)
	rest := cells - width(label) - 4
	return l.rule.Render(strings.Repeat(l.sym.line, 2)) + " " + label + " " +
		l.rule.Render(strings.Repeat(l.sym.line, max(rest, 0)))
}
