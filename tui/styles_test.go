package tui

import (
	"regexp"
	"strings"
	"testing"
)

// colour finds the selection of a foreground or background colour.
var colour = regexp.MustCompile(`\x1b\[[0-9;]*?(?:^|[;\[])(3[0-7]|4[0-7]|9[0-7]|10[0-7]|38|48)(?:;|m)`)

func TestPalettes(t *testing.T) {
	for _, test := range []struct {
		palette    Palette
		env        string
		dark       bool
		coloured   bool
		faint      bool
		underlined bool
	}{
		{palette: "", dark: true, coloured: true},
		{palette: "unheard-of", coloured: true},
		{palette: PaletteHighContrast, dark: true, coloured: true, underlined: true},
		{palette: PaletteHighContrast, coloured: true, underlined: true},
		{palette: PaletteNone, dark: true, faint: true},
		{palette: PaletteHighContrast, env: "NO_COLOR=1", dark: true, faint: true},
		{palette: "", env: "TERM=vt220", dark: true, faint: true},
		{palette: "", env: "TERM=xterm-mono", dark: true, faint: true},
	} {
		name, value, _ := strings.Cut(test.env, "=")
		l := newLook(test.palette, func(asked string) string {
			if asked == name {
				return value
			}
			return ""
		}, test.dark)
		all := l.live.Render("x") + l.rehearsal.Render("x") + l.good.Render("x") + l.warn.Render("x") + l.bad.Render("x") + l.key.Render("x")
		if got := colour.MatchString(all); got != test.coloured {
			t.Errorf("%+v: coloured is %v: %q", test, got, all)
		}
		if got := strings.Contains(l.dim.Render("x"), "\x1b[2m"); got != test.faint {
			t.Errorf("%+v: faint is %v: %q", test, got, l.dim.Render("x"))
		}
		if got := regexp.MustCompile(`\x1b\[[0-9;]*4[;m]`).MatchString(l.code.Render("x")) && test.palette == PaletteHighContrast; got != test.underlined {
			t.Errorf("%+v: underlined is %v: %q", test, got, l.code.Render("x"))
		}
		if !strings.Contains(l.live.Render("x"), "7") || strings.Contains(all, "38;5") {
			t.Errorf("%+v: live is not told by reverse, or not in sixteen colours: %q", test, all)
		}
	}
}

// TestQuietTextsCanBeRead: the eighth colour is taken only where there is no other grey.
func TestQuietTextsCanBeRead(t *testing.T) {
	for _, test := range []struct {
		env  map[string]string
		dark bool
		want string
	}{
		{map[string]string{"TERM": "xterm-256color"}, true, "\x1b[38;5;245m"},
		{map[string]string{"TERM": "xterm-256color"}, false, "\x1b[38;5;242m"},
		{map[string]string{"TERM": "xterm", "COLORTERM": "truecolor"}, true, "\x1b[38;5;245m"},
		{map[string]string{"TERM": "xterm"}, true, "\x1b[90m"},
		{map[string]string{"TERM": "xterm-256color", "NO_COLOR": "1"}, true, "\x1b[2m"},
	} {
		l := newLook("", func(name string) string { return test.env[name] }, test.dark)
		if got := l.dim.Render("x"); !strings.HasPrefix(got, test.want) {
			t.Errorf("%v, dark %v: %q", test.env, test.dark, got)
		}
	}
}

// TestASCIIWhereTheLocaleIsNotUTF8 shows every screen to a terminal that knows no other
// signs: of ours none is left, and the layout stands.
func TestASCIIWhereTheLocaleIsNotUTF8(t *testing.T) {
	for env, want := range map[string]bool{
		"LC_ALL=C": true, "LANG=POSIX": true, "LANG=es_ES.ISO-8859-1": true, "TERM=linux": true,
		"LC_ALL=C.UTF-8": false, "LANG=es_ES.utf8": false, "LANG=": false,
	} {
		name, value, _ := strings.Cut(env, "=")
		getenv := func(asked string) string {
			if asked == name {
				return value
			}
			return ""
		}
		if got := newLook("", getenv, true).ascii; got != want {
			t.Errorf("%s: ASCII is %v", env, got)
		}
	}
	for _, scene := range scenes {
		d := newDrive(t, "en", scene.mode, 80, 24)
		d.a.look = newLook("", func(name string) string { return map[string]string{"LC_ALL": "C"}[name] }, true)
		scene.play(d)
		d.send(secondPassedMsg{})
		d.fits()
		if at := strings.IndexFunc(d.screen(), func(r rune) bool { return r > 0xff || r == '·' || r == '×' || r == '«' || r == '»' }); at >= 0 {
			t.Errorf("%s shows %q:\n%s", scene.name, d.screen()[at:at+3], d.screen())
		}
	}
}
