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

	sym symbols
}

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
		cursor: ">", ellipsis: "~", bar: "|", line: "-", arrow: "->", more: "v", next: ">", watch: "@",
	}
)

// tokens are the colours of a palette. A nil colour leaves the terminal's own.
type tokens struct {
	accent, good, warn, bad, quiet, code lipgloss.TerminalColor
}

// The palettes keep to the sixteen colours of the terminal, which its owner has
// made readable, and which cost the fewest bytes on a slow link.
var (
	darkTokens = tokens{
		accent: lipgloss.Color("14"), good: lipgloss.Color("10"), warn: lipgloss.Color("11"),
		bad: lipgloss.Color("9"), quiet: lipgloss.Color("8"), code: lipgloss.Color("14"),
	}
	lightTokens = tokens{
		accent: lipgloss.Color("4"), good: lipgloss.Color("2"), warn: lipgloss.Color("5"),
		bad: lipgloss.Color("1"), quiet: lipgloss.Color("8"), code: lipgloss.Color("4"),
	}
	plainTokens = tokens{}
)

// newLook reads how to look from the environment: NO_COLOR takes the colours
// away and leaves bold, faint and reverse; a locale that is not UTF-8, or the
// Linux console, gets ASCII symbols.
func newLook(getenv func(string) string, dark bool) *look {
	colours := lightTokens
	if dark {
		colours = darkTokens
	}
	if getenv("NO_COLOR") != "" {
		colours = plainTokens
	}
	l := &look{sym: unicodeSymbols}
	if !speaksUTF8(getenv) || getenv("TERM") == "linux" {
		l.sym = asciiSymbols
	}
	r := lipgloss.NewRenderer(io.Discard)
	r.SetColorProfile(termenv.ANSI)
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
	if colours.quiet == nil {
		l.dim = l.dim.Faint(true)
	}
	l.code = paint(colours.code)
	l.good, l.warn, l.bad = paint(colours.good), paint(colours.warn).Bold(true), paint(colours.bad).Bold(true)
	l.cursor = paint(nil).Reverse(true)
	l.key = paint(colours.accent).Bold(true)
	l.rule = l.dim
	return l
}

// speaksUTF8 follows the order in which a locale is looked up. No locale at all
// is taken for UTF-8: containers have none, and their terminals are modern.
func speaksUTF8(getenv func(string) string) bool {
	for _, name := range []string{"LC_ALL", "LC_CTYPE", "LANG"} {
		if value := getenv(name); value != "" {
			value = strings.ToLower(value)
			return value == "c" || value == "posix" || strings.Contains(value, "utf-8") || strings.Contains(value, "utf8")
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
