package tui

import (
	"strings"
	"testing"

	"github.com/charmbracelet/x/ansi"
	"pgregory.net/rapid"
)

// TestWidthIsTheToolkits compares the short cut with what the toolkit measures.
func TestWidthIsTheToolkits(t *testing.T) {
	parts := append([]string{
		"a", " ", "ñ", "Ó", "…", "│", "─", "·", "\x1b[1m", "\x1b[38;5;9m", "\x1b[m", "\x1b", "\x1b[", "\u0301", "界", "👍", "\u200d", "\ufe0f",
		"\u00ad", "\u20e3", "1", "©", "®", "\t", "\x7f", "\u0300", "\U0001F1EA", "क्ष",
	}, nasty...)
	rapid.Check(t, func(rt *rapid.T) {
		text := strings.Join(rapid.SliceOfN(rapid.SampledFrom(parts), 0, 8).Draw(rt, "parts"), "")
		if got, want := width(text), ansi.StringWidth(text); got != want {
			rt.Fatalf("width(%q) = %d, the toolkit says %d", text, got, want)
		}
	})
}

// TestTerminalsAgreeOnWhatIsShown compares how the toolkit counts, by what is seen as one
// character, with how most terminals do, code point by code point.
func TestTerminalsAgreeOnWhatIsShown(t *testing.T) {
	for _, text := range append([]string{
		"👩‍👩‍👧‍👦", "👍🏽 listo", "1️⃣ primero", "❤️", "☎︎", "🏴󠁧󠁢󠁥󠁮󠁧󠁿", "🇪🇸", "e\u0301", "n\u0303o", "日本語", "ｆｕｌｌ", "한국어", "a\u200bb", "\ufeffx",
		"co\u00adoperar", "👨🏿‍🚒 bombero", "✔️ ok", "⚠️ cuidado",
	}, nasty...) {
		text := strings.NewReplacer("\t", "", "\r", "").Replace(shown(text))
		if one, other := ansi.StringWidth(text), ansi.StringWidthWc(text); one != other {
			t.Errorf("%q is %d or %d cells wide", text, one, other)
		}
	}
}

// TestRowsStayAligned shows hard texts in an emulated terminal, the way the toolkit draws
// them, and looks for the edges of the screen where they belong.
func TestRowsStayAligned(t *testing.T) {
	x := openTerminal(t, "strange", 80, 24)
	x.see("empezar")
	x.press("\r")
	x.see("›▶ 1. Comprobar")
	x.see("👍 1 ❤")
	for _, at := range []string{"›○ 2. Anotar", "›○ 1. Decidir", "›? 1. Parar", "›? 2. Arrancar", "›? 1. Llamar", "›○ Avisar"} {
		x.press("j")
		x.see(at)
		x.aligned()
	}
	x.resize(100, 30)
	x.until("the keys at the foot", func(screen string) bool {
		return strings.Contains(screen[strings.LastIndexByte(screen, '\n'):], "q salir")
	})
	x.press("kk")
	x.see("›? 2. Arrancar")
	x.aligned()
}

// aligned fails when the screen is not what the layout says: the header on top, the
// keys at the foot, and the edge between list and step in one column.
func (x *terminal) aligned() {
	x.t.Helper()
	var rows []string
	x.until("the header on top and the keys at the foot", func(screen string) bool { // not in the middle of a frame
		rows = strings.Split(screen, "\n")
		return strings.Contains(rows[0], "EN VIVO") && strings.Contains(rows[len(rows)-1], "q salir")
	})
	edge := -1
	for _, row := range rows[3:] {
		left, _, found := strings.Cut(row, " │ ")
		if !found {
			break
		}
		if at := ansi.StringWidthWc(left); edge >= 0 && at != edge {
			x.t.Errorf("the edge is at %d, not at %d, in %q:\n%s", at, edge, row, x.screen())
		} else {
			edge = at
		}
	}
	if edge < 0 {
		x.t.Errorf("there is no edge:\n%s", x.screen())
	}
}
