package tui

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"unicode/utf8"

	"genia.ai/bitacora/internal/i18n"
)

// pseudo is English with accents and 40 % more letters: what a language would do to
// the screens that says everything at greater length. Keys stay what they are.
func pseudo(t testing.TB) *i18n.Printer {
	return printer(t, "en").Through(func(id, text string) string {
		if strings.HasSuffix(id, "-keys") {
			return text
		}
		return lengthen(text)
	})
}

var accents = strings.NewReplacer("a", "á", "e", "é", "i", "í", "o", "ó", "u", "ú", "n", "ñ")

// lengthen makes each word longer, and the whole text by 40 % of its letters.
func lengthen(text string) string {
	var b strings.Builder
	due := 0
	for word := range strings.SplitAfterSeq(text, " ") {
		body := strings.TrimRight(word, " ")
		due += utf8.RuneCountInString(word) * 4
		b.WriteString(accents.Replace(body))
		b.WriteString(strings.Repeat("ø", due/10))
		due %= 10
		b.WriteString(word[len(body):])
	}
	return b.String()
}

func TestStretchedTextIsLonger(t *testing.T) {
	text := printer(t, "en").T("tui.fail.skip")
	got := float64(width(lengthen(text))) / float64(width(text))
	if got < 1.35 || got > 1.5 || lengthen("a b") == "a b" {
		t.Errorf("%q is %.2f times as long: %q", text, got, lengthen(text))
	}
}

// TestScreensOfALongerLanguage shows every screen in a language that says everything at
// greater length: nothing is wider than the screen, and a row that does not hold all
// of its text ends in an ellipsis, not in the middle of a word.
func TestScreensOfALongerLanguage(t *testing.T) {
	for _, scene := range scenes {
		for _, size := range [][2]int{{80, 24}, {120, 40}, {60, 15}} {
			t.Run(fmt.Sprintf("%s-%dx%d", scene.name, size[0], size[1]), func(t *testing.T) {
				d := &drive{t: t, now: morning()}
				d.c = newFakeClient(queueRunbook(), scene.mode, d.clock)
				d.begin(Options{Client: d.c, Printer: pseudo(t)}, size[0], size[1])
				scene.play(d)
				d.fits()
				d.whole()
				texts := map[string]bool{}
				d.a.p = d.a.p.Through(func(id, text string) string {
					if !strings.HasSuffix(id, "-keys") {
						text = lengthen(text)
					}
					texts[text] = true
					return text
				})
				d.send(secondPassedMsg{})
				d.uncut(texts)
			})
		}
	}
}

// whole fails when what must always be readable is not: whether the run is live, what
// is saved, and a way to leave or to get help.
func (d *drive) whole() {
	d.t.Helper()
	p := d.a.p
	rows := strings.Split(d.screen(), "\n")
	mode := p.T("mode.live")
	if d.a.run.state.Rehearsal() {
		mode = p.T("mode.rehearsal")
	}
	if !strings.Contains(rows[0], mode) {
		d.t.Errorf("the first row does not say %q:\n%s", mode, d.screen())
	}
	if saved := "#" + strconv.FormatUint(d.a.run.saved.Seq, 10); !strings.Contains(rows[2], saved) {
		d.t.Errorf("the third row does not say %s:\n%s", saved, d.screen())
	}
	keys := rows[len(rows)-1]
	way := bindingOf(keyLeave).show + " " + p.T("tui.foot.leave")
	if d.a.dialog != nil {
		way = "esc " // and what it closes
	}
	if !strings.Contains(keys, way) {
		d.t.Errorf("the last row does not show %q:\n%s", way, d.screen())
	}
}

// uncut fails when a text that was asked for stands on the screen in part, and the row
// says neither by an ellipsis nor by going on below that there is more of it.
func (d *drive) uncut(texts map[string]bool) {
	d.t.Helper()
	rows := strings.Split(d.screen(), "\n")
	for text := range texts {
		words := strings.Fields(text)
		if len(words) < 3 {
			continue
		}
		begin, cut := strings.Join(words[:2], " "), ""
		for i, row := range rows {
			at := strings.Index(row, begin)
			if at < 0 {
				continue
			}
			stands := func(text string) bool {
				rest := unshown(row[at:], strings.Fields(text))
				return rest == nil || d.goesOn(rows[i:], rest)
			}
			if stands(text) {
				cut = ""
				break
			}
			another := false
			for other := range texts {
				another = another || strings.HasPrefix(other, begin) && stands(other)
			}
			if !another {
				cut = row
			}
		}
		if cut != "" {
			d.t.Errorf("%q is cut in %q:\n%s", text, cut, d.screen())
		}
	}
}

// unshown returns the words of a text that a row does not hold, nil when it ends in an
// ellipsis or holds them all.
func unshown(row string, words []string) []string {
	text := ""
	for i, word := range words {
		if i > 0 {
			text += " "
		}
		text += word
		if strings.HasPrefix(row, text) {
			continue
		}
		shared := 0
		for shared < min(len(row), len(text)) && row[shared] == text[shared] {
			shared++
		}
		if strings.HasPrefix(row[shared:], "…") || strings.HasPrefix(strings.TrimLeft(row[shared:], " "), "…") {
			return nil
		}
		return words[i:]
	}
	return nil
}

// goesOn reports whether the row below goes on with the next word, or after it where
// that is broken, or says that it takes scrolling to see it, or belongs to a dialog.
func (d *drive) goesOn(rows, rest []string) bool {
	for _, below := range rows[1:min(len(rows), 3)] {
		if strings.Contains(below, rest[min(1, len(rest)-1)]) || strings.Contains(below, rest[0]) ||
			strings.Contains(below, d.a.look.sym.more) || strings.HasPrefix(below, "──") {
			return true
		}
	}
	return strings.Contains(rows[0], d.a.look.sym.more)
}

// sources are the files of the package, tests left out.
func sources(t *testing.T) map[string]*ast.File {
	t.Helper()
	names, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	files := map[string]*ast.File{}
	for _, name := range names {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		files[name] = file
	}
	return files
}

// prose is what a literal of a view must not hold: two words, or one with a capital.
var prose = regexp.MustCompile(`\p{L}{2,},? \p{L}{2,}|\p{Lu}\p{Ll}{2,}|^\p{L}+ $`)

// anyLanguage are the literals that are no text for the operator, or the same in every language.
var anyLanguage = map[string]bool{"Bitácora": true}

// TestNoViewHoldsATextOfItsOwn: what is shown comes from the messages. Errors for the
// log, which are English everywhere, are made by errors.New and fmt.Errorf.
func TestNoViewHoldsATextOfItsOwn(t *testing.T) {
	checked := 0
	for name, file := range sources(t) {
		ast.Inspect(file, func(n ast.Node) bool {
			if _, ok := n.(*ast.ImportSpec); ok {
				return false
			}
			call, ok := n.(*ast.CallExpr)
			if ok && ofErrors(call) {
				return false
			}
			if ok { // the names of what a message is given
				if f, ok := call.Fun.(*ast.SelectorExpr); ok && f.Sel.Name == "T" {
					return false
				}
			}
			lit, ok := n.(*ast.BasicLit)
			if !ok || lit.Kind != token.STRING {
				return true
			}
			text, err := strconv.Unquote(lit.Value)
			checked++
			if err != nil || prose.MatchString(text) && !anyLanguage[text] {
				t.Errorf("%s holds the text %s; it belongs into the messages", name, lit.Value)
			}
			return true
		})
	}
	if checked < 200 {
		t.Errorf("only %d literals were looked at", checked)
	}
}

func ofErrors(call *ast.CallExpr) bool {
	f, ok := call.Fun.(*ast.SelectorExpr)
	if !ok {
		return false
	}
	from, ok := f.X.(*ast.Ident)
	return ok && (from.Name == "errors" && f.Sel.Name == "New" || from.Name == "fmt" && (f.Sel.Name == "Errorf" || f.Sel.Name == "Sprintf"))
}

// TestProseIsRecognised: the test above can fail.
func TestProseIsRecognised(t *testing.T) {
	for text, want := range map[string]bool{
		"Press enter": true, "not saved": true, "Retry": true, "tui.key.do": false, "  ": false, "ctrl+c": false, " · ": false, "j ↓": false,
	} {
		if prose.MatchString(text) != want {
			t.Errorf("%q: prose is %v", text, !want)
		}
	}
}
